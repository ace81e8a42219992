"""Effects on ink and on pictures: every kind keeps one contract, and each does what it says."""

from __future__ import annotations

import dataclasses
import hashlib
import random
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from glyphdata.draw.twin import _blend
from glyphdata.errors import GlyphdataError
from glyphdata.parts import EffectRange
from glyphdata.parts.backgrounds.black import Black
from glyphdata.parts.codec import decode, encode
from glyphdata.parts.effects.glow import Glow
from glyphdata.parts.effects.gradient import Gradient
from glyphdata.parts.effects.jpeg import Jpeg
from glyphdata.parts.effects.light import Light
from glyphdata.parts.effects.noise import Noise
from glyphdata.parts.effects.opacity import Opacity
from glyphdata.parts.effects.outline import Outline
from glyphdata.parts.effects.shade import Shade
from glyphdata.parts.effects.shadow import UNDER_DARK, Shadow
from glyphdata.parts.effects.texture import Texture
from glyphdata.parts.mixing import BLOCK, blurred, grown, mix, scaled, shifted
from glyphdata.parts.tones import MEAN_SHIFT, against, tones
from glyphdata.recipe import Recipe, load_recipe
from glyphdata.registry import kind_of, kinds, load, outcome
from glyphdata.scene.color import Color, Ink, contrast, luminance, palette
from glyphdata.scene.geometry import Homography
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Canvas, FaceRef, Inking, Scene, TextBox

ROOT = Path(__file__).parents[2]
KINDS = kinds("effects")
ON_BOX = [kind for kind in KINDS if load("effects", kind).on == "box"]  # type: ignore[attr-defined]
ON_PICTURE = [kind for kind in KINDS if kind not in ON_BOX]
BEHIND = ["glow", "outline", "shadow"]
FILLS = ["gradient", "texture"]
BLACK = Color(0, 0, 0)
GRAY = 120
Bytes = NDArray[np.uint8]


def chosen(kind: str, index: int = 0, **fields: object) -> Any:
    return load("effects", kind)(**fields).choose(Rng.of(9, index))


def inked(
    alpha: Bytes | None = None,
    ink: str = "coral",
    size_px: float = 40.0,
    angle_deg: float = 0.0,
    at: tuple[int, int] = (0, 0),
) -> Inking:
    """Ink on grey: by default a bar of 60 × 12 in the middle of 140 × 90."""
    if alpha is None:
        alpha = np.zeros((90, 140), np.uint8)
        alpha[39:51, 40:100] = 255
    one = palette().by_name[ink]
    fill = np.broadcast_to(np.array(one.color, np.uint8), (*alpha.shape, 3)).copy()
    pixels = np.full((*alpha.shape, 3), GRAY, np.uint8)
    place = Homography.placed(30.0, 30.0, angle_deg)
    return Inking(pixels, alpha.copy(), fill, *at, one, size_px, place)


def texture(height: int, width: int, seed: int = 0) -> Bytes:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def recipe_with(folder: Path, *effects: str) -> Recipe:
    path = folder / "recipe.yaml"
    listed = "".join(f"  - {one}\n" for one in effects)
    path.write_text(f"name: t\nsamples: 1\ntexts: [{{kind: numbers}}]\neffects:\n{listed}")
    return load_recipe(path)


# ------------------------------------------------------------------ every kind


def test_the_kinds_are_those_of_boxes_and_those_of_pictures() -> None:
    assert {*BEHIND, *FILLS, "opacity"} == set(ON_BOX)
    assert {"blur", "jpeg", "light", "noise", "shade"} == set(ON_PICTURE)


