"""The captions beside the shards of a source, at hand by key without being held."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glyphdata.errors import InputError
from glyphdata.shards.keys import Places
from glyphdata.shards.overlay import folder_of, overlay_of

_KEY = re.compile(rb'"key"\s*:\s*"([^"\\]*)"')


class _Lines(NamedTuple):
    """Where the lines of a shard's captions stand, by key, rising."""

    keys: NDArray[np.bytes_]
    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]


class Beside:
    """The lines of captions that stand beside the shards of a dataset.

    Only where each stands is remembered: samples are taken from all over a source.
    """

    def __init__(self, places: Places) -> None:
        self._places = places
        self._there = folder_of(places).is_dir()
        self._found: dict[int, _Lines | None] = {}

    def line(self, shard: int, key: str) -> bytes | None:
        """The captions of a sample, unchecked; None for none. `InputError` where unreadable."""
        if not self._there:
            return None
        if shard not in self._found:
            self._found[shard] = self._scanned(shard)
        lines = self._found[shard]
        if lines is None:
            return None
        at = int(np.searchsorted(lines.keys, key.encode()))
        if at == len(lines.keys) or lines.keys[at] != key.encode():
            return None
        return self._read(shard, int(lines.starts[at]), int(lines.sizes[at]))

    def _scanned(self, shard: int) -> _Lines | None:
        path = overlay_of(self._places, shard)
        keys, starts, sizes, at = [], [], [], 0
        try:
            with path.open("rb") as file:
                for number, line in enumerate(file, 1):
                    found = _KEY.search(line)
                    if found is None:
                        raise InputError(
                            f"{path}, line {number}: no captions stand there",
                            hint="mend it, or remove the file and caption again",
                        )
                    keys.append(found[1])
                    starts.append(at)
                    sizes.append(len(line.rstrip(b"\n")))
                    at += len(line)
        except FileNotFoundError:
            return None
        except OSError as fault:
            raise InputError(f"cannot read {path}: {fault.strerror}") from None
        if not keys:
            return None
        names = np.array(keys)
        order = np.argsort(names, kind="stable")
        return _Lines(names[order], np.array(starts)[order], np.array(sizes)[order])

    def _read(self, shard: int, start: int, size: int) -> bytes:
        path = overlay_of(self._places, shard)
        try:
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                return os.pread(file, size, start)
            finally:
                os.close(file)
        except OSError as fault:
            raise InputError(f"cannot read {path}: {fault.strerror}") from None
