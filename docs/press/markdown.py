"""Markdown on its way to the site: its links, its headings, and what two dialects read apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

CODE = re.compile(
    r"^ *(?P<fence>`{3,}|~{3,})[^\n]*\n(?:.*?\n)?? *(?P=fence)[^\n]*$"
    r"|(?P<tick>`+)(?!`)(?:(?!\n\n).)+?(?<!`)(?P=tick)(?!`)",
    re.MULTILINE | re.DOTALL,
)
"""A fenced block, or a span of code within a paragraph."""

TARGET = re.compile(
    r"(?<=\]\()[^()\s<>]+(?:\([^()\s]*\)[^()\s<>]*)?|(?<=href=\")[^\"]+|(?<=src=\")[^\"]+"
)
"""What a link or a picture points to, in Markdown or in HTML."""

_ITEM = re.compile(r" {0,3}(?:[-*+]|1[.)]) ")
_NUMBER = re.compile(r" {0,3}\d+[.)] ")
_HEADING = re.compile(r"^(#{1,6}) +(.+?) *#*$", re.MULTILINE)


def relinked(text: str, lead: Callable[[str], str]) -> str:
    """The text with every target of a link or picture outside code replaced by `lead(target)`."""
    return _outside_code(text, lambda prose: TARGET.sub(lambda found: lead(found[0]), prose))


def targets(text: str) -> Iterator[str]:
    """The targets of a text's links and pictures, in order; those shown in code are none."""
    found: list[str] = []

    def note(target: str) -> str:
        found.append(target)
        return target

    relinked(text, note)
    return iter(found)


def title(text: str) -> str:
    """The text of the first heading, without its marks; empty where there is none."""
    found = _HEADING.search(CODE.sub(_hidden, text))
    return text[found.start(2) : found.end(2)].replace("`", "") if found else ""


def for_site(text: str) -> str:
    r"""The same page as the site's builder has to be told it.

    A forge starts a list right after a paragraph, and reads `\|` within code in a table as `|`; the
    builder wants a blank line before the list, and no backslash.
    """
    lines: list[str] = []
    fence = ""
    for line in text.splitlines():
        mark = line.lstrip()[:3]
        if mark in ("```", "~~~") and fence in ("", mark):
            fence = "" if fence else mark
        elif not fence:
            line = _unpiped(line)
            if _ITEM.match(line) and _in_paragraph(lines):
                lines.append("")
        lines.append(line)
    return "\n".join(lines) + "\n"


def _unpiped(line: str) -> str:
    if not line.startswith("|"):
        return line
    return re.sub(r"`[^`]+`", lambda code: code[0].replace(r"\|", "|"), line)


def _in_paragraph(lines: list[str]) -> bool:
    """Is the last line text that belongs to no list?"""
    for line in reversed(lines):
        if not line.strip():
            return line is not lines[-1]
        if _ITEM.match(line) or _NUMBER.match(line):
            return False
    return bool(lines)


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    pieces, at = [], 0
    for code in CODE.finditer(text):
        pieces += [change(text[at : code.start()]), code[0]]
        at = code.end()
    return "".join([*pieces, change(text[at:])])


def _hidden(code: re.Match[str]) -> str:
    """As many characters, none of which begins a heading."""
    return re.sub(r"^#", "-", code[0], flags=re.MULTILINE)
