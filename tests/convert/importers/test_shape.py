"""From outlines to quads: which corner is first, and what is left of it on the canvas."""

from __future__ import annotations

import numpy as np
import pytest

from glyphdata.convert.importing.shape import area, quad_of, turned, within

UPRIGHT = np.array([[10, 10], [60, 10], [60, 30], [10, 30]], np.float64)


def _turned(quad: np.ndarray, degrees: float) -> np.ndarray:
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return (quad - quad.mean(0)) @ turn + 100


def test_four_corners_in_order_stay_as_they_are() -> None:
    for degrees in range(0, 360, 30):
        quad = _turned(UPRIGHT, degrees)
        assert (quad_of(quad, "upside", ordered=True) == quad).all()


def test_corners_the_other_way_around_are_turned_and_keep_the_first() -> None:
    found = quad_of(UPRIGHT[[0, 3, 2, 1]], "word", ordered=True)
    assert found is not None
    assert (found == UPRIGHT).all()


@pytest.mark.parametrize("first", range(4))
@pytest.mark.parametrize("clockwise", [True, False])
def test_corners_in_no_order_are_read_from_left_to_right(first: int, clockwise: bool) -> None:
    for degrees in range(-80, 81, 20):
        quad = _turned(UPRIGHT, degrees)
        given = np.roll(quad, first, axis=0)
        found = quad_of(given if clockwise else given[::-1], "word", ordered=False)
        assert found is not None
        assert np.allclose(found, quad)


def test_a_short_text_in_no_order_stands_upright_though_its_box_is_tall() -> None:
    tall = np.array([[10, 10], [20, 10], [20, 40], [10, 40]], np.float64)
    found = quad_of(np.roll(tall, 1, axis=0), "I", ordered=False)
    assert found is not None
    assert (found == tall).all()


def test_a_long_text_in_no_order_runs_along_its_box() -> None:
    tall = np.array([[10, 10], [20, 10], [20, 90], [10, 90]], np.float64)
    found = quad_of(tall, "downwards", ordered=False)
    assert found is not None
    assert (found == tall[[1, 2, 3, 0]]).all()


@pytest.mark.parametrize("degrees", [0, 40, 90, 135, 180, 225, 300])
def test_the_rectangle_around_an_outline_is_read_as_the_outline_is(degrees: float) -> None:
    outline = np.array([[10, 10], [30, 10], [60, 10], [60, 30], [35, 30], [10, 30]], np.float64)
    found = quad_of(_turned(outline, degrees), "word", ordered=True)
    assert found is not None
    wanted = _turned(outline, degrees)[[0, 2, 3, 5]]
    assert np.allclose(found, wanted, atol=1e-3)


def test_an_outline_without_area_is_no_text() -> None:
    line = np.array([[1, 1], [9, 1], [9, 1], [1, 1]], np.float64)
    assert quad_of(line, "word", ordered=True) is None
    assert quad_of(line[[0, 1, 0]], "word", ordered=True) is None


def test_corners_beyond_the_canvas_are_moved_to_its_edge() -> None:
    found = within(UPRIGHT + np.array((50.03, -20)), 100, 50)
    assert found is not None
    assert found.tolist() == [[60.0, 0.0], [100.0, 0.0], [100.0, 10.0], [60.0, 10.0]]
    assert within(UPRIGHT + np.array((500, 0)), 100, 50) is None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turning_keeps_distances_and_fills_the_canvas(orientation: int) -> None:
    corners = np.array([[0, 0], [30, 0], [30, 20], [0, 20]], np.float64)
    found = turned(corners, orientation, 30, 20)
    across, down = (20, 30) if orientation > 4 else (30, 20)
    assert (found.min(0).tolist(), found.max(0).tolist()) == ([0, 0], [across, down])
    mirrored = orientation in (2, 4, 5, 7)
    assert np.sign(area(found)) == (-1 if mirrored else 1)
