"""Captions from truth: budgets, nesting, exact quotes, variety, sameness, and speed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glyphdata.caption.captioner import Answer, Asked, Captioner, Fault
from glyphdata.caption.facts import Facts
from glyphdata.caption.grammar import said, say
from glyphdata.caption.grammar.plan import beginning, flat, quoted_words
from glyphdata.caption.grammar.vocabulary import (
    COLORS,
    LANGUAGES,
    PLACES,
    SIZES,
    basic_color,
    place,
    size_class,
    typeface,
)
from glyphdata.caption.levels import BUDGETS, LEVELS, NAMES, words
from glyphdata.caption.record import Caption
from glyphdata.errors import InputError
from glyphdata.registry import kinds, load
from glyphdata.scene.color import Color
from glyphdata.scene.geometry import BBox
from tests.caption.truths import any_facts, facts_of, real, text_fact

GOLDEN = Path(__file__).parent / "truth_golden.json"
MARKS = ('""', "“”", "«»", "「」", "‹›", "『』", "‘’", "⟨⟩")
often = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
drawn = given(any_facts(), st.integers(0, 2**40), st.integers(0, 9))


def quotes(caption: Caption) -> list[str]:
    data = caption.text.encode("utf-8", "surrogatepass")
    return [data[one.start : one.end].decode() for one in caption.mentions]


def bare(caption: Caption) -> str:
    """The grammar's own words, each quote with its marks as one `#`."""
    data = caption.text.encode("utf-8", "surrogatepass")
    out, at = [], 0
    for one in caption.mentions:
        out.append(data[at : one.start].decode()[:-1])
        rest = data[one.end :].decode().removeprefix("…" if one.status == "partial" else "")
        at = len(data) - len(rest[1:].encode())
    return "#".join((*out, data[at:].decode()))


def check_quotes(facts: Facts, caption: Caption) -> None:
    by_id = {text.id: flat(text.text) for text in facts.texts}
    for quote, mention in zip(quotes(caption), caption.mentions, strict=True):
        if mention.status == "exact":
            assert quote == by_id[mention.ref]
        else:
            assert mention.status == "partial"
            assert quote
            assert by_id[mention.ref].startswith(quote)
            assert quote != by_id[mention.ref]


def check_language(caption: Caption) -> None:
    own = bare(caption)
    assert "  " not in own
    assert "\0" not in own
    assert own == own.strip()
    assert not any(mark in own for pair in MARKS for mark in pair)
    assert own.count("(") == own.count(")")
    assert not re.search(r"\b[Aa] (?!uni|one|eu|use)[aeiou8]", own)
    assert not re.search(r"\b[Aa]n [^aeiou81]", own)
    assert not re.search(r",,|\.\.|, \.| ,| \.|\(\)|,\.", own)
    assert not re.search(r"\b(is|are) \w+ texts? is\b|\b1 degrees|one lines|one texts", own)


@often
@drawn
def test_every_level_stays_within_its_budget(facts: Facts, seed: int, variant: int) -> None:
    for level in LEVELS:
        caption = say(facts, level, seed=seed, variant=variant)
        assert words(caption.text) <= BUDGETS[level], caption.text


@often
@drawn
def test_quotes_slice_to_the_texts(facts: Facts, seed: int, variant: int) -> None:
    for level in LEVELS:
        check_quotes(facts, say(facts, level, seed=seed, variant=variant))


@often
@drawn
def test_the_language_is_clean_whatever_the_facts(facts: Facts, seed: int, variant: int) -> None:
    for level in LEVELS:
        check_language(say(facts, level, seed=seed, variant=variant))


@often
@given(any_facts())
def test_what_a_level_says_every_finer_one_implies(facts: Facts) -> None:
    claims = [said(facts, level) for level in LEVELS]
    for finer, coarser in pairwise(claims):
        assert coarser <= finer


@often
@drawn
def test_quotes_of_a_level_are_beginnings_of_the_finer_levels(
    facts: Facts, seed: int, variant: int
) -> None:
    finer: dict[int, str] | None = None
    for level in LEVELS:
        caption = say(facts, level, seed=seed, variant=variant)
        told = dict(zip([one.ref for one in caption.mentions], quotes(caption), strict=True))
        if finer is not None:
            assert set(told) <= set(finer)
            assert all(finer[ref].startswith(quote) for ref, quote in told.items())
        finer = told


