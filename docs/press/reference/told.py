"""What a docstring says, part by part."""

from __future__ import annotations

import inspect
import re
from typing import NamedTuple

_EXAMPLE = re.compile(r"^(?:Recipe|Example|Export|Import): +(.+)$", re.MULTILINE)


class Told(NamedTuple):
    """The first sentence of a docstring, its example line, and the rest."""

    summary: str
    example: str
    prose: str


def told(owner: object) -> Told:
    """What the docstring of a class or function says; empty texts where it says nothing.

    Wrapped lines are joined, for a page wraps them anew; a list or an indented example stays.
    """
    text = inspect.cleandoc(getattr(owner, "__doc__", None) or "")
    found = _EXAMPLE.search(text)
    prose = _EXAMPLE.sub("", text)
    summary, _, rest = prose.partition("\n\n")
    blocks = [block for block in re.split(r"\n\n+", rest.strip()) if block.strip()]
    return Told(_joined(summary), found[1] if found else "", "\n\n".join(map(_joined, blocks)))


def _joined(block: str) -> str:
    """A block of a docstring in Markdown: prose unwrapped, a session at the prompt as code."""
    if block.startswith(">>>"):
        code = re.sub(r" *# doctest:.*$", "", block, flags=re.MULTILINE)
        return f"```pycon\n{code}\n```"
    return block if re.search(r"^( {4}|[-*] )", block, re.MULTILINE) else " ".join(block.split())
