"""What lies behind a box, and the inks that stand out on it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glyphdata.compiled import compiled
from glyphdata.compositor.ground import Ground, behind, look
from glyphdata.compositor.inks import Inks, luma
from glyphdata.errors import Rejection
from glyphdata.scene.color import contrast, luminance
from glyphdata.scene.geometry import BBox
from glyphdata.scene.rng import Rng

MODULE = compiled("glyphdata.compositor._ground")
Side = st.integers(1, 60)


def picture(seed: int, height: int, width: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


@given(seed=st.integers(0, 99), height=Side, width=Side, data=st.data())
def test_the_compiled_look_gives_the_same_numbers(
    seed: int, height: int, width: int, data: st.DataObject
) -> None:
    assert MODULE is not None
    left, top = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    right, bottom = data.draw(st.integers(left + 1, width)), data.draw(st.integers(top + 1, height))
    steps = data.draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    where = (width, left, top, right, bottom, *steps)
    pixels = picture(seed, height, width)
    assert MODULE.look(pixels, *where) == look(pixels, *where)


def test_a_rectangle_beyond_the_picture_is_refused() -> None:
    assert MODULE is not None
    with pytest.raises(ValueError, match="does not lie"):
        MODULE.look(picture(0, 4, 4), 4, 0, 0, 5, 4, 1, 1)


def test_the_ground_is_the_mean_and_its_noise() -> None:
    pixels = np.zeros((20, 40, 3), np.uint8)
    pixels[:, 20:] = 200
    assert behind(BBox(0, 0, 19, 19), pixels) == Ground(0.0, 0.0, 0.0, 0.0, 0.0)
    both = behind(BBox(-5, -5, 100, 100), pixels)
    assert both[:4] == (100.0, 100.0, 100.0, 100.0)
    assert both.noise == 100.0


@given(st.integers(0, 255), st.floats(0, 40), st.integers(0, 200))
def test_an_ink_has_contrast_and_stands_out_of_the_noise(
    gray: int, noise: float, seed: int
) -> None:
    ground = Ground(gray, gray, gray, gray, noise)
    inks = Inks((), 3.0, 2.0)
    try:
        ink = inks.choose(Rng.of(seed, 0), ground)
    except Rejection as rejection:
        assert rejection.reason in ("low-contrast", "noisy-ground")
        return
    assert contrast(luminance(*ink.color), luminance(gray, gray, gray)) >= 3.0
    assert abs(luma(ink) - gray) >= 2.0 * noise


def test_inks_that_were_used_are_left_out_until_none_is_left() -> None:
    black = Ground(0.0, 0.0, 0.0, 0.0, 0.0)
    inks = Inks(("white", "red", "yellow"), 3.0, 0.0)
    used: set[int] = set()
    for number in range(3):
        used.add(inks.choose(Rng.of(number, 1), black, used).token)
    assert len(used) == 3
    with pytest.raises(Rejection) as caught:
        inks.choose(Rng.of(3, 1), black, used)
    assert caught.value.reason == "no-ink"


def test_a_ground_too_noisy_for_every_ink_is_named() -> None:
    with pytest.raises(Rejection) as caught:
        Inks((), 1.0, 5.0).choose(Rng.of(0, 0), Ground(128, 128, 128, 128, 60.0))
    assert caught.value.reason == "noisy-ground"
