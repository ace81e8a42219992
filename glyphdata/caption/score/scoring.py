"""Many captions scored: asked by rule or by a judge, and compared with what truth would say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from glyphdata.caption.facts import Facts
from glyphdata.caption.grammar import say
from glyphdata.caption.record import Caption
from glyphdata.caption.score.answers import answered
from glyphdata.caption.score.judge import Judge, Task, kappa
from glyphdata.caption.score.metrics import Likeness, Pair, likeness
from glyphdata.caption.score.question import Verdict
from glyphdata.caption.score.questions import questions
from glyphdata.caption.score.report import Report, Scored, report

_REFERENCES = 3
_AT_ONCE = 32  # samples that a judge is given together


class Sample(NamedTuple):
    """The facts of a picture and captions of it."""

    facts: Facts
    captions: Sequence[Caption]


class Scores(NamedTuple):
    """A report; by level the likeness to truth, where it was asked for; and Cohen's kappa of the
    judge's answers and the rules', where a judge was asked."""

    report: Report
    likeness: Mapping[int, Likeness]
    agreement: float | None


def scores_of(
    samples: Iterable[Sample], judge: Judge | None = None, *, compare: bool = False
) -> Scores:
    """The scores of all captions of all samples.

    Without a judge the answers are those that `answered` finds. `compare` adds BLEU, ROUGE-L and
    CIDEr-D, the references being three true captions of the same level.
    """
    pairs: dict[int, list[Pair]] = {}
    judged: list[Verdict] = []
    ruled: list[Verdict] = []

    def each() -> Iterator[Scored]:
        for portion in _portions(samples, _AT_ONCE):
            found = [one for sample in portion for one in by_rule(sample)]
            if compare:
                for sample in portion:
                    for caption in sample.captions:
                        pairs.setdefault(caption.level, []).append(_pair(sample.facts, caption))
            if judge is not None:
                verdicts = by_judge(judge, portion, found)
                for rule, said in zip(found, verdicts, strict=True):
                    ruled.extend(rule.answers[one.id] for one in rule.questions)
                    judged.extend(said.answers[one.id] for one in rule.questions)
                found = verdicts
            yield from found

    made = report(each())
    alike = {level: likeness(pairs[level]) for level in sorted(pairs)}
    return Scores(made, alike, kappa(judged, ruled) if judged else None)


def by_rule(sample: Sample) -> Iterator[Scored]:
    """Each caption of a sample with the answers that its own words give."""
    asked = questions(sample.facts)
    for caption in sample.captions:
        answers = answered(caption.text, sample.facts, asked)
        yield Scored(caption.level, caption.source, asked, answers.by_id, len(answers.invented))


def by_judge(judge: Judge, samples: Sequence[Sample], ruled: Sequence[Scored]) -> list[Scored]:
    """The same captions with a judge's answers; what they invent is told by the rules still."""
    tasks = [
        Task(sample.facts, caption.level, caption.text, questions(sample.facts))
        for sample in samples
        for caption in sample.captions
    ]
    return [
        rule._replace(answers=judgement.answers, unparsed=judgement.unparsed)
        for rule, judgement in zip(ruled, judge.judged(tasks), strict=True)
    ]


def _pair(facts: Facts, caption: Caption) -> Pair:
    true = (say(facts, caption.level, variant=1 + at).text for at in range(_REFERENCES))
    return Pair.of(caption.text, *true)


def _portions(samples: Iterable[Sample], count: int) -> Iterator[list[Sample]]:
    rest = iter(samples)
    while portion := list(islice(rest, count)):
        yield portion
