"""A sample's pixels, masks, labels, facts and prompt say the same of its scene."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import glyphdata
from glyphdata.caption.prompt import parse
from glyphdata.errors import Rejection
from glyphdata.faces.coverage import may_be_blank, needs_no_glyph
from glyphdata.faces.spelling import PREFIXES
from glyphdata.factory import Encoded, Factory
from glyphdata.parts.codec import decode, encode
from glyphdata.recipe import Recipe
from glyphdata.scene.sample import UNIT, BoxLabels, Sample
from glyphdata.scene.scene import TextBox
from glyphdata.shards.index import SCHEMA

COUNT = 150
SLACK_PX = 1.0


@dataclass(frozen=True)
class Drawn:
    """One box of a drawn sample with its own part of the masks."""

    box: TextBox
    labels: BoxLabels
    own: np.ndarray  # where the box mask has it: n × 2, row and column
    rows: np.ndarray  # the rows, columns and clusters of its pixels in the cluster mask
    columns: np.ndarray
    clusters: np.ndarray
    first_id: int

    def text_of(self, cluster: int) -> str:
        start, end = self.labels.clusters[cluster, :2]
        return self.box.text.encode()[start:end].decode()


def boxes_of(sample: Sample) -> Iterator[Drawn]:
    assert sample.box_mask is not None
    first = 1
    for box, labels in zip(sample.scene.boxes, sample.annotation.boxes, strict=True):
        count = len(labels.clusters)
        rows, columns = np.nonzero((sample.mask >= first) & (sample.mask < first + count))
        clusters = sample.mask[rows, columns].astype(np.int64) - first
        own = np.argwhere(sample.box_mask == box.id + 1)
        yield Drawn(box, labels, own, rows, columns, clusters, first)
        first += count
    assert sample.mask.max() < first


@pytest.fixture(scope="module")
def drawn(factory: Factory) -> list[Drawn]:
    return [one for index in range(COUNT) for one in boxes_of(factory.picture(index))]


def beyond(quads: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """How far each pixel's centre lies outside its quad (n × 8, clockwise, in units), in pixels."""
    corners = quads.reshape(-1, 4, 2) / UNIT
    along = np.roll(corners, -1, axis=1) - corners
    normals = np.stack([along[..., 1], -along[..., 0]], axis=-1)
    normals /= np.hypot(along[..., 0], along[..., 1])[..., None]
    centres = np.stack([columns + 0.5, rows + 0.5], axis=-1)[:, None]
    far: np.ndarray = ((centres - corners) * normals).sum(axis=-1).max(axis=1)
    return far


def test_beyond_measures_distances() -> None:
    square = np.array([[0, 0, 10, 0, 10, 10, 0, 10]]) * UNIT
    assert beyond(square, np.array([4]), np.array([4]))[0] == -4.5
    assert beyond(square, np.array([4]), np.array([12]))[0] == 2.5


def test_a_scene_read_from_json_draws_the_same_to_the_byte(factory: Factory) -> None:
    for index in range(0, COUNT, 4):
        mine = factory.picture(index)
        again = glyphdata.render(decode(encode(mine.scene)))
        for name in ("pixels", "mask", "box_mask", "layer"):
            assert getattr(mine, name).any()
            assert np.array_equal(getattr(mine, name), getattr(again, name)), (index, name)
        for one, other in zip(mine.annotation.boxes, again.annotation.boxes, strict=True):
            for field in fields(BoxLabels):
                same = np.array_equal(getattr(one, field.name), getattr(other, field.name))
                assert same, (index, field.name)


def test_a_sample_is_the_same_after_any_others(mixed: Recipe, factory: Factory) -> None:
    fresh = Factory(mixed)
    for index in (31, 7, 7, 90, 2):
        assert fresh.make(index) == factory.make(index)


def test_every_pixel_of_a_box_lies_in_its_quad(drawn: list[Drawn]) -> None:
    for one in drawn:
        rows, columns = one.own.T
        assert len(rows)
        assert beyond(one.labels.quad[None], rows, columns).max() <= SLACK_PX


def test_every_pixel_of_a_cluster_lies_in_its_ink_its_word_and_its_line(
    drawn: list[Drawn],
) -> None:
    for one in drawn:
        labels, of, rows, columns = one.labels, one.clusters, one.rows, one.columns
        left, top, right, bottom = labels.ink[of].T // UNIT
        assert ((columns >= left) & (columns < right) & (rows >= top) & (rows < bottom)).all()
        lines = labels.line_quads[labels.clusters[of, 2]]
        assert beyond(lines, rows, columns).max(initial=0.0) <= SLACK_PX
        words = word_of(labels)
        in_word = words[of] >= 0
        quads = labels.word_quads[words[of[in_word]]]
        outside = beyond(quads, rows[in_word], columns[in_word])
        assert outside.max(initial=0.0) <= SLACK_PX


