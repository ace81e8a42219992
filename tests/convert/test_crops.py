"""Crops: what lies in a quad, upright; turned, and skipped, as asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glyphdata.convert.picture import Picture, jpeg
from glyphdata.convert.writing.crops import Turn, crops, rectified
from glyphdata.convert.writing.units import units
from glyphdata.shards.dataset import Record
from tests.convert.posing import decoded, folder_in, posed

SIDE = 240
ramps = np.stack(
    [*np.meshgrid(np.arange(SIDE), np.arange(SIDE)), np.zeros((SIDE, SIDE))], axis=2
).astype(np.uint8)
"""Red is x, green is y."""


@given(
    middle=st.tuples(st.integers(80, 160), st.integers(80, 160)),
    turn=st.floats(-np.pi, np.pi),
    wide=st.integers(4, 90),
    high=st.integers(4, 90),
)
def test_each_pixel_of_a_crop_is_the_one_that_lay_there(
    middle: tuple[int, int], turn: float, wide: int, high: int
) -> None:
    along, down = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    corners = np.array([[-wide, -high], [wide, -high], [wide, high], [-wide, high]]) / 2
    quad = corners @ np.stack([along, down]) + middle
    crop = rectified(ramps, quad)
    assert crop.shape == (high, wide, 3)
    across, below = np.meshgrid(np.arange(wide) + 0.5, np.arange(high) + 0.5)
    places = quad[0] + across[..., None] * along + below[..., None] * down
    assert np.abs(crop[..., :2] - (places - 0.5)).max() <= 1.0


def test_an_upright_crop_of_whole_pixels_is_the_picture_itself() -> None:
    quad = np.array([[31, 50], [90, 50], [90, 71], [31, 71]], float)
    assert (rectified(ramps, quad) == ramps[50:71, 31:90]).all()


def test_beyond_the_edge_the_last_pixels_go_on() -> None:
    quad = np.array([[-4, 10], [6, 10], [6, 20], [-4, 20]], float)
    crop = rectified(ramps, quad)
    assert (crop[:, :4] == crop[:, 4:5]).all()
    assert (crop[:, 4:] == ramps[10:20, :6]).all()


@pytest.mark.parametrize(
    ("direction", "turn", "turned"),
    [
        ("ttb", "columns", True),
        ("ttb", "tall", True),
        ("ttb", "never", False),
        ("ltr", "columns", False),
        ("ltr", "tall", True),
    ],
)
def test_what_stood_on_top_of_a_turned_crop_comes_first(
    direction: str, turn: Turn, turned: bool, tmp_path: Path
) -> None:
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[:30, :, 2] = 255  # red above, for OpenCV
    pixels[30:, :, 0] = 255
    picture = tall(pixels, direction)
    (crop,) = crops(picture, units(picture, "box"), folder_in(tmp_path), min_side=1, turn=turn)
    seen = decoded(crop.jpeg)
    assert seen.shape[:2] == ((10, 40) if turned else (40, 10))
    first, last = (seen[:, :18], seen[:, 22:]) if turned else (seen[:18], seen[22:])
    assert first[..., 2].min() > 240 and last[..., 0].min() > 240


def tall(pixels: np.ndarray[Any, Any], direction: str) -> Picture:
    """A picture of these pixels with a box of 10 × 40 px in its middle."""
    quad = [20.0, 10.0, 30.0, 10.0, 30.0, 50.0, 20.0, 50.0]
    made = posed("a", "I", boxes=[{"quad": quad, "direction": direction}])
    whole = bytes(cv2.imencode(".png", pixels)[1])
    return Picture(Record("a", {"png": whole, "json": orjson.dumps(made.facts)}))


def test_crops_that_are_small_or_outside_are_skipped_and_the_numbers_stay(tmp_path: Path) -> None:
    outside = {"quad": [80.0, 2.0, 90.0, 2.0, 90.0, 9.0, 80.0, 9.0]}
    low = {"quad": [2.0, 2.0, 60.0, 2.0, 60.0, 5.0, 2.0, 5.0]}
    picture = posed("a", "far away", "low", "third", boxes=[outside, low])
    folder = folder_in(tmp_path)
    found = list(crops(picture, units(picture, "box"), folder, min_side=4, turn="never"))
    assert [(one.text, one.number) for one in found] == [("third", 2)]
    skipped = {"crop outside the picture": 1, "crop smaller than 4 px": 1}
    assert dict(folder.skipped) == skipped


def test_a_crop_keeps_its_colours_and_is_the_same_bytes_each_time() -> None:
    stripes = np.zeros((16, 64, 3), np.uint8)
    stripes[:, ::2] = (255, 0, 0)  # a pixel each: chroma subsampling would grey them
    once = jpeg(stripes)
    seen = decoded(once)[..., ::-1].astype(int)
    assert once == jpeg(stripes)
    assert np.abs(seen - stripes).mean() < 12


def test_a_picture_that_cannot_be_decoded_has_no_crops_and_is_counted(tmp_path: Path) -> None:
    picture = posed("a", "one", "two")
    picture.record.members["jpg"] = b"rubbish"
    folder = folder_in(tmp_path)
    assert list(crops(picture, units(picture, "box"), folder, min_side=1, turn="never")) == []
    assert dict(folder.skipped) == {"crops of a picture that cannot be decoded": 1}