def test_real_captions_are_clean_and_within_budget() -> None:
    for facts in real():
        for level in LEVELS:
            caption = say(facts, level)
            assert words(caption.text) <= BUDGETS[level]
            check_quotes(facts, caption)
            check_language(caption)


def test_a_caption_says_what_it_claims() -> None:
    for facts in real():
        texts = {text.id: text for text in facts.texts}
        for level in (2, 3, 4):
            caption = say(facts, level).text.lower()
            for claim in said(facts, level):
                if claim.ref < 0 and claim.kind != "ground":
                    continue
                if claim.kind in ("color", "ground"):
                    phrases = COLORS[claim.value]
                elif claim.kind == "place":
                    phrases = PLACES[claim.value]
                elif claim.kind == "size":
                    phrases = SIZES[claim.value]
                elif claim.kind == "typeface":
                    phrases = (typeface(texts[claim.ref]).split()[-1],)
                elif claim.kind == "look":
                    phrases = (claim.value,)
                else:
                    continue
                assert any(phrase.lower() in caption for phrase in phrases), (claim, caption)


def test_a_fine_caption_has_each_text_of_an_ordinary_scene_in_full() -> None:
    facts = facts_of(
        text_fact(0, text="Grand Opening"),
        text_fact(
            1,
            text="50% OFF",
            bbox=BBox(300, 450, 700, 560),
            color=Color(220, 20, 60),
            color_name="crimson",
            color_token=22,
        ),
        text_fact(2, text="Every Sunday", bbox=BBox(400, 800, 600, 860), size_px=40.0),
    )
    for variant in range(20):
        caption = say(facts, 1, variant=variant)
        assert {one.ref for one in caption.mentions} == {0, 1, 2}
        assert caption.text.count("Inter Bold") == 3
        assert re.search(r"crimson \((#dc143c|rgb\(220, 20, 60\)|<color-22>)\)", caption.text)
        assert caption.text.count("% down)") + caption.text.count("down)") >= 3


def test_exact_colours_and_places_take_each_of_their_forms() -> None:
    facts = facts_of(text_fact(color=Color(220, 20, 60), color_name="crimson", color_token=22))
    said_ = " ".join(say(facts, 1, variant=variant).text for variant in range(60))
    for form in (
        "#dc143c",
        "rgb(220, 20, 60)",
        "<color-22>",
        "<font-7>",
        "pixels 20–220",
        "2–22% across, 3–13% down",
    ):
        assert form in said_, form


def test_fonts_are_named_by_the_prompts_own_spelling() -> None:
    facts = facts_of(text_fact(), prompt='Text "SALE" in <color-0>, <en-font-3>. ')
    said_ = " ".join(say(facts, 1, variant=variant).text for variant in range(30))
    assert "<en-font-3>" in said_
    assert "<font-7>" not in said_


def test_turns_columns_effects_and_scripts_are_said() -> None:
    text = text_fact(
        text="今日は",
        script="kana",
        language="ja",
        direction="ttb",
        lines=2,
        angle_deg=-12.0,
        effects=("shadow", "outline"),
    )
    for level, turn in (
        (1, "turned 12 degrees counterclockwise"),
        (2, "tilted slightly counterclockwise"),
    ):
        caption = say(facts_of(text), level).text
        assert turn in caption
        assert "set vertically in two columns" in caption
        assert "in Japanese characters" in caption
        assert "with a drop shadow and an outline" in caption


def test_a_bend_is_said_with_its_degrees_or_without() -> None:
    hill, hollow = facts_of(text_fact(bend_deg=40.2)), facts_of(text_fact(bend_deg=-25.0))
    assert "bent into an arch of 40 degrees" in say(hill, 1).text
    assert "bent into a hollow of 25 degrees" in say(hollow, 1).text
    assert "bent into an arch" in say(hill, 2).text
    assert "degrees" not in say(hill, 2).text


