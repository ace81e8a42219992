"""Shards with their captions inside: a new dataset, every other member byte for byte as it was.

Each sample gets `captions.json`, and a `txt` drawn from it. The new dataset is one of ours in all
respects (index, checksums, card, manifest, records), but no recipe alone makes it again: its
fingerprint tells it from the dataset that it comes from, so that nothing else is generated into it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from glyphdata.captions import overlay
from glyphdata.captions.joining import Contents
from glyphdata.captions.walking import contents_of, walked
from glyphdata.captions.written import read, written
from glyphdata.errors import InputError, OutputError
from glyphdata.faces.catalogue import load
from glyphdata.shards.blending import Blender
from glyphdata.shards.claim import (
    admit,
    claim,
    claimed,
    excluded_scenes,
    finished,
    held,
    quarantined_faces,
)
from glyphdata.shards.dataset import Record
from glyphdata.shards.finishing import finish
from glyphdata.shards.index import read_index
from glyphdata.shards.keys import Places
from glyphdata.shards.making import Plan
from glyphdata.shards.manifest import FontCredit, Provenance, RegistryDigest
from glyphdata.shards.mirror import refresh
from glyphdata.shards.overlay import MEMBER, overlay_of
from glyphdata.shards.record import Record as Done
from glyphdata.shards.record import file_sha256, read_record
from glyphdata.shards.shard import ShardWriter

_Sample = tuple[str, Sequence[tuple[str, bytes]], Mapping[str, object]]  # key, members, index row

_AGAIN = "generate the dataset again"
_CAPTION_FIRST = "run `glyphdata caption` first"
_PLACED = frozenset({"key", "shard", "offset", "size", "picture_offset", "picture_size"})


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of merging: how many samples and shards the new dataset has, and of those how many
    shards this run wrote."""

    dest: Path
    samples: int
    shards: int
    made: int


