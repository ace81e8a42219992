"""Rooms kept for boxes: designs, posters and the arrangements of a file lie inside and apart."""

from __future__ import annotations

import json
import pickle
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from glyphdata.errors import InputError, Rejection
from glyphdata.parts import Arrangement, Slot, boxfile
from glyphdata.parts.layouts import design, poster
from glyphdata.parts.layouts.boxes import BoxLists
from glyphdata.parts.layouts.design import Designs
from glyphdata.parts.layouts.poster import ROLES, Posters
from glyphdata.parts.slots import columns, leaning, least_height, quad_of, rows, standing, within
from glyphdata.scene.geometry import BBox, Quad
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Canvas, Pixels

SIZES = [(64, 64), (512, 512), (512, 640), (1024, 256), (2048, 512), (200, 900), (16, 16)]
CANVAS = Canvas(512, 512)


def held(arrangement: Arrangement) -> list[Slot]:
    found = [arrangement.slot(number) for number in range(60)]
    assert None in found
    kept = [slot for slot in found if slot is not None]
    assert found[len(kept) :] == [None] * (60 - len(kept))
    return kept


def check(slots: Sequence[Slot], canvas: Canvas) -> None:
    """Inside the canvas, at least 2 pixels apart, none too low for a text."""
    quads = [quad_of(slot) for slot in slots]
    for number, (slot, quad) in enumerate(zip(slots, quads, strict=True)):
        left, top, right, bottom = quad.bbox()
        assert min(left, top) >= -1e-6
        assert right <= canvas.width + 1e-6
        assert bottom <= canvas.height + 1e-6
        assert slot.bbox.height >= min(0.04 * canvas.height, 10.0) - 1e-6
        assert slot.bbox.height >= least_height(canvas) - 1e-6
        assert slot.bbox.width > 0.0
        assert all(quad.separates(other, 2.0) for other in quads[:number])


def of_forms() -> list[Any]:
    return [Designs(forms=(form,), leaning=0.5) for form in design.FORMS] + [
        Posters(forms=(form,)) for form in poster.FORMS
    ]


# ------------------------------------------------------------------ designs and posters


@pytest.mark.parametrize("layout", of_forms(), ids=lambda one: one.forms[0])
@pytest.mark.parametrize("size", SIZES)
def test_slots_lie_inside_and_apart(layout: Designs | Posters, size: tuple[int, int]) -> None:
    canvas = Canvas(*size)
    for index in range(42):
        wanted = 1 + index % 7
        slots = held(layout.choose(Rng.of(7, index), canvas, wanted))
        assert 1 <= len(slots) <= wanted
        check(slots, canvas)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 2**40),
    st.integers(40, 2048),
    st.integers(40, 2048),
    st.integers(1, 50),
    st.booleans(),
)
def test_any_canvas_has_room_for_a_slot(
    index: int, width: int, height: int, wanted: int, posters: bool
) -> None:
    layout = Posters(margin=(0.25, 0.25)) if posters else Designs(margin=(9e3, 9e3), gap=(0, 9e3))
    canvas = Canvas(width, height)
    slots = held(layout.choose(Rng.of(8, index), canvas, wanted))
    assert slots
    check(slots, canvas)


@pytest.mark.parametrize("form", design.FORMS)
@pytest.mark.parametrize("wanted", range(1, 8))
def test_a_design_has_as_many_slots_as_are_wanted(form: design.Form, wanted: int) -> None:
    layout = Designs(forms=(form,))
    for index in range(30):
        assert len(held(layout.choose(Rng.of(9, index), CANVAS, wanted))) == wanted


@pytest.mark.parametrize("form", poster.FORMS)
@pytest.mark.parametrize("wanted", range(1, 7))
def test_a_poster_has_as_many_slots_as_are_wanted(form: poster.Form, wanted: int) -> None:
    layout = Posters(forms=(form,))
    for index in range(30):
        assert len(held(layout.choose(Rng.of(9, index), CANVAS, wanted))) == wanted


def test_the_slots_of_a_design_differ_in_size_as_headlines_and_lines_do() -> None:
    ratios = []
    for index in range(100):
        heights = [one.bbox.height for one in held(Designs().choose(Rng.of(1, index), CANVAS, 5))]
        ratios.append(max(heights) / min(heights))
    assert sum(ratio > 2.0 for ratio in ratios) > 50
    assert min(ratios) < 1.5  # and some are even


