"""The completion record: the last thing written of a shard, and the only proof that it is done."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from glyphdata.shards.durable import write_file
from glyphdata.shards.keys import Places
from glyphdata.shards.stretches import real_file

FORMAT = 1
"""The version of what lies in `.glyphdata`."""

State = Literal["done", "missing", "damaged", "foreign", "other-range", "outdated"]


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A sample that could not be made and is left out: its index, a stable code, and why."""

    index: int
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class QuarantinedFace:
    """A face that a dataset does without: its token and key, a stable code, and why."""

    token: int
    key: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Record:
    """What is in a finished shard.

    `first` and `last` are the indices of its scenes, both inclusive; `bytes` and `sha256` are of
    the tar; `rejections` counts, by reason, the drafts that were given up on the way. `faces` is
    the bitset of the tokens that its scenes touched, those drafts included: without any other face
    the shard would be the same. `excluded` are the scenes that were left out on request.
    """

    number: int
    fingerprint: str
    first: int
    last: int
    samples: int
    bytes: int
    sha256: str
    rejections: tuple[tuple[str, int], ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    faces: int = 0
    excluded: tuple[int, ...] = ()


class _Spot(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    index: int = Field(ge=0)
    reason: str
    message: str


class _OnDisk(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    format: Literal[1]
    number: int = Field(ge=0)
    fingerprint: str = Field(min_length=1)
    first: int = Field(ge=0)
    last: int = Field(ge=0)
    samples: int = Field(ge=0)
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    rejections: dict[str, int]
    quarantined: list[_Spot]
    faces: str = Field(pattern=r"^[0-9a-f]+$")
    excluded: list[int] = []


def write_record(places: Places, scratch: Path, record: Record) -> None:
    """Publish a record; `OutputError` where it cannot be written."""
    fields = asdict(record) | {
        "format": FORMAT,
        "rejections": dict(record.rejections),
        "faces": f"{record.faces:x}",
    }
    content = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b"\n"
    write_file(scratch, places.record(record.number), content)


def read_record(places: Places, number: int) -> Record | None:
    """The record of a shard; None where it is missing, empty, cut short or not a record."""
    try:
        read = _OnDisk.model_validate_json(places.record(number).read_bytes())
    except (OSError, ValidationError):
        return None
    if read.number != number:
        return None
    return Record(
        number,
        read.fingerprint,
        read.first,
        read.last,
        read.samples,
        read.bytes,
        read.sha256,
        tuple(sorted(read.rejections.items())),
        tuple(Quarantined(spot.index, spot.reason, spot.message) for spot in read.quarantined),
        int(read.faces, 16),
        tuple(read.excluded),
    )


def shard_state(
    places: Places,
    record: Record | None,
    number: int,
    *,
    fingerprint: str,
    indices: range,
    without: int = 0,
    excluded: Collection[int] = (),
    deep: bool = False,
) -> State:
    """Is shard `number` done for this recipe, these indices, and without these faces (a bitset)?

    `excluded` are the scenes of the whole dataset that are to be left out.

    `damaged`: there is a file but no sound record, or the tar has another size (with `deep`,
    another checksum) than the record says. `foreign`: another recipe's. `other-range`: it holds
    other indices, as the last shard does once the dataset grows. `outdated`: it touched a face that
    has been quarantined since, or other scenes are excluded now.
    """
    if record is None:
        return "damaged" if places.record(number).exists() else "missing"
    if record.fingerprint != fingerprint:
        return "foreign"
    try:
        if places.shard(number).stat().st_size != record.bytes:
            return "damaged"
        if deep:
            with real_file(places.shard(number)) as tar:
                if file_sha256(tar) != record.sha256:
                    return "damaged"
    except OSError:
        return "damaged"
    whole = (record.first, record.last) == (indices[0], indices[-1])
    if not whole:
        return "other-range"
    left_out = {index for index in indices if index in excluded} if excluded else set()
    return "outdated" if record.faces & without or set(record.excluded) != left_out else "done"


def file_sha256(path: Path) -> str:
    """The checksum of a file, in hexadecimal; `OSError` where it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
