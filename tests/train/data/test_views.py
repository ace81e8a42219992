"""Pixels: decoded no smaller than asked for, warped upright, patches weighted by their share."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
import simplejpeg
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from glyphdata.errors import InputError
from glyphdata.train import views


def ramp(height: int, width: int) -> views.U8:
    """A picture whose red goes from left to right and whose green from top to bottom."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[..., 0] = np.linspace(0, 255, width)
    picture[..., 1] = np.linspace(0, 255, height)[:, None]
    return picture


def encoded(pixels: views.U8, kind: str) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, lossless=True)
    return out.getvalue()


@settings(max_examples=40, deadline=None)
@given(height=st.integers(16, 200), width=st.integers(16, 200), least=st.integers(8, 220))
def test_a_jpeg_is_never_smaller_than_what_is_made_of_it(
    height: int, width: int, least: int
) -> None:
    image = simplejpeg.encode_jpeg(ramp(height, width), 95)
    pixels = views.decoded(image, width, height, (least, least))
    assert pixels.shape[0] >= min(least, height)
    assert pixels.shape[1] >= min(least, width)


def test_a_large_jpeg_is_decoded_small() -> None:
    image = simplejpeg.encode_jpeg(ramp(512, 512), 95)
    assert views.decoded(image, 512, 512, (224, 224)).shape == (256, 256, 3)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_lossless_pictures_come_as_they_are(kind: str) -> None:
    pixels = ramp(30, 40)
    assert (views.decoded(encoded(pixels, kind), 40, 30, (8, 8)) == pixels).all()


@pytest.mark.parametrize(
    "image",
    [
        b"\xff\xd8 no jpeg",
        b"nothing",
        b"",
        simplejpeg.encode_jpeg(ramp(32, 40), 90)[:200],
        encoded(ramp(30, 30), "PNG"),
    ],
    ids=["jpeg", "other", "empty", "cut", "size"],
)
def test_a_picture_that_is_not_what_the_facts_say_is_refused(image: bytes) -> None:
    with pytest.raises(InputError, match="picture cannot be read"):
        views.decoded(image, 40, 32, (8, 8))


@pytest.mark.parametrize("shape", [(56, 56), (60, 61), (112, 200), (30, 20)])
def test_a_whole_picture_fills_its_view(shape: tuple[int, int]) -> None:
    out = np.zeros((56, 56, 3), np.uint8)
    views.whole(ramp(*shape), out)
    assert np.abs(out[..., 0].mean(0) - np.linspace(0, 255, 56)).max() < 5
    assert np.abs(out[..., 1].mean(1) - np.linspace(0, 255, 56)).max() < 8


def test_an_upright_strip_of_the_same_size_is_the_pixels_themselves() -> None:
    rng = np.random.Generator(np.random.Philox(key=1))
    picture = rng.integers(0, 255, (40, 60, 3), np.uint8)
    out = np.zeros((10, 20, 3), np.uint8)
    views.strip(picture, np.array([(7, 5), (27, 5), (27, 15), (7, 15)], float), out)
    assert (out == picture[5:15, 7:27]).all()


def test_a_larger_box_is_averaged() -> None:
    rng = np.random.Generator(np.random.Philox(key=2))
    picture = rng.integers(0, 255, (64, 96, 3), np.uint8)
    out = np.zeros((8, 16, 3), np.uint8)
    views.strip(picture, np.array([(16, 8), (80, 8), (80, 40), (16, 40)], float), out)
    mean = picture[8:40, 16:80].reshape(8, 4, 16, 4, 3).mean((1, 3))
    assert np.abs(out - mean).max() <= 1


def test_a_turned_box_comes_upright() -> None:
    upright = np.zeros((24, 72, 3), np.uint8)
    cv2.putText(upright, "Feb", (4, 19), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (255, 255, 255), 2)
    canvas = np.zeros((160, 160, 3), np.uint8)
    turn = cv2.getRotationMatrix2D((36.0, 12.0), 130.0, 1.0) + np.array([(0, 0, 50), (0, 0, 60)])
    cv2.warpAffine(upright, turn, (160, 160), dst=canvas)
    corners = np.array([(0, 0), (72, 0), (72, 24), (0, 24)], float)
    # OpenCV's map is of the centres of pixels.
    quad = (np.column_stack((corners - 0.5, np.ones(4))) @ turn.T) + 0.5
    out = np.zeros((24, 72, 3), np.uint8)
    views.strip(canvas, quad, out)
    alike = np.corrcoef(out[..., 0].ravel(), upright[..., 0].ravel())[0, 1]
    assert alike > 0.95


