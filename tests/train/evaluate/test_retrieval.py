"""Galleries: distinct texts, no box twice, the exact size told; answers worked out by hand."""

from __future__ import annotations

import numpy as np

from glyphdata.train.evaluate.retrieval import GALLERIES, drawn_galleries, first_rows, retrieval
from tests.train.evaluate.made import axes, boxes, fact


def test_an_encoder_that_knows_all_is_right_both_ways() -> None:
    found = retrieval(boxes(axes(10), axes(10), range(10)), of=4, seed=0)
    assert found is not None
    assert (found.box_to_text.r1, found.text_to_box.r1) == (1.0, 1.0)
    assert (found.box_to_text.of, found.galleries, found.chance) == (4, 2, 0.25)
    assert found.misses == ()


def test_the_two_ways_are_told_apart() -> None:
    # Both pictures look like the first text: it finds its box by a tie only, the second text its.
    pictures = np.array([[1.0, 0.0], [0.8, 0.6]], np.float32)
    texts = np.array([[1.0, 0.0], [0.6, 0.8]], np.float32)
    found = retrieval(boxes(pictures, texts, (0, 1)), of=2, seed=0)
    assert found is not None
    assert (found.box_to_text.r1, found.text_to_box.r1) == (1.0, 1.0)
    pictures[1] = (1.0, 0.0)
    found = retrieval(boxes(pictures, texts, (0, 1)), of=2, seed=0)
    assert found is not None
    assert (found.box_to_text.r1, found.text_to_box.r1) == (0.5, 0.0)
    (miss,) = found.misses
    assert (miss.box, miss.chosen, miss.rank) == (1, 0, 1)


def test_no_gallery_holds_a_text_twice_whatever_its_capitals() -> None:
    said = ["Word", "word", "WORD", "Stra\u00dfe", "STRASSE", "e\u0301", "\u00e9", "other"]
    facts = [fact(text) for text in said]
    (gallery,) = drawn_galleries(tuple(facts), np.arange(8), of=256, seed=1)
    assert len(gallery) == 4
    found = retrieval(boxes(axes(8), axes(8), range(8), facts), of=256, seed=1)
    assert found is not None
    assert found.box_to_text.of == 4


def test_a_family_gives_its_original_and_no_other() -> None:
    facts = [fact("b", 2), fact("a", 0), fact("c", 1), fact("d", 1)]
    assert first_rows(tuple(facts), np.array([0, 0, 0, 1])).tolist() == [1, 3]
    galleries = drawn_galleries(tuple(facts), np.array([0, 0, 0, 1]), of=2, seed=0)
    assert sorted(galleries[0].tolist()) == [1, 3]


def test_galleries_share_no_box_and_belong_to_the_seed() -> None:
    facts = tuple(fact(f"text {number}") for number in range(100))
    drawn = drawn_galleries(facts, np.arange(100), of=11, seed=3)
    assert len(drawn) == GALLERIES
    rows = np.concatenate(drawn).tolist()
    assert len(set(rows)) == len(rows) == 88
    again = drawn_galleries(facts, np.arange(100), of=11, seed=3)
    assert [one.tolist() for one in again] == [one.tolist() for one in drawn]
    other = drawn_galleries(facts, np.arange(100), of=11, seed=4)
    assert [one.tolist() for one in other] != [one.tolist() for one in drawn]


def test_one_text_is_no_gallery() -> None:
    same = [fact("one"), fact("One")]
    assert retrieval(boxes(axes(2), axes(2), (0, 1), same), of=8, seed=0) is None


def test_slices_count_their_own_boxes() -> None:
    facts = [fact(f"w{n}", script="latin" if n < 3 else "thai") for n in range(4)]
    pictures = axes(4)
    pictures[3] = pictures[0]
    found = retrieval(boxes(pictures, axes(4), range(4), facts), of=4, seed=0)
    assert found is not None
    parts = found.slices["by_script"]
    assert {name: (part.r1, part.boxes) for name, part in parts.items()} == {
        "latin": (1.0, 3),
        "thai": (0.0, 1),
    }
