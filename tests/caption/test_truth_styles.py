"""Captions in the manner of Glyph-ByT5, AnyText and GLIGEN."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glyphdata.caption.facts import Facts
from glyphdata.caption.grammar import placeheld, say
from glyphdata.caption.grammar.plan import flat
from glyphdata.caption.grammar.vocabulary import PLACES, place
from glyphdata.caption.levels import LEVELS
from glyphdata.caption.prompt import prompt, unescape
from glyphdata.caption.record import Caption
from glyphdata.errors import InputError
from glyphdata.scene.geometry import BBox
from tests.caption.truths import any_facts, facts_of, real, text_fact

often = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def quotes(caption: Caption) -> list[str]:
    data = caption.text.encode()
    return [data[one.start : one.end].decode() for one in caption.mentions]


def test_the_glyph_style_is_the_samples_own_prompt() -> None:
    for facts in real()[:40]:
        for level in LEVELS:
            caption = say(facts, level, "glyph")
            assert caption.text == facts.prompt
            assert list(map(unescape, quotes(caption))) == [text.text for text in facts.texts]
            assert [one.ref for one in caption.mentions] == [text.id for text in facts.texts]


def test_escapes_of_the_prompt_stay_within_their_spans() -> None:
    said = 'a "b"\n</s>'
    facts = facts_of(text_fact(text=said), prompt=prompt([(said, 0, "<font-7>")]))
    assert unescape(quotes(say(facts, 1, "glyph"))[0]) == said


@often
@given(any_facts(), st.sampled_from(LEVELS), st.integers(0, 99))
def test_anytext_quotes_every_text_whole_and_in_order(facts: Facts, level: int, seed: int) -> None:
    caption = say(facts, level, "anytext", seed)
    whole = [(text.id, flat(text.text)) for text in facts.texts if flat(text.text).strip()]
    assert [(one.ref, one.status) for one in caption.mentions] == [
        (id_, "exact") for id_, _ in whole
    ]
    assert quotes(caption) == [text for _, text in whole]


@often
@given(any_facts(), st.sampled_from(LEVELS), st.integers(0, 99))
def test_a_star_stands_for_each_text_and_for_nothing_else(
    facts: Facts, level: int, seed: int
) -> None:
    caption = say(facts, level, "anytext", seed)
    assert placeheld(caption).count("*") == len(caption.mentions)
    plain = say(facts, level, seed=seed)
    assert placeheld(plain).count("*") == len(plain.mentions)
    assert not re.search(r'["“”«»]', placeheld(plain))


def test_anytext_says_the_cells_on_the_fine_levels_only() -> None:
    facts = facts_of(text_fact(), text_fact(1, bbox=BBox(800, 800, 990, 990)))
    for level in LEVELS:
        said = say(facts, level, "anytext").text.lower()
        cells = [place(text.bbox, 1000, 1000) for text in facts.texts]
        told = [any(phrase in said for phrase in PLACES[cell][:4]) for cell in cells]
        assert told == [level < 4] * 2


@often
@given(any_facts(), st.sampled_from(LEVELS), st.integers(0, 99))
def test_gligen_has_a_phrase_for_each_box_in_their_order(
    facts: Facts, level: int, seed: int
) -> None:
    caption = say(facts, level, "gligen", seed)
    phrases = caption.text.split("\n")
    if facts.texts:
        assert len(phrases) == len(facts.texts)
    ids = [text.id for text in facts.texts]
    data = caption.text.encode()
    for one in caption.mentions:
        assert data[: one.start].count(b"\n") == ids.index(one.ref)
        assert flat(facts.texts[ids.index(one.ref)].text).startswith(
            data[one.start : one.end].decode()
        )


def test_gligens_phrases_grow_with_the_level_of_detail() -> None:
    facts = facts_of(text_fact(angle_deg=30.0))
    said = [say(facts, level, "gligen").text for level in LEVELS]
    assert "Inter" in said[0]
    assert "turned 30 degrees clockwise" in said[0]
    assert "sans-serif" in said[1]
    assert "Inter" not in said[1]
    assert said[2].strip("“”").endswith("in white")
    assert said[4][:-6].startswith("the word")
    assert said[5] == "text"


def test_a_style_there_is_not_is_refused() -> None:
    with pytest.raises(InputError, match="no caption style"):
        say(facts_of(), 1, "sonnet")  # type: ignore[arg-type]