@pytest.mark.parametrize("kind", KINDS)
def test_a_range_keeps_the_contract(kind: str) -> None:
    part = load("effects", kind)()
    assert isinstance(part, EffectRange)
    assert part.share == 1.0
    assert type(part.choose(Rng.of(1, 1))) is outcome("effects", kind)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_of_an_effect_is_its_kind(kind: str) -> None:
    one = type(chosen(kind))
    assert one.__name__.lower() == kind == kind_of("effects", one)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_stream_chooses_the_same(kind: str) -> None:
    first = [chosen(kind, index) for index in range(20)]
    assert first == [chosen(kind, index) for index in range(20)]
    assert len(set(map(repr, first))) > 15


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_chosen_survives_json(kind: str) -> None:
    for index in range(8):
        one = chosen(kind, index)
        box = TextBox(
            0, "word", "x", "x", "en", "latin", "ltr", FaceRef(0, "F", "R"), palette().inks[0],
            20.0, "left", 0.0, 10.0, 20.0, Homography.placed(0.0, 0.0), (1,),
            effects=(one,) if kind in ON_BOX else (),
        )  # fmt: skip
        scene = Scene(
            1, 0, 0, Canvas(32, 32), "word", "en", Black(), (box,),
            () if kind in ON_BOX else (one,),
        )  # fmt: skip
        assert decode(encode(scene)) == scene


@pytest.mark.parametrize("kind", KINDS)
def test_doing_it_twice_gives_the_same_and_draws_nothing(kind: str) -> None:
    random.seed(5)
    legacy = np.random.get_state()[1].copy()  # type: ignore[index] # noqa: NPY002
    before = random.getstate()
    one = chosen(kind, 3)
    if kind in ON_BOX:
        first, again = inked(), inked()
        one.apply(first)
        one.apply(again)
        for name in ("pixels", "alpha", "fill"):
            assert np.array_equal(getattr(first, name), getattr(again, name))
    else:
        picture = texture(40, 60)
        copy = picture.copy()
        one.apply(picture)
        one.apply(copy)
        assert np.array_equal(picture, copy)
        assert not np.array_equal(picture, texture(40, 60))
    assert random.getstate() == before
    assert np.array_equal(np.random.get_state()[1], legacy)  # type: ignore[index] # noqa: NPY002


@pytest.mark.parametrize("kind", KINDS)
def test_the_recipe_line_of_its_help_is_sound(kind: str, tmp_path: Path) -> None:
    doc = load("effects", kind).__doc__ or ""
    (line,) = (line for line in doc.splitlines() if line.strip().startswith("Recipe:"))
    (part,) = recipe_with(tmp_path, line.partition("Recipe:")[2].strip()).effects
    assert type(part) is load("effects", kind)
    assert 0.0 < part.share < 1.0


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_explained_and_gated(kind: str, tmp_path: Path) -> None:
    part = load("effects", kind)
    for field in dataclasses.fields(part):
        if field.name != "share":
            assert f"`{field.name}`" in (part.__doc__ or "")
        with pytest.raises(GlyphdataError, match=rf"effects\.0\.{field.name}"):
            recipe_with(tmp_path, f"{{kind: {kind}, {field.name}: [nonsense, 1e9, {{}}]}}")


@pytest.mark.parametrize(
    "bad",
    [
        *(f"{{kind: {kind}, share: 1.01}}" for kind in KINDS),
        *(f"{{kind: {kind}, share: -0.1}}" for kind in KINDS),
        *(f"{{kind: {kind}, shade: 1}}" for kind in KINDS),
        "{kind: outline, width_em: 0}",
        "{kind: outline, width_em: 0.3}",
        "{kind: outline, colors: [blurple]}",
        "{kind: shadow, distance_em: [0.2, 0.1]}",
        "{kind: shadow, distance_em: 0.6}",
        "{kind: shadow, blur_em: -0.1}",
        "{kind: shadow, angle_deg: 361}",
        "{kind: shadow, opacity: 1.1}",
        "{kind: glow, size_em: 0.7}",
        "{kind: gradient, tone: 2}",
        "{kind: texture, patterns: []}",
        "{kind: texture, patterns: [dots]}",
        "{kind: texture, period_em: 0}",
        "{kind: opacity, opacity: 0}",
        "{kind: blur, sigma_px: 21}",
        "{kind: noise, sigma: 101}",
        "{kind: noise, gray: 2}",
        "{kind: jpeg, quality: 0}",
        "{kind: jpeg, quality: [50.5, 60]}",
        "{kind: light, brightness: 0.6}",
        "{kind: light, contrast: 0.1}",
        "{kind: shade, forms: []}",
        "{kind: shade, strength: 1.5}",
    ],
)
def test_what_lies_out_of_bounds_is_refused(bad: str, tmp_path: Path) -> None:
    with pytest.raises(GlyphdataError, match=r"effects\.0\."):
        recipe_with(tmp_path, bad)


