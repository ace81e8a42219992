"""MosaicML's MDS: shards of samples that are read by number, and their index."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import orjson
from pydantic import Field

from glyphdata.convert.folder import Folder
from glyphdata.convert.picture import Picture
from glyphdata.convert.writing.rows import Level, caption_of, texts_of
from glyphdata.convert.writing.units import Size
from glyphdata.shards.durable import writing

_BLOCK = 1 << 20
_PICTURES = {"jpg": "jpeg", "png": "png", "webp": "bytes"}
_SIZES = {"int": 8}
"""Bytes of the encodings that always have as many."""

Hash = Literal["sha1", "sha256", "md5"]
"""A checksum that MosaicML's reader knows."""


@dataclass(frozen=True, slots=True)
class Mds:
    """MosaicML Streaming (MDS): shards that are read by number, and `index.json`.

    Export: {kind: mds, level: 0, unit: box, size_limit_mb: 64, hashes: [sha1]}

    Read by `streaming.StreamingDataset`. The columns are `image` (the picture's file: `jpeg`,
    `png`, or `bytes` for WebP), `key` and `text` (`str`), `width` and `height` (`int`) and
    `objects` (`json`): the texts of the picture by field, one for each `unit`. `text` is the
    sample's `txt`, or for `level` 1 to 6 that plain caption. A shard has at most `size_limit_mb`
    mebibytes, or one sample; `hashes` are the checksums of shards that the index gives.
    """

    level: Level = 0
    unit: Size = "box"
    size_limit_mb: Annotated[int, Field(ge=1, le=4095)] = 64
    hashes: tuple[Hash, ...] = ()

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        """Write `shard.00000.mds` and so on, and `index.json` last."""
        told: list[dict[str, object]] = []
        limit = self.size_limit_mb << 20
        samples = ((picture.extension, self._row(picture)) for picture in pictures)
        sample = next(samples, None)
        while sample is not None:
            config = self._config(_PICTURES[sample[0]])
            written = orjson.dumps(config, option=orjson.OPT_SORT_KEYS)
            name, sizes = f"shard.{len(told):05d}.mds", list[int]()
            size = 8 + len(written)
            # What stands before the samples needs their sizes: they wait in a file aside.
            with folder.open(f"{name}.part") as part:
                while sample and (not sizes or size + 4 + len(sample[1]) <= limit):
                    part.write(sample[1])
                    sizes.append(len(sample[1]))
                    size += 4 + len(sample[1])
                    sample = next(samples, None)
            file = _assembled(folder, name, _head(sizes, written), self.hashes)
            told.append(config | {"samples": len(sizes), "raw_data": file, "zip_data": None})
        folder.json("index.json", {"shards": told, "version": 2})

    def _row(self, picture: Picture) -> bytes:
        """A sample: the sizes of the columns that have no fixed one, then all columns."""
        values = {
            "height": np.int64(picture.height).astype("<i8").tobytes(),
            "image": picture.encoded,
            "key": picture.key.encode(),
            "objects": orjson.dumps(texts_of(picture, self.unit)),
            "text": caption_of(picture, self.level).encode(),
            "width": np.int64(picture.width).astype("<i8").tobytes(),
        }
        sizes = [len(values[name]) for name, kind in _columns("").items() if kind not in _SIZES]
        return np.array(sizes, "<u4").tobytes() + b"".join(values.values())

    def _config(self, image: str) -> dict[str, object]:
        columns = _columns(image)
        return {
            "version": 2,
            "format": "mds",
            "compression": None,
            "hashes": list(self.hashes),
            "size_limit": self.size_limit_mb << 20,
            "column_names": list(columns),
            "column_encodings": list(columns.values()),
            "column_sizes": [_SIZES.get(kind) for kind in columns.values()],
        }


def _columns(image: str) -> dict[str, str]:
    """The encoding of each column, by name: they stand in alphabetical order."""
    return {
        "height": "int",
        "image": image,
        "key": "str",
        "objects": "json",
        "text": "str",
        "width": "int",
    }


def _head(sizes: list[int], config: bytes) -> bytes:
    """How many samples, where each begins and the last ends, and how they are encoded."""
    behind = 4 + 4 * (len(sizes) + 1) + len(config)
    offsets = np.cumsum([behind, *sizes]).astype("<u4")
    return np.array([len(sizes)], "<u4").tobytes() + offsets.tobytes() + config


def _assembled(folder: Folder, name: str, head: bytes, hashes: Sequence[Hash]) -> dict[str, object]:
    """Write a shard: its head, and the samples that wait aside; what the index says of the file."""
    sums = {one: hashlib.new(one, usedforsecurity=False) for one in hashes}
    size, part = 0, folder.at(f"{name}.part")
    with folder.open(name) as file:
        for block in chain([head], _blocks(part)):
            file.write(block)
            size += len(block)
            for one in sums.values():
                one.update(block)
    part.unlink()
    found = {one: made.hexdigest() for one, made in sums.items()}
    return {"basename": name, "bytes": size, "hashes": found}


def _blocks(path: Path) -> Iterator[bytes]:
    with writing(path), path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block
