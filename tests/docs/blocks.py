"""The code blocks of a page, and what the page says of them in comments.

<!-- not run: REASON -->                       the next block is shown, not run
<!-- not run, `glyphdata fonts pull`: REASON -->   of the next block, lines that begin so
<!-- file: mix.yaml -->                        the next block is the content of that file
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

SHELL = ("bash", "sh", "shell")
FIGURES = ("text", "console", "pycon")
_COMMANDS = ("glyphdata", "make", "pip", "python", "torchrun", "ray")
_FENCE = re.compile(r"^( *)(`{3,}|~{3,}) *([\w+-]*)[^\n]*$")
_NOT_RUN = re.compile(r"<!-- not run(?:, `([^`]+)`)?: ([^\n]+?) -->")
_FILE = re.compile(r"<!-- file: (\S+) -->")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code: its first line in the page (from 1), its language, and what is said of it.

    `why` says why it is not run, `without` names the beginnings of lines that are not, each with
    its reason, and `file` the file whose content it is. All are empty where nothing is said.
    """

    page: str
    line: int
    language: str
    code: str
    why: str = ""
    without: tuple[tuple[str, str], ...] = ()
    file: str = ""

    @property
    def place(self) -> str:
        """Where it stands, as an editor opens it."""
        return f"{self.page}:{self.line}"


def blocks(page: Path, name: str) -> list[Block]:
    """The fenced and the indented blocks of a page, in order."""
    lines = page.read_text(encoding="utf-8").splitlines()
    found: list[Block] = []
    at = 0
    while at < len(lines):
        fence = _FENCE.match(lines[at])
        if fence:
            end = next(
                number
                for number in range(at + 1, len(lines) + 1)
                if number == len(lines) or lines[number].strip() == fence[2]
            )
            code = [line.removeprefix(fence[1]) for line in lines[at + 1 : end]]
            found.append(_block(name, lines, at, fence[3], code))
            at = end
        elif _is_indented(lines, at):
            end = at
            while end < len(lines) and (lines[end].startswith("    ") or not lines[end]):
                end += 1
            code = [line[4:] for line in lines[at:end]]
            found.append(_block(name, lines, at - 1, "", code))
            at = end - 1
        at += 1
    return found


def _block(page: str, lines: list[str], at: int, language: str, code: list[str]) -> Block:
    """The block below line `at`, with the comments that stand right above it."""
    said = []
    above = at - 1 if lines[at].strip() else at
    while above >= 0 and (not lines[above].strip() or lines[above].startswith("<!-- ")):
        said.append(lines[above])
        above -= 1
    notes = [match for line in said if (match := _NOT_RUN.search(line))]
    files = [match[1] for line in said if (match := _FILE.search(line))]
    return Block(
        page,
        at + 2,
        language or _guessed(code),
        "\n".join(code).rstrip() + "\n",
        next((note[2] for note in notes if not note[1]), ""),
        tuple((note[1], note[2]) for note in notes if note[1]),
        files[0] if files else "",
    )


def _guessed(code: list[str]) -> str:
    """Untagged code whose first word is a command is for the shell; the rest are figures."""
    first = next((line.split()[0] for line in code if line.split()), "")
    return "bash" if first in _COMMANDS else "text"


def _is_indented(lines: list[str], at: int) -> bool:
    """Does an indented block begin here: after a blank line, and in no list?"""
    if not lines[at].startswith("    ") or not lines[at].strip() or (at and lines[at - 1].strip()):
        return False
    before = next((line for line in reversed(lines[:at]) if line.strip()), "")
    return not re.match(r" *(?:[-*+]|\d+[.)]) |  ", before)


def commands(code: str) -> list[str]:
    """The lines of a shell block: continued ones joined, comments and blank lines left out."""
    joined = re.sub(r" *\\\n *", " ", code)
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]
