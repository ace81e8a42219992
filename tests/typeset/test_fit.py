"""The largest size that fits, and greedy lines."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glyphdata.errors import InputError
from glyphdata.typeset import Fit, Shaped, fit, wrap

Setter = Callable[..., Shaped]
TEXT = "The quick brown fox jumps over the lazy dog and Wolfgang's AVATAR."


def fitted(shaped: Shaped, width: float, height: float, **wishes: object) -> Fit | None:
    options = {"size_px": (8.0, 120.0), "line_spacing": 1.0, **wishes}
    return fit(shaped, width_px=width, height_px=height, **options)  # type: ignore[arg-type]


def lines(shaped: Shaped, ends: tuple[int, ...]) -> list[str]:
    data = shaped.wanted.data
    return [data[a:b].decode() for a, b in zip((0, *ends), ends, strict=False)]


@settings(deadline=None, max_examples=60)
@given(
    width=st.floats(60, 600),
    height=st.floats(12, 400),
    spacing=st.floats(0.8, 1.6),
    words=st.integers(1, 11),
)
def test_the_size_is_the_largest_that_fits(
    shaped_in: Setter, width: float, height: float, spacing: float, words: int
) -> None:
    shaped = shaped_in("roboto", " ".join(TEXT.split()[:words]))
    found = fitted(shaped, width, height, line_spacing=spacing)
    if found is None:
        assert fitted(shaped, width, height, line_spacing=spacing, size_px=(8.0, 8.0)) is None
        return
    assert found.width_px <= width * (1 + 1e-6) and found.height_px <= height * (1 + 1e-6)
    assert 8.0 <= found.size_px <= 120.0
    larger = found.size_px * 1.01
    if larger <= 120.0:
        again = fitted(shaped, width, height, line_spacing=spacing, size_px=(larger, larger))
        assert again is None


def test_the_reported_size_is_snug(shaped_in: Setter) -> None:
    shaped = shaped_in("roboto", TEXT)
    found = fitted(shaped, 300, 200)
    assert found is not None and len(found.line_ends) > 2
    again = fitted(shaped, found.width_px, found.height_px)
    assert again is not None
    assert again.line_ends == found.line_ends
    assert again.size_px == pytest.approx(found.size_px, rel=1e-6)
    rows = len(found.line_ends) * shaped.line_height_em * found.size_px
    assert found.height_px == pytest.approx(rows)


def test_lines_end_only_at_spaces_and_rejoin_to_the_text(shaped_in: Setter) -> None:
    shaped = shaped_in("lora", TEXT)
    found = fitted(shaped, 200, 300)
    assert found is not None
    parts = lines(shaped, found.line_ends)
    assert "".join(parts) == TEXT
    assert all(part.endswith(" ") for part in parts[:-1])


def test_a_word_is_never_broken_to_make_it_fit(shaped_in: Setter) -> None:
    shaped = shaped_in("roboto", "Donaudampfschifffahrt")
    assert fitted(shaped, 60, 600, size_px=(20.0, 40.0)) is None
    assert wrap(shaped, 1.0) == (21,)


def test_nothing_fits_an_impossible_box(shaped_in: Setter) -> None:
    shaped = shaped_in("roboto", TEXT)
    assert fitted(shaped, 2, 500) is None
    assert fitted(shaped, 500, 3) is None
    assert fitted(shaped, 0, 0) is None


def test_the_number_of_lines_can_be_capped(shaped_in: Setter) -> None:
    shaped = shaped_in("roboto", TEXT)
    free, capped = fitted(shaped, 300, 300), fitted(shaped, 300, 300, max_lines=2)
    assert free is not None and capped is not None
    assert len(free.line_ends) > 2 and len(capped.line_ends) == 2
    assert capped.size_px < free.size_px
    assert fitted(shaped, 60, 300, max_lines=1) is None


def test_a_newline_belongs_to_the_line_it_ends(shaped_in: Setter) -> None:
    shaped = shaped_in("roboto", "one\n\ntwo three\n")
    assert wrap(shaped, 100.0) == (4, 5, 15)
    assert lines(shaped, wrap(shaped, 3.0)) == ["one\n", "\n", "two ", "three\n"]


def test_a_space_at_the_end_of_a_line_is_not_counted(shaped_in: Setter) -> None:
    plain, spaced = fitted(shaped_in("roboto", "word"), 200, 99), None
    spaced = fitted(shaped_in("roboto", "word     "), 200, 99)
    assert plain is not None and spaced is not None
    assert spaced.size_px == pytest.approx(plain.size_px)
    assert spaced.width_px == pytest.approx(plain.width_px)


def test_an_empty_text_and_blanks_fit_with_no_width(shaped_in: Setter) -> None:
    for text in ("", "   "):
        found = fitted(shaped_in("roboto", text), 100, 50)
        assert found is not None
        assert found.width_px == 0.0 and found.line_ends == (len(text),)


def test_thai_and_japanese_are_wrapped_by_their_rules(shaped_in: Setter) -> None:
    thai = shaped_in("noto_sans_thai", "สวัสดีครับยินดีต้อนรับ", "th")
    assert set(lines(thai, wrap(thai, 3.5))) <= {"สวัสดี", "ครับ", "ยินดี", "ต้อนรับ", "สวัสดีครับ"}
    japanese = shaped_in("cjk", "あいうえお。かきくけこ。", "ja")
    for width in (3, 4, 5, 6, 7):
        parts = lines(japanese, wrap(japanese, width))
        assert not any(part.startswith("。") for part in parts) and len(parts) > 1


def test_right_to_left_text_fits_as_its_mirror_would(shaped_in: Setter) -> None:
    hebrew = shaped_in("heebo", "שלום עולם שלום עולם שלום", "he", "rtl")
    found = fitted(hebrew, 200, 200)
    assert found is not None and len(found.line_ends) > 1
    larger = found.size_px * 1.01
    assert fitted(hebrew, 200, 200, size_px=(larger, larger)) is None


def test_a_range_of_sizes_must_be_one(shaped_in: Setter) -> None:
    shaped = shaped_in("roboto", "x")
    for sizes in ((0.0, 10.0), (20.0, 10.0), (-1.0, 5.0)):
        with pytest.raises(InputError):
            fitted(shaped, 100, 100, size_px=sizes)


def test_ten_thousand_characters_are_wrapped(shaped_in: Setter) -> None:
    shaped = shaped_in("roboto", "lorem ipsum " * 834)
    found = fitted(shaped, 2000, 2000)
    assert found is not None
    assert found.height_px <= 2000 and found.line_ends[-1] == 10008
    assert fitted(shaped_in("roboto", "x" * 10000), 500, 500) is None
