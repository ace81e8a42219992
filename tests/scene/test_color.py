"""The palette is the published one; contrast is WCAG's."""

import pytest

from glyphdata.errors import InputError
from glyphdata.scene.color import Color, contrast, luminance, palette


def test_tokens_are_dense_and_the_published_order_is_kept() -> None:
    inks = palette().inks
    assert [ink.token for ink in inks] == list(range(138))
    first = [ink.name for ink in inks[:6]]
    assert first == [
        "white", "black", "darkslategray", "dimgray", "darkolivegreen", "midnightblue",
    ]  # fmt: skip
    assert [ink.name for ink in inks[134:]] == ["green", "mediumspringgreen", "lime", "springgreen"]
    assert len({ink.color for ink in inks}) == 138


def test_every_ink_is_its_own_nearest() -> None:
    assert all(palette().nearest(ink.color) == ink for ink in palette().inks)


def test_nearest_is_by_squared_distance_in_rgb() -> None:
    assert palette().nearest(Color(250, 5, 5)).name == "red"


@pytest.mark.parametrize(
    ("text", "color"),
    [("crimson", (220, 20, 60)), ("#0f0", (0, 255, 0)), ("#102030", (16, 32, 48))],
)
def test_colors_are_read(text: str, color: tuple[int, int, int]) -> None:
    assert Color.parse(text) == color


@pytest.mark.parametrize("text", ["", "#12", "#zzzzzz", "crimsn"])
def test_what_is_no_color_is_named(text: str) -> None:
    with pytest.raises(InputError, match="is no colour"):
        Color.parse(text)


def test_contrast_is_wcag() -> None:
    white, black = luminance(255, 255, 255), luminance(0, 0, 0)
    assert contrast(white, black) == pytest.approx(21.0)
    # #767676 is the well-known darkest grey's limit of 4.5 : 1 on white.
    assert contrast(luminance(0x76, 0x76, 0x76), white) == pytest.approx(4.54, abs=0.01)
