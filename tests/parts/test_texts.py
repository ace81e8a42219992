"""Text sources that come with the toolkit: languages, numbers, character sets."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from fontTools import unicodedata as properties
from icu4py.breakers import CharacterBreaker
from pydantic import TypeAdapter, ValidationError

from glyphdata.parts import TextSource
from glyphdata.parts.alphabets import NAMES, alphabet
from glyphdata.parts.lexicon import LANGUAGES, Language, lexicon
from glyphdata.parts.texts.charset import Charset
from glyphdata.parts.texts.numbers import Numbers
from glyphdata.parts.texts.paragraphs import Paragraphs
from glyphdata.parts.texts.sentences import Sentences
from glyphdata.parts.texts.words import Words
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Level

SCRIPTS = {
    "ar": {"Arab"}, "el": {"Grek"}, "he": {"Hebr"}, "hi": {"Deva"}, "th": {"Thai"},
    "ru": {"Cyrl"}, "uk": {"Cyrl"}, "zh": {"Hani"}, "ja": {"Hani", "Hira", "Kana"},
    "ko": {"Hang"},
}  # fmt: skip
BY_CHARACTER = {"zh": (8, 35), "ja": (8, 35), "th": (8, 90)}


Source = Words | Sentences | Paragraphs | Numbers | Charset


def texts(source: Source, level: Level, count: int) -> list[str]:
    return [source.choose(Rng.of(11, number), level).text for number in range(count)]


def every(language: Language) -> list[tuple[Source, Level]]:
    return [
        (Words(language), "word"),
        (Words(language), "sentence"),
        (Sentences(language), "sentence"),
        (Paragraphs(language), "paragraph"),
    ]


def size(text: str, language: str) -> int:
    return len(text) if language in BY_CHARACTER else len(text.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_rng_gives_the_same_text_and_draws_elsewhere_move_nothing(
    language: Language,
) -> None:
    for source, level in every(language):
        root = Rng.of(3, 5)
        first = source.choose(root.at("text"), level)
        root.at("face").integer(0, 100)
        root.word()
        assert source.choose(root.at("text"), level) == first
        assert first.language == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_nfc_without_loose_spaces_in_its_own_script(language: Language) -> None:
    allowed = SCRIPTS.get(language, {"Latn"}) | {"Zyyy", "Zinh"}
    for source, level in every(language):
        for text in texts(source, level, 300):
            assert text
            assert text == text.strip()
            assert "  " not in text
            assert "{" not in text
            assert unicodedata.is_normalized("NFC", text)
            assert {properties.script(char) for char in text} <= allowed, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_thousand_sentences_are_mostly_different_ones(language: Language) -> None:
    assert len(set(texts(Sentences(language), "sentence", 2000))) >= 1500


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_pattern_can_make_a_sentence_too_short_or_too_long(language: Language) -> None:
    least, most = BY_CHARACTER.get(language, (4, 21))
    for sentence in lexicon(language).sentences:

        def shortest(slot: tuple[str, ...]) -> str:
            return min(slot, key=lambda phrase: size(phrase, language))

        def longest(slot: tuple[str, ...]) -> str:
            return max(slot, key=lambda phrase: size(phrase, language))

        short = sentence.pattern.format(*map(shortest, sentence.slots))
        long = sentence.pattern.format(*map(longest, sentence.slots))
        assert least <= size(short, language), short
        assert size(long, language) <= most, long
        assert len(long) <= 120, long


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lexicon_is_rich(language: Language) -> None:
    known = lexicon(language)
    floor = {"en": (600, 60)}.get(language, (250, 40))
    assert len(known.words) >= floor[0]
    assert len(known.sentences) >= floor[1]
    assert len(set(known.words)) == len(known.words)
    assert len({len(word) for word in known.words}) >= (2 if language == "zh" else 4)
    for sentence in known.sentences:
        for slot in sentence.slots:
            assert len(set(slot)) == len(slot) >= 6


def test_chinese_words_hold_at_least_five_hundred_characters() -> None:
    assert len(set("".join(lexicon("zh").words))) >= 500


def test_the_languages_are_the_files_of_the_lexicon() -> None:
    import glyphdata.parts.texts.words as words

    folder = Path(words.__file__).parent / "lexicon"
    assert sorted(file.stem for file in folder.glob("*.txt")) == list(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_paragraphs_keep_to_their_length(language: Language) -> None:
    least, most = (30, 180) if language in ("zh", "ja") else (80, 450)
    lengths = [len(text) for text in texts(Paragraphs(language), "paragraph", 300)]
    assert least <= min(lengths)
    assert max(lengths) <= most
    assert max(lengths) > 2 * min(lengths)
    narrow = Paragraphs(language, sentences=(1, 40), characters=(300, 420))
    assert all(300 <= len(text) <= 420 for text in texts(narrow, "paragraph", 50))


def test_words_come_as_asked_for() -> None:
    written = set(lexicon("en").words)
    assert set(texts(Words("en", case="written"), "word", 3000)) <= written
    assert all(text.isupper() for text in texts(Words("en", case="upper"), "word", 100))
    mixed = texts(Words("en"), "word", 3000)
    assert 0.15 < sum(text.isupper() for text in mixed) / len(mixed) < 0.25
    assert {len(text.split()) for text in texts(Words("en", (2, 4)), "sentence", 200)} == {2, 3, 4}


def test_capitals_follow_the_language() -> None:
    turkish = lexicon("tr")
    assert turkish.capitals[turkish.words.index("iyi")] == "İYİ"
    assert turkish.titles[turkish.words.index("ilginç")] == "İlginç"
    greek = lexicon("el")
    assert greek.capitals[greek.words.index("θάλασσα")] == "ΘΑΛΑΣΣΑ"
    dutch = lexicon("nl")
    assert dutch.titles[dutch.words.index("ijsbeer")] == "IJsbeer"


def test_numbers_come_in_every_form_and_in_other_digits() -> None:
    for form in ("price", "date", "time", "phone", "percent", "serial", "measure", "whole"):
        drawn = texts(Numbers((form,)), "word", 200)
        assert len(set(drawn)) > 100
        assert all(any(char.isdigit() for char in text) for text in drawn)
    thai = texts(Numbers(("whole",), digits="thai"), "word", 100)
    assert not any("0" <= char <= "9" for text in thai for char in text)
    assert any("๐" <= char <= "๙" for text in thai for char in text)
    assert all("  " not in text for text in texts(Numbers(), "sentence", 1000))


@pytest.mark.parametrize("name", NAMES)
def test_a_named_set_gives_strings_of_its_graphemes(name: str) -> None:
    signs = alphabet(name)
    assert len(set(signs)) == len(signs) >= 10
    source = Charset(name, length=(3, 3)).ready(Path())
    for text in texts(source, "word", 200):
        assert unicodedata.is_normalized("NFC", text)
        assert all(sign in signs for sign in CharacterBreaker(text, "en"))
        assert len(list(CharacterBreaker(text, "en"))) == 3
    assert {len(text.split(" ")) for text in texts(source, "sentence", 100)} == {2, 3, 4, 5}


def test_characters_of_your_own_are_taken_as_graphemes() -> None:
    source = Charset("e\u0301कि👍🏽 e\u0301", length=(1, 1))
    assert set(texts(source, "word", 100)) == {"é", "कि", "👍🏽"}


@pytest.mark.parametrize(
    ("part", "asked", "said"),
    [
        (Words, {"language": "xx"}, "'en'"),
        (Words, {"count": [5, 2]}, "above"),
        (Words, {"share": 0}, "greater than 0"),
        (Paragraphs, {"characters": [80, 100]}, "write [80, 200]"),
        (Numbers, {"forms": []}, "at least 1"),
        (Charset, {"alphabet": "cyrilic"}, "did you mean 'cyrillic'"),
        (Charset, {"alphabet": " "}, "name a set"),
        (Charset, {"alphabet": "ab\x00"}, "U+0000"),
    ],
)
def test_the_gate_says_what_is_wrong(part: type, asked: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match="1 validation error") as fault:
        TypeAdapter(part).validate_python(asked)
    assert said in str(fault.value)


@pytest.mark.parametrize("part", [Words, Sentences, Paragraphs, Numbers, Charset])
def test_every_source_keeps_the_contract_with_its_defaults(part: type[Words]) -> None:
    source = TypeAdapter(part).validate_python({}).ready(Path())
    assert isinstance(source, TextSource)
    for level in source.levels():
        assert source.choose(Rng.of(1, 1), level).text
    assert "Recipe: {kind: " in (part.__doc__ or "")
