"""Texts as numbers: bytes as ByT5 has them, tokens of colour and face, classes of characters.

The numbers are those of `google/byt5-small` and of Glyph-ByT5's tables on top of it: 0 pads, 1
ends, byte b is b + 3, ids 259 to 383 are T5's sentinels and never said, then come the colours, then
the faces (arXiv 2403.09622 for `v1`, 2406.10208 for `v2`).

What a user wrote is always said byte by byte: a `<color-3>` inside a text is nine bytes, and only
the grammar of a phrase says a token.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple, Self

from glyphdata.caption.prompt import escape
from glyphdata.errors import InputError
from glyphdata.scene.color import palette

PAD, EOS, BYTE = 0, 1, 3
"""The ids of padding and of the end, and what is added to a byte."""

FIRST_ADDED = 384
"""The id of the first added token: 3, the 256 bytes and T5's 125 sentinels lie before."""

Form = Literal["styled", "plain", "bare", "caption"]
"""In which form texts are said; see `settings.Formats`."""

COLORS = 138
RELEASED: Mapping[str, Mapping[str, int]] = {
    "none": {},
    "v1": {"font": 512},
    "v2": {"en-font": 512, "cn-font": 143, "jp-font": 211, "kr-font": 122},
}
"""How many faces each block of the released tables has, in their order."""

PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
"""The 94 characters of UDiffText: printable ASCII without the blank."""

_OPENS, _PLAIN, _IN, _COMMA, _ENDS = (
    tuple(byte + BYTE for byte in piece.encode())
    for piece in ('Text "', '". ', '" in ', ", ", ". ")
)


