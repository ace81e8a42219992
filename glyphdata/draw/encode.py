"""From a sample to the members of a shard: the bytes on disk, fixed in format and order."""

from __future__ import annotations

import io
from typing import Literal

import numpy as np
import orjson
import simplejpeg
from PIL import Image

from glyphdata.compiled import compiled
from glyphdata.draw import png
from glyphdata.scene.sample import UNIT, BoxLabels, Sample
from glyphdata.scene.scene import Pixels, TextBox

Format = Literal["jpg", "png", "webp"]

_MODULE = compiled("glyphdata.draw._labels")

PWATERMARK = 0.001
"""The probability of a watermark. Not 0: the diffusers scripts take 0 for "unknown" and drop it."""


def picture(pixels: Pixels, format: Format, quality: int, subsampling: str) -> bytes:
    """The encoded picture; `quality` is 1 to 100, and for `png` without meaning."""
    if format == "jpg":
        encoded: bytes = simplejpeg.encode_jpeg(
            pixels, quality=quality, colorspace="RGB", colorsubsampling=subsampling
        )
        return encoded
    if format == "png":
        return png.encode(pixels, filtered=True)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "WEBP", quality=quality, method=2)
    return out.getvalue()


def layout(sample: Sample) -> bytes:
    """`layout.json`: every line, word and cluster, as whole numbers of 1/16 px."""
    written = zip(sample.scene.boxes, sample.annotation.boxes, strict=True)
    boxes = b",".join([_box_layout(box.id, labels) for box, labels in written])
    return b'{"unit":%d,"boxes":[%b]}' % (UNIT, boxes)


def layout_of(number: int, labels: BoxLabels) -> bytes:
    """The box with that id in `layout.json`."""
    lines = zip(
        labels.lines.tolist(), labels.line_quads.tolist(), labels.baselines.tolist(), strict=True
    )
    words = zip(labels.words.tolist(), labels.word_quads.tolist(), strict=True)
    box = {
        "id": number,
        "lines": [
            {"start": start, "end": end, "quad": quad, "baseline": baseline}
            for (start, end), quad, baseline in lines
        ],
        "words": [
            {"start": start, "end": end, "line": line, "quad": quad}
            for (start, end, line), quad in words
        ],
        "clusters": {
            "start": np.ascontiguousarray(labels.clusters[:, 0]),
            "end": np.ascontiguousarray(labels.clusters[:, 1]),
            "line": np.ascontiguousarray(labels.clusters[:, 2]),
            "mask": np.ascontiguousarray(labels.clusters[:, 3]),
            "quads": labels.cluster_quads.reshape(-1),
            "ink": labels.ink.reshape(-1),
        },
    }
    return orjson.dumps(box, option=orjson.OPT_SERIALIZE_NUMPY)


def _box_layout(number: int, labels: BoxLabels) -> bytes:
    if _MODULE is None:
        return layout_of(number, labels)
    written: bytes = _MODULE.layout(
        number,
        labels.lines,
        labels.line_quads,
        labels.baselines,
        labels.words,
        labels.word_quads,
        labels.clusters,
        labels.cluster_quads,
        labels.ink,
    )
    return written


def facts(
    sample: Sample, *, key: str, group: str, recipe: str, prompt: str, kind: str
) -> dict[str, object]:
    """`json`: what is true of the picture, with fixed keys; floats are always floats.

    `recipe` is the fingerprint, `kind` the background's kind.
    """
    scene = sample.scene
    return {
        "key": key,
        "index": scene.index,
        "group": group,
        "variant": scene.variant,
        "seed": scene.seed,
        "recipe": recipe,
        "width": scene.canvas.width,
        "height": scene.canvas.height,
        "level": scene.level,
        "language": scene.language,
        "prompt": prompt,
        "background": {
            "kind": kind,
            "name": scene.background.source,
            "license": scene.background.license,
            "color": sample.ground.hex,
        },
        "boxes": [
            _box(box, labels)
            for box, labels in zip(scene.boxes, sample.annotation.boxes, strict=True)
        ],
        "effects": [type(effect).__name__.lower() for effect in scene.effects],
        "pwatermark": PWATERMARK,
        "original_width": scene.canvas.width,
        "original_height": scene.canvas.height,
    }


def _box(box: TextBox, labels: BoxLabels) -> dict[str, object]:
    quad = [value / UNIT for value in labels.quad.tolist()]
    x0, y0, x1, y1, x2, y2, x3, y3 = quad
    face, ink = box.face, box.ink
    return {
        "id": box.id,
        "level": box.level,
        "text": box.text,
        "source_text": box.source_text,
        "language": box.language,
        "script": box.script,
        "direction": box.direction,
        "face": {"token": face.token, "family": face.family, "style": face.style},
        "font_token": face.token,
        "color": ink.color.hex,
        "color_name": ink.name,
        "color_token": ink.token,
        "size_px": round(box.size_px, 3),
        "align": box.align,
        "angle_deg": round(box.angle_deg, 3),
        "bend_deg": round(box.bend_deg, 3),
        "letter_spacing_em": round(box.letter_spacing_em, 4),
        "quad": quad,
        "bbox": [
            min(x0, x1, x2, x3),
            min(y0, y1, y2, y3),
            max(x0, x1, x2, x3),
            max(y0, y1, y2, y3),
        ],
        "lines": len(labels.lines),
        "words": len(labels.words),
        "clusters": len(labels.clusters),
        "contrast": round(labels.contrast, 3),
        "noise": round(labels.noise, 3),
        "signal": round(labels.signal, 3),
        "effects": [type(effect).__name__.lower() for effect in box.effects],
        "edits": [
            {
                "kind": edit.kind,
                "unit": edit.unit,
                "position": edit.position,
                "before": edit.before,
                "after": edit.after,
            }
            for edit in box.edits
        ],
        "negatives": box.negatives,
    }
