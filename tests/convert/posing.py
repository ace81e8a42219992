"""Pictures of our making, hostile texts, and what is true of a sample, read from its members.

`True…` share no code with what is tested: they are read from `json` and `layout.json` as
docs/dataset-format.md has them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import orjson

from glyphdata.convert.exporting import Choice, Exported, Exporter, export
from glyphdata.convert.folder import MARK, Folder
from glyphdata.convert.picture import Picture
from glyphdata.recipe.open import part_of
from glyphdata.shards.dataset import Dataset, Record

Array = np.ndarray[Any, Any]

HOSTILE = (
    'say "so", he said',
    "tab\there",
    "two\nlines",
    "two\r\nends",
    "para\u2029sep\u2028line\x85next",
    "###",
    "* , * ; |",
    "back\\slash \\n",
    "<color-1>, <font-2>",
    "</s><pad>",
    "🙂👩‍👩‍👧 smile",
    "abc \u202eדבר\u202c def",
    "שלום, عالم",
    "=cmd()",
    "café e\u0301",
    "a b　c",
    " blank ",
    "\U0001f1e9\U0001f1ea",
)
"""Texts that a format of lines, commas or tabs may trip over."""


@dataclass(frozen=True)
class Part:
    """A line, word or cluster: its text, its corners in pixels, and what else its kind has."""

    text: str
    quad: Array
    line: int = 0
    start: int = 0
    end: int = 0
    mask: int = 0


@dataclass(frozen=True)
class TrueBox:
    """A box: what `json` says of it, and its parts."""

    facts: dict[str, Any]
    lines: list[Part]
    words: list[Part]
    clusters: list[Part]

    @property
    def text(self) -> str:
        return str(self.facts["text"])

    @property
    def quad(self) -> Array:
        return np.array(self.facts["quad"]).reshape(4, 2)

    def inside(self, word: Part) -> list[Part]:
        """The clusters of a word."""
        return [one for one in self.clusters if word.start <= one.start < word.end]


@dataclass(frozen=True)
class Truth:
    """A sample: its members, its facts and its boxes."""

    key: str
    members: dict[str, bytes]
    facts: dict[str, Any]
    boxes: list[TrueBox]

    @property
    def words(self) -> list[tuple[TrueBox, Part]]:
        return [(box, word) for box in self.boxes for word in box.words]

    def mask(self) -> Array:
        return decoded(self.members["mask.png"], cv2.IMREAD_UNCHANGED)


def truths(dataset: Path) -> Iterator[Truth]:
    """What is true of each sample of a dataset, in order."""
    return (true(record) for record in Dataset(dataset))


def true(record: Record) -> Truth:
    """What is true of a sample."""
    facts = json.loads(record.members["json"])
    layout = json.loads(record.members["layout.json"])
    assert [one["id"] for one in facts["boxes"]] == [one["id"] for one in layout["boxes"]]
    boxes = [
        _true_box(one, labels, layout["unit"])
        for one, labels in zip(facts["boxes"], layout["boxes"], strict=True)
    ]
    return Truth(record.key, record.members, facts, boxes)


def decoded(encoded: bytes, how: int = cv2.IMREAD_COLOR) -> Array:
    """A picture's pixels, as OpenCV reads them."""
    pixels = cv2.imdecode(np.frombuffer(encoded, np.uint8), how)
    assert pixels is not None
    return pixels


def folder_in(place: Path) -> Folder:
    """A folder to write to that is not renamed at the end."""
    place.mkdir(parents=True, exist_ok=True)
    return Folder(place)


def _true_box(facts: dict[str, Any], labels: dict[str, Any], unit: int) -> TrueBox:
    content = facts["text"].encode()

    def part(start: int, end: int, quad: list[int], **more: int) -> Part:
        corners = np.array(quad, float).reshape(4, 2) / unit
        return Part(content[start:end].decode(), corners, start=start, end=end, **more)

    lines = [part(one["start"], one["end"], one["quad"]) for one in labels["lines"]]
    words = [
        part(one["start"], one["end"], one["quad"], line=one["line"]) for one in labels["words"]
    ]
    told = labels["clusters"]
    clusters = [
        part(
            told["start"][at],
            told["end"][at],
            told["quads"][8 * at : 8 * at + 8],
            line=told["line"][at],
            mask=told["mask"][at],
        )
        for at in range(len(told["start"]))
    ]
    return TrueBox(facts, lines, words, clusters)