def word_of(labels: BoxLabels) -> np.ndarray:
    """The word that each cluster stands in; -1 for none."""
    starts, ends = labels.clusters[:, :2].T
    found = np.full(len(starts), -1)
    for number, (start, end, _) in enumerate(labels.words.tolist()):
        found[(starts >= start) & (ends <= end)] = number
    return found


def is_blank(text: str) -> bool:
    return all(may_be_blank(ord(char)) or needs_no_glyph(ord(char)) for char in text)


def test_what_should_show_has_pixels_of_its_own_and_what_is_blank_has_none(
    drawn: list[Drawn],
) -> None:
    """Ink that other ink hides to the last pixel is counted: at these sizes there is none."""
    told = Counter[str]()
    for one in drawn:
        pixels = np.bincount(one.clusters, minlength=len(one.labels.clusters))
        for cluster, (_, _, _, value) in enumerate(one.labels.clusters.tolist()):
            if is_blank(one.text_of(cluster)):
                told["blank"] += 1
                assert value == 0
                assert pixels[cluster] == 0
                assert not one.labels.ink[cluster].any()
                continue
            told["shown"] += 1
            assert value == one.first_id + cluster, one.text_of(cluster)
            told["hidden"] += pixels[cluster] == 0
    assert told["hidden"] == 0
    assert told["shown"] > 5000
    assert told["blank"] > 500


def test_clusters_and_lines_tile_the_text_and_words_nest_in_lines(drawn: list[Drawn]) -> None:
    for one in drawn:
        labels, size = one.labels, len(one.box.text.encode())
        for table in (labels.clusters, labels.lines):
            assert table[0, 0] == 0
            assert table[-1, 1] == size
            assert (table[1:, 0] == table[:-1, 1]).all()
            assert (table[:, 0] < table[:, 1]).all()
        assert labels.lines[:, 1].tolist() == list(one.box.line_ends)
        for table in (labels.clusters, labels.words):
            on = labels.lines[table[:, 2]]
            assert (on[:, 0] <= table[:, 0]).all()
            assert (table[:, 1] <= on[:, 1]).all()
        assert (labels.words[1:, 0] >= labels.words[:-1, 1]).all()
        words = word_of(labels)
        for cluster in range(len(labels.clusters)):
            text = one.text_of(cluster)
            # Offsets fall between characters, and every letter stands in a word.
            assert text
            assert words[cluster] >= 0 or not any(char.isalnum() for char in text)


def test_the_label_of_a_box_is_where_the_scene_puts_it(drawn: list[Drawn]) -> None:
    for one in drawn:
        corners = np.array(one.box.quad).ravel() * UNIT
        assert np.abs(one.labels.quad - corners).max() <= 0.5 + 1e-6


def test_the_layer_is_the_ink_on_black_and_the_masks_agree(factory: Factory) -> None:
    for index in range(40):
        sample = factory.picture(index)
        assert sample.layer is not None
        assert sample.box_mask is not None
        inked = sample.mask > 0
        assert np.array_equal(inked, sample.box_mask > 0)
        black = [box.id for box in sample.scene.boxes if not any(box.ink.color)]
        lit = sample.layer.any(axis=2) | np.isin(sample.box_mask, np.array(black) + 1)
        assert not (inked & ~lit).any()
        for box in sample.scene.boxes:
            own = sample.layer[sample.box_mask == box.id + 1]
            assert (own <= np.array(box.ink.color, np.uint8)).all()


FACTS = [
    "key", "index", "group", "variant", "seed", "recipe", "width", "height", "level", "language",
    "prompt", "background", "boxes", "effects", "pwatermark", "original_width", "original_height",
]  # fmt: skip
BOX = {
    "id": int, "level": str, "text": str, "source_text": str, "language": str, "script": str,
    "direction": str, "face": dict, "font_token": int, "color": str, "color_name": str,
    "color_token": int, "size_px": float, "align": str, "angle_deg": float,
    "bend_deg": float, "letter_spacing_em": float, "quad": list,
    "bbox": list, "lines": int, "words": int, "clusters": int, "contrast": float, "noise": float,
    "signal": float,
    "effects": list, "edits": list, "negatives": list,
}  # fmt: skip


