"""`glyphdata status`: what a dataset holds, what it lacks, what was rejected."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from glyphdata.cli.options import AsJson


def command(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The dataset's folder.")],
    json: AsJson = False,
) -> None:
    """What is there, what is missing, what was rejected and why.

    Example: glyphdata status out/
    """
    from glyphdata.cli import show
    from glyphdata.shards.status import status_of

    status = status_of(out)
    if json:
        show.document(asdict(status) | {"rejections": dict(status.rejections)})
        return
    show.say(f"{out}: {status.state}")
    show.say(f"{status.samples} of {status.asked} samples in {len(status.done)} shards")
    for name, numbers in (("missing", status.missing), ("damaged", status.damaged)):
        if numbers:
            show.say(f"{name} shards: {', '.join(map(str, numbers))}")
    if status.rejections:
        show.table(("given up on the way", "drafts"), status.rejections)
    if status.quarantined:
        rows = [(spot.index, spot.reason, spot.message) for spot in status.quarantined]
        show.table(("left out", "reason", "message"), rows)
