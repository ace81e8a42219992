"""Scenes as JSON and back: exactly, or a fault with its path."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glyphdata.errors import InputError
from glyphdata.parts.codec import decode, encode
from glyphdata.registry import kinds, load, outcome
from glyphdata.scene.color import Color, Ink, palette
from glyphdata.scene.geometry import Homography
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Canvas, Edit, FaceRef, Scene, TextBox

CANVAS = Canvas(64, 48)

FLOATS = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(max_size=12)
INTS = st.integers(-(2**63), 2**64 - 1)
EDITS = st.builds(Edit, TEXTS, st.sampled_from(["char", "word"]), st.integers(0, 99), TEXTS, TEXTS)
BOXES = st.builds(
    TextBox,
    id=st.integers(0, 254),
    level=st.sampled_from(["word", "sentence", "paragraph"]),
    text=TEXTS,
    source_text=TEXTS,
    language=TEXTS,
    script=TEXTS,
    direction=st.sampled_from(["ltr", "rtl"]),
    face=st.builds(FaceRef, INTS, TEXTS, TEXTS),
    ink=st.sampled_from(palette().inks),
    size_px=FLOATS,
    align=st.sampled_from(["left", "center", "right"]),
    angle_deg=FLOATS,
    width_px=FLOATS,
    height_px=FLOATS,
    place=st.builds(Homography, *[FLOATS] * 9),
    line_ends=st.lists(st.integers(0, 9999), max_size=4).map(tuple),
    line_spacing=FLOATS,
    edits=st.lists(EDITS, max_size=2).map(tuple),
    negatives=st.lists(TEXTS, max_size=2).map(tuple),
)
BACKDROPS = st.builds(
    lambda kind, seed: load("backgrounds", kind)().choose(Rng.of(seed, 0), CANVAS),
    st.sampled_from([kind for kind in kinds("backgrounds") if kind != "photos"]),
    st.integers(0, 2**32),
)
SCENES = st.builds(
    Scene,
    seed=INTS,
    index=st.integers(0, 10**12),
    variant=st.integers(0, 99),
    canvas=st.builds(Canvas, st.integers(16, 8192), st.integers(16, 8192)),
    level=st.sampled_from(["word", "sentence", "paragraph"]),
    language=TEXTS,
    background=BACKDROPS,
    boxes=st.lists(BOXES, max_size=3).map(tuple),
    rejected=st.lists(TEXTS, max_size=2).map(tuple),
)


def scene(**changes: Any) -> Scene:
    box = TextBox(
        id=0,
        level="word",
        text="Grüße",
        source_text="Grüße",
        language="de",
        script="latin",
        direction="ltr",
        face=FaceRef(3, "Noto Sans", "Regular"),
        ink=Ink(1, "navy", Color(0, 0, 128)),
        size_px=31.7,
        align="left",
        angle_deg=0.1 + 0.2,
        width_px=90.0,
        height_px=40.0,
        place=Homography.placed(3.0, 4.0, 30.0),
        line_ends=(7,),
    )
    whole = Scene(
        seed=7,
        index=17,
        variant=0,
        canvas=CANVAS,
        level="word",
        language="de",
        background=outcome("backgrounds", "solid")(Color(1, 2, 3)),
        boxes=(box,),
    )
    return replace(whole, **changes)


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    data = json.loads(encode(scene()))
    change(data)
    return json.dumps(data).encode()


@settings(max_examples=150, deadline=None)
@given(SCENES)
def test_any_scene_survives_json_and_back_equal(one: Scene) -> None:
    data = encode(one)
    again = decode(data)
    assert again == one
    assert encode(again) == data


def test_a_scene_reads_as_people_would_write_it() -> None:
    data = json.loads(encode(scene()))
    assert data["background"] == {"kind": "solid", "color": [1, 2, 3]}
    assert data["canvas"] == {"width": 64, "height": 48}
    box = data["boxes"][0]
    assert box["face"] == {"token": 3, "family": "Noto Sans", "style": "Regular"}
    assert box["ink"] == {"token": 1, "name": "navy", "color": [0, 0, 128]}
    assert len(box["place"]) == 9
    assert box["angle_deg"] == 0.30000000000000004
    assert list(data) == list(Scene.__dataclass_fields__)


def test_a_field_with_a_default_may_be_left_out() -> None:
    assert decode(changed(lambda data: data["boxes"][0].pop("line_spacing"))) == scene()


def test_a_whole_number_is_read_where_a_float_is_due() -> None:
    again = decode(changed(lambda data: data["boxes"][0].update(size_px=31)))
    assert again.boxes[0].size_px == 31.0
    assert type(again.boxes[0].size_px) is float


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.pop("seed"), "scene.seed: is missing"),
        (lambda d: d.update(sed=1), "scene.sed: Scene has no such field"),
        (lambda d: d.update(seed=1.5), "scene.seed: must be of type int; found 1.5"),
        (lambda d: d.update(seed=True), "scene.seed: must be of type int; found True"),
        (lambda d: d.update(boxes={}), "scene.boxes: must be a list; found dict"),
        (
            lambda d: d.update(level="page"),
            "scene.level: must be one of 'word', 'sentence', 'paragraph'; found 'page'",
        ),
        (
            lambda d: d["boxes"][0].update(place=[1.0]),
            "scene.boxes.0.place: must be a list of 9; found list",
        ),
        (
            lambda d: d["boxes"][0]["place"].__setitem__(4, None),
            "scene.boxes.0.place.4: must be of type float; found None",
        ),
        (
            lambda d: d["boxes"][0]["ink"].update(color=[0, "1", 2]),
            "scene.boxes.0.ink.color.1: must be of type int; found '1'",
        ),
        (lambda d: d["boxes"].append(3), "scene.boxes.1: must be an object; found 3"),
        (
            lambda d: d["background"].update(kind="solit"),
            "scene.background.kind: no backgrounds of kind 'solit' (did you mean 'solid'?)",
        ),
        (
            lambda d: d["background"].pop("kind"),
            "scene.background: must be an object with a kind; found dict",
        ),
        (
            lambda d: d["background"].update(kind="../../x"),
            "scene.background.kind: no backgrounds of kind '../../x'",
        ),
    ],
)
def test_what_is_no_scene_is_refused_with_its_path(
    change: Callable[[dict[str, Any]], object], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        decode(changed(change))
    told = str(caught.value).replace(" › ", ": ")
    assert told.startswith(message)


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"NaN", b"[" * 5000])
def test_what_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="scene: is no JSON"):
        decode(data)


def test_a_json_value_that_is_no_object_is_refused() -> None:
    with pytest.raises(InputError, match="scene: must be an object; found 3"):
        decode(b"3")


def test_a_number_that_is_not_finite_cannot_be_written() -> None:
    box = replace(scene().boxes[0], size_px=float("nan"))
    with pytest.raises(InputError, match="holds nan, which JSON cannot"):
        encode(scene(boxes=(box,)))


def test_a_lone_surrogate_cannot_be_written() -> None:
    with pytest.raises(InputError, match="cannot be written as JSON"):
        encode(scene(language="\ud800"))


def test_a_part_that_belongs_to_no_kind_cannot_be_written() -> None:
    with pytest.raises(InputError, match="is none of the backgrounds"):
        encode(scene(background=CANVAS))


BLOT = """
from dataclasses import dataclass
from typing import NamedTuple