def test_the_facts_have_their_fixed_keys_and_types(factory: Factory, mixed: Recipe) -> None:
    for index in range(0, COUNT, 5):
        sample = factory.picture(index)
        scene, labels = sample.scene, sample.annotation.boxes
        facts = json.loads(dict(factory.make(index).members)["json"])
        assert list(facts) == FACTS
        assert facts["key"] == facts["group"] == f"{index // 20:06d}-{index % 20:04d}"
        assert (facts["index"], facts["variant"], facts["seed"]) == (index, 0, mixed.seed)
        assert facts["recipe"] == mixed.fingerprint()
        assert type(facts["pwatermark"]) is float
        size = (facts["width"], facts["height"])
        assert size == (facts["original_width"], facts["original_height"]) == (256, 192)
        for told, box, own in zip(facts["boxes"], scene.boxes, labels, strict=True):
            assert list(told) == list(BOX)
            for name, kind in BOX.items():
                assert type(told[name]) is kind, name
            assert all(type(value) is float for value in told["quad"] + told["bbox"])
            assert told["quad"] == [value / UNIT for value in own.quad.tolist()]
            assert told["bbox"] == [
                pick(told["quad"][at::2]) for pick in (min, max) for at in (0, 1)
            ]
            assert told["text"] == box.text
            assert told["face"] == box.face._asdict()
            counts = (told["lines"], told["words"], told["clusters"])
            assert counts == (len(own.lines), len(own.words), len(own.clusters))
            assert told["angle_deg"] == pytest.approx(box.angle_deg, abs=5e-4)


def test_the_layout_has_its_documented_shape(factory: Factory) -> None:
    for index in range(0, COUNT, 5):
        labels = [one for one in factory.picture(index).annotation.boxes]
        layout = json.loads(dict(factory.make(index).members)["layout.json"])
        assert list(layout) == ["unit", "boxes"]
        assert layout["unit"] == 16
        assert [box["id"] for box in layout["boxes"]] == list(range(len(labels)))
        for box, own in zip(layout["boxes"], labels, strict=True):
            assert list(box) == ["id", "lines", "words", "clusters"]
            for line in box["lines"]:
                assert list(line) == ["start", "end", "quad", "baseline"]
                assert (len(line["quad"]), len(line["baseline"])) == (8, 4)
            for word in box["words"]:
                assert list(word) == ["start", "end", "line", "quad"]
            flat = box["clusters"]
            count = len(own.clusters)
            sizes = {name: len(values) for name, values in flat.items()}
            one_each = dict.fromkeys(("start", "end", "line", "mask"), count)
            assert sizes == {**one_each, "quads": 8 * count, "ink": 4 * count}
            assert flat["mask"] == own.clusters[:, 3].tolist()
            assert flat["quads"] == own.cluster_quads.ravel().tolist()
            assert all(type(value) is int for values in flat.values() for value in values)


def test_pictures_and_masks_read_back_as_they_were_drawn(factory: Factory) -> None:
    modes = Counter[str]()
    for index in range(0, 60, 3):
        sample = factory.picture(index)
        mask, layer, boxes = sample.mask.copy(), sample.layer, sample.box_mask
        assert layer is not None
        assert boxes is not None
        layer, boxes = layer.copy(), boxes.copy()
        members = dict(factory.make(index).members)
        assert list(members) == sorted(members) == [
            "boxes.png", "glyph.png", "jpg", "json", "layout.json", "mask.png", "txt",
        ]  # fmt: skip
        with Image.open(io.BytesIO(members["mask.png"])) as image:
            modes[image.mode] += 1
            assert np.array_equal(np.array(image), mask)
        with Image.open(io.BytesIO(members["glyph.png"])) as image:
            assert np.array_equal(np.array(image), layer)
        with Image.open(io.BytesIO(members["boxes.png"])) as image:
            assert np.array_equal(np.array(image), boxes)
        with Image.open(io.BytesIO(members["jpg"])) as image:
            assert (image.mode, image.size) == ("RGB", (256, 192))
    assert set(modes) == {"L", "I;16"}


def phrases(made: Encoded) -> tuple[dict[str, Any], Any, str]:
    members = dict(made.members)
    said = members["txt"].decode()
    facts = json.loads(members["json"])
    assert facts["prompt"] == said
    return facts, parse(said), said


def test_prompts_read_back_to_texts_and_tokens(factory: Factory) -> None:
    for index in range(60):
        facts, parsed, said = phrases(factory.make(index))
        assert [one.text for one in parsed] == [box["text"] for box in facts["boxes"]]
        assert [one.color_token for one in parsed] == [b["color_token"] for b in facts["boxes"]]
        assert [one.font_token for one in parsed] == [box["font_token"] for box in facts["boxes"]]
        assert {one.font for one in parsed} == {"font"}
        assert parsed[-1].span[1] == len(said.encode())
        for one in parsed:
            quoted = said.encode()[slice(*one.text_span)].decode()
            assert quoted.replace("\\", "") == one.text.replace("\\", "")