@dataclass(frozen=True)
class Table:
    """The added tokens in the order of their ids, the first of which is 384."""

    names: tuple[str, ...]

    @classmethod
    def of(cls, spelling: Literal["v1", "v2", "none"], **faces: int) -> Self:
        """The released table of a spelling: 1034 ids for `v1`, 1510 for `v2`, 384 for `none`.

        `faces` say how many faces a registry has per block (`font=348`, or `en_font=302`); those
        beyond a block's released size, and blocks that the release has not, come last of all, so
        that no released id moves. A consumer that wants exactly the released size refuses these.
        """
        blocks = RELEASED[spelling]
        if not blocks:
            return cls(())
        inks = len(palette().inks)
        names = [f"<color-{number}>" for number in range(COLORS)]
        names += [f"<{block}-{n}>" for block, size in blocks.items() for n in range(size)]
        names += [f"<color-{number}>" for number in range(COLORS, inks)]
        for given, size in faces.items():
            block = given.replace("_", "-")
            names += [f"<{block}-{n}>" for n in range(blocks.get(block, 0), size)]
        return cls(tuple(names))

    @property
    def size(self) -> int:
        """How many ids there are, the 384 of ByT5 included."""
        return FIRST_ADDED + len(self.names)

    def id_of(self, name: str) -> int | None:
        """The id of an added token such as `<color-7>`; None for one that is not in the table."""
        return self._ids.get(name)

    @property
    def digest(self) -> str:
        """The SHA-256, in hex, of the names in their order."""
        return hashlib.sha256("\n".join(self.names).encode()).hexdigest()

    def to_json(self) -> str:
        """The table as text, for `from_json`."""
        return json.dumps({"names": list(self.names)})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The table that `to_json` wrote; `InputError` where the text is no table."""
        try:
            names = json.loads(text)["names"]
        except (json.JSONDecodeError, KeyError, TypeError) as fault:
            raise InputError(f"no table of tokens: {fault}") from None
        sound = isinstance(names, list) and all(isinstance(name, str) for name in names)
        if not sound or len(set(names)) != len(names):
            raise InputError("no table of tokens: its names must be texts that differ")
        return cls(tuple(names))

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.names, FIRST_ADDED)}


class SaidBox(NamedTuple):
    """What a prompt says of one box: its text, its colour's token, its face's spelled token."""

    text: str
    color: str = ""
    """`<color-7>`, or empty for none."""
    font: str = ""
    """`<font-12>`, `<en-font-12>`, or empty for none."""


class Span(NamedTuple):
    """Where a box is said: of its text and of its whole phrase, the first token and behind the
    last.
    """

    text_first: int
    text_end: int
    phrase_first: int
    phrase_end: int


class Said(NamedTuple):
    """A sequence of ids with its end, and per box its span, or None where it was left out."""

    ids: list[int]
    spans: tuple[Span | None, ...]


@dataclass(frozen=True)
class Tokenizer:
    """Says texts as the ids of a table; no sequence is longer than `max_tokens`, its end included.

    Equal to `ByT5Tokenizer` with the table's names added, wherever no text holds what looks like a
    token.
    """

    table: Table
    max_tokens: int = 512
    _phrases: dict[SaidBox, tuple[tuple[int, ...], int, int]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def encode(self, pieces: Iterable[str | int]) -> list[int]:
        """The ids of pieces one after another and the end: texts byte by byte, ids as they are."""
        ids: list[int] = []
        for piece in pieces:
            if isinstance(piece, int):
                ids.append(piece)
            else:
                ids += _bytes(piece)
        ids.append(EOS)
        return ids

    def said(
        self, boxes: Sequence[SaidBox], form: Form, first: Sequence[int] | None = None
    ) -> Said:
        r"""One sequence that says the boxes: `styled` and `plain` in the grammar of prompts, with
        its escapes (`\"`); `bare` one box alone, without any.

        A box that does not fit whole is left out. Those numbered in `first` are given room before
        the others; the order of what is said stays that of `boxes`. A face or colour that the table
        has not is not said. `ValueError` for several bare boxes, and for captions.
        """
        if form == "bare":
            if len(boxes) != 1:
                raise ValueError(f"{len(boxes)} bare boxes are no one sequence")
            return self._bare(boxes[0].text)
        if form == "caption":
            raise ValueError("a caption is said by `quoting`")
        phrases = [self._phrase(box if form == "styled" else SaidBox(box.text)) for box in boxes]
        room, fits = self.max_tokens - 1, set[int]()
        for number in dict.fromkeys((*(first or ()), *range(len(boxes)))):
            if len(phrases[number][0]) <= room:
                room -= len(phrases[number][0])
                fits.add(number)
        ids: list[int] = []
        spans: list[Span | None] = []
        for number, (phrase, start, end) in enumerate(phrases):
            if number not in fits:
                spans.append(None)
                continue
            at = len(ids)
            ids += phrase
            spans.append(Span(at + start, at + end, at, len(ids)))
        ids.append(EOS)
        return Said(ids, tuple(spans))

    def quoting(self, caption: str, quotes: Sequence[tuple[int, int] | None]) -> Said:
        """A caption, cut to fit at its end, and where it quotes each box: UTF-8 byte offsets.

        A box that is not quoted, or whose quote was cut, has no span. Text and phrase are one.
        """
        ids = _bytes(caption)[: self.max_tokens - 1]
        spans = tuple(
            Span(*quote, *quote) if quote is not None and quote[1] <= len(ids) else None
            for quote in quotes
        )
        return Said([*ids, EOS], spans)

    def _bare(self, text: str) -> Said:
        ids = _bytes(text)
        if len(ids) >= self.max_tokens:
            return Said([EOS], (None,))
        return Said([*ids, EOS], (Span(0, len(ids), 0, len(ids)),))

    def _phrase(self, box: SaidBox) -> tuple[tuple[int, ...], int, int]:
        """The ids of one phrase, and where in it the text lies; what was said last is kept."""
        found = self._phrases.get(box)
        if found is None:
            if len(self._phrases) >= 4096:
                self._phrases.clear()
            found = self._phrases[box] = self._made(box)
        return found

    def _made(self, box: SaidBox) -> tuple[tuple[int, ...], int, int]:
        text = _bytes(escape(box.text))
        style = [
            number
            for number in (self.table.id_of(box.color), self.table.id_of(box.font))
            if number is not None
        ]
        start, end = len(_OPENS), len(_OPENS) + len(text)
        if not style:
            return (*_OPENS, *text, *_PLAIN), start, end
        tokens = (style[0],) if len(style) == 1 else (style[0], *_COMMA, style[1])
        return (*_OPENS, *text, *_IN, *tokens, *_ENDS), start, end


@dataclass(frozen=True)
class Alphabet:
    """The characters of a character tower in the order of their classes, which begin at 1.

    Class 0 is the padding behind the end of a text.
    """

    characters: str = PRINTABLE

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        """The characters that texts hold, by code point, without blanks and line ends."""
        found: set[str] = set()
        for text in texts:
            found.update(text)
        return cls("".join(sorted(one for one in found if not one.isspace())))

    @property
    def size(self) -> int:
        """How many classes there are, the padding included."""
        return len(self.characters) + 1

    def classes(self, text: str, places: int) -> list[int] | None:
        """The class of each character, padded to `places`; None where the text is empty, too long,
        or has a character that is none of the alphabet's.
        """
        if not 0 < len(text) <= places:
            return None
        found = [self._classes.get(character, 0) for character in text]
        return None if 0 in found else found + [0] * (places - len(found))

    @cached_property
    def _classes(self) -> dict[str, int]:
        return {character: number for number, character in enumerate(self.characters, 1)}


def _bytes(text: str) -> list[int]:
    return [byte + BYTE for byte in text.encode("utf-8", "surrogatepass")]
