"""A caption as it is kept: `captions.json` of a sample, whoever wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SCHEMA = "glyphdata.captions/1"
LEVELS = (1, 2, 3, 4, 5, 6)
"""From fine detail (1) to coarse concept (6)."""

Style = Literal["plain", "glyph", "anytext", "gligen"]
Finish = Literal["stop", "length", "filter"]


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a caption says a text of the scene.

    `ref` is the box's id, `start` and `end` are UTF-8 byte offsets of the words between the quotes;
    `status`: `exact`, `case`, `near`, `partial`, `swapped` or `invented` (then `ref` is -1).
    """

    ref: int
    start: int
    end: int
    status: str = "exact"


@dataclass(frozen=True, slots=True)
class Repair:
    """One change that made a caption true: what stood there, what stands there now, and why."""

    what: str  # text, color, place, count, background, loop, prefix, length
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Caption:
    """One caption of one level.

    `source` is the captioner's kind (`truth`, `llava`, `human`, …), `recipe` the first 12 hex
    digits of what decides its words. `raw` is what a model said before repairs, if that differs;
    `locked` captions are never replaced, nor are those of source `human`.
    """

    level: int
    text: str
    source: str
    recipe: str
    style: Style = "plain"
    mentions: tuple[Mention, ...] = ()
    finish: Finish = "stop"
    flags: tuple[str, ...] = ()
    raw: str = ""
    repairs: tuple[Repair, ...] = ()
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """A caption that could not be made: by which recipe, at which level, why, after what tries."""

    recipe: str
    level: int
    code: str
    message: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Captioned:
    """All captions of one sample, with the digests of the picture and facts they belong to."""

    key: str
    image_sha256: str
    scene_sha256: str
    captions: tuple[Caption, ...]
    failures: tuple[Failure, ...] = ()
