"""`glyphdata fonts`: which faces there are, what they cover, whether they are sound."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glyphdata.cli import fonts_pull, fonts_store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glyphdata.faces import Catalogue, Face
    from glyphdata.faces.scan import Report

app = typer.Typer(
    no_args_is_help=True,
    help="The faces that texts are set in. Example: glyphdata fonts which 'Здравствуй' --json",
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Script = Annotated[list[str] | None, typer.Option(help="Only faces at home in it: latin, han, …")]


@app.command("list")
def list_faces(
    script: Script = None,
    family: Annotated[list[str] | None, typer.Option(help="Only this family.")] = None,
    category: Annotated[
        list[str] | None,
        typer.Option(help="Only sans, serif, mono, display or handwriting."),
    ] = None,
    json: Json = False,
) -> None:
    """List the registered faces. Example: glyphdata fonts list --script thai"""
    from glyphdata.faces import load

    catalogue = load()
    if script or family or category:
        bits = catalogue.where(
            scripts=script or (), families=family or (), categories=category or ()
        )
    else:
        bits = catalogue.everyone
    _show([catalogue[token] for token in catalogue.tokens(bits)], catalogue, json)
    _tell_lineage(catalogue)


@app.command("show")
def show_face(
    token: Annotated[int, typer.Argument(help="The face's token: N of <font-N>.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write a specimen to this PNG.")
    ] = None,
    json: Json = False,
) -> None:
    """Show all that is known of one face. Example: glyphdata fonts show 17 -o specimen.png"""
    from glyphdata.cli.show import document, say
    from glyphdata.faces import load
    from glyphdata.faces.face import to_record

    catalogue = load()
    face = catalogue[token]
    if output is not None:
        _write_specimen(catalogue, face, output)
    record = to_record(face) | {"status": catalogue.status(token)}
    if json:
        document(record)
    else:
        say("\n".join(f"{field:12}  {value}" for field, value in record.items()))


@app.command("which")
def which_faces(
    text: Annotated[str, typer.Argument(help="The text to be set.")],
    script: Script = None,
    json: Json = False,
) -> None:
    """List the faces that draw every character of a text. Example: glyphdata fonts which 'Œuvre'"""
    from glyphdata.cli.show import note
    from glyphdata.faces import load

    catalogue = load()
    asked = catalogue.where(scripts=script or ())
    bits = catalogue.covering(text) & asked
    if not bits:
        lacking = catalogue.missing(text, asked)
        note(
            f"no face draws {' '.join(lacking)}"
            if lacking
            else "each character is drawn by some face, but all of them by none"
        )
    _show([catalogue[token] for token in catalogue.tokens(bits)], catalogue, json)


@app.command("scan")
def scan_files(
    paths: Annotated[list[Path], typer.Argument(help="Font files, or folders of them.")],
    json: Json = False,
) -> None:
    """Report on the health of font files. Example: glyphdata fonts scan ~/fonts"""
    from glyphdata.cli.show import document, note, table
    from glyphdata.faces.guard import font_files, scan_all

    files = [file for path in paths for file in font_files(path)]
    reports = list(scan_all([(file, None) for file in files]))
    if json:
        document([_report(report) for report in reports])
        return
    table(
        ("file", "faces", "fit", "finding", "what"),
        [
            (Path(report.path).name, len(report.faces), _yes(report.fit), code, what)
            for report in reports
            for code, what in [(one.code, one.message) for one in report.findings] or [("", "")]
        ],
    )
    note(f"{sum(report.fit for report in reports)} of {len(reports)} files are fit for use")


@app.command("verify")
def verify_files(json: Json = False) -> None:
    """Check that every face's file is there and unchanged. Example: glyphdata fonts verify"""
    from glyphdata.cli.show import document, say
    from glyphdata.errors import GateFailed, InputError
    from glyphdata.faces import load

    catalogue = load()
    faults: list[dict[str, object]] = []
    for face in catalogue.faces:
        if catalogue.status(face.token) == "retired":
            continue
        try:
            catalogue.open(face.token)
        except InputError as error:
            faults.append({"token": face.token, "key": face.key, "message": str(error)})
    if json:
        document({"ok": not faults, "faces": len(catalogue), "findings": faults})
    else:
        for fault in faults:
            say(str(fault["message"]))
        say(f"{len(catalogue) - len(faults)} of {len(catalogue)} faces are sound")
    if faults:
        raise GateFailed(
            f"{len(faults)} faces are missing or changed",
            hint="pip install 'glyphdata[fonts]' brings the release's; `glyphdata fonts add` or "
            "`pull` yours again",
        )