def posed(
    key: str,
    *texts: str,
    width: int = 64,
    height: int = 64,
    captions: list[dict[str, Any]] | None = None,
    boxes: list[dict[str, Any]] | None = None,
    form: str = "jpg",
    **facts: object,
) -> Picture:
    """A picture of our making: each text is a box of one line, a cluster a character.

    Boxes lie below each other, 8 px high, characters 4 px wide and filled whole; words are cut at
    blanks. `boxes` are changes to the facts of the first boxes.
    """
    made = [_box(number, text) for number, text in enumerate(texts)]
    for (told, _), changes in zip(made, boxes or [], strict=False):
        told |= changes
    told = {
        "key": key, "width": width, "height": height, "level": "word", "language": "en",
        "prompt": " ".join(texts), "boxes": [one for one, _ in made], "pwatermark": 0.001,
        "background": {"kind": "solid", "name": "", "license": "", "color": "#5a5a5a"},
    }  # fmt: skip
    layout = {"unit": 16, "boxes": [one for _, one in made]}
    mask = np.zeros((height, width), np.uint16)
    value = 0
    for _, one in made:
        clusters = one["clusters"]
        for at, drawn in enumerate(clusters["mask"]):
            value += bool(drawn)
            clusters["mask"][at] = value if drawn else 0
            left, top, right, bottom = (v // 16 for v in clusters["ink"][4 * at : 4 * at + 4])
            if drawn:
                mask[top:bottom, left:right] = value
    members = {
        form: _encoded(f".{form}", np.full((height, width, 3), 90, np.uint8)),
        "json": orjson.dumps(told | facts),
        "layout.json": orjson.dumps(layout),
        "mask.png": _encoded(".png", mask if value > 255 else mask.astype(np.uint8)),
        "txt": f"a picture that says {' '.join(texts)}".encode(),
    }
    if captions is not None:
        members["captions.json"] = orjson.dumps({"captions": captions})
    return Picture(Record(key, members))


def caption(text: str, *quoted: tuple[int, str], level: int = 2, **more: object) -> dict[str, Any]:
    """A caption as `captions.json` has it, that quotes the texts of these boxes."""
    mentions = []
    for ref, said in quoted:
        start = text.encode().index(said.encode())
        end = start + len(said.encode())
        mentions.append({"ref": ref, "start": start, "end": end, "status": "exact"})
    told = {"level": level, "text": text, "source": "truth", "style": "plain", "locked": False}
    return told | {"mentions": mentions} | more


def shipped(
    kind: str, dest: Path, *settings: str, of: Path, choice: Choice | None = None
) -> Exported:
    """Export a dataset by a kind with its settings."""
    exporter: Exporter = part_of("exporters", kind, settings)  # type: ignore[assignment]
    return export(of, dest, exporter, choice)


def written(kind: str, dest: Path, *settings: str, of: Iterable[Picture]) -> Folder:
    """These pictures written by a kind with its settings, into a folder that stays."""
    exporter: Exporter = part_of("exporters", kind, settings)  # type: ignore[assignment]
    folder = folder_in(dest)
    exporter.write(of, folder)
    return folder


def pictures_of(dataset: Path, count: int) -> Iterator[Picture]:
    """So many pictures of a dataset; from its end on, its first again under other keys."""
    ours = Dataset(dataset)
    for number in range(count):
        again, at = divmod(number, len(ours))
        record = ours[at]
        yield Picture(Record(f"{record.key}-{again:02d}" if again else record.key, record.members))


def files(place: Path) -> dict[str, bytes]:
    """Every file of a folder by its path in it, the export's own mark aside."""
    found = sorted(one for one in place.rglob("*") if one.is_file())
    return {
        one.relative_to(place).as_posix(): one.read_bytes() for one in found if one.name != MARK
    }


def _box(number: int, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    top, wide = 2 + 10 * number, 4 * max(len(text), 1)
    quad = [2.0, float(top), 2.0 + wide, float(top), 2.0 + wide, top + 8.0, 2.0, top + 8.0]
    ends = np.cumsum([0, *(len(one.encode()) for one in text)]).tolist()
    spans, start = [], 0
    for word in text.split(" "):
        if word:
            spans.append((start, start + len(word)))
        start += len(word) + 1
    facts = {
        "id": number, "level": "word", "text": text, "source_text": text, "language": "en",
        "script": "latin", "direction": "ltr",
        "face": {"token": 0, "family": "Abril Fatface", "style": "Regular"}, "font_token": 0,
        "color": "#ff8000", "color_name": "darkorange", "color_token": 1, "size_px": 8.0,
        "align": "left", "angle_deg": 0.0, "bend_deg": 0.0, "letter_spacing_em": 0.0,
        "quad": quad, "bbox": [quad[0], quad[1], quad[4], quad[5]],
        "lines": 1, "words": len(spans), "clusters": len(text), "contrast": 5.0,
    }  # fmt: skip

    def cut(first: int, last: int) -> list[int]:
        left, right = 16 * (2 + 4 * first), 16 * (2 + 4 * last)
        return [left, 16 * top, right, 16 * top, right, 16 * (top + 8), left, 16 * (top + 8)]

    inked = [not one.isspace() for one in text]
    values = np.cumsum(inked).tolist()
    baseline = [32, 16 * (top + 6), 16 * (2 + wide), 16 * (top + 6)]
    clusters = {
        "start": ends[:-1],
        "end": ends[1:],
        "line": [0] * len(text),
        "mask": [v * on for v, on in zip(values, inked, strict=True)],
        "quads": [v for at in range(len(text)) for v in cut(at, at + 1)],
        "ink": [v for at in range(len(text)) for v in (cut(at, at + 1)[:2] + cut(at, at + 1)[4:6])],
    }
    words = [{"start": ends[a], "end": ends[b], "line": 0, "quad": cut(a, b)} for a, b in spans]
    line = {
        "start": 0,
        "end": ends[-1],
        "quad": [round(16 * v) for v in quad],
        "baseline": baseline,
    }
    return facts, {"id": number, "lines": [line], "words": words, "clusters": clusters}


def _encoded(extension: str, pixels: Array) -> bytes:
    return bytes(cv2.imencode(extension, pixels)[1])
