"""What every edit of every kind promises, in every language that there is a lexicon of."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import cast

import pytest
from fontTools.unicodedata import script
from hypothesis import given, settings
from hypothesis import strategies as st

from glyphdata.errors import Rejection
from glyphdata.faces.catalogue import load as catalogue
from glyphdata.parts import EditRange
from glyphdata.parts.lexicon import LANGUAGES, Language
from glyphdata.parts.phrase import Phrase, edited, segmented, undone
from glyphdata.parts.texts.paragraphs import Paragraphs
from glyphdata.parts.texts.sentences import Sentences
from glyphdata.parts.texts.words import Words
from glyphdata.registry import kinds, load
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Edit

KINDS = kinds("edits")
IDEOGRAPHIC = ("zh", "ja")
OF_IDEOGRAPHS = {"repeat", "drop", "lookalike"}
NEW_LETTERS = {"add", "add_word", "garble", "lookalike", "replace"}
SEEDS = range(25)

seeds = st.integers(0, 2**32 - 1)


def anything(_: str) -> bool:
    return True


@lru_cache
def part(kind: str) -> EditRange:
    return cast(EditRange, load("edits", kind)())


def made(kind: str, phrase: Phrase, seed: int, draws: Callable[[str], bool]) -> Edit | None:
    try:
        return part(kind).choose(Rng.of(5, seed).at("edit"), phrase, draws)
    except Rejection as fault:
        assert fault.reason == "no-edit"
        return None


def text_of(language: Language, seed: int) -> str:
    rng = Rng.of(seed, 0)
    source, level = (
        (Words(language), "word"),
        (Words(language), "sentence"),
        (Sentences(language), "sentence"),
        (Paragraphs(language), "paragraph"),
    )[seed % 4]
    return source.choose(rng, level).text  # type: ignore[arg-type]


def scripts(text: str) -> set[str]:
    return {script(char) for char in text} - {"Zyyy", "Zinh"}


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).split())


def assert_sound(phrase: Phrase, edit: Edit) -> None:
    """The promises that hold for any text whatever."""
    text = edited(phrase, edit)
    after = Phrase.of(text, phrase.language)
    assert plain(text) != plain(phrase.text)
    assert text.strip()
    assert undone(after, edit) == phrase.text
    assert text.encode().decode() == text
    before = sum(map(len, phrase.clusters[: edit.position])) if edit.unit == "char" else None
    if before is not None:
        assert text[:before] == phrase.text[:before]
        assert after.clusters[: edit.position] == phrase.clusters[: edit.position]


def assert_whole(phrase: Phrase, edit: Edit) -> None:
    """What came and what stayed falls into the same clusters as it did apart."""
    text, clusters = edited(phrase, edit), phrase.clusters
    gone, come = segmented(edit.before), segmented(edit.after)
    apart = (
        (*clusters[:at], *come, *clusters[at + len(gone) :])
        for at in range(len(clusters) + 1)
        if clusters[at : at + len(gone)] == gone
    )
    assert segmented(text) in apart


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=120, deadline=None)
@given(language=st.sampled_from(LANGUAGES), text=seeds, seed=seeds)
def test_an_edit_keeps_every_promise_in_every_language(
    kind: str, language: Language, text: int, seed: int
) -> None:
    phrase = Phrase.of(text_of(language, text), language)
    edit = made(kind, phrase, seed, anything)
    if edit is None:
        return
    after = edited(phrase, edit)
    assert edit.kind == kind
    assert edit.unit == ("word" if kind == "garble" or kind.endswith("word") else "char")
    assert_sound(phrase, edit)
    assert_whole(phrase, edit)
    assert scripts(after) <= scripts(phrase.text)
    assert after == after.strip()
    assert "  " not in after
    assert unicodedata.is_normalized("NFC", after)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=120, deadline=None)
@given(text=st.text(max_size=40), seed=seeds)
def test_no_text_whatever_leads_to_an_unsound_edit(kind: str, text: str, seed: int) -> None:
    phrase = Phrase.of(text, "und")
    edit = made(kind, phrase, seed, anything)
    if edit is not None:
        assert_sound(phrase, edit)
        assert_whole(phrase, edit)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=120, deadline=None)
@given(
    text=st.text(alphabet="ab1 \n\r\tÉe\u0301กาดี็์่ำเदेव्नक्षि\u200dابلا한ᄒ가🏽👍字", max_size=16),
    language=st.sampled_from(("en", "th", "hi", "ar", "ko")),
    seed=seeds,
)
def test_clusters_stay_whole_where_characters_like_to_join(
    kind: str, text: str, language: str, seed: int
) -> None:
    phrase = Phrase.of(text, language)
    edit = made(kind, phrase, seed, anything)
    if edit is not None:
        assert_sound(phrase, edit)
        assert_whole(phrase, edit)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_word_between_two_words_is_no_fault(kind: str) -> None:
    phrase = Phrase.of("1 \u0e33 1", "en")  # a vowel of Thai that leans on a space
    assert phrase.words == ((0, 1), (3, 4))
    for seed in range(20):
        edit = made(kind, phrase, seed, anything)
        if edit is not None:
            assert_sound(phrase, edit)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_is_made_wherever_the_language_allows(kind: str, language: Language) -> None:
    phrase = Phrase.of(Sentences(language).choose(Rng.of(1, 1), "sentence").text, language)
    found = [made(kind, phrase, seed, anything) for seed in range(10)]
    if language in IDEOGRAPHIC and kind not in OF_IDEOGRAPHS:
        assert found == [None] * 10
    else:
        assert None not in found
        assert len(set(found)) > 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_comes_is_drawn_by_the_face(language: Language) -> None:
    faces = catalogue()
    text = Sentences(language).choose(Rng.of(2, 2), "sentence").text
    phrase = Phrase.of(text, language)
    covering = faces.tokens(faces.covering(text) & faces.usable)
    for token in covering[:: max(len(covering) // 3, 1)]:

        def drawn(text: str, token: int = token) -> bool:
            return bool(faces.covering(text) >> token & 1)

        for kind in KINDS:
            for edit in filter(None, (made(kind, phrase, seed, drawn) for seed in range(6))):
                assert drawn(edited(phrase, edit))


@pytest.mark.parametrize("kind", sorted(NEW_LETTERS))
def test_a_face_that_draws_nothing_new_gets_no_new_letters(kind: str) -> None:
    known = set("hello world ")
    phrase = Phrase.of("hello world", "en")

    def drawn(text: str) -> bool:
        return set(text) <= known

    edits = [edit for edit in (made(kind, phrase, seed, drawn) for seed in SEEDS) if edit]
    assert all(set(edit.after) <= known for edit in edits)
    assert all(made(kind, phrase, seed, lambda _: False) is None for seed in SEEDS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u200b", "\u00ad\u00ad", "\u0301"])
def test_where_nothing_shows_nothing_is_changed(kind: str, text: str) -> None:
    assert all(made(kind, Phrase.of(text, "en"), seed, anything) is None for seed in range(5))


@pytest.mark.parametrize("kind", KINDS)
def test_capitals_stay_capitals_for_a_face_may_have_no_others(kind: str) -> None:
    for language, text in (
        ("en", "BIG SALE, NOW 1O"),
        ("vi", "CHÀO BUỔI SÁNG"),
        ("tr", "İLK IŞIK"),
    ):
        phrase = Phrase.of(text, language)
        for seed in SEEDS:
            edit = made(kind, phrase, seed, anything)
            if edit is not None:
                after = edited(phrase, edit)
                assert after == after.upper()


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_stream_gives_the_same_edit_and_a_draw_elsewhere_moves_nothing(kind: str) -> None:
    phrase = Phrase.of("the quick brown fox", "en")
    root = Rng.of(3, 4)
    first = part(kind).choose(root.at("edit"), phrase, anything)
    root.at("face").integer(0, 100)
    root.word()
    assert part(kind).choose(root.at("edit"), phrase, anything) == first


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_keeps_the_contract_and_shows_an_example_that_it_makes(kind: str) -> None:
    assert isinstance(part(kind), EditRange)
    doc = load("edits", kind).__doc__ or ""
    (example,) = (line.strip() for line in doc.splitlines() if line.strip().startswith("Example:"))
    before, arrow, after = example.removeprefix("Example: ").partition(" -> ")
    assert arrow
    phrase = Phrase.of(before, "en" if before.isascii() else "zh")
    edits = (made(kind, phrase, seed, anything) for seed in range(20_000))
    assert any(edit is not None and edited(phrase, edit) == after for edit in edits)
