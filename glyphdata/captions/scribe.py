"""Who says which caption of a picture, and what comes of asking: captions, or reasons for none.

A model describes what it sees at the levels that it is good at, and is held against the facts
(`caption.honest`); the other levels come from truth, or from what the model said, shortened. Styles
other than plain are always said from truth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol, cast, get_args, runtime_checkable

from glyphdata.caption.captioner import Answer, Asked, Captioner, Fault
from glyphdata.caption.facts import Facts
from glyphdata.caption.record import LEVELS, Caption, Captioned, Failure, Style
from glyphdata.captions.joining import Contents, Wanted
from glyphdata.captions.written import identity
from glyphdata.errors import InputError
from glyphdata.registry import load, nearest

Lower = Literal["truth", "shorten", "ask"]
"""Where the levels come from that a model is not good at: truth, its own finer caption shortened,
or the model nevertheless."""

WAITING = "not-recorded"
"""The code of a passing fault that is none: an engine that runs offline has yet to answer."""

CHAIN = 1
"""The version of what becomes of an answer; part of a model's recipe, for it decides its words."""

_GOOD_AT = {"truth": LEVELS, "blip2": (5,)}
_SCENE = (1, 2)


@runtime_checkable
class Questioner(Protocol):
    """A captioner that can tell what it asks its model."""

    def question(self, asked: Asked) -> str:
        """The prompt of one caption."""
        ...


