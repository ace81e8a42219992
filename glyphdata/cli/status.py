"""`glyphdata status`: what a dataset holds, what it lacks, what was rejected."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from glyphdata.cli.options import AsJson, OutFolder, named

if TYPE_CHECKING:
    from glyphdata.shards.log import Pacing


def command(
    out: OutFolder,
    json: AsJson = False,
) -> None:
    """What is there, what is missing, what was rejected and why.

    Example: glyphdata status out/
    """
    from glyphdata.cli import show
    from glyphdata.shards.keys import Places
    from glyphdata.shards.log import pacing_of
    from glyphdata.shards.status import status_of

    status = status_of(out)
    pacing = pacing_of(Places.at(out).log)
    if json:
        rates = {"rate": pacing.rate, "per_worker": pacing.per_worker}
        told = {"rejections": dict(status.rejections), "pacing": asdict(pacing) | rates}
        show.document(asdict(status) | told)
        return
    shards = show.many(len(status.done), "shard")
    size = show.size(status.bytes)
    held = f"{status.samples:,} samples of {status.asked:,} scenes in {shards}, {size}"
    show.say(f"{named(out)}: {status.state}; {held}")
    for name, numbers in (
        ("missing shards", status.missing),
        ("damaged shards", status.damaged),
        ("shards of no record", status.stray),
    ):
        if numbers:
            show.say(f"{name}: {listed(numbers)}")
    if status.state != "finished":
        show.say("run the same command again to make what is missing")
    if status.rejections:
        show.say("drafts that were made anew:")
        show.table(("reason", "drafts"), status.rejections)
    tell_pacing(pacing)
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


def tell_pacing(pacing: Pacing) -> None:
    """Say how fast it went, and what took longest."""
    from glyphdata.cli import show

    if pacing.rate:
        show.say(f"made at {pacing.rate:.3g} samples/s, {pacing.per_worker:.3g}/s by each worker")
    if pacing.slowest:
        show.say("the slowest scenes, each of its shard:")
        rows = [(one.index, f"{one.seconds:.3f}", one.draw) for one in pacing.slowest]
        show.table(("scene", "seconds", "to draw it again"), rows)
    if pacing.unreadable:
        show.say(f"{show.many(pacing.unreadable, 'line')} of the log cannot be read")


def listed(numbers: tuple[int, ...]) -> str:
    """Rising numbers in few words: `0, 2..5, 9`, both ends inclusive."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(f"{a}" if a == b else f"{a}..{b}" for a, b in spans)
