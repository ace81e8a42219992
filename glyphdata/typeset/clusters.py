"""Which glyphs belong to which stretch of text: HarfBuzz's clusters joined up to graphemes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import uharfbuzz as hb
from numpy.typing import NDArray

from glyphdata.errors import Rejection
from glyphdata.faces.coverage import may_be_blank, needs_no_glyph
from glyphdata.scene.typeset import Ints
from glyphdata.typeset.lines import graphemes

Flags = NDArray[np.bool_]
_UNSAFE = hb.GlyphFlags.UNSAFE_TO_BREAK


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """The clusters of a text; they tile it, and each has at least one glyph."""

    starts: Ints  # c + 1: the byte at which each starts, then the length of the text
    first: Ints  # c + 1: the first glyph of each, then n
    owners: Ints  # n: the cluster of each glyph
    inked: Flags  # c: has any of its glyphs ink?
    hangs: Flags  # c: is it white space?


def clusters(
    text: str, data: bytes, found: Ints, inked: Flags, joins: list[hb.GlyphInfo] | None
) -> Clusters:
    """The clusters of glyphs in logical order that HarfBuzz gave the byte offsets `found` (n).

    `inked` tells of each glyph whether it has ink. Where `joins`, HarfBuzz's answer, is given, a
    cluster that should show and has no ink is joined with the one after it, if no line may begin
    at that one's glyph: so do fonts that draw a ligature as one blank glyph and one wide one.
    `Rejection` (`missing-glyph`) for every other cluster that should show and does not.
    """
    starts, first, owners = _parted(text, data, found)
    tied = _described(data, starts, first, owners, inked)
    blank = _wrongly_blank(data, tied)
    if blank and joins is not None:
        after = [at for at in blank if at + 2 < len(first)]
        marked = [at for at in after if _UNSAFE in joins[first[at + 1]].flags]
        starts = np.delete(starts, [at + 1 for at in marked])
        owners, first = _owned(starts, found)
        tied = _described(data, starts, first, owners, inked)
        blank = _wrongly_blank(data, tied)
    if blank:
        chars = data[tied.starts[blank[0]] : tied.starts[blank[0] + 1]].decode()
        raise Rejection(
            "missing-glyph",
            f"the face draws nothing for {chars!r}",
            hint="choose a face that covers the text",
        )
    return tied


def _parted(text: str, data: bytes, found: Ints) -> tuple[Ints, Ints, Ints]:
    size = len(data)
    if len(found) == size and text.isascii() and "\r" not in text:
        each = np.arange(size + 1, dtype=np.int32)
        if (found == each[:-1]).all():
            return each, each, each[:-1]
    if not size:
        none = np.zeros(1, np.int32)
        return none, none, none[:0]
    if not len(found):
        raise Rejection("missing-glyph", f"nothing of {text!r} has a glyph")
    of_glyph = found
    votes = np.zeros(size + 1, np.int8)
    votes[of_glyph] = 1
    votes[graphemes(text, data)] += 1
    # What was dropped at the start goes with what follows.
    votes[: of_glyph[0] + 1] = 0
    votes[0] = votes[size] = 2
    starts = np.flatnonzero(votes == 2).astype(np.int32)
    owners, first = _owned(starts, of_glyph)
    return starts, first, owners


def _owned(starts: Ints, of_glyph: Ints) -> tuple[Ints, Ints]:
    owners = np.searchsorted(starts, of_glyph, "right").astype(np.int32) - np.int32(1)
    first = np.searchsorted(owners, np.arange(len(starts))).astype(np.int32)
    return owners, first


def _described(data: bytes, starts: Ints, first: Ints, owners: Ints, inked: Flags) -> Clusters:
    if len(owners) != len(first) - 1:
        inked = np.logical_or.reduceat(inked, first[:-1])
    cells = np.frombuffer(data, np.uint8)
    hangs = (cells[starts[:-1]] == 32) & ~inked
    if np.count_nonzero(hangs) + np.count_nonzero(inked) != len(inked):
        for at in np.flatnonzero(~inked).tolist():
            hangs[at] = data[starts[at] : starts[at + 1]].decode().isspace()
    return Clusters(starts, first, owners, inked, hangs)


def _wrongly_blank(data: bytes, found: Clusters) -> list[int]:
    """The clusters that should show and have no ink."""
    if np.count_nonzero(found.hangs) + np.count_nonzero(found.inked) == len(found.inked):
        return []
    starts = found.starts
    return [
        at
        for at in np.flatnonzero(~(found.inked | found.hangs)).tolist()
        if not all(
            may_be_blank(ord(char)) or needs_no_glyph(ord(char))
            for char in data[starts[at] : starts[at + 1]].decode()
        )
    ]