@app.command("register", hidden=True)
def register_faces(
    folder: Annotated[Path | None, typer.Option(help="Where registry.jsonl is kept.")] = None,
) -> None:
    """Give tokens to the new faces of installed packages, in your own registry or a folder's.

    Example: glyphdata fonts register --folder fonts
    """
    from glyphdata.cli.show import note, say
    from glyphdata.faces.register import register_packages

    result = register_packages(folder)
    for report in result.refused:
        for finding in report.findings:
            note(f"{report.path}: {finding.code}: {finding.message}")
    for face in result.added:
        say(f"{face.token}  {face.key}")
    note(f"{len(result.added)} faces registered")


def _row(face: Face, catalogue: Catalogue) -> dict[str, object]:
    return {
        "token": face.token,
        "key": face.key,
        "family": face.family,
        "style": face.style,
        "weight": face.weight,
        "italic": face.italic,
        "category": face.category,
        "case": face.case,
        "scripts": face.home_scripts,
        "languages": face.languages,
        "license": face.license,
        "status": catalogue.status(face.token),
    }


def _show(faces: Sequence[Face], catalogue: Catalogue, json: bool) -> None:
    from glyphdata.cli.show import document, note, table

    if json:
        document([_row(face, catalogue) for face in faces])
        return
    table(
        ("token", "family", "style", "category", "case", "scripts", "license", "status"),
        [
            (
                face.token,
                face.family,
                face.style,
                face.category,
                face.case,
                " ".join(face.home_scripts),
                face.license,
                catalogue.status(face.token),
            )
            for face in faces
        ],
    )
    families = len({face.family for face in faces})
    note(f"{len(faces)} faces of {families} families, of {len(catalogue)} registered")


def _tell_lineage(catalogue: Catalogue) -> None:
    """How a registry that grew out of the release's stands to the one that is installed now."""
    from glyphdata.cli.show import note
    from glyphdata.faces.ledger import PARENT
    from glyphdata.faces.store import lineage

    if catalogue.registry.with_name(PARENT).is_file():
        found = lineage(catalogue.registry.parent)
        if found.own:
            note(f"{found.own} of them your own, in {catalogue.registry.parent}")
        if found.remark:
            note(found.remark)


def _report(report: Report) -> dict[str, object]:
    from glyphdata.faces.scan import printable

    return {
        "path": printable(report.path),
        "fit": report.fit,
        "faces": [one.face.key for one in report.faces],
        "findings": [
            {"code": one.code, "message": one.message, "fatal": one.fatal}
            for one in report.findings
        ],
    }


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"


def _write_specimen(catalogue: Catalogue, face: Face, output: Path) -> None:
    from PIL import Image

    from glyphdata.cli.show import note
    from glyphdata.errors import OutputError
    from glyphdata.faces.specimen import lines_for, specimen

    pixels = specimen(catalogue.open(face.token), lines_for(face) or (face.family,))
    try:
        Image.fromarray(pixels).save(output, format="PNG")
    except OSError as fault:
        raise OutputError(f"{output}: {fault.strerror}", hint="name another file") from fault
    note(f"wrote {output}")


fonts_store.attach(app)
fonts_pull.attach(app)
