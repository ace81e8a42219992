"""What notebooks show of a scene, a drawn sample or one read from a dataset."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from functools import singledispatch
from html import escape

from PIL import Image

from glyphdata.draw.render import render
from glyphdata.errors import GlyphdataError
from glyphdata.review.overlay import overlay, overlay_record
from glyphdata.scene.sample import Sample
from glyphdata.scene.scene import Pixels, Scene
from glyphdata.shards.dataset import Record

_WIDE_PX = 420  # so wide two pictures stand side by side in a cell
_COLUMNS = ("text", "level", "face", "token", "px", "colour", "contrast")


@dataclass(frozen=True, slots=True)
class _View:
    title: str
    picture: Pixels
    labelled: Pixels
    rows: tuple[tuple[str, ...], ...]


def png(thing: Sample | Scene | Record) -> bytes:
    """The picture with its labels drawn in, as a PNG file.

    `InputError` where a face of the scene is not installed, or the record cannot be read.
    """
    return _encoded(_view(thing).labelled)


def html(thing: Sample | Scene | Record) -> str:
    """The picture, the same with labels, and a table of its texts, as one piece of HTML.

    It loads nothing and runs nothing; whatever a sample says is text. What cannot be drawn says
    why.
    """
    try:
        view = _view(thing)
    except GlyphdataError as fault:
        return f"<pre>{escape(f'{type(thing).__name__}: {fault}')}</pre>"
    head = "".join(f"<th>{name}</th>" for name in _COLUMNS)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in view.rows
    )
    pictures = "".join(_figure(one) for one in (view.picture, view.labelled))
    return (
        f"<div><p><b>{escape(view.title)}</b></p><div>{pictures}</div>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


@singledispatch
def _view(thing: object) -> _View:
    raise TypeError(f"{type(thing).__name__} is nothing that can be shown")


@_view.register
def _of_scene(scene: Scene) -> _View:
    return _of_sample(render(scene))


@_view.register
def _of_sample(sample: Sample) -> _View:
    scene, canvas = sample.scene, sample.scene.canvas
    rows = [
        (
            box.text,
            box.level,
            f"{box.face.family} {box.face.style}",
            str(box.face.token),
            f"{box.size_px:.1f}",
            box.ink.name,
            f"{labels.contrast:.1f}",
        )
        for box, labels in zip(scene.boxes, sample.annotation.boxes, strict=True)
    ]
    variant = f", variant {scene.variant}" if scene.variant else ""
    title = f"scene {scene.index}{variant}: {canvas.width} × {canvas.height}, seed {scene.seed}"
    return _View(title, sample.pixels, overlay(sample), tuple(rows))


@_view.register
def _of_record(record: Record) -> _View:
    pixels, facts = record.pixels(), record.facts
    labelled = pixels
    if "layout.json" in record.members:
        mask = record.mask() if "mask.png" in record.members else None
        labelled = overlay_record(pixels, facts, record.layout, mask)
    rows = [
        (
            str(box["text"]),
            str(box["level"]),
            f"{box['face']['family']} {box['face']['style']}",
            str(box["font_token"]),
            f"{box['size_px']:.1f}",
            str(box["color_name"]),
            f"{box['contrast']:.1f}",
        )
        for box in facts["boxes"]
    ]
    title = f"{record.key}: {pixels.shape[1]} × {pixels.shape[0]}"
    return _View(title, pixels, labelled, tuple(rows))


def _figure(pixels: Pixels) -> str:
    content = base64.b64encode(_encoded(pixels)).decode()
    wide = min(pixels.shape[1], _WIDE_PX)
    return f'<img width="{wide}" alt="" src="data:image/png;base64,{content}"> '


def _encoded(pixels: Pixels) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", compress_level=1)
    return out.getvalue()
