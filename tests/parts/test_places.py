"""The compiled searches for free and for calm places and those in numpy find the same."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glyphdata.parts import _places  # type: ignore[attr-defined]
from glyphdata.parts.layouts.quiet import calmest
from glyphdata.parts.layouts.scatter import TRIES, Lying, free_places
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


def arguments(search: Search, most: int) -> tuple[Any, ...]:
    """What both searches are called with."""
    lying = Lying(search.size, search.axes, search.reach)
    return search.even, search.start, search.room, lying, search.quads, search.gap_px, most


@settings(max_examples=300, deadline=None)
@given(searches(), st.sampled_from((1, 2, 12, TRIES)))
def test_both_find_the_same_places(search: Search, most: int) -> None:
    found = _places.free_places(*arguments(search, most))
    assert found == free_places(*arguments(search, most))
    assert len(found) <= most
    assert found[:1] == free_places(*arguments(search, 1))


@settings(max_examples=150, deadline=None)
@given(searches())
def test_what_is_found_keeps_its_distance_from_every_quad(search: Search) -> None:
    found = _places.free_places(*arguments(search, 3))
    if not found:
        return
    x, y = found[-1]
    (cos, sin, *_), (width, height) = search.axes, search.size
    turned = Homography(cos, -sin, 0.0, sin, cos, 0.0)
    middle = turned.at(width / 2, height / 2)
    placed = turned._replace(c=x - middle.x, f=y - middle.y)
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
        lying = Lying((60.0, 30.0), (1.0, 0.0, 0.0, 1.0), (40.0, 40.0))
        search: tuple[Any, ...] = (
            np.zeros((1, 2)), tuple(start), (240.0, 160.0), lying, corners.reshape(-1, 8), 0.0, 1,
        )  # fmt: skip
        answers.append(_places.free_places(*search))
        assert answers[-1] == free_places(*search)
    assert 20 < answers.count([]) < 180


def test_no_quads_leave_the_first_place() -> None:
    search = arguments(SOUND, 2)
    search = (*search[:4], np.zeros((0, 8)), 0.0, 2)
    assert _places.free_places(*search) == free_places(*search) == [(160.0, 120.0)] * 2


@pytest.mark.parametrize(
    ("at", "wrong"),
    [
        (0, np.zeros((3, 2))[:, :1].copy()),  # no pairs
        (4, np.zeros(7)),  # no quads
        (4, np.zeros((257, 8))),  # more than it keeps room for
    ],
)
def test_arrays_of_another_shape_are_refused(at: int, wrong: np.ndarray) -> None:
    given = list(arguments(SOUND, 1))
    given[at] = wrong
    with pytest.raises(ValueError, match="quads are n x 8"):
        _places.free_places(*given)


def test_arrays_that_are_not_contiguous_are_refused() -> None:
    given = list(arguments(SOUND, 1))
    given[4] = np.zeros((8, 8)).T[::2]
    with pytest.raises((BufferError, ValueError), match="contiguous"):
        _places.free_places(*given)


# ------------------------------------------------------------------ calm places

CENTRES = st.lists(st.tuples(st.floats(-20, 120), st.floats(-20, 90)), min_size=1, max_size=9)
REACHES = st.tuples(st.floats(0, 90), st.floats(0, 60))


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.tuples(st.integers(1, 90), st.integers(1, 120)),
    st.sampled_from((1, 4, 64, 256)),
    CENTRES,
    REACHES,
)
def test_both_prefer_the_same_place(
    seed: int,
    shape: tuple[int, int],
    depth: int,
    centres: list[tuple[float, float]],
    reach: tuple[float, float],
) -> None:
    ground = np.random.default_rng(seed).integers(0, depth, (*shape, 3), np.uint8)
    asked = (ground, *shape, centres, reach)
    assert _places.calmest(*asked) == calmest(*asked)


def test_contrast_and_edges_both_count() -> None:
    ground = np.full((60, 240, 3), 100, np.uint8)
    ground[:, 80:160] += np.arange(80, dtype=np.uint8)[:, None]  # a soft slope
    ground[:, 160::2] += 79  # the same contrast in steps
    centres = {"even": (40.0, 30.0), "slope": (120.0, 30.0), "steps": (200.0, 30.0)}
    for best, *others in (("even", "slope", "steps"), ("slope", "steps")):
        for other in others:
            places = [centres[other], centres[best]]
            assert calmest(ground, 60, 240, places, (20.0, 20.0)) == 1


@pytest.mark.parametrize("shape", [(4, 5), (5, 5), (0, 20), (-4, -5)])
def test_a_ground_of_another_shape_is_refused(shape: tuple[int, int]) -> None:
    ground = np.zeros((4, 5, 3), np.uint8)
    wrong = (ground[:, :4].copy(), *shape, [(1.0, 1.0)], (1.0, 1.0))
    with pytest.raises(ValueError, match="height x width x 3"):
        _places.calmest(*wrong)
    with pytest.raises(ValueError, match="with a place"):
        _places.calmest(ground, 4, 5, [], (1.0, 1.0))
