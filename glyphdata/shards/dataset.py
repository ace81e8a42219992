"""Reading a dataset: sample by sample, by number or key, or as a stream."""

from __future__ import annotations

import io
import os
import weakref
from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal, overload

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from glyphdata.errors import InputError
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Pixels
from glyphdata.scene.showing import Shown
from glyphdata.shards import mirror, tarread
from glyphdata.shards.blending import Blend, Blender, own_captions
from glyphdata.shards.index import read_index
from glyphdata.shards.keys import PICTURES, Places, number_of, shard_name
from glyphdata.shards.overlay import MEMBER, Overlay

MAX_PIXELS = 1 << 27
"""The largest picture that is decoded: 134 million pixels."""

_OPEN_AT_ONCE = 64
_AGAIN = "fetch it again, or run `glyphdata generate` again: it makes what is missing"


@dataclass(frozen=True, slots=True)
class Record(Shown):
    """One sample as it lies in its shard: its key, and its members by extension.

    Nothing is decoded before it is asked for. Each method raises `InputError` where the sample has
    no such member, or where that cannot be read.
    """

    key: str
    members: dict[str, bytes]

    def __repr__(self) -> str:
        told = ", ".join(f"{name} {len(content)}" for name, content in self.members.items())
        return f"Record({self.key}: {told} bytes)"

    @property
    def picture(self) -> bytes:
        """The picture as it was encoded."""
        return self._one_of(PICTURES)

    @property
    def text(self) -> str:
        """The caption (`txt`)."""
        return self._one_of(("txt",)).decode()

    @property
    def facts(self) -> dict[str, Any]:
        """What is true of the picture (`json`)."""
        return self._object("json")

    @property
    def layout(self) -> dict[str, Any]:
        """Every line, word and cluster (`layout.json`)."""
        return self._object("layout.json")

    @property
    def captions(self) -> dict[str, Any]:
        """The captions of all levels (`captions.json`), those beside the shards before all."""
        return self._object(MEMBER)

    def pixels(self) -> Pixels:
        """The picture, decoded: height × width × 3, sRGB."""
        return _decoded(self.key, self.picture, "RGB")

    def glyph(self) -> Pixels:
        """The ink alone on black, decoded: height × width × 3."""
        return _decoded(self.key, self._one_of(("glyph.png", "glyph.jpg")), "RGB")

    def mask(self) -> NDArray[np.uint16]:
        """Whose cluster each pixel is: height × width, 0 for the background."""
        return _decoded(self.key, self._one_of(("mask.png",)), "").astype(np.uint16)

    def box_mask(self) -> NDArray[np.uint8]:
        """Whose box each pixel is: height × width, 0 for the background."""
        return _decoded(self.key, self._one_of(("boxes.png",)), "").astype(np.uint8)

    def _one_of(self, extensions: tuple[str, ...]) -> bytes:
        for extension in extensions:
            if extension in self.members:
                return self.members[extension]
        raise InputError(
            f"sample {self.key} has no {' or '.join(extensions)}",
            hint=f"it has {', '.join(self.members)}; "
            + ("`glyphdata caption` makes them" if MEMBER in extensions else "`outputs` chooses"),
        )

    def _object(self, extension: str) -> dict[str, Any]:
        try:
            value = orjson.loads(self._one_of((extension,)))
        except orjson.JSONDecodeError as fault:
            raise InputError(f"{extension} of sample {self.key} is no JSON: {fault}") from None
        if not isinstance(value, dict):
            raise InputError(f"{extension} of sample {self.key} is no JSON object")
        return value


