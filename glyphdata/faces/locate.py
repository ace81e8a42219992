"""Where font files are: in installed packages, or in folders that the user names."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import orjson

from glyphdata.errors import InputError, OutputError
from glyphdata.faces.face import Source

GROUP = "fontpkg.family"
"""The entry point group by which packages announce a family of fonts."""

REGISTRY = "registry.jsonl"
STORE = "store"
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


class Store(NamedTuple):
    """A folder of font files that are named by their sha256, and what was in it when looked at."""

    folder: str
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class FontPackage:
    """An installed package of fonts: its files as (member path, path on disk), and what it says."""

    name: str
    version: str
    license: str
    license_file: str
    category: str
    files: tuple[tuple[str, Path], ...]


def core_folder() -> Path:
    """The folder of the registry that this release brings.

    `fonts/` beside the package (a checkout), else `share/glyphdata/fonts` under the environment
    (an install); `InputError` where there is none.
    """
    beside = Path(__file__).resolve().parents[2] / "fonts"
    return _first((beside, Path(sys.prefix) / "share" / "glyphdata" / "fonts"))


def user_folder() -> Path:
    """The folder that the user's own fonts go to, whether it is there yet or not.

    `$GLYPHDATA_FONTS`, else `glyphdata/fonts` where the system keeps a user's data
    (`$XDG_DATA_HOME`, by default `~/.local/share`). `OutputError` where there is no home.
    """
    named = os.environ.get("GLYPHDATA_FONTS")
    if named:
        return Path(named)
    home = _data_home()
    if home is None:
        raise OutputError("there is no home folder to keep fonts in", hint="set GLYPHDATA_FONTS")
    return home / "glyphdata" / "fonts"


def fonts_folder() -> Path:
    """The folder that holds the registry.

    `$GLYPHDATA_FONTS`, else the user's folder once it has a registry, else the release's;
    `InputError` where there is none.
    """
    named = os.environ.get("GLYPHDATA_FONTS")
    if named:
        return _first((Path(named),))
    home = _data_home()
    own = home / "glyphdata" / "fonts" if home else None
    return own if own and (own / REGISTRY).is_file() else core_folder()


def _first(choices: Sequence[Path]) -> Path:
    for folder in choices:
        if (folder / REGISTRY).is_file():
            return folder
    looked = ", ".join(map(str, choices))
    raise InputError(
        f"no registry of fonts in {looked}",
        hint="set GLYPHDATA_FONTS to the folder that holds registry.jsonl",
    )


def _data_home() -> Path | None:
    """Where the system keeps a user's data; None for a user without a home."""
    named = os.environ.get("XDG_DATA_HOME", "")
    if Path(named).is_absolute():  # the XDG specification has relative ones ignored
        return Path(named)
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    if sys.platform == "darwin":
        return home / "Library" / "Application Support"
    return home / ".local" / "share"


def _roots() -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry or os.curdir for entry in sys.path))


def _folders() -> tuple[str, ...]:
    named = os.environ.get("GLYPHDATA_FONT_FILES", "")
    return tuple(folder for folder in named.split(os.pathsep) if folder)


def stored_name(sha256: str, file: str) -> str:
    """What a font file is called in a store: its sha256, and the ending that it came with."""
    return sha256 + os.path.splitext(file)[1].lower()  # noqa: PTH122 - thousands at start-up


def stores(registry_folder: Path) -> tuple[Store, ...]:
    """The stores to look in: the one beside the registry, then the user's own."""
    try:
        folders = dict.fromkeys((registry_folder / STORE, user_folder() / STORE))
    except OutputError:
        folders = dict.fromkeys((registry_folder / STORE,))
    return tuple(Store(str(folder), frozenset(_names(folder))) for folder in folders)


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - thousands of names at start-up
    except OSError:
        return []


def locate(
    source: Source, file: str, size: int, sha256: str = "", shelves: Sequence[Store] = ()
) -> Path | None:
    """The face's file, or None.

    It is looked for at its place in the installed package, in the stores, then by name in the
    folders of `$GLYPHDATA_FONT_FILES`; a file of another size is another file. Its sha256 is
    checked when it is opened.
    """
    for root in _roots() if source.kind == "pypi" else ():
        path = os.path.join(root, source.member)  # noqa: PTH118 - hundreds of stats at start-up
        if _has_size(path, size):
            return Path(path)
    name = stored_name(sha256, file)
    for shelf in shelves:
        if name in shelf.names:
            path = os.path.join(shelf.folder, name)  # noqa: PTH118
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