from glyphdata.scene.geometry import Point


class Ring(NamedTuple):
    center: Point
    radius_px: float
    label: str


@dataclass(frozen=True, slots=True)
class Blots:
    share: float = 1.0

    def choose(self, rng):
        return Blot((Ring(Point(1.0, 2.0), 0.5, "a"),), None, (1, "x"), True)


@dataclass(frozen=True, slots=True)
class Blot:
    rings: tuple[Ring, ...]
    under: Point | None
    pair: tuple[int, str]
    soft: bool = False

    def apply(self, pixels):
        pixels.fill(0)
"""


def test_effects_of_other_makers_survive_with_all_they_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "foreign_blot.py").write_text(BLOT)
    info = tmp_path / "foreign_blot-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign-blot\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[glyphdata.parts.effects]\nblot = foreign_blot\n")
    monkeypatch.syspath_prepend(tmp_path)
    blot = load("effects", "blot")().choose(Rng.of(0, 0))
    one = scene(effects=(blot, replace(blot, under=(3.0, 4.0))))
    data = json.loads(encode(one))
    assert data["effects"][0] == {
        "kind": "blot",
        "rings": [{"center": [1.0, 2.0], "radius_px": 0.5, "label": "a"}],
        "under": None,
        "pair": [1, "x"],
        "soft": True,
    }
    assert data["effects"][1]["under"] == [3.0, 4.0]
    assert decode(encode(one)) == one
