"""Where glyphs, clusters, words and lines stand in the frame of their box."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from glyphdata.errors import InputError, Rejection
from glyphdata.faces.outlines import Outlines
from glyphdata.scene.scene import TextBox
from glyphdata.scene.typeset import Floats, SetBox
from glyphdata.typeset import Shaped, fit, place, set_box

Setter = Callable[..., Shaped]
BoxOf = Callable[..., TextBox]

TEXTS = {
    "en": ("Hamburgefonstiv, quickly jumping AVATAR (Wolf) 'f' To. 42!", "ltr"),
    "ru": ("Съешь же ещё этих мягких французских булок", "ltr"),
    "el": ("Ξεσκεπάζω την ψυχοφθόρα βδελυγμία", "ltr"),
    "ar": ("مرحبا بالعالم 123 abc (نص) لا", "rtl"),
    "he": ("שלום עולם 123 abc (טקסט)", "rtl"),
    "hi": ("क्षि स्त नमस्ते दुनिया प्रार्थना", "ltr"),
    "th": ("สวัสดีครับ ยินดีต้อนรับสู่ประเทศไทย ที่นี่", "ltr"),
    "zh": ("中文文本，第一句。第二句ABC混合「文字」", "ltr"),
    "ja": ("日本語のテキストを「設定」する。", "ltr"),
    "ko": ("한국어 텍스트는, 공백에서 줄바꿈", "ltr"),
    "vi": ("e\u0301a\u0300\u0301 Tiếng Việt\nnew line fj", "ltr"),
}


@pytest.fixture(scope="module")
def set_in(shaped_in: Setter, box_of: BoxOf) -> Callable[..., tuple[Shaped, TextBox, SetBox]]:
    def run(
        name: str,
        text: str,
        language: str = "en",
        direction: str = "ltr",
        *,
        width: float = 300.0,
        height: float = 200.0,
        align: str = "left",
        spacing: float = 1.0,
        ligatures: bool = False,
    ) -> tuple[Shaped, TextBox, SetBox]:
        shaped = shaped_in(name, text, language, direction, ligatures)
        found = fit(
            shaped, width_px=width, height_px=height, size_px=(6.0, 90.0), line_spacing=spacing
        )
        assert found is not None
        box = box_of(found.shaped, found, align, spacing)
        return found.shaped, box, place(found.shaped, box)

    return run


def ink(shaped: Shaped, box: TextBox, placed: SetBox) -> tuple[Floats, Floats]:
    """Left, top, right, bottom of the ink of each glyph that has any, and the glyph's line."""
    face, outlines = shaped.wanted.face, shaped.wanted.outlines
    rows = outlines.rows(face.token, face.font, face.upem, placed.glyphs)
    x0, y0, x1, y1 = outlines.extents[rows].astype(np.float64).T * box.size_px
    x, y = placed.pens.T
    keep = outlines.inked[rows]
    cells = np.stack((x + x0, y - y1, x + x1, y - y0), axis=1)
    return cells[keep], placed.clusters[placed.glyph_clusters, 2][keep]


@pytest.mark.parametrize("language", TEXTS)
def test_all_ink_lies_within_its_row_and_the_frame(
    set_in: Callable[..., tuple[Shaped, TextBox, SetBox]], face_names: list[str], language: str
) -> None:
    text, direction = TEXTS[language]
    drawn = 0
    for name in face_names:
        for align, spacing in (("left", 1.0), ("center", 1.2), ("right", 1.5)):
            try:
                shaped, box, placed = set_in(
                    name, text, language, direction, width=260, align=align, spacing=spacing
                )
            except Rejection as fault:
                assert fault.reason == "missing-glyph"
                break
            cells, line = ink(shaped, box, placed)
            assert cells[:, 0].min() >= -1e-6 and cells[:, 2].max() <= box.width_px + 1e-6
            assert (cells[:, 1] >= placed.line_rows[line, 0] - 1e-6).all()
            assert (cells[:, 3] <= placed.line_rows[line, 2] + 1e-6).all()
            assert (placed.line_rows[1:, 0] >= placed.line_rows[:-1, 2] - 1e-6).all()
            assert placed.line_rows[-1, 2] <= box.height_px + 1e-6
            assert (cells[:, 0] >= placed.line_spans[line, 0] - 1e-6).all()
            assert (cells[:, 2] <= placed.line_spans[line, 1] + 1e-6).all()
            drawn += 1
    assert drawn


