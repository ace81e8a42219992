"""Giving tokens: appending faces to a registry, never renumbering one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from glyphdata.errors import InputError
from glyphdata.faces.face import Face, Source
from glyphdata.faces.guard import scan_all
from glyphdata.faces.ledger import Ledger
from glyphdata.faces.license import is_free
from glyphdata.faces.locate import FontPackage, font_packages, user_folder
from glyphdata.faces.scan import Known, Report, Scanned
from glyphdata.faces.store import alone, base


@dataclass(frozen=True, slots=True)
class Registered:
    """What a registration did: the faces that got a token, and the reports of what was left out."""

    added: tuple[Face, ...]
    refused: tuple[Report, ...]


def register_packages(folder: Path | None = None) -> Registered:
    """Give every face of every installed package of fonts a token, unless it has one.

    In the registry of `folder`, or in the user's, which begins as the release's.
    """
    jobs = [
        (path, known_of(package, member))
        for package in font_packages()
        for member, path in package.files
    ]
    return append(scan_all(jobs), folder or user_folder(), inherit=folder is None)


def known_of(package: FontPackage, member: str) -> Known:
    """What a package says beforehand of one of its files."""
    source = Source("pypi", package.name, package.version, member)
    return Known(source, package.category, package.license, package.license_file)


def append(reports: Iterable[Report], folder: Path, *, inherit: bool = False) -> Registered:
    """Append the reports' new faces to the folder's registry, sorted by key.

    A face with the identity of a registered one is passed over. A face that draws a script exactly
    as an earlier one does is not at home in that script: a token must be tellable from a picture.
    `inherit`: a folder without lines of its own continues the release's registry.
    """
    refused: list[Report] = []
    fit: list[Scanned] = []
    for report in reports:
        if report.fit and all(is_free(one.face.license) for one in report.faces):
            fit += report.faces
        else:
            refused.append(report)
    with alone(folder):
        ledger = Ledger.read(base(folder) if inherit else folder)
        entries = ledger.entries(fit, homeless=True)
        if entries.added:
            ledger.write(entries, folder)
    return Registered(entries.added, tuple(refused))


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
