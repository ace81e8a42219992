"""What a user brings: font files, folders and archives of them, each with the licence beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from glyphdata.faces.face import Source
from glyphdata.faces.guard import font_files
from glyphdata.faces.incoming import Incoming, Refusal
from glyphdata.faces.license import license_beside
from glyphdata.faces.pull.archive import members
from glyphdata.faces.pull.fault import Unfetched
from glyphdata.faces.scan import printable

ARCHIVES = (".zip", ".whl", ".tgz", ".gz")


def brought(
    paths: Sequence[Path], scratch: Path, *, license: str = "", category: str = ""
) -> tuple[tuple[Incoming, ...], tuple[Refusal, ...]]:
    """The font files at the paths, ready to be taken in, and the archives that cannot be read.

    Archives are unpacked below `scratch`, which must live until the fonts are taken. `license` and
    `category` hold for every file; without a `license`, a file beside each font is looked for.
    `InputError` for a path that is not there.
    """
    found: list[Incoming] = []
    refused: list[Refusal] = []
    for path in paths:
        for number, (folder, file) in enumerate(_files(path)):
            if file.suffix.lower() not in ARCHIVES:
                found.append(_incoming(folder, file, license, category))
                continue
            try:
                place = scratch / f"{len(found)}-{number}" / file.name
                unpacked = list(_unpacked(file, place))
            except Unfetched as fault:
                refused.append(Refusal(printable(file), fault.reason, str(fault)))
                continue
            found += [_incoming(place, one, license, category) for one in unpacked]
    return tuple(found), tuple(refused)


def as_given(refusal: Refusal, scratch: Path) -> Refusal:
    """The refusal with the place that the user knows: `fonts.zip/Sans.ttf`, not the scratch."""
    path = Path(refusal.path)
    if not path.is_relative_to(scratch):
        return refusal
    return replace(refusal, path=str(Path(*path.relative_to(scratch).parts[1:])))


def _files(path: Path) -> Iterator[tuple[Path, Path]]:
    """The fonts and archives at a path, each with the folder that its name is told from."""
    if not path.is_dir():
        yield path.parent, font_files(path)[0]
        return
    fonts = {(path, file) for file in font_files(path)}
    archives = {
        (path, file)
        for file in path.rglob("*")
        if file.suffix.lower() in ARCHIVES and file.is_file()
    }
    yield from sorted(fonts | archives)


def _unpacked(archive: Path, place: Path) -> Iterator[Path]:
    """Write what an archive holds of fonts and licences below a place; gives the fonts."""
    for name, data in members(archive):
        file = place / PurePosixPath(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    if place.is_dir():
        yield from font_files(place)


def _incoming(folder: Path, file: Path, license: str, category: str) -> Incoming:
    # The name within what was given, never the way to it: a registry is the same on any machine.
    source = Source("file", "", "", printable(file.relative_to(folder).as_posix()))
    found, text = license_beside(file, folder)
    beside = Path(text) if text and license in ("", found) else None
    return Incoming(file, source, license or found, beside, category)
