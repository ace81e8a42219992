"""Answers that are no captions: refusals, echoes of the prompt, other languages, nothing at all."""

from __future__ import annotations

import re
import unicodedata

from glyphdata.caption.facts import Facts
from glyphdata.caption.honest.matching import spoken
from glyphdata.caption.honest.quotes import masked, quoted

ECHO = 60
"""Characters in a row that a caption may share with the prompt outside its quotes."""

FOREIGN = 0.3
"""The share of letters that are not Latin, outside quotes, from which on a caption is foreign."""

_SORRY = re.compile(
    r"\W*(?:(?:(?:i\s*['’]?\s*a?m\s+)?(?:very\s+|so\s+)?sorry|(?:i\s+|my\s+)?apolog(?:ies|i[sz]e)|"
    r"unfortunately)\b[\s,.!]*(?:but\s+|for\b[^.!]{0,60}[.!,]\s*|that\s+)?"
    r"(?:i|we|as|there|the image|no)\b"
    r"|(?:i\s*['’]?\s*a?m\s+)?(?:very\s+|so\s+)?sorry\s*[,.!]|i\s+apologi[sz]e\b"
    r"|(?:i|we)\s+(?:can\s*not|can\s*['’]\s*t|could\s*n['’]?t|am\s+(?:not\s+able|unable)|do\s+not|"
    r"don\s*['’]\s*t|won\s*['’]\s*t|will\s+not|must\s+decline)\b|i\s*['’]\s*m\s+(?:not\s+able|unable)\b"
    r"|as\s+an?\s+(?:ai|artificial|language|large)\b|it\s+is\s+not\s+possible\s+(?:for\s+me\s+)?to\b"
    r"|(?:no|there\s+is\s+no)\s+image\s+(?:was|is|has\s+been|provided|attached)"
    r"|please\s+(?:provide|upload|share)\b|je\s+suis\s+désolé|lo\s+siento|es\s+tut\s+mir\s+leid"
    r"|对不起|抱歉|很抱歉|申し訳|죄송)",
    re.IGNORECASE,
)


def refused(text: str, facts: Facts) -> bool:
    """Does a text begin as a refusal does, and say no text of the scene?"""
    if _SORRY.match(text) is None:
        return False
    folded = text.casefold()
    return not any(
        len(said) > 2 and said in folded
        for said in (spoken(box.text).casefold() for box in facts.texts)
    )


def echo(text: str, prompt: str) -> tuple[int, int] | None:
    """Where a text says 60 characters or more of the prompt, outside its quotes."""
    size = ECHO + 1
    if len(prompt) < size or len(text) < size:
        return None
    known = {prompt[at : at + size] for at in range(len(prompt) - size + 1)}
    shown = masked(text, quoted(text))
    first = last = -1
    for at in range(len(shown) - size + 1):
        if shown[at : at + size] in known:
            first = at if first < 0 else first
            last = at + size
        elif last >= 0 and at >= last:
            break
    return (first, last) if first >= 0 else None


def foreign(text: str, facts: Facts) -> float:
    """The share of letters that are not Latin, outside quotes and the scene's own texts."""
    if text.isascii():
        return 0.0
    shown = masked(text, quoted(text))
    for box in facts.texts:
        if not box.text.isascii():
            shown = shown.replace(spoken(box.text), " ")
    letters = [letter for letter in shown if letter.isalpha()]
    if not letters:
        return 0.0
    other = sum(1 for letter in letters if ord(letter) > 0x24F and not _latin(letter))
    return other / len(letters)


def _latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(("LATIN", "MODIFIER"))


def full_sentences(text: str) -> str:
    """The text up to its last full sentence; where there is none, up to its last full clause, with
    a full stop; empty where it is a fragment."""
    spans = quoted(text)
    shown = masked(text, spans)
    stops = list(re.finditer(r"[.!?…](?=[\"”»’')]*(?:\s|$))[\"”»’')]*|[。！？]", shown))
    if stops:
        return text[: stops[-1].end()].strip()
    clauses = [found.start() for found in re.finditer(r"[,;](?=\s)", shown)]
    opened = _unclosed(shown, spans[-1].end + 1 if spans else 0)
    clauses = [at for at in clauses if at < opened]
    return text[: clauses[-1]].strip() + "." if clauses else ""


def _unclosed(shown: str, after: int) -> int:
    """Where a quote opens that is never closed; the text's end if none does."""
    found = re.search(r"(?:(?<=\s)|(?<=[(:]))[\"“„«「『‘'](?=\S)", shown[after:])
    return after + found.start() if found else len(shown)