class Dataset:
    """A dataset in a folder or behind a URL, as a sequence of its samples, shard by shard.

    >>> Dataset("out")[0].facts["boxes"]  # doctest: +SKIP

    It reads where each sample stands from the index, or from the tars where there is none, and
    joins the captions that stand beside the shards. It is cheap to send to another process.
    """

    def __init__(self, path: Path | str) -> None:
        """`InputError` where there is no dataset, or where its index is damaged."""
        self.path = mirror.root_of(path)
        mirror.refresh(self.path)
        self._far = mirror.twin(self.path)
        self._places = Places(self.path)
        if not self.path.is_dir():
            raise InputError(f"there is no folder {self.path}", hint="give the folder of a dataset")
        table = read_index(self._places, ["key", "shard", "offset", "size"])
        if table is None:
            table = _scanned(self._places)
        self._keys = table["key"].combine_chunks()
        self._shards: NDArray[np.int32] = table["shard"].to_numpy()
        self._offsets: NDArray[np.int64] = table["offset"].to_numpy()
        self._sizes: NDArray[np.int64] = table["size"].to_numpy()
        self._numbers: dict[str, int] | None = None
        self._files: OrderedDict[int, int] = OrderedDict()
        weakref.finalize(self, _close, self._files)
        self._overlay = Overlay(self._places)

    def __reduce__(self) -> tuple[type[Dataset], tuple[Path]]:
        return (Dataset, (self.path,))

    def __len__(self) -> int:
        return len(self._shards)

    def __iter__(self) -> Iterator[Record]:
        return (self._at(number) for number in range(len(self)))

    @overload
    def __getitem__(self, which: int | str) -> Record: ...

    @overload
    def __getitem__(self, which: slice) -> list[Record]: ...

    def __getitem__(self, which: int | str | slice) -> Record | list[Record]:
        """A sample by number or key, or several by slice; `IndexError`, `InputError` for none."""
        if isinstance(which, slice):
            return [self._at(number) for number in range(*which.indices(len(self)))]
        if isinstance(which, str):
            return self._at(self._number(which))
        number = which + len(self) if which < 0 else which
        if not 0 <= number < len(self):
            raise IndexError(f"there is no sample {which} among {len(self)}")
        return self._at(number)

    def keys(self) -> Iterator[str]:
        """The keys of all samples, in order."""
        return (key.as_py() for key in self._keys)

    def key(self, number: int) -> str:
        """The key of a sample by its number; nothing but the index is read."""
        return str(self._keys[number].as_py())

    def holds(self, keys: Collection[str]) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
        """For each sample, is it among these keys? And those of the keys that are no sample's."""
        asked = pa.array(list(dict.fromkeys(keys)), pa.string())
        mask = pc.is_in(self._keys, value_set=asked).to_numpy(zero_copy_only=False)
        known = pc.is_in(asked, value_set=self._keys)
        return mask, tuple(asked.filter(pc.invert(known)).to_pylist())

    def stream(  # noqa: PLR0913 - one keyword per choice of what is read, and in which order
        self,
        rank: int = 0,
        world: int = 1,
        *,
        shuffle: bool = False,
        seed: int = 0,
        epoch: int = 0,
        captions: Literal["own", "mixed"] = "own",
        blend: float = 0.95,
        weights: Mapping[int, float] | None = None,
        styles: Sequence[str] = ("plain",),
        own: Path | str | Mapping[str, str] | None = None,
    ) -> Iterator[Record]:
        """The samples that fall to reader `rank` of `world`: every world-th, each to one reader.

        Shuffled, the shards come in a random order, and the samples of a shard too; the order
        belongs to (seed, epoch).

        With `captions="mixed"` the `txt` of each record is one of its captions, drawn by (seed,
        epoch, key): the level by `weights` (evenly without them), in one of the `styles`; a share
        of 1 - `blend` keeps the user's own, from `own` (by key, or a file of lines `{"key": …,
        "text": …}`) or else the sample's `txt`. A sample without captions keeps its own too.
        """
        if not 0 <= rank < world:
            raise InputError(f"there is no reader {rank} among {world}")
        blender: Blender | None = None
        if captions == "mixed":
            how = Blend(blend, tuple(sorted((weights or {}).items())), tuple(styles))
            blender = Blender(how, seed, epoch, None if own is None else own_captions(own))
        numbers = self._shuffled(seed, epoch) if shuffle else iter(range(len(self)))
        return self._streamed(islice(numbers, rank, None, world), blender)

    def _streamed(self, numbers: Iterator[int], blender: Blender | None) -> Iterator[Record]:
        for record in map(self._at, numbers):
            if blender is None:
                yield record
                continue
            said = blender.text(record.key, record.members)
            yield Record(record.key, {**record.members, "txt": said.encode()})

    def _shuffled(self, seed: int, epoch: int) -> Iterator[int]:
        names, firsts = np.unique(self._shards, return_index=True)
        ends = np.append(firsts[1:], len(self))
        for which in Rng.of(seed, epoch).at("shards").shuffled(range(len(names))):
            stretch = range(int(firsts[which]), int(ends[which]))
            yield from Rng.of(seed, epoch).at("samples", int(names[which])).shuffled(stretch)

    def _number(self, key: str) -> int:
        if self._numbers is None:
            self._numbers = {one: number for number, one in enumerate(self._keys.to_pylist())}
        try:
            return self._numbers[key]
        except KeyError:
            raise InputError(f"there is no sample {key!r} in {self.path}") from None

    def _at(self, number: int) -> Record:
        shard, size = int(self._shards[number]), int(self._sizes[number])
        path = self._places.shard(shard)
        try:
            blob = self._stretch(shard, int(self._offsets[number]), size)
        except OSError as fault:
            reason = fault.strerror
            raise InputError(f"cannot read {mirror.told(path)}: {reason}", hint=_AGAIN) from None
        if len(blob) != size:
            raise InputError(f"{mirror.told(path)} is cut short", hint=_AGAIN)
        key = self._keys[number].as_py()
        try:
            return Record(key, self._overlay.joined(shard, key, tarread.sample(blob, key)))
        except InputError as fault:
            raise fault.inside(mirror.told(path)) from None

    def _stretch(self, shard: int, start: int, size: int) -> bytes:
        if self._far is not None:
            return self._far.remote.stretch(f"data/{shard_name(shard)}", start, size)
        file = self._file(shard)
        there = max(os.fstat(file).st_size - start, 0)  # an index may claim any size
        return os.pread(file, min(size, there), start)

    def _file(self, shard: int) -> int:
        """The shard's open file; the ones used last stay open."""
        file = self._files.pop(shard, -1)
        if file < 0:
            file = os.open(self._places.shard(shard), os.O_RDONLY)
        self._files[shard] = file
        if len(self._files) > _OPEN_AT_ONCE:
            os.close(self._files.popitem(last=False)[1])
        return file


