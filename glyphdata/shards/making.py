"""The work of a shard: make its samples one by one, leave out what cannot be made, publish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from itertools import count
from pathlib import Path, PurePath
from traceback import extract_tb
from typing import Protocol

from glyphdata.errors import InputError, OutputError, PartlyDone, Rejection
from glyphdata.shards.hand import Hand
from glyphdata.shards.keys import Key, Places
from glyphdata.shards.record import Quarantined, Record
from glyphdata.shards.shard import ShardWriter


class Encoded(Protocol):
    """A sample ready for its shard."""

    @property
    def key(self) -> str:
        """Its key."""
        ...

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
    """Makes samples; those of scene i depend on i alone."""

    def group(self, index: int) -> Sequence[Encoded]:
        """Scene `index` and its variants; `Rejection` where they cannot be made."""
        ...

    def tell(self, in_hand: Callable[[int], None]) -> None:
        """Let `in_hand` hear the token of each face before it is touched, and -1 after drawing."""
        ...

    def prove(self, token: int, mark: Callable[[int], None]) -> None:
        """Draw everything that a face draws; `mark` hears a growing number meanwhile."""
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

    def index_of(self, key: Key) -> int:
        """The scene that a sample's key names; `InputError` where there is no such scene."""
        index = key.shard * self.per_shard + key.place
        if key.place >= self.per_shard or index >= self.samples:
            raise InputError(
                f"there is no scene {key.place} of shard {key.shard}",
                hint=f"there are {self.samples} scenes, {self.per_shard} to a shard",
            )
        return index


@dataclass(frozen=True, slots=True)
class Lost:
    """A scene that no worker survived, and the tokens of the faces that it had touched."""

    spot: Quarantined
    faces: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class ShardMaker:
    """Makes whole shards, without the scenes that are `lost` or `excluded`."""

    places: Places
    scratch: Path
    plan: Plan
    factory: Factory
    lost: Mapping[int, Lost] = field(default_factory=dict)
    excluded: frozenset[int] = frozenset()

    def run(self, task: int, mark: Callable[[int], None]) -> Record:
        """Make shard `task`; `mark` hears how many of its scenes are behind.

        `OutputError` where it cannot be written, `InputError` where a file that all scenes share
        cannot be used (a font that has changed), `PartlyDone` where none of its scenes can be made.
        """
        writer = ShardWriter(
            self.places, task, fingerprint=self.plan.fingerprint, scratch=self.scratch
        )
        try:
            with Hand(self.scratch, task) as hand:
                self.factory.tell(hand.take)
                return self._filled(writer, self.plan.indices(task), mark, hand)
        finally:
            writer.abandon()

    def _filled(
        self, writer: ShardWriter, indices: range, mark: Callable[[int], None], hand: Hand
    ) -> Record:
        rejections: Counter[str] = Counter()
        quarantined: list[Quarantined] = []
        touched: set[int] = set()
        excluded = tuple(index for index in indices if index in self.excluded)
        for behind, index in enumerate(indices):
            mark(behind)
            if index in self.excluded:
                continue
            hand.begin()
            lost = self.lost.get(index)
            if lost is not None:
                touched |= lost.faces
            spot = self._add(writer, index, rejections) if lost is None else lost.spot
            if spot is not None:
                quarantined.append(spot)
        mark(len(indices))
        if len(excluded) == len(indices):
            raise PartlyDone("all of its scenes are excluded")
        if len(quarantined) + len(excluded) == len(indices):
            raise PartlyDone(f"no sample of it can be made: {quarantined[0].message}")
        faces = sum(1 << token for token in hand.touched() | touched)
        beats = count(len(indices) + 1)
        return writer.close(
            indices, rejections, quarantined, faces, excluded, lambda: mark(next(beats))
        )

    def _add(self, writer: ShardWriter, index: int, rejections: Counter[str]) -> Quarantined | None:
        """Add a scene and its variants to the shard, or say why they cannot be made."""
        try:
            group = self.factory.group(index)
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
        for made in group:
            rejections.update(made.rejected)
            writer.add(made.key, made.members, made.row)
        return None


@dataclass(frozen=True, slots=True)
class MakerSetup:
    """What a worker is made from; crosses to its process by pickle.

    `factory` names the class as `module:name`; `without` are the tokens of quarantined faces,
    `excluded` the scenes that are left out on request.
    """

    recipe: Asked
    root: Path
    scratch: Path
    plan: Plan
    factory: str
    lost: Mapping[int, Lost] = field(default_factory=dict)
    without: frozenset[int] = frozenset()
    excluded: frozenset[int] = frozenset()

    def __call__(self) -> ShardMaker:
        """The maker, with a factory of its own.

        `InputError` where the fonts, photographs or texts are no longer those of the plan: a worker
        that starts late in a run must draw from what the others did.
        """
        if self.recipe.inputs() != self.plan.inputs:
            raise InputError(
                "the fonts, photographs or texts have changed since the run began",
                hint="bring them back and run the same command again",
            )
        made = _factory(self.factory, self.recipe, self.without)
        places = Places(self.root)
        return ShardMaker(places, self.scratch, self.plan, made, self.lost, self.excluded)


@dataclass(frozen=True, slots=True)
class Prober:
    """Finds out whether a worker survives a face; its tasks are tokens."""

    factory: Factory

    def run(self, task: int, mark: Callable[[int], None]) -> None:
        """Draw everything that face `task` draws."""
        self.factory.prove(task, mark)


@dataclass(frozen=True, slots=True)
class ProberSetup:
    """What a prober is made from, as `MakerSetup` is for a maker."""

    recipe: Asked
    factory: str

    def __call__(self) -> Prober:
        """The prober, with a factory of its own."""
        return Prober(_factory(self.factory, self.recipe, frozenset()))


def _factory(name: str, recipe: Asked, without: frozenset[int]) -> Factory:
    module, _, kind = name.partition(":")
    made: Factory = getattr(import_module(module), kind)(recipe, without=without)
    return made
