"""BLEU, ROUGE-L and CIDEr-D against numbers worked out by hand and by COCO's own evaluation."""

from __future__ import annotations

import math

import pytest

from glyphdata.caption.score.metrics import Pair, bleu, cider_d, likeness, rouge_l
from glyphdata.caption.score.tokens import tokens
from glyphdata.errors import InputError

PAIRS = [
    Pair.of(
        'A poster that says "SALE" in white.',
        'A blue poster with the text "SALE" in white letters.',
        'A poster that says "SALE" in large white letters on a blue ground.',
    ),
    Pair.of(
        "Three lines of green text on paper.",
        "A sheet of paper with three lines of green text.",
    ),
    Pair.of(
        'On a black ground stands the word "Life", red and bold, and below it "50% off".',
        'A black picture with the red word "Life" above "50% off".',
        'The word "Life" in red stands on a black ground, and "50% off" below it.',
    ),
    Pair.of(
        '"春天" in yellow, top left.', 'The text "春天来了" is written in yellow at the top left.'
    ),
    Pair.of("text text text text", "A photograph with a text."),
]
# What pycocoevalcap 1.2 says of these words.
COCO_BLEU = (0.5989848762309573, 0.49111971667025833, 0.39647368480652695, 0.32041498489672066)
COCO_ROUGE = (
    0.6640746500777605,
    0.5700934579439253,
    0.53643216080402,
    0.5596330275229358,
    0.21785714285714283,
)
COCO_CIDER = (
    2.9714226729026443,
    4.9901994402768075,
    2.70728408412902,
    1.1083531022084916,
    0.08091984862760132,
)


def test_the_metrics_are_those_of_the_coco_evaluation() -> None:
    found = likeness(PAIRS)
    assert found.bleu == pytest.approx(COCO_BLEU, abs=1e-9)
    assert [rouge_l(pair) for pair in PAIRS] == pytest.approx(COCO_ROUGE, abs=1e-12)
    assert cider_d(PAIRS) == pytest.approx(COCO_CIDER, abs=1e-9)
    assert found.rouge_l == pytest.approx(math.fsum(COCO_ROUGE) / 5, abs=1e-12)
    assert found.cider_d == pytest.approx(math.fsum(COCO_CIDER) / 5, abs=1e-9)


def test_bleu_by_hand() -> None:
    # 3 of 4 words, 1 of 3 pairs of words; 4 words against 5 cost exp(1 - 5/4).
    one, two, three, four = bleu([Pair.of("a b c d", "a b x c e")])
    short = math.exp(-0.25)
    assert one == pytest.approx(short * 0.75)
    assert two == pytest.approx(short * math.sqrt(0.75 / 3))
    assert (three, four) == (0.0, 0.0)


def test_a_word_said_again_and_again_counts_as_often_as_a_reference_has_it() -> None:
    one, *_ = bleu([Pair.of("the the the the", "the cat the mat")])
    assert one == 0.5


def test_rouge_by_hand() -> None:
    # The longest common subsequence is a c: 2 of 3 words said, 2 of 4 of the reference.
    p, r, w = 2 / 3, 2 / 4, 1.44
    assert rouge_l(Pair.of("a c z", "a b c d")) == pytest.approx((1 + w) * p * r / (r + w * p))


def test_cider_by_hand() -> None:
    # Each word stands in one of two references: all weights are ln 2, and "a b" has one pair of
    # words. Word for word the cosines of n = 1 and 2 are 1, those of n = 3 and 4 are 0.
    same = cider_d([Pair.of("a b", "a b"), Pair.of("c d", "e f")])
    assert same == pytest.approx((5.0, 0.0))
    # One word of two is shared: cosine 1/2 for n = 1; then lengths of 1 and 3 pairs of words.
    apart, _ = cider_d([Pair.of("a b", "a x y z"), Pair.of("q", "r")])
    assert apart == pytest.approx(10 / 4 * math.exp(-4 / 72) / (math.sqrt(2) * math.sqrt(4)))


def test_a_caption_equal_to_its_reference_is_as_alike_as_can_be() -> None:
    texts = ["a red word on a black ground", "four blue lines of serif text below"]
    found = likeness([Pair.of(one, one) for one in texts])
    assert found.bleu == pytest.approx((1.0, 1.0, 1.0, 1.0))
    assert (found.rouge_l, found.cider_d) == pytest.approx((1.0, 10.0))


def test_an_empty_caption_is_like_nothing() -> None:
    found = likeness([Pair.of("", "a word"), Pair.of("a line", "a line")])
    assert rouge_l(Pair.of("", "a word")) == 0.0
    assert cider_d([Pair.of("", "a word"), Pair.of("a line", "a line")])[0] == 0.0
    assert found.bleu[0] == pytest.approx(math.exp(1 - 4 / 2))


def test_nothing_to_compare_with_is_said() -> None:
    with pytest.raises(InputError, match="without a reference"):
        Pair.of("a word")
    with pytest.raises(InputError, match="no captions"):
        likeness([])


def test_words_are_found_in_every_script() -> None:
    assert tokens('It\'s "SALE" – 50% off, well-known!') == (
        "it's",
        "sale",
        "50",
        "off",
        "well-known",
    )
    assert tokens("春天 is here") == ("春", "天", "is", "here")
    assert tokens("हिन्दी में") == ("हिन्दी", "में")  # vowel signs and viramas are of the word
    assert tokens("ＡＢＣ Straße") == ("abc", "strasse")
    assert tokens("'quoted' -- …") == ("quoted",)
    assert tokens("") == ()
