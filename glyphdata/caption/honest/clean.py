"""What models put around a caption, taken away: greetings, role words, markdown, further tries.

What a caption quotes is left alone: a scene may well say `ASSISTANT:` or `</s>`.
"""

from __future__ import annotations

import re

from glyphdata.caption.honest.quotes import PAIRS, masked, quoted
from glyphdata.caption.record import Repair

LONGEST = 20_000
"""Characters of an answer that are read; no caption is nearly as long."""

_TOKEN = re.compile(
    r"</?s>|<(?:pad|unk|bos|eos|image|start_of_turn|end_of_turn)>|<\|[\w ]{1,30}\|>|\[/?INST\]"
)
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")
_ROLE = re.compile(
    r"\s*(?:(?:#{1,6}\s*)?(?:ASSISTANT|USER|SYSTEM|HUMAN|Assistant|User|Human|GPT|Model|Bot)\s*:"
    r"|(?:Answer|Response|Output|A)\s*:(?=\s))\s*"
)
_ASSISTANT = re.compile(r"\b(?:ASSISTANT|Assistant)\s*:\s*")
_LABEL = re.compile(
    r"\s*(?:(?:(?:short|long|brief|detailed|dense|image|alt|final|level)[\s-]+){0,3}"
    r"(?:caption|description|text|level)|level\s*\d|option\s*\d|caption\s*\d)\s*(?:\d\s*)?:\s*",
    re.IGNORECASE,
)
_HERE = re.compile(
    r"\s*(?:(?:sure|certainly|of course|absolutely|okay|ok|great|yes|alright)\b[^\w\"“\n]{0,4}\s*)?"
    r"(?:(?:here(?:'s|’s|\s+is|\s+are|\s+you\s+go|\s+goes)|below\s+is|the\s+following\s+is)\b"
    r"[^:\n\"“.]{0,120}[:\n]"
    r"|(?:i\s+can\s+help|i'd\s+be\s+happy|happy\s+to\s+help)[^.!:\n]{0,80}[.!:\n])\s*",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"\s*(?:sure|certainly|of course|absolutely|okay|alright)\s*[!,.:—-]+\s+", re.IGNORECASE
)
_SHOWN = r"(?:image|picture|photo|photograph|scene|graphic|visual)"
_SHOWS = re.compile(
    rf"\s*(?:(?:the|this)\s+(?:provided\s+|given\s+|attached\s+|first\s+)?{_SHOWN}\s+"
    r"(?:prominently\s+|clearly\s+|simply\s+)?"
    r"(?:shows|features|depicts|displays|presents|contains|portrays|showcases|is\s+of|includes|is)"
    rf"(?:\s+us)?|in\s+(?:the|this)\s+{_SHOWN}\s*,?\s+(?:we\s+(?:can\s+)?see|you\s+can\s+see"
    r"|there\s+is|there\s+are|one\s+can\s+see)|(?:we|you|i)\s+(?:can\s+)?see"
    rf"|(?:this|it)\s+is\s+(?:an?\s+{_SHOWN}\s+(?:of|showing)\s+(?=(?:an?|the)\b)|(?=(?:an?|the)\b)))\s+",
    re.IGNORECASE,
)
_CHATTER = re.compile(
    r"[\s(*\[]*(?:let\s+me\s+know|i\s+hope\s+(?:this|that)|feel\s+free\s+to|would\s+you\s+like|"
    r"is\s+there\s+anything\s+else|do\s+you\s+(?:want|need)|please\s+let\s+me|if\s+you\s+(?:need|"
    r"have|would\s+like)|word\s+count\s*:|note\s*:|\(?\d+\s+words\)?\s*$)[^\n]*\s*$",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^\s*(?:[-*•‣]\s+|\(?\d{1,2}[.)]\s+)(?=\S)", re.MULTILINE)
_HEAD = re.compile(r"^\s*(?:#{1,6}\s+|>\s+|```\w*\s*$|[-*_]{3,}\s*$)", re.MULTILINE)
_STRESS = re.compile(
    r"\*{1,3}(?=[^\s*])([^*\n]{1,400}?)(?<=[^\s*])\*{1,3}|(?<!\S)__(?=\S)([^_\n]{1,400}?)__(?=[,;:!?]?(?:\s|$)|\.(?:\s|$))"
)
_NEXT = re.compile(
    r"\n\s*(?:(?:option|caption|version|alternative)\s*(?:2|b|two)\b[\s:.)-]|or\s*[:,]?\s*\n)"
    r"|\n\s*(?:alternatively|another\s+(?:option|caption))\b",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"\s*(?:\*\*)?(?:option|caption|version|alternative)\s*(?:1|a|one)\b[\s:.)*-]+", re.IGNORECASE
)


def cleaned(text: str) -> tuple[str, tuple[Repair, ...]]:
    """The caption alone, in one line without blanks at its ends, and what was taken away.

    Any text will do; one of which nothing is left gives an empty caption.
    """
    repairs: list[Repair] = []
    text = _UNSEEN.sub("", text[:LONGEST]).replace('\\"', '"').replace("\\n", "\n").strip()
    text = _outside(_TOKEN, text, " ", repairs, "prefix")
    text = _first_of_many(text, repairs)
    text = _plain(text, repairs)
    text = _headless(text, repairs)
    text = _tailless(text, repairs)
    return " ".join(_bare(text, repairs).split()), tuple(repairs)


def _outside(pattern: re.Pattern[str], text: str, by: str, repairs: list[Repair], what: str) -> str:
    """The text without what the pattern finds outside its quotes."""
    if pattern.search(text) is None:
        return text
    parts: list[str] = []
    at = 0
    for found in pattern.finditer(masked(text, quoted(text))):
        repairs.append(Repair(what, text[found.start() : found.end()].strip(), by.strip()))
        parts += (text[at : found.start()], by)
        at = found.end()
    return "".join(parts) + text[at:]


def _first_of_many(text: str, repairs: list[Repair]) -> str:
    """The first caption where a model offers several."""
    second = _NEXT.search(masked(text, quoted(text)))
    if second is not None and second.start() > 0:
        repairs.append(Repair("prefix", text[second.start() :].strip(), ""))
        text = text[: second.start()]
    first = _FIRST.match(text)
    if first is not None:
        repairs.append(Repair("prefix", first[0].strip(), ""))
        return text[first.end() :]
    return _first_listed(text, repairs)


def _first_listed(text: str, repairs: list[Repair]) -> str:
    """The first of numbered captions: sentences that begin alike or quote the same texts."""
    items = [found for found in _ITEM.finditer(text) if found[0].strip()[0] not in "-*•‣"]
    if len(items) < 2 or items[0].start() > 0:
        return text
    ends = [item.start() for item in items[1:]] + [len(text)]
    bodies = [text[item.end() : end].strip() for item, end in zip(items, ends, strict=True)]
    said = [{span.words for span in quoted(body)} for body in bodies]
    alike = bodies[0].split()[:2] == bodies[1].split()[:2] and len(bodies[0].split()) > 3
    if not (said[0] & said[1] or (alike and not said[0] and not said[1])):
        return text
    repairs.append(Repair("prefix", text[ends[0] :].strip(), ""))
    return bodies[0]


def _headless(text: str, repairs: list[Repair]) -> str:
    """The text without role words, greetings, labels and "The image shows"."""
    shown = masked(text, quoted(text))
    roles = list(_ASSISTANT.finditer(shown))
    if roles and roles[-1].end() < len(text):
        repairs.append(Repair("prefix", text[: roles[-1].end()].strip(), ""))
        text = text[roles[-1].end() :]
    for pattern in (_ROLE, _HERE, _POLITE, _LABEL, _SHOWS):
        found = pattern.match(text)
        if found is not None and found.end() < len(text):
            repairs.append(Repair("prefix", found[0].strip(), ""))
            text = text[found.end() :]
            text = text[:1].upper() + text[1:]
    return text


def _tailless(text: str, repairs: list[Repair]) -> str:
    """The text without what is said to the one who asked."""
    for _ in range(3):
        shown = masked(text, quoted(text))
        starts = [found.end() for found in re.finditer(r"[.!?\n]|\)|\"|(?=\()", shown)]
        for start in reversed(starts[-12:]):
            found = _CHATTER.match(shown, start)
            if found is not None:
                repairs.append(Repair("prefix", text[start:].strip(), ""))
                text = text[:start].rstrip()
                break
        else:
            return text
    return text


def _plain(text: str, repairs: list[Repair]) -> str:
    """The text without headings, list marks, bold and italics."""
    text = _outside(_HEAD, text, "", repairs, "markup")
    text = _outside(_ITEM, text, "", repairs, "markup")
    spans = quoted(text)
    for found in reversed(list(_STRESS.finditer(text))):
        if any(span.start <= found.start() < span.end for span in spans):
            continue
        inner = found[1] or found[2]
        repairs.append(Repair("markup", found[0], inner))
        text = text[: found.start()] + inner + text[found.end() :]
    return text


def _bare(text: str, repairs: list[Repair]) -> str:
    """The text without marks around the whole of it; one that is a single quote keeps them."""
    text = text.strip()
    if len(text) < 2 or text[0] not in PAIRS or text[-1] not in PAIRS[text[0]]:
        return text
    spans = quoted(text)
    whole = len(spans) == 1 and (spans[0].start, spans[0].end) == (1, len(text) - 1)
    inside = text[1:-1].strip()
    wraps = (whole and inside[-1:] in ".!" and len(inside.split()) > 4) or (
        not whole and _begins_inside(text)
    )
    if not wraps:
        return text
    repairs.append(Repair("prefix", text[0] + text[-1], ""))
    return inside


def _begins_inside(text: str) -> bool:
    """Is the second straight mark an opening one: `"It says "A" here"`?"""
    second = text.find('"', 1)
    return text[0] == '"' and 0 < second < len(text) - 1 and text[second - 1].isspace()
