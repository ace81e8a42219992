"""Scene i is a pure function of (recipe, i), and what it promises of itself is true."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import glyphdata
from glyphdata.errors import InputError, Rejection
from glyphdata.faces.catalogue import load
from glyphdata.faces.outlines import Outlines
from glyphdata.factory import Factory
from glyphdata.parts.backgrounds.black import Black
from glyphdata.parts.backgrounds.solid import Solid
from glyphdata.parts.codec import decode, encode
from glyphdata.recipe import Recipe
from glyphdata.registry import kind_of
from glyphdata.scene.color import contrast, luminance
from glyphdata.scene.scene import Scene, TextBox
from glyphdata.scenes import Scenes
from glyphdata.typeset import set_box

RecipeOf = Callable[..., Recipe]

COUNT = 80
EDGE = 1e-6

WORDS: dict[str, Any] = {
    "levels": {"word": 1},
    "texts": [{"kind": "words", "language": "en"}],
    "boxes": {"count": 1, "size_px": [10, 40]},
    "colors": {"min_contrast": 1},
    "backgrounds": [{"kind": "black"}],
    "samples": 200,
}
"""A recipe that rejects nothing, so that a decision can be changed alone."""


@pytest.fixture(scope="module")
def scenes(mixed: Recipe) -> list[Scene]:
    made = Scenes(mixed)
    return [made[index] for index in range(COUNT)]


def test_the_mixed_recipe_is_mixed(scenes: list[Scene]) -> None:
    """What the tests below say of all scenes is said of every script and background."""
    assert {box.script for scene in scenes for box in scene.boxes} >= {
        "latin", "greek", "cyrillic", "arabic", "hebrew", "devanagari", "thai", "han", "kana",
        "hangul",
    }  # fmt: skip
    grounds = {kind_of("backgrounds", type(scene.background)) for scene in scenes}
    assert grounds == {"black", "solid", "gradient", "noise", "paper", "photos"}
    assert {scene.level for scene in scenes} == {"word", "sentence", "paragraph"}
    boxes = [box for scene in scenes for box in scene.boxes]
    assert {box.angle_deg == 0 for box in boxes} == {True, False}
    assert {len(box.line_ends) > 2 for box in boxes} == {True, False}
    assert {len(scene.boxes) for scene in scenes} == {1, 2, 3, 4}


def test_a_scene_is_the_same_in_any_order_and_after_any_others(
    mixed: Recipe, scenes: list[Scene]
) -> None:
    order = [index % COUNT for index in range(2 * COUNT)]
    random.Random(3).shuffle(order)
    again = Scenes(mixed)
    for index in order:
        _ = again[index + 1000] if index % 7 == 0 else None
        assert again[index] == scenes[index]
    assert again[10:13] == scenes[10:13]
    assert again[10 - len(again)] == scenes[10]


def test_drawing_pictures_in_between_changes_no_scene(mixed: Recipe, scenes: list[Scene]) -> None:
    factory = Factory(mixed)
    factory.warm()
    for index in (70, 3, 3, 41, 0):
        assert factory.picture(index).scene == scenes[index]


def test_an_index_beyond_the_end_is_an_index_error(recipe_of: RecipeOf) -> None:
    some = Scenes(recipe_of(samples=3))
    assert len(some) == 3
    assert len(list(some)) == 3
    for wrong in (3, -4):
        with pytest.raises(IndexError, match=f"no scene {wrong} among 3"):
            _ = some[wrong]


TOLD = """
import sys
from hashlib import sha256
from glyphdata.parts.codec import encode
from glyphdata.recipe import load_recipe
from glyphdata.scenes import Scenes
scenes = Scenes(load_recipe(sys.argv[1]))
for index in sys.argv[2].split(","):
    print(index, sha256(encode(scenes[int(index)])).hexdigest())
