"""What a check looks at, a dataset, its shards and its samples, and what it may find there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar, NamedTuple

import cv2
import numpy as np
import orjson
import simplejpeg
from numpy.typing import NDArray

from glyphdata.errors import InputError
from glyphdata.review.claimed import Claimed
from glyphdata.review.labels import Json, labels
from glyphdata.scene.sample import BoxLabels
from glyphdata.scene.scene import Pixels
from glyphdata.scene.typeset import Ints
from glyphdata.shards.keys import PICTURES, Places

MAX_PIXELS = 1 << 27
"""The most pixels that a picture or mask from a shard may claim."""


class Finding(NamedTuple):
    """What is wrong: a stable code, the sample's key or the file's name, and a sentence."""

    code: str
    key: str
    message: str


@dataclass(frozen=True, slots=True)
class ShardSeen:
    """A shard as it lies on disk.

    `keys`, `offsets` and `sizes` are of the samples that could be read, in the order of the tar:
    each one's key, where its first header stands, and its bytes, headers and padding included;
    `pictures` are (offset, bytes) of their encoded pictures. `members` are the extensions that
    occur, `sha256` is of the whole file.
    """

    number: int
    path: Path
    bytes: int
    sha256: str
    keys: tuple[str, ...]
    offsets: tuple[int, ...]
    sizes: tuple[int, ...]
    pictures: tuple[tuple[int, int], ...]
    members: frozenset[str]


class Inked(NamedTuple):
    """The pixels of a mask that are not background: where each stands, and its value."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DatasetSeen:
    """A dataset as it lies on disk, once all its shards were looked at."""

    places: Places
    shards: tuple[ShardSeen, ...]


class StoredSample:
    """One sample of a shard: its key and its members, by extension; decoded when asked for.

    What cannot be decoded is None; `faults` then says why, member by member. `beside` are captions
    that stand beside the shard.
    """

    def __init__(self, key: str, members: Mapping[str, bytes], beside: bytes | None = None) -> None:
        self.key = key
        self.beside = beside
        self.members = members
        self.faults: dict[str, str] = {}

    @property
    def picture_member(self) -> str:
        """The extension of the picture; empty where there is none."""
        return next((one for one in PICTURES if one in self.members), "")

    @cached_property
    def facts(self) -> Json | None:
        """The `json` member."""
        return self._json("json")

    @cached_property
    def layout(self) -> Json | None:
        """The `layout.json` member."""
        return self._json("layout.json")

    @cached_property
    def boxes(self) -> tuple[BoxLabels, ...] | None:
        """The labels of every box, where `json` and `layout.json` hold sound ones."""
        if self.facts is None or self.layout is None:
            return None
        try:
            return labels(self.facts, self.layout)
        except InputError as fault:
            self.faults["layout.json"] = str(fault)
            return None

    @cached_property
    def inked(self) -> Inked | None:
        """The pixels of the cluster mask that belong to a cluster."""
        if self.mask is None:
            return None
        flat = np.ascontiguousarray(self.mask).reshape(-1)
        at = np.flatnonzero(flat)
        rows, columns = np.divmod(at, self.mask.shape[1])
        return Inked(rows, columns, flat[at].astype(np.int64))

    @cached_property
    def quads(self) -> Ints:
        """The quads of all boxes: n × 8, in units."""
        boxes = self.boxes or ()
        return np.array([box.quad for box in boxes], np.int32).reshape(len(boxes), 8)

    @cached_property
    def boxes_of_values(self) -> NDArray[np.int64]:
        """For each value of the mask the number of its box; -1 for 0, and for values that none has.

        The last entry stands for every larger value.
        """
        boxes = self.boxes or ()
        largest = max((int(box.clusters[:, 3].max(initial=0)) for box in boxes), default=0)
        owners = np.full(min(largest, 0xFFFF) + 2, -1, np.int64)
        for number, box in enumerate(boxes):
            values = box.clusters[:, 3]
            owners[values[(values > 0) & (values <= 0xFFFF)]] = number
        return owners

    @cached_property
    def size(self) -> tuple[int, int] | None:
        """Width and height as `json` tells them."""
        facts = self.facts
        if not isinstance(facts, dict):
            return None
        width, height = facts.get("width"), facts.get("height")
        return (width, height) if type(width) is int and type(height) is int else None

    @cached_property
    def texts(self) -> tuple[bytes, ...] | None:
        """The UTF-8 of each box's text as `json` tells it."""
        told = self.facts.get("boxes") if isinstance(self.facts, dict) else None
        if not isinstance(told, list):
            return None
        texts = [box.get("text") if isinstance(box, dict) else None for box in told]
        return tuple(text.encode() for text in texts if isinstance(text, str))

    @cached_property
    def imported(self) -> tuple[bool, ...]:
        """For each box that `json` tells, was it labelled by others? Its face is unknown then.

        Of such texts less is known, and others draw outlines less closely than ink lies.
        """
        told = self.facts.get("boxes") if isinstance(self.facts, dict) else None
        boxes = told if isinstance(told, list) else []
        return tuple(isinstance(box, dict) and box.get("font_token") == -1 for box in boxes)

    @cached_property
    def pixels(self) -> Pixels | None:
        """The picture, RGB."""
        member = self.picture_member
        return self._rgb(member) if member else None

    @cached_property
    def mask(self) -> NDArray[np.integer] | None:
        """The cluster instance mask."""
        return self._plane("mask.png")

    @cached_property
    def box_mask(self) -> NDArray[np.integer] | None:
        """The box instance mask."""
        return self._plane("boxes.png")

    @cached_property
    def glyph(self) -> Pixels | None:
        """The glyph layer, RGB."""
        member = next((one for one in ("glyph.png", "glyph.jpg") if one in self.members), "")
        return self._rgb(member) if member else None

    def _json(self, member: str) -> Json | None:
        if member not in self.members:
            return None
        try:
            value: Json = orjson.loads(self.members[member])
        except orjson.JSONDecodeError as fault:
            self.faults[member] = f"it is no JSON: {fault}"
            return None
        return value

    def _rgb(self, member: str) -> Pixels | None:
        data = self.members[member]
        if member.endswith("jpg"):
            try:
                height, width, _, _ = simplejpeg.decode_jpeg_header(data)
                if height * width > MAX_PIXELS:
                    raise ValueError(f"it claims {width} × {height} pixels")
                decoded: Pixels = simplejpeg.decode_jpeg(data, colorspace="RGB")
            except ValueError as fault:
                self.faults[member] = f"it is no JPEG: {fault}"
                return None
            return decoded
        flat = self._decoded(member, cv2.IMREAD_COLOR_RGB)
        return None if flat is None else flat.astype(np.uint8, copy=False)

    def _plane(self, member: str) -> NDArray[np.integer] | None:
        if member not in self.members:
            return None
        plane = self._decoded(member, cv2.IMREAD_UNCHANGED)
        if plane is not None and plane.ndim != 2:
            self.faults[member] = "it is no grey picture"
            return None
        return plane

    def _decoded(self, member: str, how: int) -> NDArray[np.integer] | None:
        data = self.members[member]
        try:
            _bearable(data)
            plane = cv2.imdecode(np.frombuffer(data, np.uint8), how) if data else None
        except ValueError as fault:
            self.faults[member] = str(fault)
            return None
        except cv2.error as fault:
            self.faults[member] = f"it is no picture: {fault.err}"
            return None
        if plane is None or plane.dtype.kind != "u":
            self.faults[member] = "it is no picture"
            return None
        whole: NDArray[np.integer] = plane.astype(plane.dtype, copy=False)
        return whole


