"""Other people's pictures as a dataset of ours: list them once, then make samples as always.

The list of a source (`listing.py`) takes the place of a recipe's scenes: picture i of the list is
scene i. So an import is shared by workers, killed, gone on with and verified as any dataset is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from glyphdata.convert.importing.listing import Listing, cleared, listed
from glyphdata.convert.item import Item
from glyphdata.draw.encode import Format
from glyphdata.engines import Engine
from glyphdata.errors import OutputError
from glyphdata.generation import Summary, generate
from glyphdata.progress import Notice, Tell, silent
from glyphdata.recipe.open import dumped
from glyphdata.shards.claim import admit, claimed, recorded
from glyphdata.shards.durable import writing
from glyphdata.shards.keys import Places
from glyphdata.shards.making import Plan
from glyphdata.shards.manifest import Provenance
from glyphdata.shards.mirror import twin

Kept = Literal["keep", "jpg", "png", "webp"]
"""What pictures become: `keep` stays with what the source has, where it has one format alone."""

_MANY = 1 << 40


class Importer(Protocol):
    """What a file of `importers/` holds."""

    def read(self, source: Path) -> Iterator[Item]:
        """The pictures of the source, one by one, in an order that is the source's alone.

        `InputError` where the source is not of this format; what is wrong with one entry is said
        in its item.
        """
        ...


@dataclass(frozen=True, slots=True)
class Manner:
    """How an import is made.

    `name` is the dataset's, `license` that of pictures whose source tells none; `image` what
    pictures become, `boxes` whether samples have `boxes.png`, `per_shard` how many stand in a
    shard, `limit` the most pictures that are taken, the first ones.
    """

    name: str
    license: str = ""
    image: Kept = "keep"
    boxes: bool = True
    per_shard: int = 1000
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Size:
    """How many samples stand in a shard."""

    samples: int


@dataclass(frozen=True)
class Import:
    """An import as the engines run it: a source that is listed, and how it is made."""

    importer: Importer
    source: Path
    manner: Manner
    listing: Listing

    @property
    def name(self) -> str:
        """The name of the dataset."""
        return self.manner.name

    @property
    def samples(self) -> int:
        """How many pictures were listed."""
        return self.listing.count

    @property
    def shard(self) -> Size:
        """How they are split."""
        return Size(self.manner.per_shard)

    @property
    def format(self) -> Format:
        """What the pictures are in the dataset."""
        if self.manner.image != "keep":
            return self.manner.image
        formats: tuple[Format, ...] = ("jpg", "png", "webp")
        return next((one for one in formats if self.listing.kinds == (one,)), "jpg")

    def fingerprint(self) -> str:
        """What tells it from other imports: the format, its options, the manner."""
        return _fingerprint(self.importer, self.manner)

    def inputs(self) -> str:
        """The checksum of the list: what the source says, and the sizes of its pictures."""
        return self.listing.sha256

    def resolved(self) -> Mapping[str, object]:
        """How it was made, as plain values."""
        return {**_resolved(self.importer, self.manner), "samples": self.samples}


def _resolved(importer: Importer, manner: Manner) -> dict[str, object]:
    return {
        "name": manner.name,
        "seed": 0,
        "import": dumped("importers", importer),
        "license": manner.license,
        "image": manner.image,
        "boxes": manner.boxes,
        "shard": {"samples": manner.per_shard},
    }


def _fingerprint(importer: Importer, manner: Manner) -> str:
    told = json.dumps(_resolved(importer, manner), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def import_pictures(  # noqa: PLR0913 - how an import is run, one keyword each
    importer: Importer,
    source: Path | str,
    out: Path | str,
    manner: Manner,
    *,
    workers: int | None = None,
    overwrite: bool = False,
    exclude: Collection[str] | None = None,
    on_event: Tell | None = None,
    on_line: Callable[[bytes], None] | None = None,
    engine: Engine | None = None,
) -> Summary:
    """Make a dataset of a source's pictures in the folder `out`, or what is missing of it.

    The source is listed anew each time; one that has changed since the import began is refused. The
    list goes once the dataset is finished. `InputError` where the source is not of the importer's
    format, or has no pictures; `OutputError` where `out` is another dataset's, lies in the source,
    or is no folder for one; all else as `generate` has it.
    """
    source, places = Path(source).absolute(), Places.at(out)
    tell = on_event or silent
    fingerprint = _fingerprint(importer, manner)
    _apart(source, places)
    _admit(places, fingerprint, manner, overwrite=overwrite)

    asked = _listed(importer, source, manner, places, tell)
    if not overwrite:
        _unchanged(places, asked)
    summary = generate(
        asked,
        out,
        workers=workers,
        overwrite=overwrite,
        exclude=exclude,
        on_event=on_event,
        on_line=on_line,
        engine=engine,
        redraw="",
        factory="glyphdata.convert.importing.factory:Factory",
        provenance=_no_faces,
    )
    with writing(places.state):
        cleared(places.state, but=None if summary.finished else asked.listing.folder)
    return summary


def _listed(importer: Importer, source: Path, manner: Manner, places: Places, tell: Tell) -> Import:
    """List the source; the folders that were made for the list go where that fails."""

    def told(count: int) -> None:
        tell(Notice(f"{count:,} pictures listed"))

    try:
        found = listed(importer.read(source), source, places.state, manner.limit, told)
    except BaseException:
        with suppress(OSError):  # they stay where they hold anything
            places.state.rmdir()
            places.root.rmdir()
        raise
    return Import(importer, source, manner, found)


def _apart(source: Path, places: Places) -> None:
    """`OutputError` where the dataset would lie in its source, and be listed the next time."""
    out, source = places.root.resolve(), source.resolve()
    if out != source and source in out.parents:
        raise OutputError(
            f"{places.name} lies in the source, {source}", hint="choose a folder elsewhere"
        )


def _admit(places: Places, fingerprint: str, manner: Manner, *, overwrite: bool) -> None:
    """`OutputError` where the folder cannot be imported into, before the source is read."""
    if overwrite:
        with writing(places.root):
            used = places.root.exists() and any(places.root.iterdir())
        if used and not places.state.is_dir() and twin(places.root) is None:
            raise OutputError(
                f"{places.name} holds other things, and no dataset", hint="choose an empty folder"
            )
        return
    owner = claimed(places)
    # Whether the source is the same is not known yet; nor how many pictures it has.
    inputs = "" if owner is None else owner.inputs
    admit(places, Plan(_MANY, manner.per_shard, fingerprint, inputs), "if_possible")


def _unchanged(places: Places, asked: Import) -> None:
    owner = claimed(places)
    if owner is not None and recorded(places) and owner.inputs != asked.inputs():
        raise OutputError(
            f"the source has changed since its import into {places.name} began",
            hint="bring it back as it was, or pass --overwrite to import it anew",
        )


def _no_faces(_: Sequence[int]) -> Provenance:
    """An import shows no faces that are known."""
    return Provenance()
