"""Does the layout cover the text, span by span?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from glyphdata.review.evidence import Check, Finding, StoredSample
from glyphdata.scene.sample import BoxLabels
from glyphdata.scene.typeset import Ints


@dataclass(slots=True)
class TextAgrees(Check):
    """Lines tile each box's text; words and clusters cover all of it but white space."""

    code: ClassVar[str] = "text"

    def of_sample(self, sample: StoredSample) -> Iterator[Finding]:
        """Spans that split a character, overlap, leave their line, or leave text out."""
        if sample.boxes is None or sample.texts is None:
            return
        if len(sample.texts) != len(sample.boxes):
            yield self.found(sample.key, "a box has no text")
            return
        known = zip(sample.texts, sample.boxes, sample.imported, strict=True)
        for number, (text, box, imported) in enumerate(known):
            for fault in _faults(text, box, partly=imported):
                yield self.found(sample.key, f"box {number}: {fault}")


def _faults(text: bytes, box: BoxLabels, *, partly: bool) -> Iterator[str]:
    """What is wrong; with `partly` no lines, words or clusters at all are those not known."""
    if partly and not len(box.lines):
        if len(box.words) or len(box.clusters):
            yield "words or clusters stand on no line"
        return
    starts = np.append((np.frombuffer(text, np.uint8) & 0xC0) != 0x80, True)
    tiled = np.append(0, box.lines[:, 1])
    if (box.lines[:, 0] != tiled[:-1]).any() or tiled[-1] != len(text):
        yield "the lines do not add up to its text"
        return
    seen = _visible(text)
    for name, spans in (("line", box.lines), ("word", box.words), ("cluster", box.clusters)):
        fault = _spans(spans[:, :2], starts)
        if fault:
            yield f"a {name}'s span {fault}"
            continue
        if name != "line" and not (partly and not len(spans)):
            yield from _within(name, spans, box.lines)
            if not _covered(spans, len(text))[seen].all():
                yield f"the {name}s leave out some of its text"


def _spans(spans: Ints, starts: NDArray[np.bool_]) -> str:
    """What is wrong with spans that should rise and stand on whole characters; empty if nothing."""
    if (spans < 0).any() or (spans >= len(starts)).any():
        return "leaves the text"
    if (spans[:, 0] >= spans[:, 1]).any():
        return "is empty"
    if not starts[spans].all():
        return "splits a character"
    if (spans[1:, 0] < spans[:-1, 1]).any():
        return "overlaps the one before"
    return ""


def _within(name: str, spans: Ints, lines: Ints) -> Iterator[str]:
    line = spans[:, 2]
    if (line < 0).any() or (line >= len(lines)).any():
        yield f"a {name} names a line that there is not"
    elif (spans[:, 0] < lines[line, 0]).any() or (spans[:, 1] > lines[line, 1]).any():
        yield f"a {name} leaves its line"


def _covered(spans: Ints, length: int) -> NDArray[np.bool_]:
    steps = np.zeros(length + 1, np.int64)
    np.add.at(steps, spans[:, 0], 1)
    np.add.at(steps, spans[:, 1], -1)
    covered: NDArray[np.bool_] = steps.cumsum()[:-1] > 0
    return covered


def _visible(text: bytes) -> NDArray[np.bool_]:
    """Which bytes belong to characters that are no white space."""
    if text.isascii():
        return np.frombuffer(text, np.uint8) > 0x20
    flags = [
        flag
        for character in text.decode()
        for flag in [not (character.isspace() or not character.isprintable())]
        * len(character.encode())
    ]
    return np.array(flags, bool)
