"""Does a caption run in a loop?

The tail being three or more copies of one period finds the loops that models fall into; repeated
four-word sequences find the looser ones. Quoted texts count as one word each, since a scene may say
`"NO NO NO"`, and a caption that lists many texts may say of each what it says of the others.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from glyphdata.caption.honest.quotes import quoted

PERIOD = 60
"""The longest period, in words, that is looked for."""

COPIES = 3
"""How often a period has to come at the end."""

REPEATED = 0.3
"""The share of four-word sequences that were there before, from which on a text is a loop."""

_WORD = re.compile(
    r"\x00\d+\x00|[^\W\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]+"
    r"|[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]|[^\w\s]"
)
_STUTTER = re.compile(r"(.{1,8}?)\1{9,}.{0,8}\Z", re.DOTALL)
_TAIL = 400  # characters at the end that may stutter


class Loop(NamedTuple):
    """A loop: the text up to the end of its first copy is `kept` characters long."""

    kept: int
    period: int
    copies: int


def loop(text: str, texts: tuple[str, ...] = ()) -> Loop | None:
    """The loop that a caption ends in or consists of; `texts` are what the scene says."""
    words, ends = _words(text, texts)
    found = _at_end(words, ends)
    if found is None and len(words) > 1:
        found = _at_end(words[:-1], ends, words[-1])
    if found is not None and text[found.kept : found.kept + 1] in (".", "!", "?", "。"):
        found = found._replace(kept=found.kept + 1)
    return found or _stuttering(text) or _repeating(words, ends)


def _words(text: str, texts: tuple[str, ...]) -> tuple[list[str], list[int]]:
    """The words and where each ends, quoted and known texts being one word."""
    whole = [(span.start, span.end) for span in quoted(text)]
    for known in texts:
        at = text.find(known) if " " in known or len(known) > 8 else -1
        if at >= 0 and not any(start < at + len(known) and at < end for start, end in whole):
            whole.append((at, at + len(known)))
    words: list[str] = []
    ends: list[int] = []
    at = 0
    for start, end in [*sorted(whole), (len(text), len(text))]:
        for found in _WORD.finditer(text, at, start):
            words.append(found[0].casefold())
            ends.append(found.end())
        if end > start:
            words.append(text[start:end])
            ends.append(end)
        at = end
    return words, ends


def _at_end(words: list[str], ends: list[int], torn: str = "") -> Loop | None:
    """Three or more copies of a period at the end, before a full stop or a torn word at most."""
    size = len(words)
    for period in range(1, min(PERIOD, size // COPIES) + 1):
        last = words[size - 1]
        if words[size - 1 - period] != last or words[size - 1 - 2 * period] != last:
            continue
        if torn.isalnum() and not words[size - period].startswith(torn):
            continue
        start = size - period
        while start > 0 and words[start - 1] == words[start - 1 + period]:
            start -= 1
        copies = (size - start) // period
        if copies >= COPIES and any(word[:1].isalnum() for word in words[size - period : size]):
            return Loop(ends[start + period - 1], period, copies)
    return None


def _stuttering(text: str) -> Loop | None:
    """A few characters without end: `aaaaaaaa`, `-=-=-=-=`."""
    tail = text[-_TAIL:].rstrip()
    found = _STUTTER.search(tail)
    if found is None or len(found[0]) < 24:
        return None
    kept = max(0, len(text) - _TAIL) + found.end(1)
    return Loop(kept, 1, len(found[0]) // len(found[1]))


def _repeating(words: list[str], ends: list[int]) -> Loop | None:
    """Many four-word sequences that were there before, beyond once per quoted text."""
    fours = list(zip(words, words[1:], words[2:], words[3:], strict=False))
    if len(fours) < 12:
        return None
    listed = len({word for word in words if " " in word or not word[:1].islower()})
    counts = Counter(fours)
    allowed = max(1, listed)
    extra = sum(max(0, count - allowed) for count in counts.values())
    if extra <= REPEATED * len(fours):
        return None
    seen: Counter[tuple[str, ...]] = Counter()
    for place, four in enumerate(fours):
        seen[four] += 1
        if seen[four] > allowed:
            return Loop(ends[max(place - 1, 0)], 4, max(counts.values()))
    return None
