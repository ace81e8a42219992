"""From a place of the mix to the samples that stand there."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from glyphdata.convert.mixing.asked import Mix, Taken
from glyphdata.convert.mixing.beside import Beside
from glyphdata.convert.mixing.groups import Groups, Row, fields
from glyphdata.convert.mixing.members import Named, members_of
from glyphdata.convert.mixing.schedule import permutation
from glyphdata.errors import InputError
from glyphdata.scene.rng import Rng
from glyphdata.shards.dataset import Record
from glyphdata.shards.keys import Key, Places, key_of


@dataclass(frozen=True, slots=True)
class Mixed:
    """A sample of the mix as it goes into a shard; nothing is ever given up on the way to it."""

    key: str
    members: tuple[tuple[str, bytes], ...]
    row: dict[str, object]
    rejected: tuple[str, ...] = ()


class Source:
    """The groups of a source that are meant, in the order in which the mix takes them."""

    def __init__(self, taken: Taken, seed: int) -> None:
        """`InputError` where the source is no longer what it was when the mix was settled."""
        self.label = taken.label
        places = Places.at(taken.place)
        self._groups, self._beside = Groups(places), Beside(places)
        chosen = taken.chosen
        self._chosen = self._groups.chosen(chosen.condition, *chosen.keys())
        if len(self._chosen) != taken.groups:
            raise InputError(f"{taken.label} has changed since the mix began", hint="mix it anew")
        self._root = Rng.of(seed, 0).at(f"source {taken.label}")
        self._order = lru_cache(maxsize=2)(self._pass)

    def group(self, turn: int) -> int:
        """The group that is taken the `turn`-th, from 0: each once, before any comes again."""
        again, at = divmod(turn, len(self._chosen))
        return int(self._order(again)[at])

    def samples(self, group: int) -> tuple[list[Row], list[Record], list[bytes | None]]:
        """Rows of a group, its samples, and what captions stand beside each.

        `InputError`, naming the source, where they cannot be read.
        """
        try:
            rows = self._groups.rows(group)
            beside = [self._beside.line(row["shard"], row["key"]) for row in rows]
            return rows, self._groups.records(rows), beside
        except InputError as fault:
            raise fault.inside(self.label) from None

    def _pass(self, number: int) -> NDArray[np.int64]:
        return self._chosen[permutation(self._root.at("pass", number), len(self._chosen))]


class Factory:
    """Makes the samples of a mix, in any order; those of place i depend on (mix, i) alone."""

    def __init__(self, mix: Mix, without: Container[int] = ()) -> None:
        """`InputError` where a source cannot be read. There are no faces to do `without`."""
        self._mix = mix
        self._fingerprint = mix.fingerprint()
        self._schedule = mix.schedule()
        self._sources = [Source(one, mix.seed) for one in mix.sources]

    def origin(self, index: int) -> tuple[str, str]:
        """The label of the source at a place, and the key of the original that stands there."""
        source, group = self._seated(index)
        return source.label, str(source.samples(group)[0][0]["key"])

    def group(self, index: int) -> Sequence[Mixed]:
        """The samples at a place, an original and its variants.

        `InputError` where they cannot be read, or their captions are not theirs.
        """
        source, group = self._seated(index)
        rows, records, beside = source.samples(group)
        made = []
        for row, record, line in zip(rows, records, beside, strict=True):
            named = self._named(index, Key.parse(record.key).variant)
            try:
                members = members_of(
                    record, line, named, source.label, self._mix.kept, self._mix.blank
                )
            except InputError as fault:
                raise fault.inside(source.label) from None
            told = {**fields(row), "index": index, "group": named.group}
            made.append(Mixed(named.key, members, told))
        return made

    def tell(self, in_hand: Callable[[int], None]) -> None:
        """No face is ever touched."""

    def prove(self, token: int, mark: Callable[[int], None]) -> None:
        """No face draws anything."""

    def _seated(self, index: int) -> tuple[Source, int]:
        seat = self._schedule.seat(index)
        source = self._sources[seat.source]
        return source, source.group(seat.turn)

    def _named(self, index: int, variant: int) -> Named:
        per_shard, variants = self._mix.shard.samples, self._mix.variants
        return Named(
            key_of(index, per_shard, variant, variants=variants),
            index,
            key_of(index, per_shard),
            self._fingerprint,
        )
