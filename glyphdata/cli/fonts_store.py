"""The commands of `glyphdata fonts` that keep a user's own fonts, and trade tables with others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glyphdata.cli.options import AsJson

if TYPE_CHECKING:
    from glyphdata.faces.foreign import Match
    from glyphdata.faces.incoming import Taken

Output = Annotated[Path | None, typer.Option("-o", "--output", help="Write to this file.")]


def attach(app: typer.Typer) -> None:
    """Put the commands into the group `glyphdata fonts`."""
    app.command("add")(add)
    app.command("retire")(retire)
    app.command("lock")(lock)
    app.command("export")(export)
    app.command("import")(import_table)


def add(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH…", help="Fonts, folders or archives of them.")
    ],
    license: Annotated[
        str, typer.Option(help="The licence of all of them, by its SPDX name: OFL-1.1, …")
    ] = "",
    category: Annotated[str, typer.Option(help="sans, serif, mono, display or handwriting.")] = "",
    json: AsJson = False,
) -> None:
    """Copy font files into your own store and give their faces tokens.

    What is broken, coloured, made of icons, under no known licence, or draws as another face does
    is refused, each with its reason, and stops nothing else. Exit code 4 where some were refused,
    3 where nothing was usable.

    Example: glyphdata fonts add ~/fonts/Corporate --license OFL-1.1
    """
    from tempfile import TemporaryDirectory

    from glyphdata.cli.show import many
    from glyphdata.errors import InputError, PartlyDone
    from glyphdata.faces.brought import as_given, brought
    from glyphdata.faces.incoming import Taken, take, user_folder

    with TemporaryDirectory(prefix="glyphdata-fonts-") as scratch:
        files, broken = brought(paths, Path(scratch), license=license, category=category)
        taken = take(files)
        refused = (as_given(one, Path(scratch)) for one in (*broken, *taken.refused))
        taken = Taken(taken.added, taken.known, tuple(refused))
    _tell(taken, user_folder(), json)
    if not (taken.added or taken.known):
        raise InputError(
            "no usable font file" if taken.refused else "no font file there",
            hint="give .ttf, .otf or .ttc files, folders or zips of them",
        )
    if taken.refused:
        count = many(len({one.path for one in taken.refused}), "file")
        raise PartlyDone(f"{count} refused, in whole or in part", hint="see the reasons above")


def _tell(taken: Taken, folder: Path, json: bool) -> None:
    from glyphdata.cli.show import document, many, note, table

    if json:
        document(
            {
                "folder": str(folder),
                "added": [
                    {"token": face.token, "key": face.key, "license": face.license}
                    for face in taken.added
                ],
                "known": taken.known,
                "refused": [
                    {"path": one.path, "code": one.code, "message": one.message}
                    for one in taken.refused
                ],
            }
        )
        return
    for one in taken.refused:
        note(f"{one.path}: {one.code}: {one.message}")
    if taken.added:
        rows = [
            (face.token, face.family, face.style, " ".join(face.home_scripts), face.license)
            for face in taken.added
        ]
        table(("token", "family", "style", "scripts", "license"), rows)
    note(f"{many(len(taken.added), 'face')} added, {taken.known} known before, in {folder}")


def retire(
    tokens: Annotated[list[int], typer.Argument(metavar="TOKEN…", help="N of <font-N>.")],
    reason: Annotated[str, typer.Option(help="Why, for whoever reads the list.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take them back into use.")] = False,
    json: AsJson = False,
) -> None:
    """Withdraw faces from use; their tokens stay theirs and are never given again.

    Example: glyphdata fonts retire 17 230 --reason 'hard to read below 20 px'
    """
    from glyphdata.cli.show import document, note
    from glyphdata.faces.retire import reinstate
    from glyphdata.faces.retire import retire as withdraw

    changed = reinstate(tokens) if undo else withdraw(tokens, reason)
    if json:
        document({"undone" if undo else "retired": changed})
    else:
        what = "back in use" if undo else "withdrawn"
        note(f"{what}: {', '.join(f'<font-{token}>' for token in changed) or 'none'}")


def lock(
    output: Output = None,
    check: Annotated[
        Path | None, typer.Option("--check", help="Compare this machine with a lock file.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Write down what the registered faces are made of, or check that this machine has the same.

    `--check` reads every file that was in use; exit code 5 where something differs.

    Example: glyphdata fonts lock -o fonts.lock && glyphdata fonts lock --check fonts.lock
    """
    from glyphdata.faces import load
    from glyphdata.faces.lock import locked

    if check is not None:
        _check_lock(check, json)
        return
    catalogue = load()
    _put(locked(catalogue), output, f"{len(catalogue)} faces", json)