def test_spans_tile_the_text(set_in: Callable[..., tuple[Shaped, TextBox, SetBox]]) -> None:
    for name, (text, direction) in (
        ("roboto", TEXTS["en"]),
        ("noto_sans_arabic", ("مرحبا بالعالم سلام", "rtl")),
        ("cjk", TEXTS["ja"]),
    ):
        _, _, placed = set_in(name, text, "und", direction, width=150)
        size = len(text.encode())
        for table in (placed.clusters, placed.lines):
            assert table[0, 0] == 0 and table[-1, 1] == size
            assert (table[1:, 0] == table[:-1, 1]).all()
        joined = b"".join(text.encode()[a:b] for a, b, _ in placed.words.tolist())
        assert joined.decode() == "".join(text.split())


def test_clusters_follow_one_another_along_the_line(
    set_in: Callable[..., tuple[Shaped, TextBox, SetBox]],
) -> None:
    _, _, placed = set_in("roboto", "one two three", width=900, height=50)
    assert len(placed.lines) == 1
    assert placed.cluster_spans[1:, 0] == pytest.approx(placed.cluster_spans[:-1, 1])
    _, _, hebrew = set_in("heebo", "שלום עולם", "he", "rtl", width=900, height=50)
    assert hebrew.cluster_spans[1:, 1] == pytest.approx(hebrew.cluster_spans[:-1, 0])
    assert hebrew.cluster_spans[0, 1] == pytest.approx(hebrew.line_spans[0, 1], abs=3)


def test_digits_in_right_to_left_text_run_left_to_right(
    set_in: Callable[..., tuple[Shaped, TextBox, SetBox]],
) -> None:
    text = "שלום 123 abc."
    _, _, placed = set_in("heebo", text, "he", "rtl", width=900, height=50)
    left = placed.cluster_spans[:, 0]
    data = text.encode()
    at = {data[a:b].decode(): i for i, (a, b, _) in enumerate(placed.clusters.tolist())}
    assert left[at["1"]] < left[at["2"]] < left[at["3"]] < left[at["ם"]] < left[at["ש"]]
    assert left[at["a"]] < left[at["c"]] < left[at["1"]]
    assert left[at["."]] == left.min()


def test_left_to_right_paragraphs_keep_hebrew_words_in_place(
    set_in: Callable[..., tuple[Shaped, TextBox, SetBox]],
) -> None:
    _, _, placed = set_in("heebo", "ab אב cd", "he", "ltr", width=900, height=50)
    order = np.argsort(placed.cluster_spans[:, 0], kind="stable").tolist()
    assert order == [0, 1, 2, 4, 3, 5, 6, 7]


@pytest.mark.parametrize(("align", "share"), [("left", 0.0), ("center", 0.5), ("right", 1.0)])
def test_lines_are_aligned_with_their_ink(
    set_in: Callable[..., tuple[Shaped, TextBox, SetBox]], align: str, share: float
) -> None:
    _, box, placed = set_in("lobster", "fjord of jaffa\nj\nWolf", width=200, align=align)
    left, right = placed.line_spans.T
    assert left == pytest.approx((box.width_px - (right - left)) * share)
    assert (right - left).max() == pytest.approx(box.width_px)


def test_hanging_spaces_stay_in_the_frame(
    set_in: Callable[..., tuple[Shaped, TextBox, SetBox]],
) -> None:
    _, box, placed = set_in("roboto", "one two  three four", width=90, align="right")
    assert len(placed.lines) > 1
    assert placed.cluster_spans.min() >= 0.0 and placed.cluster_spans.max() <= box.width_px
    assert (placed.cluster_spans[:, 1] >= placed.cluster_spans[:, 0]).all()


def test_a_word_broken_over_lines_counts_once_in_each(
    shaped_in: Setter, box_of: BoxOf, set_in: Callable[..., tuple[Shaped, TextBox, SetBox]]
) -> None:
    shaped, box, _ = set_in("roboto", "well-known fact", width=900, height=50)
    placed = place(shaped, replace(box, line_ends=(5, 15)))
    assert placed.words.tolist() == [[0, 5, 0], [5, 10, 1], [11, 15, 1]]
    assert placed.lines.tolist() == [[0, 5], [5, 15]]
    assert placed.word_spans[0] == pytest.approx(placed.line_spans[0])


