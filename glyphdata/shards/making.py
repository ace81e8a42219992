"""The work of a shard: make its samples one by one, leave out what cannot be made, publish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path, PurePath
from traceback import extract_tb
from typing import Protocol

from glyphdata.errors import InputError, OutputError, PartlyDone, Rejection
from glyphdata.shards.keys import Places, key_of
from glyphdata.shards.record import Quarantined, Record
from glyphdata.shards.shard import ShardWriter


class Encoded(Protocol):
    """A sample ready for its shard."""

    @property
    def members(self) -> tuple[tuple[str, bytes], ...]:
        """(extension, content), sorted by extension."""
        ...

    @property
    def row(self) -> dict[str, object]:
        """Its row in the index, less what only the shard knows."""
        ...

    @property
    def rejected(self) -> tuple[str, ...]:
        """The reasons of the drafts that were given up on the way."""
        ...


class Factory(Protocol):
    """Makes samples; sample i depends on i alone."""

    def make(self, index: int) -> Encoded:
        """Sample `index`; `Rejection` where it cannot be made."""
        ...


class ShardSize(Protocol):
    """The recipe's section about shards."""

    @property
    def samples(self) -> int:
        """How many scenes in one shard."""
        ...


class Asked(Protocol):
    """What is needed of a recipe here; it must pickle."""

    @property
    def name(self) -> str:
        """The name of the dataset."""
        ...

    @property
    def samples(self) -> int:
        """How many scenes."""
        ...

    @property
    def shard(self) -> ShardSize:
        """How they are split."""
        ...

    def fingerprint(self) -> str:
        """What tells it from every recipe that makes other scenes; `samples` is no part of it."""
        ...

    def inputs(self) -> str:
        """What tells the files and faces it draws from from others; empty if none matter."""
        ...

    def resolved(self) -> Mapping[str, object]:
        """The whole recipe as plain values."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """Which scenes stand in which shard; the number of workers has no say in it."""

    samples: int
    per_shard: int
    fingerprint: str
    inputs: str = ""

    @property
    def shards(self) -> int:
        """How many shards there are."""
        return -(-self.samples // self.per_shard)

    def indices(self, number: int) -> range:
        """The scenes of shard `number`."""
        first = number * self.per_shard
        return range(first, min(first + self.per_shard, self.samples))


@dataclass(frozen=True, slots=True)
class ShardMaker:
    """Makes whole shards. `lost` names the scenes that no worker survived, with the reason."""

    places: Places
    scratch: Path
    plan: Plan
    factory: Factory
    lost: Mapping[int, Quarantined] = field(default_factory=dict)

    def run(self, task: int, mark: Callable[[int], None]) -> Record:
        """Make shard `task`; `mark` hears how many of its scenes are behind.

        `OutputError` where it cannot be written, `InputError` where a file that all scenes share
        cannot be used (a font that has changed), `PartlyDone` where none of its scenes can be made.
        """
        indices = self.plan.indices(task)
        writer = ShardWriter(
            self.places, task, fingerprint=self.plan.fingerprint, scratch=self.scratch
        )
        rejections: Counter[str] = Counter()
        quarantined: list[Quarantined] = []
        try:
            for behind, index in enumerate(indices):
                mark(behind)
                spot = self.lost.get(index) or self._add(writer, index, rejections)
                if spot is not None:
                    quarantined.append(spot)
            mark(len(indices))
            if len(quarantined) == len(indices):
                raise PartlyDone(f"no sample of it can be made: {quarantined[0].message}")
            return writer.close(indices, rejections, quarantined)
        finally:
            writer.abandon()

    def _add(self, writer: ShardWriter, index: int, rejections: Counter[str]) -> Quarantined | None:
        """Add a sample to the shard, or say why it cannot be made."""
        try:
            made = self.factory.make(index)
        except (InputError, OutputError):
            # The next sample would meet it too. Once it is mended, the run goes on without a hole.
            raise
        except Rejection as fault:
            rejections.update((*fault.earlier, fault.reason))
            return Quarantined(index, fault.reason, str(fault))
        except Exception as fault:
            # One sample that trips a fault must not cost a run of a million; it is named in the
            # record and the exit code.
            at = extract_tb(fault.__traceback__)[-1]
            place = f"{PurePath(at.filename).name}, line {at.lineno}"
            return Quarantined(index, "fault", f"{type(fault).__name__}: {fault} ({place})")
        rejections.update(made.rejected)
        writer.add(key_of(index, self.plan.per_shard), made.members, made.row)
        return None


@dataclass(frozen=True, slots=True)
class MakerSetup:
    """What a worker is made from; crosses to its process by pickle."""

    recipe: Asked
    root: Path
    scratch: Path
    plan: Plan
    factory: str
    lost: Mapping[int, Quarantined]

    def __call__(self) -> ShardMaker:
        """The maker, with a factory of its own."""
        module, _, name = self.factory.partition(":")
        made: Factory = getattr(import_module(module), name)(self.recipe)
        return ShardMaker(Places(self.root), self.scratch, self.plan, made, self.lost)
