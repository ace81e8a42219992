"""What a notebook shows: the picture, its labels and its texts, and never a script."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import glyphdata as gd
from glyphdata.scene.scene import FaceRef

RECIPE = Path(__file__).parent.parent.parent / "recipes" / "quickstart.yaml"


@pytest.fixture(scope="module")
def scene() -> gd.Scene:
    return gd.plan(gd.load_recipe(RECIPE))[17]


def _decoded(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as image:
        assert image.format == "PNG"
        return np.asarray(image)


def test_a_scene_shows_what_its_sample_shows(scene: gd.Scene) -> None:
    sample = gd.render(scene)
    assert scene._repr_png_() == sample._repr_png_()
    assert scene._repr_html_() == sample._repr_html_()


def test_the_picture_has_its_labels_drawn_in(scene: gd.Scene) -> None:
    sample = gd.render(scene)
    shown = _decoded(sample._repr_png_())
    assert shown.shape == sample.pixels.shape
    changed = (shown != sample.pixels).any(axis=2)
    inked = sample.mask > 0
    assert changed[inked].mean() > 0.9  # each cluster leans to a colour of its own
    left, top, right, bottom = (round(one / 16) for one in _hull(sample))
    outside = np.ones_like(changed)
    outside[max(top - 2, 0) : bottom + 3, max(left - 2, 0) : right + 3] = False
    assert not changed[outside].any()


def test_the_texts_stand_in_the_table_and_run_nothing(scene: gd.Scene) -> None:
    hostile = "<script>alert(1)</script>\"'&"
    boxes = (replace(scene.boxes[0], face=FaceRef(scene.boxes[0].face.token, hostile, "")),)
    page = gd.render(replace(scene, boxes=boxes))._repr_html_()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert boxes[0].text in page
    assert page.count("<img") == 2
    assert "http" not in page


def test_a_scene_whose_face_is_not_there_says_so(scene: gd.Scene) -> None:
    lost = replace(scene.boxes[0], face=FaceRef(999_999, "Nowhere", "Regular"))
    page = replace(scene, boxes=(lost,))._repr_html_()
    assert page.startswith("<pre>Scene: ")
    assert "999999" in page
    assert "<img" not in page


def test_a_record_of_a_dataset_shows_the_same_picture(tmp_path: Path) -> None:
    recipe = gd.load_recipe(RECIPE, ["samples=2", "outputs.image.format=png"])
    gd.generate(recipe, tmp_path / "out", workers=0)
    record = gd.Dataset(tmp_path / "out")[1]
    drawn = gd.render(gd.plan(recipe)[1])
    assert np.array_equal(_decoded(record._repr_png_()), _decoded(drawn._repr_png_()))
    assert record.key in record._repr_html_()
    assert len(repr(record)) < 300  # and not its megabytes


def test_a_sample_prints_no_pixels(scene: gd.Scene) -> None:
    assert "array" not in repr(gd.render(scene))


def _hull(sample: gd.Sample) -> tuple[int, int, int, int]:
    corners = np.concatenate([one.quad.reshape(4, 2) for one in sample.annotation.boxes])
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return int(left), int(top), int(right), int(bottom)
