"""The compiled search for a free place and the one in numpy find the same."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from glyphdata.parts import _places  # type: ignore[attr-defined]
from glyphdata.parts.layouts.scatter import TRIES, first_free
from glyphdata.scene.geometry import BBox, Homography, Point, Quad
from tests.strategies import Search, searches

SOUND = Search(
    np.zeros((TRIES, 2)),
    (0.5, 0.5),
    (300.0, 200.0),
    (10.0, 20.0),
    (1.0, 0.0, 0.0, 1.0),
    (20.0, 40.0),
    np.zeros((1, 8)),
    2.0,
)


@settings(max_examples=300, deadline=None)
@given(searches())
def test_both_find_the_same_first_place(search: Search) -> None:
    assert _places.first_free(*search.arguments) == first_free(*search.arguments)


@settings(max_examples=150, deadline=None)
@given(searches())
def test_what_is_found_keeps_its_distance_from_every_quad(search: Search) -> None:
    found = _places.first_free(*search.arguments)
    if found is None:
        return
    (cos, sin, *_), (width, height) = search.axes, search.size
    turned = Homography(cos, -sin, 0.0, sin, cos, 0.0)
    middle = turned.at(width / 2, height / 2)
    placed = turned._replace(c=found[0] - middle.x, f=found[1] - middle.y)
    mine = placed.quad(BBox(0.0, 0.0, width, height))
    for row in search.quads.tolist():
        other = Quad(*(Point(x, y) for x, y in zip(row[::2], row[1::2], strict=True)))
        # A quad without a side has no normal there; `separates` asks for one.
        if min(width, height) > 0 and not _flat(other):
            assert mine.separates(other, search.gap_px - 1e-6)


def _flat(quad: Quad) -> bool:
    return math.dist(quad.a, quad.b) == 0 or math.dist(quad.b, quad.c) == 0


def test_random_searches_are_decided_both_ways() -> None:
    """Half of the random searches must not be trivial, or the two tests above prove little."""
    rng = np.random.default_rng(1)
    corners = rng.uniform((40, 40), (280, 200), (8, 1, 2)) + np.array(
        [(-30, -20), (30, -20), (30, 20), (-30, 20)]
    )
    answers = []
    for start in rng.random((200, 2)).tolist():
        search: tuple[Any, ...] = (
            np.zeros((1, 2)), tuple(start), (240.0, 160.0), (40.0, 40.0),
            (1.0, 0.0, 0.0, 1.0), (60.0, 30.0), corners.reshape(-1, 8), 0.0,
        )  # fmt: skip
        answers.append(_places.first_free(*search))
        assert answers[-1] == first_free(*search)
    assert 20 < answers.count(None) < 180


def test_no_quads_leave_the_first_place() -> None:
    search = (*SOUND.arguments[:6], np.zeros((0, 8)), 0.0)
    assert _places.first_free(*search) == first_free(*search) == (160.0, 120.0)


@pytest.mark.parametrize(
    ("at", "wrong"),
    [
        (0, np.zeros((3, 2))[:, :1].copy()),  # no pairs
        (6, np.zeros(7)),  # no quads
        (6, np.zeros((257, 8))),  # more than it keeps room for
    ],
)
def test_arrays_of_another_shape_are_refused(at: int, wrong: np.ndarray) -> None:
    arguments = list(SOUND.arguments)
    arguments[at] = wrong
    with pytest.raises(ValueError, match="quads are n x 8"):
        _places.first_free(*arguments)


def test_arrays_that_are_not_contiguous_are_refused() -> None:
    arguments = list(SOUND.arguments)
    arguments[6] = np.zeros((8, 8)).T[::2]
    with pytest.raises((BufferError, ValueError), match="contiguous"):
        _places.first_free(*arguments)
