"""What a finished dataset says of itself: manifest, checksums, sizes. No file tells the time."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import orjson

from glyphdata.shards.claim import quarantined_faces
from glyphdata.shards.durable import write_file
from glyphdata.shards.keys import Places, shard_name
from glyphdata.shards.making import Plan
from glyphdata.shards.record import Quarantined, Record

FINGERPRINT = {"algorithm": "sha256", "version": 1}
"""How a recipe's fingerprint is made: over its resolved values as canonical JSON."""

_LIBRARIES = (
    "glyphdata",
    "numpy",
    "pillow",
    "opencv-python-headless",
    "fonttools",
    "uharfbuzz",
    "icu4py",
    "simplejpeg",
    "orjson",
    "pyarrow",
)


@dataclass(frozen=True, slots=True)
class RegistryDigest:
    """Which registry of tokens a dataset was made with: its name, its length, its checksum."""

    name: str
    entries: int
    sha256: str


@dataclass(frozen=True, slots=True)
class FontCredit:
    """A face that a dataset shows, and the licence of its file (an SPDX identifier)."""

    token: int
    family: str
    style: str
    license: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a dataset was made with, besides its recipe."""

    registries: tuple[RegistryDigest, ...] = ()
    fonts: tuple[FontCredit, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """What came of a dataset's shards, added up."""

    samples: int
    bytes: int
    rejections: tuple[tuple[str, int], ...]
    quarantined: tuple[Quarantined, ...]

    @classmethod
    def of(cls, records: Sequence[Record]) -> Totals:
        """The sum of these records."""
        rejections: Counter[str] = Counter()
        for record in records:
            rejections.update(dict(record.rejections))
        return cls(
            sum(record.samples for record in records),
            sum(record.bytes for record in records),
            tuple(sorted(rejections.items())),
            tuple(spot for record in records for spot in record.quarantined),
        )


def versions() -> dict[str, str]:
    """The versions of what decides a picture's bytes."""
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # run from its sources, it has no metadata
            found[name] = "unknown"
    return found


def write_sums(places: Places, scratch: Path, records: Sequence[Record]) -> None:
    """Write `SHA256SUMS` and `data/sizes.json`."""
    names = [shard_name(record.number) for record in records]
    sizes = {name: record.samples for name, record in zip(names, records, strict=True)}
    write_file(scratch, places.sizes, _json(sizes))
    lines = [f"{one.sha256}  data/{name}\n" for name, one in zip(names, records, strict=True)]
    write_file(scratch, places.sums, "".join(lines).encode())


def write_manifest(
    places: Places,
    scratch: Path,
    *,
    recipe: Mapping[str, object],
    plan: Plan,
    records: Sequence[Record],
    provenance: Provenance,
) -> None:
    """Write the manifest, the last file of a finished dataset.

    Which faces it does without is known from the folder's claim.
    """
    totals = Totals.of(records)
    fields = {
        "format": 1,
        "recipe": recipe,
        "fingerprint": {**FINGERPRINT, "value": plan.fingerprint},
        "seed": recipe.get("seed"),
        "versions": versions(),
        "registries": [asdict(one) for one in provenance.registries],
        "counts": {
            "asked": plan.samples,
            "samples": totals.samples,
            "shards": len(records),
            "bytes": totals.bytes,
        },
        "missing_shards": sorted(set(range(plan.shards)) - {one.number for one in records}),
        "rejections": dict(totals.rejections),
        "quarantined": [asdict(spot) for spot in totals.quarantined],
        "excluded": [index for record in records for index in record.excluded],
        "quarantined_faces": [asdict(face) for face in quarantined_faces(places)],
        "shards": [
            {"name": shard_name(one.number), "samples": one.samples, "sha256": one.sha256}
            for one in records
        ],
    }
    write_file(scratch, places.manifest, _json(fields))


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n"
