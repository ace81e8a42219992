"""`glyphdata generate`: make a dataset, or what is missing of it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from glyphdata.cli.options import AsJson, OutFolder, Overrides, RecipeFile, keys_of, named, sound

if TYPE_CHECKING:
    from glyphdata.engines.ranks import Rank
    from glyphdata.generation import Summary

_NAMED = 20  # what is left out is named so often, and then counted


def command(
    recipe: RecipeFile,
    out: OutFolder,
    *,
    samples: Annotated[
        int | None, typer.Option(min=1, help="How many scenes, whatever the recipe says.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="The seed, whatever the recipe says.")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", "-w", min=0, help="Processes; one per core by default."),
    ] = None,
    engine: Annotated[
        Literal["local", "ray"],
        typer.Option(help="Where: on this machine, or on the Ray cluster that RAY_ADDRESS names."),
    ] = "local",
    shards: Annotated[
        str | None, typer.Option(metavar="A..B", help="Only the shards from A up to, not with, B.")
    ] = None,
    rank: Annotated[
        str | None,
        typer.Option(
            metavar="R|auto",
            help="Only the shards of rank R; auto, or a launcher's name, reads the environment.",
        ),
    ] = None,
    world: Annotated[
        str | None,
        typer.Option(metavar="W", help="How many ranks, or a variable that holds how many."),
    ] = None,
    memory: Annotated[
        int | None, typer.Option(min=1, metavar="MB", help="The most that a worker may hold.")
    ] = None,
    patience: Annotated[
        float, typer.Option(min=1.0, metavar="S", help="The longest that one scene may take.")
    ] = 120.0,
    resume: Annotated[
        Literal["never", "always", "if_possible"],
        typer.Option(help="Whether to go on with a dataset of this recipe."),
    ] = "if_possible",
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Remove the dataset that is there.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be made; write nothing.")
    ] = False,
    exclude: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Leave out the scenes of these keys, one a line; remembered until another list.",
        ),
    ] = None,
    overrides: Overrides = None,
    log_format: Annotated[
        Literal["text", "json"], typer.Option(help="How stderr tells what goes on.")
    ] = "text",
    json: AsJson = False,
) -> None:
    """Make a dataset from a recipe, or what is missing of it.

    Example: glyphdata generate posters.yaml out/ --samples 10000 --workers 8
    """
    from glyphdata.cli import show
    from glyphdata.cli.lines import reporter
    from glyphdata.engines.choosing import engine_of
    from glyphdata.generation import generate

    part = shard_range(shards) if shards is not None else None
    ranked = ranked_by(rank, world, part)
    more = [f"{name}={value}" for name, value in (("samples", samples), ("seed", seed)) if value]
    more += ["seed=0"] if seed == 0 else []
    changes = [*(overrides or ()), *more]
    loaded = sound(recipe, changes)  # or else, before a folder is made
    where = engine_of(
        engine,
        workers,
        patience_s=patience,
        memory_mb=memory,
        address=os.environ.get("RAY_ADDRESS"),
    )
    with reporter(log_format) as (tell, on_line):
        summary = generate(
            loaded,
            out,
            resume=resume,
            overwrite=overwrite,
            shards=part,
            rank=ranked,
            dry_run=dry_run,
            exclude=keys_of(exclude),
            on_event=tell,
            on_line=on_line,
            engine=where,
            redraw=redraw(recipe, changes),
        )
    if json:
        show.document(document_of(summary))
    else:
        show.say("\n".join(lines_of(summary, out)))
    if not summary.whole and not summary.dry_run:
        raise typer.Exit(4)


def shard_range(text: str) -> range:
    """The range that `A..B` spells, B exclusive; a usage error otherwise."""
    first, dots, end = text.partition("..")
    if not (dots and first.isdecimal() and end.isdecimal() and int(first) < int(end)):
        raise typer.BadParameter(f"{text!r} is no range such as 0..10", param_hint="--shards")
    return range(int(first), int(end))


def ranked_by(rank: str | None, world: str | None, part: range | None) -> Rank | None:
    """The rank that the options spell, by the environment where they say so; None without any."""
    from glyphdata.engines.ranks import Rank, rank_of, world_of

    if rank is None:
        if world is not None:
            raise typer.BadParameter("it needs --rank", param_hint="--world")
        return None
    if part is not None:
        raise typer.BadParameter("a rank has shards of its own", param_hint="--shards")
    count = None if world is None else world_of(world, os.environ)
    if not (rank.isascii() and rank.isdecimal()):
        return rank_of(os.environ, source=rank, world=count)
    if count is None:
        raise typer.BadParameter(f"say --world too: {rank} of how many?", param_hint="--rank")
    return Rank(int(rank), count)


def redraw(recipe: Path, changes: Sequence[str]) -> str:
    """The command that draws a scene of the recipe once `--index` is added."""
    words = ["glyphdata", "draw", str(recipe)]
    for change in changes:
        words += ["-s", change]
    return shlex.join(words)


def document_of(summary: Summary) -> dict[str, object]:
    """The summary as programs read it."""
    return {
        "out": named(summary.out),
        "dry_run": summary.dry_run,
        "finished": summary.finished,
        "shards": summary.shards,
        "made": summary.made,
        "missing": summary.missing,
        "samples": summary.samples,
        "bytes": summary.bytes,
        "rejections": dict(summary.rejections),
        "quarantined": [
            {"index": spot.index, "reason": spot.reason, "message": spot.message}
            for spot in summary.quarantined
        ],
        "quarantined_faces": [asdict(face) for face in summary.quarantined_faces],
        "lost_shards": [
            {"shard": number, "message": message} for number, message in summary.lost_shards
        ],
        "excluded": summary.excluded,
        "seconds": round(summary.seconds, 3),
    }


def lines_of(summary: Summary, out: Path) -> Iterator[str]:
    """The summary as people read it, of the folder as they named it."""
    from glyphdata.cli.show import many, size

    if summary.dry_run:
        made = many(summary.made, "shard")
        yield f"{named(out)}: would make {made} of {summary.shards:,}; nothing was written"
        return
    here = summary.shards - summary.missing - len(summary.lost_shards)
    held = f"{named(out)}: {many(summary.samples, 'sample')} in {many(here, 'shard')}"
    did = f"{many(summary.made, 'shard')} made in {summary.seconds:.1f} s"
    yield f"{held}, {size(summary.bytes)}; {did if summary.made else 'nothing was left to make'}"
    if summary.missing:
        yield f"{many(summary.missing, 'shard')} of {summary.shards:,} yet to be made"
    if summary.rejections:
        most = sorted(summary.rejections, key=lambda pair: (-pair[1], pair[0]))
        yield f"drafts made anew: {', '.join(f'{count:,} × {reason}' for reason, count in most)}"
    for spot in summary.quarantined[:_NAMED]:
        yield f"left out: sample {spot.index}, {spot.reason}: {spot.message}"
    if summary.excluded:
        yield f"{many(summary.excluded, 'scene')} left out on request"
    for face in summary.quarantined_faces[:_NAMED]:
        yield f"made without <font-{face.token}> {face.key}, {face.reason}: {face.message}"
    for number, message in summary.lost_shards[:_NAMED]:
        yield f"not made: shard {number}: {message}"
    kinds = (summary.quarantined, summary.quarantined_faces, summary.lost_shards)
    more = max(map(len, kinds)) - _NAMED
    if more > 0:
        yield f"and {more:,} more; `glyphdata status {named(out)} --json` has all"
    if summary.finished and summary.whole:
        yield f"look at it: glyphdata preview {named(out)}"