def _close(files: OrderedDict[int, int]) -> None:
    while files:
        os.close(files.popitem()[1])


def _scanned(places: Places) -> pa.Table:
    """Where the samples stand, found by reading the headers of every shard."""
    shards = places.shards()
    if not shards:
        raise InputError(
            f"{places.name} holds no dataset", hint="expected data/train-000000.tar and so on"
        )
    rows: list[tuple[str, int, int, int]] = []
    for path in shards:
        number = number_of(path)
        if number is None:
            raise InputError(
                f"{path} is not called as shards are", hint="move it elsewhere, or rename it"
            )
        for member in tarread.open_tar(path):
            if rows and rows[-1][:2] == (member.key, number):
                key, _, start, _ = rows.pop()
            else:
                key, start = member.key, member.header
            rows.append((key, number, start, member.end - start))
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), ()]
    kinds = (pa.string(), pa.int32(), pa.int64(), pa.int64())
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    return pa.table(arrays, names=["key", "shard", "offset", "size"])


def _decoded(key: str, content: bytes, mode: str) -> NDArray[Any]:
    """An image as an array, in its own mode where `mode` is empty."""
    from PIL import Image

    from glyphdata.parts.photofile import DAMAGED

    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as image:
            if image.width * image.height > MAX_PIXELS:
                raise InputError(f"an image of sample {key} has over {MAX_PIXELS} pixels")
            return np.array(image.convert(mode) if mode else image)
    except DAMAGED as fault:
        raise InputError(f"an image of sample {key} cannot be read: {fault}") from None
