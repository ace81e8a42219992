"""Which text of the scene a quoted one means."""

from __future__ import annotations

import string

import pytest

from glyphdata.caption.honest.matching import (
    candidates,
    matched,
    plain,
    similarity,
    spoken,
    threshold,
)
from glyphdata.scene.rng import Rng

LETTERS = string.ascii_letters + string.digits + "     "
LOOKALIKE = {"O": "0", "0": "O", "l": "1", "I": "l", "S": "5", "B": "8", "E": "F", "m": "n"}


def _string(rng: Rng, length: int) -> str:
    return "".join(rng.pick(LETTERS) for _ in range(length)).strip() or "x" * length


def _noisy(rng: Rng, text: str) -> str:
    """The text with 12 % of its characters dropped, doubled or misread."""
    out = []
    for letter in text:
        if rng.chance(0.12):
            kind = rng.integer(0, 4)
            letter = ("", letter * 2, LOOKALIKE.get(letter, "x"), rng.pick(LETTERS))[kind]
        out.append(letter)
    return "".join(out) or "x"


@pytest.mark.parametrize(
    ("low", "high", "recall"), [(3, 5, 0.92), (6, 10, 0.975), (11, 20, 0.995), (21, 60, 1.0)]
)
def test_noise_is_seen_through_and_other_texts_are_not_mistaken(
    low: int, high: int, recall: float
) -> None:
    right = wrong = 0
    for number in range(1500):
        rng = Rng.of(low, number)
        truth = _string(rng.at("truth"), rng.at("length").integer(low, high + 1))
        noisy = _noisy(rng.at("noise"), truth)
        right += similarity(plain(noisy), plain(truth)) >= threshold(len(plain(truth)))
        others = [_string(rng.at("other", place), len(truth)) for place in range(4)]
        wrong += any(
            similarity(plain(other), plain(truth)) >= threshold(len(plain(truth)))
            for other in others
        )
    assert right / 1500 >= recall
    assert wrong / 1500 <= 0.01


@pytest.mark.parametrize(
    ("quote", "grade", "truth"),
    [
        ("SALE", "exact", "SALE"),
        ("sale", "case", "SALE"),
        ("Sale!", "case", "SALE"),
        ("SALF", "near", "SALE"),
        ("50 % 0FF", "near", "50% OFF"),
        ("Dear guests", "partial", "Dear guests"),
        ("DEAR GUESTS, the…", "partial", "Dear guests, the…"),
        ("Dear guests, the sh...", "partial", "Dear guests, the sh..."),
        ("Dear gnests, the shaw will", "partial", "Dear guests, the show will"),
        ("SALE 50% OFF", "merged", "SALE 50% OFF"),
        ("BUY NOW", "invented", ""),
        ("A", "invented", ""),
    ],
)
def test_each_quote_gets_its_grade(quote: str, grade: str, truth: str) -> None:
    known = candidates(("SALE", "50% OFF", "Dear guests, the show will begin at 12:30"))
    found = matched(quote, known)
    assert (found.grade, found.truth) == (grade, truth)


def test_two_texts_that_are_as_near_are_ambiguous() -> None:
    known = candidates(("SALE", "SAFE"))
    assert matched("SAKE", known).grade == "ambiguous"
    assert matched("SALE", known).texts == (0,)
    assert matched("SAFE", known).texts == (1,)


def test_lines_are_spoken_as_one_and_signs_are_compared_as_one_kind() -> None:
    assert spoken("GRAND\nOPENING") == "GRAND OPENING"
    assert plain("«Don’t—go» ") == plain("Don't-go")
    assert plain("!!!") == "!!!"
    assert plain("x²") == plain("x2")
