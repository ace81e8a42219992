"""Where groups come from: shards by number, one read for each group.

A source is numbered by group: an original and its variants, or a single sample. Ours are found by
their index, any other webdataset by the headers of its tars (each sample a group of its own). A
group that cannot be read is a `Damage`, named; what comes of it is the loader's policy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from glyphdata.errors import InputError
from glyphdata.shards import tarread
from glyphdata.shards.keys import Places, number_of
from glyphdata.shards.manifest import RegistryDigest
from glyphdata.shards.overlay import Overlay
from glyphdata.train.listing import Rows, opened
from glyphdata.train.ranges import Ranges

Spelling = Literal["v1", "v2", "none"]
"""How faces are spelled in a dataset's prompts."""


class Damage(InputError):
    """A group that cannot be read: cut short, overwritten, gone."""


@dataclass(frozen=True, slots=True)
class Member:
    """One picture of a group as it lies in its shard; nothing is taken apart before `files`."""

    key: str
    number: int
    """Its place in the group; 0 is the original."""
    stretch: bytes
    shard: str
    overlay: tuple[Overlay, int] | None = None
    """The captions beside its shard, and that shard's number."""

    def files(self, *, captions: bool = False) -> dict[str, bytes]:
        """Its files by extension, with `captions` those beside the shard too; `Damage` where the
        stretch is not this sample.
        """
        try:
            found = tarread.sample(self.stretch, self.key)
            if captions and self.overlay is not None:
                beside, number = self.overlay
                return beside.joined(number, self.key, found)
            return found
        except InputError as fault:
            raise damage(fault, self.shard, self.key) from None


class Source(Protocol):
    """Groups by number."""

    @property
    def name(self) -> str:
        """What it is called in messages: its path."""

    @property
    def fingerprint(self) -> str:
        """A SHA-256, in hex, of which samples there are and in which shards."""

    @property
    def registries(self) -> tuple[RegistryDigest, ...]:
        """Which registries of tokens it was made with, as its manifest says."""

    @property
    def spelling(self) -> Spelling:
        """How it spells faces."""

    @property
    def most(self) -> int:
        """How many pictures the largest group has."""

    def __len__(self) -> int: ...

    def key(self, group: int) -> str:
        """What a group is called."""

    def pictures(self, group: int) -> tuple[Member, ...]:
        """The pictures of a group, the original first; `Damage` where they cannot be read."""

    def texts(self) -> Iterator[str]:
        """The texts of all pictures, for an alphabet; those of a picture may be one text."""


