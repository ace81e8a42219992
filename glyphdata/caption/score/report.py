"""What answers come to: accuracy, precision and coverage, by level and category."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from glyphdata.caption.score.question import CATEGORIES, Question, Verdict


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of answers and what they come to; `None` where nothing was there to divide by.

    `right` counts answers that equal truth and whose parents' do; `answered` those other than
    `n/a`, `true` of them equal truth; `facts` the questions that truth answers with yes, `told` of
    them were answered so.
    """

    questions: int = 0
    right: int = 0
    answered: int = 0
    true: int = 0
    facts: int = 0
    told: int = 0

    @property
    def accuracy(self) -> float | None:
        """CapsBench's: the share of right answers, `n/a` being wrong; 0.5 for always yes."""
        return _share(self.right, self.questions)

    @property
    def precision(self) -> float | None:
        """Of what was answered, how much is true."""
        return _share(self.true, self.answered)

    @property
    def coverage(self) -> float | None:
        """Of what is true, how much is said."""
        return _share(self.told, self.facts)

    @property
    def na_rate(self) -> float | None:
        """Of what was asked, how much the caption does not say."""
        return _share(self.questions - self.answered, self.questions)

    def __add__(self, other: Score) -> Score:
        """The counts of both."""
        return Score(
            self.questions + other.questions,
            self.right + other.right,
            self.answered + other.answered,
            self.true + other.true,
            self.facts + other.facts,
            self.told + other.told,
        )


class Scored(NamedTuple):
    """One caption with its answers by question id; `invented` are the texts that it quotes and the
    picture does not hold, `unparsed` the votes of a judge that could not be read."""

    level: int
    source: str
    questions: Sequence[Question]
    answers: Mapping[str, Verdict]
    invented: int = 0
    unparsed: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """The scores of some captions: over all, by category, and what they invented in all."""

    captions: int
    overall: Score
    categories: Mapping[str, Score]
    invented: int
    unparsed: int

    @property
    def invented_per_caption(self) -> float:
        """How many texts a caption quotes that its picture does not hold."""
        return self.invented / self.captions if self.captions else 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """Rows by level, and by source and level."""

    levels: Mapping[int, Row]
    sources: Mapping[str, Mapping[int, Row]]


def report(scored: Iterable[Scored]) -> Report:
    """The report of captions and their answers, its levels and categories in their order."""
    sums: dict[tuple[str, int], _Sum] = {}
    for one in scored:
        sums.setdefault((one.source, one.level), _Sum()).add(one)
    levels: dict[int, _Sum] = {}
    for (_, level), part in sums.items():
        levels.setdefault(level, _Sum()).merge(part)
    return Report(
        {level: levels[level].row() for level in sorted(levels)},
        {
            source: {
                level: part.row()
                for (whose, level), part in sorted(sums.items())
                if whose == source
            }
            for source in sorted({source for source, _ in sums})
        },
    )


def scores(questions: Sequence[Question], answers: Mapping[str, Verdict]) -> dict[str, Score]:
    """The score of each category over the questions of one picture.

    A question one of whose parents is not answered rightly counts as wrong in `right`, and so do
    its own children; parents stand before children.
    """
    right: dict[str, bool] = {}
    found: dict[str, Score] = {}
    for question in questions:
        verdict = answers.get(question.id, "n/a")
        true = verdict == question.answer
        right[question.id] = true and all(right[parent] for parent in question.parents)
        fact = question.answer == "yes"
        found[question.category] = found.get(question.category, Score()) + Score(
            1, right[question.id], verdict != "n/a", true, fact, fact and true
        )
    return found


class _Sum:
    """Scores under way."""

    def __init__(self) -> None:
        self._captions = self._invented = self._unparsed = 0
        self._categories: dict[str, Score] = {}

    def add(self, one: Scored) -> None:
        self._captions += 1
        self._invented += one.invented
        self._unparsed += one.unparsed
        self._count(scores(one.questions, one.answers))

    def merge(self, other: _Sum) -> None:
        self._captions += other._captions
        self._invented += other._invented
        self._unparsed += other._unparsed
        self._count(other._categories)

    def row(self) -> Row:
        known = [name for name in CATEGORIES if name in self._categories]
        categories = {name: self._categories[name] for name in known}
        overall = sum(categories.values(), Score())
        return Row(self._captions, overall, categories, self._invented, self._unparsed)

    def _count(self, categories: Mapping[str, Score]) -> None:
        for name, score in categories.items():
            self._categories[name] = self._categories.get(name, Score()) + score


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
