"""What a command says: results on stdout, everything else on stderr."""

from __future__ import annotations

import sys
from collections.abc import Sequence

_documents = 0


def say(text: str) -> None:
    """Print a result for people to stdout."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """Print a remark (a log line, progress, an error) to stderr."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def document(value: object) -> None:
    """Print a result for programs to stdout: one JSON document (UTF-8, indented by two).

    `value` is what JSON can hold: dicts with text keys, lists, tuples, texts, numbers, None. Bytes
    are taken for JSON that is written already.
    """
    global _documents
    import orjson

    data = value if isinstance(value, bytes) else orjson.dumps(value, option=orjson.OPT_INDENT_2)
    _documents += 1
    sys.stdout.flush()
    sys.stdout.buffer.write(data + b"\n")
    sys.stdout.buffer.flush()


def documents() -> int:
    """How many documents this process has printed; a command prints one at most."""
    return _documents


def many(count: int, thing: str) -> str:
    """A count and what it counts: `1 shard`, `20 shards`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def size(count: int) -> str:
    """A number of bytes as people read it: `512 B`, `20.1 kB`, `1.2 MB` (thousands, not 1024)."""
    value, units = float(count), ["kB", "MB", "GB", "TB"]
    if count < 1000:
        return f"{count} B"
    while (value := value / 1000) >= 999.95 and len(units) > 1:
        units.pop(0)
    return f"{value:.1f} {units[0]}"


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under their column names to stdout, aligned by the cells that characters take.

    Nothing is cut to the width of the terminal, so that what is piped on is whole.
    """
    from rich.cells import cell_len

    grid = [list(columns), *([str(cell) for cell in row] for row in rows)]
    widths = [max(cell_len(row[at]) for row in grid) for at in range(len(columns))]
    lines = [
        "  ".join(
            cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)
        )
        for row in grid
    ]
    lines.insert(1, "  ".join("─" * width for width in widths))
    say("\n".join(line.rstrip() for line in lines))
