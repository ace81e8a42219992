"""Where boxes may lie: inside the canvas, apart, anywhere, or where it is calm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import skimage
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from glyphdata.errors import Rejection
from glyphdata.parts import Arrangement, Layout
from glyphdata.parts.layouts.quiet import Quiet
from glyphdata.parts.layouts.scatter import TRIES, Scatter
from glyphdata.recipe import load_recipe
from glyphdata.registry import kinds, load
from glyphdata.scene.geometry import BBox, Homography, Quad
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Canvas, Pixels

CANVAS = Canvas(320, 240)
KINDS = kinds("layouts")


def flat(canvas: Canvas = CANVAS) -> Pixels:
    return np.full((canvas.height, canvas.width, 3), 90, np.uint8)


def turned(x: float, y: float, size: BBox, angle_deg: float) -> Quad:
    """The quad of a box whose centre is at (x, y)."""
    about = Homography.placed(0.0, 0.0, angle_deg).at(size.width / 2, size.height / 2)
    frame = BBox(0.0, 0.0, size.width, size.height)
    return Homography.placed(x - about.x, y - about.y, angle_deg).quad(frame)


def arranged(kind: str, tmp_path: Path, **fields: object) -> Layout:
    """A layout of that kind, made ready."""
    if kind == "boxes":
        (tmp_path / "b.jsonl").write_text("[[100, 100, 900, 300], [100, 600, 900, 300, 5]]\n")
        fields |= {"path": "b.jsonl"}
    made: Layout = TypeAdapter[Any](load("layouts", kind)).validate_python(fields)
    return made.ready(tmp_path)


# ------------------------------------------------------------------ every kind


def test_the_kinds_that_the_recipe_promises_are_there() -> None:
    assert set(KINDS) >= {"scatter", "quiet", "design", "poster", "boxes"}


@pytest.mark.parametrize("kind", KINDS)
def test_each_is_a_layout_whose_choice_is_an_arrangement(kind: str, tmp_path: Path) -> None:
    layout = arranged(kind, tmp_path)
    assert isinstance(layout, Layout)
    assert isinstance(layout.choose(Rng.of(1, 1), CANVAS, 3), Arrangement)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_stream_arranges_the_same(kind: str, tmp_path: Path) -> None:
    layout = arranged(kind, tmp_path)
    for index in range(20):
        one, other = (layout.choose(Rng.of(1, index), CANVAS, 4) for _ in range(2))
        assert [one.slot(k) for k in range(8)] == [other.slot(k) for k in range(8)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_draw_elsewhere_moves_nothing(kind: str, tmp_path: Path) -> None:
    layout = arranged(kind, tmp_path)
    fresh, used = Rng.of(1, 7), Rng.of(1, 7)
    for _ in range(5):
        used.random()
    used.at("another").random()
    assert layout.choose(fresh, CANVAS, 4) == layout.choose(used, CANVAS, 4)


@pytest.mark.parametrize("kind", KINDS)
def test_the_recipe_line_of_its_help_is_sound(kind: str, tmp_path: Path) -> None:
    doc = load("layouts", kind).__doc__ or ""
    (line,) = (line for line in doc.splitlines() if line.strip().startswith("Recipe:"))
    recipe = tmp_path / "recipe.yaml"
    entry = line.partition("Recipe:")[2]
    recipe.write_text(f"name: t\nsamples: 1\ntexts: [{{kind: charset}}]\nlayouts:\n  -{entry}\n")
    assert type(load_recipe(recipe).layouts[0]) is load("layouts", kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0, -1, float("nan")])
def test_a_share_is_above_zero(kind: str, share: float, tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        arranged(kind, tmp_path, share=share)


# ------------------------------------------------------------------ scatter and quiet

FREE = [Scatter(), Quiet(pull=1.0)]


@pytest.mark.parametrize("layout", FREE)
def test_no_room_is_kept(layout: Layout) -> None:
    assert layout.choose(Rng.of(1, 1), CANVAS, 4).slot(0) is None


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([Scatter, Quiet]),
    st.integers(0, 10**6),
    st.floats(-180, 180),
    st.floats(1, 300),
    st.floats(1, 80),
    st.floats(0, 12),
)
def test_boxes_lie_inside_and_apart(
    of: type[Scatter] | type[Quiet],
    index: int,
    angle: float,
    width: float,
    height: float,
    gap: float,
) -> None:
    size = BBox(0.0, 0.0, width, height)
    places = of(gap_px=gap).choose(Rng.of(1, index), CANVAS, 4)
    taken: list[Quad] = []
    for number in range(4):
        try:
            x, y = places.spot(Rng.of(1, index).at("b", number), size, taken, angle, flat())
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


@pytest.mark.parametrize("layout", FREE)
def test_a_box_as_large_as_the_canvas_has_one_place(layout: Layout) -> None:
    places = layout.choose(Rng.of(1, 1), CANVAS, 1)
    size = BBox(0.0, 0.0, 320.0, 240.0)
    assert places.spot(Rng.of(1, 1), size, (), 0.0, flat()) == (160.0, 120.0)


@pytest.mark.parametrize("layout", FREE)
def test_a_box_larger_than_the_canvas_is_a_rejection(layout: Layout) -> None:
    places = layout.choose(Rng.of(1, 1), CANVAS, 1)
    for size, angle in ((BBox(0, 0, 321, 10), 0.0), (BBox(0, 0, 300, 10), 90.0)):
        with pytest.raises(Rejection, match="larger than") as fault:
            places.spot(Rng.of(1, 1), size, (), angle, flat())
        assert fault.value.reason == "no-room"


@pytest.mark.parametrize("layout", FREE)
def test_a_full_canvas_is_a_rejection_after_a_bounded_search(layout: Layout) -> None:
    whole = turned(160, 120, BBox(0, 0, 320, 240), 0.0)
    places = layout.choose(Rng.of(1, 1), CANVAS, 2)
    with pytest.raises(Rejection, match=f"{TRIES} tries") as fault:
        places.spot(Rng.of(1, 1), BBox(0, 0, 5, 5), (whole,), 0.0, flat())
    assert fault.value.reason == "no-room"


def test_places_are_spread_over_all_the_room() -> None:
    size = BBox(0.0, 0.0, 20.0, 40.0)
    places = Scatter().choose(Rng.of(1, 1), CANVAS, 1)
    found = [places.spot(Rng.of(1, index), size, (), 0.0, flat()) for index in range(400)]
    xs, ys = zip(*found, strict=True)
    assert min(xs) < 20 < 300 < max(xs)
    assert min(ys) < 30 < 210 < max(ys)


def test_a_turned_box_nests_where_upright_bounds_would_not() -> None:
    long = BBox(0.0, 0.0, 250.0, 10.0)
    taken = [turned(120, 120, long, 45.0)]
    places = Scatter().choose(Rng.of(1, 1), CANVAS, 2)
    free = 0
    for index in range(50):
        x, y = places.spot(Rng.of(2, index), long, taken, 45.0, flat())
        free += turned(x, y, long, 45.0).bbox().meets(taken[0].bbox())
    assert free == 50


@pytest.mark.parametrize("of", [Scatter, Quiet])
@pytest.mark.parametrize("gap", [-1, float("nan"), 1e9])
def test_a_gap_is_a_bearable_number(of: type[Scatter] | type[Quiet], gap: float) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter[Any](of).validate_python({"gap_px": gap})


@pytest.mark.parametrize("field", [{"tries": 0}, {"tries": 65}, {"pull": -0.1}, {"pull": 1.1}])
def test_tries_and_pull_have_bounds(field: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Quiet).validate_python(field)


# ------------------------------------------------------------------ quiet

SIZE = BBox(0.0, 0.0, 180.0, 40.0)
TAKEN = (turned(160, 60, BBox(0, 0, 120, 30), 10.0),)


@pytest.mark.parametrize("taken", [(), TAKEN])
def test_on_even_ground_quiet_is_scatter(taken: tuple[Quad, ...]) -> None:
    quiet = Quiet(pull=1.0).choose(Rng.of(1, 1), CANVAS, 2)
    scatter = Scatter().choose(Rng.of(1, 1), CANVAS, 2)
    for index in range(50):
        rng = Rng.of(3, index)
        found = quiet.spot(rng, SIZE, taken, 20.0, flat())
        assert found == scatter.spot(Rng.of(3, index), SIZE, taken, 20.0, flat())


def test_without_a_pull_quiet_is_scatter_on_any_ground() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (240, 320, 3), np.uint8)
    noise[:120] = 7
    quiet = Quiet(pull=0.0).choose(Rng.of(1, 1), CANVAS, 2)
    scatter = Scatter().choose(Rng.of(1, 1), CANVAS, 2)
    for index in range(50):
        found = quiet.spot(Rng.of(3, index), SIZE, TAKEN, 0.0, noise)
        assert found == scatter.spot(Rng.of(3, index), SIZE, TAKEN, 0.0, noise)


@pytest.mark.parametrize("half", range(4))
def test_the_calm_half_of_a_restless_ground_is_taken(half: int) -> None:
    canvas = Canvas(256, 256)
    ground = np.random.default_rng(1).integers(0, 256, (256, 256, 3), np.uint8)
    calm = (np.s_[:128], np.s_[128:], np.s_[:, :128], np.s_[:, 128:])[half]
    ground[calm] = 30
    size = BBox(0, 0, 60, 40)
    within = (BBox(0, 0, 256, 128), BBox(0, 128, 256, 256), BBox(0, 0, 128, 256),
              BBox(128, 0, 256, 256))[half]  # fmt: skip
    places = Quiet(pull=1.0, tries=16).choose(Rng.of(1, 1), canvas, 1)
    for index in range(60):
        x, y = places.spot(Rng.of(4, index), size, (), 0.0, ground)
        assert within.left <= x - 30 and x + 30 <= within.right
        assert within.top <= y - 20 and y + 20 <= within.bottom


def test_a_part_of_the_boxes_is_pulled_as_the_recipe_says() -> None:
    ground = np.random.default_rng(1).integers(0, 256, (240, 320, 3), np.uint8)
    ground[:, :160] = 30
    size = BBox(0, 0, 60, 20)
    left = []
    for pull in (0.0, 0.5, 1.0):
        places = Quiet(pull=pull).choose(Rng.of(1, 1), CANVAS, 1)
        found = [places.spot(Rng.of(5, k), size, (), 0.0, ground)[0] < 130 for k in range(300)]
        left.append(sum(found) / len(found))
    assert left[0] < 0.5 < left[1] < 0.85 < left[2]


def photograph(name: str) -> Pixels:
    found = cv2.imread(str(Path(skimage.__file__).parent / "data" / name))
    return np.ascontiguousarray(cv2.resize(found, (512, 384), interpolation=cv2.INTER_AREA))


@pytest.mark.parametrize(
    ("name", "share"), [("chelsea.png", 0.85), ("coffee.png", 0.88), ("rocket.jpg", 0.5)]
)
def test_texts_on_photographs_lie_where_it_is_calmer(name: str, share: float) -> None:
    """Mean deviation of the luma behind a box, beside that where boxes are scattered."""
    photo, canvas = photograph(name), Canvas(512, 384)
    grey = cv2.cvtColor(photo, cv2.COLOR_BGR2GRAY)
    size = BBox(0.0, 0.0, 200.0, 50.0)
    deviations = []
    for layout in (Scatter(), Quiet()):
        places = layout.choose(Rng.of(1, 1), canvas, 1)
        behind = []
        for index in range(200):
            x, y = places.spot(Rng.of(6, index), size, (), 0.0, photo)
            behind.append(grey[int(y - 25) : int(y + 25), int(x - 100) : int(x + 100)].std())
        deviations.append(np.mean(behind))
    assert deviations[1] < share * deviations[0]