class Shards:
    """The groups of datasets in shards, in the order of their shards' names.

    A path is the folder of a dataset, a folder of tars, or one tar, here or behind a URL that
    fsspec knows. `exclude` are keys of samples or groups that are not read. `InputError` where
    there is nothing to read, or `damaged` is `stop` and a tar without an index cannot be walked
    through.
    """

    def __init__(
        self,
        *paths: Path | str,
        exclude: Collection[str] = (),
        damaged: Literal["stop", "skip"] = "stop",
    ) -> None:
        places = sorted({str(path) for path in paths})
        self.name = ", ".join(places)
        self._damaged = damaged
        found = [opened(place, damaged) for place in places]
        self.faults = tuple(fault for one in found for fault in one.faults)
        """Why tars without an index could not be walked through to their end."""
        self._manifests = [one.manifest for one in found]
        self._roots = tuple((one.root, len(one.files)) for one in found)
        self._sums = tuple(one.sums for one in found)
        self._files = tuple(name for one in found for name in one.files)
        rows = _kept(
            Rows.joined([one.rows for one in found], [len(one.files) for one in found]),
            frozenset(exclude),
        )
        if not len(rows.keys):
            raise InputError(f"{self.name} holds no samples", hint="give a dataset with samples")
        self._rows = rows
        starts = np.flatnonzero(rows.starts())
        self._firsts: NDArray[np.int64] = np.append(starts, len(rows.keys))
        self._ranges = Ranges()

    def __len__(self) -> int:
        return len(self._firsts) - 1

    @property
    def most(self) -> int:
        """How many pictures the largest group has."""
        return int(np.diff(self._firsts).max())

    @property
    def samples(self) -> int:
        """How many pictures there are in all groups."""
        return len(self._rows.keys)

    @cached_property
    def fingerprint(self) -> str:
        """A SHA-256, in hex, of the keys, where they stand, and the shards' checksums if known."""
        digest = hashlib.sha256()
        for column in (self._rows.offsets, self._rows.sizes):
            digest.update(np.ascontiguousarray(column, "<i8").tobytes())
        for chunk in self._rows.keys.to_pylist():
            digest.update(chunk.encode("utf-8", "surrogatepass") + b"\n")
        for sums in self._sums:
            digest.update(sums)
        return digest.hexdigest()

    @property
    def registries(self) -> tuple[RegistryDigest, ...]:
        """Those of the manifests, each once."""
        try:
            listed = (one for manifest in self._manifests for one in manifest.get("registries", ()))
            found = (RegistryDigest(one["name"], one["entries"], one["sha256"]) for one in listed)
            return tuple(dict.fromkeys(found))
        except (KeyError, TypeError):
            raise InputError(
                f"a manifest of {self.name} does not say which registries it means",
                hint="restore .glyphdata/manifest.json, or remove it",
            ) from None

    @cached_property
    def spelling(self) -> Spelling:
        """How the manifest says faces are spelled, or else the first prompt."""
        for manifest in self._manifests:
            recipe = manifest.get("recipe")
            faces = recipe.get("faces") if isinstance(recipe, dict) else None
            spelled = faces.get("tokens") if isinstance(faces, dict) else None
            if spelled in ("v1", "v2"):
                return "v1" if spelled == "v1" else "v2"
        prompt = self._first_prompt()
        return "v1" if "<font-" in prompt else "v2" if "-font-" in prompt else "none"

    def _first_prompt(self) -> str:
        """The prompt of the first picture that can be read; empty where there is none."""
        for group in range(len(self)):
            try:
                facts = orjson.loads(self.pictures(group)[0].files().get("json", b"{}"))
                return str(facts.get("prompt", ""))
            except (Damage, orjson.JSONDecodeError, AttributeError):
                if self._damaged == "stop":
                    raise
        return ""

    def key(self, group: int) -> str:
        """What a group is called: as its samples say, or the one sample's key."""
        return str(self._rows.groups[int(self._firsts[group])].as_py())

    def pictures(self, group: int) -> tuple[Member, ...]:
        """See `Source.pictures`: one read from the group's first byte to its last."""
        first, end = int(self._firsts[group]), int(self._firsts[group + 1])
        rows = self._rows
        path = self._files[int(rows.files[first])]
        start = int(rows.offsets[first])
        size = int(rows.offsets[end - 1] + rows.sizes[end - 1]) - start
        key = self.key(group)
        try:
            blob = self._ranges.read(path, start, size)
        except InputError as fault:
            raise damage(fault, path, key) from None
        if len(blob) != size:
            raise damage(InputError("is cut short"), path, key)
        overlay = self._overlay(int(rows.files[first]))
        return tuple(
            Member(
                rows.keys[row].as_py(),
                int(rows.numbers[row]),
                blob[int(rows.offsets[row]) - start :][: int(rows.sizes[row])],
                path,
                overlay,
            )
            for row in range(first, end)
        )

    def texts(self) -> Iterator[str]:
        """See `Source.texts`; every sample's json is read."""
        for group in range(len(self)):
            for member in self.pictures(group):
                facts = orjson.loads(member.files().get("json", b"{}"))
                yield from (str(box.get("text", "")) for box in facts.get("boxes", ()))

    def _overlay(self, file: int) -> tuple[Overlay, int] | None:
        """The captions beside a file, if it is one of our shards, here."""
        number = number_of(Path(self._files[file]))
        for place, (_, files) in enumerate(self._roots):
            if file < files:
                beside = self._overlays[place]
                return None if beside is None or number is None else (beside, number)
            file -= files
        return None

    @cached_property
    def _overlays(self) -> list[Overlay | None]:
        """The captions beside the shards of each path; those behind a URL are not read."""
        return [None if root is None else Overlay(Places(root)) for root, _ in self._roots]


def damage(fault: InputError, path: str, key: str) -> Damage:
    """The fault of a group or sample of the shard at `path`, as damage."""
    return Damage(
        f"group or sample {key} of {path} cannot be read: {fault.message}",
        hint="fetch the shard again, run `glyphdata generate` again, or go on without such"
        " groups: -s damaged=skip",
    )


def _kept(rows: Rows, exclude: frozenset[str]) -> Rows:
    """The rows whose key and group are not excluded."""
    if not exclude:
        return rows
    gone = pa.array(sorted(exclude), pa.string())
    out = pc.or_(pc.is_in(rows.keys, value_set=gone), pc.is_in(rows.groups, value_set=gone))
    return rows.where(~np.asarray(out, bool))
