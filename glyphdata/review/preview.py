"""A contact sheet: one HTML file with pictures of a dataset, their labels and their captions.

It holds everything it shows, runs no script and loads nothing; whatever a sample says is text.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path, PurePath

import simplejpeg

from glyphdata.errors import InputError, OutputError
from glyphdata.review.evidence import StoredSample
from glyphdata.review.labels import Json
from glyphdata.review.overlay import PENS, overlay_record, scaled
from glyphdata.review.where import Where, parse_where
from glyphdata.scene.scene import Pixels
from glyphdata.shards import tarread
from glyphdata.shards.index import read_index
from glyphdata.shards.keys import Places
from glyphdata.shards.mirror import told
from glyphdata.shards.overlay import MEMBER, Overlay
from glyphdata.shards.stretches import Stretches

THUMB_PX = 480
"""The longer side of a thumbnail: about 320 are shown, and many screens have smaller pixels."""

_LOOK = "`glyphdata verify` tells all that is wrong"
_HEX = re.compile(r"#[0-9a-f]{6}")


def preview(out: Path, sheet: Path, count: int = 60, where: Sequence[str] = ()) -> int:
    """Write the contact sheet of the dataset in `out` to `sheet`; how many samples it shows.

    The samples are spread evenly over those that meet all the conditions of `where`, the same ones
    each time. `InputError` where there is no dataset, or no such sample in it; `OutputError` where
    the sheet cannot be written.
    """
    total, samples = _spread(Places(out), count, parse_where(where))
    cards = [_card(sample) for sample in samples]
    legend = "".join(
        f'<li><i style="background:rgb{pen.color}"></i>{escape(pen.name)}</li>' for pen in PENS
    )
    title = escape(PurePath(told(out.resolve())).name)
    page = _PAGE.format(
        title=title, shown=len(cards), total=f"{total:,}", legend=legend, cards="\n".join(cards)
    )
    try:
        sheet.write_text(page, encoding="utf-8", errors="backslashreplace")
    except OSError as fault:
        raise OutputError(
            f"the sheet cannot be written: {fault.strerror}", hint="choose another place with -o"
        ).inside(str(sheet)) from fault
    return len(cards)


def _spread(places: Places, count: int, where: Where) -> tuple[int, Iterator[StoredSample]]:
    """How many samples are meant, and `count` of them at even distances."""
    if not places.root.is_dir():
        raise InputError(f"there is no folder {places.root}", hint="give the folder of a dataset")
    stand = ("key", "shard", "offset", "size")
    table = read_index(places, (*stand, *(one for one in where.columns if one not in stand)))
    if table is None or not len(table):
        raise InputError(
            f"{places.name} holds no samples", hint="a dataset has index/index.parquet"
        )
    if where.terms:
        table = table.filter(where.mask(table))
        if not len(table):
            raise InputError(f"{places.name} has no such samples", hint="ask for less with --where")
    total = len(table)
    shown = min(count, total)
    rows = table.take([number * total // shown for number in range(shown)])
    columns = (rows[name].to_pylist() for name in stand)
    beside = Overlay(places)
    return total, (_read(places, beside, *row) for row in zip(*columns, strict=True))


def _read(
    places: Places, beside: Overlay, key: str, shard: int, offset: int, size: int
) -> StoredSample:
    path = places.shard(shard)
    try:
        with Stretches(path, ahead=0) as file:
            blob = file.read(offset, size)
    except OSError as fault:
        raise InputError(f"it cannot be read: {fault.strerror}", hint=_LOOK).inside(
            str(path)
        ) from fault
    if len(blob) != size:
        raise InputError("it is cut short", hint=_LOOK).inside(str(path))
    try:
        members = tarread.sample(blob, key)
    except InputError as fault:
        raise InputError(fault.message, hint=_LOOK).inside(str(path)) from None
    try:
        return StoredSample(key, beside.joined(shard, key, members))
    except InputError as fault:  # the picture can be shown, and says why it has no captions
        told = json.dumps({"captions": [{"level": "!", "text": fault.message}]}).encode()
        return StoredSample(key, {**members, MEMBER: told})


def _card(sample: StoredSample) -> str:
    """One sample: its picture, the same with labels, and its facts."""
    facts = sample.facts if isinstance(sample.facts, dict) else {}
    boxes = facts.get("boxes")
    rows = "".join(_row(box) for box in boxes) if isinstance(boxes, list) else ""
    ground = facts.get("background")
    kind = ground.get("kind") if isinstance(ground, dict) else ""
    name = ground.get("name") if isinstance(ground, dict) else ""
    said = sample.members.get("txt", b"").decode("utf-8", "replace")
    tags = "".join(
        f"<b>{_text(tag)}</b>" for tag in (facts.get("level"), facts.get("language"), kind) if tag
    )
    return (
        f'<article tabindex="0"><div class="view">{_views(sample)}</div>'
        f"<header><code>{_text(sample.key)}</code>{tags}</header>"
        f"<ul>{rows}</ul>"
        f"<details><summary>captions</summary><p>{_text(said)}</p>{_levels(sample)}"
        f"<p>{_text(name)}</p></details></article>"
    )


def _levels(sample: StoredSample) -> str:
    """The captions of all levels, where the sample has them."""
    try:
        found = json.loads(sample.members.get(MEMBER, b"{}"))
    except ValueError:
        return "<p>captions.json is no JSON</p>"
    captions = found.get("captions") if isinstance(found, dict) else None
    return "".join(
        f"<p><b>{_text(one.get('level'))}</b> {_text(one.get('text'))}"
        f" <small>{_text(one.get('source'))}</small></p>"
        for one in (captions if isinstance(captions, list) else ())
        if isinstance(one, dict)
    )


def _views(sample: StoredSample) -> str:
    """The picture and, over it, the same with its labels; or why it cannot be shown."""
    pixels = sample.pixels
    if pixels is None:
        return f"<p>{_text('; '.join(sample.faults.values()) or 'there is no picture')}</p>"
    scale = min(THUMB_PX / max(pixels.shape[:2]), 1.0)
    plain = _image(scaled(pixels, scale), "the picture")
    if sample.boxes is None:
        return plain
    mask = sample.mask if sample.mask is not None and sample.mask.size == _area(pixels) else None
    drawn = overlay_record(pixels, sample.facts, sample.layout, mask, scale=scale)
    return plain + _image(drawn, "the picture with its labels", "labels")


def _area(pixels: Pixels) -> int:
    return int(pixels.shape[0] * pixels.shape[1])


def _image(pixels: Pixels, says: str, style: str = "") -> str:
    data = simplejpeg.encode_jpeg(pixels, quality=82, colorspace="RGB", colorsubsampling="420")
    source = base64.b64encode(data).decode("ascii")
    height, width = pixels.shape[:2]
    return (
        f'<img class="{style}" width="{width}" height="{height}" alt="{says}" '
        f'src="data:image/jpeg;base64,{source}">'
    )


def _row(box: Json) -> str:
    """One box: its text, face, colour, size and contrast."""
    if not isinstance(box, dict):
        return ""
    face = box.get("face")
    family = f"{face.get('family')} {face.get('style')}" if isinstance(face, dict) else ""
    color = box.get("color")
    sound = isinstance(color, str) and _HEX.fullmatch(color)
    swatch = f'<i style="background:{color}"></i>' if sound else ""
    name = box.get("color_name") or color
    measures = f"{_number(box.get('size_px'))} px · {_number(box.get('contrast'))}:1"
    return (
        f'<li><q dir="auto">{_text(box.get("text"))}</q>'
        f"<small>{swatch}{_text(name)} · {_text(family)} · {measures}</small></li>"
    )


def _number(value: Json) -> str:
    return f"{value:.1f}" if isinstance(value, int | float) else "?"


def _text(value: Json) -> str:
    """Anything, as text that a browser takes for text."""
    return escape(str(value)) if value is not None else ""


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --ink: #1c1e21; --soft: #666c75; --page: #f4f4f1;
  --card: #fff; --edge: #e0e0da; --mark: #3a5bd9 }}
@media (prefers-color-scheme: dark) {{ :root {{ --ink: #e8e8e4; --soft: #9a9fa8; --page: #16171a;
  --card: #1f2125; --edge: #32353b; --mark: #8ea6ff }} }}
* {{ box-sizing: border-box }}
body {{ margin: 0; padding: 20px; background: var(--page); color: var(--ink);
  font: 13px/1.45 system-ui, sans-serif }}
h1 {{ font-size: 17px; margin: 0; display: inline }}
.top {{ display: inline-flex; flex-wrap: wrap; gap: 6px 18px; align-items: center;
  margin: 0 0 16px; color: var(--soft) }}
.top ul {{ display: inline-flex; gap: 12px; list-style: none; margin: 0; padding: 0 }}
i {{ display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin-right: 5px;
  vertical-align: -1px; border: 1px solid #8886 }}
label {{ color: var(--mark); cursor: pointer }}
main {{ display: grid; gap: 14px; grid-template-columns: repeat(auto-fill, minmax(264px, 1fr)) }}
article {{ background: var(--card); border: 1px solid var(--edge); border-radius: 8px;
  overflow: hidden }}
article:focus-visible {{ outline: 2px solid var(--mark) }}
.view {{ position: relative; background: #808080 }}
.view img {{ display: block; width: 100%; height: auto }}
.view .labels {{ position: absolute; inset: 0; opacity: 0 }}
.view:hover .labels, article:focus .labels, #on:checked ~ main .labels {{ opacity: 1 }}
.view p {{ margin: 0; padding: 40px 16px; color: #fff }}
header {{ padding: 8px 12px 0; color: var(--soft) }}
header b {{ font-weight: 500; margin-left: 8px; padding: 0 6px; border-radius: 9px;
  border: 1px solid var(--edge) }}
article ul {{ list-style: none; margin: 0; padding: 4px 12px 6px }}
article li {{ padding: 3px 0 }}
q {{ quotes: none; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3;
  overflow: hidden; overflow-wrap: anywhere; white-space: pre-line }}
small {{ color: var(--soft); overflow-wrap: anywhere }}
details {{ padding: 0 12px 10px; color: var(--soft) }}
summary {{ cursor: pointer }}
details p {{ margin: 4px 0 0; overflow-wrap: anywhere }}
</style></head><body>
<input type="checkbox" id="on">
<div class="top"><label for="on">show all labels</label><h1>{title}</h1>
<span>{shown} of {total} samples; point at a picture for its labels</span>
<ul>{legend}</ul></div>
<main>
{cards}
</main></body></html>
"""
