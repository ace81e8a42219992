"""Boxes with effects: decoration is no ink, whatever is painted the labels stay what they are."""

from __future__ import annotations

import hashlib
import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glyphdata.draw.encode import facts
from glyphdata.draw.inking import SLACK_PX, bounds
from glyphdata.draw.paint import CLEAREST, Painter, seen_behind
from glyphdata.faces.catalogue import load as load_catalogue
from glyphdata.faces.outlines import Outlines
from glyphdata.parts.backgrounds.solid import Solid
from glyphdata.parts.effects.glow import Glow
from glyphdata.parts.effects.opacity import Opacity
from glyphdata.parts.effects.outline import Outline
from glyphdata.parts.effects.shadow import Shadow
from glyphdata.parts.tones import MEAN_SHIFT
from glyphdata.registry import kinds, load
from glyphdata.scene.color import Color, contrast, luminance, palette
from glyphdata.scene.geometry import Homography
from glyphdata.scene.rng import Rng
from glyphdata.scene.sample import Sample
from glyphdata.scene.scene import Canvas, FaceRef, Inking, Scene, TextBox
from glyphdata.scene.typeset import Typeset
from glyphdata.typeset import set_box

BOX = tuple(kind for kind in kinds("effects") if load("effects", kind).on == "box")  # type: ignore[attr-defined]
PICTURE = tuple(kind for kind in kinds("effects") if kind not in BOX)
GROUND = Color(96, 128, 120)
CANVAS = Canvas(240, 140)
CATALOGUE = load_catalogue()
OUTLINES = Outlines()


def chosen(kind: str, index: int = 0) -> Any:
    return load("effects", kind)().choose(Rng.of(9, index))


def box(
    text: str,
    number: int = 0,
    *,
    at: tuple[float, float] = (20.0, 20.0),
    size_px: float = 30.0,
    angle_deg: float = 0.0,
    ink: str = "coral",
    family: str = "Roboto",
    effects: tuple[Any, ...] = (),
) -> TextBox:
    face = CATALOGUE[CATALOGUE.tokens(CATALOGUE.where(families=(family,)))[0]]
    ends, end = [], 0
    for line in text.splitlines(keepends=True):
        end += len(line.encode())
        ends.append(end)
    return TextBox(
        id=number, level="word", text=text, source_text=text, language="en", script="latin",
        direction="ltr", face=FaceRef(face.token, face.family, face.style),
        ink=palette().by_name[ink], size_px=size_px, align="left", angle_deg=angle_deg,
        width_px=0.8 * size_px * max(map(len, text.splitlines())),
        height_px=1.4 * size_px * len(ends),
        place=Homography.placed(*at, angle_deg), line_ends=tuple(ends), effects=effects,
    )  # fmt: skip


def scene_of(*boxes: TextBox, canvas: Canvas = CANVAS, effects: tuple[Any, ...] = ()) -> Scene:
    numbered = tuple(replace(one, id=number) for number, one in enumerate(boxes))
    return Scene(1, 0, 0, canvas, "word", "en", Solid(GROUND), numbered, effects)


def painter(**wants: Any) -> Painter:
    return Painter(CATALOGUE, OUTLINES, threshold=0.25, **{"layer": True, "box_mask": True} | wants)


def drawn(scene: Scene, by: Painter | None = None) -> Sample:
    pixels = np.empty((scene.canvas.height, scene.canvas.width, 3), np.uint8)
    scene.background.paint(scene.canvas, pixels)
    placed = [set_box(one, CATALOGUE.open(one.face.token), OUTLINES) for one in scene.boxes]
    return (by or painter()).draw(scene, Typeset(tuple(placed)), pixels)


def labels_of(sample: Sample) -> bytes:
    """All that a sample says of where its ink is."""
    parts = [sample.mask.tobytes(), sample.box_mask.tobytes()]  # type: ignore[union-attr]
    for one in sample.annotation.boxes:
        for name in one.__slots__:
            value = getattr(one, name)
            if isinstance(value, np.ndarray):
                parts.append(value.tobytes())
    return b"|".join(parts)


def with_effects(scene: Scene, *effects: Any, only: int | None = None) -> Scene:
    boxes = tuple(
        replace(one, effects=effects) if only in (None, one.id) else one for one in scene.boxes
    )
    return replace(scene, boxes=boxes)


CROWD = scene_of(
    box("Crowded", at=(8.0, 10.0), size_px=44.0, angle_deg=9.0),
    box("over it", at=(24.0, 22.0), size_px=40.0, ink="navy", family="Lobster"),
    box("and at\nthe edge", at=(150.0, 60.0), size_px=36.0, angle_deg=-30.0, ink="white"),
    box("tiny text", at=(-6.0, 126.0), size_px=7.0, ink="black"),
)