def test_a_span_may_be_one_number_and_every_draw_lies_within(tmp_path: Path) -> None:
    (part,) = recipe_with(tmp_path, "{kind: outline, width_em: 0.07, colors: [red]}").effects
    assert part.choose(Rng.of(1, 1)) == Outline(0.07, Color(255, 0, 0))
    (part,) = recipe_with(tmp_path, "{kind: jpeg, quality: [10, 12]}").effects
    assert {part.choose(Rng.of(1, n)) for n in range(60)} == {Jpeg(10), Jpeg(11), Jpeg(12)}


def test_the_page_of_effects_shows_every_kind_with_sound_examples(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "effects.md").read_text(encoding="utf-8")
    examples = re.findall(r"`(\{kind: .*?\})`", page)
    parts = recipe_with(tmp_path, *examples).effects
    assert {kind_of("effects", type(part)) for part in parts} == set(KINDS)
    assert (ROOT / "docs" / "effects.jpg").stat().st_size < 400_000


# ------------------------------------------------------------------ effects of boxes


@pytest.mark.parametrize("kind", BEHIND)
def test_what_is_painted_behind_leaves_the_ink_alone(kind: str) -> None:
    for index in range(6):
        plain, one = inked(), inked()
        chosen(kind, index).apply(one)
        assert np.array_equal(one.alpha, plain.alpha)
        assert np.array_equal(one.fill, plain.fill)
        assert (one.pixels != GRAY).any()


@pytest.mark.parametrize("kind", FILLS)
def test_a_fill_changes_neither_the_ground_nor_how_much_is_covered(kind: str) -> None:
    for index in range(6):
        plain, one = inked(), inked()
        chosen(kind, index).apply(one)
        assert np.array_equal(one.alpha, plain.alpha)
        assert np.array_equal(one.pixels, plain.pixels)
        assert not np.array_equal(one.fill, plain.fill)


