"""Where boxes may lie: inside the canvas, apart, anywhere."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from glyphdata.errors import Rejection
from glyphdata.parts import Layout
from glyphdata.parts.layouts.scatter import TRIES, Scatter
from glyphdata.scene.geometry import BBox, Homography, Quad
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Canvas

CANVAS = Canvas(320, 240)


def turned(x: float, y: float, size: BBox, angle_deg: float) -> Quad:
    """The quad of a box whose centre is at (x, y)."""
    about = Homography.placed(0.0, 0.0, angle_deg).at(size.width / 2, size.height / 2)
    frame = BBox(0.0, 0.0, size.width, size.height)
    return Homography.placed(x - about.x, y - about.y, angle_deg).quad(frame)


def test_scatter_is_a_layout() -> None:
    assert isinstance(Scatter(), Layout)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10**6),
    st.floats(-180, 180),
    st.floats(1, 300),
    st.floats(1, 80),
    st.floats(0, 12),
)
def test_boxes_lie_inside_and_apart(
    index: int, angle: float, width: float, height: float, gap: float
) -> None:
    layout, size = Scatter(gap_px=gap), BBox(0.0, 0.0, width, height)
    taken: list[Quad] = []
    for number in range(4):
        try:
            x, y = layout.choose(Rng.of(1, index).at("b", number), CANVAS, size, taken, angle)
        except Rejection as fault:
            assert fault.reason == "no-room"
            break
        quad = turned(x, y, size, angle)
        left, top, right, bottom = quad.bbox()
        assert min(left, top) >= -1e-6
        assert right <= CANVAS.width + 1e-6
        assert bottom <= CANVAS.height + 1e-6
        assert all(quad.separates(other, gap - 1e-6) for other in taken)
        taken.append(quad)


def test_a_box_as_large_as_the_canvas_has_one_place() -> None:
    size = BBox(0.0, 0.0, 320.0, 240.0)
    assert Scatter().choose(Rng.of(1, 1), CANVAS, size, (), 0.0) == (160.0, 120.0)


def test_a_box_larger_than_the_canvas_is_a_rejection() -> None:
    for size, angle in ((BBox(0, 0, 321, 10), 0.0), (BBox(0, 0, 300, 10), 90.0)):
        with pytest.raises(Rejection, match="larger than") as fault:
            Scatter().choose(Rng.of(1, 1), CANVAS, size, (), angle)
        assert fault.value.reason == "no-room"


def test_a_full_canvas_is_a_rejection_after_a_bounded_search() -> None:
    whole = turned(160, 120, BBox(0, 0, 320, 240), 0.0)
    with pytest.raises(Rejection, match=f"{TRIES} tries") as fault:
        Scatter().choose(Rng.of(1, 1), CANVAS, BBox(0, 0, 5, 5), (whole,), 0.0)
    assert fault.value.reason == "no-room"


def test_places_are_spread_over_all_the_room() -> None:
    size = BBox(0.0, 0.0, 20.0, 40.0)
    found = [Scatter().choose(Rng.of(1, index), CANVAS, size, (), 0.0) for index in range(400)]
    xs, ys = zip(*found, strict=True)
    assert min(xs) < 20 < 300 < max(xs)
    assert min(ys) < 30 < 210 < max(ys)


def test_a_turned_box_nests_where_upright_bounds_would_not() -> None:
    long = BBox(0.0, 0.0, 250.0, 10.0)
    taken = [turned(120, 120, long, 45.0)]
    free = 0
    for index in range(50):
        x, y = Scatter().choose(Rng.of(2, index), CANVAS, long, taken, 45.0)
        free += turned(x, y, long, 45.0).bbox().meets(taken[0].bbox())
    assert free == 50


@pytest.mark.parametrize("gap", [-1, float("nan"), 1e9])
def test_a_gap_is_a_bearable_number(gap: float) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Scatter).validate_python({"gap_px": gap})
