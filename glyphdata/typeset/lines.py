"""Where a text may be broken: graphemes, words and lines, all as UTF-8 byte offsets.

ICU knows the rules (UAX #14 and #29, and the Thai, Chinese and Japanese dictionaries); ASCII takes
short cuts that give the same answer.
"""

from __future__ import annotations

import re
import unicodedata

import numpy as np
from icu4py.breakers import BaseBreaker, CharacterBreaker, LineBreaker, WordBreaker

from glyphdata.scene.typeset import Ints
from glyphdata.typeset import setting

LINE_ENDS = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
"""What ends a line wherever it stands (UAX #14, LB4 and LB5)."""

# Scripts that put no space between words: Thai to Lao, Myanmar, Khmer, kana, Han.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U000323af"
)
_HAS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff]")
_SPACED = re.compile(r"\S+")
_SOFT_HYPHEN = "\u00ad"
_NOWHERE = np.zeros(0, np.int32)
# Chinese lines break at curly quotes, as its tailoring of UAX #14 has it.
_TAILORED = ("zh", "ja")
# What may be part of a grapheme with its neighbours; all else stands alone (UAX #29).
_JOINING = re.compile(
    "[^\x00-\x0c\x0e-\u02ff\u0370-\u0482\u048a-\u0590\u1e00-\u1fff\u2010-\u2027\u2030-\u205f"
    "\u3001-\u3029\u3041-\u3096\u30a0-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]"
)


def byte_offsets(data: bytes) -> Ints:
    """Where each character of the UTF-8 `data` starts, then its length (int32)."""
    cells = np.frombuffer(data, np.uint8)
    starts = np.flatnonzero((cells & 0xC0) != 0x80)
    return np.append(starts, len(data)).astype(np.int32)


def _units(data: bytes, starts: Ints) -> Ints:
    """The byte offset of every UTF-16 unit, then the length: ICU counts in those."""
    if not starts.size or len(data) == 0:
        return starts
    wide = np.frombuffer(data, np.uint8)[starts[:-1]] >= 0xF0
    return np.append(np.repeat(starts[:-1], 1 + wide), starts[-1:]) if wide.any() else starts


def _ends(breaker: BaseBreaker, units: Ints) -> Ints:
    found: Ints = units[[end for _, end in breaker.segments()]]
    return found


def mandatory_breaks(text: str, starts: Ints) -> list[int]:
    """The byte offsets at which a line must end: after each line break of the text."""
    return [int(starts[found.end()]) for found in LINE_ENDS.finditer(text)]


def stand_alone(text: str) -> bool:
    """Is each character for certain a grapheme of its own?"""
    return "\r" not in text if text.isascii() else _JOINING.search(text) is None


def graphemes(text: str, data: bytes) -> Ints:
    """Where each grapheme ends (UAX #29), ascending; the last is the length of `data`."""
    if stand_alone(text):
        return byte_offsets(data)[1:]
    return _ends(CharacterBreaker(text, "en"), _units(data, byte_offsets(data)))


def may_be_prose(text: str, language: str) -> bool:
    """May the short cut of plain prose find the line ends, should the characters allow it?"""
    return text.isprintable() and not language.startswith(_TAILORED)


def opportunities(text: str, data: bytes, language: str) -> Ints:
    """Where lines may end inside the text (UAX #14), ascending, its end excluded.

    Korean breaks at its spaces alone, and no line ends at a soft hyphen, which would have to show.
    """
    if len(text) < 2 or (text.isascii() and text.isalnum()):
        return _NOWHERE
    if may_be_prose(text, language):
        ends = np.empty(len(data), np.int32)
        count = setting.breaks(data, ends)
        if count >= 0:
            return ends[:count]
    return by_rule(text, data, language)


def by_rule(text: str, data: bytes, language: str) -> Ints:
    """`opportunities` as ICU finds them, without the short cut for plain prose."""
    if text.isascii():
        found = [end for _, end in LineBreaker(text, language or "en").segments()]
        return np.array(found[:-1], np.int32)
    starts = byte_offsets(data)
    ends = _ends(LineBreaker(text, language or "en"), _units(data, starts))[:-1]
    if _SOFT_HYPHEN not in text and not _HANGUL.search(text):
        return ends
    at = np.searchsorted(starts, ends).tolist()
    kept = [_may_break(text[i - 1], text[i]) for i in at]
    allowed: Ints = ends[np.array(kept, bool)]
    return allowed


def _may_break(before: str, after: str) -> bool:
    if before == _SOFT_HYPHEN:
        return False
    korean = _HANGUL.match(before) or _HANGUL.match(after)
    return not (korean and before.isalnum() and after.isalnum())


def stand_between_spaces(text: str) -> bool:
    """Are the words what stands between one U+0020 and the next?"""
    # No other white space is printable.
    return text.isprintable() and (text.isascii() or not _HAS_UNSPACED.search(text))


def words(text: str, data: bytes, language: str) -> Ints:
    """The words as w × 2 byte offsets: what stands between spaces.

    Where a script puts no spaces, words are the dictionary's, each with the punctuation after it.
    """
    spans = [found.span() for found in _SPACED.finditer(text)]
    starts = byte_offsets(data)
    if _HAS_UNSPACED.search(text):
        units = _units(data, starts)
        ends = np.searchsorted(starts, _ends(WordBreaker(text, language or "en"), units))
        cuts = [end for end in ends.tolist()[:-1] if _parts(text, end)]
        spans = _cut(spans, cuts)
    found: Ints = starts[np.array(spans, np.int64).reshape(-1, 2)]
    return found


def _parts(text: str, end: int) -> bool:
    """Does a word boundary at `end` part two words, one of them of a script without spaces?"""
    before, after = text[end - 1], text[end]
    # Punctuation may stand between; it has gone with the word before it.
    near = before + after if before.isalnum() else text[max(end - 4, 0) : end + 1]
    if not _HAS_UNSPACED.search(near):
        return False
    opens = unicodedata.category(after) in ("Ps", "Pi")
    return (after.isalnum() or opens) and unicodedata.category(before) not in ("Ps", "Pi")


def _cut(spans: list[tuple[int, int]], cuts: list[int]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    waiting = iter([*cuts, 1 << 62])
    cut = next(waiting)
    for start, end in spans:
        while cut <= start:
            cut = next(waiting)
        while cut < end:
            out.append((start, cut))
            start, cut = cut, next(waiting)
        out.append((start, end))
    return out