def test_the_map_of_a_strip_takes_its_corners_to_the_views() -> None:
    quad = np.array([(10, 8), (50, 4), (54, 30), (12, 28)], float)
    there = views.strip(ramp(60, 70), quad, np.zeros((8, 24, 3), np.uint8))
    assert np.allclose(views.moved(there, quad), [(0, 0), (1, 0), (1, 1), (0, 1)], atol=1e-5)


def test_a_margin_goes_along_the_boxes_own_edges() -> None:
    quad = np.array([(10, 10), (10, 30), (0, 30), (0, 10)], float)  # read from top to bottom
    assert np.allclose(views.grown(quad, 0.2), [(12, 8), (12, 32), (-2, 32), (-2, 8)])
    assert (views.grown(np.zeros((4, 2)), 0.2) == 0).all()


def of_box(left: float, top: float, right: float, bottom: float) -> views.F32:
    return np.array([[(left, top), (right, top), (right, bottom), (left, bottom)]], np.float32)


@settings(max_examples=60, deadline=None)
@given(
    x=st.tuples(st.floats(0, 0.98), st.floats(0.001, 0.9)),
    y=st.tuples(st.floats(0, 0.98), st.floats(0.001, 0.9)),
)
def test_an_upright_box_covers_patches_by_the_area_they_share(
    x: tuple[float, float], y: tuple[float, float]
) -> None:
    left, top = x[0], y[0]
    right, bottom = min(1.0, left + x[1]), min(1.0, top + y[1])
    share = views.cover(of_box(left, top, right, bottom), 4, 5).reshape(4, 5)
    rows, columns = np.arange(4), np.arange(5)
    tall = np.clip(np.minimum(bottom * 4, rows + 1) - np.maximum(top * 4, rows), 0, 1)
    wide = np.clip(np.minimum(right * 5, columns + 1) - np.maximum(left * 5, columns), 0, 1)
    area = tall[:, None] * wide
    assert np.allclose(share, area / area.sum(), atol=2e-3)


@settings(max_examples=25, deadline=None)
@given(
    middle=st.tuples(st.floats(0.2, 0.8), st.floats(0.2, 0.8)),
    size=st.tuples(st.floats(0.05, 0.6), st.floats(0.05, 0.3)),
    turn=st.floats(0, 6.3),
)
def test_a_turned_box_covers_what_a_fine_raster_says(
    middle: tuple[float, float], size: tuple[float, float], turn: float
) -> None:
    cos, sin = np.cos(turn), np.sin(turn)
    half = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * np.array(size) / 2
    quad = half @ np.array([(cos, sin), (-sin, cos)]) + middle
    at = (np.arange(400) + 0.5) / 400
    points = np.stack(np.meshgrid(at, at), -1) - middle
    inside = np.abs(points @ np.array([(cos, -sin), (sin, cos)])) <= np.array(size) / 2
    area = inside.all(-1).reshape(8, 50, 8, 50).mean((1, 3))
    share = views.cover(quad[None].astype(np.float32), 8, 8).reshape(8, 8)
    assert np.abs(share - area / area.sum()).max() < 0.03


def test_every_box_owns_something_and_all_shares_add_up_to_one() -> None:
    thin = of_box(0.3, 0.4001, 0.6, 0.4002)
    point, outside = of_box(0.5, 0.5, 0.5, 0.5), of_box(1.2, -0.4, 1.4, -0.2)
    shares = views.cover(np.concatenate((thin, point, outside)), 16, 16)
    assert np.allclose(shares.sum(1), 1)
    assert shares[2].argmax() == 15


def test_no_box_covers_nothing() -> None:
    assert views.cover(np.zeros((0, 4, 2), np.float32), 3, 4).shape == (0, 12)
