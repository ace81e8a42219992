"""A judge in words alone: what it is asked, how strictly it is read, what its votes come to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from glyphdata.caption.captioner import Answer, Asked, Captioner, Fault
from glyphdata.caption.facts import Facts
from glyphdata.caption.score.judge import Judge, Task, kappa, majority, read
from glyphdata.caption.score.question import Question, Verdict
from glyphdata.errors import InputError
from glyphdata.scene.color import Color

FACTS = Facts("000000-0000", 64, 64, "word", "en", "", "black", "", Color(0, 0, 0), ())
NUMBERED = re.compile(r"^(\d+)\. (.*)$", re.MULTILINE)


def question(name: str) -> Question:
    return Question(name, "text", f"Is it {name}?", "yes", name, (), "text", (0,), name)


def task(*names: str, text: str = "A caption.") -> Task:
    return Task(FACTS, 2, text, tuple(question(name) for name in names))


@dataclass
class Scripted:
    """A captioner that answers each numbered question of a prompt by a rule."""

    rule: Callable[[str, int], str]
    prompts: list[Asked] = field(default_factory=list)
    needs_picture: bool = False

    def recipe(self) -> Mapping[str, object]:
        return {}

    def check(self) -> None:
        return None

    def close(self) -> None:
        return None

    def caption(self, asked: Sequence[Asked]) -> list[Answer | Fault]:
        self.prompts.extend(asked)
        return [
            Answer("\n".join(f"{n}. {self.rule(q, one.attempt)}" for n, q in questions(one)))
            for one in asked
        ]


def questions(asked: Asked) -> list[tuple[int, str]]:
    body = asked.prompt.partition("Questions:")[2]
    return [(int(number), words) for number, words in NUMBERED.findall(body)]


def test_the_judge_gets_the_caption_and_the_questions_and_no_picture() -> None:
    scripted = Scripted(lambda words, _: "yes" if "red" in words else "no")
    assert isinstance(scripted, Captioner)
    (found,) = Judge(scripted).judged([task("red", "blue", text='It says "SALE".')])
    assert found.answers == {"red": "yes", "blue": "no"}
    assert found.unparsed == 0
    (asked,) = scripted.prompts
    assert 'Caption: It says "SALE".' in asked.prompt
    assert asked.picture == b""
    assert asked.level == 2


def test_questions_are_shuffled_by_the_seed_and_asked_in_portions() -> None:
    names = [f"q{n}" for n in range(10)]

    def orders(seed: int) -> list[list[str]]:
        scripted = Scripted(lambda *_: "yes")
        Judge(scripted, seed=seed, at_once=4).judged([task(*names)])
        return [[words for _, words in questions(one)] for one in scripted.prompts]

    first = orders(1)
    assert [len(portion) for portion in first] == [4, 4, 2]
    assert sorted(words for portion in first for words in portion) == sorted(
        f"Is it {name}?" for name in names
    )
    assert first == orders(1)
    assert first != orders(2)


def test_what_cannot_be_read_is_asked_once_more_and_then_not_answered() -> None:
    def mumbling(words: str, attempt: int) -> str:
        if "late" in words:
            return "yes" if attempt else "well, yes"
        return "certainly" if "never" in words else "no"

    scripted = Scripted(mumbling)
    (found,) = Judge(scripted).judged([task("late", "never", "clear")])
    assert found.answers == {"late": "yes", "never": "n/a", "clear": "no"}
    assert found.unparsed == 1
    assert [one.attempt for one in scripted.prompts] == [0, 1]


def test_a_fault_costs_its_own_questions_and_no_others() -> None:
    @dataclass
    class Faulty(Scripted):
        def caption(self, asked: Sequence[Asked]) -> list[Answer | Fault]:
            given = super().caption(asked)
            return [
                Fault("timeout", "too slow") if "spoilt" in one.prompt else answer
                for one, answer in zip(asked, given, strict=True)
            ]

    scripted = Faulty(lambda *_: "yes")
    spoilt, fine = Judge(scripted).judged([task("a", "b", text="spoilt"), task("a", "b")])
    assert (spoilt.answers, spoilt.unparsed) == ({"a": "n/a", "b": "n/a"}, 2)
    assert (fine.answers, fine.unparsed) == ({"a": "yes", "b": "yes"}, 0)
    assert len(scripted.prompts) == 3  # both, and the spoilt one once more


def test_the_majority_of_votes_counts() -> None:
    # Attempts 0, 2 and 4 are the first requests of three votes.
    scripted = Scripted(
        lambda words, attempt: {"split": ("yes", "no", "n/a"), "most": ("no", "yes", "no")}[
            words.removeprefix("Is it ").removesuffix("?")
        ][attempt // 2]
    )
    (found,) = Judge(scripted, votes=3).judged([task("split", "most")])
    assert found.answers == {"split": "n/a", "most": "no"}
    assert sorted(one.attempt for one in scripted.prompts) == [0, 2, 4]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("1. yes\n2. no\n3. n/a", {1: "yes", 2: "no", 3: "n/a"}),
        (" 1) YES.\r\n2: No", {1: "yes", 2: "no"}),
        ("1. yes, because it says so\n2. no", {2: "no"}),
        ("The answers are:\n1. yes\n4. no\n0. no", {1: "yes"}),
        ("1. yes\n1. no\n2. no\n2. no", {2: "no"}),
        ("yes\nno", {}),
        ("", {}),
    ],
)
def test_answers_are_read_strictly(said: str, found: dict[int, Verdict]) -> None:
    assert read(said, 3) == found


def test_kappa_by_hand() -> None:
    one: list[Verdict] = ["yes", "yes", "no", "no"]
    other: list[Verdict] = ["yes", "no", "no", "no"]
    # They agree on 3 of 4; chance would on (2·1 + 2·3)/16 = 1/2.
    assert kappa(one, other) == pytest.approx((0.75 - 0.5) / 0.5)
    assert kappa(one, one) == 1.0
    assert kappa(["yes", "yes"], ["yes", "yes"]) == 1.0
    assert kappa(["yes", "no"], ["no", "yes"]) == -1.0
    with pytest.raises(InputError, match="cannot be compared"):
        kappa(["yes"], [])


def test_an_even_number_of_votes_is_refused() -> None:
    with pytest.raises(InputError, match="odd number"):
        Judge(Scripted(lambda *_: "yes"), votes=2)
    assert majority(["yes", "no", "yes"]) == "yes"
