"""The page to read before adding a captioner: what one is asked, and what it answers.

A captioner is one file of `glyphdata/caption/captioners/`, and its file's name is its kind. It
holds one public frozen dataclass with a method `caption`; its fields are its settings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from glyphdata.caption.facts import Facts
from glyphdata.caption.record import Finish, Style


@dataclass(frozen=True, slots=True)
class Asked:
    """One caption that is wanted.

    `picture` are the encoded bytes of the sample's picture (jpg, png or webp); empty for a
    captioner that needs none. `attempt` counts from 0: a captioner that draws at random draws anew.
    `prompt`, if given, is the question to a model in place of its own (a judge's, or one that
    shortens a text).
    """

    key: str
    facts: Facts
    level: int
    style: Style = "plain"
    picture: bytes = b""
    prompt: str = ""
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a captioner said, as it said it; `spans` are the byte spans of quoted texts by box id,
    where it knows them."""

    text: str
    finish: Finish = "stop"
    spans: tuple[tuple[int, int, int], ...] = ()
    model: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one caption could not be made; a value, so that it costs nobody else.

    `code`: `oom`, `bad-picture`, `refused`, `timeout`, `server`, `rubbish`, `not-recorded`, …;
    `passing` says that a later try may do better.
    """

    code: str
    message: str
    passing: bool = False


@runtime_checkable
class Captioner(Protocol):
    """Says what is in pictures."""

    @property
    def needs_picture(self) -> bool:
        """Does it look at the pictures?"""
        ...

    def recipe(self) -> Mapping[str, object]:
        """All that can change its words, as plain values: model, digest of weights, settings."""
        ...

    def check(self) -> None:
        """Make ready and test itself; `InputError` where it cannot be trusted with a run."""
        ...

    def caption(self, asked: Sequence[Asked]) -> list[Answer | Fault]:
        """An answer or a fault for each, in the same order."""
        ...

    def close(self) -> None:
        """Let go of models and connections."""
        ...