@pytest.mark.parametrize("kind", BEHIND)
@pytest.mark.parametrize("size_px", [6.0, 18.0, 40.0, 150.0])
def test_an_effect_paints_no_further_than_it_says(kind: str, size_px: float) -> None:
    side = 2 * round(1.4 * size_px) + 60
    alpha = np.zeros((side, side), np.uint8)
    alpha[side // 2 - 3 : side // 2 + 3, side // 2 - 8 : side // 2 + 8] = 255
    for index in range(8):
        effect = chosen(kind, index)
        one = inked(alpha, size_px=size_px)
        effect.apply(one)
        down, right = np.nonzero((one.pixels != GRAY).any(axis=2))
        beyond = max(
            side // 2 - 3 - down.min(), down.max() - side // 2 - 2,
            side // 2 - 8 - right.min(), right.max() - side // 2 - 7,
        )  # fmt: skip
        assert 0 < beyond <= np.ceil(effect.reach_em * size_px) + 2


@pytest.mark.parametrize("kind", ON_BOX)
def test_an_effect_on_no_ink_shows_nothing(kind: str) -> None:
    one = inked(np.zeros((20, 30), np.uint8))
    chosen(kind).apply(one)
    assert (one.pixels == GRAY).all()
    assert not one.alpha.any()


def test_an_outline_of_two_pixels_and_a_half_reaches_that_far() -> None:
    one = inked(size_px=50.0)
    Outline(0.05, BLACK).apply(one)
    across = one.pixels[45, 94:106, 0].tolist()
    assert across == [0] * 8 + [60] + [GRAY] * 3  # 60 of 120: half a pixel
    assert one.pixels[34:39, 60, 0].tolist() == [GRAY, GRAY, 60, 0, 0]
    assert one.pixels[51:56, 60, 0].tolist() == [0, 0, 60, GRAY, GRAY]


def test_an_edge_between_two_pixels_moves_by_the_width() -> None:
    alpha = np.zeros((9, 30), np.uint8)
    alpha[:, :10], alpha[:, 10] = 255, 128
    for width in (0.5, 1.0, 2.25, 4.5, 6.75):
        assert grown(alpha, width)[4].sum() / 255 == pytest.approx(10.5 + width, abs=0.08)


@pytest.mark.parametrize("radius", [0.7, 3.3, 7.9, 12.0, 33.0, 70.0])
def test_a_disc_grows_to_a_disc(radius: float) -> None:
    y, x = np.mgrid[-120:120, -120:120] + 0.5
    disc = np.clip((20.5 - np.sqrt(x * x + y * y)) * 255, 0, 255).astype(np.uint8)
    area = grown(disc, radius).sum() / 255
    assert np.sqrt(area / np.pi) == pytest.approx(20 + radius, abs=0.35 + 0.025 * radius)


@pytest.mark.parametrize("radius", [2.0, 11.0, 30.0])
def test_the_edge_of_an_outline_is_as_sharp_as_ink(radius: float) -> None:
    alpha = np.zeros((200, 200), np.uint8)
    alpha[80:120, 80:120] = 255
    row = grown(alpha, radius)[100].astype(int)
    assert ((row > 12) & (row < 243)).sum() <= 6


@pytest.mark.parametrize(
    ("angle", "right", "down"), [(0.0, 4, 0), (90.0, 0, 4), (180.0, -4, 0), (270.0, 0, -4)]
)
def test_a_hard_shadow_is_the_ink_moved(angle: float, right: int, down: int) -> None:
    one = inked()
    Shadow(0.1, angle, 0.0, 1.0, BLACK).apply(one)
    expected = np.full((90, 140), GRAY)
    expected[39 + down : 51 + down, 40 + right : 100 + right] = 0
    assert np.array_equal(one.pixels[..., 0], expected)


def test_a_shadow_falls_between_pixels_too() -> None:
    one = inked()
    Shadow(0.1125, 0.0, 0.0, 1.0, BLACK).apply(one)  # 4.5 px
    assert one.pixels[45, 42:47, 0].tolist() == [GRAY, GRAY, 60, 0, 0]
    assert one.pixels[45, 102:107, 0].tolist() == [0, 0, 60, GRAY, GRAY]


def test_a_shadow_under_dark_ink_is_weaker() -> None:
    light, dark = inked(ink="white"), inked(ink="navy")
    for one in (light, dark):
        Shadow(0.1, 0.0, 0.0, 0.5, BLACK).apply(one)
    assert light.pixels[45, 60, 0] == round(GRAY * 0.5)
    assert dark.pixels[45, 60, 0] == round(GRAY * (1 - 0.5 * UNDER_DARK))


def test_a_soft_shadow_is_as_dark_in_all_as_a_hard_one() -> None:
    hard, soft = inked(), inked()
    Shadow(0.1, 30.0, 0.0, 0.6, BLACK).apply(hard)
    Shadow(0.1, 30.0, 0.3, 0.6, BLACK).apply(soft)
    lost = [int((GRAY - one.pixels.astype(int)).sum()) for one in (hard, soft)]
    assert lost[1] == pytest.approx(lost[0], rel=0.02)
    assert soft.pixels.min() > hard.pixels.min()


def test_a_glow_fades_outward() -> None:
    one = inked(ink="white", size_px=60.0)
    Glow(0.3, 0.9, BLACK).apply(one)
    outward = one.pixels[45, 100:130, 0].astype(int)
    assert outward[0] < 60
    assert outward[-1] == GRAY
    assert (np.diff(outward) >= 0).all()


@pytest.mark.parametrize("ink", palette().inks, ids=lambda ink: ink.name)
def test_strokes_and_halos_have_a_colour_that_the_ink_stands_out_of(ink: Ink) -> None:
    other = against(ink.color)
    assert contrast(luminance(*ink.color), luminance(*other)) >= 3.0


@pytest.mark.parametrize("ink", palette().inks, ids=lambda ink: ink.name)
def test_tones_keep_the_colour_token(ink: Ink) -> None:
    for depth in (0.0, 0.1, 0.35, 0.7, 1.0):
        light, own, dark = tones(ink, depth)
        assert own == ink.color
        assert all(a >= b >= c for a, b, c in zip(light, own, dark, strict=True))
        assert tones(ink, depth, 0.5)[0] <= light
        mean = (np.array(light) + 2.0 * np.array(own) + np.array(dark)) / 4.0
        away = ((np.array([one.color for one in palette().inks]) - mean) ** 2).sum(axis=1)
        kept = away[ink.token] == away.min()
        assert kept or np.abs(mean - own).max() <= MEAN_SHIFT


@pytest.mark.parametrize("angle", [0.0, 90.0, 180.0, 37.0])
def test_a_gradient_runs_from_the_text_s_top_to_its_bottom(angle: float) -> None:
    y, x = np.mgrid[-45:45, -70:70] + 0.5
    disc = np.where(x * x + y * y < 900, 255, 0).astype(np.uint8)
    one = inked(disc, angle_deg=angle)
    Gradient(0.4, 0.0).apply(one)
    light, _, dark = tones(one.ink, 0.4)
    turn = np.radians(angle)
    along = (np.cos(turn) * y - np.sin(turn) * x)[disc > 0]
    filled = one.fill[disc > 0].astype(int)
    assert np.abs(filled[along.argmin()] - light).max() <= 2
    assert np.abs(filled[along.argmax()] - dark).max() <= 2
    by_place = filled[np.argsort(along)].sum(axis=1)
    assert (np.diff(by_place[::40]) <= 3).all()


@pytest.mark.parametrize("kind", FILLS)
@pytest.mark.parametrize("ink", ["white", "black", "red", "gray", "steelblue", "gold", "navy"])
def test_the_mean_of_a_fill_is_the_ink_s_colour(kind: str, ink: str) -> None:
    alpha = np.zeros((200, 300), np.uint8)
    alpha[20:180, 20:280] = 255
    for index in range(6):
        one = inked(alpha, ink)
        chosen(kind, index).apply(one)
        mean = one.fill[alpha > 0].mean(axis=0)
        nearest = palette().nearest(Color(*(round(v) for v in mean)))
        assert nearest.name == ink or np.abs(mean - one.ink.color).max() <= MEAN_SHIFT + 1


def test_a_texture_lies_on_the_canvas_and_not_on_the_part_looked_at() -> None:
    for pattern in ("grain", "stripes"):
        effect = Texture(pattern, 0.3, 0.2, 30.0, (1000, 7))
        whole, part = inked(), inked(inked().alpha[20:, 30:], at=(30, 20))
        effect.apply(whole)
        effect.apply(part)
        assert np.array_equal(whole.fill[20:, 30:], part.fill)


def test_stripes_have_their_period_and_are_never_finer_than_can_be_seen() -> None:
    for size_px, period in ((100.0, 10.0), (10.0, 4.0)):
        one = inked(np.full((4, 400), 255, np.uint8), size_px=size_px)
        Texture("stripes", 0.3, 0.1, 0.0, (0, 0)).apply(one)
        bright = one.fill[2, :, 0].astype(int) > one.ink.color.red - 5
        green = one.fill[2, :, 1] > one.ink.color.green
        assert np.diff(green.astype(int)).clip(0).sum() == pytest.approx(400 / period, abs=1)
        assert bright.any()


def test_opacity_thins_the_ink_and_nothing_else() -> None:
    one, plain = inked(), inked()
    Opacity(0.5).apply(one)
    assert set(np.unique(one.alpha)) == {0, 128}
    assert np.array_equal(one.pixels, plain.pixels)
    assert np.array_equal(one.fill, plain.fill)


# ------------------------------------------------------------------ effects of pictures


@pytest.mark.parametrize("kind", ON_PICTURE)
@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (200, 3), (16, 16), (131, 77)])
def test_a_picture_of_any_size_is_changed_in_place(kind: str, shape: tuple[int, int]) -> None:
    for index in range(3):
        wide = texture(shape[0] + 2, shape[1] + 2)
        inner = wide[1:-1, 1:-1]
        chosen(kind, index).apply(inner)
        rim = np.ones(wide.shape[:2], bool)
        rim[1:-1, 1:-1] = False
        assert np.array_equal(wide[rim], texture(shape[0] + 2, shape[1] + 2)[rim])


