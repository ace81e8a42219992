"""`glyphdata export`: write a dataset as other programs read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glyphdata.cli.options import AsJson, OutFolder, keys_of, named

if TYPE_CHECKING:
    from glyphdata.convert.exporting import Exported


def command(
    out: OutFolder,
    dest: Annotated[
        Path, typer.Argument(metavar="DEST", help="The folder to write; it must not be there yet.")
    ],
    *,
    form: Annotated[
        str,
        typer.Option(
            "--format", "-f", metavar="F", help="One of `glyphdata kinds exporters`: coco, …"
        ),
    ],
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where", metavar="TERM", help="Only such samples: level=word, contrast<3; repeatable."
        ),
    ] = None,
    only: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Only these keys, one a line, or a file of flags."),
    ] = None,
    exclude: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Not these keys, one a line, or a file of flags."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="The first samples that are meant, so many.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("-s", "--set", metavar="KEY=VALUE", help="A field of the format; repeatable."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Remove the export that stands at DEST.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Write the samples of a dataset, or those that are meant, in another format.

    Example: glyphdata export out/ coco/ --format coco --where "contrast>=3" --exclude flagged.txt
    """
    from typing import cast

    from glyphdata.cli import show
    from glyphdata.cli.telling import teller
    from glyphdata.convert.exporting import Choice, Exporter, export
    from glyphdata.recipe.open import part_of

    exporter = cast("Exporter", part_of("exporters", form, settings or ()))
    choice = Choice(
        tuple(where or ()),
        keys_of(only),
        keys_of(exclude) or (),
        limit,
    )
    with teller() as tell:
        exported = export(out, dest, exporter, choice, overwrite=overwrite, on_event=tell)
    if json:
        show.document(_document(exported, out, form))
    else:
        show.say("\n".join(_lines(exported)))
    if not exported.whole:
        raise typer.Exit(4)


def _document(exported: Exported, out: Path, form: str) -> dict[str, object]:
    return {
        "out": named(out),
        "dest": str(exported.dest),
        "format": form,
        "samples": exported.samples,
        "skipped": [
            {"reason": reason, "count": count, "first": key}
            for reason, count, key in exported.skipped
        ],
        "unread": exported.unread,
        "faults": [{"key": key, "message": message} for key, message in exported.faults],
        "seconds": round(exported.seconds, 3),
    }


def _lines(exported: Exported) -> Iterator[str]:
    from glyphdata.cli.show import many

    yield f"{exported.dest}: {many(exported.samples, 'sample')} in {exported.seconds:.1f} s"
    for reason, count, key in exported.skipped:
        yield f"not written: {count:,} × {reason}, first in {key}"
    for key, message in exported.faults:
        yield f"left out: {key}: {message}"
    if exported.unread > len(exported.faults):
        yield f"and {exported.unread - len(exported.faults):,} more; `glyphdata verify` has all"
