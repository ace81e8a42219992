"""Words from outside in Markdown and its YAML head: whatever they are, they stay words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import yaml

_LONGEST = 200
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+"
)
_MARKUP = re.compile(r"[\\`*_{}\[\]()#|~$:@]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_PLAIN = re.compile(r"[A-Za-z0-9_](?:[\w ./*<>+-]*\w)?")
_WIDE = 1 << 30


def words(text: str) -> str:
    """The text in one line: control characters and turns of direction are spaces, at most 200."""
    line = " ".join(_UNSEEN.sub(" ", text).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def cell(text: str) -> str:
    """The text for a table or a heading: nothing in it is markup, a link, a tag or a cell's end."""
    escaped = "".join(_ENTITIES.get(one, one) for one in words(text))
    return _MARKUP.sub(lambda found: _escaped(found[0]), escaped)


def _escaped(mark: str) -> str:
    # A colon and an at sign make links of bare addresses; no backslash takes that from them.
    return {":": "&#58;", "@": "&#64;"}.get(mark, f"\\{mark}")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table, and an empty one; nothing where there are no rows."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *lines, ""] if lines else []


def fenced(text: str, kind: str) -> list[str]:
    """The lines of a block of code, which no run of backticks in it ends."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{kind}", text.rstrip("\n"), fence, ""]


class _Dumper(yaml.SafeDumper):
    """Dumps each string on one line, in quotes unless it is plain, and no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        """Nothing is shared."""
        return True


def _string(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    # A line of its own could end the head of a card, or begin one: `---`.
    style = None if _PLAIN.fullmatch(text) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _string)


def yaml_of(value: object) -> str:
    """A value of dicts, lists and plain scalars as YAML, in which no string takes two lines."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDE)