"""


@pytest.mark.parametrize(
    ("hash_seed", "locale", "zone"),
    [("0", "C", "UTC"), ("4242", "tr_TR.UTF-8", "Pacific/Kiritimati")],
)
def test_a_fresh_process_under_another_sky_decides_the_same(
    hash_seed: str,
    locale: str,
    zone: str,
    write_recipe: Callable[..., Path],
    elsewhere: Callable[..., dict[str, str]],
    scenes: list[Scene],
    tmp_path: Path,
) -> None:
    order = list(range(0, COUNT, 2)) if locale == "C" else list(reversed(range(1, COUNT, 2)))
    ran = subprocess.run(
        [sys.executable, "-c", TOLD, str(write_recipe()), ",".join(map(str, order))],
        env=elsewhere(hash_seed, locale, zone),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    expected = [f"{index} {sha256(encode(scenes[index])).hexdigest()}" for index in order]
    assert ran.stdout.splitlines() == expected


CHANGES: dict[str, tuple[dict[str, object], frozenset[str]]] = {
    "align": ({"boxes": {**WORDS["boxes"], "align": ["left"]}}, frozenset({"align"})),
    "line spacing": (
        {"boxes": {**WORDS["boxes"], "line_spacing": [2.0, 3.0]}},
        frozenset({"line_spacing"}),
    ),
    "colours": ({"colors": {"min_contrast": 1, "names": ["red", "teal"]}}, frozenset({"ink"})),
    "backgrounds": (
        {"backgrounds": [{"kind": "noise"}, {"kind": "black"}, {"kind": "paper", "share": 5}]},
        frozenset({"ink", "background"}),
    ),
    "angles": (
        {"boxes": {**WORDS["boxes"], "angle_deg": [5, 9]}},
        frozenset({"angle_deg", "place"}),
    ),
    "faces": (
        {"faces": {"scripts": ["latin"], "families": ["Lora", "Roboto"]}},
        frozenset({"face", "width_px", "height_px", "place"}),
    ),
    "outputs": ({"outputs": {"mask": False}}, frozenset()),
    "how many": ({"samples": 6_000_000, "name": "else", "shard": {"samples": 7}}, frozenset()),
}
"""What is changed in the recipe, and all that may change with it."""


@pytest.mark.parametrize("what", CHANGES)
def test_a_decision_moves_no_other(what: str, recipe_of: RecipeOf) -> None:
    changed, follows = CHANGES[what]
    before, after = Scenes(recipe_of(**WORDS)), Scenes(recipe_of(**{**WORDS, **changed}))
    moved = set()
    for index in range(40):
        moved |= differing(before[index], after[index])
    assert moved == follows


def test_another_seed_moves_everything(recipe_of: RecipeOf) -> None:
    before, after = Scenes(recipe_of(**WORDS)), Scenes(recipe_of(**WORDS, seed=21))
    moved = set()
    for index in range(40):
        moved |= differing(before[index], after[index])
    assert moved >= {"seed", "text", "face", "ink", "place", "size_px", "align"}


def differing(one: Scene, other: Scene) -> set[str]:
    """The names of the fields in which two scenes of one box each differ."""

    def fields(scene: Scene) -> dict[str, object]:
        (box,) = scene.boxes
        own = {name: getattr(scene, name) for name in Scene.__slots__ if name != "boxes"}
        return own | {name: getattr(box, name) for name in TextBox.__slots__}

    mine, theirs = fields(one), fields(other)
    return {name for name in mine if mine[name] != theirs[name]}


def test_the_millionth_scene_costs_what_the_first_does(recipe_of: RecipeOf) -> None:
    far = Scenes(recipe_of(samples=10**9, shard={"samples": 100_000}))
    assert far[10**9 - 1].index == 10**9 - 1
    assert far[-1] == far[10**9 - 1] != far[0]


def test_a_scene_survives_json_equal(scenes: list[Scene]) -> None:
    for scene in scenes:
        blob = encode(scene)
        assert decode(blob) == scene
        assert encode(decode(blob)) == blob


def test_boxes_lie_inside_the_canvas_and_apart(scenes: list[Scene]) -> None:
    pairs = 0
    for scene in scenes:
        quads = [box.quad for box in scene.boxes]
        for number, quad in enumerate(quads):
            left, top, right, bottom = quad.bbox()
            assert min(left, top) >= -EDGE
            assert right <= scene.canvas.width + EDGE
            assert bottom <= scene.canvas.height + EDGE
            for other in quads[:number]:
                assert quad.separates(other, 2.0 - EDGE)
                pairs += 1
    assert pairs > 50


def test_boxes_stand_in_reading_order_with_ids_of_their_own(scenes: list[Scene]) -> None:
    for scene in scenes:
        assert [box.id for box in scene.boxes] == list(range(len(scene.boxes)))
        tops = [(box.quad.bbox().top, box.quad.bbox().left) for box in scene.boxes]
        assert tops == sorted(tops)
        assert scene.language == scene.boxes[0].language


def test_lines_end_where_the_text_does_and_sizes_keep_their_bounds(
    mixed: Recipe, scenes: list[Scene]
) -> None:
    low, high = mixed.boxes.size_px
    for box in (box for scene in scenes for box in scene.boxes):
        assert list(box.line_ends) == sorted(set(box.line_ends))
        assert box.line_ends[-1] == len(box.text.encode())
        assert low <= box.size_px <= high
        assert box.source_text == box.text
        assert box.level != "word" or len(box.line_ends) == 1


def overlap_of(scene: Scene) -> float:
    """The largest share of any box that the others, one by one, lie on."""
    quads = [np.array(box.quad, np.float32) for box in scene.boxes]
    worst = 0.0
    for number, quad in enumerate(quads):
        for other in quads[:number] + quads[number + 1 :]:
            shared, _ = cv2.intersectConvexConvex(quad, other)
            worst = max(worst, shared / cv2.contourArea(quad))
    return worst


def test_boxes_overlap_where_they_may_and_by_no_more_than_that(recipe_of: RecipeOf) -> None:
    crowded = {"count": [3, 6], "angle_deg": [-20, 20], "size_px": [9, 60], "overlap": 0.3}
    some = Scenes(recipe_of(boxes=crowded, levels={"word": 1}, backgrounds=[{"kind": "black"}]))
    shares = [overlap_of(some[index]) for index in range(150)]
    assert max(shares) > 0.1
    assert max(shares) <= 0.3 + 1e-3


@pytest.mark.parametrize("floor", [3.0, 7.0])
def test_ink_stands_out_from_an_even_ground(floor: float, recipe_of: RecipeOf) -> None:
    even = [{"kind": "black"}, {"kind": "solid", "share": 3}]
    made = Factory(recipe_of(backgrounds=even, colors={"min_contrast": floor}))
    inks, apart = set(), 0
    for index in range(60):
        sample = made.picture(index)
        ground = sample.scene.background
        assert isinstance(ground, Solid | Black)
        behind = luminance(*(ground.color if isinstance(ground, Solid) else (0, 0, 0)))
        for box, labels in zip(sample.scene.boxes, sample.annotation.boxes, strict=True):
            ratio = contrast(luminance(*box.ink.color), behind)
            assert ratio >= floor - 1e-9
            inks.add(box.ink.token)
            # Where letters run into each other, what lies under one is partly the one before.
            assert 0.8 * ratio < labels.contrast <= ratio + 1e-9
            if box.script == "hangul":
                assert labels.contrast == pytest.approx(ratio, abs=1e-9)
                assert labels.noise == 0.0
                apart += 1
    assert len(inks) > 20
    assert apart > 3


def test_a_face_draws_every_character_of_its_text(scenes: list[Scene]) -> None:
    catalogue, outlines = load(), Outlines()
    for box in (box for scene in scenes for box in scene.boxes):
        face = catalogue[box.face.token]
        assert (face.token, face.family, face.style) == box.face
        assert catalogue.covering(box.text) >> box.face.token & 1
        assert set_box(box, catalogue.open(box.face.token), outlines, ligatures=False).glyphs.all()
        if any(character.islower() for character in box.text):
            assert face.case == "mixed"


def test_han_is_drawn_in_the_shapes_of_its_language(scenes: list[Scene]) -> None:
    catalogue = load()
    seen = Counter[str]()
    for box in (box for scene in scenes for box in scene.boxes):
        if box.language in ("zh", "ja", "ko"):
            languages = catalogue[box.face.token].languages
            assert not languages or any(one.startswith(box.language) for one in languages)
            seen[box.language] += 1
    assert set(seen) == {"zh", "ja", "ko"}


def test_a_face_of_capitals_gets_capitals_alone(recipe_of: RecipeOf) -> None:
    catalogue = load()
    families = sorted(
        {catalogue[token].family for token in catalogue.tokens(catalogue.where(cases=("upper",)))}
    )
    only = {**WORDS, "faces": {"families": families}}
    capitals = Scenes(
        recipe_of(**{**only, "texts": [{"kind": "words", "language": "en", "case": "upper"}]})
    )
    for index in range(20):
        (box,) = capitals[index].boxes
        assert box.text == box.text.upper() != box.text.lower()
        assert catalogue[box.face.token].case != "mixed"
    small = Scenes(
        recipe_of(**{**only, "texts": [{"kind": "words", "language": "en", "case": "written"}]})
    )
    with pytest.raises(Rejection, match="0 of 1 boxes") as caught:
        _ = small[0]
    assert caught.value.reason == "no-scene"


def test_shares_are_kept_over_many_scenes(recipe_of: RecipeOf) -> None:
    some = Scenes(
        recipe_of(
            **{
                **WORDS,
                "levels": {"word": 2, "sentence": 5, "paragraph": 3},
                "texts": [
                    {"kind": "words", "language": "en", "share": 3},
                    {"kind": "words", "language": "de", "share": 1},
                    {"kind": "paragraphs", "language": "en"},
                ],
                "backgrounds": [{"kind": "black", "share": 3}, {"kind": "solid"}],
                "boxes": {"count": 1, "size_px": [6, 20], "angle_deg": [-30, 30], "turned": 0.4},
                "samples": 600,
            }
        )
    )
    levels, languages, grounds, turned = Counter[str](), Counter[str](), Counter[str](), 0
    for scene in some:
        levels[scene.level] += 1
        languages[scene.language] += scene.level != "paragraph"
        grounds[kind_of("backgrounds", type(scene.background))] += 1
        turned += scene.boxes[0].angle_deg != 0
        assert scene.rejected == ()
    # Four standard deviations of a share near a half, of 600: 0.08.
    for level, share in (("word", 0.2), ("sentence", 0.5), ("paragraph", 0.3)):
        assert levels[level] / 600 == pytest.approx(share, abs=0.08)
    assert grounds["black"] / 600 == pytest.approx(0.75, abs=0.08)
    assert turned / 600 == pytest.approx(0.4, abs=0.08)
    named = languages.total()
    assert languages["en"] / named == pytest.approx(0.75, abs=0.09)


def test_sizes_are_as_often_small_as_large(recipe_of: RecipeOf) -> None:
    some = Scenes(recipe_of(**{**WORDS, "boxes": {"count": 1, "size_px": [8, 32]}, "samples": 400}))
    sizes = np.array([scene.boxes[0].size_px for scene in some])
    assert np.mean(sizes < 16) == pytest.approx(0.5, abs=0.1)


TOO_HARD: dict[str, tuple[dict[str, object], str]] = {
    "texts too large": (
        {"boxes": {"count": 1, "size_px": 300}, "canvas": {"width": 64, "height": 64}},
        "too-long",
    ),
    "contrast beyond reach": (
        {
            "backgrounds": [{"kind": "solid", "colors": ["#808080"]}],
            "colors": {"min_contrast": 15},
        },
        "low-contrast",
    ),
    "no face": ({"faces": {"families": ["Lora"]}, "texts": [{"kind": "words", "language": "th"}]},
        "no-face"),
    "more boxes than there is room": (
        {"boxes": {"count": 50, "size_px": 24}, "canvas": {"width": 96, "height": 96}},
        "too-long",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TOO_HARD)
def test_a_scene_that_cannot_be_made_is_a_rejection_that_says_why(
    what: str, recipe_of: RecipeOf
) -> None:
    changed, reason = TOO_HARD[what]
    hard = Scenes(recipe_of(**{**WORDS, **changed}))
    told = []
    for _ in range(2):
        with pytest.raises(Rejection, match="scene 5: none of 8 drafts") as caught:
            _ = hard[5]
        assert caught.value.reason == "no-scene"
        assert caught.value.hint
        told.append(str(caught.value))
    assert told[0] == told[1]
    assert reason in told[0]


def test_what_was_given_up_on_the_way_is_told(recipe_of: RecipeOf) -> None:
    tight = {"count": [3, 5], "size_px": [20, 80]}
    some = Scenes(recipe_of(boxes=tight, canvas={"width": 200, "height": 120}))
    reasons = Counter[str]()
    for index in range(30):
        try:
            reasons.update(some[index].rejected)
        except Rejection as rejection:
            reasons[rejection.reason] += 1
    assert reasons["too-long"] > 0
    assert set(reasons) <= {"too-long", "no-room", "too-few-boxes", "low-contrast", "no-scene"}


def test_a_recipe_that_no_face_or_text_answers_is_refused_at_once(recipe_of: RecipeOf) -> None:
    with pytest.raises(InputError, match="no installed face answers"):
        Scenes(recipe_of(faces={"scripts": ["thai"], "families": ["Lora"]}))
    with pytest.raises(InputError, match="no text source gives a paragraph"):
        Scenes(recipe_of(**{**WORDS, "levels": {"paragraph": 1}}))


def test_plan_is_the_sequence_of_scenes(mixed: Recipe, scenes: list[Scene]) -> None:
    planned = glyphdata.plan(mixed)
    assert len(planned) == mixed.samples
    assert planned[7] == scenes[7] != replace(scenes[7], index=8)


def test_no_text_is_smaller_than_its_script_can_bear(recipe_of: RecipeOf) -> None:
    tiny = {"count": [1, 3], "size_px": [4, 20], "least_px": {"thai": 13}}
    texts = [
        {"kind": "numbers"},
        *({"kind": "words", "language": language} for language in ("en", "zh", "th", "ar")),
    ]
    some = Scenes(recipe_of(**{**WORDS, "boxes": tiny, "texts": texts, "samples": 300}))
    least: dict[str, float] = {}
    for scene in some:
        for box in scene.boxes:
            least[box.script] = min(box.size_px, least.get(box.script, 99.0))
    floors = {"latin": 7.0, "han": 11.0, "thai": 13.0, "arabic": 9.0}
    for script, size in least.items():
        assert size >= floors.get(script, 7.0), script
    assert least["latin"] < 8.0
    assert set(floors) < set(least)
