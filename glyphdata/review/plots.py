"""Statistics as pictures: a small SVG for each answer, whatever it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import singledispatch
from math import sqrt
from pathlib import Path

from glyphdata.errors import OutputError
from glyphdata.review.stats.texts import legible
from glyphdata.review.stats.values import Answer, Entry, Fit, Grid, Part, Spread, Stats, Tally
from glyphdata.review.svg import Sheet, percent, short, ticks
from glyphdata.scene.color import palette

_WIDTH, _MARGIN, _TOP = 640, 20, 62
_ROW = 18
_NAMES = 190  # where bars begin, right of their names
_FEW, _RAREST = 24, 6
_CELL = 8
_SHADES = 6


def write_plots(stats: Stats, folder: Path) -> tuple[Path, ...]:
    """Write a plot of each answer into a folder, named after it; the files, in order.

    `OutputError` where they cannot be written.
    """
    files = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for answer in stats.answers:
            suffix = "-fit" if isinstance(answer, Fit) else ""
            files.append(folder / f"{answer.name}{suffix}.svg")
            files[-1].write_text(plotted(answer), encoding="utf-8")
    except OSError as fault:
        raise OutputError(
            f"the plots cannot be written: {fault.strerror}", hint="choose another folder"
        ).inside(str(folder)) from fault
    return tuple(files)


@singledispatch
def plotted(answer: Answer) -> str:
    """An answer as an SVG document."""
    raise TypeError(f"there is no plot of a {type(answer).__name__}")


@plotted.register
def _tally(tally: Tally) -> str:
    rows: list[Entry | None] = [*tally.entries[:_FEW]]
    if tally.kinds > _FEW + _RAREST:
        rarest = [*tally.entries, *reversed(tally.rare)][-_RAREST:]
        rows += [None, *rarest]
    else:
        rows = [*tally.entries]
    sheet = Sheet(_WIDTH, _TOP + _ROW * len(rows) + _MARGIN)
    of = f" of {tally.possible:,}" if tally.possible else ""
    kinds = f"{tally.kinds:,}{of} kinds" if tally.kinds != 1 else "1 kind"
    _heading(
        sheet, tally.title, f"{tally.total:,} {tally.of}, {kinds}, evenness {tally.evenness:.3f}"
    )
    most = tally.entries[0].count
    room = _WIDTH - _NAMES - 110
    for place, entry in enumerate(rows):
        top = _TOP + _ROW * place
        if entry is None:
            sheet.text(_NAMES - 8, top + 12, "⋮ the rarest", "end soft")
            continue
        _name(sheet, tally.name, entry.name, top)
        length = max(1.0, room * entry.count / most)
        sheet.box(_NAMES, top + 3, length, _ROW - 6, "bar")
        share = percent(entry.count / tally.total)
        sheet.text(_NAMES + length + 6, top + 13, f"{entry.count:,}  ({share})", "soft small")
    return sheet.written()


@plotted.register
def _spread(spread: Spread) -> str:
    high, left, room = 240, 62, _WIDTH - 62 - _MARGIN
    bottom = _TOP + high
    sheet = Sheet(_WIDTH, bottom + 48)
    _heading(
        sheet,
        spread.title,
        f"mean {short(spread.mean)} ± {short(spread.deviation)}, median {short(spread.p50)},"
        f" 90 % from {short(spread.p5)} to {short(spread.p95)},"
        f" all from {short(spread.least)} to {short(spread.most)} {spread.unit}",
    )
    most = max(spread.bins)
    for tick in ticks(most):
        y = bottom - high * tick / most
        sheet.line(left, y, left + room, y, "grid")
        sheet.text(left - 6, y + 4, short(tick), "end soft small")
    wide = room / len(spread.bins)
    for place, count in enumerate(spread.bins):
        tall = high * count / most
        gap = max(min(1.5, wide / 6), wide - 64)
        sheet.box(left + wide * place + gap / 2, bottom - tall, wide - gap, tall, "bar")
    sheet.line(left, bottom, left + room, bottom, "axis")
    for x, value in _along(spread, left, wide):
        sheet.text(x, bottom + 15, short(value), "mid soft small")
    sheet.text(left + room / 2, bottom + 34, spread.unit, "mid soft")
    sheet.text(16, _TOP + high / 2, "pictures", "mid soft", turn=-90)
    return sheet.written()


def _along(spread: Spread, left: float, wide: float) -> Iterator[tuple[float, float]]:
    """Where along the axis which number stands: under bars of one value, else between bars."""
    edges = spread.edges
    single = edges[1] - edges[0] == spread.step == 1
    every = next(step for step in (1, 2, 5, 10, 20) if len(edges) / step <= 12)
    first = round(edges[0] / (edges[1] - edges[0]))
    for place, edge in enumerate(edges[:-1] if single else edges):
        if (first + place) % every == 0:
            yield left + wide * (place + 0.5 * single), edge


@plotted.register
def _fit(fit: Fit) -> str:
    chosen = _telling(fit.parts)
    sheet = Sheet(_WIDTH, _TOP + 34 + _ROW * len(chosen) + _MARGIN)
    told = f"χ² {short(fit.chi_square)} of {fit.freedom:,}, p {fit.p:.2g}, {fit.kl_bits:.4f} bits"
    _heading(sheet, f"{fit.title}: asked and made", f"{fit.total:,} {fit.of} against {fit.against}")
    some = "" if len(chosen) == len(fit.parts) else f"; the {len(chosen)} furthest off"
    sheet.text(_MARGIN, _TOP + 8, f"{told}{some}", "soft")
    sheet.line(_WIDTH - 170, _TOP - 1, _WIDTH - 170, _TOP + 11, "mark")
    sheet.text(_WIDTH - 163, _TOP + 8, "expected", "soft")
    sheet.box(_WIDTH - 102, _TOP, 18, 9, "bar")
    sheet.text(_WIDTH - 80, _TOP + 8, "made", "soft")
    most = max(max(part.expected, part.count) for part in chosen)
    room = _WIDTH - _NAMES - 110
    for place, part in enumerate(chosen):
        top = _TOP + 30 + _ROW * place
        _name(sheet, fit.name, part.name, top)
        length = room * part.count / most
        mark = _NAMES + room * part.expected / most
        sheet.box(_NAMES, top + 3, length, _ROW - 6, "bar")
        sheet.line(mark, top + 1, mark, top + _ROW - 1, "mark")
        words = f"{part.count:,}  ({part.expected:,.1f})"
        sheet.text(max(_NAMES + length, mark) + 6, top + 13, words, "soft small")
    return sheet.written()


def _telling(parts: Sequence[Part]) -> list[Part]:
    """All the parts if they are few, else those furthest from what was expected, falling."""
    off = {part: (part.count - part.expected) / sqrt(part.expected) for part in parts}
    if len(parts) <= _FEW + _RAREST:
        return [*parts]
    furthest = sorted(parts, key=lambda part: (-abs(off[part]), part.name))[:_FEW]
    return sorted(furthest, key=lambda part: (-off[part], part.name))


@plotted.register
def _grid(grid: Grid) -> str:
    left, top = 150, _TOP + 86
    width = left + _CELL * len(grid.columns) + _MARGIN
    bottom = top + _CELL * len(grid.rows)
    sheet = Sheet(max(_WIDTH, width), bottom + 50)
    _heading(
        sheet,
        grid.title,
        f"{grid.total:,} {grid.of}; {grid.occupied:.1%} of the cells occur"
        f" ({grid.expected:.1%} if the two had nothing to do with each other)",
    )
    for column, label in enumerate(grid.columns):
        x = left + _CELL * column
        sheet.text(x + 6.3, top - 14, label.name, "tiny soft", turn=-90)
        if label.color:
            sheet.box(x + 0.5, top - 10, _CELL - 1, _CELL - 2, "swatch", label.color)
    for row, label in enumerate(grid.rows):
        sheet.text(left - 6, top + _CELL * row + 6.4, _cut(label.name, 30), "tiny end soft")
    most = max(max(row) for row in grid.counts)
    bounds = _bounds(most)
    for shade, (low, high) in enumerate(bounds):
        opacity = (shade + 1) / len(bounds)
        sheet.cells(left, top, _CELL, _runs(grid.counts, low, high), opacity)
        x = left + 74 * shade
        sheet.cells(x, bottom + 20, 12, [(0, 0, 1)], opacity)
        between = f"{low:,}" if low == high else f"{low:,} to {high:,}"
        sheet.text(x + 16, bottom + 30, between, "small soft")
    sheet.text(left - 6, bottom + 30, f"{grid.of} in a cell", "small soft end")
    return sheet.written()


def _bounds(most: int) -> list[tuple[int, int]]:
    """Counts from 1 to `most` in at most six growing ranges, both ends inclusive."""
    lows = sorted({max(1, round(most ** (shade / _SHADES))) for shade in range(_SHADES)})
    return [
        (low, following - 1 if following else most)
        for low, following in zip(lows, [*lows[1:], 0], strict=True)
    ]


def _runs(counts: Sequence[Sequence[int]], low: int, high: int) -> Iterator[tuple[int, int, int]]:
    """(column, row, length) of the cells from `low` to `high`, neighbours joined."""
    for row, cells in enumerate(counts):
        start = -1
        for column, count in enumerate((*cells, 0)):
            inside = low <= count <= high
            if inside and start < 0:
                start = column
            elif not inside and start >= 0:
                yield start, row, column - start
                start = -1


def _heading(sheet: Sheet, title: str, told: str) -> None:
    sheet.text(_MARGIN, 28, title, "title")
    sheet.text(_MARGIN, 47, told, "soft")


def _name(sheet: Sheet, topic: str, name: str, top: float) -> None:
    """The name of a bar at its left, with a swatch if it is a colour's."""
    ink = palette().by_name.get(name) if topic.startswith("colors") else None
    if ink is not None:
        sheet.box(_NAMES - 20, top + 4, 12, _ROW - 8, "swatch", ink.color.hex)
    sheet.text(_NAMES - (26 if ink else 8), top + 13, _cut(legible(name), 26), "end")


def _cut(words: str, length: int) -> str:
    return words if len(words) <= length else f"{words[: length - 1]}…"