def test_a_quoted_text_keeps_clear_of_its_own_marks() -> None:
    for text in ('say "hi"', '"a" “b”', '「a」 " “ «', "it's"):
        caption = say(facts_of(text_fact(text=text)), 5)
        start, end = caption.mentions[0].start, caption.mentions[0].end
        data = caption.text.encode()
        before, after = data[:start].decode()[-1], data[end:].decode()[0]
        assert before + after in MARKS
        assert before not in text
        assert after not in text


def test_words_that_look_like_tokens_are_quoted_as_they_are() -> None:
    for text in ("<image>", "</s>", "<color-1>", "\\n"):
        for level in (1, 2, 3, 4, 5):
            assert text in quotes(say(facts_of(text_fact(text=text)), level))


def test_line_ends_become_one_blank() -> None:
    caption = say(facts_of(text_fact(text="GRAND\nOPENING\r\n\nTODAY")), 2)
    assert quotes(caption) == ["GRAND OPENING TODAY"]


def test_a_long_text_is_quoted_in_part_and_says_so() -> None:
    long = "Dear guests, " + "the show will begin at noon, so please be on time. " * 30
    caption = say(facts_of(text_fact(text=long, level="paragraph")), 5)
    assert caption.mentions[0].status == "partial"
    assert "Dear guests, the show will begin" in caption.text


def test_a_cut_stands_between_graphemes() -> None:
    family = "👩‍👩‍👧‍👦"
    caption = say(facts_of(text_fact(text=family * 40)), 4)
    assert quotes(caption)[0].replace(family, "") == ""


def test_a_picture_without_text_says_so_on_every_level() -> None:
    for facts in (facts_of(), facts_of(text_fact(text=" \n "))):
        for level in LEVELS:
            caption = say(facts, level)
            assert re.search(r"no text|without (any )?text", caption.text, re.I), caption.text
            assert caption.mentions == ()


def test_what_a_photograph_shows_is_not_invented() -> None:
    facts = facts_of(text_fact(), background="photos", source="beach/sunset-with-dog.jpg")
    for level in LEVELS:
        for variant in range(10):
            text = say(facts, level, variant=variant).text.lower()
            assert "photo" in text
            assert not re.search(r"beach|sunset|dog", text)


def test_a_background_of_another_package_is_called_by_its_kind() -> None:
    assert "film grain background" in say(facts_of(text_fact(), background="film_grain"), 2).text


def test_wordings_are_many() -> None:
    for level, least in ((1, 8), (2, 12), (3, 15), (4, 10), (5, 8), (6, 8)):
        openings = {
            re.sub(r"#|\d+", "", " ".join(bare(say(facts, level, variant=variant)).split()[:4]))
            for facts in real()[:50]
            for variant in range(10)
        }
        assert len(openings) >= least, (level, sorted(openings))


def test_habits_vary_so_that_none_can_be_learnt() -> None:
    captions = [say(facts, 5, variant=one) for facts in real()[:50] for one in range(10)]
    owns = [bare(caption) for caption in captions]
    full_stop = sum(own.endswith(".") for own in owns) / len(owns)
    small = sum(own == own.lower() for own in owns) / len(owns)
    assert 0.2 < full_stop < 0.45
    assert 0.25 < small < 0.6


def test_a_scene_repeats_itself_and_another_variant_does_not() -> None:
    facts = real()[0]
    for level in (1, 2, 3):
        assert say(facts, level) == say(facts, level)
        assert say(facts, level).text != say(facts, level, variant=1).text
        assert say(facts, level).text != say(facts, level, seed=1).text


def test_other_processes_and_hash_seeds_say_the_same() -> None:
    script = (
        "from tests.caption.truths import facts_of, text_fact\n"
        "from glyphdata.caption.grammar import say\n"
        "facts = facts_of(text_fact(), text_fact(1, text='50% OFF', effects=('glow',)))\n"
        "import sys, json\n"
        "assert 'torch' not in sys.modules\n"
        "print(json.dumps([say(facts, level).text for level in range(1, 7)]))"
    )
    told = set()
    for seed in ("0", "77"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        run = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            check=True,
            cwd=Path(__file__).parents[2],
            env=environment,
        )
        told.add(run.stdout)
    facts = facts_of(text_fact(), text_fact(1, text="50% OFF", effects=("glow",)))
    assert told == {json.dumps([say(facts, level).text for level in LEVELS]).encode() + b"\n"}


