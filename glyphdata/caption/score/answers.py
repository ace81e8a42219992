"""Questions answered from a caption alone, by rule: no model, and twenty thousand a second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from glyphdata.caption.facts import Facts
from glyphdata.caption.score.hearing import Heard, Mention, heard
from glyphdata.caption.score.matching import NOBODY, matched, part_of
from glyphdata.caption.score.opening import plain
from glyphdata.caption.score.question import Matter, Question, Verdict
from glyphdata.caption.score.questions import INVERSE, OTHER_FACES, apart, shares

_CORNERS = frozenset(("top-left", "top-right", "bottom-left", "bottom-right"))


@dataclass(frozen=True, slots=True)
class Answers:
    """A verdict by question id, and the quoted texts that the picture does not hold, once each."""

    by_id: Mapping[str, Verdict]
    invented: tuple[str, ...]


def answered(text: str, facts: Facts, questions: Sequence[Question]) -> Answers:
    """The answers that a caption gives to the questions of its picture.

    Only the facts' texts are looked at, to tell which of them a quote means.
    """
    said = heard(text, [one.text for one in facts.texts])
    refs = matched(said.mentions, facts)
    listener = _Listener(said, refs, facts)
    invented = dict.fromkeys(
        mention.words
        for mention, ref in zip(said.mentions, refs, strict=True)
        if ref == NOBODY and mention.quoted
    )
    return Answers({one.id: listener.verdict(one) for one in questions}, tuple(invented))


class _Listener:
    """One caption, ready to be asked."""

    def __init__(self, said: Heard, refs: Sequence[int], facts: Facts) -> None:
        self._scene = said.scene
        self._texts = {text.id: plain(text.text) for text in facts.texts}
        self._mentions: dict[int, list[Mention]] = {}
        self._looks: dict[tuple[int, Matter], set[str]] = {}
        for mention, ref in zip(said.mentions, refs, strict=True):
            self._mentions.setdefault(ref, []).append(mention)
            for matter, value in mention.looks.items():
                self._looks.setdefault((ref, matter), set()).add(value)
        self._ways: dict[tuple[int, ...], set[str]] = {}
        for one, way, other in said.relations:
            mine, its = refs[one], refs[other]
            self._ways.setdefault((mine, its), set()).add(way)
            self._ways.setdefault((its, mine), set()).add(INVERSE[way])

    def verdict(self, question: Question) -> Verdict:
        """What the caption says to a question."""
        matter, value = question.matter, question.value
        if matter == "text":
            return self._reads(question.refs[0], value)
        if matter == "relation":
            ways: Set[str] = self._ways.get(question.refs, frozenset())
            return "yes" if value in ways else "no" if INVERSE[value] in ways else "n/a"
        if not question.refs:
            return _one_of(value, self._scene.get(matter, frozenset()))
        said = self._looks.get((question.refs[0], matter))
        if not said:
            return "n/a"
        if value in said:
            return "yes"
        return "no" if all(_denies(matter, one, value) for one in said) else "n/a"

    def _reads(self, ref: int, asked: str) -> Verdict:
        """Does the caption say that a text reads, or begins, so?

        Where only a part of the text is quoted, the rest may be as asked.
        """
        found: Verdict = "n/a"
        whole = self._texts[ref]
        for mention in self._mentions.get(ref, ()):
            said = mention.words
            if said == asked or (len(asked) < len(whole) and said.startswith(asked)):
                return "yes"
            part = asked.startswith(said) if mention.cut else part_of(said, whole)
            if said == whole or not part:
                found = "no"
        return found


def _one_of(value: str, said: frozenset[str]) -> Verdict:
    if value in said:
        return "yes"
    return "no" if said else "n/a"


def _denies(matter: Matter, said: str, asked: str) -> bool:
    """Does the one look exclude the other? Neighbours among sizes do not, nor do a place in the
    middle of an edge and others of its row or column, nor a display face and most others."""
    match matter:
        case "place":
            return not shares(said, asked) or said in _CORNERS
        case "size":
            return apart(said, asked) > 1
        case "font":
            return said in OTHER_FACES[asked] or asked in OTHER_FACES[said]
        case _:
            return True