def _bearable(data: bytes) -> None:
    """`ValueError` for what is no PNG or WebP, or whose header claims more pixels than are drawn.

    OpenCV knows many more formats, and believes what each of them claims.
    """
    if data.startswith(b"\x89PNG") and len(data) >= 24:
        width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    elif data.startswith(b"RIFF") and data[8:15] == b"WEBPVP8":
        width, height = _webp_size(data)
    else:
        raise ValueError("it is no PNG or WebP")
    if width * height > MAX_PIXELS:
        raise ValueError(f"it claims {width} × {height} pixels")


def _webp_size(data: bytes) -> tuple[int, int]:
    """Width and height as a WebP states them first (WebP Container Specification)."""
    kind, head = data[12:16], data[20:30].ljust(10, b"\xff")
    if kind == b"VP8X":
        return 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    wide, tall = int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")
    return wide & 0x3FFF, tall & 0x3FFF


class Check:
    """One question. A check overrides what it needs to see; each answer is a `Finding` of its code.

    One object is asked through some shards of a dataset, each sample by sample and then as a whole,
    and may remember; another is asked about the dataset once all shards were looked at. One that
    looks at samples is asked by a deep verification alone.
    """

    code: ClassVar[str]

    @classmethod
    def deep(cls) -> bool:
        """Does it look at samples?"""
        return cls.of_sample is not Check.of_sample

    def begin(self, dataset: Claimed) -> None:
        """Hear what the dataset's own files say of its making, before all else."""

    def of_sample(self, sample: StoredSample) -> Iterator[Finding]:
        """What is wrong with one sample; what cannot be decoded is left to the check of members."""
        yield from ()

    def of_shard(self, shard: ShardSeen, places: Places) -> Iterator[Finding]:
        """What is wrong with one shard."""
        yield from ()

    def of_dataset(self, dataset: DatasetSeen) -> Iterator[Finding]:
        """What is wrong with the whole."""
        yield from ()

    def found(self, key: str, message: str) -> Finding:
        """A finding of this check."""
        return Finding(self.code, key, message)
