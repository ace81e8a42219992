"""Whose pictures lie behind the text: the licences that samples give for their backgrounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from glyphdata.errors import InputError
from glyphdata.shards import tarread
from glyphdata.shards.keys import Places
from glyphdata.shards.mirror import told
from glyphdata.shards.statistics import Count
from glyphdata.shards.stretches import piece

_FEW, _MOST = 4, 64
"""So many samples of each kind of background are looked at; more where pictures lie behind it."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """A kind of background: how many samples have it, and the licences that some of them give.

    `licences` counts the samples looked at by the licence of the picture behind them, "" where
    they give none; it is empty where no picture lies behind this kind.
    """

    kind: str
    samples: int
    licences: tuple[Count, ...]


def credited(places: Places, backgrounds: tuple[Count, ...]) -> tuple[Grounds, ...]:
    """The backgrounds that the statistics count, with the licences in the `json` of a few samples.

    At most 64 samples of a kind are read, evenly spread, however many there are. `InputError` where
    one cannot be read.
    """
    wanted = {kind: _spread(count, min(count, _MOST)) for kind, count in backgrounds}
    found: dict[str, list[tuple[str, int, int, int]]] = {kind: [] for kind in wanted}
    for kind, place in _places(places, wanted):
        found[kind].append(place)
    return tuple(
        Grounds(kind, count, _licences(places, found[kind])) for kind, count in backgrounds
    )


def _spread(count: int, picks: int) -> list[int]:
    return [(2 * nth + 1) * count // (2 * picks) for nth in range(picks)]


def _places(
    places: Places, wanted: Mapping[str, list[int]]
) -> Iterator[tuple[str, tuple[str, int, int, int]]]:
    """Where the wanted samples of each kind stand: key, shard, offset and size."""
    before = dict.fromkeys(wanted, 0)
    with pq.ParquetFile(places.index) as file:
        for number in range(file.num_row_groups):
            kinds = file.read_row_group(number, columns=["background"])["background"]
            here = {}
            for kind in wanted:
                rows = pc.indices_nonzero(pc.fill_null(pc.equal(kinds, kind), False)).to_numpy()
                start = before[kind]
                before[kind] += len(rows)
                at = [one - start for one in wanted[kind] if start <= one < before[kind]]
                here[kind] = [int(rows[one]) for one in at]
            if any(here.values()):
                columns = ["key", "shard", "offset", "size"]
                table = file.read_row_group(number, columns=columns)
                for kind, picks in here.items():
                    rows = table.take(pa.array(picks, pa.int64())).to_pylist()
                    for row in rows:
                        yield kind, (row["key"], row["shard"], row["offset"], row["size"])


def _licences(places: Places, spots: list[tuple[str, int, int, int]]) -> tuple[Count, ...]:
    """The licences of the pictures behind these samples, counted."""
    if not any(_behind(places, spot) for spot in spots[:: max(1, len(spots) // _FEW)]):
        return ()
    found = Counter((_behind(places, spot) or ("", ""))[1] for spot in spots)
    return tuple(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def _behind(places: Places, spot: tuple[str, int, int, int]) -> tuple[str, str] | None:
    """The name and licence of the picture behind a sample; None where its `json` tells of none."""
    key, shard, offset, size = spot
    path = places.shard(shard)
    try:
        facts = orjson.loads(tarread.sample(piece(path, offset, size), key).get("json", b"{}"))
    except orjson.JSONDecodeError as fault:
        raise InputError(f"json of sample {key} is no JSON: {fault}").inside(told(path)) from None
    ground = facts.get("background") if isinstance(facts, dict) else None
    if not isinstance(ground, dict):
        return None
    name, license = (str(ground.get(one) or "") for one in ("name", "license"))
    return (name, license) if name or license else None
