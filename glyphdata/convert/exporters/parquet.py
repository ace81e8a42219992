"""Hugging Face parquet: pictures and captions in columns, as the Hub shows them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from typing import Annotated

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field

from glyphdata.convert.folder import Folder
from glyphdata.convert.picture import Picture
from glyphdata.convert.writing.rows import Level, caption_of, texts_of
from glyphdata.convert.writing.units import Size

ROWS = 100
"""Rows to a group: as many as the Hub's viewer reads for a page."""

_OBJECTS = {
    "text": pa.string(),
    "bbox": pa.list_(pa.float64()),
    "quad": pa.list_(pa.float64()),
    "language": pa.string(),
    "color": pa.string(),
    "font": pa.string(),
}


@dataclass(frozen=True, slots=True)
class Parquet:
    """Parquet as the Hugging Face Hub shows it: pictures inside, with captions and texts.

    Export: {kind: parquet, level: 0, unit: box, shard_mb: 500}

    Read by `datasets.load_dataset(FOLDER)` and by every reader of parquet. The columns are `image`
    (the file's bytes and name), `text`, `key`, `width`, `height` and `objects`: the texts of the
    picture by field, one for each `unit`. `text` is the sample's `txt`, or for `level` 1 to 6
    that plain caption. A file ends once it has `shard_mb` megabytes.
    """

    level: Level = 0
    unit: Size = "box"
    shard_mb: Annotated[int, Field(ge=1)] = 500

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        """Write `data/train-00000.parquet` and so on, in row groups of `ROWS`."""
        rows = map(self._row, pictures)
        number, group = 0, list(islice(rows, ROWS))
        while group:
            with ExitStack() as stack:
                file = stack.enter_context(folder.open(f"data/train-{number:05d}.parquet"))
                writer = stack.enter_context(pq.ParquetWriter(file, _schema()))
                while group and file.tell() < self.shard_mb * 1_000_000:
                    writer.write_table(pa.Table.from_pylist(group, schema=_schema()))
                    group = list(islice(rows, ROWS))
            number += 1

    def _row(self, picture: Picture) -> dict[str, object]:
        name = picture.file_name
        return {
            "image": {"bytes": picture.encoded, "path": name},
            "text": caption_of(picture, self.level),
            "key": picture.key,
            "width": picture.width,
            "height": picture.height,
            "objects": texts_of(picture, self.unit),
        }


def _schema() -> pa.Schema:
    """The columns, and what `datasets` is to make of them."""
    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    columns = {
        "image": image,
        "text": pa.string(),
        "key": pa.string(),
        "width": pa.int32(),
        "height": pa.int32(),
        "objects": pa.struct([(name, pa.list_(kind)) for name, kind in _OBJECTS.items()]),
    }
    features = {name: _feature(kind) for name, kind in columns.items()} | {
        "image": {"_type": "Image"}
    }
    told = orjson.dumps({"info": {"features": features}})
    return pa.schema(list(columns.items()), metadata={"huggingface": told})


def _feature(kind: pa.DataType) -> object:
    if pa.types.is_struct(kind):
        fields = (kind.field(number) for number in range(kind.num_fields))
        return {field.name: _feature(field.type) for field in fields}
    if pa.types.is_list(kind):
        return {"feature": _feature(kind.value_type), "_type": "List"}
    names = {pa.float64(): "float64", pa.int32(): "int32", pa.string(): "string"}
    return {"dtype": names[kind], "_type": "Value"} if kind in names else {}
