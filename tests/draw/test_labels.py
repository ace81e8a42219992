"""The labels of a box: the compiled sums and those in numpy are the same whole numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from glyphdata.draw import _labels  # type: ignore[attr-defined]
from glyphdata.draw import annotate as annotate_module
from glyphdata.draw.annotate import annotate, fill_ink, fill_quads
from tests.strategies import Labelled, labelled

flat = np.ascontiguousarray


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


def hidden(one: Labelled) -> np.ndarray:
    """What a mask holds that shows every cluster with ink but each third."""
    seen = np.zeros(65536, np.uint8)
    owners = one.placed.glyph_clusters[one.ink[:, 2] > 0]
    seen[one.first_id + owners[owners % 3 != 2]] = 1
    return seen


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
        (np.full((count, 4), -7, np.int32), np.zeros((count, 4), np.int32)) for _ in range(2)
    )
    seen = hidden(one)
    fill_ink(one.placed, one.ink, one.first_id, seen, mine, my_ink)
    owners, clusters = flat(one.placed.glyph_clusters), flat(one.placed.clusters)
    _labels.ink(owners, one.ink, clusters, one.first_id, seen, theirs, their_ink)
    assert np.array_equal(mine, theirs)
    assert np.array_equal(my_ink, their_ink)


@settings(max_examples=100, deadline=None)
@given(labelled())
def test_labels_say_what_point_by_point_arithmetic_says(one: Labelled) -> None:
    box, placed = one.box, one.placed
    labels = annotate(box, placed, one.ink, one.first_id, hidden(one), 3.0, 1.0)

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
        (4, np.zeros(5, np.uint8)),  # too few values for the clusters
        (5, np.zeros((4, 4), np.int32)),  # too little room for the answers
        (6, np.zeros((6, 4), np.int32)),
    ],
)
def test_ink_of_glyphs_without_a_cluster_is_refused(at: int, wrong: np.ndarray) -> None:
    arguments: list[Any] = [
        np.zeros(2, np.int32), np.zeros((2, 4), np.int32), np.zeros((5, 3), np.int32), 1,
        np.zeros(256, np.uint8), np.zeros((5, 4), np.int32), np.zeros((5, 4), np.int32),
    ]  # fmt: skip
    _labels.ink(*arguments)
    arguments[at] = wrong
    with pytest.raises(ValueError, match="do not belong together"):
        _labels.ink(*arguments)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_the_values_of_a_mask_are_found_by_both(
    kind: type[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    draws = np.random.default_rng(3)
    for shape in ((0, 9), (1, 1), (7, 13), (40, 64)):
        mask = draws.integers(0, np.iinfo(kind).max, shape, kind, endpoint=True)
        mask[draws.random(shape) < 0.9] = 0
        compiled = annotate_module.values_of(mask)
        assert compiled[mask].all() and compiled[1:].sum() == len(set(mask[mask > 0].tolist()))
        with monkeypatch.context() as patch:
            patch.setattr(annotate_module, "_LABELS", None)
            twin = annotate_module.values_of(mask)
        assert np.array_equal(compiled[1:], twin[1:])
