"""Which samples a path holds, and where: from a dataset's index, or from the headers of tars."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from glyphdata.errors import InputError
from glyphdata.shards.index import read_index
from glyphdata.shards.keys import Places, shard_name
from glyphdata.train.ranges import Ranges, is_remote, walked

_VARIANT = re.compile(r"([0-9]{6,}-[0-9]{4,})-([0-9]{2,})")
_SECRET = re.compile(r"://[^/]*:[^/]*@|[?#]")
_COLUMNS = ("key", "shard", "offset", "size", "group", "variant")


@dataclass(frozen=True, slots=True)
class Rows:
    """One row per sample: its key, its group, its number in the group, its file and stretch."""

    keys: pa.Array
    groups: pa.Array
    numbers: NDArray[np.int32]
    files: NDArray[np.int32]
    offsets: NDArray[np.int64]
    sizes: NDArray[np.int64]

    @classmethod
    def joined(cls, parts: Sequence[Rows], files: Sequence[int]) -> Self:
        """The rows of several paths, of so many files each, numbered one after another."""
        before = np.cumsum([0, *files[:-1]]).astype(np.int32)
        return cls(
            pa.concat_arrays([part.keys for part in parts]),
            pa.concat_arrays([part.groups for part in parts]),
            np.concatenate([part.numbers for part in parts]),
            np.concatenate([part.files + start for part, start in zip(parts, before, strict=True)]),
            np.concatenate([part.offsets for part in parts]),
            np.concatenate([part.sizes for part in parts]),
        )

    def where(self, kept: NDArray[np.bool_]) -> Self:
        """Those rows that are kept."""
        mask = pa.array(kept)
        return type(self)(
            self.keys.filter(mask),
            self.groups.filter(mask),
            self.numbers[kept],
            self.files[kept],
            self.offsets[kept],
            self.sizes[kept],
        )

    def starts(self) -> NDArray[np.bool_]:
        """Which rows begin a group: another group, or another file, than the row before."""
        first = np.ones(len(self.keys), bool)
        if len(first) > 1:
            other = pc.not_equal(self.groups[1:], self.groups[:-1])
            first[1:] = np.asarray(other, bool) | (self.files[1:] != self.files[:-1])
        return first


@dataclass(frozen=True, slots=True)
class Opened:
    """What was found at a path."""

    rows: Rows
    files: tuple[str, ...]
    root: Path | None
    """The dataset's folder, where captions may stand beside the shards; None behind a URL."""
    manifest: dict[str, Any]
    sums: bytes
    faults: tuple[InputError, ...] = ()


def opened(path: str, damaged: Literal["stop", "skip"]) -> Opened:
    """The samples at a path: a dataset's folder, a folder of tars, a tar; `InputError` for none.

    With `skip` a tar is known as far as it can be walked through, and `faults` say why no further.
    """
    if is_remote(path) and _SECRET.search(path):
        raise InputError(
            f"the URL of {path.partition('://')[0]} holds a password or a query, which the run"
            " would remember",
            hint="give secrets by the environment or the store's own configuration files",
        )
    ranges = Ranges()
    if path.endswith(".tar"):
        return _walked_through((path,), None, {}, b"", damaged)
    inside = path.rstrip("/")
    manifest = ranges.whole(f"{inside}/.glyphdata/manifest.json")
    sums = ranges.whole(f"{inside}/SHA256SUMS") or b""
    root = None if is_remote(path) else Path(path)
    told = _object(manifest, f"{inside}/.glyphdata/manifest.json")
    table = _index(inside, root, ranges)
    if table is not None:
        return _listed(table, inside, root, told, sums)
    tars = ranges.tars(f"{inside}/data") or ranges.tars(inside)
    if not tars:
        raise InputError(
            f"{path} holds no dataset",
            hint="give a folder that `glyphdata generate` made, a folder of tars, or a tar",
        )
    return _walked_through(tuple(tars), root, told, sums, damaged)


def _index(inside: str, root: Path | None, ranges: Ranges) -> pa.Table | None:
    if root is not None:
        return read_index(Places(root), _COLUMNS)
    content = ranges.whole(f"{inside}/index/index.parquet")
    if content is None:
        return None
    try:
        return pq.read_table(io.BytesIO(content), columns=list(_COLUMNS))
    except (OSError, pa.ArrowException) as fault:
        raise InputError(f"the index of {inside} is not sound: {fault}") from None


def _listed(
    table: pa.Table, inside: str, root: Path | None, manifest: dict[str, Any], sums: bytes
) -> Opened:
    """The rows of an index; its shards lie in `data/`."""
    shards = table["shard"].to_numpy()
    numbers, files = np.unique(shards, return_inverse=True)
    keys = table["key"].combine_chunks()
    rows = Rows(
        keys,
        pc.coalesce(table["group"].combine_chunks(), keys),
        pc.fill_null(table["variant"], 0).to_numpy().astype(np.int32),
        files.astype(np.int32),
        table["offset"].to_numpy(),
        table["size"].to_numpy(),
    )
    names = tuple(f"{inside}/data/{shard_name(int(number))}" for number in numbers)
    return Opened(rows, names, root, manifest, sums)


def _walked_through(
    tars: tuple[str, ...],
    root: Path | None,
    manifest: dict[str, Any],
    sums: bytes,
    damaged: Literal["stop", "skip"],
) -> Opened:
    """The samples of tars by their headers: members with one key, next to each other."""
    stretches: list[tuple[str, int, int, int]] = []
    faults: list[InputError] = []
    for file, path in enumerate(tars):
        found, fault = walked(path)
        if fault is not None and damaged == "stop":
            raise fault
        faults += [] if fault is None else [fault]
        for member in found:
            if stretches and stretches[-1][:2] == (member.key, file):
                key, _, start, _ = stretches.pop()
            else:
                key, start = member.key, member.header
            stretches.append((key, file, start, member.end - start))
    return Opened(_rows(stretches), tars, root, manifest, sums, tuple(faults))


def _rows(stretches: Sequence[tuple[str, int, int, int]]) -> Rows:
    """Keys that end in a variant's number make groups, as ours do; any other is its own."""
    named = [(_VARIANT.fullmatch(key), key) for key, *_ in stretches]
    table = np.array([stretch[1:] for stretch in stretches], np.int64).reshape(-1, 3)
    return Rows(
        pa.array([key for _, key in named], pa.string()),
        pa.array([found[1] if found else key for found, key in named], pa.string()),
        np.array([int(found[2]) if found else 0 for found, _ in named], np.int32),
        table[:, 0].astype(np.int32),
        table[:, 1].copy(),
        table[:, 2].copy(),
    )


def _object(content: bytes | None, path: str) -> dict[str, Any]:
    if content is None:
        return {}
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as fault:
        raise InputError(f"{path} is no JSON: {fault}", hint="generate again") from None
    return found if isinstance(found, dict) else {}
