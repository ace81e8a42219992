"""A text as glyphs: the value that shaping makes and that fitting and placing read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import uharfbuzz as hb
from numpy.typing import NDArray

from glyphdata.scene.scene import Direction
from glyphdata.scene.typeset import Floats, Ints

_UNSAFE = int(hb.GlyphFlags.UNSAFE_TO_BREAK)


class SetFace(Protocol):
    """What shaping asks of an open face."""

    @property
    def font(self) -> hb.Font:
        """HarfBuzz's font, scaled to `upem` units per em, its variations set."""
        ...

    @property
    def upem(self) -> int:
        """Font units per em."""
        ...

    @property
    def token(self) -> int:
        """The face's token."""
        ...

    @property
    def ascent_em(self) -> float:
        """How far the face's rows reach above the baseline."""
        ...

    @property
    def descent_em(self) -> float:
        """How far they reach below it, positive downwards."""
        ...


class GlyphStore(Protocol):
    """What shaping asks of the outlines: rows, and where each row's ink lies."""

    extents: NDArray[np.float32]
    inked: NDArray[np.bool_]

    def rows(
        self, token: int, font: hb.Font, upem: int, glyphs: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        """The row of each glyph of the face `token`."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be shaped, and how; `data` is the text's UTF-8."""

    text: str
    data: bytes
    face: SetFace
    outlines: GlyphStore
    language: str
    direction: Direction
    ligatures: bool


@dataclass(frozen=True, slots=True, eq=False)
class Shaped:
    """A text as glyphs of one face, not yet broken into lines or sized; lengths are in em, y up.

    Glyphs stand in logical order: those of a right-to-left run are reversed from HarfBuzz's.
    `pens`, `left` and `right` are positions along one endless line that starts at 0 and runs to the
    right, or to the left of 0 where the direction is `rtl`: the glyph's origin, and the edges of
    its advance and ink together (+inf and -inf for what hangs at a line's end). Where levels differ
    (`levels` is not None) they are bounds, exact only once lines are known.
    """

    wanted: Wanted
    glyphs: Ints  # n
    glyph_clusters: Ints  # n
    advances: Floats  # n
    offsets: Floats  # n × 2
    ink: Floats  # n × 2: left and right edge of the ink from the pen, offset included
    pens: Floats  # n
    left: Floats  # n
    right: Floats  # n
    along: Floats  # n + 1: the sum of the advances before each glyph
    levels: Ints | None  # n: the bidi level of each glyph; None where all run one way
    starts: Ints  # c + 1: the byte at which each cluster starts, then the length of the text
    first: Ints  # c + 1: the first glyph of each cluster, then n
    inked: NDArray[np.bool_]  # c: has the cluster ink?
    hangs: NDArray[np.bool_]  # n: is the glyph white space, uncounted at the end of a line?
    ascent_em: float  # of the face or of the ink, whichever is larger
    descent_em: float  # positive downwards
    infos: list[hb.GlyphInfo]  # n: HarfBuzz's own, kept for their flags

    @property
    def text(self) -> str:
        """The text that was shaped."""
        return self.wanted.text

    @property
    def line_height_em(self) -> float:
        """The height of a line's row, which holds all of its ink."""
        return self.ascent_em + self.descent_em

    def unsafe(self, cluster: int) -> bool:
        """Would the glyphs change if a line began at this cluster (HarfBuzz's UNSAFE_TO_BREAK)?"""
        return bool(int(self.infos[self.first[cluster]].flags) & _UNSAFE)


def edges(
    pens: Floats, advances: Floats, ink: Floats, hangs: NDArray[np.bool_], *, mixed: bool
) -> tuple[Floats, Floats]:
    """`left` and `right` of `Shaped` for glyphs at `pens`; bounds where levels are `mixed`."""
    if mixed:  # any glyph may come to stand at either end of a line
        left = pens - max(float(-ink[:, 0].min(initial=0.0)), 0.0)
        right = pens + advances + max(float((ink[:, 1] - advances).max(initial=0.0)), 0.0)
    else:
        left = pens + np.minimum(ink[:, 0], 0.0)
        right = pens + np.maximum(ink[:, 1], advances)
    left[hangs] = np.inf
    right[hangs] = -np.inf
    return left, right
