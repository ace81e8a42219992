"""Reports over many captions: zeroing, sources, a judge beside the rules, likeness to truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest

from glyphdata.caption.captioner import Answer, Asked, Fault
from glyphdata.caption.facts import Facts
from glyphdata.caption.grammar import say
from glyphdata.caption.record import Caption
from glyphdata.caption.score.answers import answered
from glyphdata.caption.score.judge import Judge
from glyphdata.caption.score.questions import questions
from glyphdata.caption.score.report import Scored, report, scores
from glyphdata.caption.score.scoring import Sample, scores_of
from tests.caption.score.pictures import Scene


@dataclass
class Obliging:
    """A judge that answers every question by the rules, or all of them alike."""

    always: str = ""
    needs_picture: bool = False

    def recipe(self) -> Mapping[str, object]:
        return {}

    def check(self) -> None:
        return None

    def close(self) -> None:
        return None

    def caption(self, asked: Sequence[Asked]) -> list[Answer | Fault]:
        return [Answer("\n".join(self._lines(one))) for one in asked]

    def _lines(self, asked: Asked) -> list[str]:
        caption = asked.prompt.partition("Caption: ")[2].partition("\n\nQuestions:")[0]
        wanted = questions(asked.facts)
        by_words = {one.words: one.id for one in wanted}
        found = answered(caption, asked.facts, wanted).by_id
        lines = asked.prompt.partition("Questions:\n")[2].partition("\n\nAnswers:")[0].split("\n")
        return [
            f"{line.partition('. ')[0]}. {self.always or found[by_words[line.partition('. ')[2]]]}"
            for line in lines
        ]


def sample(facts: Facts, *levels: int, source: str = "truth") -> Sample:
    said = (say(facts, level) for level in levels)
    return Sample(facts, [Caption(one.level, one.text, source, "") for one in said])


def test_a_right_answer_below_a_wrong_one_counts_as_wrong(poster: Facts) -> None:
    wanted = questions(poster)
    right = {one.id: one.answer for one in wanted}
    assert all(score.accuracy == 1.0 for score in scores(wanted, right).values())
    spoilt = scores(wanted, {**right, "text.0.yes": "no"})
    assert spoilt["text"].right == 5
    assert spoilt["color"].right == 4  # two of the three texts
    assert spoilt["color"].true == 6
    assert spoilt["relative position"].right == 2
    assert spoilt["count"].accuracy == 1.0


def test_a_report_has_rows_by_level_and_by_source(poster: Facts) -> None:
    wanted = questions(poster)
    right = {one.id: one.answer for one in wanted}
    found = report(
        [
            Scored(2, "truth", wanted, right),
            Scored(1, "truth", wanted, right, invented=1),
            Scored(2, "llava", wanted, {}, invented=2, unparsed=3),
        ]
    )
    assert list(found.levels) == [1, 2]
    assert found.levels[2].captions == 2
    assert found.levels[2].overall.accuracy == 0.5
    assert found.levels[2].overall.precision == 1.0
    assert found.levels[2].overall.na_rate == 0.5
    assert (found.levels[2].invented_per_caption, found.levels[2].unparsed) == (1.0, 3)
    assert list(found.sources) == ["llava", "truth"]
    assert list(found.sources["truth"]) == [1, 2]
    assert found.sources["llava"][2].overall.precision is None


def test_a_judge_that_answers_by_the_rules_agrees_with_them(scenes: tuple[Scene, ...]) -> None:
    samples = [sample(scene.facts, 1, 4) for scene in scenes[:40]]
    ruled = scores_of(samples)
    judged = scores_of(samples, Judge(Obliging(), votes=3))
    assert ruled.agreement is None
    assert judged.agreement == 1.0
    assert judged.report == ruled.report


def test_a_judge_that_always_says_yes_scores_one_half_and_agrees_with_nobody(
    scenes: tuple[Scene, ...],
) -> None:
    found = scores_of([sample(one.facts, 2) for one in scenes[:40]], Judge(Obliging("yes")))
    assert found.report.levels[2].overall.accuracy == 0.5
    assert found.agreement == pytest.approx(0.0, abs=1e-12)


def test_truth_is_like_truth_said_in_other_words(scenes: tuple[Scene, ...]) -> None:
    true = scores_of([sample(one.facts, 2, 5) for one in scenes[:40]], compare=True).likeness
    assert list(true) == [2, 5]
    wrong = [
        Sample(one.facts, sample(other.facts, 2, 5).captions)
        for one, other in zip(scenes[:40], scenes[40:80], strict=True)
    ]
    false = scores_of(wrong, compare=True).likeness
    for level in true:
        assert true[level].cider_d > 4 * false[level].cider_d
        assert true[level].rouge_l > false[level].rouge_l
        assert true[level].bleu[3] > false[level].bleu[3]
