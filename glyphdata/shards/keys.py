"""What things are called: the keys of samples, the names of shards, the places in a dataset."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import NamedTuple, Self

from glyphdata.errors import InputError
from glyphdata.shards import mirror

PICTURES = ("jpg", "png", "webp")
"""The members that hold a sample's picture; a sample has one of them."""

_KEY = re.compile(r"([0-9]{6,})-([0-9]{4,})(?:-([0-9]{2,}))?")


class Key(NamedTuple):
    """A sample's shard, its place among that shard's scenes, and its variant (0: the original)."""

    shard: int
    place: int
    variant: int

    @classmethod
    def parse(cls, text: str) -> Key:
        """The key that `text` spells, such as `000003-0017-02`; `InputError` otherwise."""
        found = _KEY.fullmatch(text)
        if found is None:
            raise InputError(
                f"{text!r} is no key of a sample",
                hint="keys look like 000003-0017 or 000003-0017-02",
            )
        return cls(int(found[1]), int(found[2]), int(found[3] or 0))


def key_of(index: int, shard_samples: int, variant: int = 0, *, variants: int = 0) -> str:
    """The key of scene `index` in shards of `shard_samples`: six digits of shard, four of place.

    The place is wider where shards hold more than 10000 scenes. `variants` is how many variants
    each scene of the dataset has besides its original; where there are any, every key ends in the
    variant, the original being `-00`.
    """
    shard, place = divmod(index, shard_samples)
    digits = max(4, len(str(shard_samples - 1)))
    key = f"{shard:06d}-{place:0{digits}d}"
    return f"{key}-{variant:0{max(2, len(str(variants)))}d}" if variants else key


def shard_name(number: int) -> str:
    """The file name of a shard."""
    return f"train-{number:06d}.tar"


@dataclass(frozen=True, slots=True)
class Places:
    """Where the files of the dataset in `root` lie, which may be the mirror of a URL."""

    root: Path

    @classmethod
    def at(cls, place: Path | str) -> Self:
        """The places of the dataset that a path or URL names; those of a URL lie in its mirror.

        `InputError` for a URL that cannot be one of a dataset's.
        """
        return cls(mirror.root_of(place).absolute())

    @property
    def name(self) -> str:
        """What the dataset is called in messages: its folder, or its URL."""
        return mirror.told(self.root)

    @property
    def data(self) -> Path:
        """The folder of the shards."""
        return self.root / "data"

    @property
    def sizes(self) -> Path:
        """How many samples each shard has, as open_clip reads it."""
        return self.data / "sizes.json"

    @property
    def index(self) -> Path:
        """The merged index, one row per sample."""
        return self.root / "index" / "index.parquet"

    @property
    def sums(self) -> Path:
        """The checksums of the shards, as `sha256sum -c` reads them."""
        return self.root / "SHA256SUMS"

    @property
    def card(self) -> Path:
        """The dataset card."""
        return self.root / "README.md"

    @property
    def croissant(self) -> Path:
        """What the card tells, for programs: Croissant."""
        return self.root / "croissant.json"

    @property
    def showcase(self) -> Path:
        """The folder of the few pictures that the card shows."""
        return self.root / "samples"

    @property
    def state(self) -> Path:
        """The folder of what is known about the making."""
        return self.root / ".glyphdata"

    @property
    def scratch(self) -> Path:
        """Where files grow before they are published."""
        return self.state / "tmp"

    @property
    def records(self) -> Path:
        """The folder of the completion records."""
        return self.state / "shards"

    @property
    def manifest(self) -> Path:
        """What was made and from what; written last."""
        return self.state / "manifest.json"

    @property
    def claim(self) -> Path:
        """Which recipe the folder belongs to; written first."""
        return self.state / "recipe.json"

    @property
    def log(self) -> Path:
        """What happened and when, one JSON object a line."""
        return self.state / "log.jsonl"

    def shard(self, number: int) -> Path:
        """The tar of a shard."""
        return self.data / shard_name(number)

    def part(self, number: int) -> Path:
        """The index of one shard, until it is merged."""
        return self.root / "index" / f"part-{number:06d}.jsonl"

    def record(self, number: int) -> Path:
        """The completion record of a shard."""
        return self.records / f"{number:06d}.json"

    def shown(self) -> tuple[Path, ...]:
        """The pictures for the card that are there, in order."""
        found = (self.showcase.glob(f"*.{one}") for one in PICTURES)
        ours = (path for paths in found for path in paths if _KEY.fullmatch(path.stem))
        return tuple(sorted(ours))

    def shards(self) -> tuple[Path, ...]:
        """The shards that are there, in order."""
        return tuple(sorted(self.data.glob("train-*.tar")))


def number_of(shard: PurePath) -> int | None:
    """The number in a tar's name; None where it is not called as our shards are."""
    digits = shard.stem.removeprefix("train-")
    plain = digits.isascii() and digits.isdecimal()
    return int(digits) if plain and shard.name == shard_name(int(digits)) else None


def strays(places: Places, named: Collection[int]) -> list[int]:
    """The numbers of the tars that are there, called as shards are, but are none of those named."""
    numbers = {number_of(path) for path in places.shards()}
    return sorted(number for number in numbers if number is not None and number not in named)
