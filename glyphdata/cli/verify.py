"""`glyphdata verify`: is a dataset whole, and are its labels true?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glyphdata.cli import show
from glyphdata.cli.options import OutFolder, named

if TYPE_CHECKING:
    from glyphdata.review.evidence import Finding
    from glyphdata.review.ocr import Audit, Rate


def command(
    out: OutFolder,
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
    ocr: Annotated[
        bool, typer.Option("--ocr", help="Have Tesseract read some samples; it judges nothing.")
    ] = False,
    ocr_samples: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many samples Tesseract reads.")
    ] = 200,
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
    read = _read(out, ocr_samples) if ocr else None
    if json:
        findings = [finding._asdict() for finding in verdict.findings]
        counts = {"samples": verdict.samples, "looked_into": verdict.looked_into}
        extra = {"ocr": _document(read)} if read is not None else {}
        show.document({"ok": verdict.ok, **counts, "findings": findings, **extra})
    elif verdict.ok:
        into = f", {verdict.looked_into:,} looked into" if deep else ""
        show.say(f"{verdict.samples:,} samples{into}, nothing wrong")
    else:
        _list(out, verdict.findings)
    if read is not None and not json:
        _tell(read)
    if not verdict.ok:
        raise GateFailed(
            f"{show.many(len(verdict.findings), 'finding')} in"
            f" {show.many(verdict.samples, 'sample')}",
            hint="remove the shards that are named, then run the same `glyphdata generate` again",
        ).inside(named(out))


def _read(out: Path, samples: int) -> Audit:
    from glyphdata.review.ocr import audit

    return audit(out, samples)


def _tell(read: Audit) -> None:
    show.say(f"\nTesseract read {read.every.lines:,} lines of {show.many(read.samples, 'sample')}:")
    rows = [
        ("all", "", read.every),
        *((of, name, one) for of, some in read.by.items() for name, one in some.items()),
    ]
    table = [
        (of, name, f"{one.lines:,}", f"{one.characters:,}", f"{one.cer:.2%}")
        for of, name, one in rows
    ]
    show.table(("of", "", "lines", "characters", "character errors"), table)
    if read.worst:
        show.say("\nread worst:")
        show.table(("sample", "says", "read as"), read.worst[:10])
    for language, lines in read.unread.items():
        show.note(f"not read, for want of a model here: {show.many(lines, 'line')} of {language}")


def _document(read: Audit) -> dict[str, object]:
    def told(one: Rate) -> dict[str, object]:
        counts = {"lines": one.lines, "characters": one.characters, "edits": one.edits}
        return {**counts, "cer": round(one.cer, 5)}

    return {
        "samples": read.samples,
        **told(read.every),
        "by": {of: {name: told(one) for name, one in some.items()} for of, some in read.by.items()},
        "unread": read.unread,
        "worst": [{"key": key, "text": text, "read": said} for key, text, said in read.worst],
    }


def _list(out: Path, findings: tuple[Finding, ...]) -> None:
    show.table(("code", "where", "what"), findings)
    first = next((one.key for one in findings if one.key[:6].isdecimal()), "")
    if first:
        show.say(f"look at them: glyphdata view {named(out)}, then /sample/0/{first}")
