"""The report of an evaluation, as `RUN/eval.json` has it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from glyphdata.errors import GateFailed, InputError
from glyphdata.train.batch import BoxFacts
from glyphdata.train.evaluate.in_group import Figure, InGroup
from glyphdata.train.evaluate.retrieval import Retrieval
from glyphdata.train.evaluate.spelled import Characters
from glyphdata.train.evaluate.styles import Style
from glyphdata.train.evaluate.vectors import COLLAPSED

Json = dict[str, object]

_AT_CHANCE = 3.0
"""An R@1 below so many times chance is called chance: little of it is there to be sure of."""


_SHORTCUT, _LIFT = 2.0, 0.1
"""Originals found so many times as often as by chance, with a lift below that, are suspicious."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: how many, of which data, in which form of saying texts."""

    boxes: int
    families: int
    form: str
    split: str
    seed: int
    data: tuple[str, ...]
    left_out: tuple[tuple[str, int], ...] = ()
    """What could not be asked: a reason, and how often."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an encoder has learnt; None is what the data or the encoder does not allow to ask."""

    asked: Asked
    retrieval: Retrieval | None
    in_group: InGroup | None
    colors: Style | None
    fonts: Style | None
    characters: Characters | None
    likeness_pictures: float
    """The mean cosine of the pictures of different boxes."""
    likeness_texts: float
    boxes: tuple[BoxFacts, ...]
    """The boxes that were asked; misses and confusions number them."""

    @property
    def collapsed(self) -> bool:
        """Do all boxes look, or read, nearly the same to it?"""
        return max(self.likeness_pictures, self.likeness_texts) > COLLAPSED

    @property
    def alarms(self) -> tuple[str, ...]:
        """What a reader of the figures must know before believing them."""
        told = []
        if self.collapsed:
            told.append(
                f"collapsed: different pictures have a mean cosine of {self.likeness_pictures:.3f},"
                f" different texts of {self.likeness_texts:.3f}"
            )
        seen = self.retrieval
        by_chance = seen is not None and seen.box_to_text.r1 < _AT_CHANCE * seen.chance
        if by_chance:
            told.append("retrieval is at chance: not broken out yet, or nothing learnt")
        if self.in_group is not None and _unseeing(self.in_group):
            told.append("text-only shortcut: originals are told from their edits without looking")
        return tuple(told)

    def document(self) -> Json:
        """The report for programs."""
        return {
            "retrieval": None if self.retrieval is None else _retrieval(self.retrieval),
            "in_group": None if self.in_group is None else _in_group(self.in_group),
            "colors": None if self.colors is None else _style(self.colors),
            "fonts": None if self.fonts is None else _style(self.fonts),
            "characters": None if self.characters is None else asdict(self.characters),
            "collapse": {
                "pictures": self.likeness_pictures,
                "texts": self.likeness_texts,
                "collapsed": self.collapsed,
            },
            "alarms": list(self.alarms),
            "asked": {
                **asdict(self.asked),
                "data": list(self.asked.data),
                "left_out": dict(self.asked.left_out),
            },
        }

    def figure(self, path: str) -> float:
        """One number of `document` by its dotted path, under `retrieval` if it is found there.

        `InputError` where there is none.
        """
        document = self.document()
        for start in (document, document["retrieval"]):
            value: object = start
            for name in path.split("."):
                value = value.get(name) if isinstance(value, dict) else None
            if isinstance(value, int | float) and not isinstance(value, bool):
                return float(value)
        raise InputError(
            f"the report has no number {path!r}",
            hint="such as text_to_box.r1, in_group.lift or fonts.accuracy; see --json",
        )


def gate(report: Report, least: dict[str, float]) -> None:
    """`GateFailed` naming every figure of `least` that is lower than asked for."""
    found = {path: report.figure(path) for path in least}
    low = [
        f"{path} is {found[path]:.4f} and not {asked:g}"
        for path, asked in least.items()
        # A figure that is no number is not enough either.
        if not found[path] >= asked
    ]
    if low:
        raise GateFailed("; ".join(low), hint="train longer, or ask for less with --least")


def _unseeing(one: InGroup) -> bool:
    """Are originals found more often than by chance, and hardly by looking?"""
    figure = one.originals
    if figure is None or figure.blind is None:
        return False
    lift = 0.0 if figure.lift is None else figure.lift
    return figure.accuracy > _SHORTCUT * one.chance and lift < _LIFT


def _retrieval(one: Retrieval) -> Json:
    return {
        "text_to_box": asdict(one.text_to_box),
        "box_to_text": asdict(one.box_to_text),
        "galleries": one.galleries,
        "chance": one.chance,
        **{
            name: {part: asdict(value) for part, value in parts.items()}
            for name, parts in one.slices.items()
        },
    }


def _in_group(one: InGroup) -> Json:
    return {
        **_figure(one.boxes),
        "of": one.of,
        "chance": one.chance,
        "families": one.families,
        "whole": one.whole,
        "text_to_box": _figure(one.texts),
        "originals": None if one.originals is None else _figure(one.originals),
        **{
            name: {part: _figure(value) for part, value in parts.items()}
            for name, parts in one.slices.items()
        },
    }


def _figure(one: Figure) -> Json:
    return {**asdict(one), "lift": one.lift}


def _style(one: Style) -> Json:
    return {**_figure(one.figure), "of": one.of, "chance": one.chance}