def test_noise_has_its_deviation_and_no_mean() -> None:
    for sigma, gray in ((2.0, True), (8.0, False), (20.0, True)):
        picture = np.full((256, 256, 3), 128, np.uint8)
        Noise(sigma, gray, 77).apply(picture)
        moved = picture.astype(int) - 128
        assert moved.std() == pytest.approx(sigma, rel=0.03)
        assert abs(moved.mean()) < 0.15
        assert gray == bool((np.ptp(picture, axis=2) == 0).all())


def test_noise_stays_within_black_and_white_and_belongs_to_its_seed() -> None:
    ends = np.zeros((64, 64, 3), np.uint8)
    ends[:, 32:] = 255
    one, other = ends.copy(), ends.copy()
    Noise(30.0, False, 1).apply(one)
    Noise(30.0, False, 2).apply(other)
    assert one[:, :32].max() < 128 < one[:, 32:].min()
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(
    ("brightness", "contrast_", "value", "expected"),
    [(0.0, 1.0, 77, 77), (0.1, 1.0, 100, 126), (0.0, 2.0, 128, 128), (0.0, 2.0, 100, 73),
     (-0.5, 1.0, 100, 0), (0.0, 0.5, 255, 191)],
)  # fmt: skip
def test_light_moves_every_channel_along_one_curve(
    brightness: float, contrast_: float, value: int, expected: int
) -> None:
    picture = np.full((2, 2, 3), value, np.uint8)
    Light(brightness, contrast_).apply(picture)
    assert np.abs(picture.astype(int) - expected).max() <= 1
    assert brightness or contrast_ != 1.0 or (picture == value).all()


