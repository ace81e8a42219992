"""The members of a foreign picture's sample: facts, layout, masks, and its row in the index.

What its source does not know is written as token -1, empty names and lists, and measures of 0; in
the index, where nothing is a number, as null.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from glyphdata.caption.prompt import prompt
from glyphdata.convert.importing.describing import Canvas, Described
from glyphdata.convert.importing.shape import Corners
from glyphdata.convert.item import Item
from glyphdata.draw.encode import PWATERMARK
from glyphdata.scene.color import Color
from glyphdata.scene.sample import UNIT

MOST_BOXES = 255
"""How many boxes `boxes.png` shows."""
MOST_CLUSTERS = 65_535
"""How many clusters `mask.png` shows."""

_LEVELS = ("word", "sentence", "paragraph")

Inked = dict[int, tuple[int, list[int]]]
"""By the value in its source's mask: a character's value in ours, and the bounds of its ink."""


def prompt_of(boxes: Sequence[Described]) -> str:
    """The prompt of the picture: its texts, and the colours that are colour tokens."""
    return prompt((box.text, box.ink[2] if box.ink[2] >= 0 else None, "") for box in boxes)


def facts_of(
    item: Item,
    canvas: Canvas,
    boxes: Sequence[Described],
    ignored: Sequence[Corners],
    mean: Color,
    license: str,
) -> dict[str, object]:
    """All of `json` but what the sample's place in its dataset decides; `license` is its own."""
    said = 0.0 if item.watermark is None else item.watermark
    languages = Counter(box.language for box in boxes)
    return {
        "width": canvas.width,
        "height": canvas.height,
        "level": max((box.level for box in boxes), key=_LEVELS.index, default=""),
        "language": max(languages, key=lambda one: (languages[one], one), default=""),
        "prompt": prompt_of(boxes),
        "background": {
            "kind": "imported",
            "name": item.name,
            "license": license,
            "color": mean.hex,
        },
        "boxes": [_box(number, box) for number, box in enumerate(boxes)],
        "effects": [],
        "pwatermark": max(said, PWATERMARK),
        "original_width": canvas.width,
        "original_height": canvas.height,
        "ignored": [quad.ravel().tolist() for quad in ignored],
    }


def _box(number: int, box: Described) -> dict[str, object]:
    color, name, token = box.ink
    return {
        "id": number,
        "level": box.level,
        "text": box.text,
        "source_text": box.text,
        "language": box.language,
        "script": box.script,
        "direction": box.direction,
        "face": {"token": -1, "family": "", "style": ""},
        "font_token": -1,
        "color": color,
        "color_name": name,
        "color_token": token,
        "size_px": box.size_px,
        "align": "",
        "angle_deg": box.angle_deg,
        "bend_deg": 0.0,
        "letter_spacing_em": 0.0,
        "quad": box.quad.ravel().tolist(),
        "bbox": [*box.quad.min(axis=0).tolist(), *box.quad.max(axis=0).tolist()],
        "lines": max(1, len(box.text.splitlines())),
        "words": len(box.words),
        "clusters": len(box.clusters),
        "contrast": 0.0,
        "noise": 0.0,
        "signal": 0.0,
        "effects": [],
        "edits": [],
        "negatives": [],
    }


def layout_of(boxes: Sequence[Described], inked: Inked) -> dict[str, object]:
    """`layout.json`: what is known of lines, words and characters; the rest stays empty lists.

    A line is its box; its baseline, which no source tells, is the quad's lower edge.
    """
    told = [_box_layout(number, box, inked) for number, box in enumerate(boxes)]
    return {"unit": UNIT, "boxes": told}


def _box_layout(number: int, box: Described, inked: Inked) -> dict[str, object]:
    quad = _units(box.quad)
    line = {
        "start": 0,
        "end": len(box.text.encode()),
        "quad": quad,
        "baseline": [*quad[6:8], *quad[4:6]],
    }
    found = [inked.get(one.value, (0, [0, 0, 0, 0])) for one in box.clusters]
    return {
        "id": number,
        "lines": [line] if box.line else [],
        "words": [
            {"start": one.start, "end": one.end, "line": 0, "quad": _units(one.quad)}
            for one in box.words
        ],
        "clusters": {
            "start": [one.start for one in box.clusters],
            "end": [one.end for one in box.clusters],
            "line": [0] * len(box.clusters),
            "mask": [value for value, _ in found],
            "quads": [number for one in box.clusters for number in _units(one.quad)],
            "ink": [number for _, bounds in found for number in bounds],
        },
    }


