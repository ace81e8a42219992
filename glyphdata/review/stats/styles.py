"""Faces and colours: which are drawn with, how evenly, and which of them together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from glyphdata.compositor.inks import MARGIN
from glyphdata.errors import InputError
from glyphdata.review.stats.making import Making
from glyphdata.review.stats.survey import fit, originals, tally
from glyphdata.review.stats.values import Answer, Fit, Grid, Label, Part
from glyphdata.scene.color import Ink, contrast, luminance, palette

Counts = NDArray[np.int64]

_FACES = 1 << 16
_INKS = 1 << 10
_BLACK = luminance(0, 0, 0)

FAMILIES_NOTE = (
    "a family is drawn first, then one of its faces, and only among faces that cover the text and"
    " are at home in its script: families that have capitals only, or lack characters, come less"
    " often; families that never came are not counted here"
)
COLORS_NOTE = (
    "only inks that stand out on their ground are drawn: on grounds of any lightness, middling"
    " ones come less often; the fit on black grounds is free of that"
)
BLACK_NOTE = "of the inks that reach the contrast asked for on black"


class Styles:
    """Faces, families and colours of the text boxes, and how families and colours meet."""

    columns: tuple[str, ...] = ("variant", "scripts", "background", "font_tokens", "color_tokens")

    def __init__(self) -> None:
        self._met = np.zeros((0, 0), np.int64)  # boxes by face and colour
        self._drawn = np.zeros((0, 0), np.int64)  # those of the originals
        self._on_black = np.zeros(0, np.int64)
        self._by_script: dict[str, Counts] = {}  # faces in the originals of that script alone

    def add(self, rows: pa.Table) -> None:
        """Hear some more rows; `InputError` where a token cannot be one.

        Boxes whose face or colour is not known (-1, of imported pictures) are left out.
        """
        rows = rows.filter(pc.equal(_length(rows, "font_tokens"), _length(rows, "color_tokens")))
        self._met = _met(self._met, rows)
        drawn = originals(rows)
        self._drawn = _met(self._drawn, drawn)
        black = drawn.filter(pc.equal(drawn["background"], "black"))
        self._on_black = _added(self._on_black, _tokens(black, "color_tokens", _INKS))
        pure = drawn.filter(pc.equal(_length(drawn, "scripts"), 1))
        scripts = pc.list_element(pure["scripts"], 0)
        for script in sorted(pc.unique(scripts).to_pylist()):
            of_script = _tokens(pure.filter(pc.equal(scripts, script)), "font_tokens", _FACES)
            before = self._by_script.get(script, np.zeros(0, np.int64))
            self._by_script[script] = _added(before, of_script)

    def answers(self, making: Making) -> Iterator[Answer]:
        """Three tallies, a grid, and the fits where the recipe is known."""
        if not self._met.any():
            return
        families = _families(making, len(self._met))
        keys = [*making.faces, *(f"<font-{n}>" for n in range(len(making.faces), len(self._met)))]
        inks = _inks(self._met.shape[1])
        by_face, by_ink = self._met.sum(axis=1), self._met.sum(axis=0)
        yield tally("faces", "Faces", "boxes", _named(keys, by_face), making.possible)
        names = [ink.name for ink in inks]
        yield tally("families", "Font families", "boxes", _by_family(families, by_face))
        allowed = _allowed(making)
        yield tally("colors", "Colours", "boxes", _named(names, by_ink), len(allowed))
        if self._drawn.any():
            some = "boxes" if self._drawn.sum() == self._met.sum() else "boxes of originals"
            yield _grid(self._drawn, families, inks, some)
        yield from self._fits(making, families, allowed)

    def _fits(
        self, making: Making, families: Sequence[str], allowed: Sequence[Ink]
    ) -> Iterator[Fit]:
        if not making.recipe:
            return
        for name, counts, note, asked in (
            ("colors", self._drawn.sum(axis=0), COLORS_NOTE, allowed),
            ("colors_on_black", self._on_black, BLACK_NOTE, _clear_of_black(making, allowed)),
        ):
            if counts.any() and len(asked) > 1 and not _strays(counts, asked):
                yield _even_inks(name, counts, asked, note)
        yield from _even_families(self._by_script, families)


def _met(before: Counts, rows: pa.Table) -> Counts:
    """The boxes by face and colour, with those in some more rows."""
    faces, inks = _tokens(rows, "font_tokens", _FACES), _tokens(rows, "color_tokens", _INKS)
    known = (faces >= 0) & (inks >= 0)
    faces, inks = faces[known], inks[known]
    if not len(faces):
        return before
    width = max(before.shape[1], int(inks.max()) + 1)
    height = max(before.shape[0], int(faces.max()) + 1)
    met = np.bincount(faces * width + inks, minlength=height * width).reshape(height, width)
    met[: before.shape[0], : before.shape[1]] += before
    return met


def _even_inks(name: str, counts: Counts, asked: Sequence[Ink], note: str) -> Fit:
    total = int(counts.sum())
    padded = _added(counts, np.zeros(0, np.int64), asked[-1].token + 1)
    parts = tuple(Part(ink.name, total / len(asked), int(padded[ink.token])) for ink in asked)
    title = "Colours on black" if name == "colors_on_black" else "Colours"
    against = f"all {len(asked)} inks equally often"
    return fit(name, title, "boxes", against, parts, note=note)


def _even_families(by_script: dict[str, Counts], families: Sequence[str]) -> Iterator[Fit]:
    """In each script its families equally often; several scripts make one comparison."""
    expected: list[Part] = []
    for script, counts in sorted(by_script.items()):
        seen = _by_family(families, counts)
        mean = sum(seen.values()) / max(1, len(seen))
        expected += [Part(f"{name} ({script})", mean, count) for name, count in seen.items()]
    strata = sum(1 for counts in by_script.values() if counts.any())
    if len(expected) > strata:
        against = "in each script, all families that came there equally often"
        yield fit(
            "families", "Font families", "boxes", against, tuple(expected), strata=strata,
            note=FAMILIES_NOTE,
        )  # fmt: skip


def _grid(met: Counts, families: Sequence[str], inks: Sequence[Ink], of: str) -> Grid:
    """How families and colours meet in originals: variants would repeat what their boxes have."""
    names = sorted({families[token] for token in np.flatnonzero(met.sum(axis=1)).tolist()})
    places = {name: place for place, name in enumerate(names)}
    counts = np.zeros((len(names), met.shape[1]), np.int64)
    for token in np.flatnonzero(met.sum(axis=1)).tolist():
        counts[places[families[token]]] += met[token]
    columns = sorted(np.flatnonzero(counts.sum(axis=0)).tolist(), key=lambda n: _shade(inks[n]))
    counts = counts[:, columns]
    rows, total = counts.sum(axis=1), int(counts.sum())
    empty = np.exp(-np.outer(rows, counts.sum(axis=0)) / total)  # of so many draws, none there
    return Grid(
        name="families_by_colors",
        title="Font families and colours",
        of=of,
        rows=tuple(Label(name) for name in names),
        columns=tuple(Label(inks[n].name, inks[n].color.hex) for n in columns),
        counts=tuple(tuple(row) for row in counts.tolist()),
        total=total,
        occupied=float((counts > 0).mean()),
        expected=float(1 - empty.mean()),
    )


def _shade(ink: Ink) -> tuple[bool, int, float]:
    """Where an ink stands among others: greys first, then around the circle of hues, by light."""
    red, green, blue = (value / 255 for value in ink.color)
    high, low = max(red, green, blue), min(red, green, blue)
    light = luminance(*ink.color)
    if high - low < 0.06:
        return False, 0, light
    if high == red:
        hue = (green - blue) / (high - low) % 6
    elif high == green:
        hue = (blue - red) / (high - low) + 2
    else:
        hue = (red - green) / (high - low) + 4
    return True, int(hue * 2), light


def _allowed(making: Making) -> tuple[Ink, ...]:
    """The inks that the recipe allows; all of the palette where it names none, or is not known."""
    names = making.section("colors").get("names")
    wanted = {str(name) for name in names} if isinstance(names, list) else set()
    return tuple(ink for ink in palette().inks if not wanted or ink.name in wanted)


def _clear_of_black(making: Making, allowed: Sequence[Ink]) -> list[Ink]:
    least = making.section("colors").get("min_contrast")
    floor = least * MARGIN if isinstance(least, int | float) else 1.0
    return [ink for ink in allowed if contrast(luminance(*ink.color), _BLACK) >= floor]


def _strays(counts: Counts, asked: Sequence[Ink]) -> bool:
    """Was any ink drawn that was not asked for? Then the recipe is not what it was drawn by."""
    return not set(np.flatnonzero(counts).tolist()) <= {ink.token for ink in asked}


def _families(making: Making, faces: int) -> list[str]:
    known = making.families
    return [known[n] if n < len(known) else f"<font-{n}>" for n in range(faces)]


def _inks(number: int) -> list[Ink]:
    known = palette().inks
    grey = palette().by_name["gray"].color
    return [known[n] if n < len(known) else Ink(n, f"<color-{n}>", grey) for n in range(number)]


def _named(names: Sequence[str], counts: Counts) -> dict[str, int]:
    return {names[n]: int(counts[n]) for n in np.flatnonzero(counts).tolist()}


def _by_family(families: Sequence[str], counts: Counts) -> dict[str, int]:
    found: dict[str, int] = {}
    for token in np.flatnonzero(counts).tolist():
        found[families[token]] = found.get(families[token], 0) + int(counts[token])
    return found


def _length(rows: pa.Table, column: str) -> pa.ChunkedArray:
    return pc.fill_null(pc.list_value_length(rows[column]), 0)


def _tokens(rows: pa.Table, column: str, below: int) -> Counts:
    """The tokens in a column of lists, all in one; -1 for those of imported pictures, unknown."""
    tokens: Counts = pc.list_flatten(rows[column]).to_numpy().astype(np.int64)
    ours = pc.fill_null(pc.not_equal(rows["background"], "imported"), True)
    drawn: Counts = pc.list_flatten(rows.filter(ours)[column]).to_numpy().astype(np.int64)
    for some, least in ((tokens, -1), (drawn, 0)):
        if len(some) and not least <= some.min() <= some.max() < below:
            raise InputError(
                f"the index has a token {some.max()} among its {column}",
                hint="`glyphdata verify` tells what else is wrong",
            )
    return tokens


def _added(counts: Counts, tokens: Counts, least: int = 0) -> Counts:
    """The counts with some more tokens counted, long enough for `least` tokens."""
    more = np.bincount(tokens[tokens >= 0], minlength=max(least, len(counts)))
    more[: len(counts)] += counts
    return more
