"""`glyphdata verify`: is a dataset whole, and are its labels true?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glyphdata.cli import show

if TYPE_CHECKING:
    from glyphdata.review.evidence import Finding


def command(
    out: Annotated[Path, typer.Argument(help="The dataset's folder.", metavar="OUT")],
    *,
    deep: Annotated[
        bool, typer.Option("--deep", help="Look into the samples: labels, ink, captions, groups.")
    ] = False,
    every: Annotated[
        int, typer.Option(min=1, metavar="N", help="Look into every N-th sample only.")
    ] = 1,
    workers: Annotated[
        int | None, typer.Option("--workers", "-w", min=1, help="Processes; one per core.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Check a dataset's files and counts, with --deep its labels; exit code 5 if anything is wrong.

    Example: glyphdata verify out/ --deep --json
    """
    import os
    import sys

    from glyphdata.errors import GateFailed
    from glyphdata.review.verify import verify

    def tell(done: int, of: int) -> None:
        show.note(f"{done} of {of} shards checked")

    verdict = verify(
        out,
        on_shard=tell if sys.stderr.isatty() else None,
        deep=deep,
        every=every,
        workers=workers or os.cpu_count() or 1,
    )
    if json:
        findings = [finding._asdict() for finding in verdict.findings]
        counts = {"samples": verdict.samples, "looked_into": verdict.looked_into}
        show.document({"ok": verdict.ok, **counts, "findings": findings})
    elif verdict.ok:
        into = f", {verdict.looked_into:,} looked into" if deep else ""
        show.say(f"{verdict.samples:,} samples{into}, nothing wrong")
    else:
        _list(out, verdict.findings)
    if not verdict.ok:
        raise GateFailed(
            f"{show.many(len(verdict.findings), 'finding')} in"
            f" {show.many(verdict.samples, 'sample')}",
            hint="remove the shards that are named, then run the same `glyphdata generate` again",
        ).inside(str(out))


def _list(out: Path, findings: tuple[Finding, ...]) -> None:
    show.table(("code", "where", "what"), findings)
    first = next((one.key for one in findings if one.key[:6].isdecimal()), "")
    if first:
        show.note(f"look at them: glyphdata view {out}, then /sample/0/{first}")