# ------------------------------------------------------------------ nothing moves


@pytest.mark.parametrize("kind", BOX)
def test_masks_and_labels_are_those_of_the_plain_picture(kind: str) -> None:
    plain = labels_of(drawn(CROWD))
    for index in range(4):
        effect = chosen(kind, index)
        assert labels_of(drawn(with_effects(CROWD, effect))) == plain
        for only in (0, 1, 2):
            assert labels_of(drawn(with_effects(CROWD, effect, only=only))) == plain


@pytest.mark.parametrize("kind", PICTURE)
def test_effects_of_the_picture_change_no_label_either(kind: str) -> None:
    plain = drawn(CROWD)
    changed = drawn(replace(CROWD, effects=(chosen(kind),)))
    assert labels_of(changed) == labels_of(plain)
    assert [one.contrast for one in changed.annotation.boxes] == [
        one.contrast for one in plain.annotation.boxes
    ]
    assert np.array_equal(changed.layer, plain.layer)  # type: ignore[arg-type]
    assert not np.array_equal(changed.pixels, plain.pixels)


def test_masks_of_sixteen_bits_are_the_same_too() -> None:
    lines = "\n".join("abcdefghijklmnopqrstuvwxyz" for _ in range(6))
    crowd = scene_of(
        box(lines, at=(2.0, 0.0), size_px=14.0),
        box(lines, at=(4.0, 4.0), size_px=14.0, angle_deg=4.0, ink="navy"),
    )
    plain = drawn(crowd)
    assert plain.mask.dtype == np.uint16
    for effects in ((chosen("outline"),), (chosen("shadow"), chosen("gradient"))):
        for only in (None, 0, 1):
            changed = drawn(with_effects(crowd, *effects, only=only))
            assert changed.mask.dtype == np.uint16
            assert labels_of(changed) == labels_of(plain)


def test_what_a_later_box_hides_is_hidden_with_effects_too() -> None:
    hidden = scene_of(
        box("i.", at=(40.0, 40.0), size_px=12.0),
        box("\u2588\u2588", at=(20.0, 10.0), size_px=80.0, family="JetBrains Mono"),
    )
    plain = drawn(hidden)
    assert (plain.annotation.boxes[0].clusters[:, 3] == 0).any()
    for only in (None, 0, 1):
        changed = drawn(with_effects(hidden, chosen("glow"), only=only))
        assert labels_of(changed) == labels_of(plain)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["quick", "Ay", "wjf.", "x\ny"]),
            st.floats(-40, 220), st.floats(-40, 120), st.floats(5, 70), st.floats(-180, 180),
            st.lists(st.tuples(st.sampled_from(BOX), st.integers(0, 9)), max_size=3),
        ),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_labels_are_the_same_wherever_boxes_lie(boxes: list[Any]) -> None:
    plain, decorated = [], []
    for text, x, y, size_px, angle_deg, effects in boxes:
        one = box(text, at=(x, y), size_px=size_px, angle_deg=angle_deg)
        plain.append(one)
        decorated.append(replace(one, effects=tuple(chosen(*effect) for effect in effects)))
    first, second = drawn(scene_of(*plain)), drawn(scene_of(*decorated))
    assert labels_of(first) == labels_of(second)


# ------------------------------------------------------------------ what is painted


def test_an_effect_that_changes_nothing_gives_the_plain_picture() -> None:
    spaced = scene_of(box("A B C", at=(10.0, 10.0)), box("d e", at=(100.0, 80.0), ink="navy"))
    plain = drawn(spaced)
    for only in (None, 0, 1):
        same = drawn(with_effects(spaced, Opacity(1.0), only=only))
        assert np.array_equal(same.pixels, plain.pixels)
        assert np.array_equal(same.layer, plain.layer)  # type: ignore[arg-type]
        for mine, theirs in zip(same.annotation.boxes, plain.annotation.boxes, strict=True):
            assert (mine.contrast, mine.noise) == (theirs.contrast, theirs.noise)


def test_boxes_without_effects_are_drawn_as_if_nobody_had_any() -> None:
    crowd = with_effects(CROWD, chosen("outline"), only=2)
    plain, changed = drawn(CROWD), drawn(crowd)
    far = np.s_[:, :110]  # box 2 lies to the right of it
    assert np.array_equal(changed.pixels[far], plain.pixels[far])
    for number in (0, 1, 3):
        mine, theirs = changed.annotation.boxes[number], plain.annotation.boxes[number]
        assert (mine.contrast, mine.noise, mine.signal) == (
            theirs.contrast, theirs.noise, theirs.signal,
        )  # fmt: skip


