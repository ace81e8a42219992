"""Characters that look alike: the derived lists, and the edit that uses them."""

from __future__ import annotations

import unicodedata
from importlib.resources import files

import pytest
from fontTools.unicodedata import script

from glyphdata.parts import lookalikes as data
from glyphdata.parts.edits.lookalike import Lookalike
from glyphdata.parts.lookalikes import FILES, OF_LANGUAGE, PAIRS, look_the_same, lookalikes
from glyphdata.parts.phrase import Phrase, edited
from glyphdata.scene.rng import Rng

NAMES = sorted({*FILES.values(), *OF_LANGUAGE.values()})
SCRIPTS = {
    "latin": {"Latn"}, "vietnamese": {"Latn"}, "cyrillic": {"Cyrl"}, "greek": {"Grek"},
    "arabic": {"Arab"}, "hebrew": {"Hebr"}, "devanagari": {"Deva"}, "thai": {"Thai"},
    "kana": {"Hira", "Kana"}, "hangul": {"Hang"}, "han": {"Hani"}, "kanji": {"Hani"},
}  # fmt: skip


def lines(name: str) -> list[str]:
    return (files(data) / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def changed(text: str, language: str, count: int = 300) -> set[str]:
    phrase = Phrase.of(text, language)
    part = Lookalike()
    return {
        edited(phrase, part.choose(Rng.of(seed, 1), phrase, lambda _: True))
        for seed in range(count)
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_list_is_sound(name: str) -> None:
    found = lines(name)
    assert len(found) == len({line[0] for line in found})
    for line in found:
        one, space, others = line[0], line[1], line[2:]
        assert space == " "
        assert 1 <= len(others) == len(set(others)) <= 12
        for char in one + others:
            assert script(char) in SCRIPTS[name] | {"Zyyy", "Zinh"}
            assert unicodedata.is_normalized("NFC", char)
        for other in others:
            assert not look_the_same(one, other), line
            assert one.casefold() != other.casefold()


def test_the_lists_are_small_and_rich() -> None:
    sizes = {name: len(lines(name)) for name in NAMES}
    assert sum(len("\n".join(lines(name)).encode()) for name in NAMES) < 150_000
    assert sizes["han"] > 6000
    assert sizes["kanji"] > 2500
    assert sizes["hangul"] == 2350
    assert min(sizes.values()) >= 20


@pytest.mark.parametrize(
    ("one", "other", "code", "language"),
    [
        ("了", "子", "Hani", "zh"),
        ("白", "自", "Hani", "zh"),
        ("间", "问", "Hani", "zh"),
        ("末", "未", "Hani", "ja"),
        ("シ", "ン", "Kana", "ja"),
        ("ソ", "ツ", "Kana", "ja"),
        ("강", "감", "Hang", "ko"),
        ("ה", "ח", "Hebr", "he"),
        ("ش", "س", "Arab", "ar"),
        ("ब", "व", "Deva", "hi"),
        ("ก", "ถ", "Thai", "th"),
        ("ш", "щ", "Cyrl", "ru"),
        ("e", "c", "Latn", "en"),
        ("5", "S", "Latn", "en"),
    ],
)
def test_well_known_pairs_are_there_both_ways(
    one: str, other: str, code: str, language: str
) -> None:
    assert other in lookalikes(one, code, language)
    assert one in lookalikes(other, code, language)


def test_an_unknown_script_has_none() -> None:
    assert lookalikes("ა", "Geor", "ka") == ()
    assert lookalikes("☃", "", "en") == ()


def test_two_letters_stand_for_one_and_one_for_two() -> None:
    assert {"rnap", "modem"} <= changed("map", "en") | changed("modern", "en")
    assert {"close", "dose"} <= changed("dose", "en") | changed("close", "en")
    assert all(len(two) == 2 and len(one) == 1 for two, one in PAIRS.items())


def test_of_a_cluster_with_marks_the_letter_changes_or_a_mark() -> None:
    found = changed("กี", "th")
    assert {"ถี", "กิ"} <= found
    assert all(len(text) == 2 for text in found)
    assert {"वी", "बो"} <= changed("बी", "hi")


def test_languages_keep_to_their_letters() -> None:
    assert "Hẹllo" not in changed("Hello", "en", 600)
    assert changed("ب", "ar") == {"ي"}
    assert changed("ب", "fa") == {"ي", "پ"}


def test_a_number_in_a_foreign_text_gets_no_latin_letters() -> None:
    for text, language in (("ราคา 50", "th"), ("35", "en")):
        assert not any(
            char.isascii() and char.isalpha()
            for found in changed(text, language, 600)
            for char in found
        )
    assert any("S" in found for found in changed("ROOM 55", "en", 600))


def test_near_ones_are_nearer_to_the_eye_than_others() -> None:
    """Drawn in a face the lists were not derived from, the first likeness beats a random one."""
    import cv2
    import numpy as np

    from glyphdata.faces.catalogue import load
    from glyphdata.faces.specimen import specimen
    from glyphdata.parts.alphabets import alphabet

    catalogue = load()
    (token,) = [face.token for face in catalogue.faces if face.key == "Lora-Regular"]
    face = catalogue.open(token)

    def drawn(char: str) -> np.ndarray:
        sheet = 255.0 - specimen(face, [char], 32)
        wide = np.zeros((sheet.shape[0], 128), np.float32)
        wide[:, : sheet.shape[1]] = sheet
        return cv2.GaussianBlur(wide, (0, 0), 1.0)

    better, rng, letters = 0, Rng.of(1, 1), alphabet("ascii_letters")
    known = [line for line in lines("latin") if line[0] in letters and line[2] in letters]
    for line in known:
        near = float(np.abs(drawn(line[0]) - drawn(line[2])).sum())
        other = rng.pick([char for char in letters if char not in line])
        better += near < float(np.abs(drawn(line[0]) - drawn(other)).sum())
    assert len(known) > 35
    assert better / len(known) > 0.8
