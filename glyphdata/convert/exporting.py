"""From a dataset of ours to a folder in another format: which samples, and what came of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import orjson
from numpy.typing import NDArray

from glyphdata.convert.folder import MARK, Folder
from glyphdata.convert.growing import growing
from glyphdata.convert.picture import Picture
from glyphdata.errors import InputError
from glyphdata.progress import Notice, Progress, Tell, silent
from glyphdata.recipe.open import dumped
from glyphdata.review.where import parse_where
from glyphdata.shards.dataset import Dataset
from glyphdata.shards.index import read_index
from glyphdata.shards.keys import Places

_TOLD = 20  # unreadable samples that are named; the others are counted


class Exporter(Protocol):
    """What a file of `exporters/` holds.

    One that reads the instance mask of every picture says so with a class variable `masked`, so
    that a sample whose mask is damaged is left out like any other that cannot be read.
    """

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        """Write all samples; `InputError` where they lack a member that the format needs."""
        ...


@dataclass(frozen=True, slots=True)
class Choice:
    """Which samples are exported.

    `where` are conditions as `--where` takes them, `only` and `exclude` keys of samples, `limit`
    the most that are taken, the first ones.
    """

    where: Sequence[str] = ()
    only: Collection[str] | None = None
    exclude: Collection[str] = ()
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """What came of an export.

    `skipped` are the things that the format cannot say: the reason, how many, and the key of the
    first. `unread` counts samples that could not be read, `faults` tells of the first ones.
    """

    dest: Path
    samples: int
    skipped: tuple[tuple[str, int, str], ...]
    unread: int
    faults: tuple[tuple[str, str], ...]
    seconds: float

    @property
    def whole(self) -> bool:
        """Was every sample asked for read? The exit code is 4 where not."""
        return not self.unread


def export(
    dataset: Path | str,
    dest: Path | str,
    exporter: Exporter,
    choice: Choice | None = None,
    *,
    overwrite: bool = False,
    on_event: Tell | None = None,
) -> Exported:
    """Write the samples of a dataset that are chosen to the folder `dest` by `exporter`.

    The folder appears whole or not at all; memory does not grow with the samples. `InputError`
    where there is no dataset, none of its samples is meant, or they lack what the format needs;
    `OutputError` where something stands at `dest`, or where it cannot be written.
    """
    began, dest = time.monotonic(), Path(dest)
    ours, tell = Dataset(dataset), on_event or silent
    places = Places(ours.path)
    if places.claim.exists() and not places.manifest.exists():
        tell(Notice(f"{places.name} is unfinished: what it has so far is exported"))
    wanted = _chosen(ours, choice or Choice(), tell)
    walk = _Walk(ours, wanted, tell, getattr(exporter, "masked", False))
    with growing(dest, apart=ours.path, overwrite=overwrite) as folder:
        exporter.write(walk, folder)
        if not walk.read:
            raise InputError("none of the samples could be read", hint="`glyphdata verify` it")
        folder.put(MARK, _mark(places, exporter, walk.read))
        skipped = tuple(
            (reason, count, folder.examples[reason])
            for reason, count in sorted(folder.skipped.items())
        )
    seconds = time.monotonic() - began
    return Exported(dest, walk.read, skipped, walk.unread, tuple(walk.faults), seconds)


@dataclass(slots=True)
class _Walk:
    """The chosen samples, one by one; those that cannot be read are counted and left out."""

    dataset: Dataset
    numbers: NDArray[np.int64]
    tell: Callable[[Progress | Notice], None]
    masked: bool = False
    read: int = 0
    unread: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)

    def __iter__(self) -> Iterator[Picture]:
        of = len(self.numbers)
        for behind, number in enumerate(self.numbers.tolist()):
            self.tell(Progress(behind, of))
            try:
                picture = self._picture(number)
            except InputError as fault:
                self._leave(number, fault)
                continue
            self.read += 1
            yield picture
        self.tell(Progress(of, of))

    def _picture(self, number: int) -> Picture:
        """Read now, or else half of it is written before its damage is found."""
        picture = Picture(self.dataset[number])
        picture.encoded, picture.boxes  # noqa: B018
        if self.masked and "mask.png" in picture.record.members:
            picture.mask  # noqa: B018
        return picture

    def _leave(self, number: int, fault: InputError) -> None:
        self.unread += 1
        if len(self.faults) < _TOLD:
            self.faults.append((self.dataset.key(number), str(fault)))


def _chosen(dataset: Dataset, choice: Choice, tell: Tell) -> NDArray[np.int64]:
    """The numbers of the samples that are meant, in order."""
    meant = np.ones(len(dataset), np.bool_)
    where = parse_where(choice.where)
    if where.terms:
        table = read_index(Places(dataset.path), where.columns)
        if table is None:
            raise InputError("there is no index to choose by", hint="generate the dataset again")
        meant &= np.asarray(where.mask(table).to_numpy(zero_copy_only=False), np.bool_)
    if choice.only is not None:
        listed, strangers = dataset.holds(choice.only)
        if strangers:
            raise InputError(
                f"there is no sample {strangers[0]!r} in {dataset.path}",
                hint=f"{len(strangers)} of {len(choice.only)} keys are of another dataset",
            )
        meant &= listed
    if choice.exclude:
        listed, strangers = dataset.holds(choice.exclude)
        if strangers:
            tell(Notice(f"{len(strangers)} excluded keys are not in the dataset"))
        meant &= ~listed
    numbers = np.flatnonzero(meant)[: choice.limit]
    if not len(numbers):
        raise InputError(f"none of the {len(dataset)} samples is meant", hint="ask for less")
    return numbers


def _mark(places: Places, exporter: Exporter, samples: int) -> bytes:
    """What the export was made from; no time and no path, so that the same export is the same."""
    try:
        manifest = orjson.loads(places.manifest.read_bytes())
        made_from = {
            "name": manifest["recipe"]["name"],
            "fingerprint": manifest["fingerprint"]["value"],
        }
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        made_from = {"name": "", "fingerprint": ""}
    told = {
        "schema": "glyphdata.export/1",
        "dataset": made_from,
        "exporter": dumped("exporters", exporter),
        "samples": samples,
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n"