def test_designs_use_the_whole_canvas_and_all_their_forms() -> None:
    middles = []
    for index in range(300):
        middles += [
            ((one.bbox.left + one.bbox.right) / 2, (one.bbox.top + one.bbox.bottom) / 2)
            for one in held(Designs().choose(Rng.of(2, index), CANVAS, 4))
        ]
    cells = {(int(x // 128), int(y // 128)) for x, y in middles}
    assert len(cells) == 16


def test_units_are_those_of_the_layout_space() -> None:
    """A margin of a tenth of the space is a tenth of the canvas, whatever its shape."""
    for canvas in (Canvas(500, 500), Canvas(1000, 300)):
        layout = Designs(forms=("grid",), space=1000.0, margin=(100, 100), gap=(50, 50), leaning=0)
        slots = held(layout.choose(Rng.of(1, 1), canvas, 4))
        assert min(slot.bbox.left for slot in slots) == pytest.approx(0.1 * canvas.width)
        assert max(slot.bbox.right for slot in slots) == pytest.approx(0.9 * canvas.width)
        lefts = sorted({round(slot.bbox.left, 6) for slot in slots})
        rights = sorted({round(slot.bbox.right, 6) for slot in slots})
        assert lefts[1] - rights[0] == pytest.approx(0.05 * canvas.width)


def test_only_as_many_designs_lean_as_the_recipe_says() -> None:
    def leaning_share(share: float) -> float:
        layout = Designs(forms=("halves",), leaning=share, angle_deg=(5.0, 9.0))
        angles = [
            [slot.angle_deg for slot in held(layout.choose(Rng.of(1, k), CANVAS, 3))]
            for k in range(200)
        ]
        assert all(angle == 0.0 or 5.0 <= angle <= 9.0 for one in angles for angle in one)
        assert max(sum(angle != 0.0 for angle in one) for one in angles) == (share > 0)
        return sum(any(one) for one in angles) / len(angles)

    assert leaning_share(0.0) == 0.0
    assert 0.35 < leaning_share(0.5) < 0.65
    assert leaning_share(1.0) > 0.9


def test_a_spine_runs_up_or_down_along_its_side() -> None:
    layout = Designs(forms=("spine",), leaning=0.0)
    seen = set()
    for index in range(40):
        (spine,) = (
            one for one in held(layout.choose(Rng.of(1, index), CANVAS, 3)) if one.angle_deg
        )
        quad = quad_of(spine)
        seen.add(spine.angle_deg)
        upward = spine.angle_deg == -90.0
        assert (quad.a.y > quad.b.y) == upward
        assert (quad.a.x < 256) == upward
    assert seen == {-90.0, 90.0}


def test_more_boxes_than_slots_are_scattered_beside_them() -> None:
    ground: Pixels = np.zeros((512, 512, 3), np.uint8)
    for layout, most in ((Designs(), design.MOST), (Posters(), len(ROLES))):
        arrangement = layout.choose(Rng.of(1, 5), CANVAS, 20)
        slots = held(arrangement)
        assert len(slots) == most
        taken = [quad_of(slot) for slot in slots]
        x, y = arrangement.spot(Rng.of(1, 1), BBox(0, 0, 20, 8), taken, 0.0, ground)
        box = quad_of(Slot(BBox(x - 10, y - 4, x + 10, y + 4)))
        assert all(box.separates(other, 2.0) for other in taken)


def test_a_poster_says_what_belongs_where() -> None:
    for index in range(60):
        slots = held(Posters().choose(Rng.of(1, index), CANVAS, 6))
        title, body, subtitle, footer, kicker, aside = slots
        assert title.level in ("word", "sentence")
        assert (body.level, aside.level) == ("paragraph", "paragraph")
        assert (subtitle.level, footer.level, kicker.level) == ("sentence", "sentence", "word")
        assert len({slot.align for slot in slots}) == 1
        assert title.bbox.height > 2 * max(one.bbox.height for one in (footer, kicker))
        for slot in slots:
            assert slot.size_px is not None
            assert 0.0 < slot.size_px[0] < slot.size_px[1] <= 0.26 * 512


def test_a_poster_of_two_has_a_body_or_a_subtitle() -> None:
    levels = {held(Posters().choose(Rng.of(1, k), CANVAS, 2))[1].level for k in range(40)}
    assert levels == {"paragraph", "sentence"}


def test_titles_are_sentences_as_often_as_the_recipe_says() -> None:
    for share in (0.0, 1.0):
        layout = Posters(sentence=share)
        levels = {held(layout.choose(Rng.of(1, k), CANVAS, 3))[0].level for k in range(40)}
        assert levels == {"sentence" if share else "word"}


@pytest.mark.parametrize(
    ("of", "field"),
    [
        (Designs, {"forms": []}),
        (Designs, {"forms": ["spiral"]}),
        (Designs, {"space": 0}),
        (Designs, {"margin": [100, 50]}),
        (Designs, {"gap": -1}),
        (Designs, {"leaning": 1.5}),
        (Designs, {"angle_deg": [-90, 90]}),
        (Posters, {"forms": ["right"]}),
        (Posters, {"margin": 0.3}),
        (Posters, {"sentence": -0.1}),
    ],
)
def test_fields_have_bounds(of: type[Designs] | type[Posters], field: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter[Any](of).validate_python(field)


# ------------------------------------------------------------------ cutting


@given(
    st.floats(20, 2000),
    st.lists(st.floats(0.1, 10), min_size=1, max_size=12),
    st.floats(2.5, 40),
    st.floats(10, 80),
)
def test_rows_and_columns_share_all_the_room(
    length: float, weights: list[float], gap: float, least: float
) -> None:
    for cut, near, far in ((rows, 1, 3), (columns, 0, 2)):
        area = BBox(5.0, 5.0, 5.0 + length, 5.0 + length)
        parts = cut(area, weights, gap, least)
        assert len(parts) == min(len(weights), int((length + gap) / (least + gap) + 1e-9))
        if not parts:
            continue
        assert parts[0][near] == pytest.approx(5.0)
        assert parts[-1][far] == pytest.approx(5.0 + length)
        for one, other in pairwise(parts):
            assert other[near] - one[far] == pytest.approx(gap)
        sizes = [one[far] - one[near] for one in parts]
        assert min(sizes) >= least - 1e-6
        # Those that are not at the least are as large as their weights say.
        units = [size / weight for size, weight in zip(sizes, weights, strict=False)
                 if size > least + 1e-6]  # fmt: skip
        assert max(units, default=0.0) == pytest.approx(min(units, default=0.0))


@given(st.floats(10, 500), st.floats(10, 500), st.floats(-90, 90))
def test_a_leaning_slot_stays_within_its_room(width: float, height: float, angle: float) -> None:
    slot = Slot(BBox(100.0, 50.0, 100.0 + width, 50.0 + height))
    left, top, right, bottom = quad_of(leaning(slot, angle)).bbox()
    assert left >= 100.0 - 1e-6 and top >= 50.0 - 1e-6
    assert right <= 100.0 + width + 1e-6 and bottom <= 50.0 + height + 1e-6
    assert min(left - 100.0, top - 50.0) == pytest.approx(0.0, abs=1e-6)  # and fills it one way


@pytest.mark.parametrize("way", [-90, 90])
def test_a_standing_slot_takes_the_same_room(way: Any) -> None:
    room = BBox(10.0, 20.0, 40.0, 220.0)
    stood = standing(Slot(room), way)
    assert quad_of(stood).bbox() == pytest.approx(room)
    assert (stood.bbox.width, stood.bbox.height) == (200.0, 30.0)


# ------------------------------------------------------------------ a file of boxes


def lists(folder: Path, content: str, name: str = "b.jsonl", **fields: Any) -> BoxLists:
    (folder / name).write_text(content, encoding="utf-8")
    made: BoxLists = TypeAdapter(BoxLists).validate_python({"path": name, **fields})
    return made.ready(folder)


THREE = [[100, 100, 800, 300], [100, 500, 800, 200], [100, 800, 400, 100]]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("b.jsonl", json.dumps(THREE)),
        ("b.ndjson", json.dumps({"bbox": THREE, "texts": ["a", "b", "c"]}) + "\n\n"),
        ("b.JSON", json.dumps([THREE])),
        ("b.json", json.dumps([{"bbox": [[*box, 0.0] for box in THREE]}], indent=2)),
    ],
)
def test_json_lists_and_lines_of_lists_and_objects_are_read(
    tmp_path: Path, name: str, content: str
) -> None:
    layout = lists(tmp_path, content, name, space=1000)
    slots = held(layout.choose(Rng.of(1, 1), Canvas(1000, 500), 5))
    assert [tuple(slot.bbox) for slot in slots] == [
        (100, 50, 900, 200), (100, 250, 900, 350), (100, 400, 500, 450),
    ]  # fmt: skip
    assert all(slot[1:] == (0.0, None, None, None) for slot in slots)


def test_a_space_may_have_two_sides(tmp_path: Path) -> None:
    layout = lists(tmp_path, "[[300, 100, 600, 100]]", space=[1200, 400])
    (slot,) = held(layout.choose(Rng.of(1, 1), Canvas(600, 400), 5))
    assert tuple(slot.bbox) == (150, 100, 450, 200)


def test_every_record_is_as_likely(tmp_path: Path) -> None:
    layout = lists(tmp_path, "\n".join(f"[[0, 0, 500, {100 + k}]]" for k in range(4)), space=512)
    counts = [0] * 4
    for index in range(400):
        (slot,) = held(layout.choose(Rng.of(1, index), CANVAS, 1))
        counts[round(slot.bbox.height) - 100] += 1
    assert min(counts) > 60


def test_of_overlapping_boxes_the_larger_stays(tmp_path: Path) -> None:
    boxes = [[0, 0, 100, 50], [50, 20, 400, 100], [449, 0, 60, 100], [60, 121, 100, 40],
             [60, 300, 100, 40]]  # fmt: skip
    slots = held(lists(tmp_path, json.dumps(boxes), space=512).choose(Rng.of(1, 1), CANVAS, 9))
    assert [tuple(slot.bbox) for slot in slots] == [(50, 20, 450, 120), (60, 300, 160, 340)]


def test_turned_boxes_that_nest_both_stay(tmp_path: Path) -> None:
    boxes = [[50, 200, 300, 30, 45], [120, 200, 300, 30, 45]]
    slots = held(lists(tmp_path, json.dumps(boxes), space=512).choose(Rng.of(1, 1), CANVAS, 9))
    assert [slot.angle_deg for slot in slots] == [45.0, 45.0]
    assert quad_of(slots[0]).bbox().meets(quad_of(slots[1]).bbox())
    check(slots, CANVAS)


def test_the_largest_is_always_among_those_picked(tmp_path: Path) -> None:
    boxes = [[0, 60 * k, 300 + (k == 3), 40] for k in range(8)]
    layout = lists(tmp_path, json.dumps(boxes), space=512)
    seen: set[float] = set()
    for index in range(80):
        slots = held(layout.choose(Rng.of(1, index), CANVAS, 3))
        assert len(slots) == 3
        assert slots[0].bbox.top == 180.0
        seen |= {slot.bbox.top for slot in slots}
    assert len(seen) == 8


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(-300, 1500), st.floats(-300, 1500), st.floats(0, 1800), st.floats(0, 900),
            st.one_of(st.just(0.0), st.floats(-400, 400)),
        ),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from(SIZES),
)  # fmt: skip
def test_whatever_a_file_holds_slots_lie_inside_and_apart(
    tmp_path_factory: pytest.TempPathFactory, boxes: list[Any], size: tuple[int, int]
) -> None:
    layout = lists(tmp_path_factory.mktemp("boxes"), json.dumps(boxes), space=1000)
    canvas = Canvas(*size)
    try:
        slots = held(layout.choose(Rng.of(1, 1), canvas, 6))
    except Rejection as fault:
        assert fault.reason == "no-slot"
        return
    assert 1 <= len(slots) <= 6
    check(slots, canvas)


