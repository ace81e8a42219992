"""A text as glyphs: the value that shaping makes and that fitting and placing read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import uharfbuzz as hb
from numpy.typing import NDArray

from glyphdata.scene.scene import Direction
from glyphdata.scene.typeset import Floats, Ints


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

    def known(self, token: int) -> NDArray[np.int32] | None:
        """The row of each glyph of a face, -1 where it has none yet; None for a new face."""
        ...

    def rows(
        self, token: int, font: hb.Font, upem: int, glyphs: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        """The row of each glyph of the face `token`."""
        ...


class Wanted(NamedTuple):
    """What is to be shaped, and how; `data` is the text's UTF-8."""

    text: str
    data: bytes
    face: SetFace
    outlines: GlyphStore
    language: str
    direction: Direction
    ligatures: bool
    letter_spacing_em: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """The unbreakable stretches of a text, in em along an endless line."""

    ends: Ints  # m: the cluster that each ends before
    spans: Floats  # m × 2: where a line that starts, or ends, with it does so, ink included; rising
    paragraphs: Ints  # p: the number of the first stretch after each paragraph


@dataclass(slots=True, eq=False)
class Known:
    """What has been found out about a shaped text, kept lest it be asked again."""

    stretches: Stretches | None = None
    line_ends: tuple[int, ...] = ()  # the glyphs are right for lines that end at these bytes


class Shaped(NamedTuple):
    """A text as glyphs of one face, not yet broken into lines or sized; lengths are in em, y up.

    Columns (`ttb`) are measured as the lines they make once their frame is turned by a right angle
    against the clock: what runs down runs right, what lies right of the middle lies above it.

    Glyphs stand in logical order: those of a right-to-left run are reversed from HarfBuzz's.
    `pens`, `left` and `right` are positions along one endless line that starts at 0 and runs to the
    right, or to the left of 0 where the direction is `rtl`: the glyph's origin, and the edges of
    its advance and ink together (+inf and -inf for what hangs at a line's end). Where levels differ
    (`levels` is not None) they are bounds, exact only once lines are known.
    """

    wanted: Wanted
    glyphs: Ints  # n
    glyph_clusters: Ints  # n
    flat: Floats  # 9·n + 1: the arrays that the properties show, one after the other
    levels: Ints | None  # n: the bidi level of each glyph; None where all run one way
    starts: Ints  # c + 1: the byte at which each cluster starts, then the length of the text
    first: Ints  # c + 1: the first glyph of each cluster, then n
    hangs: NDArray[np.bool_]  # n: is the glyph white space, uncounted at the end of a line?
    ascent_em: float  # of the face or of the ink, whichever is larger
    descent_em: float  # positive downwards
    infos: list[hb.GlyphInfo]  # n: HarfBuzz's own, kept for their flags
    known: Known
    spacing: Floats | None = None  # c: what is left free after each cluster, beside its advances

    @property
    def text(self) -> str:
        """The text that was shaped."""
        return self.wanted.text

    @property
    def line_height_em(self) -> float:
        """The height of a line's row, which holds all of its ink."""
        return self.ascent_em + self.descent_em

    @property
    def along(self) -> Floats:
        """The sum of the advances before each glyph, and of all (n + 1)."""
        return along_of(self.flat)

    @property
    def advances(self) -> Floats:
        """The advance of each glyph (n)."""
        advances: Floats = rows_of(self.flat)[0]
        return advances

    @property
    def pens(self) -> Floats:
        """The origin of each glyph (n)."""
        pens: Floats = rows_of(self.flat)[1]
        return pens

    @property
    def left(self) -> Floats:
        """The left edge of each glyph's advance and ink (n)."""
        left: Floats = rows_of(self.flat)[2]
        return left

    @property
    def right(self) -> Floats:
        """The right edge of each glyph's advance and ink (n)."""
        right: Floats = rows_of(self.flat)[3]
        return right

    @property
    def offsets(self) -> Floats:
        """How far right and up each glyph stands from its pen (n × 2)."""
        offsets: Floats = pairs_of(self.flat)[0]
        return offsets

    @property
    def ink(self) -> Floats:
        """Left and right edge of each glyph's ink from its pen, offset included (n × 2)."""
        ink: Floats = pairs_of(self.flat)[1]
        return ink


def along_of(flat: Floats) -> Floats:
    """The `along` of `Shaped.flat`."""
    return flat[: len(flat) // 9 + 1]


def rows_of(flat: Floats) -> Floats:
    """Advances, pens, left and right of `Shaped.flat` (4 × n), as views."""
    n = len(flat) // 9
    return flat[n + 1 : 5 * n + 1].reshape(4, n)


def pairs_of(flat: Floats) -> Floats:
    """Offsets and ink of `Shaped.flat` (2 × n × 2), as views."""
    n = len(flat) // 9
    return flat[5 * n + 1 :].reshape(2, n, 2)


def set_edges(flat: Floats, hangs: NDArray[np.bool_], *, mixed: bool) -> None:
    """Set `left` and `right` of `Shaped.flat` by its pens; to bounds where levels are `mixed`."""
    advances, pens, left, right = rows_of(flat)
    ink = pairs_of(flat)[1]
    if mixed:  # any glyph may come to stand at either end of a line
        left[:] = pens - max(float(-ink[:, 0].min(initial=0.0)), 0.0)
        right[:] = pens + advances + max(float((ink[:, 1] - advances).max(initial=0.0)), 0.0)
    else:
        left[:] = pens + np.minimum(ink[:, 0], 0.0)
        right[:] = pens + np.maximum(ink[:, 1], advances)
    left[hangs] = np.inf
    right[hangs] = -np.inf