def _check_lock(path: Path, json: bool) -> None:
    from dataclasses import asdict

    from glyphdata.cli.show import document, many, say
    from glyphdata.errors import GateFailed, InputError
    from glyphdata.faces import load
    from glyphdata.faces.lock import lacking, read_lock

    try:
        lacks = lacking(read_lock(path), load())
    except InputError as fault:
        raise fault.inside(str(path)) from None
    if json:
        document({"ok": not lacks, "findings": [asdict(lack) for lack in lacks]})
    else:
        for lack in lacks:
            say(f"{lack.code}: {lack.message}")
    if lacks:
        raise GateFailed(
            f"this machine differs from {path}: {many(len(lacks), 'finding')}",
            hint="bring the packages and files that it names, then check again",
        )


def export(
    format: Annotated[str, typer.Option(help="glyphbyt5.")] = "glyphbyt5",
    lang: Annotated[
        str, typer.Option(help="Languages of version 2, joined by commas; none: version 1.")
    ] = "",
    allow: Annotated[
        Path | None,
        typer.Option(help="Write each language's list of faces into this folder: fr.json, …"),
    ] = None,
    output: Output = None,
    json: AsJson = False,
) -> None:
    """Write our faces as a table that Glyph-ByT5 reads.

    Without `--lang` every face under its token, as version 1 has it; with it the tables of version
    2, each numbered from 0. fr, de, es, it, pt and ru share the table en.

    Example: glyphdata fonts export --format glyphbyt5 --lang en,cn,jp,kr,fr --allow lists -o f.json
    """
    import orjson

    from glyphdata.errors import InputError
    from glyphdata.faces import load
    from glyphdata.faces.tables import allowed, version_1, version_2

    if format != "glyphbyt5":
        raise InputError(f"{format!r} is no format of tables", hint="there is glyphbyt5")
    catalogue = load()
    languages = [word.strip() for word in lang.split(",") if word.strip()]
    if allow is not None and not languages:
        raise InputError("lists of faces are by language", hint="name some with --lang")
    table = version_2(catalogue, languages) if languages else version_1(catalogue)
    if allow is not None:
        for language in languages:
            rows = allowed(catalogue, language)
            _put(orjson.dumps(rows) + b"\n", allow / f"{language}.json", f"{len(rows)} faces")
    data = orjson.dumps(table, option=orjson.OPT_INDENT_2) + b"\n"
    _put(data, output, f"{len(table)} faces", json)


def import_table(
    file: Annotated[Path, typer.Argument(help="A table: font_idx.json, …")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Write their tokens with ours to this file."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Match the faces of a Glyph-ByT5 table with ours by name, and say which have no match.

    Example: glyphdata fonts import font_idx_512.json -o theirs-to-ours.json
    """
    import orjson

    from glyphdata.errors import InputError
    from glyphdata.faces import load
    from glyphdata.faces.foreign import matches, read_table

    try:
        found = matches(read_table(file.read_bytes()), load())
    except OSError as fault:
        raise InputError(f"{file}: {fault.strerror}", hint="name the table's file") from fault
    except InputError as fault:
        raise fault.inside(str(file)) from None
    if output is not None:
        mapping = {one.theirs: one.ours for one in found if one.ours}
        _put(orjson.dumps(mapping, option=orjson.OPT_INDENT_2) + b"\n", output, "the mapping")
    _tell_matches(found, json)


def _tell_matches(found: tuple[Match, ...], json: bool) -> None:
    from glyphdata.cli.show import document, note, table

    mapped = [one for one in found if one.ours]
    if json:
        document(
            {
                "entries": len(found),
                "mapped": [
                    {"name": one.name, "theirs": one.theirs, "ours": one.ours, "token": one.token}
                    for one in mapped
                ],
                "unmapped": [
                    {"name": one.name, "theirs": one.theirs} for one in found if not one.ours
                ],
            }
        )
        return
    rows = [(one.name, one.theirs, one.ours or "no such face") for one in found]
    table(("name", "theirs", "ours"), rows)
    note(f"{len(mapped)} of {len(found)} names have a face here")


def _put(data: bytes, output: Path | None, what: str, json: bool = False) -> None:
    """The data to a file, whole or not at all, or to stdout; `json` tells of the file there."""
    from glyphdata.cli.show import document, note, say

    if output is None:
        say(data.decode().rstrip("\n"))
        return
    from glyphdata.faces.store import write

    write(output, data, hint="name another file")
    note(f"wrote {what} to {output}")
    if json:
        document({"written": str(output), "what": what})