@dataclass(frozen=True, slots=True)
class _Source:
    """A finished dataset of ours, and its captions."""

    places: Places
    plan: Plan
    recipe: Mapping[str, Any]
    registries: tuple[RegistryDigest, ...]
    records: tuple[Done, ...]

    @classmethod
    def of(cls, places: Places) -> _Source:
        """`InputError` where the dataset is not finished, or not ours."""
        plan = claimed(places)
        try:
            manifest = orjson.loads(places.manifest.read_bytes())
            registries = tuple(RegistryDigest(**one) for one in manifest["registries"])
            recipe, count = dict(manifest["recipe"]), len(manifest["shards"])
        except (OSError, orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            plan = None
        if plan is None:
            raise InputError(
                f"{places.name} holds no finished dataset of ours",
                hint="let `glyphdata generate` finish it first",
            )
        found = (read_record(places, number) for number in range(plan.shards))
        records = tuple(one for one in found if one is not None)
        if len(records) != count:
            raise InputError(f"{places.name} lacks records of its shards", hint="generate it again")
        return cls(places, plan, recipe, registries, records)

    def plan_with(self, blender: Blender) -> Plan:
        """The plan of the merged dataset, its fingerprint made from all that decides its bytes."""
        files = [overlay_of(self.places, one.number) for one in self.records]
        told = [
            self.plan.fingerprint,
            *(one.sha256 for one in self.records),
            *(file_sha256(file) if file.exists() else "" for file in files),
            orjson.dumps(asdict(blender), option=orjson.OPT_SORT_KEYS).decode(),
        ]
        digest = hashlib.sha256("\n".join(told).encode()).hexdigest()
        return Plan(self.plan.samples, self.plan.per_shard, digest, self.plan.inputs)


def merge(
    source: Path | str,
    dest: Path | str,
    blender: Blender,
    on_sample: Callable[[int, int], None] | None = None,
) -> Merged:
    """Write the dataset in `source` with its captions inside to the folder `dest`.

    `on_sample` hears how many of how many samples are behind. A merge that was stopped is gone on
    with. `InputError` where a sample has no captions, or where they are not its own; `OutputError`
    where `dest` holds something else.
    """
    places, target = Places.at(source), Places.at(dest)
    refresh(places.root)
    if target.root.resolve() == places.root.resolve():
        raise OutputError("a dataset cannot be merged into itself", hint="choose another folder")
    found = _Source.of(places)
    plan = found.plan_with(blender)
    admit(target, plan, "if_possible")
    of = sum(one.samples for one in found.records)
    with held(target, None) as scratch:
        claim(target, scratch, plan, quarantined_faces(places), excluded_scenes(places))
        before = finished(target, plan)
        behind = sum(one.samples for one in before.values())
        todo = [one for one in found.records if one.number not in before]
        table = read_index(places)
        if table is None:
            raise InputError(f"{places.name} has no index", hint=_AGAIN)
        for record in todo:
            rows = _rows(table, record.number)
            writer = ShardWriter(
                target, record.number, fingerprint=plan.fingerprint, scratch=scratch
            )
            for _ in _written(writer, _samples(found, record, blender, rows), record):
                behind += 1
                if on_sample is not None:
                    on_sample(behind, of)
        _complete(found, target, scratch, plan)
    return Merged(target.root, of, len(found.records), len(todo))


def _written(writer: ShardWriter, samples: Iterator[_Sample], record: Done) -> Iterator[str]:
    """Write the samples of a shard and publish it; the key of each once it is written."""
    try:
        for key, members, row in samples:
            writer.add(key, members, row)
            yield key
        indices = range(record.first, record.last + 1)
        rejections = Counter(dict(record.rejections))
        writer.close(indices, rejections, record.quarantined, record.faces, record.excluded)
    finally:
        writer.abandon()


def _samples(
    source: _Source, record: Done, blender: Blender, rows: Mapping[str, dict[str, object]]
) -> Iterator[_Sample]:
    """The samples of a shard with their captions inside."""
    path = source.places.shard(record.number)
    lines = overlay.before(source.places, record.number)
    for sample in walked(path, None):
        if sample.key not in rows:
            raise InputError(f"the index lacks {sample.key}", hint=_AGAIN)
        members = {**sample.members, MEMBER: _captions(sample, lines)}
        members["txt"] = blender.text(sample.key, members).encode()
        yield sample.key, sorted(members.items()), rows[sample.key]


def _captions(sample: Record, lines: Mapping[str, bytes]) -> bytes:
    """The captions of a sample as its member; `InputError` where it has none, or another's."""
    line = lines.get(sample.key) or sample.members.get(MEMBER)
    if line is None:
        raise InputError(f"sample {sample.key} has no captions", hint=_CAPTION_FIRST)
    captioned = read(line)
    contents: Contents = contents_of(sample)
    if captioned.key != sample.key or not contents.owns(captioned):
        raise InputError(
            f"the captions of sample {sample.key} are another picture's", hint=_CAPTION_FIRST
        )
    return written(captioned)


def _rows(table: pa.Table, number: int) -> dict[str, dict[str, object]]:
    """The index rows of a shard by key, less where the samples stand."""
    rows = table.filter(pc.equal(table["shard"], number)).to_pylist()
    return {
        row["key"]: {name: value for name, value in row.items() if name not in _PLACED}
        for row in rows
    }


def _complete(source: _Source, target: Places, scratch: Path, plan: Plan) -> None:
    """Write what makes a dataset of the shards, and whose words its captions are."""
    done = finished(target, plan)
    overlay.tell(target, overlay.recipes(source.places))
    catalogue = load()

    def provenance(tokens: Sequence[int]) -> Provenance:
        faces = [catalogue[token] for token in tokens if token < len(catalogue)]
        credits = (FontCredit(one.token, one.family, one.style, one.license) for one in faces)
        return Provenance(source.registries, tuple(credits))

    finish(
        target,
        scratch,
        name=str(source.recipe.get("name", "")),
        recipe=source.recipe,
        plan=plan,
        records=[done[number] for number in sorted(done)],
        provenance=provenance,
    )