def test_the_second_spelling_names_a_table_and_one_face_in_it(
    recipe_of: Callable[..., Recipe],
) -> None:
    second = Factory(recipe_of(faces={"tokens": "v2"}))
    tables: dict[tuple[str, int | None], int] = {}
    for index in range(COUNT):
        facts, parsed, _ = phrases(second.make(index))
        for one, box in zip(parsed, facts["boxes"], strict=True):
            assert one.text == box["text"]
            prefix = one.font.removesuffix("-font")
            assert prefix in PREFIXES
            by_language = {"zh": "cn", "ja": "jp", "ko": "kr"}.get(box["language"], prefix)
            assert by_language == prefix
            assert (
                tables.setdefault((prefix, one.font_token), box["font_token"])
                == (box["font_token"])
            )
    assert {prefix for prefix, _ in tables} == set(PREFIXES)


def test_the_row_of_the_index_is_what_the_members_say(factory: Factory) -> None:
    columns = set(SCHEMA.names)
    of_shard = {"key", "shard", "offset", "size", "picture_offset", "picture_size"}
    for index in range(0, COUNT, 5):
        made = factory.make(index)
        facts = json.loads(dict(made.members)["json"])
        boxes, row = facts["boxes"], made.row
        assert set(row) == columns - of_shard
        for name in ("index", "variant", "width", "height", "level", "language"):
            assert row[name] == facts[name]
        assert row["text"] == "\n".join(box["text"] for box in boxes)
        assert row["boxes"] == len(boxes)
        assert row["clusters"] == sum(box["clusters"] for box in boxes)
        assert row["scripts"] == sorted({box["script"] for box in boxes})
        assert row["font_tokens"] == [box["font_token"] for box in boxes]
        assert row["color_tokens"] == [box["color_token"] for box in boxes]
        assert row["background"] == facts["background"]["kind"]
        assert row["contrast_min"] == pytest.approx(min(b["contrast"] for b in boxes), abs=1e-3)
        assert row["size_px_min"] == pytest.approx(min(b["size_px"] for b in boxes), abs=1e-3)
        assert row["size_px_max"] == pytest.approx(max(b["size_px"] for b in boxes), abs=1e-3)
        assert row["angle_deg_max"] == pytest.approx(
            max(abs(b["angle_deg"]) for b in boxes), abs=1e-3
        )
        assert row["rejections"] == len(made.rejected)


def test_outputs_choose_the_members(recipe_of: Callable[..., Recipe]) -> None:
    bare = recipe_of(
        outputs={
            "image": {"format": "webp", "quality": 80}, "layout": False, "mask": False,
            "boxes": False, "glyph": False,
        }
    )  # fmt: skip
    assert [name for name, _ in Factory(bare).make(3).members] == ["json", "txt", "webp"]
    lossless = recipe_of(outputs={"image": {"format": "png"}})
    made, sample = Factory(lossless), Factory(lossless).picture(3)
    with Image.open(io.BytesIO(dict(made.make(3).members)["png"])) as image:
        assert np.array_equal(np.array(image), sample.pixels)


def test_what_cannot_be_made_is_a_rejection(recipe_of: Callable[..., Recipe]) -> None:
    hard = Factory(recipe_of(boxes={"count": 1, "size_px": 400}))
    with pytest.raises(Rejection) as caught:
        hard.make(0)
    assert caught.value.reason == "no-scene"


MADE = """
import sys
from hashlib import sha256
from glyphdata.draw import kernel
from glyphdata.draw.annotate import _LABELS
from glyphdata.factory import Factory
from glyphdata.recipe import load_recipe
factory = Factory(load_recipe(sys.argv[1]))
print(_LABELS is None)
for index in range(12):
    for name, content in factory.make(index).members:
        print(index, name, sha256(content).hexdigest())
"""


def test_the_numpy_twins_make_the_same_members(
    factory: Factory,
    write_recipe: Callable[..., Path],
    elsewhere: Callable[..., dict[str, str]],
) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", MADE, str(write_recipe())],
        env=elsewhere("0", "C", "UTC", GLYPHDATA_KERNEL="twin"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    expected = [
        f"{index} {name} {sha256(content).hexdigest()}"
        for index in range(12)
        for name, content in factory.make(index).members
    ]
    assert ran.stdout.splitlines() == ["True", *expected]
