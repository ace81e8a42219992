"""Do the captions say what is drawn?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import orjson

from glyphdata.caption.prompt import parse
from glyphdata.errors import InputError
from glyphdata.review.evidence import Check, Finding, StoredSample
from glyphdata.review.labels import Json


@dataclass(slots=True)
class CaptionsAgree(Check):
    """The prompt says each box's text and tokens; a caption's mentions quote what was drawn."""

    code: ClassVar[str] = "caption"

    def of_sample(self, sample: StoredSample) -> Iterator[Finding]:
        """Prompts and captions that tell of another picture."""
        facts = sample.facts
        boxes = facts.get("boxes") if isinstance(facts, dict) else None
        if not isinstance(facts, dict) or not isinstance(boxes, list):
            return
        told = [box for box in boxes if isinstance(box, dict)]
        for fault in _of_prompt(facts.get("prompt"), told):
            yield self.found(sample.key, f"its prompt {fault}")
        said = sample.members.get("captions.json", sample.beside)
        prompt = str(facts.get("prompt")).encode("utf-8", "replace")
        if "captions.json" not in sample.members and sample.members.get("txt") != prompt:
            yield self.found(sample.key, "txt is not its prompt, and there are no captions")
        for fault in _of_captions(said, sample, told) if said is not None else ():
            yield self.found(sample.key, f"captions.json {fault}")


def _of_prompt(said: Json | None, boxes: list[dict[str, Json]]) -> Iterator[str]:
    try:
        phrases = parse(said) if isinstance(said, str) else ()
    except InputError as fault:
        yield f"does not follow the grammar: {fault}"
        return
    if [one.text for one in phrases] != [box.get("text") for box in boxes]:
        yield "says other texts than the boxes have"
    elif any(
        (-1 if one.color_token is None else one.color_token) != box.get("color_token")
        for one, box in zip(phrases, boxes, strict=True)
    ):
        yield "says other colours than the boxes have"


def _of_captions(said: bytes, sample: StoredSample, boxes: list[dict[str, Json]]) -> Iterator[str]:
    try:
        found = orjson.loads(said)
        quotes = [_quoted(one) for one in found["captions"]]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        yield "has not the fields that it should have"
        return
    for name, member in (("scene_sha256", "json"), ("image_sha256", sample.picture_member)):
        if found.get(name) != hashlib.sha256(sample.members.get(member, b"")).hexdigest():
            yield f"was made for another {member}"
    texts = {box["id"]: box.get("text") for box in boxes if isinstance(box.get("id"), int)}
    for level, quoted in quotes:
        for words, ref in quoted:
            if words != _said(texts.get(ref)):
                yield f"quotes {words!r} for box {ref}, at level {level}"


def _quoted(caption: Any) -> tuple[Json, list[tuple[str, int]]]:
    """A caption's level, and its words that are said to be a box's text with that box's id.

    `KeyError`, `TypeError` or `AttributeError` where it has not the fields that it should have.
    """
    text = caption["text"].encode()
    quoted = []
    for one in caption["mentions"]:
        start, end, ref = one.get("start", 0), one.get("end", 0), one.get("ref", -1)
        if not (isinstance(start, int) and isinstance(end, int) and isinstance(ref, int)):
            raise TypeError("a mention's place and box are whole numbers")
        if one.get("status") == "exact":
            quoted.append((text[start:end].decode("utf-8", "replace"), ref))
    return caption["level"], quoted


def _said(text: Json | None) -> str:
    """A text as a caption quotes it, on one line."""
    return " ".join(filter(None, text.splitlines())) if isinstance(text, str) else ""
