"""What a run would be, without training: sizes, arithmetic, memory, and what a step is given.

Memory is counted, not guessed: the tensors that a forward pass over a few groups keeps for its
gradient, times as many as a step holds at once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from glyphdata.errors import OutputError
from glyphdata.shards.durable import make_folder, writing
from glyphdata.train.batch import Batch
from glyphdata.train.cost import cost
from glyphdata.train.mishaps import enough_memory
from glyphdata.train.model import Encoder
from glyphdata.train.rows import first_boxes
from glyphdata.train.settings import Settings
from glyphdata.train.training import Opened
from glyphdata.train.world import joined

_COUNTED = 32
"""Boxes whose activations are counted."""

_ADAM = 16
"""Bytes per trained weight: itself, its gradient and two moments, in fp32."""

_SHEET, _COLUMNS, _CELL_PX = 48, 8, 240
_INK, _GROUND, _EDGE = (235, 235, 235), (24, 24, 24), (255, 90, 60)


@dataclass(frozen=True, slots=True)
class Trial:
    """What a run would be; of its first step what it is given."""

    data: tuple[str, ...]
    groups: int
    steps: int
    parameters: int
    trained: int
    text_parameters: int
    vision_parameters: int
    boxes: int
    views: int
    sequences: int
    tokens: int
    padding: float
    step_tflops: float
    weight_bytes: int
    """Of weights, gradients and the optimizer's moments."""
    activation_bytes: int
    """That a step keeps for its gradient, about: in proportion to a few boxes that were tried."""


def tried(
    settings: Settings,
    data: Sequence[Path | str],
    exclude: Collection[str] = (),
    device: str = "auto",
    first_batch: Path | None = None,
) -> Trial:
    """What training on these datasets would be; nothing is written but the sheet `first_batch`.

    `InputError` where it would fail for its data, its settings or its memory.
    """
    with joined(device) as world:
        opened = Opened.of(settings, data, exclude)
        encoder = opened.encoder().to(world.device)
        with closing(opened.batches(encoder, world, 0, facts=True)) as loader:
            batch = next(loader)
        if first_batch is not None:
            draw_sheet(batch, first_batch)
        tokens = int(batch.lengths.sum())
        spent = cost(settings, encoder, batch.ids.numel(), len(batch.views))
        with enough_memory(settings):
            activations = kept_bytes(encoder, batch.to(world.device))
        frozen = spent.parameters - spent.trained
        return Trial(
            tuple(source.name for source in opened.sources),
            sum(map(len, opened.sources)),
            opened.steps,
            spent.parameters,
            spent.trained,
            spent.text_parameters,
            spent.vision_parameters,
            len(batch),
            len(batch.views),
            len(batch.ids),
            tokens,
            1 - tokens / max(1, batch.ids.numel()),
            spent.step_flops / 1e12,
            _ADAM * spent.trained + 4 * frozen,
            activations,
        )


def kept_bytes(encoder: Encoder, batch: Batch) -> int:
    """The bytes of the tensors that a step keeps for its gradient, about; weights do not count.

    Where a tower takes chunks, only so many of them are held at once.
    """
    some = first_boxes(batch, _COUNTED)
    if not len(some):
        return 0
    found: dict[int, int] = {}
    weights = {one.untyped_storage().data_ptr() for one in encoder.parameters()}

    def note(kept: Tensor) -> Tensor:
        storage = kept.untyped_storage()
        if storage.data_ptr() not in weights:
            found[storage.data_ptr()] = storage.nbytes()
        return kept

    with torch.autograd.graph.saved_tensors_hooks(note, lambda kept: kept):
        seen = encoder.see(some)
        of_seen = sum(found.values())
        read = encoder.read(some)
        of_read = sum(found.values()) - of_seen
    del seen, read
    chunk = encoder.settings.batch.chunk
    views, sequences = len(batch.views), len(batch.ids)
    if chunk:
        return max(of_seen * min(chunk, views), of_read * min(chunk, sequences)) // len(some)
    return (of_seen * views + of_read * sequences) // len(some)


def draw_sheet(batch: Batch, place: Path) -> None:
    """Draw the first views of a batch that says its facts, with their boxes, texts and quads.

    `OutputError` where the file cannot be written, or is none that can be drawn.
    """
    if place.suffix.lower() != ".png":
        raise OutputError(f"{place} is no PNG", hint="give a name that ends in .png")
    shown = min(_SHEET, len(batch.views))
    cells = [_cell(batch, view) for view in range(shown)]
    columns = max(1, min(_COLUMNS, shown))
    height = max((cell.height for cell in cells), default=_CELL_PX)
    rows = max(1, -(-shown // columns))
    sheet = Image.new("RGB", (columns * _CELL_PX, rows * height), _GROUND)
    for number, cell in enumerate(cells):
        sheet.paste(cell, (number % columns * _CELL_PX, number // columns * height))
    make_folder(place.parent)
    with writing(place):
        sheet.save(place)


def _cell(batch: Batch, number: int) -> Image.Image:
    """One view with the outlines of its boxes, and below it what they say."""
    pixels = np.ascontiguousarray(batch.views[number].permute(1, 2, 0).cpu().numpy())
    view = Image.fromarray(pixels)
    side = _CELL_PX - 8
    scale = side / max(view.size)
    view = view.resize((max(1, round(view.width * scale)), max(1, round(view.height * scale))))
    rows = (batch.view_of == number).nonzero()[:, 0].tolist()
    draw = ImageDraw.Draw(view)
    for row in rows:
        corners = [(x * view.width, y * view.height) for x, y in batch.quads[row].tolist()]
        draw.line([*corners, corners[0]], fill=_EDGE, width=1)
    lines = [_printed(batch.facts[row].text) for row in rows]
    cell = Image.new("RGB", (_CELL_PX, view.height + 12 + 14 * len(lines)), _GROUND)
    cell.paste(view, (4, 4))
    words = ImageDraw.Draw(cell)
    font = ImageFont.load_default(11)
    for at, line in enumerate(lines):
        words.text((4, view.height + 8 + 14 * at), line, _INK, font)
    return cell


def _printed(text: str) -> str:
    """A text as the sheet's own Latin face can write it: other characters by their numbers."""
    line = " ".join(text.split())
    short = line if len(line) <= 40 else f"{line[:39]}…"
    return "".join(one if _is_latin(one) else f"\\u{ord(one):04x}" for one in short)


def _is_latin(character: str) -> bool:
    """Is it one that Pillow's own face has?"""
    return character.isprintable() and (ord(character) < 0x180 or character in "‘’“”–—…")