@pytest.mark.parametrize("kind", ["glow", "outline", "shadow"])
def test_the_layer_has_the_ink_without_its_decoration(kind: str) -> None:
    spaced = scene_of(box("A B C", at=(10.0, 10.0)))
    plain, changed = drawn(spaced), drawn(with_effects(spaced, chosen(kind)))
    assert np.array_equal(changed.layer, plain.layer)  # type: ignore[arg-type]
    assert not np.array_equal(changed.pixels, plain.pixels)


@pytest.mark.parametrize("kind", ["gradient", "opacity", "texture"])
def test_the_layer_has_the_ink_in_its_fill(kind: str) -> None:
    one = scene_of(box("A B C", at=(10.0, 10.0)))
    plain, changed = drawn(one), drawn(with_effects(one, chosen(kind)))
    assert plain.layer is not None
    assert changed.layer is not None
    full = (plain.layer == one.boxes[0].ink.color).all(axis=2)
    assert not np.array_equal(changed.layer, plain.layer)
    if kind != "opacity":
        assert np.array_equal(changed.layer[full], changed.pixels[full])
    assert not changed.layer[~plain.layer.any(axis=2)].any()


@pytest.mark.parametrize("ink", ["white", "black", "gold", "red", "slategray", "teal"])
@pytest.mark.parametrize("kind", ["gradient", "texture"])
def test_the_colour_token_stays_true(kind: str, ink: str) -> None:
    for index, text in enumerate(("Holiday", "mmm", "Ay\nQu")):
        one = box(text, at=(20.0, 10.0), size_px=48.0, ink=ink, effects=(chosen(kind, index),))
        sample = drawn(scene_of(one))
        full = drawn(scene_of(replace(one, effects=(), ink=palette().by_name["white"])))
        assert sample.layer is not None
        assert full.layer is not None
        mean = sample.layer[full.layer[..., 0] == 255].mean(axis=0)
        nearest = palette().nearest(Color(*(round(v) for v in mean)))
        assert nearest.name == ink or np.abs(mean - one.ink.color).max() <= MEAN_SHIFT + 2


def test_effects_lie_from_the_ground_up_in_whatever_order() -> None:
    some = [chosen(kind) for kind in ("shadow", "glow", "outline", "gradient", "opacity")]
    first = drawn(with_effects(CROWD, *some))
    again = drawn(with_effects(CROWD, *some[::-1]))
    assert np.array_equal(first.pixels, again.pixels)


@pytest.mark.parametrize("kind", BOX)
@pytest.mark.parametrize(
    ("size_px", "at"),
    [(5.0, (10.0, 10.0)), (30.0, (-15.0, -12.0)), (30.0, (200.0, 120.0)), (220.0, (-90.0, -80.0)),
     (600.0, (-200.0, -300.0)), (30.0, (900.0, 10.0))],
)  # fmt: skip
def test_boxes_of_any_size_lie_over_the_edge_or_beyond(
    kind: str, size_px: float, at: tuple[float, float]
) -> None:
    effect = chosen(kind, 1)
    plain = drawn(scene_of(box("Edge", at=at, size_px=size_px, angle_deg=11.0)))
    one = scene_of(box("Edge", at=at, size_px=size_px, angle_deg=11.0, effects=(effect,)))
    changed = drawn(one)
    assert labels_of(changed) == labels_of(plain)
    ink = plain.annotation.boxes[0].ink // 16
    rect = bounds(ink)
    touched = np.nonzero((changed.pixels != GROUND).any(axis=2))
    if rect is None:
        assert not len(touched[0])
        return
    reach = math.ceil(getattr(effect, "reach_em", 0.0) * size_px) + SLACK_PX
    assert touched[1].min() >= rect[0] - reach
    assert touched[0].min() >= rect[1] - reach
    assert touched[1].max() < rect[2] + reach
    assert touched[0].max() < rect[3] + reach


@pytest.mark.parametrize("kind", BOX)
def test_a_box_seen_in_perspective_gets_effects_too(kind: str) -> None:
    tilted = Homography(1.0, 0.1, 20.0, 0.05, 1.0, 20.0, 0.002, 0.001, 1.0)
    one = replace(box("Tilted", size_px=44.0), place=tilted)
    plain, changed = drawn(scene_of(one)), drawn(scene_of(replace(one, effects=(chosen(kind),))))
    assert labels_of(changed) == labels_of(plain)
    assert not np.array_equal(changed.pixels, plain.pixels)


