"""`glyphdata verify`: is a dataset whole, and are its labels true?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glyphdata.cli import show


def command(
    out: Annotated[Path, typer.Argument(help="The dataset's folder.", metavar="OUT")],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Check a dataset's files, counts and labels; exit code 5 if anything is wrong.

    Example: glyphdata verify out/ --json
    """
    import sys

    from glyphdata.errors import GateFailed
    from glyphdata.review.verify import verify

    def tell(done: int, of: int) -> None:
        show.note(f"{done} of {of} shards checked")

    verdict = verify(out, on_shard=tell if sys.stderr.isatty() else None)
    if json:
        findings = [finding._asdict() for finding in verdict.findings]
        show.document({"ok": verdict.ok, "samples": verdict.samples, "findings": findings})
    elif verdict.ok:
        show.say(f"{verdict.samples} samples, nothing wrong")
    else:
        show.table(("code", "where", "what"), verdict.findings)
    if not verdict.ok:
        raise GateFailed(
            f"{show.many(len(verdict.findings), 'finding')} in"
            f" {show.many(verdict.samples, 'sample')}",
            hint="remove the shards that are named, then run the same `glyphdata generate` again",
        ).inside(str(out))
