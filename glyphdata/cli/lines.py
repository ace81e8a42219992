"""What a run tells on stderr: for people, or as JSON lines for programs."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from glyphdata.progress import Notice, Progress, Tell

_PROGRESS_S = 1.0  # between two lines of progress; the last one always comes


@contextmanager
def reporter(
    form: Literal["text", "json"],
) -> Iterator[tuple[Tell, Callable[[bytes], None] | None]]:
    """What hears a run's progress and notices, and what hears the lines of its log.

    As `json` all goes to stderr, an object a line, each with `time` and `event`: the lines of the
    log as they are written, `progress` (`samples`, `of`) each second, and `notice` (`text`).
    """
    if form == "text":
        from glyphdata.cli.telling import teller

        with teller() as tell:
            yield tell, None
        return
    yield _json(), _write


def _json() -> Tell:
    from glyphdata.progress import Notice
    from glyphdata.shards.log import event_line

    last = 0.0

    def tell(event: Progress | Notice) -> None:
        nonlocal last
        if isinstance(event, Notice):
            _write(event_line("notice", text=event.text))
            return
        now = time.monotonic()
        if now - last >= _PROGRESS_S or event.samples == event.of:
            last = now
            _write(event_line("progress", samples=event.samples, of=event.of))

    return tell


def _write(line: bytes) -> None:
    sys.stderr.flush()
    sys.stderr.buffer.write(line + b"\n")
    sys.stderr.buffer.flush()
