"""Random values for property tests: quads, maps of the plane, set boxes; all of them sound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from glyphdata.parts.layouts.scatter import TRIES
from glyphdata.scene.color import Color, Ink
from glyphdata.scene.geometry import BBox, Homography, Quad
from glyphdata.scene.scene import FaceRef, TextBox
from glyphdata.scene.typeset import Floats, Ints, SetBox

seeds = st.integers(0, 2**32 - 1)
degrees = st.one_of(st.sampled_from((0.0, 90.0, -90.0, 180.0)), st.floats(-180, 180))


def _finite(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False, allow_infinity=False)


@st.composite
def homographies(draw: st.DrawFn) -> Homography:
    """Placed and turned; half of them with a perspective that keeps w well above 0."""
    placed = Homography.placed(draw(_finite(-300, 900)), draw(_finite(-300, 900)), draw(degrees))
    if draw(st.booleans()):
        return placed
    tilt = _finite(-2e-4, 2e-4)
    return placed._replace(g=draw(tilt), h=draw(tilt), i=draw(_finite(0.9, 1.1)))


@st.composite
def quads(draw: st.DrawFn) -> Quad:
    """An upright or turned rectangle, perhaps a point or a line, near a canvas of 320 × 240."""
    size = st.one_of(st.just(0.0), _finite(0, 250))
    place = Homography.placed(draw(_finite(-50, 370)), draw(_finite(-50, 290)), draw(degrees))
    return place.quad(BBox(0.0, 0.0, draw(size), draw(size)))


@dataclass(frozen=True)
class Search:
    """The arguments of `first_free`, in its order."""

    even: Floats
    start: tuple[float, float]
    room: tuple[float, float]
    reach: tuple[float, float]
    axes: tuple[float, float, float, float]
    size: tuple[float, float]
    quads: Floats
    gap_px: float

    @property
    def arguments(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.__dataclass_fields__)


@st.composite
def searches(draw: st.DrawFn) -> Search:
    """A box looking for a place among up to twelve others on a canvas of 320 × 240."""
    turn = np.radians(draw(degrees))
    cos, sin = float(np.cos(turn)), float(np.sin(turn))
    width, height = draw(_finite(0, 200)), draw(_finite(0, 90))
    reach = (
        (abs(cos) * width + abs(sin) * height) / 2,
        (abs(sin) * width + abs(cos) * height) / 2,
    )
    taken = draw(st.lists(quads(), min_size=0, max_size=12))
    share = st.floats(0, 1, exclude_max=True)
    return Search(
        np.random.default_rng(draw(seeds)).random((TRIES, 2)),
        (draw(share), draw(share)),
        (max(320 - 2 * reach[0], 0.0), max(240 - 2 * reach[1], 0.0)),
        reach,
        (cos, sin, -sin, cos),
        (width, height),
        np.array(taken, np.float64).reshape(-1, 8),
        draw(st.one_of(st.just(0.0), _finite(0, 20))),
    )


@dataclass(frozen=True, eq=False)
class Labelled:
    """What the labels of one box are made from."""

    box: TextBox
    placed: SetBox
    ink: Ints
    first_id: int


def _text_box(place: Homography, width: float, height: float) -> TextBox:
    return TextBox(
        id=0,
        level="word",
        text="",
        source_text="",
        language="en",
        script="latin",
        direction="ltr",
        face=FaceRef(0, "", ""),
        ink=Ink(0, "", Color(0, 0, 0)),
        size_px=10.0,
        align="left",
        angle_deg=0.0,
        width_px=width,
        height_px=height,
        place=place,
        line_ends=(),
    )


@st.composite
def labelled(draw: st.DrawFn) -> Labelled:
    """A set box of any size, ink that is partly missing, and a place, perhaps projective.

    The numbers mean nothing: the sums over them must agree all the same. Tables are strided views
    as often as not, as they are where they come from.
    """
    rng = np.random.default_rng(draw(seeds))
    lines, words = draw(st.integers(1, 5)), draw(st.integers(0, 12))
    clusters, glyphs = draw(st.integers(1, 40)), draw(st.integers(0, 60))

    def table(count: int, top: int) -> Ints:
        out = rng.integers(0, 500, (count, 3), np.int32)
        out[:, 2] = rng.integers(0, top, count)
        return np.asfortranarray(out) if rng.random() < 0.5 else out

    def spans(count: int, columns: int = 2) -> Floats:
        out = rng.uniform(-20, 600, (count, 2 * columns))
        return out[:, ::2] if rng.random() < 0.5 else np.ascontiguousarray(out[:, :columns])

    corners = rng.integers(0, 400, (glyphs, 2), np.int32)
    ink = np.concatenate([corners, corners + rng.integers(1, 60, (glyphs, 2), np.int32)], axis=1)
    ink[rng.random(glyphs) < 0.3] = 0
    placed = SetBox(
        face_token=0,
        size_px=10.0,
        glyphs=np.zeros(glyphs, np.int32),
        pens=np.zeros((glyphs, 2)),
        glyph_clusters=rng.integers(0, clusters, glyphs, np.int32),
        clusters=table(clusters, lines),
        cluster_spans=spans(clusters),
        words=table(words, lines),
        word_spans=spans(words),
        lines=rng.integers(0, 500, (lines, 2), np.int32),
        line_spans=spans(lines),
        line_rows=spans(lines, 3),
    )
    box = _text_box(draw(homographies()), draw(_finite(0, 800)), draw(_finite(0, 300)))
    return Labelled(box, placed, np.ascontiguousarray(ink), draw(st.integers(1, 60_000)))
