"""A sample's files as values: its picture, and of each box what training asks for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from glyphdata.caption.prompt import parse
from glyphdata.errors import InputError
from glyphdata.shards.keys import PICTURES
from glyphdata.train.source import Member, Spelling, damage
from glyphdata.train.tokens import SaidBox


class Box(NamedTuple):
    """One text box as the facts tell it; `quad` is x, y of four corners, in pixels."""

    id: int
    text: str
    source_text: str
    said: SaidBox
    quad: tuple[float, ...]
    level: str
    language: str
    script: str
    font_token: int
    color_token: int
    edits: tuple[str, ...]
    height_px: float
    """Of one line: the quad's own height by its lines."""
    negatives: tuple[str, ...] = ()
    """Near misses of the text that are not drawn."""


class Picture(NamedTuple):
    """One picture; nothing of it is decoded. `files` are its sample's, by extension."""

    key: str
    number: int
    shard: str
    width: int
    height: int
    boxes: tuple[Box, ...]
    background: str
    image: bytes
    files: Mapping[str, bytes]


def picture(member: Member, spelling: Spelling, *, captions: bool = False) -> Picture:
    """The picture of a member, its faces and colours spelled so; `Damage` where it is not ours.

    A box needs a text and a quad; a foreign sample may lack all the rest.
    """
    files = member.files(captions=captions)
    try:
        facts = orjson.loads(files["json"])
        image = next(files[name] for name in PICTURES if name in files)
        said = _said(facts, spelling)
        boxes = tuple(
            _box(number, box, one)
            for number, (box, one) in enumerate(zip(facts["boxes"], said, strict=True))
        )
        return Picture(
            member.key,
            int(facts.get("variant", member.number)),
            member.shard,
            int(facts["width"]),
            int(facts["height"]),
            boxes,
            str(facts.get("background", {}).get("kind", "")),
            image,
            files,
        )
    except (KeyError, TypeError, ValueError, AttributeError, StopIteration) as fault:
        told = InputError(f"its json or picture is not ours: {type(fault).__name__} {fault}")
        raise damage(told, member.shard, member.key) from None
    except InputError as fault:
        raise damage(fault, member.shard, member.key) from None


def _box(number: int, box: Mapping[str, Any], said: SaidBox) -> Box:
    quad = tuple(map(float, box["quad"]))
    if len(quad) != 8 or not all(map(math.isfinite, quad)):
        raise ValueError(f"box {number} has no quad")
    text = str(box["text"])
    height = (
        math.hypot(quad[6] - quad[0], quad[7] - quad[1])
        + math.hypot(quad[4] - quad[2], quad[5] - quad[3])
    ) / 2
    return Box(
        id=int(box.get("id", number)),
        text=text,
        source_text=str(box.get("source_text", text)),
        said=said,
        quad=quad,
        level=str(box.get("level", "")),
        language=str(box.get("language", "")),
        script=str(box.get("script", "")),
        font_token=int(box.get("font_token", -1)),
        color_token=int(box.get("color_token", -1)),
        edits=tuple(str(edit["kind"]) for edit in box.get("edits", ())),
        height_px=height / max(1, int(box.get("lines", 1))),
        negatives=tuple(map(str, box.get("negatives", ()))),
    )


def _said(facts: Mapping[str, Any], spelling: Spelling) -> tuple[SaidBox, ...]:
    """Per box what a prompt says of it."""
    boxes = facts["boxes"]
    if spelling == "none":
        return tuple(SaidBox(str(box["text"])) for box in boxes)
    fonts = _v1(boxes) if spelling == "v1" else _v2(facts)
    return tuple(
        SaidBox(
            str(box["text"]),
            f"<color-{box['color_token']}>" if box.get("color_token", -1) >= 0 else "",
            font,
        )
        for box, font in zip(boxes, fonts, strict=True)
    )


def _v1(boxes: list[Mapping[str, Any]]) -> list[str]:
    return [
        f"<font-{box['font_token']}>" if box.get("font_token", -1) >= 0 else "" for box in boxes
    ]


def _v2(facts: Mapping[str, Any]) -> list[str]:
    """The fonts that the prompt spells, or those that a prompt of version 2 would."""
    if "-font-" in facts.get("prompt", ""):
        return [
            f"<{one.font}-{one.font_token}>" if one.font_token is not None else ""
            for one in parse(facts["prompt"])
        ]
    spell = _speller()
    return [
        spell(box["font_token"], box.get("script", ""), box.get("language", ""))
        if box.get("font_token", -1) >= 0
        else ""
        for box in facts["boxes"]
    ]


@lru_cache(maxsize=1)
def _speller() -> Callable[[int, str, str], str]:
    """How the registry here spells a face in version 2."""
    from glyphdata.faces.catalogue import load  # only where shards do not say it themselves
    from glyphdata.faces.spelling import spelled

    catalogue = load()
    return lambda token, script, language: spelled(catalogue, token, script, language, "v2")
