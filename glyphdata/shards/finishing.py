"""The last step, once every shard is there: one index, checksums, the card, and the manifest.

Of the shards only a few samples are read, however many there are: the first ones for the types of
their members, some for the licences of their backgrounds, and six pictures that the card shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import orjson

from glyphdata.shards import index, tarread
from glyphdata.shards.card import Told, write_card
from glyphdata.shards.croissant import write_croissant
from glyphdata.shards.durable import withdraw
from glyphdata.shards.features import member_types
from glyphdata.shards.grounds import credited
from glyphdata.shards.keys import Places, strays
from glyphdata.shards.making import Plan
from glyphdata.shards.manifest import Provenance, Totals, write_manifest, write_sums
from glyphdata.shards.record import Record
from glyphdata.shards.showcase import write_showcase
from glyphdata.shards.statistics import count
from glyphdata.shards.stretches import Stretches

_LOOKED_AT = 256  # samples whose members tell the types of all


def is_finished(places: Places, plan: Plan, records: Sequence[Record]) -> bool:
    """Do manifest, index and the tars that are there stand for exactly these shards?"""
    try:
        manifest = orjson.loads(places.manifest.read_bytes())
        told = [one["sha256"] for one in manifest["shards"]]
        asked = manifest["counts"]["asked"]
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return False
    if strays(places, [record.number for record in records]):
        return False
    beside = (places.sums, places.sizes, places.card, places.croissant)
    if not all(file.exists() for file in beside):
        return False
    merged = places.index.exists() and not any(places.index.parent.glob("part-*.jsonl"))
    return merged and asked == plan.samples and told == [record.sha256 for record in records]


def finish(
    places: Places,
    scratch: Path,
    *,
    name: str,
    recipe: Mapping[str, object],
    plan: Plan,
    records: Sequence[Record],
    provenance: Callable[[Sequence[int]], Provenance],
) -> None:
    """Finish a dataset from its done shards, at least one; doing it twice changes nothing.

    `provenance` is asked what was used, given the font tokens that are shown, in order.
    """
    index.merge(places, scratch, [record.number for record in records])
    _sweep(places, records)
    write_sums(places, scratch, records)
    statistics = count(places)
    # Faces that are not known have the token -1.
    made_with = provenance([token for token, _ in statistics.faces if token >= 0])
    told = Told(
        name=name,
        recipe=recipe,
        plan=plan,
        totals=Totals.of(records),
        types=member_types(islice(_samples(places, records), _LOOKED_AT)),
        statistics=statistics,
        grounds=credited(places, statistics.backgrounds),
        shown=write_showcase(places, scratch, statistics.standing),
        provenance=made_with,
    )
    write_card(places, scratch, told)
    write_croissant(places, scratch, told, records)
    write_manifest(
        places,
        scratch,
        recipe=recipe,
        plan=plan,
        records=records,
        provenance=made_with,
    )


def _sweep(places: Places, records: Sequence[Record]) -> None:
    """Remove tars that no record stands for: readers find shards by their names alone."""
    for number in strays(places, [record.number for record in records]):
        withdraw(places.record(number))
        withdraw(places.shard(number))


def _samples(places: Places, records: Sequence[Record]) -> Iterator[dict[str, bytes]]:
    """The samples of the shards, in order, as members by extension."""
    for record in records:
        found: dict[str, bytes] = {}
        key = ""
        path = places.shard(record.number)
        with Stretches(path) as file:
            for member in tarread.walk(file, path):
                if member.key != key and found:
                    yield found
                    found = {}
                key = member.key
                found[member.extension] = file.read(member.content, member.size)
        if found:
            yield found
