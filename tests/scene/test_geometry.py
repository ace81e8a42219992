"""Laws of points, quads and maps."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glyphdata.errors import InputError
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


strengths = st.floats(-0.6, 0.6)
sizes = st.floats(1, 900)


@given(sizes, sizes, angles, strengths, strengths)
def test_a_tilted_frame_is_whole_convex_and_as_large_as_before(
    width: float, height: float, angle: float, pitch: float, yaw: float
) -> None:
    tilted = Homography.tilted(width, height, angle, pitch, yaw)
    corners = ((0, 0), (width, 0), (width, height), (0, height))
    assert all(tilted.g * x + tilted.h * y + tilted.i > 0.14 for x, y in corners)
    quad = tilted.quad(BBox(0, 0, width, height))
    assert quad.area == pytest.approx(width * height)
    for start, middle, end in zip(quad, quad[1:] + quad[:1], quad[2:] + quad[:2], strict=True):
        turn = (middle.x - start.x) * (end.y - middle.y) - (middle.y - start.y) * (end.x - middle.x)
        assert turn > 0
    assert tilted.at(width / 2, height / 2) == pytest.approx((0, 0), abs=1e-6)


@given(sizes, sizes, angles, strengths)
def test_the_strength_of_a_tilt_is_how_much_shorter_the_farther_edge_is(
    width: float, height: float, angle: float, strength: float
) -> None:
    frame = BBox(0, 0, width, height)
    a, b, c, d = Homography.tilted(width, height, angle, strength, 0.0).quad(frame)
    top, bottom = math.dist(a, b), math.dist(d, c)
    assert min(top, bottom) / max(top, bottom) == pytest.approx(1 - abs(strength))
    if abs(strength) > 1e-6:
        assert (top > bottom) == (strength > 0)
    a, b, c, d = Homography.tilted(width, height, angle, 0.0, strength).quad(frame)
    left, right = math.dist(a, d), math.dist(b, c)
    assert min(left, right) / max(left, right) == pytest.approx(1 - abs(strength))
    if abs(strength) > 1e-6:
        assert (left > right) == (strength > 0)


@given(angles)
def test_no_tilt_is_a_turn_about_the_middle(angle: float) -> None:
    flat, placed = Homography.tilted(80, 30, angle, 0.0, 0.0), Homography.placed(0, 0, angle)
    middle = placed.at(40, 15)
    assert flat.is_affine
    assert flat == pytest.approx(placed.moved(-middle.x, -middle.y))


def test_a_frame_without_width_is_tilted_all_the_same() -> None:
    quad = Homography.tilted(0.0, 20.0, 0.0, 0.3, 0.3).quad(BBox(0, 0, 0, 20))
    assert quad.area == 0 and all(math.isfinite(v) for point in quad for v in point)


@pytest.mark.parametrize("tilt", [(0.61, 0.0), (0.0, -0.7), (math.nan, 0.0)])
def test_planes_too_steep_are_refused(tilt: tuple[float, float]) -> None:
    with pytest.raises(InputError):
        Homography.tilted(80, 30, 0.0, *tilt)


@given(lengths, lengths, angles, strengths, lengths, lengths)
def test_maps_follow_one_another(
    x: float, y: float, angle: float, tilt: float, right: float, down: float
) -> None:
    tilted = Homography.tilted(80, 30, angle, tilt, -tilt)
    placed = Homography.placed(x, y, angle)
    point = tilted.at(21.0, 13.0)
    assert tilted.then(placed).at(21.0, 13.0) == pytest.approx(placed.at(*point), abs=1e-6)
    moved = tilted.moved(right, down).at(21.0, 13.0)
    assert moved == pytest.approx((point.x + right, point.y + down), abs=1e-6)
    assert placed.then(placed).is_affine and placed.moved(right, down).is_affine


def test_areas_are_below_nothing_where_corners_go_anticlockwise() -> None:
    a, b, c, d = turned(3.0, 4.0, 30.0)
    assert Quad(a, b, c, d).area == pytest.approx(2400) == -Quad(a, d, c, b).area