def test_the_golden_captions_stand() -> None:
    facts = facts_of(
        text_fact(0),
        text_fact(
            1,
            text="50% OFF",
            bbox=BBox(300, 450, 700, 560),
            color=Color(255, 255, 0),
            color_name="yellow",
            color_token=58,
            angle_deg=5.0,
        ),
    )
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert {str(level): say(facts, level).text for level in LEVELS} == golden


def test_five_thousand_captions_take_less_than_a_second() -> None:
    facts = real()
    best = 0.0
    for turn in range(3):
        began = time.process_time()
        for one in facts:
            for level in LEVELS:
                say(one, level, variant=turn)
        best = max(best, len(LEVELS) * len(facts) / (time.process_time() - began))
    assert best >= 5000


def test_the_named_levels_are_two_of_the_six() -> None:
    assert NAMES == {"short": 5, "descriptive": 2}


@pytest.mark.parametrize("level", [0, 7])
def test_a_level_there_is_not_is_refused(level: int) -> None:
    with pytest.raises(InputError, match="no caption level"):
        say(facts_of(), level)


def test_truth_is_a_captioner_that_answers_in_order() -> None:
    assert "truth" in kinds("captioners")
    captioner = load("captioners", "truth")()
    assert isinstance(captioner, Captioner)
    assert not captioner.needs_picture
    captioner.check()
    asked = [Asked(facts.key, facts, level) for facts in real()[:5] for level in LEVELS]
    answers = captioner.caption(asked)
    captioner.close()
    for one, answer in zip(asked, answers, strict=True):
        made = say(one.facts, one.level)
        assert answer == Answer(
            made.text, spans=tuple((m.ref, m.start, m.end) for m in made.mentions)
        )


def test_a_further_attempt_is_another_wording_and_the_recipe_tells_seeds_apart() -> None:
    truth = load("captioners", "truth")
    facts = real()[0]
    first, again = truth().caption([Asked("k", facts, 2), Asked("k", facts, 2, attempt=1)])
    assert first.text != again.text
    assert truth(seed=1).recipe() != truth(seed=2).recipe()
    assert json.dumps(truth().recipe())


def test_a_broken_prompt_is_a_fault_of_one_caption() -> None:
    broken = facts_of(text_fact(), prompt="nonsense")
    sound = real()[0]
    bad, good = load("captioners", "truth")().caption(
        [Asked("a", broken, 1, "glyph"), Asked("b", sound, 1, "glyph")]
    )
    assert isinstance(bad, Fault)
    assert bad.code == "bad-facts"
    assert isinstance(good, Answer)


def test_places_sizes_and_colours_are_told_by_number() -> None:
    assert place(BBox(0, 0, 10, 10), 300, 300) == "top-left"
    assert place(BBox(140, 140, 160, 160), 300, 300) == "center"
    assert place(BBox(290, 290, 400, 400), 300, 300) == "bottom-right"
    assert place(BBox(-90, 140, -20, 160), 300, 300) == "center-left"
    assert [size_class(px, 1000) for px in (10, 50, 100, 200, 400)] == [
        "tiny",
        "small",
        "medium",
        "large",
        "huge",
    ]
    assert basic_color(Color(220, 20, 60)) == "red"
    assert basic_color(Color(14, 43, 78)) == "blue"
    assert basic_color(Color(0x87, 0x69, 0x5E)) == "brown"
    assert LANGUAGES["th"] == "Thai"


def test_a_blank_at_the_end_of_a_text_costs_a_word_where_it_is_quoted() -> None:
    assert quoted_words("SALE SALE ") == 3
    assert beginning("SALE SALE ", 2) == "SALE SALE"
    assert beginning("SALE SALE ", 3) == "SALE SALE "
    assert beginning(" a b", 2) == " a"
