"""A line of text along an arc of a circle: cluster by cluster, each moved as a rigid whole.

The text's inner edge runs along the arc, so that ink of neighbours does not meet: the lowest ink
over a hill, the highest through a valley. What is written joined is moved word by word.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glyphdata.errors import InputError
from glyphdata.scene.geometry import FINE
from glyphdata.scene.typeset import Floats, Ints, Moved, SetBox
from glyphdata.typeset.fit import Fit
from glyphdata.typeset.rows import in_rows
from glyphdata.typeset.shaped import Shaped
from glyphdata.typeset.spacing import joined_clusters

MOST_DEG = 180.0
"""The largest angle of an arc, to either side: half a circle."""

# Wide enough that nothing is cut off; a line that stands at the left of it begins at 0.
_ENDLESS = (1e6, 0.0)


class _Arc(NamedTuple):
    """An arc that a line of `width` pixels is set along, `level` down in the line's own frame."""

    width: float
    level: float
    angle: float  # in all, in radians; above 0 over a hill

    def moves(self, places: Floats) -> Floats:
        """What happens to what stands at each of n places along the line: cosine and sine of its
        turn, and where (place, `level`) goes (n × 4).

        The middle of the line goes to the origin, unturned.
        """
        aside = places - self.width / 2.0
        turns = (aside * (self.angle / self.width)).tolist()
        halves = [turn / 2.0 for turn in turns]
        out = np.array((
            [math.cos(turn) for turn in turns],
            [math.sin(turn) for turn in turns],
            [_sinc(turn) for turn in turns],
            [math.sin(half) * _sinc(half) for half in halves],
        ))  # fmt: skip
        # The last bits of a C library's sine are its own.
        out = np.rint(out * FINE) / FINE
        out[2:] *= aside
        return out.T

    def carried(self, points: Floats, places: Floats, moves: Floats) -> Floats:
        """Where points (n × m × 2) of the straight line go, each m with one of n places."""
        cos, sin, right, down = moves.T[..., None]
        x, y = points[..., 0] - places[:, None], points[..., 1] - self.level
        out = np.empty(points.shape)
        out[..., 0] = x * cos - y * sin + right
        out[..., 1] = x * sin + y * cos + down
        return out


def bendable(fit: Fit) -> bool:
    """Can this text be set along an arc? It has to be one line across, with some width."""
    across = fit.shaped.wanted.direction != "ttb"
    return across and len(fit.line_ends) == 1 and fit.width_px > 0.0


def bent_size(fit: Fit, bend_deg: float) -> tuple[float, float]:
    """Width and height in pixels of the frame that holds the line snugly once it is bent: all its
    clusters' quads and all its ink.

    `InputError` where it is not `bendable`, or bends more than half a circle.
    """
    if not bendable(fit):
        raise InputError(
            "the text cannot be bent: it is not one line across", hint="bend what is `bendable`"
        )
    if not bend_deg:
        return fit.width_px, fit.height_px
    straight = in_rows(fit.shaped, fit.line_ends, fit.size_px, _ENDLESS, 1.0)
    line = _moved(fit.shaped, straight, bend_deg).lines[0]
    (left, top), (right, bottom) = line[0].tolist(), line[2].tolist()
    return right - left, bottom - top


def bent(
    shaped: Shaped,
    line_ends: tuple[int, ...],
    size_px: float,
    bend_deg: float,
    frame: tuple[float, float],
) -> SetBox:
    """The one line of a text along an arc, in the middle of a frame of that width and height.

    `InputError` where it bends more than half a circle, or the line does not end with the text.
    """
    straight = in_rows(shaped, line_ends, size_px, _ENDLESS, 1.0)
    if straight.line_spans[0, 1] <= 0.0:
        return in_rows(shaped, line_ends, size_px, (frame[0], 0.0), 1.0)
    moved = _moved(shaped, straight, bend_deg)
    line = moved.lines[0]
    shift = np.array(frame) / 2.0 - (line[0] + line[2]) / 2.0
    glyphs = moved.glyphs
    glyphs[:, 2:] += shift
    for corners in (moved.clusters, moved.words, moved.lines, moved.baselines):
        corners += shift
    return replace(straight, moved=moved)


