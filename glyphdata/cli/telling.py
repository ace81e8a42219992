"""Progress on stderr: a bar with rate and time left on a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glyphdata.progress import Notice, Progress, Tell

_LINE_EVERY_S = 10.0


@contextmanager
def teller(thing: str = "samples") -> Iterator[Tell]:
    """What a run may tell its progress and notices to; `thing` is what it counts."""
    if not sys.stderr.isatty():
        yield _lines(thing)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    from glyphdata.progress import Notice

    console = Console(stderr=True)
    columns = (
        TextColumn(thing),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task(thing, total=None, rate="")

        def tell(event: Progress | Notice) -> None:
            if isinstance(event, Notice):
                console.print(event.text, markup=False, highlight=False)
                return
            speed = bar.tasks[0].speed
            bar.update(
                task,
                completed=event.samples,
                total=event.of,
                rate=f"{speed:.3g}/s" if speed else "",
            )

        yield tell


def _lines(thing: str) -> Tell:
    from glyphdata.cli.show import note
    from glyphdata.progress import Notice

    began = last = time.monotonic()

    def tell(event: Progress | Notice) -> None:
        nonlocal last
        if isinstance(event, Notice):
            note(event.text)
            return
        now = time.monotonic()
        if now - last < _LINE_EVERY_S:
            return
        last = now
        rate = event.samples / (now - began)
        left = f", {(event.of - event.samples) / rate:.0f} s left" if rate else ""
        note(f"{event.samples} of {event.of} {thing}, {rate:.3g}/s{left}")

    return tell
