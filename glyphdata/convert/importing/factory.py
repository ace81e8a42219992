"""The samples of an import: each picture of the list as a sample of ours, or why it is none."""

from __future__ import annotations

from collections.abc import Callable, Container

import numpy as np
import orjson
from numpy.typing import NDArray

from glyphdata.caption.record import Caption, Captioned
from glyphdata.captions.written import identity, ordered, sha256, written
from glyphdata.convert.importing.describing import Canvas, Described, boxes_of
from glyphdata.convert.importing.importing import Import
from glyphdata.convert.importing.listing import Entry, Reader
from glyphdata.convert.importing.members import (
    Inked,
    box_mask_of,
    facts_of,
    layout_of,
    masks_of,
    row_of,
)
from glyphdata.convert.importing.pictures import Prepared, Unreadable, mask_of, prepared
from glyphdata.convert.item import Item, Stretch
from glyphdata.draw import png
from glyphdata.draw.encode import Format
from glyphdata.errors import Rejection
from glyphdata.factory import Encoded
from glyphdata.shards.keys import key_of

MOST_BYTES = 1 << 28
"""The largest file that is taken for a picture or a mask."""

_WORDS = ((80, 1), (40, 2), (25, 3), (12, 4), (6, 5))  # so many words at least are of that level


class Factory:
    """Makes the samples of an import; sample i is picture i of the list."""

    def __init__(self, recipe: Import, without: Container[int] = ()) -> None:
        """`InputError` where the list is gone; `without` has no say, for there are no faces."""
        self._asked = recipe
        self._entries = Reader(recipe.listing)
        self._format: Format = recipe.format
        self._fingerprint = recipe.fingerprint()

    def tell(self, in_hand: Callable[[int], None]) -> None:
        """There are no faces to tell of."""

    def prove(self, token: int, mark: Callable[[int], None]) -> None:
        """There are no faces to draw."""

    def group(self, index: int) -> list[Encoded]:
        """The sample of picture `index`; `Rejection` where that cannot be used."""
        entry = self._entries[index]
        item = entry.item
        if item.fault:
            raise Rejection("entry-unusable", f"{item.name}: {item.fault}")
        if entry.size < 0:
            raise Rejection("picture-missing", f"{item.name}: there is no such picture")
        try:
            return [self._encoded(index, item, prepared(self._picture(entry), self._format))]
        except Unreadable as fault:
            raise Rejection("picture-unreadable", f"{item.name}: {fault}") from None

    def _picture(self, entry: Entry) -> bytes:
        content = self._read(entry.item.picture)
        if len(content) != entry.size:
            raise Unreadable("it has changed since it was listed")
        return content

    def _read(self, stretch: Stretch) -> bytes:
        """The bytes of a file of the source, or of a member of a tar there."""
        most = MOST_BYTES + 1 if stretch.size < 0 else min(stretch.size, MOST_BYTES + 1)
        try:
            with (self._asked.source / stretch.path).open("rb") as file:
                file.seek(stretch.offset)
                content = file.read(most)
        except OSError as fault:
            raise Unreadable(f"{stretch.path} cannot be read: {fault.strerror}") from None
        if len(content) > MOST_BYTES:
            raise Unreadable(f"{stretch.path} has over {MOST_BYTES} bytes")
        return content

    def _encoded(self, index: int, item: Item, picture: Prepared) -> Encoded:
        asked = self._asked
        canvas = Canvas(
            picture.width, picture.height, picture.stored, picture.orientation, item.space
        )
        key = key_of(index, asked.manner.per_shard)
        boxes, ignored, left_out = boxes_of(item, canvas)
        license = item.license or asked.manner.license
        facts: dict[str, object] = {
            "key": key,
            "index": index,
            "group": key,
            "variant": 0,
            "seed": 0,
            "recipe": self._fingerprint,
            **facts_of(item, canvas, boxes, ignored, picture.mean, license),
            "origin": {"source": asked.name, "key": item.name, "license": license},
        }
        said = item.captions[0] if item.captions else str(facts["prompt"])
        members = {
            self._format: picture.content,
            "json": orjson.dumps(facts),
            "txt": said.encode(),
            **self._planes(item, picture, canvas, boxes),
        }
        if asked.listing.captioned:
            members["captions.json"] = _captions(
                key, item, asked.name, members[self._format], members["json"]
            )
        row = {**row_of(facts, boxes, len(left_out)), "index": index, "group": key}
        return Encoded(index, key, tuple(sorted(members.items())), row, tuple(left_out))

    def _planes(
        self, item: Item, picture: Prepared, canvas: Canvas, boxes: tuple[Described, ...]
    ) -> dict[str, bytes]:
        """`layout.json`, and the masks where the dataset has them."""
        inked: Inked = {}
        planes = {}
        if self._asked.listing.masked:
            mask, box_mask, inked = masks_of(boxes, self._mask(item, picture, canvas))
            planes["mask.png"] = png.encode(mask)
        else:
            box_mask = box_mask_of(boxes, canvas)
        if self._asked.manner.boxes:
            planes["boxes.png"] = png.encode(box_mask)
        return {"layout.json": orjson.dumps(layout_of(boxes, inked)), **planes}

    def _mask(self, item: Item, picture: Prepared, canvas: Canvas) -> NDArray[np.int64]:
        if item.mask is None:
            return np.zeros((canvas.height, canvas.width), np.int64)
        return mask_of(self._read(item.mask), picture.stored, picture.orientation)


def _captions(key: str, item: Item, source: str, picture: bytes, json: bytes) -> bytes:
    """`captions.json`: the source's own captions, each with a recipe of its own, for none is known.

    The level is told from the length, for that is what the levels of this toolkit differ in most.
    """
    captions = tuple(
        Caption(_level(said), said, "source", identity({"import": source, "caption": number}))
        for number, said in enumerate(item.captions)
    )
    return written(ordered(Captioned(key, sha256(picture), sha256(json), captions)))


def _level(said: str) -> int:
    words = len(said.split())
    return next((level for least, level in _WORDS if words >= least), 6)
