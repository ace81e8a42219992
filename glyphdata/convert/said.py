"""What a caption says of a picture's texts: its words, and where in them each text is quoted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from glyphdata.caption.prompt import parse
from glyphdata.caption.record import Style
from glyphdata.errors import InputError
from glyphdata.shards.dataset import Record
from glyphdata.shards.overlay import MEMBER

_TRUE = ("exact", "case")  # mentions that quote the text as it is drawn, letter case aside


@dataclass(frozen=True, slots=True)
class Mention:
    """Characters `start` up to `end` of a caption quote the text of the box with this id."""

    box: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Said:
    """A caption and its mentions, in the order of the caption."""

    text: str
    mentions: tuple[Mention, ...] = ()

    def of(self, box: int) -> tuple[tuple[int, int], ...]:
        """Where the box with this id is quoted; mostly once, or not at all."""
        return tuple((one.start, one.end) for one in self.mentions if one.box == box)


def said(record: Record, boxes: Sequence[int], level: int, style: Style = "plain") -> Said:
    """The caption of a level, 1 to 6, in a style, or for level 0 the sample's `txt`.

    `boxes` are the ids of its boxes. Of several captions a person's comes first. `InputError` where
    there is none of that level and style, or where the captions are damaged.
    """
    if not level:
        return _own(record, boxes)
    found = [
        one
        for one in _captions(record)
        if one["level"] == level and one.get("style", "plain") == style
    ]
    if not found:
        styled = "" if style == "plain" else f" --styles {style}"
        raise InputError(
            f"sample {record.key} has no {style} caption of level {level}",
            hint=f"make it with `glyphdata caption --levels {level}{styled}`, or leave out `level`",
        )
    return _told(next((one for one in found if _firm(one)), found[0]))


def _own(record: Record, boxes: Sequence[int]) -> Said:
    """`txt`: a prompt, one of the captions, or words of which nothing more is known."""
    text = record.text
    try:
        phrases = parse(text)
    except InputError:
        phrases = ()
    if len(phrases) == len(boxes):
        spans = ((box, *one.text_span) for box, one in zip(boxes, phrases, strict=True))
        return Said(text, _mentions(text, spans))
    if MEMBER in record.members:
        for one in _captions(record):
            if one["text"] == text:
                return _told(one)
    return Said(text)


def _captions(record: Record) -> list[dict[str, Any]]:
    told = record.captions.get("captions")
    if not isinstance(told, list):
        raise InputError(
            f"the captions of sample {record.key} are damaged",
            hint="run `glyphdata caption` again",
        )
    return told


def _firm(caption: dict[str, Any]) -> bool:
    return bool(caption.get("locked")) or caption.get("source") == "human"


def _told(caption: dict[str, Any]) -> Said:
    text: str = caption["text"]
    spans = (
        (int(one["ref"]), int(one["start"]), int(one["end"]))
        for one in caption.get("mentions", ())
        if one["status"] in _TRUE
    )
    return Said(text, _mentions(text, spans))


def _mentions(text: str, spans: Iterable[tuple[int, int, int]]) -> tuple[Mention, ...]:
    """Spans (box, start, end) in bytes as spans in characters, in order."""
    encoded = text.encode("utf-8", "surrogatepass")

    def characters(byte: int) -> int:
        return len(encoded[:byte].decode("utf-8", "surrogatepass"))

    found = [Mention(box, characters(start), characters(end)) for box, start, end in spans]
    return tuple(sorted(found, key=lambda one: one.start))
