"""`glyphdata import`: make a dataset of other people's pictures and labels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from glyphdata.cli.options import AsJson, OutFolder, keys_of

if TYPE_CHECKING:
    from glyphdata.generation import Summary


def command(
    source: Annotated[
        Path, typer.Argument(metavar="SRC", help="The folder of the pictures and their labels.")
    ],
    out: OutFolder,
    *,
    form: Annotated[
        str,
        typer.Option(
            "--format", "-f", metavar="F", help="One of `glyphdata kinds importers`: icdar, …"
        ),
    ],
    settings: Annotated[
        list[str] | None,
        typer.Option("-s", "--set", metavar="KEY=VALUE", help="A field of the format; repeatable."),
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="N", help="The dataset's name; SRC's by default.")
    ] = None,
    license: Annotated[
        str, typer.Option(metavar="L", help="Of pictures whose source tells none: CC-BY-4.0, …")
    ] = "",
    image: Annotated[
        Literal["keep", "jpg", "png", "webp"],
        typer.Option(help="What pictures become; keep: their own format, if all have the same."),
    ] = "keep",
    boxes: Annotated[
        bool, typer.Option("--box-mask/--no-box-mask", help="Whether samples have boxes.png.")
    ] = True,
    workers: Annotated[
        int | None,
        typer.Option("--workers", "-w", min=0, help="Processes; one per core by default."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="The first pictures, so many.")] = None,
    shard_samples: Annotated[int, typer.Option(min=1, help="Samples in a shard.")] = 1000,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Remove the dataset that is there.")
    ] = False,
    exclude: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Leave out these keys, one a line; remembered."),
    ] = None,
    log_format: Annotated[
        Literal["text", "json"], typer.Option(help="How stderr tells what goes on.")
    ] = "text",
    json: AsJson = False,
) -> None:
    """Make a dataset of other people's pictures and labels, or what is missing of it.

    Example: glyphdata import ICDAR2015/ out/ --format icdar --license CC-BY-4.0 -s task=icdar2015
    """
    from typing import cast

    from glyphdata.cli import show
    from glyphdata.cli.generate import document_of
    from glyphdata.cli.lines import reporter
    from glyphdata.convert.importing.importing import Importer, Manner, import_pictures
    from glyphdata.recipe.open import part_of

    importer = cast("Importer", part_of("importers", form, settings or ()))
    called = name or source.absolute().resolve().name or "import"
    manner = Manner(called, license, image, boxes, shard_samples, limit)
    with reporter(log_format) as (tell, on_line):
        summary = import_pictures(
            importer,
            source,
            out,
            manner,
            workers=workers,
            overwrite=overwrite,
            exclude=keys_of(exclude),
            on_event=tell,
            on_line=on_line,
        )
    if json:
        show.document({**document_of(summary), "format": form})
    else:
        show.say("\n".join(_lines(summary, out)))
    if not summary.whole:
        raise typer.Exit(4)


def _lines(summary: Summary, out: Path) -> Iterator[str]:
    """What came of the import as people read it."""
    from dataclasses import replace

    from glyphdata.cli.generate import lines_of
    from glyphdata.cli.show import many

    yield from lines_of(replace(summary, rejections=()), out)
    reasons = {spot.reason for spot in summary.quarantined}
    left_out = [(reason, count) for reason, count in summary.rejections if reason not in reasons]
    if left_out:
        told = ", ".join(f"{count:,} × {reason}" for reason, count in left_out)
        yield f"of the labels: {told}"
    if summary.quarantined:
        yield f"{many(len(summary.quarantined), 'picture')} left out, as named above"