def _units(quad: Corners) -> list[int]:
    found: list[int] = np.rint(quad.ravel() * UNIT).astype(int).tolist()
    return found


def row_of(
    facts: dict[str, object], boxes: Sequence[Described], left_out: int
) -> dict[str, object]:
    """The sample's row in the index, less what only the sample's place decides."""
    sizes = [box.size_px for box in boxes]
    bounds = [
        np.concatenate((np.floor(box.quad.min(axis=0)), np.ceil(box.quad.max(axis=0))))
        for box in boxes
    ]
    return {
        **{name: facts[name] for name in ("width", "height", "level", "language")},
        "variant": 0,
        "scripts": sorted({box.script for box in boxes}),
        "text": "\n".join(box.text for box in boxes),
        "boxes": len(boxes),
        "clusters": sum(len(box.clusters) for box in boxes),
        "font_tokens": [-1] * len(boxes),
        "color_tokens": [box.ink[2] for box in boxes],
        "size_px_min": min(sizes, default=None),
        "size_px_max": max(sizes, default=None),
        "angle_deg_max": max((abs(box.angle_deg) for box in boxes), default=None),
        "contrast_min": None,
        "signal_min": None,
        "edits": [],
        "effects": [],
        "bounds": [int(number) for one in bounds for number in one],
        "background": "imported",
        "rejections": left_out,
    }


def masks_of(
    boxes: Sequence[Described], source: NDArray[np.int64]
) -> tuple[NDArray[np.uint8] | NDArray[np.uint16], NDArray[np.uint8], Inked]:
    """The instance mask of clusters and that of boxes, from the mask of a source; and its ink.

    Values of characters that are no clusters become background.
    """
    owners: dict[int, int] = {}
    for owner, box in enumerate(boxes):
        for one in box.clusters:
            if one.value > 0:
                owners.setdefault(one.value, owner)
    wanted = np.array([0, *sorted(owners)], np.int64)
    rows, columns = np.nonzero(source > 0)
    values = source[rows, columns]
    found = np.searchsorted(wanted, values).clip(max=len(wanted) - 1)
    found[wanted[found] != values] = 0
    bounds = _bounds(rows, columns, found, len(wanted))
    inked: Inked = {}
    numbers, shown = np.zeros(len(wanted), np.uint16), np.zeros(len(wanted), np.uint8)
    for value, owner in owners.items():
        at = int(np.searchsorted(wanted, value))
        if bounds[at, 2] and len(inked) < MOST_CLUSTERS:
            inked[value] = len(inked) + 1, (bounds[at] * UNIT).tolist()
            numbers[at] = len(inked)
            shown[at] = owner + 1 if owner < MOST_BOXES else 0
    clusters = np.zeros(source.shape, np.uint16 if len(inked) > 255 else np.uint8)
    mask = np.zeros(source.shape, np.uint8)
    clusters[rows, columns], mask[rows, columns] = numbers[found], shown[found]
    return clusters, mask, inked


def _bounds(
    rows: NDArray[np.intp], columns: NDArray[np.intp], found: NDArray[np.intp], count: int
) -> NDArray[np.int64]:
    """count × 4: left, top, right and bottom of the pixels of each thing; 0 for one without any."""
    bounds = np.zeros((count, 4), np.int64)
    bounds[:, :2] = np.iinfo(np.int64).max
    for side, places in enumerate((columns, rows)):
        np.minimum.at(bounds[:, side], found, places)
        np.maximum.at(bounds[:, side + 2], found, places + 1)
    return bounds


def box_mask_of(boxes: Sequence[Described], canvas: Canvas) -> NDArray[np.uint8]:
    """The quads of the boxes, filled; those that come later lie above."""
    mask = np.zeros((canvas.height, canvas.width), np.uint8)
    for number, box in enumerate(boxes[:MOST_BOXES]):
        # Corners are places, pixels have centres: half a pixel lies between the two counts.
        corners = np.rint((box.quad - 0.5) * UNIT).astype(np.int32)
        cv2.fillConvexPoly(mask, corners, number + 1, lineType=cv2.LINE_8, shift=4)
    return mask