@dataclass(frozen=True, slots=True)
class Work:
    """A sample and the captions that it lacks; `before` are those it has."""

    contents: Contents
    facts: Facts
    picture: bytes
    before: Captioned
    wanted: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What came of one sample: its new captions and failures.

    `passing` says of each request to the captioner, in order, whether it met a fault that may pass;
    `levels` are those of the requests. `waiting` counts others whose answers are still to come.
    """

    captioned: Captioned
    levels: tuple[int, ...] = ()
    passing: tuple[bool, ...] = ()
    waiting: int = 0

    def lasting(self) -> Said:
        """Without the failures that may pass, which are to be asked for again."""
        passing = {level for level, one in zip(self.levels, self.passing, strict=True) if one}
        failures = tuple(one for one in self.captioned.failures if one.level not in passing)
        return replace(self, captioned=replace(self.captioned, failures=failures))


class Scribe:
    """Has the captions of samples said: by the captioner, from truth, or by shortening.

    `wanted` lists the captions that every sample should have, `recipes` what makes them by digest.
    """

    def __init__(
        self,
        captioner: Captioner,
        kind: str,
        levels: Sequence[int] = LEVELS,
        styles: Sequence[str] = ("plain",),
        *,
        lower: Lower = "truth",
    ) -> None:
        """`InputError` for a level or a style there is not."""
        self.captioner = captioner
        self.kind = kind
        self._lower = lower
        chosen = tuple(sorted(set(_levels(levels))))
        good = chosen if lower == "ask" else tuple(set(chosen) & set(_GOOD_AT.get(kind, _SCENE)))
        self.asks = frozenset(good or chosen)
        recipe: dict[str, object] = {"kind": kind, **captioner.recipe()}
        truth: dict[str, object] = recipe
        self._truth = captioner
        if kind != "truth":
            recipe["chain"] = CHAIN
            self._truth = cast(Captioner, load("captioners", "truth")())
            truth = {"kind": "truth", **self._truth.recipe()}
        self._own, self._true = identity(recipe), identity(truth)
        short = {**recipe, "lower": lower}
        self._short = identity(short)
        every = {self._own: recipe, self._true: truth, self._short: short}
        self.wanted = tuple(
            (level, style, self._by(level, style))
            for style in _styles(styles)
            # The prompt is the same on every level, and kept with the most detailed.
            for level in (chosen[:1] if style == "glyph" else chosen)
        )
        used = {recipe for _, _, recipe in self.wanted}
        self.recipes: Mapping[str, Mapping[str, object]] = {
            digest: told for digest, told in every.items() if digest in used
        }

    def _by(self, level: int, style: str) -> str:
        """The digest of the recipe that says a level in a style."""
        if self.kind == "truth" or style != "plain":
            return self._true
        if level in self.asks:
            return self._own
        return self._short if self._lower == "shorten" else self._true

    def said(self, works: Sequence[Work]) -> list[Said]:
        """What is said of each of the samples, in the same order."""
        asked = [
            (number, self.question(work, level))
            for number, work in enumerate(works)
            for level, _, recipe in work.wanted
            if self.asks_captioner(recipe)
        ]
        answers = self.captioner.caption([one for _, one in asked]) if asked else []
        heard: list[list[Caption | Failure]] = [[] for _ in works]
        passing: list[list[bool]] = [[] for _ in works]
        waiting = [0] * len(works)
        for (number, one), answer in zip(asked, answers, strict=True):
            passes = isinstance(answer, Fault) and answer.passing
            if passes and cast(Fault, answer).code == WAITING:
                waiting[number] += 1
                continue
            heard[number].append(self._settled(one, answer))
            passing[number].append(passes)
        made = []
        for work, known, may_pass, left in zip(works, heard, passing, waiting, strict=True):
            levels = tuple(one.level for one in known)
            known += self._lowered(work, known)
            captions = tuple(one for one in known if isinstance(one, Caption))
            failures = tuple(one for one in known if isinstance(one, Failure))
            empty = work.contents.none()
            captioned = replace(empty, captions=captions, failures=failures)
            made.append(Said(captioned, levels, tuple(may_pass), left))
        return made

    def asks_captioner(self, recipe: str) -> bool:
        """Is it the captioner itself that says the captions of this recipe, and no grammar?"""
        return recipe == self._own and self.kind != "truth"

    def question(self, work: Work, level: int) -> Asked:
        """What the captioner is asked for a level of a sample."""
        picture = work.picture if self.captioner.needs_picture else b""
        return Asked(work.contents.key, work.facts, level, "plain", picture)

    def prompt(self, asked: Asked) -> str:
        """What the captioner asks its model; empty where it has none, or does not tell."""
        if isinstance(self.captioner, Questioner):
            return self.captioner.question(asked)
        return asked.prompt

    def _settled(self, asked: Asked, answer: Answer | Fault) -> Caption | Failure:
        from glyphdata.caption.honest.chain import settle

        if isinstance(answer, Fault):
            return Failure(self._own, asked.level, answer.code, answer.message, asked.attempt + 1)

        def again(attempt: int) -> Answer | Fault:
            return self.captioner.caption([replace(asked, attempt=attempt)])[0]

        return settle(
            answer,
            asked,
            again,
            source=self.kind,
            recipe=self._own,
            prompt=self.prompt(asked),
        )

    def _lowered(self, work: Work, known: Sequence[Caption | Failure]) -> list[Caption | Failure]:
        """The captions of a sample that the captioner is not asked for."""
        made: list[Caption | Failure] = []
        for level, style, recipe in work.wanted:
            if recipe == self._true:
                made.append(self._from_truth(work.facts, level, cast(Style, style)))
            elif recipe == self._short:
                finer = self._finest(work, known, level)
                if finer is not None:
                    made.append(self._shortened(finer, work.facts, level))
        return made

    def _from_truth(self, facts: Facts, level: int, style: Style) -> Caption | Failure:
        from glyphdata.caption.grammar import say

        seed, variant = (getattr(self._truth, name, 0) for name in ("seed", "variant"))
        try:
            return replace(say(facts, level, style, seed, variant), recipe=self._true)
        except InputError as fault:
            return Failure(self._true, level, "bad-facts", str(fault), 1)

    def _finest(self, work: Work, known: Sequence[Caption | Failure], level: int) -> Caption | None:
        """The most detailed caption of the model that a level can be cut from."""
        every = [*work.before.captions, *(one for one in known if isinstance(one, Caption))]
        own = [one for one in every if one.recipe == self._own and one.level < level]
        return min(own, key=lambda one: one.level, default=None)

    def _shortened(self, finer: Caption, facts: Facts, level: int) -> Caption:
        from glyphdata.caption.honest.chain import lower

        return replace(lower(finer, facts, level), recipe=self._short)


def _levels(levels: Sequence[int]) -> Sequence[int]:
    for level in levels:
        if level not in LEVELS:
            raise InputError(f"there is no caption level {level}", hint="1 (fine) to 6 (coarse)")
    if not levels:
        raise InputError("no caption level is asked for", hint="1 (fine) to 6 (coarse)")
    return levels


def _styles(styles: Sequence[str]) -> tuple[str, ...]:
    for style in styles:
        if style not in get_args(Style):
            known = get_args(Style)
            raise InputError(f"there is no caption style {style!r}", hint=nearest(style, known))
    if not styles:
        raise InputError("no caption style is asked for", hint=f"one of {get_args(Style)}")
    return tuple(dict.fromkeys(styles))