def test_a_box_over_the_edge_is_cut_or_made_smaller() -> None:
    assert within(CANVAS, Slot(BBox(-50, -50, 100, 100))).bbox == BBox(0, 0, 100, 100)
    assert within(CANVAS, Slot(BBox(600, 0, 700, 100))).bbox.area == 0
    turned = within(CANVAS, Slot(BBox(400, 200, 600, 220), 30.0))
    assert turned.bbox.width / turned.bbox.height == pytest.approx(10.0)
    assert quad_of(turned).bbox().right == pytest.approx(512.0)
    assert within(CANVAS, Slot(BBox(600, 200, 700, 220), 30.0)).bbox.area == 0


def test_a_box_without_a_slot_is_a_rejection(tmp_path: Path) -> None:
    arrangement = lists(tmp_path, json.dumps(THREE)).choose(Rng.of(1, 1), CANVAS, 9)
    assert arrangement.slot(3) is None
    taken: tuple[Quad, ...] = ()
    ground: Pixels = np.zeros((512, 512, 3), np.uint8)
    with pytest.raises(Rejection, match="room for 3 boxes") as fault:
        arrangement.spot(Rng.of(1, 1), BBox(0, 0, 9, 9), taken, 0.0, ground)
    assert fault.value.reason == "no-slot"


