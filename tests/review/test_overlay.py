"""Labels drawn over their picture stand where they say, to the sixteenth of a pixel."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import pytest

from glyphdata.errors import InputError
from glyphdata.review.labels import labels
from glyphdata.review.overlay import BASELINE, BOX, CLUSTER, PENS, overlay, overlay_record
from glyphdata.scene.sample import BoxLabels, Sample


def near(pixels: np.ndarray, color: tuple[int, int, int]) -> np.ndarray:
    """Where a pixel is of about that colour."""
    return (np.abs(pixels.astype(int) - color) < 60).all(axis=2)


def test_an_overlay_is_a_copy(sample: Sample) -> None:
    before = sample.pixels.copy()
    drawn = overlay(sample)
    assert drawn.shape == before.shape
    assert not np.array_equal(drawn, before)
    assert np.array_equal(sample.pixels, before)


def test_a_box_is_drawn_along_its_edge(sample: Sample) -> None:
    drawn = overlay(sample, scale=8.0)
    left, top, right, bottom = 90, 50, 140, 82  # the second box, in pixels
    on = near(drawn, BOX.color)
    assert on[(top + bottom) * 4, [left * 8 - 1, left * 8]].any()
    assert on[(top + bottom) * 4, [right * 8 - 1, right * 8]].any()
    assert not on[(top + bottom) * 4, left * 8 + 3 : right * 8 - 3].any()


def test_every_pen_leaves_its_mark(sample: Sample) -> None:
    drawn = overlay(sample, scale=4.0)
    # A word of one line lies on that line's own quad, which is drawn after it.
    for pen in PENS:
        assert near(drawn, pen.color).sum() > 20, pen.name


def test_clusters_are_tinted_apart(sample: Sample) -> None:
    drawn = overlay(sample)
    one, other = drawn[sample.mask == 1], drawn[sample.mask == 2]
    assert np.abs(np.median(one, axis=0) - np.median(other, axis=0)).max() > 60


def test_a_stored_sample_is_drawn_as_it_was(sample: Sample, stored: Any) -> None:
    kept = stored()
    again = overlay_record(sample.pixels, kept.facts, kept.layout, kept.mask)
    assert np.array_equal(again, overlay(sample))


def test_labels_come_back_from_disk_as_they_were(sample: Sample, stored: Any) -> None:
    kept = stored()
    for was, now in zip(sample.annotation.boxes, labels(kept.facts, kept.layout), strict=True):
        for name in BoxLabels.__slots__:
            assert np.array_equal(getattr(was, name), getattr(now, name)), name


def test_an_overlay_may_be_smaller(sample: Sample) -> None:
    drawn = overlay(sample, scale=0.5)
    assert drawn.shape == (48, 80, 3)
    assert near(drawn, BASELINE.color).any() or near(drawn, CLUSTER.color).any()


@pytest.mark.parametrize(
    ("member", "change"),
    [
        ("facts", lambda value: value.pop("boxes")),
        ("facts", lambda value: value["boxes"].pop()),
        ("facts", lambda value: value["boxes"][0].update(quad=[1.0, 2.0])),
        ("facts", lambda value: value["boxes"][0].update(quad=[1e9] * 8)),
        ("facts", lambda value: value["boxes"][0].update(quad="abcdefgh")),
        ("layout", lambda value: value.update(unit=1)),
        ("layout", lambda value: value["boxes"][0]["clusters"]["quads"].pop()),
        ("layout", lambda value: value["boxes"][0]["clusters"]["mask"].pop()),
        ("layout", lambda value: value["boxes"][0]["clusters"]["ink"].__setitem__(0, 1.5)),
        ("layout", lambda value: value["boxes"][0]["clusters"]["ink"].__setitem__(0, 1 << 70)),
        ("layout", lambda value: value["boxes"][0]["clusters"]["ink"].__setitem__(0, [1])),
        ("layout", lambda value: value["boxes"][0]["lines"][0].update(quad=[0] * 16)),
        ("layout", lambda value: value["boxes"][0]["lines"].append(7)),
    ],
)
def test_labels_out_of_shape_are_an_input_error(stored: Any, member: str, change: Any) -> None:
    kept = stored()
    parts = {"facts": kept.facts, "layout": kept.layout}
    parts[member] = orjson.loads(orjson.dumps(parts[member]))
    change(parts[member])
    with pytest.raises(InputError):
        labels(**parts)
