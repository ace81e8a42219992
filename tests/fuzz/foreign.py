"""Readers of other people's data sets, and of mixes of ours."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.fuzz.ground import Read, written

QUAD = "10,12,50,14,49,30,9,28"
LISTS: dict[str, tuple[str, str, bytes]] = {  # importer: its picture, its list, what stands there
    "icdar": ("a.jpg", "gt_a.txt", f"{QUAD},one, two\r\n{QUAD},###\n".encode()),
    "mario": (
        "00001/000010001/image.jpg",
        "00001/000010001/ocr.txt",
        f"one {QUAD} 0.97\ntwo {QUAD} 0.5\n".encode(),
    ),
    "paddleocr": (
        "a.jpg",
        "Label.txt",
        b'a.jpg\t[{"transcription":"one","points":[[10,12],[50,14],[49,30],[9,28]],'
        b'"difficult":false}]\n',
    ),
    "anyword": (
        "a.jpg",
        "data.json",
        b'{"data_root":".","data_list":[{"img_name":"a.jpg","caption":"a *","wm_score":0.1,'
        b'"annotations":[{"polygon":[[10,12],[50,14],[49,30],[9,28]],"text":"one",'
        b'"language":"en","valid":true,"color":[1,2,3]}]}]}',
    ),
    "coco_text": (
        "a.jpg",
        "coco.json",
        b'{"imgs":{"1":{"id":1,"file_name":"a.jpg","width":64,"height":48,"set":"train"}},'
        b'"anns":{"7":{"id":7,"image_id":1,"bbox":[10,12,40,18],"mask":[10,12,50,14,49,30,9,28],'
        b'"utf8_string":"one","legibility":"legible","language":"english"}},"imgToAnns":{"1":[7]}}',
    ),
    "textseg": (
        "image/a.jpg",
        "annotation/a_anno.json",
        b'{"0000":{"text":"one","bbox":[10,12,50,14,49,30,9,28],"char":{"00":{"text":"o",'
        b'"bbox":[10,12,22,13,21,29,9,28],"mask_value":1}}}}',
    ),
    "folder": (
        "a.jpg",
        "metadata.jsonl",
        b'{"file_name":"a.jpg","text":"a word","license":"CC0"}\n',
    ),
}
MIX = b"""name: blend
seed: 7
samples: 4
shard: {samples: 2}
sources:
  - {dataset: set, share: 2, where: ["contrast>=1"]}
  - {dataset: set, name: others, repeat: true, exclude: keys.txt}
outputs: {image: {format: keep, quality: 95}, captions: false}
"""


def lists_of(kind: str) -> Callable[[Path], list[bytes]]:
    return lambda _: [LISTS[kind][2]]


def imported(kind: str) -> Callable[[Path], Read]:
    """Read a list by its importer, and make of each picture all but its files."""

    def reader(folder: Path) -> Read:
        from PIL import Image

        from glyphdata.recipe.open import part_of

        importer: Any = part_of("importers", kind, [])
        picture, place, sound = LISTS[kind]
        out = io.BytesIO()
        Image.new("RGB", (64, 48)).save(out, "JPEG")
        source = folder / kind
        written(source, picture, out.getvalue())
        written(source, place, sound)
        assert any(one.labels or one.captions for one in importer.read(source))

        def read(data: bytes) -> None:
            written(source, place, data)
            for item in importer.read(source):
                _described(item)

        return read

    return reader


def _described(item: Any) -> None:
    import orjson

    from glyphdata.convert.importing import describing, members
    from glyphdata.scene.color import Color

    orjson.dumps(item)
    if item.fault:
        return
    canvas = describing.Canvas(64, 48, (64, 48), 1, item.space)
    boxes, ignored, _ = describing.boxes_of(item, canvas)
    facts = members.facts_of(item, canvas, boxes, ignored, Color(0, 0, 0), "")
    orjson.dumps(facts)
    orjson.dumps(members.layout_of(boxes, {}))
    members.row_of(facts, boxes, 0)
    assert members.box_mask_of(boxes, canvas).shape == (48, 64)


def mix_of(folder: Path) -> Read:
    """Read a mix of the small dataset, and say what stands first in it."""
    from glyphdata.convert.mixing.factory import Factory
    from glyphdata.convert.mixing.loading import load_mix

    written(folder, "keys.txt", b"000000-0000\n")

    def read(data: bytes) -> None:
        made, _ = load_mix(written(folder, "fuzzed-mix.yaml", data))
        source, key = Factory(made).origin(0)
        assert source
        assert key

    read(MIX)
    return read