def _moved(shaped: Shaped, straight: SetBox, bend_deg: float) -> Moved:
    """Where everything stands if the middle of the arc is the origin."""
    if not abs(bend_deg) <= MOST_DEG:
        raise InputError(
            f"a line cannot be bent by {bend_deg} degrees",
            hint=f"bend by {-MOST_DEG:g} to {MOST_DEG:g} degrees",
        )
    width = float(straight.line_spans[0, 1])
    _, base, _ = straight.line_rows[0].tolist()
    ink, inked = _ink(shaped, straight)
    # The edge of the ink on the inner side; without any, the baseline will do.
    edges = ink[inked, 3 if bend_deg > 0.0 else 1]
    level = float(edges.max() if bend_deg > 0.0 else edges.min()) if len(edges) else base
    arc = _Arc(width, level, math.radians(bend_deg))
    spans = straight.cluster_spans.clip(0.0, width)
    owners = straight.glyph_clusters
    reach = spans.copy()
    np.minimum.at(reach[:, 0], owners[inked], ink[inked, 0])
    np.maximum.at(reach[:, 1], owners[inked], ink[inked, 2])
    middles = _middles(_groups(shaped, straight.words), spans)
    of_words = straight.word_spans.sum(axis=1) / 2.0
    moves = arc.moves(np.concatenate((middles, of_words, (0.0, width))))
    own, turns, ends = moves[: len(spans)], moves[len(spans) : -2, :2], moves[-2:]
    both = arc.carried(_cells(spans, reach, straight), middles, own)
    cells, around = both[:, :4], both[:, 4:]
    glyphs = own[owners]
    glyphs[:, 2:] = arc.carried(straight.pens[:, None], middles[owners], glyphs)[:, 0]
    low, high = around.min(axis=(0, 1)), around.max(axis=(0, 1))
    line = np.array(((low, (high[0], low[1]), high, (low[0], high[1])),))
    feet = np.array((((0.0, base),), ((width, base),)))
    chord = arc.carried(feet, np.array((0.0, width)), ends).reshape(1, 2, 2)
    return Moved(glyphs, cells, _word_quads(straight, around, turns), line, chord)


def _ink(shaped: Shaped, straight: SetBox) -> tuple[Floats, NDArray[np.bool_]]:
    """Left, top, right and bottom of each glyph's ink in the straight line; and has it any?"""
    face, outlines = shaped.wanted.face, shaped.wanted.outlines
    rows = outlines.rows(face.token, face.font, face.upem, straight.glyphs)
    boxes = outlines.extents[rows].astype(np.float64) * straight.size_px
    x, y = straight.pens.T
    ink = np.stack((x + boxes[:, 0], y - boxes[:, 3], x + boxes[:, 2], y - boxes[:, 1]), axis=1)
    return ink, outlines.inked[rows]


def _groups(shaped: Shaped, words: Ints) -> Ints:
    """The first cluster of those that each moves with: in a word written joined, all of them."""
    starts = shaped.starts
    groups = np.arange(len(starts) - 1, dtype=np.int32)
    joined = joined_clusters(shaped)
    if len(joined):
        for low, high in starts.searchsorted(words[:, :2]).tolist():
            if ((joined >= low) & (joined < high)).any():
                groups[low:high] = low
    return groups


def _middles(groups: Ints, spans: Floats) -> Floats:
    """The middle of what moves with each cluster."""
    low, high = np.full(len(groups), np.inf), np.full(len(groups), -np.inf)
    np.minimum.at(low, groups, spans[:, 0])
    np.maximum.at(high, groups, spans[:, 1])
    middles: Floats = (low[groups] + high[groups]) / 2.0
    return middles


def _cells(spans: Floats, reach: Floats, straight: SetBox) -> Floats:
    """The corners of clusters, advances alone and with their ink (c × 8 × 2), in the line."""
    out = np.empty((len(spans), 8, 2))
    out[:, 0::3, 0], out[:, 1:3, 0] = spans[:, :1], spans[:, 1:]
    out[:, 4::3, 0], out[:, 5:7, 0] = reach[:, :1], reach[:, 1:]
    out[:, (0, 1, 4, 5), 1] = straight.line_rows[0, 0]
    out[:, (2, 3, 6, 7), 1] = straight.line_rows[0, 2]
    return out


def _word_quads(straight: SetBox, around: Floats, turns: Floats) -> Floats:
    """The smallest rectangle around the clusters of each word, turned clockwise by the angle of
    the word's cosine and sine; `around` are the corners of all clusters.
    """
    words, starts = straight.words, straight.clusters[:, 0]
    out = np.empty((len(words), 4, 2))
    if not len(words):
        return out
    word = words[:, 0].searchsorted(starts, "right") - 1
    inside = (word >= 0) & (starts < words[word, 1])
    word = word[inside]
    cos, sin = turns.T[..., None]
    x, y = around[inside, :, 0], around[inside, :, 1]
    along, down = x * cos[word] + y * sin[word], y * cos[word] - x * sin[word]
    first = word.searchsorted(np.arange(len(words)))
    right, bottom = (np.maximum.reduceat(side.max(axis=1), first) for side in (along, down))
    left, top = (np.minimum.reduceat(side.min(axis=1), first) for side in (along, down))
    along = np.array((left, right, right, left)).T
    down = np.array((top, top, bottom, bottom)).T
    out[..., 0], out[..., 1] = along * cos - down * sin, along * sin + down * cos
    return out


def _sinc(x: float) -> float:
    return math.sin(x) / x if x else 1.0