def test_a_record_too_small_for_the_canvas_is_a_rejection(tmp_path: Path) -> None:
    layout = lists(tmp_path, "[[0, 0, 900, 20]]\n")
    with pytest.raises(Rejection, match=r"record 0 of b.jsonl") as fault:
        layout.choose(Rng.of(1, 1), CANVAS, 1)
    assert fault.value.reason == "no-slot"


BAD = [
    ("b.jsonl", "[[1, 2, 3, 4]]\n[[1, 2, 3, 4]\n", "line 2: is no JSON at column"),
    ("b.json", "[\n[[1, 2, 3, 4]],\n[[1, 2, 3 4]]\n]", "line 3: is no JSON at column"),
    ("b.jsonl", "[[1, 2, 3, 4]]\n7\n", "line 2: is no list of boxes"),
    ("b.jsonl", '{"boxes": []}\n', "line 1: has no list `bbox`"),
    ("b.json", '{"bbox": []}', "is no list"),
    ("b.json", "[[[1, 2, 3, 4]], [[1, 2, 3]]]", r"record 1: the box \[1, 2, 3\] is no \[x, y"),
    ("b.jsonl", "[1, 2, 3, 4]", "the box 1 is no"),
    ("b.jsonl", '[[1, 2, 3, "4"]]', "holds what is no number"),
    ("b.jsonl", "[[1, 2, 3, true]]", "holds what is no number"),
    ("b.jsonl", "[[1, 2, 3, 4, null]]", "holds what is no number"),
    ("b.jsonl", "[[1e300, 2, 3, 4]]", "over 1e9"),
    ("b.jsonl", "[[1, 2, -3, 4]]", "width or height below 0"),
    ("b.jsonl", "", "holds no box"),
    ("b.jsonl", "\n[]\n", "holds no box"),
    ("b.json", "[]", "holds no box"),
    ("b.txt", "[[1, 2, 3, 4]]", "is no .json, .jsonl or .ndjson file"),
    ("b.jsonl", json.dumps([[1, 2, 3, 4]] * 1001), "line 1: holds 1001 boxes"),
]


