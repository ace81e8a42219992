"""How much memory a process holds, as its parent sees it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from glyphdata.errors import InputError

MB = 1_000_000


def resident(pid: int) -> int:
    """The bytes of a process that lie in memory (its resident set); 0 where it is gone."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_bytes().split()[1]
    except (OSError, IndexError):  # it ended just now; whoever waits for it will notice
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def measurable() -> None:
    """`InputError` where this system does not tell what a process holds."""
    if sys.platform != "linux":
        raise InputError(
            "a cap on memory needs Linux", hint="leave out --memory, or run it in a container"
        )
