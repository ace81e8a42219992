"""Giving tokens: appending faces to a registry, never renumbering one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from glyphdata.errors import InputError, OutputError
from glyphdata.faces.face import Face, Source, from_record, to_record
from glyphdata.faces.guard import scan_all
from glyphdata.faces.locate import FontPackage, font_packages, fonts_folder
from glyphdata.faces.scan import Known, Report, Scanned

FREE = frozenset(("OFL-1.1", "Apache-2.0", "Ubuntu-font-1.0", "Bitstream-Vera", "IPA", "MIT"))
"""Licences under which a font may be used to make pictures without asking."""


@dataclass(frozen=True, slots=True)
class Registered:
    """What a registration did: the faces that got a token, and the reports of what was left out."""

    added: tuple[Face, ...]
    refused: tuple[Report, ...]


def register_packages(folder: Path | None = None) -> Registered:
    """Give every face of every installed package of fonts a token, unless it has one."""
    jobs = [
        (path, known_of(package, member))
        for package in font_packages()
        for member, path in package.files
    ]
    return append(scan_all(jobs), folder or fonts_folder())


def known_of(package: FontPackage, member: str) -> Known:
    """What a package says beforehand of one of its files."""
    source = Source("pypi", package.name, package.version, member)
    return Known(source, package.category, package.license, package.license_file)


def append(reports: Iterable[Report], folder: Path) -> Registered:
    """Append the reports' new faces to the folder's registry, sorted by key.

    A face with the identity of a registered one is passed over. A face that draws a script exactly
    as an earlier one does is not at home in that script: a token must be tellable from a picture.
    """
    registry, ranges = folder / "registry.jsonl", folder / "coverage.json"
    old = [from_record(orjson.loads(line)) for line in _lines(registry)]
    coverages: list[str] = orjson.loads(ranges.read_bytes()) if ranges.is_file() else []
    taken = {face.identity for face in old}
    prints = {(script, mark) for face in old for script, mark in face.prints}
    fresh: list[Scanned] = []
    refused: list[Report] = []
    for report in reports:
        licenses = {one.face.license for one in report.faces}
        if not report.fit or not licenses <= FREE:
            refused.append(report)
            continue
        fresh += [one for one in report.faces if one.face.identity not in taken]
        taken |= {one.face.identity for one in report.faces}
    numbers = {text: number for number, text in enumerate(coverages)}
    added: list[Face] = []
    for one in sorted(fresh, key=lambda one: (one.face.key, one.face.identity)):
        number = numbers.setdefault(one.covered, len(numbers))
        face = replace(one.face, token=len(old) + len(added), coverage=number)
        added.append(_without_twins(face, prints))
    _write(ranges, orjson.dumps(list(numbers), option=orjson.OPT_INDENT_2) + b"\n")
    _write(registry, b"".join(orjson.dumps(to_record(face)) + b"\n" for face in (*old, *added)))
    return Registered(tuple(added), tuple(refused))


def _without_twins(face: Face, prints: set[tuple[str, str]]) -> Face:
    own = tuple(entry for entry in face.prints if entry not in prints)
    prints.update(own)
    homes = tuple(script for script, _ in own)
    return replace(
        face, prints=own, home_scripts=homes, languages=face.languages if "han" in homes else ()
    )


def _lines(registry: Path) -> list[bytes]:
    return registry.read_bytes().splitlines() if registry.is_file() else []


def _write(path: Path, data: bytes) -> None:
    before = path.read_bytes() if path.is_file() else b""
    if path.suffix == ".jsonl" and not data.startswith(before):
        raise OutputError(
            f"{path} would change in lines already written",
            hint="its lines are for ever; restore the file from version control",
        )
    draft = path.with_name(path.name + ".part")
    draft.write_bytes(data)
    draft.replace(path)


def main(arguments: Sequence[str] | None = None) -> None:
    """`python -m glyphdata.faces.register [--folder fonts]`."""
    parser = argparse.ArgumentParser(description="Give tokens to the faces of installed packages.")
    parser.add_argument("--folder", type=Path, default=None, help="where registry.jsonl is kept")
    folder = parser.parse_args(arguments).folder
    if folder is not None and not folder.is_dir():
        raise InputError(f"{folder} is no folder", hint="make it first")
    result = register_packages(folder)
    for report in result.refused:
        for finding in report.findings:
            sys.stderr.write(f"{report.path}: {finding.code}: {finding.message}\n")
    sys.stdout.write(f"{len(result.added)} faces registered\n")


if __name__ == "__main__":
    main()
