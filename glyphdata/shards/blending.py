"""Which caption a trainer reads: one level per sample and epoch, now and then the user's own.

DALL-E 3 was trained on 95 % synthetic captions and 5 % of people's (Betker et al. 2023);
Playground v3 (arXiv 2409.10695) draws one of six levels for each picture and step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from glyphdata.errors import InputError
from glyphdata.scene.rng import Rng
from glyphdata.shards.overlay import MEMBER


class Spoken(NamedTuple):
    """One caption as it may be drawn; `firm`: a person's, or locked, which comes before others."""

    level: int
    style: str
    text: str
    firm: bool = False


@dataclass(frozen=True, slots=True)
class Blend:
    """How a caption is drawn.

    `share` of the samples get one of their captions, the others the user's own. The style is drawn
    evenly among `styles`, the level by `weights` (level, weight), evenly where none are given.
    """

    share: float = 0.95
    weights: tuple[tuple[int, float], ...] = ()
    styles: tuple[str, ...] = ("plain",)

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise InputError(f"no share of captions is {self.share}", hint="from 0 to 1")
        if any(weight < 0 for _, weight in self.weights):
            raise InputError("a level's weight is below 0", hint="weights are 0 or more")
        if self.weights and not any(weight for _, weight in self.weights):
            raise InputError("every level has the weight 0", hint="give one a weight above 0")

    def draw(self, spoken: Iterable[Spoken], own: str | None, rng: Rng) -> str | None:
        """The caption drawn with `rng`; `own` where no level can be, or the share falls to it.

        None only where there is neither. A decision moves no other: another share leaves the
        levels as they were.
        """
        if own is not None and not rng.at("blend").chance(self.share):
            return own
        weights = dict(self.weights)
        able = [one for one in spoken if not weights or weights.get(one.level, 0) > 0]
        styles = [style for style in self.styles if any(one.style == style for one in able)]
        if not styles:
            return own
        style = rng.at("style").pick(styles)
        levels = sorted({one.level for one in able if one.style == style})
        level = levels[rng.at("level").weighted([weights.get(one, 1.0) for one in levels])]
        here = [one for one in able if (one.level, one.style) == (level, style)]
        return rng.at("wording").pick([one for one in here if one.firm] or here).text


@dataclass(frozen=True, slots=True)
class Blender:
    """Draws the captions of an epoch: they belong to (seed, epoch, key), whoever reads when.

    `own` are the user's captions by key. None takes each sample's `txt` for its own, or the
    `prompt` of its facts where a caption has been drawn into `txt` before.
    """

    blend: Blend
    seed: int = 0
    epoch: int = 0
    own: Mapping[str, str] | None = None

    def text(self, key: str, members: Mapping[str, bytes]) -> str:
        """The caption of a sample with these members; `InputError` where they are damaged."""
        txt = members.get("txt", b"").decode()
        said = spoken(key, members.get(MEMBER))
        own = self.own.get(key) if self.own is not None else _own(txt, said, members)
        rng = Rng.of(self.seed, self.epoch).at(f"caption {key}")
        drawn = self.blend.draw(said, own, rng)
        return txt if drawn is None else drawn


def _own(txt: str, said: Sequence[Spoken], members: Mapping[str, bytes]) -> str:
    """What the sample itself brought for a caption, before any of these were drawn."""
    if any(one.text == txt and not one.firm for one in said):
        prompt = orjson.loads(members.get("json", b"{}")).get("prompt")
        return prompt if isinstance(prompt, str) else txt
    return txt


def spoken(key: str, captions: bytes | None) -> list[Spoken]:
    """The captions in a `captions.json`, if there is one; `InputError` where it is damaged."""
    if captions is None:
        return []
    try:
        return [_one(said) for said in orjson.loads(captions)["captions"]]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as fault:
        raise InputError(
            f"the captions of sample {key} are damaged: {fault}",
            hint="run `glyphdata caption` again",
        ) from None


def _one(said: Any) -> Spoken:
    """A caption as it stands there; `KeyError`, `TypeError` or `AttributeError` for none."""
    level, style, text = said["level"], said.get("style", "plain"), said["text"]
    if not (isinstance(level, int) and isinstance(style, str) and isinstance(text, str)):
        raise TypeError("its level, style or text is of another kind")
    firm = bool(said.get("locked", False)) or said.get("source") == "human"
    return Spoken(level, style, text, firm)


def own_captions(given: Path | str | Mapping[str, str]) -> Mapping[str, str]:
    """The user's captions by key: as given, or from a file of lines `{"key": …, "text": …}`.

    `InputError` naming the line that is none.
    """
    if isinstance(given, Mapping):
        return given
    path = Path(given)
    try:
        lines: Sequence[bytes] = path.read_bytes().splitlines()
    except OSError as fault:
        raise InputError(f"cannot read {path}: {fault.strerror}") from None
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        try:
            one = orjson.loads(line)
            key, text = one["key"], one["text"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            key = text = None
        if not (isinstance(key, str) and isinstance(text, str)):
            raise InputError(
                f"{path}, line {number}: no caption stands there",
                hint='a line is {"key": "000000-0017", "text": "…"}',
            )
        found[key] = text
    return found