def test_words_span_their_clusters(set_in: Callable[..., tuple[Shaped, TextBox, SetBox]]) -> None:
    for name, (text, direction) in (("roboto", TEXTS["en"]), ("heebo", TEXTS["he"])):
        _, _, placed = set_in(name, text, "und", direction, width=150)
        for (start, end, line), (left, right) in zip(placed.words, placed.word_spans, strict=True):
            inside = (placed.clusters[:, 0] >= start) & (placed.clusters[:, 1] <= end)
            assert (placed.clusters[inside, 2] == line).all()
            assert left <= placed.cluster_spans[inside, 0].min() + 1e-6
            assert right >= placed.cluster_spans[inside, 1].max() - 1e-6


def test_rows_stand_apart_by_the_line_spacing(
    set_in: Callable[..., tuple[Shaped, TextBox, SetBox]],
) -> None:
    shaped, box, placed = set_in("roboto", "a\nb\nc", spacing=1.5)
    height = shaped.line_height_em * box.size_px
    assert np.diff(placed.line_rows[:, 0]) == pytest.approx(1.5 * height)
    assert placed.line_rows[:, 2] - placed.line_rows[:, 0] == pytest.approx(height)
    assert placed.pens[:, 1] == pytest.approx(np.repeat(placed.line_rows[:, 1], (2, 2, 1)))


def test_size_scales_everything(shaped_in: Setter, box_of: BoxOf) -> None:
    shaped = shaped_in("roboto", "scale me")
    found = fit(shaped, width_px=400, height_px=99, size_px=(20.0, 20.0), line_spacing=1.0)
    assert found is not None
    box = box_of(shaped, found)
    double = replace(box, size_px=40.0, width_px=2 * box.width_px, height_px=2 * box.height_px)
    one, two = place(shaped, box), place(shaped, double)
    assert two.pens == pytest.approx(2 * one.pens)
    assert two.cluster_spans == pytest.approx(2 * one.cluster_spans)
    assert two.word_spans == pytest.approx(2 * one.word_spans)


def test_setting_a_box_again_gives_the_same_glyphs(
    set_in: Callable[..., tuple[Shaped, TextBox, SetBox]], outlines: Outlines
) -> None:
    for name, language in (("roboto", "en"), ("amiri", "ar"), ("eb_garamond", "vi")):
        text, direction = TEXTS[language]
        shaped, box, placed = set_in(name, text, language, direction, width=180)
        again = set_box(box, shaped.wanted.face, outlines)
        assert np.array_equal(again.glyphs, placed.glyphs)
        assert np.array_equal(again.pens, placed.pens)
        assert np.array_equal(again.word_spans, placed.word_spans)


@pytest.mark.parametrize("text", ["", "   ", "\n", "a\n\n b"])
def test_empty_lines_have_a_row_and_no_width(
    set_in: Callable[..., tuple[Shaped, TextBox, SetBox]], text: str
) -> None:
    _, _, placed = set_in("roboto", text)
    assert len(placed.line_rows) == len(placed.lines) == max(text.count("\n") + ("a" in text), 1)
    widths = placed.line_spans[:, 1] - placed.line_spans[:, 0]
    assert (widths > 0).tolist() == [bool(line.strip()) for line in text.split("\n")][: len(widths)]
    assert len(placed.words) == len(text.split())


@pytest.mark.parametrize("ends", [(), (3,), (5, 3, 11), (2, 4, 12), (2, 2, 11), (-1, 11)])
def test_line_ends_must_part_clusters_and_reach_the_end(
    set_in: Callable[..., tuple[Shaped, TextBox, SetBox]], ends: tuple[int, ...]
) -> None:
    shaped, box, _ = set_in("roboto", "ab cd ef gh")
    with pytest.raises(InputError):
        place(shaped, replace(box, line_ends=ends))
    shaped, box, _ = set_in("roboto", "é a")
    with pytest.raises(InputError):
        place(shaped, replace(box, line_ends=(1, 4)))
