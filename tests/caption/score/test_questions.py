"""Questions: each fact once with yes and once with no, and none that a picture leaves open."""

from __future__ import annotations

from dataclasses import replace

from glyphdata.caption.facts import Facts
from glyphdata.caption.score.clear import clear_color, clear_place, clear_size
from glyphdata.caption.score.opening import opening
from glyphdata.caption.score.question import CATEGORIES
from glyphdata.caption.score.questions import questions
from glyphdata.caption.score.report import Score, scores
from glyphdata.scene.color import Color
from glyphdata.scene.geometry import BBox
from tests.caption.score.pictures import Scene


def test_every_question_has_a_twin_with_the_other_answer(scenes: tuple[Scene, ...]) -> None:
    for scene in scenes:
        by_id = {one.id: one for one in scene.questions}
        assert len(by_id) == len(scene.questions)
        for one in scene.questions:
            twin = by_id[one.twin]
            assert {one.answer, twin.answer} == {"yes", "no"}
            assert (one.category, one.refs, one.parents) == (twin.category, twin.refs, twin.parents)
            assert one.words != twin.words
            assert one.category in CATEGORIES


def test_parents_come_before_their_children(scenes: tuple[Scene, ...]) -> None:
    for scene in scenes:
        seen: set[str] = set()
        for one in scene.questions:
            assert seen.issuperset(one.parents)
            assert len(one.parents) == (0 if one.matter == "text" else len(one.refs))
            seen.add(one.id)


def test_always_yes_scores_one_half_in_every_category(scenes: tuple[Scene, ...]) -> None:
    for scene in scenes:
        found = scores(scene.questions, {one.id: "yes" for one in scene.questions})
        assert {score.accuracy for score in found.values()} == {0.5}
        assert {score.coverage for score in found.values()} == {1.0}


def test_the_same_facts_make_the_same_questions(scenes: tuple[Scene, ...]) -> None:
    assert all(questions(scene.facts) == scene.questions for scene in scenes)


def test_no_twin_of_a_text_stands_in_the_picture(scenes: tuple[Scene, ...]) -> None:
    asked = 0
    for scene in scenes:
        standing = {opening(text.text) for text in scene.facts.texts}
        for one in scene.questions:
            if one.matter == "text":
                assert (one.value in standing) == (one.answer == "yes")
                asked += 1
    assert asked > 900


def test_what_is_asked_of_a_poster(poster: Facts) -> None:
    words = {one.words: one.answer for one in questions(poster)}
    assert words['Is there a text that reads "SALE"?'] == "yes"
    assert words['Is the text "SALE" white?'] == "yes"
    assert words['Is the text "SALE" in the top left of the picture?'] == "yes"
    assert words['Is the text "50% OFF" in the center of the picture?'] == "yes"
    assert words['Is the text "Open Now" small?'] == "yes"
    assert words['Is the text "Open Now" set in a serif typeface?'] == "yes"
    assert words['Is the text "SALE" above the text "50% OFF"?'] == "yes"
    assert words['Is the text "SALE" below the text "50% OFF"?'] == "no"
    assert words["Does the picture show exactly three texts?"] == "yes"
    assert words["Does the picture show exactly four texts?"] == "no"
    assert words["Is the background mainly blue?"] == "yes"
    assert words["Is the picture a photograph?"] == "no"
    assert len(words) == 44


def asked_of(facts: Facts, ref: int) -> set[str]:
    return {one.matter for one in questions(facts) if one.refs == (ref,)}


def test_what_is_not_clear_is_not_asked(poster: Facts) -> None:
    first, *rest = poster.texts
    assert asked_of(poster, 0) == {"text", "color", "place", "size", "font"}

    def without(**changes: object) -> set[str]:
        changed = replace(first, **changes)  # type: ignore[arg-type]
        return {"text", "color", "place", "size", "font"} - asked_of(
            replace(poster, texts=(changed, *rest)), 0
        )

    assert without(color=Color.parse("lavender")) == {"color"}  # blue, purple, white or gray
    assert without(bbox=BBox(233, 60, 413, 240)) == {"place"}  # its middle is at 32 %
    assert without(size_px=250.0) == {"size"}  # capitals of 17.5 %
    assert without(category="") == {"font"}
    assert without(text="…") == {"text", "color", "place", "size", "font"}  # nothing to alter


def test_texts_that_begin_alike_are_told_apart_by_nothing_that_is_asked(poster: Facts) -> None:
    one, other, last = poster.texts
    twice = replace(poster, texts=(one, replace(other, text=one.text), last))
    assert {one.refs for one in questions(twice)} == {(), (2,)}


def test_texts_side_by_side_are_asked_left_and_right(poster: Facts) -> None:
    one, other, _ = poster.texts
    beside = replace(other, bbox=BBox(600, 60, 900, 240))
    overlapping = replace(other, bbox=BBox(370, 200, 900, 260))
    ways = [
        [one.value for one in questions(replace(poster, texts=texts)) if one.matter == "relation"]
        for texts in ((one, beside), (beside, one), (one, overlapping))
    ]
    assert ways == [["left", "right"], ["right", "left"], []]


def test_a_ground_whose_mean_is_a_mixture_is_not_asked_for_its_colour(poster: Facts) -> None:
    def asks(background: str, ground: str) -> bool:
        changed = replace(poster, background=background, ground=Color.parse(ground))
        return any(one.matter == "ground" for one in questions(changed))

    assert asks("solid", "gray")
    assert asks("gradient", "blue")
    assert not asks("gradient", "gray")
    assert not asks("photos", "blue")
    assert not asks("holograms", "blue")  # a kind of another package: nothing is known of it


def test_a_photograph_is_asked_for_as_one(poster: Facts) -> None:
    words = {one.words: one.answer for one in questions(replace(poster, background="photos"))}
    assert words["Is the picture a photograph?"] == "yes"
    assert words["Is the picture a graphic without any photograph?"] == "no"
    assert words["Is the background a photograph?"] == "yes"


def test_a_picture_without_texts_is_asked_for_its_ground_alone(poster: Facts) -> None:
    assert {one.category for one in questions(replace(poster, texts=()))} == {
        *("image type", "background", "color palette")
    }
    blank = replace(poster.texts[0], text=" \n")
    assert questions(replace(poster, texts=(blank,))) == questions(replace(poster, texts=()))


def test_long_texts_are_asked_for_by_their_beginning() -> None:
    assert opening("Grand\nOpening") == "Grand Opening"
    assert opening("Dear guests, — the show will begin at noon and end at nine.") == "Dear guests"
    assert opening("A fox, a cat, and so many more beasts than we can tell") == "A fox, a"
    assert opening("新来的老师去年夏天拍下了一箱苹果。" * 4) == "新来的老师去年夏"
    assert opening("a" * 100) == "a" * 8


def test_what_is_clear() -> None:
    assert clear_color(Color.parse("white"))
    assert clear_color(Color.parse("crimson"))
    assert not clear_color(Color.parse("gainsboro"))
    assert clear_place(BBox(0, 0, 100, 100), 1000, 1000)
    assert not clear_place(BBox(300, 0, 400, 100), 1000, 1000)
    assert clear_size(40.0, 1000)
    assert not clear_size(56.0, 1000)  # 3.9 % against a limit of 4


def test_scores_add_up() -> None:
    assert Score(1, 1, 1, 1, 1, 1) + Score(3, 0, 1, 0, 1, 0) == Score(4, 1, 2, 1, 2, 1)
    assert Score().accuracy is None