def test_a_box_without_ink_takes_an_effect_in_its_stride() -> None:
    blank = replace(box("x"), text=" ", source_text=" ")
    sample = drawn(scene_of(replace(blank, effects=(chosen("shadow"),)), box("y", at=(80.0, 40.0))))
    assert (sample.annotation.boxes[0].contrast, sample.annotation.boxes[0].signal) == (1.0, 0.0)
    assert (sample.mask > 0).any()


def test_a_painter_that_drew_effects_draws_the_next_scene_as_a_new_one_would() -> None:
    one = painter()
    small = scene_of(box("small", at=(4.0, 4.0), effects=(chosen("glow"),)), canvas=Canvas(64, 48))
    scenes = (with_effects(CROWD, chosen("shadow")), CROWD, with_effects(CROWD, chosen("glow")))
    for scene in (*scenes, small, *scenes[::-1]):
        mine, new = drawn(scene, one), drawn(scene)
        assert labels_of(mine) == labels_of(new)
        assert np.array_equal(mine.pixels, new.pixels)
        assert np.array_equal(mine.layer, new.layer)  # type: ignore[arg-type]


class Broken:
    """An effect that fails."""

    reach_em = 0.2

    def apply(self, inking: Inking) -> None:
        raise RuntimeError("broken")


def test_an_effect_that_fails_leaves_nothing_behind_in_the_painter() -> None:
    one = painter()
    with pytest.raises(RuntimeError, match="broken"):
        drawn(with_effects(CROWD, Broken()), one)
    scene = with_effects(CROWD, chosen("outline"))
    mine, new = drawn(scene, one), drawn(scene)
    assert labels_of(mine) == labels_of(new)
    assert np.array_equal(mine.pixels, new.pixels)


class Painted:
    """An effect of somebody else, without reach or depth: it fills the ink and marks its ground."""

    def apply(self, inking: Inking) -> None:
        assert inking.pixels.shape == inking.fill.shape == (*inking.alpha.shape, 3)
        assert inking.left >= 0 <= inking.top
        inking.fill[:] = (1, 2, 3)
        inking.pixels[:] = (200, 0, 0)


