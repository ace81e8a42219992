"""What can be said of a dataset's folder without its recipe."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from glyphdata.errors import InputError
from glyphdata.shards import mirror
from glyphdata.shards.claim import claimed, excluded_scenes, quarantined_faces, recorded
from glyphdata.shards.keys import Places, strays
from glyphdata.shards.manifest import Totals
from glyphdata.shards.record import Quarantined, QuarantinedFace, read_record, shard_state

State = Literal["finished", "partial", "unfinished", "damaged"]


@dataclass(frozen=True, slots=True)
class Status:
    """What is in a dataset's folder.

    `state`: `finished` (nothing is missing), `partial` (finished, but shards were lost),
    `unfinished` (a run is under way, or was stopped), `damaged`. `asked` counts the scenes that
    were asked for. The tuples of numbers are of shards; `stray` are tars that no record stands
    for, which readers would take for shards nevertheless. A shard that touched a face which has
    been quarantined since is missing. `excluded` counts the scenes that are left out on request.
    """

    state: State
    fingerprint: str
    asked: int
    samples: int
    bytes: int
    done: tuple[int, ...]
    missing: tuple[int, ...]
    damaged: tuple[int, ...]
    stray: tuple[int, ...]
    rejections: tuple[tuple[str, int], ...]
    quarantined: tuple[Quarantined, ...]
    quarantined_faces: tuple[QuarantinedFace, ...]
    excluded: int = 0


def status_of(path: Path | str) -> Status:
    """The status of the dataset in a folder or behind a URL; `InputError` where there is none."""
    places = Places(mirror.root_of(path))
    mirror.refresh(places.root)
    if not places.root.is_dir():
        raise InputError(f"there is no folder {path}", hint="give the folder of a dataset")
    owner = claimed(places)
    if owner is None:
        raise InputError(
            f"{places.name} holds no dataset of ours",
            hint="give the folder that `glyphdata generate` wrote to",
        )
    faces = quarantined_faces(places)
    without = sum(1 << face.token for face in faces)
    excluded = excluded_scenes(places)
    records, damaged, outdated = [], set(), set()
    for number in recorded(places):
        record = read_record(places, number)
        indices = owner.indices(number) or range(1)  # none: it is beyond the end
        found = shard_state(
            places,
            record,
            number,
            fingerprint=owner.fingerprint,
            indices=indices,
            without=without,
            excluded=excluded,
        )
        if record is not None and found == "done":
            records.append(record)
        elif found == "outdated":
            outdated.add(number)
        else:
            damaged.add(number)
    done = {record.number for record in records}
    missing = set(range(owner.shards)) - done - damaged
    totals = Totals.of(records)
    # While a run is under way, a tar stands there for a moment before its record.
    manifested = places.manifest.exists()
    stray = strays(places, done | damaged | outdated) if manifested else []
    state: State = "unfinished"
    if manifested:
        state = "partial" if missing else "finished"
    return Status(
        "damaged" if damaged or stray else state,
        owner.fingerprint,
        owner.samples,
        totals.samples,
        totals.bytes,
        tuple(sorted(done)),
        tuple(sorted(missing)),
        tuple(sorted(damaged)),
        tuple(stray),
        totals.rejections,
        totals.quarantined,
        faces,
        len(excluded),
    )
