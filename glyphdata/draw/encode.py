"""From a sample to the members of a shard: the bytes on disk, fixed in format and order."""

from __future__ import annotations

import io
from typing import Literal

import numpy as np
import orjson
import simplejpeg
from PIL import Image

from glyphdata.draw import png
from glyphdata.scene.sample import UNIT, BoxLabels, Sample
from glyphdata.scene.scene import Pixels, TextBox

Format = Literal["jpg", "png", "webp"]

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
    boxes = [
        {
            "id": box.id,
            "lines": [
                {"start": start, "end": end, "quad": quad, "baseline": baseline}
                for (start, end), quad, baseline in zip(
                    labels.lines.tolist(),
                    labels.line_quads.tolist(),
                    labels.baselines.tolist(),
                    strict=True,
                )
            ],
            "words": [
                {"start": start, "end": end, "line": line, "quad": quad}
                for (start, end, line), quad in zip(
                    labels.words.tolist(), labels.word_quads.tolist(), strict=True
                )
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
        for box, labels in zip(sample.scene.boxes, sample.annotation.boxes, strict=True)
    ]
    return orjson.dumps({"unit": UNIT, "boxes": boxes}, option=orjson.OPT_SERIALIZE_NUMPY)


def facts(sample: Sample, *, key: str, group: str, recipe: str, prompt: str, kind: str) -> bytes:
    """`json`: what is true of the picture, with fixed keys; floats are always floats.

    `recipe` is the fingerprint, `kind` the background's kind.
    """
    scene = sample.scene
    return orjson.dumps(
        {
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
            },
            "boxes": [
                _box(box, labels)
                for box, labels in zip(scene.boxes, sample.annotation.boxes, strict=True)
            ],
            "pwatermark": PWATERMARK,
            "original_width": scene.canvas.width,
            "original_height": scene.canvas.height,
        }
    )


def _box(box: TextBox, labels: BoxLabels) -> dict[str, object]:
    quad = [value / UNIT for value in labels.quad.tolist()]
    xs, ys = quad[0::2], quad[1::2]
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
        "quad": quad,
        "bbox": [min(xs), min(ys), max(xs), max(ys)],
        "lines": len(labels.lines),
        "words": len(labels.words),
        "clusters": len(labels.clusters),
        "contrast": round(labels.contrast, 3),
        "noise": round(labels.noise, 3),
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
        "negatives": list(box.negatives),
    }
