"""The labels of a box: the compiled sums and those in numpy are the same whole numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glyphdata.draw import _labels, encode  # type: ignore[attr-defined]
from glyphdata.draw.annotate import annotate, fill_ink, fill_quads
from glyphdata.draw.gather import Glyphs, fill_glyphs, gather
from glyphdata.scene.sample import BoxLabels
from tests.strategies import Labelled, labelled

flat = np.ascontiguousarray


def compiled_layout(number: int, labels: BoxLabels) -> bytes:
    written: bytes = _labels.layout(
        number, labels.lines, labels.line_quads, labels.baselines, labels.words, labels.word_quads,
        labels.clusters, labels.cluster_quads, labels.ink,
    )  # fmt: skip
    return written


def compiled_quads(one: Labelled, out: np.ndarray) -> None:
    box, placed = one.box, one.placed
    _labels.quads(
        box.place, box.width_px, box.height_px, flat(placed.line_spans), flat(placed.line_rows),
        flat(placed.words), flat(placed.word_spans), flat(placed.clusters),
        flat(placed.cluster_spans), out,
    )  # fmt: skip


def rows_of(one: Labelled) -> int:
    placed = one.placed
    return 1 + 2 * len(placed.lines) + len(placed.words) + len(placed.clusters)


def shown(one: Labelled) -> np.ndarray:
    """Which glyphs a mask holds that shows every cluster with ink but each third."""
    return ((one.ink[:, 2] > 0) & (one.placed.glyph_clusters % 3 != 2)).astype(np.uint8)


@settings(max_examples=200, deadline=None)
@given(labelled())
def test_quads_are_the_same_for_both(one: Labelled) -> None:
    mine, theirs = (np.full((rows_of(one), 8), -7, np.int32) for _ in range(2))
    fill_quads(one.box, one.placed, mine)
    compiled_quads(one, theirs)
    assert np.array_equal(mine, theirs)


@settings(max_examples=200, deadline=None)
@given(labelled())
def test_ink_and_mask_values_are_the_same_for_both(one: Labelled) -> None:
    count = len(one.placed.clusters)
    (mine, my_ink), (theirs, their_ink) = (
        (np.full((count, 4), -7, np.int32), np.full((count, 4), 9, np.int32)) for _ in range(2)
    )
    held = shown(one)
    fill_ink(one.placed, one.ink, held, one.first_id, mine, my_ink)
    owners, clusters = flat(one.placed.glyph_clusters), flat(one.placed.clusters)
    _labels.ink(owners, one.ink, held, clusters, one.first_id, theirs, their_ink)
    assert np.array_equal(mine, theirs)
    assert np.array_equal(my_ink, their_ink)


@settings(max_examples=100, deadline=None)
@given(labelled())
def test_labels_say_what_point_by_point_arithmetic_says(one: Labelled) -> None:
    box, placed = one.box, one.placed
    labels = annotate(box, placed, one.ink, shown(one), one.first_id, 3.0, 1.0, 9.0)

    def units(left: float, top: float, right: float, bottom: float) -> list[float]:
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        return [16 * value for corner in corners for value in box.place.at(*corner)]

    def row(line: int, span: np.ndarray) -> list[float]:
        top, _, bottom = placed.line_rows[line]
        return units(span[0], top, span[1], bottom)

    expected = [units(0.0, 0.0, box.width_px, box.height_px)]
    expected += [row(line, span) for line, span in enumerate(placed.line_spans)]
    for table, spans in (
        (placed.words, placed.word_spans),
        (placed.clusters, placed.cluster_spans),
    ):
        expected += [row(line, span) for line, span in zip(table[:, 2], spans, strict=True)]
    found = np.concatenate(
        [labels.quad[None], labels.line_quads, labels.word_quads, labels.cluster_quads]
    )
    assert np.abs(found - np.array(expected)).max() <= 0.5 + 1e-6
    for line, (left, right) in enumerate(placed.line_spans):
        y = placed.line_rows[line, 1]
        ends = [16 * v for x in (left, right) for v in box.place.at(x, y)]
        assert np.abs(labels.baselines[line] - np.array(ends)).max() <= 0.5 + 1e-6
    for number in range(len(placed.clusters)):
        own = one.ink[(placed.glyph_clusters == number) & (one.ink[:, 2] > 0)]
        own = own[: 0 if number % 3 == 2 else None]  # hidden by others
        union = [*own[:, :2].min(axis=0), *own[:, 2:].max(axis=0)] if len(own) else [0] * 4
        assert (labels.ink[number] == np.array(union) * 16).all()
        assert labels.clusters[number, 3] == (one.first_id + number if len(own) else 0)


BREAK: dict[str, Callable[[list[np.ndarray]], None]] = {
    "a word on no line": lambda arrays: arrays[2].__setitem__((0, 2), 99),
    "a cluster on a negative line": lambda arrays: arrays[4].__setitem__((0, 2), -1),
    "rows that lines lack": lambda arrays: arrays.__setitem__(1, arrays[1][:, :2].copy()),
    "spans that words lack": lambda arrays: arrays.__setitem__(3, arrays[3][1:].copy()),
    "spans that clusters lack": lambda arrays: arrays.__setitem__(5, arrays[5][1:].copy()),
    "too little room for the answer": lambda arrays: arrays.__setitem__(6, arrays[6][1:].copy()),
    "half a span": lambda arrays: arrays.__setitem__(0, arrays[0].ravel()[:3].copy()),
}


@pytest.mark.parametrize("how", BREAK)
def test_arrays_of_a_box_that_do_not_belong_together_are_refused(how: str) -> None:
    arrays: list[Any] = [
        np.zeros((2, 2)), np.zeros((2, 3)), np.zeros((3, 3), np.int32), np.zeros((3, 2)),
        np.zeros((5, 3), np.int32), np.zeros((5, 2)), np.full((13, 8), -7, np.int32),
    ]  # fmt: skip
    place = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
    _labels.quads(place, 1.0, 1.0, *arrays)
    assert not (arrays[6] == -7).any()
    BREAK[how](arrays)
    arrays[6][:] = -7
    with pytest.raises(ValueError, match="do not belong together"):
        _labels.quads(place, 1.0, 1.0, *arrays)
    assert (arrays[6] == -7).all()


@pytest.mark.parametrize(
    ("at", "wrong"),
    [
        (0, np.array([0, 5], np.int32)),  # a cluster that there is not
        (0, np.array([0, -1], np.int32)),
        (1, np.zeros((3, 4), np.int32)),  # more ink than glyphs
        (2, np.zeros(3, np.uint8)),  # told of more glyphs than there are
        (5, np.zeros((4, 4), np.int32)),  # too little room for the answers
        (6, np.zeros((6, 4), np.int32)),
    ],
)
def test_ink_of_glyphs_without_a_cluster_is_refused(at: int, wrong: np.ndarray) -> None:
    arguments: list[Any] = [
        np.zeros(2, np.int32), np.zeros((2, 4), np.int32), np.zeros(2, np.uint8),
        np.zeros((5, 3), np.int32), 1, np.zeros((5, 4), np.int32), np.zeros((5, 4), np.int32),
    ]  # fmt: skip
    _labels.ink(*arguments)
    arguments[at] = wrong
    with pytest.raises(ValueError, match="do not belong together"):
        _labels.ink(*arguments)


@settings(max_examples=100, deadline=None)
@given(labelled())
def test_a_box_of_the_layout_is_the_same_bytes_for_both(one: Labelled) -> None:
    labels = annotate(one.box, one.placed, one.ink, shown(one), one.first_id, 3.0, 1.0, 9.0)
    assert compiled_layout(17, labels) == encode.layout_of(17, labels)


def test_numbers_of_any_length_and_sign_are_written_as_json_has_them() -> None:
    powers = [sign * (10**k + d) for k in range(10) for d in (-1, 0, 1) for sign in (-1, 1)]
    ends = [2**31 - 1, -(2**31), 0, 9999, 10000, 1009, 90, 100]
    numbers = np.array((powers + ends) * 8, np.int32).reshape(-1, 8)
    one, two = numbers[:1], numbers[:0]
    labels = BoxLabels(
        one[0], one[:, :2], one, one[:, 4:], two[:, :3], two, numbers[:, ::2], numbers,
        numbers[::-1, 1::2], 1.0, 0.0, 99.0,
    )  # fmt: skip
    written = compiled_layout(2**40, labels)
    assert written == encode.layout_of(2**40, labels)
    assert orjson.loads(written)["clusters"]["quads"] == numbers.ravel().tolist()


@pytest.mark.parametrize(
    ("at", "wrong"),
    [(2, np.zeros((3, 8), np.int32)), (3, np.zeros((1, 4), np.int32)), (4, np.zeros((4, 2), "i4")),
     (5, np.zeros((0, 8), np.int32)), (7, np.zeros((5, 8))), (8, np.zeros(20, np.int32))],
)  # fmt: skip
def test_tables_that_are_no_layout_are_refused(at: int, wrong: np.ndarray) -> None:
    shapes = ((2, 2), (2, 8), (2, 4), (4, 3), (4, 8), (5, 4), (5, 8), (5, 4))
    arguments: list[Any] = [0, *(np.zeros(shape, np.int32) for shape in shapes)]
    assert orjson.loads(_labels.layout(*arguments))["clusters"]["end"] == [0] * 5
    arguments[at] = wrong
    with pytest.raises(ValueError, match="do not belong together"):
        _labels.layout(*arguments)


@settings(max_examples=100, deadline=None)
@given(labelled(), st.integers(0, 5))
def test_both_gather_the_same_glyphs_and_leave_the_others(one: Labelled, start: int) -> None:
    count = len(one.placed.glyph_clusters)
    rows = np.arange(count, dtype=np.int32) * 3
    pages = [Glyphs.room(count + start + 2) for _ in range(2)]
    for page, by in zip(pages, (gather, fill_glyphs), strict=True):
        for array in page:
            array[:] = 77
        by(one.placed, one.box, rows, number=200, first_id=one.first_id, out=page, start=start)
    for mine, theirs in zip(*pages, strict=True):
        assert np.array_equal(mine, theirs)
        assert (mine[:start] == 77).all() and (mine[start + count :] == 77).all()
    here = slice(start, start + count)
    pens = np.column_stack([one.placed.pens, np.ones(count)])
    expected = pens @ np.array(one.box.place).reshape(3, 3).T
    assert np.allclose(pages[0].matrices[here, 2::3], expected)
    assert (pages[0].ids[here] == one.placed.glyph_clusters + one.first_id).all()


@pytest.mark.parametrize("start", [-1, 1, 2**62])
def test_glyphs_are_gathered_nowhere_else_than_into_their_arrays(start: int) -> None:
    place, room = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0), Glyphs.room(4)
    box = (np.zeros((4, 2)), np.zeros(4, np.int32), np.zeros(4, np.int32), 0, 1)
    _labels.gather(place, 9.0, (1, 2, 3), *box, 0, *room)
    assert room.colors.tolist() == [[1, 2, 3]] * 4
    with pytest.raises(ValueError, match="do not belong together"):
        _labels.gather(place, 9.0, (1, 2, 3), *box, start, *room)
