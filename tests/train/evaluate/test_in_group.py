"""Spellings told apart, and the blind control: what can be answered without looking."""

from __future__ import annotations

import numpy as np
import pytest

from glyphdata.train.evaluate.in_group import Figure, in_group
from tests.train.evaluate.made import axes, boxes, fact

rng = np.random.Generator(np.random.PCG64(5))


def units(*shape: int) -> np.ndarray:
    rows = rng.normal(size=shape).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def families(count: int, size: int) -> list[int]:
    return [number // size for number in range(count * size)]


def test_an_encoder_that_looks_is_right_and_its_control_is_not() -> None:
    vectors = units(40 * 16, 64)
    found = in_group(boxes(vectors, vectors, families(40, 16)))
    assert found is not None
    assert found.boxes.accuracy == found.texts.accuracy == found.whole == 1.0
    assert found.boxes.blind is not None
    assert found.boxes.blind < 0.12
    assert found.boxes.lift is not None
    assert found.boxes.lift == 1.0
    assert (found.of, found.families, found.boxes.boxes) == (16, 40, 640)
    assert found.chance == pytest.approx(1 / 16)
    assert found.confusions == ()


def test_an_encoder_that_prefers_unedited_words_is_found_out() -> None:
    """Its pictures are all one; its texts lie nearer to them the fewer edits they have."""
    pictures = np.tile(np.array([[1.0, 0.0, 0.0]], np.float32), (24, 1))
    likings = np.tile([0.9, 0.5, 0.2, 0.1], 6)
    texts = np.stack([likings, np.sqrt(1 - likings**2), np.zeros(24)], axis=1)
    found = in_group(boxes(pictures, texts, families(6, 4)))
    assert found is not None
    assert found.originals == Figure(1.0, 1.0, 6)
    assert found.originals.lift is None
    assert (found.boxes.accuracy, found.boxes.blind) == (0.25, 0.25)
    assert found.boxes.lift == 0.0
    assert found.texts.accuracy == 0.0
    assert found.slices["by_edit"]["none"] == Figure(1.0, 1.0, 6)
    assert found.slices["by_edit"]["replace"] == Figure(0.0, 0.0, 18)
    assert found.whole == 0.0


def test_the_mean_picture_is_a_control_where_the_shift_is_not() -> None:
    """Opposite pictures answer wrongly when they are shifted; their mean answers rightly."""
    axis = np.array([[1.0, 0, 0]], np.float32)
    liking = np.array([[0.6, 0.8, 0], [0.0, 1.0, 0]], np.float32)
    pictures = np.concatenate([axis, axis, axis, axis, -axis, -axis])
    texts = np.concatenate([liking, liking, liking])
    found = in_group(boxes(pictures, texts, families(3, 2)))
    assert found is not None
    assert found.originals is not None
    # The mean picture points along the axis: each family's original is chosen.
    assert found.originals.blind == 1.0


def test_a_collapsed_encoder_scores_nothing() -> None:
    same = np.tile(units(1, 32), (32, 1))
    found = in_group(boxes(same, same, families(2, 16)))
    assert found is not None
    assert (found.boxes.accuracy, found.texts.accuracy, found.boxes.blind) == (0.0, 0.0, 0.0)


def test_boxes_that_are_said_alike_are_no_rivals() -> None:
    # The second and third picture are of one text: only the first is another answer for them.
    pictures, texts = axes(3), axes(3)
    texts[2] = texts[1]
    pictures[2] = pictures[1]
    found = in_group(boxes(pictures, texts, (0, 0, 0), alike=(1, 2, 2)))
    assert found is not None
    assert (found.boxes.accuracy, found.boxes.boxes) == (1.0, 3)
    assert found.chance == pytest.approx((1 / 3 + 1 / 2 + 1 / 2) / 3)
    assert in_group(boxes(pictures, texts, (0, 0, 0), alike=(1, 1, 1))) is None


def test_a_single_family_has_the_mean_picture_for_its_control() -> None:
    found = in_group(boxes(axes(3), axes(3), (0, 0, 0)))
    assert found is not None
    # The mean of three axes is as near to each: ties, which are no answers.
    assert found.boxes == Figure(1.0, None, 3)


def test_boxes_of_groups_without_variants_are_not_asked() -> None:
    assert in_group(boxes(axes(3), axes(3), (0, 1, 2))) is None


def test_families_of_several_sizes_are_asked_together() -> None:
    vectors = units(9, 32)
    found = in_group(boxes(vectors, vectors, (0, 1, 0, 1, 1, 2, 2, 0, 3)))
    assert found is not None
    assert (found.families, found.boxes.boxes, found.of) == (3, 8, 3)
    assert found.boxes.accuracy == 1.0


def test_members_meet_their_own_number_whatever_order_they_come_in() -> None:
    vectors = axes(4)
    facts = [fact(f"t{n}", member) for n, member in enumerate((1, 0, 0, 1))]
    ordered = in_group(boxes(vectors, vectors, (0, 0, 1, 1), facts))
    assert ordered is not None
    assert ordered.originals is not None
    assert ordered.originals.boxes == 2


def test_confusions_name_the_box_and_what_it_was_taken_for_worst_first() -> None:
    pictures, texts = axes(3, 4), axes(3, 4)
    pictures[0] = (0.6, 0.8, 0, 0)
    pictures[2] = (0.28, 0, 0.0, 0.96)
    found = in_group(boxes(pictures, texts, (0, 0, 0)))
    assert found is not None
    assert [(one.box, one.chosen) for one in found.confusions] == [(2, 0), (0, 1)]
    assert found.confusions[0].margin == pytest.approx(0.28)
    assert found.confusions[1].margin == pytest.approx(0.2)
    assert found.boxes.accuracy == pytest.approx(1 / 3)


def test_slices_are_named_by_edit_length_script_level_and_height() -> None:
    said = (("abcd", 0, ()), ("abcde", 1, ("add", "swap")), ("abcd", 2, ()))
    facts = [fact(*one, height_px=15.9 + n) for n, one in enumerate(said)]
    facts += [fact("ab", 0, height_px=200.0, script="thai"), fact("b", 1, ("drop",))]
    found = in_group(boxes(axes(5), axes(5), (0, 0, 0, 1, 1), facts))
    assert found is not None
    counts = {
        name: {part: one.boxes for part, one in parts.items()}
        for name, parts in found.slices.items()
    }
    assert counts == {
        "by_edit": {"add": 1, "drop": 1, "none": 2, "style": 1, "swap": 1},
        "by_length": {"under 5": 4, "5-8": 1},
        "by_script": {"latin": 4, "thai": 1},
        "by_level": {"word": 5},
        "by_height": {"under 16": 1, "16-23": 3, "96 and over": 1},
    }
    assert list(counts["by_height"]) == ["under 16", "16-23", "96 and over"]