def test_an_effect_of_somebody_else_stays_near_the_ink_and_is_measured() -> None:
    plain = drawn(scene_of(box("mark", at=(60.0, 40.0))))
    sample = drawn(scene_of(box("mark", at=(60.0, 40.0), effects=(Painted(),))))
    left, top, right, bottom = bounds(plain.annotation.boxes[0].ink // 16)  # type: ignore[misc]
    marked = np.zeros(sample.mask.shape, bool)
    near = SLACK_PX
    marked[top - near : bottom + near, left - near : right + near] = True
    assert np.array_equal((sample.pixels == GROUND).all(axis=2), ~marked)
    expected = contrast(luminance(1, 2, 3), luminance(200, 0, 0))
    assert sample.annotation.boxes[0].contrast == pytest.approx(expected)


# ------------------------------------------------------------------ legibility


def test_an_outline_counts_as_ground() -> None:
    one = box("Outlined", ink="white", effects=(Outline(0.06, Color(0, 0, 0)),))
    white = Solid(Color(250, 250, 250))
    labels = drawn(replace(scene_of(one), background=white)).annotation.boxes[0]
    assert labels.contrast == pytest.approx(21.0, abs=0.01)
    bare = replace(scene_of(replace(one, effects=())), background=white)
    assert drawn(bare).annotation.boxes[0].contrast < 1.1


def test_a_shadow_takes_contrast_from_dark_ink_and_a_glow_gives_it() -> None:
    plain = drawn(scene_of(box("Mmm", ink="navy", size_px=60.0))).annotation.boxes[0]
    dark, lit = (
        drawn(scene_of(box("Mmm", ink="navy", size_px=60.0, effects=(effect,)))).annotation.boxes[0]
        for effect in (Shadow(0.03, 45.0, 0.05, 0.8, Color(0, 0, 0)), Glow(0.2, 0.9, None))
    )
    assert dark.contrast < plain.contrast < lit.contrast


def test_thin_ink_is_measured_as_it_is_seen() -> None:
    one = box("MMM", ink="black", size_px=60.0, effects=(Opacity(0.5),))
    labels = drawn(replace(scene_of(one), background=Solid(Color(255, 255, 255)))).annotation
    assert labels.boxes[0].contrast == pytest.approx(contrast(luminance(127, 127, 127), 1.0), 0.02)


def test_a_later_box_measures_nothing_where_earlier_ink_lies() -> None:
    bar = box("\u2588", at=(20.0, 10.0), size_px=80.0, ink="black", family="JetBrains Mono")
    over = box("i", at=(34.0, 50.0), size_px=20.0, ink="white")
    plain = drawn(scene_of(bar, over)).annotation.boxes[1]
    fancy = drawn(with_effects(scene_of(bar, over), Opacity(1.0))).annotation.boxes[1]
    assert (plain.contrast, plain.signal) == (1.0, 0.0) == (fancy.contrast, fancy.signal)


@pytest.mark.parametrize(
    ("lumas", "ink", "signal"),
    [
        ((100, 100), 200, CLEAREST),  # no noise at all
        ((90, 110), 200, 10.0),
        ((90, 110), 100, 0.0),
        ((0, 200), 200, 1.0),
        ((100, 100), 100, 0.0),
        ((100, 101), 255, CLEAREST),  # 309 deviations
    ],
)
def test_signal_is_the_distance_of_ink_and_ground_in_deviations(
    lumas: tuple[int, int], ink: int, signal: float
) -> None:
    # Greys have a luma of their own value: (77 + 150 + 29) / 256 is 1.
    total, squares = sum(lumas), sum(value * value for value in lumas)
    under = [2, total, total, total, total, squares]
    assert seen_behind(under, (ink, ink, ink))[2] == pytest.approx(signal)


def test_a_ground_with_noise_has_a_signal_to_match() -> None:
    noisy = np.random.default_rng(1).normal(100, 10, (140, 240)).round().clip(0, 255)
    pixels = np.repeat(noisy.astype(np.uint8)[..., None], 3, axis=2)
    scene = scene_of(box("MMMMM", size_px=50.0, ink="white"))
    placed = [set_box(one, CATALOGUE.open(one.face.token), OUTLINES) for one in scene.boxes]
    labels = painter().draw(scene, Typeset(tuple(placed)), pixels).annotation.boxes[0]
    assert labels.noise == pytest.approx(10.0, rel=0.1)
    assert labels.signal == pytest.approx(155.0 / labels.noise, rel=0.05)


def test_the_facts_tell_signal_and_effects() -> None:
    sample = drawn(with_effects(CROWD, chosen("shadow"), chosen("gradient"), only=1))
    written: Any = facts(sample, key="k", group="g", recipe="r", prompt="", kind="solid")
    assert [one["effects"] for one in written["boxes"]] == [[], ["shadow", "gradient"], [], []]
    told = [one["signal"] for one in written["boxes"]]
    assert told == [round(one.signal, 3) for one in sample.annotation.boxes]
    assert all(type(value) is float for value in told)


# ------------------------------------------------------------------ the same bytes


def everything() -> str:
    """A digest of a crowd with every effect, and of its labels."""
    boxes = with_effects(CROWD, *(chosen(kind, 2) for kind in BOX), only=1)
    boxes = with_effects(boxes, chosen("outline"), only=2)
    sample = drawn(replace(boxes, effects=tuple(chosen(kind, 3) for kind in PICTURE)))
    numbers = [(one.contrast, one.noise, one.signal) for one in sample.annotation.boxes]
    whole = sample.pixels.tobytes() + labels_of(sample) + repr(numbers).encode()
    return hashlib.sha256(whole + sample.layer.tobytes()).hexdigest()  # type: ignore[union-attr]


ELSEWHERE = {
    "another process": {},
    "the kernel's twin": {"GLYPHDATA_KERNEL": "twin"},
    "an older processor": {
        "OPENCV_CPU_DISABLE": "AVX512-SKX,AVX2,AVX,FP16,SSE4.2,SSE4.1",
        "OPENCV_IPP": "disabled",
        "NPY_DISABLE_CPU_FEATURES": "X86_V4 X86_V3",
    },
}


@pytest.mark.parametrize("where", ELSEWHERE)
def test_the_same_bytes_come_from(where: str, elsewhere: Callable[..., dict[str, str]]) -> None:
    there = elsewhere("77", "C", "Asia/Tokyo", **ELSEWHERE[where])
    code = "from tests.draw.test_inking import everything; print(everything())"
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=there, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout.strip() == everything()


def test_threads_make_no_difference() -> None:
    before = cv2.getNumThreads()
    try:
        digests = set()
        for threads in (1, 4):
            cv2.setNumThreads(threads)
            digests.add(everything())
    finally:
        cv2.setNumThreads(before)
    assert len(digests) == 1
