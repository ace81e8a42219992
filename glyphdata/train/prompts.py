"""What is said of a picture: its sequences, and which box stands where in which of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from glyphdata.caption.honest.quotes import quoted
from glyphdata.caption.prompt import parse
from glyphdata.errors import InputError
from glyphdata.shards.blending import Blend, Blender
from glyphdata.shards.overlay import MEMBER
from glyphdata.train.reading import Box, Picture
from glyphdata.train.settings import Text
from glyphdata.train.source import damage
from glyphdata.train.tokens import Form, Said, Span, Tokenizer

Quote = tuple[int, int]
"""Where a caption quotes a text: UTF-8 byte offsets."""


class Spoken(NamedTuple):
    """Sequences of ids, and per picked box the number of its sequence and its span, or None."""

    sequences: tuple[list[int], ...]
    spans: tuple[tuple[int, Span] | None, ...]


@dataclass(frozen=True)
class Prompter:
    """Says pictures in the forms of the settings; captions are drawn by (seed, epoch, key)."""

    tokenizer: Tokenizer
    text: Text
    seed: int

    def form(self, share: float) -> Form:
        """The form at a share, from 0 to below 1, of all the forms by weight."""
        formats = self.text.formats
        forms: tuple[tuple[Form, float], ...] = (
            ("styled", formats.styled),
            ("plain", formats.plain),
            ("bare", formats.bare),
            ("caption", formats.caption),
        )
        if self.text.tower == "characters":
            return "bare"
        left = share * sum(weight for _, weight in forms)
        for form, weight in forms:
            left -= weight
            if left < 0:
                return form
        return next(form for form, weight in reversed(forms) if weight > 0)

    def spoken(
        self, picture: Picture, boxes: Sequence[Box], picked: Sequence[int], form: Form, epoch: int
    ) -> Spoken:
        """What is said of a picture in a form.

        `boxes` are those that may be said, `picked` the numbers of those whose place is asked for.
        """
        if form == "bare":
            return self._bare([boxes[number] for number in picked])
        if form == "caption":
            text, quotes = self._caption(picture, boxes, epoch)
            said = self.tokenizer.quoting(text, [quotes[number] for number in picked])
            return _of_one(said, range(len(picked)))
        return _of_one(self.tokenizer.said([box.said for box in boxes], form, picked), picked)

    def _bare(self, boxes: Sequence[Box]) -> Spoken:
        said = [self.tokenizer.said([box.said], "bare") for box in boxes]
        kept = [one.ids for one in said if one.spans[0] is not None]
        spans: list[tuple[int, Span] | None] = []
        number = 0
        for one in said:
            spans.append(None if one.spans[0] is None else (number, one.spans[0]))
            number += one.spans[0] is not None
        return Spoken(tuple(kept), tuple(spans))

    def _caption(
        self, picture: Picture, boxes: Sequence[Box], epoch: int
    ) -> tuple[str, list[Quote | None]]:
        """The caption that falls to a picture in an epoch, and where it quotes each box."""
        weights = tuple((int(level), share) for level, share in self.text.caption_levels.items())
        how = Blend(self.text.caption_blend, tuple(sorted(weights)))
        try:
            text = Blender(how, self.seed, epoch).text(picture.key, picture.files)
            found = _mentions(picture, text)
        except InputError as fault:
            raise damage(fault, picture.shard, picture.key) from None
        if found is None:
            return text, quotes_of(text, boxes)
        return text, [found.get(box.id) for box in boxes]


def quotes_of(text: str, boxes: Sequence[Box]) -> list[Quote | None]:
    """Where a text that nobody has marked quotes each box exactly, each quote for one box.

    A prompt is read by its grammar, anything else by its quotation marks; line ends count as
    blanks.
    """
    try:
        said = [(one.text, one.text_span) for one in parse(text)]
    except InputError:
        said = [(one.words, _in_bytes(text, one.start, one.end)) for one in quoted(text)]
    left = [(" ".join(words.split()), span) for words, span in said]
    found: list[Quote | None] = []
    for box in boxes:
        meant = " ".join(box.text.split())
        place = next((n for n, (words, _) in enumerate(left) if words == meant), None)
        found.append(None if place is None or not meant else left.pop(place)[1])
    return found


def _mentions(picture: Picture, text: str) -> dict[int, Quote] | None:
    """Where the caption of these words says each box exactly; None where it is not one of ours."""
    kept = picture.files.get(MEMBER)
    if kept is None:
        return None
    for caption in orjson.loads(kept)["captions"]:
        if caption["text"] == text and "mentions" in caption:
            found: dict[int, Quote] = {}
            for one in caption["mentions"]:
                if one["status"] == "exact":
                    found.setdefault(one["ref"], (one["start"], one["end"]))
            return found
    return None


def _in_bytes(text: str, start: int, end: int) -> Quote:
    before = len(text[:start].encode("utf-8", "surrogatepass"))
    return before, before + len(text[start:end].encode("utf-8", "surrogatepass"))


def _of_one(said: Said, picked: Sequence[int]) -> Spoken:
    """The spans of those picked, all in one sequence."""
    spans = [said.spans[number] for number in picked]
    return Spoken((said.ids,), tuple(None if span is None else (0, span) for span in spans))
