"""A small dataset made by hand: its "glyphs" are rectangles, so that every label is known."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import orjson
import pytest

from glyphdata.caption.prompt import prompt
from glyphdata.draw import encode, png
from glyphdata.parts.backgrounds.solid import Solid
from glyphdata.review.evidence import StoredSample
from glyphdata.scene.color import Color, palette
from glyphdata.scene.geometry import Homography
from glyphdata.scene.sample import UNIT, Annotation, BoxLabels, Sample
from glyphdata.scene.scene import Canvas, FaceRef, Scene, TextBox
from glyphdata.shards.finishing import finish
from glyphdata.shards.keys import Places, key_of
from glyphdata.shards.making import Plan
from glyphdata.shards.manifest import Provenance
from glyphdata.shards.shard import ShardWriter

CANVAS = Canvas(160, 96)
CELL, ROW = 10, 16  # a character's advance and a line's height, in pixels
INK = palette().by_name["crimson"]
TEXTS = (("Hé 漢", (0,), (12, 8)), ("ab cd\nef", (0, 6), (90, 50)))
"""Text, where its lines start (bytes), left and top of its box."""
PROMPT = prompt((text, INK.token, "<font-5>") for text, _, _ in TEXTS)


def quads(rects: np.ndarray) -> np.ndarray:
    left, top, right, bottom = rects.reshape(-1, 4).T
    return np.stack((left, top, right, top, right, bottom, left, bottom), axis=1) * UNIT


def labelled(
    number: int, first: int, pixels: np.ndarray, mask: np.ndarray, box_mask: np.ndarray
) -> tuple[TextBox, BoxLabels]:
    """One box, painted as it is labelled."""
    text, starts, (left, top) = TEXTS[number]
    data = text.encode()
    ends = (*starts[1:], len(data))
    clusters, words, rects, ink = [], [], [], []
    for line, (start, end) in enumerate(zip(starts, ends, strict=True)):
        at, column, word = start, 0, start
        for character in data[start:end].decode() + "\0":
            if character.isspace() or character == "\0":
                words += [(word, at, line)] * (at > word)
                word = at + 1
            if character in "\n\0":
                break
            size = len(character.encode())
            x, y = left + column * CELL, top + line * ROW
            value = first + len(clusters) if character != " " else 0
            clusters.append((at, at + size, line, value))
            rects.append((x, y, x + CELL, y + ROW))
            ink.append((x + 1, y + 3, x + CELL - 1, y + ROW - 3) if value else (0, 0, 0, 0))
            if value:
                inside = np.s_[y + 3 : y + ROW - 3, x + 1 : x + CELL - 1]
                pixels[inside], mask[inside], box_mask[inside] = INK.color, value, number + 1
            at, column = at + size, column + 1
    width = CELL * max(
        len(data[a:b].decode().rstrip("\n")) for a, b in zip(starts, ends, strict=True)
    )
    height = ROW * len(starts)
    rows = np.array(
        [(left, top + n * ROW, left + width, top + (n + 1) * ROW) for n in range(len(starts))]
    )
    table = np.array(clusters)
    spans = np.array(words)
    word_rects = []
    for start, end, _ in words:
        cells = np.array(rects)[(table[:, 0] >= start) & (table[:, 1] <= end)]
        word_rects.append((*cells[:, :2].min(axis=0), *cells[:, 2:].max(axis=0)))
    labels = BoxLabels(
        quad=quads(np.array((left, top, left + width, top + height)))[0],
        lines=np.array(list(zip(starts, ends, strict=True))),
        line_quads=quads(rows),
        baselines=(rows[:, (0, 3, 2, 3)] - (0, 4, 0, 4)) * UNIT,
        words=spans,
        word_quads=quads(np.array(word_rects)),
        clusters=table.astype(np.int32),
        cluster_quads=quads(np.array(rects)),
        ink=np.array(ink) * UNIT,
        contrast=4.5,
        noise=0.0,
        signal=99.0,
    )
    box = TextBox(
        number,
        "word",
        text,
        text,
        "en",
        "latin",
        "ltr",
        FaceRef(5, "Rect Sans", "Regular"),
        INK,
        12.0,
        "left",
        0.0,
        float(width),
        float(height),
        Homography.placed(left, top),
        ends,
    )
    return box, labels


def drawn(index: int) -> Sample:
    pixels = np.empty((CANVAS.height, CANVAS.width, 3), np.uint8)
    ground = Solid(Color(230, 230, index))
    ground.paint(CANVAS, pixels)
    mask = np.zeros(pixels.shape[:2], np.uint16)
    box_mask = np.zeros(pixels.shape[:2], np.uint8)
    first, made = 1, []
    for number in range(len(TEXTS)):
        made.append(labelled(number, first, pixels, mask, box_mask))
        first += len(made[-1][1].clusters)
    boxes, labels = zip(*made, strict=True)
    scene = Scene(7, index, 0, CANVAS, "word", "en", ground, boxes)
    labels = tuple(
        replace(
            one,
            **{
                n: getattr(one, n).astype(np.int32)
                for n in one.__slots__
                if n not in ("contrast", "noise", "signal")
            },
        )
        for one in labels
    )
    return Sample(scene, pixels, Annotation(labels), mask, box_mask, None, Color(255, 255, 255))


def members(index: int, key: str) -> dict[str, bytes]:
    sample = drawn(index)
    made = {
        "jpg": encode.picture(sample.pixels, "jpg", 92, "420"),
        "json": orjson.dumps(
            encode.facts(sample, key=key, group=key, recipe="f" * 8, prompt=PROMPT, kind="solid")
        ),
        "txt": PROMPT.encode(),
        "layout.json": encode.layout(sample),
        "mask.png": png.encode(sample.mask),
    }
    assert sample.box_mask is not None
    made["boxes.png"] = png.encode(sample.box_mask)
    return dict(sorted(made.items()))


def row(index: int, key: str) -> dict[str, object]:
    return {
        "index": index,
        "group": key,
        "variant": 0,
        "width": CANVAS.width,
        "height": CANVAS.height,
        "level": "word",
        "language": "en",
        "text": "\n".join(text for text, _, _ in TEXTS),
        "boxes": len(TEXTS),
        "font_tokens": [5] * len(TEXTS),
        "color_tokens": [INK.token] * len(TEXTS),
    }


@pytest.fixture(scope="session")
def sample() -> Sample:
    """One picture with its labels."""
    return drawn(17)


Spoil = Callable[..., StoredSample]


@pytest.fixture
def stored() -> Spoil:
    """A sound stored sample, but for the changes asked of its documents and members."""

    def made(
        facts: Callable[[dict], object] | None = None,  # type: ignore[type-arg]
        layout: Callable[[dict], object] | None = None,  # type: ignore[type-arg]
        **others: bytes | None,
    ) -> StoredSample:
        found = members(17, "000000-0017")
        for member, change in (("json", facts), ("layout.json", layout)):
            if change is not None:
                value = orjson.loads(found[member])
                change(value)
                found[member] = orjson.dumps(value)
        for name, data in others.items():
            member = name.replace("_", ".")
            if data is None:
                del found[member]
            else:
                found[member] = data
        return StoredSample("000000-0017", found)

    return made


@dataclass(frozen=True)
class Made:
    """A dataset of five samples in two shards."""

    root: Path
    places: Places


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sound") / "out"
    places, plan, scratch = Places(root), Plan(5, 3, "f" * 8), root / ".glyphdata" / "tmp"
    records = []
    for number in range(plan.shards):
        writer = ShardWriter(places, number, fingerprint=plan.fingerprint, scratch=scratch)
        for index in plan.indices(number):
            key = key_of(index, plan.per_shard)
            writer.add(key, list(members(index, key).items()), row(index, key))
        records.append(writer.close(plan.indices(number), Counter(), ()))
    finish(
        places,
        scratch,
        name="sound",
        recipe={"seed": 7},
        plan=plan,
        records=records,
        provenance=lambda tokens: Provenance(),
    )
    return root


@pytest.fixture
def dataset(whole: Path, tmp_path: Path) -> Made:
    """A copy of it, to be broken."""
    root = tmp_path / "out"
    shutil.copytree(whole, root)
    return Made(root, Places(root))
