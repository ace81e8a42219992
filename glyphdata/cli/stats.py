"""`glyphdata stats`: what is in a dataset, counted and measured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glyphdata.cli.options import AsJson, OutFolder, named

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from glyphdata.review.stats.values import Answer, Entry, Fit, Spread, Stats, Tally

_FREQUENT, _RARE = 6, 4
_FEW = 12


def command(
    out: OutFolder,
    plots: Annotated[
        Path | None,
        typer.Option("--plots", metavar="DIR", help="Write a plot (SVG) of each into this folder."),
    ] = None,
    look: Annotated[
        int,
        typer.Option(
            min=0,
            max=20_000,
            metavar="N",
            help="Look at N samples too: caption lengths, near-duplicates.",
        ),
    ] = 0,
    json: AsJson = False,
) -> None:
    """Counts and spreads: fonts, colours, characters, lengths, contrast, levels.

    They come from the index alone, finished or not; with --look from samples too. Where the recipe
    asked for shares, what was made is compared with them.

    Example: glyphdata stats out/ --plots plots/
    """
    from glyphdata.cli.show import document, many, note
    from glyphdata.review.stats import stats_of

    stats = stats_of(out, look)
    if plots is not None:
        from glyphdata.review.plots import write_plots

        note(f"{plots}: {many(len(write_plots(stats, plots)), 'plot')}")
    if json:
        document(stats.document())
    else:
        _show(out, stats)


def _show(out: Path, stats: Stats) -> None:
    from glyphdata.cli.show import many, note, say
    from glyphdata.review.stats.values import Fit, Spread, Tally

    scenes = f" of {many(stats.groups, 'scene')}" if stats.variants else ""
    say(
        f"{named(out)}: {many(stats.samples, 'picture')}{scenes} in {many(stats.shards, 'shard')}\n"
    )
    _spreads([one for one in stats.answers if isinstance(one, Spread)])
    _tallies([one for one in stats.answers if isinstance(one, Tally)])
    _grids(stats.answers)
    _fits([one for one in stats.answers if isinstance(one, Fit)])
    for remark in stats.notes:
        note(f"note: {remark}")


def _spreads(spreads: Sequence[Spread]) -> None:
    from glyphdata.cli.show import table
    from glyphdata.review.svg import short

    columns = ("spread", "mean", "±", "least", "5 %", "50 %", "95 %", "most", "unit")
    rows = []
    for one in spreads:
        numbers = (one.mean, one.deviation, one.least, one.p5, one.p50, one.p95, one.most)
        rows.append((one.title, *map(short, numbers), one.unit))
    if rows:
        table(columns, rows)


def _tallies(tallies: Sequence[Tally]) -> None:
    from glyphdata.cli.show import say, table
    from glyphdata.review.stats.texts import legible
    from glyphdata.review.svg import percent

    rows = []
    for one in tallies:
        of = f" of {one.possible:,}" if one.possible else ""
        shares = [
            f"{legible(entry.name)} {percent(entry.count / one.total)}"
            for entry in one.entries[:_FREQUENT]
        ]
        rows.append((one.title, f"{one.kinds:,}{of}", f"{one.evenness:.3f}", ", ".join(shares)))
    say("")
    table(("tally", "kinds", "evenness", "most frequent"), rows)
    rarest = [
        (one.title, ", ".join(f"{legible(rare.name)} × {rare.count:,}" for rare in _rarest(one)))
        for one in tallies
        if one.kinds > _FREQUENT
    ]
    if rarest:
        say("")
        table(("tally", "least frequent"), rarest)


def _rarest(tally: Tally) -> Iterable[Entry]:
    return tally.rare[:_RARE] if tally.rare else reversed(tally.entries[-_RARE:])


def _grids(answers: Sequence[Answer]) -> None:
    from glyphdata.cli.show import say
    from glyphdata.review.stats.values import Grid

    for one in answers:
        if isinstance(one, Grid):
            cells = f"{len(one.rows):,} × {len(one.columns):,} cells"
            say(
                f"\n{one.title}: {one.occupied:.1%} of {cells} occur;"
                f" {one.expected:.1%} would if neither had to do with the other"
            )


def _fits(fits: Sequence[Fit]) -> None:
    from glyphdata.cli.show import say, table
    from glyphdata.review.svg import short

    if not fits:
        return
    say("\nmade against asked for:")
    rows = [
        (one.title, short(one.chi_square), f"{one.freedom:,}", f"{one.p:.2g}", f"{one.kl_bits:.4f}")
        for one in fits
    ]
    table(("what", "χ²", "degrees", "p", "bits"), rows)
    for one in fits:
        rough = f" p is rough: {one.thin:,} kinds expect fewer than 5." if one.thin else ""
        if len(one.parts) <= _FEW:
            parts = [
                f"{part.name} {100 * part.count / one.total:.1f} %"
                f" ({100 * part.expected / one.total:.1f})"
                for part in one.parts
            ]
            say(f"\n{one.title} against {one.against}: {', '.join(parts)}.{rough}")
        else:
            say(f"\n{one.title} against {one.against}.{rough}")
        if one.note:
            say(f"  {one.note}")