def test_a_slope_is_darkest_on_its_side_and_a_vignette_in_its_corners() -> None:
    for angle, dark, bright in (
        (0.0, (50, -1), (50, 0)),
        (90.0, (-1, 50), (0, 50)),
        (225.0, (0, 0), (-1, -1)),
    ):
        picture = np.full((100, 100, 3), 200, np.uint8)
        Shade("slope", 0.5, angle).apply(picture)
        assert picture[bright].min() >= 198
        assert picture[dark].max() <= 102
    picture = np.full((101, 151, 3), 200, np.uint8)
    Shade("vignette", 0.4, 0.0).apply(picture)
    assert (picture[50, 75] == 200).all()
    assert (picture[[0, 0, -1, -1], [0, -1, 0, -1]] == 120).all()


def test_jpeg_leaves_the_traces_of_its_quality() -> None:
    losses = []
    for quality in (20, 60, 95):
        picture = texture(64, 64) // 4 + 90
        before = picture.astype(int)
        chosen("jpeg", quality=(quality, quality)).apply(picture)
        losses.append(np.abs(picture - before).mean())
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] > 0


def test_pixels_of_whole_numbers_are_these_bytes_for_ever() -> None:
    def digest(*arrays: Bytes) -> str:
        return hashlib.sha256(b"".join(one.tobytes() for one in arrays)).hexdigest()[:16]

    picture = texture(60, 80)
    for effect in (Light(0.05, 1.1), Shade("slope", 0.3, 33.0), Shade("vignette", 0.2, 0.0)):
        effect.apply(picture)
    Noise(6.0, False, 4).apply(picture)
    assert digest(blurred(picture, 0.8), blurred(picture, 9.0)) == PICTURE
    one = inked(angle_deg=20.0)
    for drawn in (
        Shadow(0.07, 41.0, 0.1, 0.6, BLACK), Glow(0.2, 0.7, None), Outline(0.06, None),
        Gradient(0.3, 15.0), Texture("grain", 0.2, 0.1, 20.0, (3, 4)), Opacity(0.7),
    ):  # fmt: skip
        drawn.apply(one)
    assert digest(one.pixels, one.alpha, one.fill) == BOX


