r"""The prompt grammar: how the texts, colours and faces of a picture are said to a trainer.

Per box ``Text "…" in <color-K>, <font-N>. `` (colour first, trailing full stop and space), boxes
joined in reading order; without style ``Text "…". ``. That is the grammar of Glyph-ByT5 (arXiv
2403.09622, Table 14); with `tokens: v2` faces are spelled `<en-font-N>` as in its second version
(arXiv 2406.10208).

The reference escapes nothing, so that a quote or a token look-alike inside a text changes what is
read. Here a backslash escapes, reversibly: ``\\``, ``\"``, line ends (``\n``, ``\r``,
``\u2028`` …), and the ``<`` of anything that a tokenizer could take for a token (``\<color-1>``,
``\</s>``).

>>> parse('Text "a \\"b\\"" in <color-3>, <font-7>. ')[0].text
'a "b"'
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from glyphdata.errors import InputError

_LINE_ENDS = {
    "\n": r"\n",
    "\r": r"\r",
    "\v": r"\u000b",
    "\f": r"\u000c",
    "\x1c": r"\u001c",
    "\x1d": r"\u001d",
    "\x1e": r"\u001e",
    "\x85": r"\u0085",
    "\u2028": r"\u2028",
    "\u2029": r"\u2029",
}
_SPECIAL = re.compile(r'[\\"\n\r\v\f\x1c-\x1e\x85\u2028\u2029]|<(?=/?[A-Za-z][\w-]*>)')
_ESCAPED = re.compile(r"\\(?:u([0-9a-f]{4})|(.))", re.DOTALL)
_PHRASE = re.compile(
    r'Text "((?:[^"\\]|\\.)*)"'
    r"(?: in (?:<color-(\d+)>)?(?:, )?(?:<((?:[a-z]{2}-)?font)-(\d+)>)?)?\. ",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One box as the prompt says it.

    `font` is the spelled token without brackets and number (`font`, `en-font`); `text_span` are the
    byte offsets, in the prompt's UTF-8, of what stands between the quotes, `span` those of the
    whole phrase with its trailing full stop and space.
    """

    text: str
    color_token: int | None
    font: str
    font_token: int | None
    text_span: tuple[int, int]
    span: tuple[int, int]


def escape(text: str) -> str:
    """The text as it may stand between the quotes; `unescape` gives it back."""
    if _SPECIAL.search(text) is None:
        return text
    return _SPECIAL.sub(lambda found: _LINE_ENDS.get(found[0], "\\" + found[0]), text)


def unescape(escaped: str) -> str:
    """The text behind an escaped one."""
    if "\\" not in escaped:
        return escaped

    def meant(found: re.Match[str]) -> str:
        if found[1]:
            return chr(int(found[1], 16))
        return {"n": "\n", "r": "\r"}.get(found[2], found[2])

    return _ESCAPED.sub(meant, escaped)


def phrase(text: str, color_token: int | None = None, font: str = "") -> str:
    """One box; `font` is the spelled token (`<font-7>`), empty for none."""
    style = ", ".join(
        part for part in (f"<color-{color_token}>" if color_token is not None else "", font) if part
    )
    return f'Text "{escape(text)}" in {style}. ' if style else f'Text "{escape(text)}". '


def prompt(boxes: Iterable[tuple[str, int | None, str]]) -> str:
    """The prompt of a picture: (text, colour token, spelled font token) box by box."""
    return "".join(phrase(*box) for box in boxes)


def tokens(texts: Iterable[str]) -> int:
    """How many ByT5 tokens the prompt of styled boxes with these texts has, its end included.

    A token is a byte, but for the two of the style; 15 bytes of each phrase are its grammar.
    """
    return 1 + sum(17 + len(escape(text).encode("utf-8", "surrogatepass")) for text in texts)


def parse(said: str) -> tuple[Phrase, ...]:
    """The phrases of a prompt; `InputError` where it does not follow the grammar."""
    phrases: list[Phrase] = []
    at, byte = 0, 0
    while at < len(said):
        found = _PHRASE.match(said, at)
        if found is None:
            raise InputError(
                f"not a prompt: {said[at : at + 40]!r} at character {at}",
                hint='expected Text "…" in <color-K>, <font-N>. with a space after the full stop',
            )
        end = byte + len(found[0].encode("utf-8", "surrogatepass"))
        start = byte + len('Text "')
        quoted = (start, start + len(found[1].encode("utf-8", "surrogatepass")))
        color, number = found[2], found[4]
        phrases.append(
            Phrase(
                unescape(found[1]),
                int(color) if color else None,
                found[3] or "",
                int(number) if number else None,
                quoted,
                (byte, end),
            )
        )
        at, byte = found.end(), end
    return tuple(phrases)
