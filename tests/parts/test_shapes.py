"""Flat graphic grounds: colours that go together, smooth edges, room for text."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from glyphdata.parts.backgrounds.shapes import Composition, Shapes
from glyphdata.parts.figures import FORMS, Figure, Form
from glyphdata.parts.scheme import oklch, scheme, scheme_of
from glyphdata.scene.color import Color, contrast, luminance
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Canvas, Pixels

CANVAS = Canvas(256, 256)
INK, PAPER = Color(200, 30, 10), Color(240, 240, 230)


def painted(ground: Composition, canvas: Canvas = CANVAS) -> Pixels:
    out = np.empty((canvas.height, canvas.width, 3), np.uint8)
    ground.paint(canvas, out)
    return out


def counted(out: Pixels) -> dict[Color, int]:
    """How many pixels there are of each colour."""
    packed = out.astype(np.uint32) @ np.array((1 << 16, 1 << 8, 1), np.uint32)
    values, counts = np.unique(packed, return_counts=True)
    return {
        Color(value >> 16, value >> 8 & 255, value & 255): count
        for value, count in zip(values.tolist(), counts.tolist(), strict=True)
    }


def drawn(form: str, index: int, canvas: Canvas = CANVAS, **fields: object) -> Composition:
    made = TypeAdapter(Shapes).validate_python({"forms": [form], **fields})
    return made.choose(Rng.of(3, index), canvas)


# ------------------------------------------------------------------ what is painted


def test_a_polygon_covers_what_its_corners_say() -> None:
    block = Figure("polygon", INK, (0.25, 0.5, 0.75, 0.5, 0.75, 1.0, 0.25, 1.0))
    out = painted(Composition((PAPER,), 0.0, (block,)))
    assert (out[130:256, 66:190] == INK).all()
    assert (out[:126] == PAPER).all()
    assert (out[:, :62] == PAPER).all() and (out[:, 194:] == PAPER).all()


def test_a_disc_is_as_large_as_its_radius_says() -> None:
    disc = Figure("disc", INK, (0.5, 0.5, 0.3))
    for canvas in (Canvas(400, 200), Canvas(200, 400)):
        out = painted(Composition((PAPER,), 0.0, (disc,)), canvas)
        inked = (out != PAPER).any(axis=2)
        y, x = np.mgrid[: canvas.height, : canvas.width] + 0.5
        away = np.hypot(x - canvas.width / 2, y - canvas.height / 2)
        assert inked[away < 59].all()
        assert not inked[away > 62].any()


def test_edges_are_smooth() -> None:
    slope = Figure("polygon", Color(0, 0, 0), (0.0, 0.3, 1.0, 0.55, 1.0, 1.0, 0.0, 1.0))
    out = painted(Composition((Color(255, 255, 255),), 0.0, (slope,)))
    between = (out[..., 0] > 0) & (out[..., 0] < 255)
    assert (between.sum(axis=0) >= 1).mean() > 0.9
    assert between.sum(axis=0).max() <= 6


def test_later_figures_lie_over_earlier_ones() -> None:
    low, high = Figure("disc", INK, (0.5, 0.5, 0.4)), Figure("disc", PAPER, (0.5, 0.5, 0.2))
    out = painted(Composition((Color(0, 0, 0),), 0.0, (low, high)))
    assert out[128, 128].tolist() == list(PAPER)
    assert out[128, 128 + 75].tolist() == list(INK)


def test_a_ground_of_two_colours_fades_from_one_to_the_other() -> None:
    out = painted(Composition((Color(0, 0, 0), Color(200, 100, 50)), 90.0, ()))
    assert out[0, 0].tolist() == [0, 0, 0]
    assert out[-1, -1].tolist() == [200, 100, 50]


@pytest.mark.parametrize("form", FORMS)
def test_each_form_paints_figures_of_its_schemes_colours(form: Form) -> None:
    differ = 0
    for index in range(12):
        ground = drawn(form, index, fading=0.0)
        out = painted(ground)
        solid = {ground.colors[0], *(one.color for one in ground.figures)}
        found = counted(out)
        exact = sum(count for color, count in found.items() if color in solid)
        assert exact > 0.9 * out[..., 0].size  # the rest are smoothed edges
        differ += len(found) > 2
    assert differ == 12


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("size", [(64, 64), (512, 512), (2048, 512), (300, 900)])
def test_there_is_room_for_text(form: Form, size: tuple[int, int]) -> None:
    """A third of the canvas, at least, is one even colour: no figures, no edges."""
    canvas = Canvas(*size)
    for index in range(8):
        out = painted(drawn(form, index, canvas, fading=0.0), canvas)
        assert max(counted(out[::2, ::2]).values()) > 0.3 * canvas.width * canvas.height / 4


def test_grounds_are_light_dark_and_vivid_in_every_hue() -> None:
    grounds = [Shapes().choose(Rng.of(1, index), CANVAS).colors[0] for index in range(300)]
    light = np.array([luminance(*color) for color in grounds])
    assert (light > 0.7).sum() > 90
    assert (light < 0.08).sum() > 50
    assert ((light > 0.12) & (light < 0.5)).sum() > 20
    strongest = {int(np.argmax(color)) for color in grounds}
    assert strongest == {0, 1, 2}


def test_fading_is_as_frequent_as_the_recipe_says() -> None:
    for share in (0.0, 0.5, 1.0):
        found = [len(Shapes(fading=share).choose(Rng.of(1, k), CANVAS).colors) for k in range(300)]
        assert abs(found.count(2) / 300 - share) < 0.1


@pytest.mark.parametrize(
    "field", [{"forms": []}, {"forms": ["star"]}, {"depth": [0.5, 0.2]}, {"depth": 1.2},
              {"fading": -1}, {"colors": ["ivroy"]}],
)  # fmt: skip
def test_fields_have_bounds(field: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Shapes).validate_python(field)


# ------------------------------------------------------------------ these bytes for ever


def digest() -> str:
    total = hashlib.sha256()
    for form in FORMS:
        for index in range(3):
            ground = drawn(form, index, Canvas(200, 150))
            total.update(repr(ground).encode())
            total.update(painted(ground, Canvas(200, 150)).tobytes())
    return total.hexdigest()[:16]


def test_what_is_chosen_and_painted_is_this_for_ever() -> None:
    assert digest() == DIGEST


def test_another_process_under_another_hash_seed_paints_the_same() -> None:
    code = "from tests.parts.test_shapes import digest; print(digest())"
    environment = {**os.environ, "PYTHONHASHSEED": "7", "OPENCV_OPENCL_RUNTIME": "disabled"}
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == DIGEST


DIGEST = "cf20347de83261de"


# ------------------------------------------------------------------ colours


@pytest.mark.parametrize(
    ("light", "chroma", "hue", "expected"),
    [
        (0.0, 0.0, 0.0, (0, 0, 0)),
        (1.0, 0.0, 0.0, (255, 255, 255)),
        (0.5999, 0.0, 77.0, (128, 128, 128)),
        (0.6280, 0.2577, 29.23, (255, 0, 0)),
        (0.8664, 0.2948, 142.50, (0, 255, 0)),
        (0.4520, 0.3132, 264.05, (0, 0, 255)),
    ],
)
def test_known_colours_have_their_known_places(
    light: float, chroma: float, hue: float, expected: tuple[int, int, int]
) -> None:
    assert np.abs(np.array(oklch(light, chroma, hue)) - expected).max() <= 4


@given(st.floats(-0.2, 1.2), st.floats(0, 0.5), st.floats(-720, 720))
def test_every_colour_can_be_shown(light: float, chroma: float, hue: float) -> None:
    assert all(type(part) is int and 0 <= part <= 255 for part in oklch(light, chroma, hue))


@given(st.floats(0.1, 0.9), st.floats(0.2, 0.5), st.floats(0, 360))
def test_what_cannot_be_shown_keeps_its_lightness(light: float, chroma: float, hue: float) -> None:
    grey = luminance(*oklch(light, 0.0, 0.0))
    assert abs(luminance(*oklch(light, chroma, hue)) - grey) < 0.13


def test_tones_stand_out_more_and_more_and_with_the_depth() -> None:
    for index in range(100):
        found = scheme(Rng.of(1, index), 0.8)
        base = luminance(*found.ground)
        ratios = [contrast(base, luminance(*tone)) for tone in found.tones]
        assert ratios == sorted(ratios)
        assert ratios[2] > 1.3
        flat = scheme(Rng.of(1, index), 0.0)
        assert flat.ground == found.ground
        assert set(flat.tones) == {flat.ground}


def test_named_colours_and_their_mixtures_are_all_that_is_used() -> None:
    named = (Color(255, 0, 0), Color(0, 0, 255))
    for index in range(40):
        found = scheme_of(Rng.of(1, index), named, 0.6)
        assert {found.ground, found.accent} == set(named)
        for tone in (*found.tones, found.fade):
            assert tone.green == 0
            assert abs(tone.red + tone.blue - 255) <= 1


def test_one_named_colour_is_all_there_is() -> None:
    out = painted(drawn("rings", 1, colors=["teal"]))
    assert (out == Color.parse("teal")).all()