@pytest.mark.parametrize(("name", "content", "fault"), BAD)
def test_a_bad_file_is_refused_with_its_path_and_fault(
    tmp_path: Path, name: str, content: str, fault: str
) -> None:
    with pytest.raises(InputError, match=fault) as refused:
        lists(tmp_path, content, name)
    assert str(refused.value).startswith(str(tmp_path / name))
    assert refused.value.hint


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_bytes(b"\xff\xfe[[1, 2, 3, 4]]\x00")
    with pytest.raises(InputError, match="line 1: is no JSON"):
        BoxLists(path="b.jsonl").ready(tmp_path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "d.json").mkdir()
    for name, fault in (("none.json", "No such file"), ("d.json", "Is a directory")):
        with pytest.raises(InputError, match=fault) as refused:
            BoxLists(path=name).ready(tmp_path)
        assert name in str(refused.value)


def test_a_file_that_is_too_large_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boxfile, "MAX_FILE_BYTES", 1 << 20)
    with (tmp_path / "b.json").open("wb") as file:
        file.truncate((1 << 20) + 1)
    with pytest.raises(InputError, match="over 1 MiB"):
        BoxLists(path="b.json").ready(tmp_path)


def test_the_identity_is_that_of_the_content(tmp_path: Path) -> None:
    one = lists(tmp_path, json.dumps(THREE), "one.jsonl")
    same = lists(tmp_path, json.dumps(THREE), "two.jsonl")
    other = lists(tmp_path, json.dumps(THREE[:2]), "three.jsonl")
    assert one.identity == same.identity != other.identity


def test_a_range_that_travelled_to_another_process_reads_its_file_there(tmp_path: Path) -> None:
    layout = lists(tmp_path, json.dumps(THREE))
    again = pickle.loads(pickle.dumps(layout))
    assert again == layout
    assert again.choose(Rng.of(1, 1), CANVAS, 3) == layout.choose(Rng.of(1, 1), CANVAS, 3)
    assert again.identity == layout.identity
