"""How alike captions and references are: BLEU, ROUGE-L and CIDEr-D, without Java.

The words are ours (`tokens`); the numbers are those of the COCO caption evaluation on equal words,
but that a BLEU without a single common n-gram is 0 here, and nearly 0 there.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from glyphdata.caption.score.tokens import tokens
from glyphdata.errors import InputError

_LONGEST = 4  # words of an n-gram
_BETA = 1.2  # how much more recall counts than precision in ROUGE-L
_SIGMA = 6.0  # how fast CIDEr-D falls with a difference of lengths, in words
_SCALE = 10.0

Words = tuple[str, ...]
Counts = Mapping[Words, int]


class Pair(NamedTuple):
    """A caption and what it is compared with, as words."""

    said: Words
    references: tuple[Words, ...]

    @classmethod
    def of(cls, said: str, *references: str) -> Pair:
        """The pair of a caption and its references; `InputError` where there is none."""
        if not references:
            raise InputError(
                "a caption without a reference", hint="give one caption to compare with"
            )
        return cls(tokens(said), tuple(tokens(one) for one in references))


class Likeness(NamedTuple):
    """Metrics over many captions: `bleu` of up to 1, 2, 3 and 4 words, 0 to 1; `rouge_l`, 0 to 1;
    `cider_d`, 0 to 10."""

    bleu: tuple[float, float, float, float]
    rouge_l: float
    cider_d: float


def likeness(pairs: Sequence[Pair]) -> Likeness:
    """All metrics over all pairs; `InputError` where there is no pair."""
    if not pairs:
        raise InputError("there are no captions to compare", hint="caption the dataset first")
    return Likeness(
        bleu(pairs),
        math.fsum(map(rouge_l, pairs)) / len(pairs),
        math.fsum(cider_d(pairs)) / len(pairs),
    )


def bleu(pairs: Sequence[Pair]) -> tuple[float, float, float, float]:
    """BLEU-1 to BLEU-4 of a corpus, 0 to 1 (Papineni et al., ACL 2002), each length weighed alike.

    The brevity penalty takes the reference closest in length, the shorter of two as close.
    """
    right, made = [0] * _LONGEST, [0] * _LONGEST
    length = wanted = 0
    for pair in pairs:
        length += len(pair.said)
        wanted += min((abs(len(one) - len(pair.said)), len(one)) for one in pair.references)[1]
        for n in range(1, _LONGEST + 1):
            allowed: Counter[Words] = Counter()
            for one in pair.references:
                allowed |= _grams(one, n)
            right[n - 1] += (_grams(pair.said, n) & allowed).total()
            made[n - 1] += max(len(pair.said) - n + 1, 0)
    penalty = math.exp(min(0.0, 1.0 - wanted / length)) if length else 0.0
    product, found = 1.0, []
    for n in range(_LONGEST):
        product *= right[n] / made[n] if made[n] else 0.0
        found.append(penalty * product ** (1.0 / (n + 1)))
    one, two, three, four = found
    return one, two, three, four


def rouge_l(pair: Pair) -> float:
    """ROUGE-L of one caption, 0 to 1 (Lin, 2004): the F-measure of the longest common subsequence.

    Precision and recall are each the best over the references, recall weighs 1.2² times as much.
    """
    if not pair.said:
        return 0.0
    shared = [(_common(pair.said, one), len(one)) for one in pair.references]
    precision = max(common for common, _ in shared) / len(pair.said)
    recall = max(common / length if length else 0.0 for common, length in shared)
    if not precision:
        return 0.0
    weight = _BETA**2
    return (1.0 + weight) * precision * recall / (recall + weight * precision)


def cider_d(pairs: Sequence[Pair]) -> tuple[float, ...]:
    """CIDEr-D of each caption, 0 to 10 (Vedantam et al., CVPR 2015).

    Weights are from the references of all pairs: a single pair, all of whose n-grams stand in
    every reference, scores 0.
    """
    documents: Counter[Words] = Counter()
    counted = [tuple(_all_grams(one) for one in pair.references) for pair in pairs]
    for references in counted:
        documents.update(set().union(*references))
    log_pairs = math.log(len(pairs)) if pairs else 0.0
    found = []
    for pair, references in zip(pairs, counted, strict=True):
        mine = _weighed(_all_grams(pair.said), documents, log_pairs)
        total = 0.0
        for words, counts in zip(pair.references, references, strict=True):
            gap = _bigrams(pair.said) - _bigrams(words)
            fall = math.exp(-(gap**2) / (2.0 * _SIGMA**2))
            total += fall * _similar(mine, _weighed(counts, documents, log_pairs))
        found.append(_SCALE * total / len(references))
    return tuple(found)


def _bigrams(words: Words) -> int:
    """The length that CIDEr-D compares."""
    return max(len(words) - 1, 0)


def _similar(mine: Sequence[Mapping[Words, float]], its: Sequence[Mapping[Words, float]]) -> float:
    """The mean over n of the clipped cosines of two weighed captions."""
    cosines = []
    for one, other in zip(mine, its, strict=True):
        norm = _norm(one) * _norm(other)
        dot = math.fsum(
            min(weight, other.get(gram, 0.0)) * other.get(gram, 0.0) for gram, weight in one.items()
        )
        cosines.append(dot / norm if norm else 0.0)
    return math.fsum(cosines) / _LONGEST


def _norm(weights: Mapping[Words, float]) -> float:
    return math.sqrt(math.fsum(weight * weight for weight in weights.values()))


def _weighed(
    counts: Counts, documents: Counts, log_pairs: float
) -> tuple[Mapping[Words, float], ...]:
    """The weight of each n-gram, by length: how often, times how rare among the references."""
    weights: tuple[dict[Words, float], ...] = tuple({} for _ in range(_LONGEST))
    for gram, count in counts.items():
        rarity = log_pairs - math.log(max(1, documents.get(gram, 0)))
        weights[len(gram) - 1][gram] = count * rarity
    return weights


def _all_grams(words: Words) -> Counter[Words]:
    found: Counter[Words] = Counter()
    for n in range(1, _LONGEST + 1):
        found.update(_grams(words, n))
    return found


def _grams(words: Words, n: int) -> Counter[Words]:
    return Counter(words[at : at + n] for at in range(len(words) - n + 1))


def _common(one: Words, other: Words) -> int:
    """How long the longest common subsequence is (dynamic programming, row by row)."""
    above = [0] * (len(other) + 1)
    for word in one:
        row = [0]
        for at, its in enumerate(other):
            row.append(above[at] + 1 if word == its else max(above[at + 1], row[at]))
        above = row
    return above[-1]
