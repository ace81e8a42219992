"""`glyphdata mix`: make one dataset of several, in given shares."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from glyphdata.cli.options import AsJson, keys_of, out_folder

if TYPE_CHECKING:
    from glyphdata.convert.mixing.asked import Mix
    from glyphdata.convert.mixing.factory import Factory
    from glyphdata.generation import Summary


def command(
    mix: Annotated[
        Path | None,
        typer.Argument(metavar="MIX", help="The mix, a YAML file.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Argument(
            metavar="OUT",
            parser=out_folder,
            help="The folder to make, or a URL: s3://bucket/out.",
            show_default=False,
        ),
    ] = None,
    *,
    samples: Annotated[
        int | None, typer.Option(min=1, help="How many scenes, whatever the mix says.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="The seed, whatever the mix says.")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", "-w", min=0, help="Processes; one per core by default."),
    ] = None,
    shards: Annotated[
        str | None, typer.Option(metavar="A..B", help="Only the shards from A up to, not with, B.")
    ] = None,
    resume: Annotated[
        Literal["never", "always", "if_possible"],
        typer.Option(help="Whether to go on with a dataset of this mix."),
    ] = "if_possible",
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Remove the dataset that is there.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be taken; write nothing.")
    ] = False,
    exclude: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Leave out the scenes of these keys of OUT, one a line; remembered.",
        ),
    ] = None,
    index: Annotated[
        int | None,
        typer.Option("--index", "-i", min=0, help="Only say which sample stands at this place."),
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="With --index: its picture, too."),
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON schema of mixes instead.")
    ] = False,
    overrides: Annotated[
        list[str] | None,
        typer.Option(
            "-s", "--set", metavar="KEY=VALUE", help="Change one value of the mix; repeatable."
        ),
    ] = None,
    log_format: Annotated[
        Literal["text", "json"], typer.Option(help="How stderr tells what goes on.")
    ] = "text",
    json: AsJson = False,
) -> None:
    """Make one dataset of several, in given shares: groups whole, and none of them twice.

    Example: glyphdata mix recipes/design-to-scene.yaml out/alignment --samples 1200
    """
    from glyphdata.cli import show
    from glyphdata.cli.generate import document_of, lines_of, shard_range
    from glyphdata.cli.lines import reporter
    from glyphdata.convert.mixing.loading import load_mix
    from glyphdata.convert.mixing.mixing import mix as run
    from glyphdata.engines.choosing import engine_of

    if schema:
        _schema()
        return
    if mix is None:
        raise typer.BadParameter("name a mix, or ask for --schema", param_hint="MIX")
    part = shard_range(shards) if shards is not None else None
    more = (("samples", samples), ("seed", seed))
    changes = [*(overrides or ()), *(f"{name}={one}" for name, one in more if one is not None)]
    asked, notices = load_mix(mix, changes)
    if index is not None:
        _seated(asked, index, picture, json=json)
        return
    if out is None:
        raise typer.BadParameter("name the folder to make", param_hint="OUT")
    with reporter(log_format) as (tell, on_line):
        summary = run(
            asked,
            out,
            notices=notices,
            resume=resume,
            overwrite=overwrite,
            shards=part,
            dry_run=dry_run,
            exclude=keys_of(exclude),
            on_event=tell,
            on_line=on_line,
            engine=engine_of("local", workers),
            redraw=_again(mix, changes),
        )
    if json:
        show.document({**document_of(summary), "sources": _sources(asked)})
    else:
        show.say("\n".join([*_lines(asked, summary), *lines_of(summary, out)]))
    if not summary.whole and not summary.dry_run:
        raise typer.Exit(4)


def _schema() -> None:
    from glyphdata.cli import show
    from glyphdata.convert.mixing.document import schema

    show.document(schema())


def _again(mix: Path, changes: Sequence[str]) -> str:
    """The command that says what stands at a place once `--index` is added."""
    words = ["glyphdata", "mix", str(mix)]
    for change in changes:
        words += ["-s", change]
    return shlex.join(words)


def _seated(mix: Mix, index: int, picture: Path | None, *, json: bool) -> None:
    """Say which sample stands at a place; `InputError` where the mix has no such place."""
    from glyphdata.cli import show
    from glyphdata.convert.mixing.factory import Factory
    from glyphdata.errors import InputError

    if index >= mix.samples:
        raise InputError(f"there is no place {index} among {mix.samples}", hint="count from 0")
    factory = Factory(mix)
    source, key = factory.origin(index)
    if picture is not None:
        _picture(factory, index, mix.kept.picture, picture)
    if json:
        show.document({"index": index, "source": source, "key": key})
    else:
        show.say(f"{source} {key}")


def _picture(factory: Factory, index: int, kind: str, file: Path) -> None:
    """Write the first picture of a place as it will lie in the mix."""
    from glyphdata.errors import OutputError

    if file.suffix.lower().replace("jpeg", "jpg") != f".{kind}":
        raise OutputError(f"{file}: the picture is a {kind}", hint=f"let the name end in .{kind}")
    try:
        file.write_bytes(dict(factory.group(index)[0].members)[kind])
    except OSError as fault:
        raise OutputError(
            f"{file}: cannot be written: {fault.strerror}", hint="choose another place with -o"
        ) from fault


def _sources(mix: Mix) -> list[dict[str, object]]:
    """What is taken of each source, as programs read it."""
    counts = mix.schedule().counts
    return [
        {"name": one.label, "dataset": one.dataset, "scenes": count, "of": one.groups}
        for one, count in zip(mix.sources, counts, strict=True)
    ]


def _lines(mix: Mix, summary: Summary) -> Iterator[str]:
    """What is taken of each source, as people read it."""
    verb = "would take" if summary.dry_run else "took"
    for one, count in zip(mix.sources, mix.schedule().counts, strict=True):
        held = (
            f"of {one.groups:,} scenes"
            if count <= one.groups
            else f"scenes of {one.groups:,}, some again"
        )
        yield f"{one.label}: {verb} {count:,} {held}"
