"""From an archive that was fetched to the font files that the store is offered."""

from __future__ import annotations

import re
import struct
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from glyphdata.faces.face import Source
from glyphdata.faces.incoming import Incoming
from glyphdata.faces.license import license_in
from glyphdata.faces.pull.archive import members
from glyphdata.faces.pull.cache import Kept
from glyphdata.faces.pull.families import Family
from glyphdata.faces.pull.fault import Unfetched
from glyphdata.faces.pull.merging import MOST_SLICES, Merge, merge_all

_WHOLE = (".ttf", ".otf", ".ttc", ".otc")
_SLICE = re.compile(
    r"files/(?P<id>[a-z0-9-]+?)-(?P<subset>\[?[a-z0-9-]+\]?)"
    r"-(?P<weight>\d{2,4}|wght)-(?P<style>normal|italic)\.woff2"
)


@dataclass(frozen=True, slots=True)
class Opened:
    """What is in an archive: files by name (an npm tarball's own folder left out), its licence."""

    files: tuple[tuple[str, bytes], ...]
    license: str
    license_file: Path | None


def whole_files(kept: Kept, family: Family, weights: Sequence[int], into: Path) -> list[Incoming]:
    """The whole fonts of a wheel or tarball, of the weights nearest to those asked for (or all).

    A variable font has every weight, and is always among them. `Unfetched` (`no-fonts`) where
    there is none.
    """
    # The wrapper of fonts on npm has a licence of its own, which is not the fonts'.
    kind, license_name = ("npm", "LICENSE_FONT") if kept.package[:1] == "@" else ("pypi", "LICENSE")
    opened = _opened(kept, license_name, into)
    fonts = [(name, data) for name, data in opened.files if name.lower().endswith(_WHOLE)]
    if not fonts:
        raise Unfetched("no-fonts", "has no whole font file", hint="take another source")
    stated = {name: _weight(data) for name, data in fonts}
    allowed = {0} | nearest({weight for weight in stated.values() if weight}, weights)
    found = []
    for number, (name, data) in enumerate(sorted(fonts)):
        if stated[name] not in allowed:
            continue
        path = into / str(number) / PurePosixPath(name).name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        source = Source(kind, kept.package, kept.version, name)
        found.append(_incoming(path, source, kept, family, opened))
    return found


def slices(kept: Kept, family: Family, weights: Sequence[int], into: Path) -> list[Incoming]:
    """The faces of a package of web slices, each merged; `Unfetched` for what does not merge.

    Of a variable package the faces at the weights asked for, by default at those of the family.
    """
    opened = _opened(kept, "LICENSE", into)
    faces = _faces(opened.files)
    if not faces:
        raise Unfetched("no-fonts", "has no web font", hint="take another source")
    most = max(map(len, faces.values()))
    if most > MOST_SLICES:
        raise Unfetched(
            "slices", f"comes in {most} slices a face", hint="take a source of whole files"
        )
    variable = "wght" in {weight for weight, _ in faces}
    stated = set(family.weights) if variable else {int(weight) for weight, _ in faces}
    merges, members_ = [], []
    for weight in sorted(nearest(stated, weights)):
        for style in sorted({style for _, style in faces}):
            parts = faces.get(("wght" if variable else str(weight), style))
            if parts:
                path = into / f"{family.slug}-{weight}-{style}.ttf"
                axes = {"wght": float(weight)} if variable else {}
                merges.append(Merge(_written(parts, into / path.stem), path, axes))
                members_.append(f"files/*-{'wght' if variable else weight}-{style}.woff2")
    merge_all(merges)
    return [
        _incoming(
            one.into,
            Source("npm", kept.package, kept.version, member),
            kept,
            family,
            opened,
            merged=len(one.slices) > 1 or variable,
        )
        for one, member in zip(merges, members_, strict=True)
    ]


def nearest(stated: Collection[int], asked: Sequence[int]) -> set[int]:
    """Of the weights that there are the nearest to each asked for, the lighter of two; or all."""
    if not asked or not stated:
        return set(stated)
    return {min(sorted(stated), key=lambda one: abs(one - weight)) for weight in asked}


def _opened(kept: Kept, license_name: str, into: Path) -> Opened:
    into.mkdir(parents=True, exist_ok=True)
    files = tuple((_own(name, kept), data) for name, data in members(kept.path))
    texts = [(name, data) for name, data in files if _is_license(name, license_name)]
    if not texts:
        return Opened(files, "", None)
    # The one that the package's description points to stands deepest in a wheel.
    _, text = max(texts, key=lambda one: (one[0].count("/"), one[0]))
    path = into / "LICENSE.txt"
    path.write_bytes(text)
    return Opened(files, license_in(text.decode("utf-8", "replace")[:20_000]), path)


def _own(name: str, kept: Kept) -> str:
    # npm's clients drop the first folder of a tarball, whatever it is called.
    return name.partition("/")[2] if kept.package[:1] == "@" else name


def _is_license(name: str, wanted: str) -> bool:
    stem = PurePosixPath(name).name.upper().partition(".")[0]
    return stem in (wanted, "OFL", "UFL")


def _incoming(
    path: Path, source: Source, kept: Kept, family: Family, opened: Opened, merged: bool = False
) -> Incoming:
    return Incoming(
        path=path,
        source=source,
        license=opened.license,
        license_file=opened.license_file,
        category=family.category,
        merged=merged,
        integrity=kept.integrity,
    )


def _faces(files: Iterable[tuple[str, bytes]]) -> dict[tuple[str, str], list[bytes]]:
    """The slices of each (weight, style); the first is Latin's, whose names and metrics count."""
    found: dict[tuple[str, str], list[tuple[str, bytes]]] = {}
    for name, data in files:
        said = _SLICE.fullmatch(name)
        if said:
            found.setdefault((said["weight"], said["style"]), []).append((name, data))
    return {
        face: [data for _, data in sorted(parts, key=lambda one: (not _latin(one[0]), one[0]))]
        for face, parts in found.items()
    }


def _latin(name: str) -> bool:
    return bool(re.search(r"-latin-(\d+|wght)-", name))


def _written(parts: Sequence[bytes], folder: Path) -> tuple[Path, ...]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, data in enumerate(parts):
        paths.append(folder / f"{number:03}.woff2")
        paths[-1].write_bytes(data)
    return tuple(paths)


def _weight(data: bytes) -> int:
    """The weight that a static font states, to the hundred; 0 for a variable or unreadable one.

    OpenType: table directory, and usWeightClass at byte 4 of OS/2. The store reads the file whole.
    """
    try:
        (count,) = struct.unpack_from(">H", data, 4)
        tables = {}
        for number in range(count):
            tag, _, offset, _ = struct.unpack_from(">4sLLL", data, 12 + 16 * number)
            tables[tag] = offset
        if data[:4] == b"ttcf" or b"fvar" in tables or b"OS/2" not in tables:
            return 0
        (weight,) = struct.unpack_from(">H", data, tables[b"OS/2"] + 4)
    except struct.error:
        return 0
    return int(round(weight / 100) * 100)
