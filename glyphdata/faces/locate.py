"""Where font files are: in installed packages, or in folders that the user names."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path, PurePosixPath

import orjson

from glyphdata.errors import InputError
from glyphdata.faces.face import Source

GROUP = "fontpkg.family"
"""The entry point group by which packages announce a family of fonts."""

INSTALL = "pip install 'glyphdata[fonts]'"
_PLAIN = frozenset(("noto-cjk-sans-otc",))  # packages of fonts that announce nothing
_FONTS = (".ttf", ".otf", ".ttc", ".otc")
_CATEGORIES = {
    "SANS_SERIF": "sans",
    "SERIF": "serif",
    "MONOSPACE": "mono",
    "HANDWRITING": "handwriting",
    "DISPLAY": "display",
}


@dataclass(frozen=True, slots=True)
class FontPackage:
    """An installed package of fonts: its files as (member path, path on disk), and what it says."""

    name: str
    version: str
    license: str
    license_file: str
    category: str
    files: tuple[tuple[str, Path], ...]


def fonts_folder() -> Path:
    """The folder that holds the registry.

    `$GLYPHDATA_FONTS`, else `fonts/` beside the package (a checkout), else
    `share/glyphdata/fonts` under the environment (an install); `InputError` where there is none.
    """
    named = os.environ.get("GLYPHDATA_FONTS")
    if named:
        choices = [Path(named)]
    else:
        beside = Path(__file__).resolve().parents[2] / "fonts"
        choices = [beside, Path(sys.prefix) / "share" / "glyphdata" / "fonts"]
    for folder in choices:
        if (folder / "registry.jsonl").is_file():
            return folder
    looked = ", ".join(map(str, choices))
    raise InputError(
        f"no registry of fonts in {looked}",
        hint="set GLYPHDATA_FONTS to the folder that holds registry.jsonl",
    )


def _roots() -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry or os.curdir for entry in sys.path))


def _folders() -> tuple[str, ...]:
    named = os.environ.get("GLYPHDATA_FONT_FILES", "")
    return tuple(folder for folder in named.split(os.pathsep) if folder)


def locate(source: Source, file: str, size: int) -> Path | None:
    """The face's file, or None.

    It is looked for at its place in the installed package, then by name in the folders of
    `$GLYPHDATA_FONT_FILES`; a file of another size is another file. Its sha256 is checked when
    it is opened.
    """
    for root in _roots():
        path = os.path.join(root, source.member)  # noqa: PTH118 - hundreds of stats at start-up
        if _has_size(path, size):
            return Path(path)
    for folder in _folders():
        path = os.path.join(folder, file)  # noqa: PTH118
        if _has_size(path, size):
            return Path(path)
    return None


def _has_size(path: str, size: int) -> bool:
    try:
        return os.stat(path).st_size == size  # noqa: PTH116
    except OSError:
        return False


def font_packages() -> Iterator[FontPackage]:
    """Every installed package of fonts, by name."""
    found = {
        package.metadata["Name"]: package
        for package in distributions()
        if package.metadata["Name"] in _PLAIN
        or any(point.group == GROUP for point in package.entry_points)
    }
    for name in sorted(found):
        yield _package(name, found[name])


def _package(name: str, package: Distribution) -> FontPackage:
    members = [PurePosixPath(str(file)) for file in package.files or ()]
    fonts = sorted(member for member in members if member.suffix.lower() in _FONTS)
    licenses = sorted(member for member in members if member.name.upper().startswith("LICENSE"))
    about = next((member for member in members if member.name == "metadata.json"), None)
    category = ""
    if about is not None:
        stated = orjson.loads(Path(str(package.locate_file(about))).read_bytes())["category"]
        # A family that is both (Cairo: display and sans) is drawn for more than headlines.
        kinds = [kind for kind in stated if kind != "DISPLAY"] or stated
        category = _CATEGORIES.get(kinds[0], "display") if kinds else ""
    return FontPackage(
        name=name,
        version=_normal(package.version),
        license=(package.metadata.get_all("License-Expression") or [""])[0],
        license_file=str(licenses[-1]) if licenses else "",
        category=category,
        files=tuple((str(member), Path(str(package.locate_file(member)))) for member in fonts),
    )


def _normal(version: str) -> str:
    """A version as package indexes write it: 1.002 is 1.2 (PEP 440, integer normalization)."""
    return ".".join(str(int(part)) if part.isdecimal() else part for part in version.split("."))
