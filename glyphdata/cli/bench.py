"""`glyphdata bench`."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    size: Annotated[
        list[int] | None,
        typer.Option(min=128, max=8192, help="Side of the canvas in pixels; may be repeated."),
    ] = None,
    samples: Annotated[int, typer.Option(min=20, help="Samples per run.")] = 400,
    repeats: Annotated[int, typer.Option(min=1, help="Runs per workload; the median counts.")] = 3,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """This machine's samples/s per level beside its own encode-only limit.

    Example: glyphdata bench --size 512 --json
    """
    from glyphdata import bench
    from glyphdata.cli import show
    from glyphdata.draw.kernel import COMPILED
    from glyphdata.engines.stopping import undisturbed

    if not COMPILED:
        show.note("no compiled kernel here: the numpy twin runs; see `glyphdata doctor`")
    outcomes = []
    with undisturbed():  # the measured loop looks for signals by itself
        for outcome in bench.measure(tuple(size or (512, 1024)), samples, repeats):
            outcomes.append(outcome)
            show.note(
                f"{outcome.name} {outcome.size}²: {outcome.samples_per_s:.0f}/s of"
                f" {outcome.limit_per_s:.0f}/s, share {outcome.share:.2f}"
            )
    if json:
        show.document(bench.document(outcomes))
        return
    show.table(
        ("workload", "canvas", "samples/s", "encode only/s", "share", "characters"),
        [
            (
                one.name,
                f"{one.size}²",
                one.samples_per_s,
                one.limit_per_s,
                one.share,
                one.characters,
            )
            for one in outcomes
        ],
    )
