"""A model as judge: it reads a caption, never the picture, and answers numbered questions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from glyphdata.caption.captioner import Answer, Asked, Captioner
from glyphdata.caption.facts import Facts
from glyphdata.caption.score.question import Question, Verdict
from glyphdata.errors import InputError
from glyphdata.scene.rng import Rng

_INTRODUCTION = """\
Below is the caption of a picture that you cannot see, and questions about the picture. Answer each
question from the caption alone: "yes" or "no" if the caption says so or it follows from what the
caption says, "n/a" if it does not follow. One line for each question: its number, a full stop, the
answer. Write nothing else.
"""
_LINE = re.compile(r"\s*(\d+)\s*[.):]\s*(yes|no|n/a)\s*\.?\s*", re.IGNORECASE)


class Task(NamedTuple):
    """A caption to be judged, with the questions that the facts of its picture make."""

    facts: Facts
    level: int
    text: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a judge answered of one caption: a verdict by question id.

    `unparsed` are the votes, one per question and vote, that could not be read even after a second
    request; each counts as `n/a`.
    """

    answers: Mapping[str, Verdict]
    unparsed: int


class _Sheet(NamedTuple):
    """One request: some questions of a task, in the order they are asked, for one vote."""

    task: int
    vote: int
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Judge:
    """Any captioner, asked in words alone.

    Each question is answered in `votes` requests and the majority counts (`n/a` where there is
    none); `at_once` questions stand in one request, shuffled by the seed.
    """

    captioner: Captioner
    votes: int = 1
    seed: int = 0
    at_once: int = 25

    def __post_init__(self) -> None:
        if self.votes < 1 or self.votes % 2 == 0 or self.at_once < 1:
            raise InputError(
                f"{self.votes} votes on {self.at_once} questions decide nothing",
                hint="take an odd number of votes and at least one question",
            )

    def judged(self, tasks: Sequence[Task]) -> tuple[Judgement, ...]:
        """A judgement of each caption, in order."""
        sheets = [sheet for at, task in enumerate(tasks) for sheet in self._sheets(at, task)]
        votes: list[dict[str, list[Verdict]]] = [{} for _ in tasks]
        unparsed = [0] * len(tasks)
        for sheet, read in zip(sheets, self._read(tasks, sheets), strict=True):
            for number, question in enumerate(sheet.questions, 1):
                unparsed[sheet.task] += number not in read
                verdict = read.get(number, "n/a")
                votes[sheet.task].setdefault(question.id, []).append(verdict)
        return tuple(
            Judgement({asked: majority(each) for asked, each in votes[at].items()}, unparsed[at])
            for at in range(len(tasks))
        )

    def _sheets(self, at: int, task: Task) -> Iterable[_Sheet]:
        for vote in range(self.votes):
            rng = Rng.of(self.seed, 0).at(f"judge:{task.facts.key}", task.level, vote)
            order = tuple(rng.shuffled(task.questions))
            for start in range(0, len(order), self.at_once):
                yield _Sheet(at, vote, order[start : start + self.at_once])

    def _read(self, tasks: Sequence[Task], sheets: Sequence[_Sheet]) -> list[dict[int, Verdict]]:
        """The answers of each sheet by number; sheets with gaps are asked a second time."""
        found: list[dict[int, Verdict]] = [{} for _ in sheets]
        for attempt in (0, 1):
            gaps = [at for at, sheet in enumerate(sheets) if len(found[at]) < len(sheet.questions)]
            asked = [_asked(tasks[sheets[at].task], sheets[at], attempt) for at in gaps]
            for at, said in zip(gaps, self.captioner.caption(asked) if asked else [], strict=True):
                if isinstance(said, Answer):
                    found[at] = read(said.text, len(sheets[at].questions)) | found[at]
        return found


def read(said: str, questions: int) -> dict[int, Verdict]:
    """The answers of a judge by question number, 1 to `questions`.

    Strict: a line counts only if it holds a number, a sign (`.`, `)` or `:`) and an answer; a
    number that is answered twice and differently is not answered.
    """
    found: dict[int, Verdict] = {}
    torn: set[int] = set()
    for line in said.splitlines():
        match = _LINE.fullmatch(line)
        if match is None or not 1 <= int(match[1]) <= questions:
            continue
        number, word = int(match[1]), match[2].lower()
        verdict: Verdict = "yes" if word == "yes" else "no" if word == "no" else "n/a"
        if found.setdefault(number, verdict) != verdict:
            torn.add(number)
    return {number: verdict for number, verdict in found.items() if number not in torn}


def majority(votes: Sequence[Verdict]) -> Verdict:
    """The answer of more than half of the votes; `n/a` where there is none."""
    verdict, count = Counter(votes).most_common(1)[0]
    return verdict if 2 * count > len(votes) else "n/a"


def kappa(one: Sequence[Verdict], other: Sequence[Verdict]) -> float:
    """Cohen's kappa of two series of answers: 1 is agreement, 0 what chance gives (Cohen, 1960).

    1 where both always give one and the same answer. `InputError` where the series are empty or
    not of one length.
    """
    if not one or len(one) != len(other):
        raise InputError(
            f"{len(one)} and {len(other)} answers cannot be compared",
            hint="give as many of one as of the other",
        )
    agreed = sum(mine == its for mine, its in zip(one, other, strict=True)) / len(one)
    mine, its = Counter(one), Counter(other)
    chance = sum(mine[verdict] * its[verdict] for verdict in mine) / len(one) ** 2
    return (agreed - chance) / (1.0 - chance) if chance < 1.0 else 1.0


def _asked(task: Task, sheet: _Sheet, attempt: int) -> Asked:
    numbered = "\n".join(
        f"{number}. {question.words}" for number, question in enumerate(sheet.questions, 1)
    )
    prompt = f"{_INTRODUCTION}\nCaption: {task.text}\n\nQuestions:\n{numbered}\n\nAnswers:\n"
    return Asked(
        task.facts.key, task.facts, task.level, prompt=prompt, attempt=2 * sheet.vote + attempt
    )
