"""Which cell belongs to which box: exact shares, no box without a cell, the upper box wins."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glyphdata.errors import InputError
from glyphdata.train.regions import box_quads, coverage, level_sizes, region_masks, token_spans
from glyphdata.train.tokens import SaidBox, Table, Tokenizer

CANVAS = (1024, 1024)


def line(x: float, y: float, width: float, height: float, angle_deg: float = 0.0) -> np.ndarray:
    turn = math.radians(angle_deg)
    corners = np.array([[-width, -height], [width, -height], [width, height], [-width, height]]) / 2
    return corners @ [[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]] + (x, y)


BOXES = st.lists(
    st.builds(
        line,
        st.floats(20, 1004),
        st.floats(20, 1004),
        st.floats(4, 900),
        st.floats(4, 200),
        st.floats(-180, 180),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(BOXES)
def test_every_box_owns_a_cell_at_every_level(boxes: list[np.ndarray]) -> None:
    for owners in region_masks(boxes, CANVAS, ((64, 64), (32, 32), (7, 5))):
        assert set(range(1, len(boxes) + 1)) <= set(owners.ravel().tolist())


@settings(max_examples=60, deadline=None)
@given(st.floats(20, 1004), st.floats(8, 16), st.floats(200, 800), st.sampled_from([32, 64]))
def test_a_thin_line_keeps_its_whole_length(
    y: float, height: float, width: float, side: int
) -> None:
    (owners,) = region_masks([line(512, y, width, height)], CANVAS, ((side, side),))
    columns = np.flatnonzero(owners.any(0))
    assert len(columns) >= int(width * side / 1024)
    assert (np.diff(columns) == 1).all()


def test_lines_that_nearest_masks_lose_are_kept_in_full() -> None:
    lost = 0
    for y in np.linspace(40, 980, 200):
        box = line(512, y, 600, 14)
        picture = np.zeros((1024, 1024), np.uint8)
        cv2.fillConvexPoly(picture, np.rint(box).astype(np.int32), 1)
        lost += not cv2.resize(picture, (32, 32), interpolation=cv2.INTER_NEAREST).any()
        (owners,) = region_masks([box], CANVAS, ((32, 32),))
        assert owners.any(0).sum() >= 18
    assert lost > 60  # of 200: what making a mask smaller costs


@settings(max_examples=60, deadline=None)
@given(st.floats(300, 700), st.floats(5, 400), st.floats(5, 300), st.floats(-180, 180))
def test_shares_add_up_to_the_area(x: float, width: float, height: float, angle: float) -> None:
    share = coverage(line(x, 512, width, height, angle), CANVAS, (32, 32))
    assert share.sum() * 32 * 32 == pytest.approx(width * height, rel=1e-6)
    assert share.min() >= 0 and share.max() <= 1


def test_shares_are_those_of_many_small_points() -> None:
    box = line(500, 480, 333, 77, 31)
    fine = 16
    at = (np.arange(32 * fine) + 0.5) / fine * 32
    x, y = np.meshgrid(at, at)
    inside = np.ones(x.shape, bool)
    for (ax, ay), (bx, by) in zip(box, np.roll(box, -1, 0), strict=True):
        inside &= (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0
    counted = inside.reshape(32, fine, 32, fine).mean((1, 3))
    assert np.abs(counted - coverage(box, CANVAS, (32, 32))).max() < 0.03


def test_what_lies_off_the_canvas_counts_for_nothing() -> None:
    assert coverage(line(0, 0, 64, 64), CANVAS, (32, 32)).sum() == pytest.approx(1.0)
    assert coverage(line(0, 512, 64, 64)[::-1], CANVAS, (32, 32)).sum() == pytest.approx(2.0)


def test_the_upper_box_wins_where_two_meet() -> None:
    low, high = line(400, 400, 400, 400), line(500, 500, 400, 400)
    (owners,) = region_masks([low, high], CANVAS, ((32, 32),))
    (turned,) = region_masks([high, low], CANVAS, ((32, 32),))
    assert owners[14, 14] == 2 and turned[14, 14] == 2
    assert owners[8, 8] == 1 and owners[20, 20] == 2


def test_a_box_under_others_is_given_a_cell_of_its_own() -> None:
    boxes = [line(500, 500, 10, 10), line(500, 500, 900, 900)]
    (owners,) = region_masks(boxes, CANVAS, ((32, 32),))
    assert (owners == 1).sum() == 1
    assert owners[15, 15] == 1


def test_many_boxes_in_one_place_share_out_the_cells_around() -> None:
    boxes = [line(500, 500, 6, 6)] * 9
    (owners,) = region_masks(boxes, CANVAS, ((3, 3),))
    assert sorted(owners.ravel().tolist()) == list(range(1, 10))


def test_a_bent_line_is_the_union_of_its_clusters_and_not_the_quad_around_them() -> None:
    clusters = [
        (line(512 + 400 * math.sin(a), 900 - 400 * math.cos(a), 40, 30, math.degrees(a)) * 16)
        for a in np.linspace(-1.2, 1.2, 25)
    ]
    facts = {
        "boxes": [
            {"id": 0, "quad": [100, 500, 924, 500, 924, 800, 100, 800], "bend_deg": 137.0},
            {"id": 1, "quad": [0, 0, 64, 0, 64, 64, 0, 64], "bend_deg": 0.0},
        ]
    }
    quads = np.rint(np.concatenate([one.ravel() for one in clusters])).astype(int).tolist()
    layout = {"boxes": [{"id": 0, "clusters": {"quads": quads}}]}
    bent, upright = box_quads(facts, layout)
    assert bent.shape == (25, 4, 2) and upright.shape == (1, 4, 2)
    (owners,) = region_masks([bent, upright], CANVAS, ((64, 64),))
    (flat,) = region_masks(box_quads(facts), CANVAS, ((64, 64),))
    assert owners[45, 32] == 0 and flat[45, 32] == 1
    assert owners[31, 32] == 1 and owners[0, 0] == 2


def test_a_box_without_area_is_given_the_cell_it_stands_in() -> None:
    flat = [[500, 300], [500, 300], [500, 340], [500, 340]]
    (owners,) = region_masks([flat], CANVAS, ((32, 32),))
    assert np.argwhere(owners).tolist() == [[10, 15]] or np.argwhere(owners).tolist() == [[9, 15]]


@pytest.mark.parametrize(
    ("canvas", "scale", "strides", "sizes"),
    [
        ((1024, 1024), 8, (2, 4), ((64, 64), (32, 32))),
        ((768, 1024), 8, (2, 4), ((64, 48), (32, 24))),
        ((1024, 768), 16, (1,), ((48, 64),)),
        ((2048, 2048), 32, (1,), ((64, 64),)),
        ((1000, 1000), 8, (2,), ((63, 63),)),
    ],
)
def test_levels_follow_from_the_canvas_and_the_latents(
    canvas: tuple[int, int],
    scale: int,
    strides: tuple[int, ...],
    sizes: tuple[tuple[int, int], ...],
) -> None:
    assert level_sizes(canvas, scale, strides) == sizes


@pytest.mark.parametrize(
    ("boxes", "sizes", "fault"),
    [
        ([line(2000, 2000, 10, 10)], ((32, 32),), "off the canvas"),
        ([[[0, 0], [1, 0], [float("nan"), 1], [0, 1]]], ((32, 32),), "no quads"),
        ([[[0, 0], [1, 0], [1, 1]]], ((32, 32),), "no quads"),
        ([line(500, 500, 10, 10)] * 5, ((2, 2),), "5 boxes do not fit"),
        ([line(500, 500, 10, 10)] * 256, ((32, 32),), "256 boxes do not fit"),
    ],
)
def test_what_cannot_be_mapped_is_refused(boxes: list, sizes: tuple, fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        region_masks(boxes, CANVAS, sizes)


def test_facts_without_quads_and_latents_without_size_are_refused() -> None:
    with pytest.raises(InputError, match="no facts of a sample"):
        box_quads({"boxes": [{"id": 0}]})
    with pytest.raises(InputError, match="below 1"):
        level_sizes((512, 512), 0)


def test_a_box_sees_its_whole_phrase_and_one_that_is_left_out_nothing() -> None:
    boxes = [SaidBox("né", "<color-1>", "<en-font-2>"), SaidBox("x" * 60), SaidBox("b")]
    said = Tokenizer(Table.of("v2"), 40).said(boxes, "styled")
    first, left_out, last = token_spans(said).tolist()
    assert first == [0, 20]  # 17 of the grammar and the three bytes of the text
    assert left_out == [0, 0]
    assert last == [20, 20 + len('Text "b". ')]
    assert said.ids[last[1]] == 1
