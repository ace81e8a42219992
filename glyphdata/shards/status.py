"""What can be said of a dataset's folder without its recipe."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from glyphdata.errors import InputError
from glyphdata.shards.claim import claimed, recorded
from glyphdata.shards.keys import Places
from glyphdata.shards.manifest import Totals
from glyphdata.shards.record import Quarantined, read_record, shard_state

State = Literal["finished", "partial", "unfinished", "damaged"]


@dataclass(frozen=True, slots=True)
class Status:
    """What is in a dataset's folder.

    `state`: `finished` (nothing is missing), `partial` (finished, but shards were lost),
    `unfinished` (a run is under way, or was stopped), `damaged`. `asked` counts the scenes that
    were asked for. The tuples of numbers are of shards.
    """

    state: State
    fingerprint: str
    asked: int
    samples: int
    bytes: int
    done: tuple[int, ...]
    missing: tuple[int, ...]
    damaged: tuple[int, ...]
    rejections: tuple[tuple[str, int], ...]
    quarantined: tuple[Quarantined, ...]


def status_of(path: Path | str) -> Status:
    """The status of the dataset in a folder; `InputError` where there is none."""
    places = Places(Path(path))
    owner = claimed(places)
    if owner is None:
        raise InputError(f"{path} holds no dataset of ours", hint="give the folder of a dataset")
    records, damaged = [], set()
    for number in recorded(places):
        record = read_record(places, number)
        indices = owner.indices(number) or range(1)  # none: it is beyond the end
        found = shard_state(places, record, number, fingerprint=owner.fingerprint, indices=indices)
        if record is not None and found == "done":
            records.append(record)
        else:
            damaged.add(number)
    done = {record.number for record in records}
    missing = set(range(owner.shards)) - done - damaged
    totals = Totals.of(records)
    manifested = places.manifest.exists()
    state: State = "unfinished"
    if manifested:
        state = "partial" if missing else "finished"
    return Status(
        "damaged" if damaged else state,
        owner.fingerprint,
        owner.samples,
        totals.samples,
        totals.bytes,
        tuple(sorted(done)),
        tuple(sorted(missing)),
        tuple(sorted(damaged)),
        totals.rejections,
        totals.quarantined,
    )