PICTURE, BOX = "63b2bfee97d7b4d3", "d0cfa2e46e0ac73d"


# ------------------------------------------------------------------ what they have in common


def test_mixing_rounds_as_the_kernel_does() -> None:
    below, thick = np.meshgrid(np.arange(256, dtype=np.uint8), np.arange(256, dtype=np.uint8))
    for color in (Color(0, 1, 2), Color(127, 128, 129), Color(253, 254, 255)):
        mine = np.repeat(below[..., None], 3, axis=2)
        theirs, filled = mine.copy(), mine.copy()
        mix(mine, color, thick)
        _blend(theirs, thick, np.array(color, np.uint8))
        mix(filled, np.broadcast_to(np.array(color, np.uint8), filled.shape), thick)
        assert np.array_equal(mine, theirs)
        assert np.array_equal(filled, theirs)
        exact = (below * (255.0 - thick) + color[0] * thick.astype(float)) / 255.0
        assert np.abs(theirs[..., 0] - exact).max() <= 0.5


def test_rows_wider_than_a_block_are_mixed_too() -> None:
    pixels = np.zeros((2, BLOCK + 5, 3), np.uint8)
    mix(pixels, Color(9, 8, 7), np.full((2, BLOCK + 5), 255, np.uint8))
    assert (pixels == (9, 8, 7)).all()


@pytest.mark.parametrize("sigma", [0.5, 0.8, 2.0, 3.9, 7.0, 25.0])
def test_a_blur_is_a_gaussian_of_its_deviation(sigma: float) -> None:
    alpha = np.zeros((301, 301), np.uint8)
    alpha[140:161, 140:161] = 255
    soft = blurred(alpha, sigma, outside=0).astype(float)
    assert soft.sum() == pytest.approx(alpha.sum(), rel=0.02)
    across = soft.sum(axis=0) / soft.sum()
    variance = (across * (np.arange(301) - 150.0) ** 2).sum()
    assert np.sqrt(variance - (21**2 - 1) / 12) == pytest.approx(sigma, rel=0.12, abs=0.12)


def test_an_even_picture_stays_even_under_a_blur() -> None:
    for value in (0, 1, 127, 255):
        for sigma in (0.5, 3.0, 11.0):
            assert (blurred(np.full((37, 53, 3), value, np.uint8), sigma) == value).all()
    assert np.array_equal(blurred(texture(9, 9), 0.0), texture(9, 9))


@settings(max_examples=60, deadline=None)
@given(st.integers(-30, 30), st.integers(-30, 30))
def test_shifting_there_and_back_loses_only_what_left(right: int, down: int) -> None:
    alpha = np.zeros((60, 70), np.uint8)
    alpha[25:35, 28:42] = np.arange(1, 141).reshape(10, 14)
    there = shifted(alpha, right, down)
    back = shifted(there, -right, -down)
    assert ((back == alpha) | (back == 0)).all()
    if abs(right) < 28 and abs(down) < 25:
        assert np.array_equal(back, alpha)
        assert there[25 + down, 28 + right] == 1


def test_scaling_rounds_and_stops_at_full() -> None:
    steps = np.arange(256, dtype=np.uint8)[None]
    assert np.array_equal(scaled(steps, 1.0), steps)
    assert not scaled(steps, 0.0).any()
    assert scaled(steps, 0.5)[0, [1, 2, 100, 255]].tolist() == [1, 1, 50, 128]
    assert scaled(steps, 3.0)[0, [10, 200]].tolist() == [30, 255]
