"""Columns: glyphs stand upright in cells of their own, from top to bottom and right to left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glyphdata.errors import Rejection
from glyphdata.scene.scene import TextBox
from glyphdata.scene.typeset import Floats, SetBox
from glyphdata.typeset import Fit, Shaped, fit, place, shape, wrap
from glyphdata.typeset.columns import upright_extents

Setter = Callable[..., Shaped]
BoxOf = Callable[..., TextBox]
TEXT = "春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。"


def columns(
    shaped: Shaped, width: float, height: float, size: float = 20.0, lines: int | None = None
) -> Fit:
    found = fit(
        shaped, width_px=width, height_px=height, size_px=(size, size), line_spacing=1.0,
        max_lines=lines,
    )  # fmt: skip
    assert found is not None
    return found


@pytest.fixture(scope="module")
def chinese(shaped_in: Setter) -> Shaped:
    return shaped_in("cjk", TEXT, "zh", "ttb")


def placed_in(found: Fit, box_of: BoxOf, align: str = "left") -> SetBox:
    return place(found.shaped, box_of(found.shaped, found, align))


def ink(placed: SetBox, shaped: Shaped) -> Floats:
    """Left, top, right, bottom of the ink of each glyph in the frame."""
    face, outlines = shaped.wanted.face, shaped.wanted.outlines
    rows = outlines.rows(face.token, face.font, face.upem, placed.glyphs)
    left, bottom, right, top = outlines.extents[rows].astype(np.float64).T * placed.size_px
    assert placed.moved is not None
    cos, sin, x, y = placed.moved.glyphs.T
    assert (cos == 1.0).all() and (sin == 0.0).all()
    return np.stack((x + left, y - top, x + right, y - bottom), axis=1)


def test_each_character_fills_its_own_cell(chinese: Shaped, box_of: BoxOf) -> None:
    placed = placed_in(columns(chinese, 300, 110), box_of)
    assert placed.moved is not None
    cells, drawn = placed.moved.clusters, ink(placed, chinese)
    assert (drawn[:, :2] >= cells[:, 0] - 1e-6).all() and (drawn[:, 2:] <= cells[:, 2] + 1e-6).all()
    assert cells[:, 2] - cells[:, 0] == pytest.approx(np.full((len(cells), 2), 20.0))
    han = np.array([char not in "，。" for char in TEXT])
    middles = (drawn[:, :2] + drawn[:, 2:] - cells[:, 0] - cells[:, 2])[han] / 2
    assert np.abs(middles).max() < 2.0 and np.abs(middles.mean(axis=0)).max() < 0.5


def test_columns_go_down_and_to_the_left(chinese: Shaped, box_of: BoxOf) -> None:
    found = columns(chinese, 300, 125)
    placed = placed_in(found, box_of)
    assert placed.moved is not None and found.line_ends == (18, 36, 54, 72)
    assert (found.width_px, found.height_px) == pytest.approx((80.0, 120.0))
    column, tops = placed.clusters[:, 2], placed.moved.clusters[:, 0]
    assert tops[:, 0] == pytest.approx(60.0 - 20.0 * column)
    assert tops[:, 1] == pytest.approx(20.0 * (np.arange(24) % 6))
    assert placed.moved.lines[:, 0, 0] == pytest.approx([60, 40, 20, 0])
    for quad in (*placed.moved.lines, *placed.moved.words):  # clockwise from the top left
        assert quad[0] == pytest.approx((quad[3, 0], quad[1, 1]))
        assert quad[2] == pytest.approx((quad[1, 0], quad[3, 1]))
        assert (quad[2] > quad[0]).all()
    assert placed.moved.baselines[0] == pytest.approx(np.array([[70.0, 0.0], [70.0, 120.0]]))


def test_no_column_begins_with_a_full_stop(chinese: Shaped) -> None:
    for cells in (4, 5, 6, 7, 8):
        starts = (0, *wrap(chinese, cells)[:-1])
        assert len(starts) > 2
        assert not any(TEXT.encode()[start:].decode()[0] in "，。" for start in starts)


@pytest.mark.parametrize(("align", "share"), [("left", 0.0), ("center", 0.5), ("right", 1.0)])
def test_columns_are_aligned_from_top_to_bottom(
    shaped_in: Setter, box_of: BoxOf, align: str, share: float
) -> None:
    found = columns(shaped_in("cjk", "한국어 글자 이", "ko", "ttb"), 300, 65)
    placed = placed_in(found, box_of, align)
    assert placed.moved is not None and len(found.line_ends) == 3
    top, bottom = placed.moved.lines[:, 0, 1], placed.moved.lines[:, 2, 1]
    assert top == pytest.approx((found.height_px - (bottom - top)) * share)


def test_signs_take_their_upright_forms(shaped_in: Setter, box_of: BoxOf) -> None:
    for text in ("「", "」", "ー", "、", "（"):
        across, down = (shaped_in("cjk", text, "ja", way) for way in ("ltr", "ttb"))
        assert across.glyphs.tolist() != down.glyphs.tolist()
    dash = shaped_in("cjk", "ー", "ja", "ttb")
    left, top, right, bottom = ink(placed_in(columns(dash, 99, 99), box_of), dash)[0]
    assert bottom - top > 3 * (right - left)
    comma = shaped_in("cjk", "、", "ja", "ttb")
    left, top, right, bottom = ink(placed_in(columns(comma, 99, 99), box_of), comma)[0]
    assert left > 10.0 and bottom < 10.0  # at the top right of its cell


def test_the_largest_size_that_fits_is_that_of_the_frame_turned(shaped_in: Setter) -> None:
    shaped = shaped_in("cjk", "日本語のテキストを「設定」する", "ja", "ttb")
    found = fit(shaped, width_px=90, height_px=200, size_px=(8.0, 90.0), line_spacing=1.2)
    assert found is not None
    assert found.width_px <= 90 + 1e-6 and found.height_px <= 200 + 1e-6
    larger = (found.size_px * 1.01,) * 2
    assert fit(shaped, width_px=90, height_px=200, size_px=larger, line_spacing=1.2) is None
    rows = 1.0 + (len(found.line_ends) - 1) * 1.2
    assert found.width_px == pytest.approx(rows * shaped.line_height_em * found.size_px)


def test_ink_beyond_the_em_box_widens_its_column(shaped_in: Setter, box_of: BoxOf) -> None:
    shaped = shaped_in("great_vibes", "fWQ", "en", "ttb")
    assert shaped.line_height_em > 1.0
    found = columns(shaped, 900, 900, 40.0)
    drawn = ink(placed_in(found, box_of), shaped)
    assert drawn.min() >= -1e-6
    assert drawn[:, 2].max() <= found.width_px + 1e-6
    assert drawn[:, 3].max() <= found.height_px + 1e-6


def test_a_turned_glyph_keeps_its_ink() -> None:
    boxes = np.array([[0.1, -0.2, 0.7, 0.9]], np.float32)
    assert upright_extents(boxes).tolist() == np.array([[-0.9, 0.1, 0.2, 0.7]], "f4").tolist()


def test_a_column_may_stand_in_a_wider_frame(chinese: Shaped, box_of: BoxOf) -> None:
    found = columns(chinese, 300, 600, lines=1)
    box = replace(box_of(found.shaped, found), width_px=50.0)
    moved = place(found.shaped, box).moved
    assert moved is not None
    assert moved.lines[0, :, 0] == pytest.approx([30.0, 50.0, 50.0, 30.0])


@settings(deadline=None, max_examples=60)
@given(st.text("日本、。ー「」 \n\taé\u3099\u200d\u00ad한אم1", max_size=12), st.floats(-0.2, 0.5))
def test_any_text_is_set_in_columns_or_rejected(
    shaped_in: Setter, box_of: BoxOf, text: str, spacing: float
) -> None:
    try:
        plain = shaped_in("cjk", text, "ja", "ttb")
    except Rejection as fault:
        assert fault.reason == "missing-glyph"
        return
    face, outlines = plain.wanted.face, plain.wanted.outlines
    shaped = shape(
        text, face, outlines, language="ja", direction="ttb", ligatures=False,
        letter_spacing_em=spacing,
    )  # fmt: skip
    found = columns(shaped, 900, 200)
    moved = placed_in(found, box_of).moved
    assert moved is not None and np.isfinite(moved.glyphs).all()
    frame = np.array((found.width_px, found.height_px)) + 1e-6
    assert (moved.clusters >= -1e-6).all() and (moved.clusters <= frame).all()
    assert (moved.lines[:, 2] >= moved.lines[:, 0] - 1e-9).all()
