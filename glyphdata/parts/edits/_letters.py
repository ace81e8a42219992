"""Which letters may come into a text: those of its language, in the case of their neighbours."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import NamedTuple

from fontTools.unicodedata import script

from glyphdata.parts.alphabets import alphabet
from glyphdata.parts.lexicon import in_capitals
from glyphdata.parts.phrase import Phrase
from glyphdata.scene.rng import Rng

SIGNS = ("!", "#", "$", "%", "&", "(", ")", "*", "+", "-", "=", "?", "@")
"""What may stand among the letters of a left-to-right alphabet, beside digits."""

_A_TO_Z = "abcdefghijklmnopqrstuvwxyz"
_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_VIETNAMESE = "".join(
    unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in _TONES
)
_GREEK = "αβγδεζηθικλμνξοπρστυφχψω"
_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"

# The letters of a language in its own script, small where there are two cases.
_OWN = {
    "ar": "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي",
    "cs": _A_TO_Z + "áčďéěíňóřšťúůýž",
    "de": _A_TO_Z + "äöüß",
    "el": _GREEK + "άέήίόύώ",
    "en": _A_TO_Z,
    "es": _A_TO_Z + "áéíñóúü",
    "fr": _A_TO_Z + "àâæçèéêëîïôœùûü",
    "it": _A_TO_Z + "àèéìòù",
    "nl": _A_TO_Z + "éëïóö",
    "pl": "abcdefghijklmnoprstuwyząćęłńóśźż",
    "pt": _A_TO_Z + "àáâãçéêíóôõú",
    "ru": _RUSSIAN,
    "tr": "abcçdefgğhıijklmnoöprsştuüvyz",
    "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "vi": "abcdđghklmnpqrstvx" + _VIETNAMESE,
}
# The letters of a script where the language is none of those.
_OF_SCRIPT = {"Latn": _A_TO_Z, "Grek": _GREEK, "Cyrl": _RUSSIAN}
_NAMED = {
    "Arab": "arabic", "Hebr": "hebrew", "Deva": "devanagari", "Thai": "thai", "Hang": "hangul",
}  # fmt: skip
_SHARED = ("Zyyy", "Zinh", "Zzzz")
_WITH_SIGNS = frozenset(_OF_SCRIPT)
_MOST_LETTERS_OF_NO_ALPHABET = 64


class _Letters(NamedTuple):
    """The letters of a language in one script; the same twice where it knows no case."""

    small: tuple[str, ...]
    capital: tuple[str, ...]


@lru_cache(maxsize=4096)
def script_of(char: str) -> str:
    """The script of a character, ISO 15924; empty for signs and digits."""
    code: str = script(char)
    return "" if code in _SHARED else code


@lru_cache(maxsize=256)
def _letters(language: str, code: str) -> _Letters | None:
    own = _OWN.get(language.partition("-")[0], "")
    if code in _NAMED and not (own and script_of(own[0]) == code):
        caseless = alphabet(_NAMED[code])
        return _Letters(caseless, caseless)
    small = own if own and script_of(own[0]) == code else _OF_SCRIPT.get(code, "")
    if not small:
        return None
    raised = [in_capitals(letter, language, bare=False) for letter in small]
    capital = tuple(dict.fromkeys(one for one in raised if len(one) == 1))
    return _Letters(tuple(small), capital)


def belongs(new: str, code: str, language: str) -> bool:
    """Is a language written with `new`, of the script `code`? Any is where its letters are not
    known, and so are signs and marks.
    """
    own = _letters(language, code) if language.partition("-")[0] in _OWN else None
    return own is None or not new.isalpha() or new in own.small or new in own.capital


def nearest_script(phrase: Phrase, at: int) -> str:
    """The script of the letter nearest to cluster `at`; empty where the text has none."""
    clusters = phrase.clusters
    for step in range(len(clusters)):
        for near in (at - step, at + step):
            code = script_of(clusters[near][0]) if 0 <= near < len(clusters) else ""
            if code:
                return code
    return ""


def letter(rng: Rng, phrase: Phrase, at: int, capital: bool, signs: float) -> str | None:
    """A letter of the language to stand at cluster `at`, in the script of what is nearest to it.

    It is a digit or a sign in `signs` of the cases where the script is written with ours, and
    always in a text without letters. In a script whose alphabet is not known it is one of the
    text's own letters; None where there is none.
    """
    beside = phrase.clusters[min(at, len(phrase.clusters) - 1)][0]
    code = "Latn" if beside.isascii() and beside.isalpha() else script_of(beside)
    code = code or nearest_script(phrase, at)
    if not code or (code in _WITH_SIGNS and signs and rng.chance(signs)):
        which = rng.integer(0, 10 + len(SIGNS))
        return str(which) if which < 10 else SIGNS[which - 10]
    known = _letters(phrase.language, code)
    if known is not None:
        pool = known.capital if capital else known.small
    else:
        near = phrase.clusters[:_MOST_LETTERS_OF_NO_ALPHABET]
        pool = tuple(dict.fromkeys(one for one in near if script_of(one[0]) == code))
    return pool[rng.integer(0, len(pool))] if pool else None


def replacement(rng: Rng, phrase: Phrase, at: int, small: bool, signs: float) -> str | None:
    """What may stand where cluster `at` does; `small` says whether small letters may."""
    old = phrase.clusters[at]
    if old.isdecimal() and len(old) == 1:
        return _digit(rng, old)
    return letter(rng, phrase, at, not small or old[0].isupper(), signs)


def addition(rng: Rng, phrase: Phrase, at: int, small: bool, signs: float) -> str | None:
    """What may come in before cluster `at`, or at the end; `small` says whether small letters may.

    Between capitals it is a capital, beside a digit with no letter at the other side a digit.
    """
    beside = [one[0] for one in phrase.clusters[max(at - 1, 0) : at + 1] if one[0].isalnum()]
    if beside and all(char.isdecimal() for char in beside):
        return _digit(rng, beside[0])
    capital = not small or (bool(beside) and all(char.isupper() for char in beside))
    return letter(rng, phrase, at, capital, signs)


def _digit(rng: Rng, like: str) -> str:
    """A digit of the same row as the decimal digit `like`: ASCII, Arabic-Indic, Devanagari…"""
    return chr(ord(like) - unicodedata.decimal(like) + rng.integer(0, 10))


def has_small_letters(text: str) -> bool:
    """Has the text small letters? Where it has none, a face may be one of capitals only."""
    return text != text.upper()
