"""Letter spacing: what it moves, and what it leaves together."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from glyphdata.errors import InputError
from glyphdata.faces.outlines import Outlines
from glyphdata.scene.scene import Align, Direction, TextBox
from glyphdata.scene.typeset import SetBox
from glyphdata.typeset import Shaped, fit, place, shape, spaceable, wrap

BoxOf = Callable[..., TextBox]
OpenNamed = Callable[..., object]
SpacedIn = Callable[..., Shaped]


@pytest.fixture(scope="module")
def spaced_in(open_face: OpenNamed, outlines: Outlines) -> SpacedIn:
    def run(
        name: str,
        text: str,
        em: float,
        direction: Direction = "ltr",
        language: str = "en",
        ligatures: bool = False,
    ) -> Shaped:
        return shape(
            text, open_face(name), outlines, language=language, direction=direction,  # type: ignore[arg-type]
            ligatures=ligatures, letter_spacing_em=em,
        )  # fmt: skip

    return run


def set_on_one_line(shaped: Shaped, box_of: BoxOf, align: Align = "left") -> SetBox:
    found = fit(shaped, width_px=9e3, height_px=99, size_px=(10.0, 10.0), line_spacing=1.0)
    assert found is not None and len(found.line_ends) == 1
    return place(found.shaped, box_of(found.shaped, found, align))


def gaps(placed: SetBox) -> list[float]:
    """What is free between each cluster and the next one to its right, in px."""
    spans = placed.cluster_spans[np.argsort(placed.cluster_spans[:, 0], kind="stable")]
    return [round(gap, 6) + 0.0 for gap in (spans[1:, 0] - spans[:-1, 1]).tolist()]


def test_none_is_the_plain_setting_to_the_bit(spaced_in: SpacedIn) -> None:
    plain, spaced = spaced_in("roboto", "AVATAR fi", 0.0), spaced_in("roboto", "AVATAR fi", 1e-300)
    assert plain.spacing is None and spaced.spacing is not None
    assert plain.flat.tobytes() == spaced.flat.tobytes()


@pytest.mark.parametrize("em", [0.25, -0.1])
@pytest.mark.parametrize(
    ("name", "text", "direction"),
    [
        ("roboto", "A word x\u0323e\u0301", "ltr"),
        ("heebo", "שלום עולם", "rtl"),
        ("heebo", "ab שלום cd 12", "ltr"),
        ("heebo", "ab שלום", "ltr"),
        ("heebo", "שלום abc 123 (ד)", "rtl"),
        ("heebo", "שלום abc", "rtl"),
        ("noto_sans_thai", "ที่น้ำ", "ltr"),
    ],
)
def test_it_stands_between_neighbours_and_nowhere_else(
    spaced_in: SpacedIn, box_of: BoxOf, name: str, text: str, direction: Direction, em: float
) -> None:
    placed = set_on_one_line(spaced_in(name, text, em, direction), box_of)
    assert gaps(placed) == [em * 10.0] * (len(placed.clusters) - 1)
    plain = set_on_one_line(spaced_in(name, text, 0.0, direction), box_of)
    width, wide = (one.line_spans[0, 1] - one.line_spans[0, 0] for one in (plain, placed))
    assert wide - width == pytest.approx(em * 10.0 * (len(placed.clusters) - 1), abs=0.2)
    assert np.diff(placed.cluster_spans) == pytest.approx(np.diff(plain.cluster_spans))


def test_the_glyphs_of_a_cluster_stay_together(spaced_in: SpacedIn, box_of: BoxOf) -> None:
    for text, direction in (("שָׁלוֹם", "rtl"), ("ab שָׁלוֹם", "ltr")):
        plain, spaced = (
            set_on_one_line(spaced_in("frank_ruhl_libre", text, em, direction), box_of)
            for em in (0.0, 0.5)
        )
        assert len(plain.glyphs) > len(plain.clusters)
        for number in range(len(plain.clusters)):
            own = plain.glyph_clusters == number
            offsets = [one.pens[own] - one.cluster_spans[number, 0] for one in (plain, spaced)]
            assert offsets[0][:, 0] == pytest.approx(offsets[1][:, 0])


@pytest.mark.parametrize(
    ("name", "text", "direction"),
    [
        ("noto_sans_arabic", "مرحبا بالعالم", "rtl"),
        ("noto_sans_devanagari", "नमस्ते दुनिया", "ltr"),
    ],
)
def test_letters_that_join_are_not_parted(
    spaced_in: SpacedIn, name: str, text: str, direction: Direction
) -> None:
    plain, spaced = (spaced_in(name, text, em, direction) for em in (0.0, 0.4))
    assert plain.flat.tobytes() == spaced.flat.tobytes()


def test_only_the_letters_that_do_not_join_are_parted(spaced_in: SpacedIn, box_of: BoxOf) -> None:
    placed = set_on_one_line(spaced_in("cairo", "ab سلم cd", 0.3), box_of)
    data, found = "ab سلم cd".encode(), {}
    for (start, end, _), (left, right) in zip(placed.clusters, placed.cluster_spans, strict=True):
        found[data[start:end].decode()] = left, right
    assert found["b"][0] - found["a"][1] == pytest.approx(3.0)
    assert found["d"][0] - found["c"][1] == pytest.approx(3.0)
    assert found["س"][0] == pytest.approx(found["ل"][1])
    assert found["ل"][0] == pytest.approx(found["م"][1])


def test_spaced_text_has_no_optional_ligatures(spaced_in: SpacedIn) -> None:
    found = spaced_in("eb_garamond", "office", 0.1, ligatures=True)
    assert len(found.glyphs) == 6


def test_lines_of_spaced_text_are_as_wide_as_their_ink(spaced_in: SpacedIn, box_of: BoxOf) -> None:
    shaped = spaced_in("roboto", "HI HI\nHI", 2.0)
    found = fit(shaped, width_px=150, height_px=300, size_px=(20.0, 20.0), line_spacing=1.0)
    assert found is not None and found.line_ends == (3, 6, 8)
    placed = place(found.shaped, box_of(found.shaped, found, "right"))
    assert np.ptp(placed.line_spans[:, 0]) < 1e-9
    assert placed.line_spans[:, 1] == pytest.approx(found.width_px)
    for line in range(3):
        own = (placed.clusters[:, 2] == line) & (np.diff(placed.cluster_spans)[:, 0] > 1.0)
        assert placed.cluster_spans[own, 1].max() == pytest.approx(found.width_px)


def test_broken_lines_are_spaced_again_where_they_are_shaped_again(spaced_in: SpacedIn) -> None:
    shaped = spaced_in("lora", "AVA To WAY. Yes, To AVA", 0.2)
    for width in (4.0, 6.0, 9.0):
        ends = wrap(shaped, width)
        found = fit(shaped, width_px=width * 20, height_px=900, size_px=(20, 20), line_spacing=1.0)
        assert found is not None and found.line_ends == ends
        assert found.shaped.spacing is not None and found.width_px <= width * 20 + 1e-6


def test_spacing_that_would_set_text_backwards_is_refused(spaced_in: SpacedIn) -> None:
    for em in (-0.51, float("nan"), float("inf")):
        with pytest.raises(InputError):
            spaced_in("roboto", "a", em)


def test_scripts_that_join_are_not_spaceable() -> None:
    scripts = "latin cyrillic greek hebrew thai han kana hangul common".split()  # noqa: SIM905
    assert all(spaceable(script) for script in scripts)
    assert not any(spaceable(script) for script in ("arabic", "devanagari", "syriac", "bengali"))
