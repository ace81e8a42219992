"""Laws of points, quads and maps."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glyphdata.scene.geometry import BBox, Homography, Point, Quad

lengths = st.floats(-500, 500)
angles = st.floats(-180, 180)


def turned(x: float, y: float, angle: float, width: float = 80, height: float = 30) -> Quad:
    return Homography.placed(x, y, angle).quad(BBox(0, 0, width, height))


@given(lengths, lengths, angles)
def test_turning_keeps_lengths_and_goes_clockwise(x: float, y: float, angle: float) -> None:
    quad = turned(x, y, angle)
    assert math.dist(quad.a, quad.b) == pytest.approx(80)
    assert math.dist(quad.b, quad.c) == pytest.approx(30)
    cross = (quad.b.x - quad.a.x) * (quad.d.y - quad.a.y) - (quad.b.y - quad.a.y) * (
        quad.d.x - quad.a.x
    )
    assert cross > 0  # with y down, clockwise corners turn positively
    assert quad.a == Point(x, y)


@given(lengths, lengths, angles, lengths, lengths, angles)
def test_quads_are_separate_exactly_when_no_point_is_shared(
    x: float, y: float, angle: float, x2: float, y2: float, angle2: float
) -> None:
    one, other = turned(x, y, angle), turned(x2, y2, angle2)
    assert one.separates(other) == other.separates(one)
    grid = np.stack(np.meshgrid(np.linspace(0.01, 79.99, 60), np.linspace(0.01, 29.99, 30)), -1)
    points = Homography.placed(x, y, angle).points(grid.reshape(-1, 2))
    cos, sin = math.cos(math.radians(angle2)), math.sin(math.radians(angle2))
    back = np.array([[cos, sin], [-sin, cos]])
    local = (points - (x2, y2)) @ back.T
    shared = ((local > 0) & (local < (80, 30))).all(axis=1).any()
    if one.separates(other):
        assert not shared


def test_a_gap_keeps_boxes_apart() -> None:
    one, other = turned(0, 0, 0), turned(83, 0, 0)
    assert one.separates(other, gap_px=3)
    assert not one.separates(other, gap_px=3.01)


def test_a_homography_divides() -> None:
    tilted = Homography(1, 0, 0, 0, 1, 0, 0.01, 0, 1)
    assert not tilted.is_affine
    assert tilted.at(100, 50) == Point(50, 25)
    assert tilted.points(np.array([[100.0, 50.0]])).tolist() == [[50.0, 25.0]]


def test_boxes_meet_only_where_they_share_area() -> None:
    box = BBox(0, 0, 10, 10)
    assert not box.meets(BBox(10, 0, 20, 10))
    assert box.meets(BBox(10, 0, 20, 10), gap_px=0.5)
    assert box.area == 100 and BBox(5, 5, 4, 9).area == 0
