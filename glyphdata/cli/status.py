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
    shards = show.many(len(status.done), "shard")
    size = show.size(status.bytes)
    held = f"{status.samples:,} samples of {status.asked:,} scenes in {shards}, {size}"
    show.say(f"{out}: {status.state}; {held}")
    for name, numbers in (
        ("missing shards", status.missing),
        ("damaged shards", status.damaged),
        ("shards of no record", status.stray),
    ):
        if numbers:
            show.say(f"{name}: {listed(numbers)}")
    if status.state != "finished":
        show.say("run the same `glyphdata generate` again to make what is missing")
    if status.rejections:
        show.say("drafts that were made anew:")
        show.table(("reason", "drafts"), status.rejections)
    if status.excluded:
        show.say(f"{show.many(status.excluded, 'scene')} left out on request")
    if status.quarantined:
        show.say("samples that are left out:")
        rows = [(spot.index, spot.reason, spot.message) for spot in status.quarantined]
        show.table(("sample", "reason", "message"), rows)
    if status.quarantined_faces:
        show.say("faces that it does without:")
        faces = [
            (f"<font-{face.token}>", face.key, face.reason, face.message)
            for face in status.quarantined_faces
        ]
        show.table(("face", "key", "reason", "message"), faces)


def listed(numbers: tuple[int, ...]) -> str:
    """Rising numbers in few words: `0, 2..5, 9`, both ends inclusive."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(f"{a}" if a == b else f"{a}..{b}" for a, b in spans)
