"""Everything at once, in ten scripts: spaced, bent, tilted, in columns, decorated, in groups."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from glyphdata.draw.render import render
from glyphdata.factory import Factory
from glyphdata.generation import generate
from glyphdata.parts.codec import decode, encode
from glyphdata.recipe import Recipe, load_recipe
from glyphdata.review.verify import verify
from glyphdata.scene.sample import UNIT, Sample

COUNT = 60
STYLES: dict[str, Any] = {
    "canvas": {"width": 320, "height": 256},
    "boxes": {
        "count": [1, 3],
        "angle_deg": [-180, 180],
        "turned": 0.5,
        "size_px": [12, 60],
        "spaced": 0.3,
        "bent": 0.3,
        "tilted": 0.3,
        "vertical": 0.6,
    },
    "layouts": [{"kind": "scatter", "share": 2}, {"kind": "quiet"}, {"kind": "design"}],
    "effects": [
        {"kind": kind, "share": 0.12}
        for kind in ("shadow", "glow", "outline", "gradient", "texture", "opacity")
    ]
    + [{"kind": kind, "share": 0.15} for kind in ("blur", "noise", "jpeg", "light", "shade")],
}


@pytest.fixture(scope="module")
def styled(write_recipe: Callable[..., Path]) -> Path:
    return write_recipe(**STYLES)


@pytest.fixture(scope="module")
def made(styled: Path) -> Factory:
    return Factory(load_recipe(styled))


def samples(made: Factory) -> Iterator[Sample]:
    for index in range(COUNT):
        yield made.picture(index)


def test_every_style_occurs(made: Factory) -> None:
    seen: Counter[str] = Counter()
    for scene in made.scenes[:COUNT]:
        seen.update(type(effect).__name__ for effect in scene.effects)
        for box in scene.boxes:
            seen.update(type(effect).__name__ for effect in box.effects)
            seen["bent"] += bool(box.bend_deg)
            seen["spaced"] += bool(box.letter_spacing_em)
            seen["columns"] += box.direction == "ttb"
            seen["tilted"] += not box.place.is_affine
    assert {
        "bent", "spaced", "columns", "tilted", "Shadow", "Glow", "Outline", "Gradient", "Texture",
        "Opacity", "Blur", "Noise", "Jpeg", "Light", "Shade",
    } <= {style for style, count in seen.items() if count >= 2}  # fmt: skip


def test_a_scene_from_json_is_drawn_to_the_same_picture(made: Factory) -> None:
    for sample in samples(made):
        again = render(decode(encode(sample.scene)))
        assert np.array_equal(again.pixels, sample.pixels)
        assert np.array_equal(again.mask, sample.mask)


def test_effects_move_no_label(made: Factory) -> None:
    for sample in samples(made):
        boxes = tuple(replace(box, effects=()) for box in sample.scene.boxes)
        bare = render(replace(sample.scene, boxes=boxes, effects=()))
        assert np.array_equal(bare.mask, sample.mask)
        for mine, plain in zip(sample.annotation.boxes, bare.annotation.boxes, strict=True):
            for name in ("quad", "line_quads", "word_quads", "cluster_quads", "ink", "clusters"):
                assert np.array_equal(getattr(mine, name), getattr(plain, name))


def test_ink_lies_in_its_own_box_line_and_ink_rectangle(made: Factory) -> None:
    """The masks come from the kernel, the quads from arithmetic; neither knows of the other."""
    clusters = 0
    for sample in samples(made):
        for labels in sample.annotation.boxes:
            lines = labels.line_quads.reshape(-1, 4, 2) / UNIT
            box = labels.quad.reshape(4, 2) / UNIT
            for (_, _, line, value), ink in zip(labels.clusters, labels.ink / UNIT, strict=True):
                if not value:
                    continue
                rows, columns = np.nonzero(sample.mask == value)
                left, top, right, bottom = ink
                assert left <= columns.min()
                assert columns.max() < right
                assert top <= rows.min()
                assert rows.max() < bottom
                points = np.stack([columns, rows], axis=1) + 0.5
                assert beyond(lines[line], points) < 1.0
                assert beyond(box, points) < 1.0
                clusters += 1
    assert clusters > 1500


def beyond(quad: np.ndarray, points: np.ndarray) -> float:
    """How far outside a quad the farthest point lies, in pixels; below 0 inside."""
    contour = quad.astype(np.float32)
    return -min(
        cv2.pointPolygonTest(contour, (float(x), float(y)), measureDist=True) for x, y in points
    )


def test_boxes_keep_to_the_canvas_and_off_each_other(made: Factory) -> None:
    for scene in made.scenes[:COUNT]:
        for number, box in enumerate(scene.boxes):
            left, top, right, bottom = box.quad.bbox()
            assert min(left, top) >= -0.5
            assert right <= scene.canvas.width + 0.5
            assert bottom <= scene.canvas.height + 0.5
            assert all(box.quad.separates(other.quad, -0.5) for other in scene.boxes[:number])


DIGEST = """
import hashlib, sys
from glyphdata.factory import Factory
from glyphdata.recipe import load_recipe
made = Factory(load_recipe(sys.argv[1]))
print([hashlib.sha256(b"".join(c for _, c in made.make(i).members)).hexdigest() for i in range(8)])
"""


def test_numpy_draws_what_c_draws(
    styled: Path, made: Factory, elsewhere: Callable[..., dict[str, str]]
) -> None:
    there = elsewhere("77", "C", "Asia/Tokyo", GLYPHDATA_KERNEL="twin")
    told = subprocess.run(
        [sys.executable, "-c", DIGEST, str(styled)], env=there, capture_output=True, check=True
    )
    mine = [
        hashlib.sha256(b"".join(content for _, content in made.make(index).members)).hexdigest()
        for index in range(8)
    ]
    assert json.loads(told.stdout.decode().replace("'", '"')) == mine


def test_a_dataset_of_it_is_sound_and_the_same_for_any_workers(
    write_recipe: Callable[..., Path], tmp_path: Path
) -> None:
    recipe: Recipe = load_recipe(
        write_recipe(**STYLES, samples=24, shard={"samples": 8}, variants={"count": 3})
    )
    for workers in (0, 2):
        generate(recipe, tmp_path / str(workers), workers=workers)
    assert (tmp_path / "0" / "SHA256SUMS").read_bytes() == (
        tmp_path / "2" / "SHA256SUMS"
    ).read_bytes()
    verdict = verify(tmp_path / "0")
    assert verdict.samples == 96
    assert verdict.ok, verdict.findings
