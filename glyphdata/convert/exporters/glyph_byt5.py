"""Glyph-ByT5's own pretraining file: texts, styles and boxes on a canvas of 1645 units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import Field

from glyphdata.caption.prompt import prompt
from glyphdata.convert.folder import Folder
from glyphdata.convert.picture import Box, Corners, Picture
from glyphdata.errors import InputError
from glyphdata.faces import catalogue, foreign, tables
from glyphdata.scene.color import palette

_CLOSE = 0.5  # pixels that a corner may be off and the quad still count as a rectangle


class _Entry(NamedTuple):
    """A face in the table that is exported: its name, its id and its token as it is spelled."""

    name: str
    number: int
    spelled: str


@dataclass(frozen=True, slots=True)
class GlyphByt5:
    """Glyph-ByT5's pretraining JSON: texts, colours, faces and boxes, with both tables of ids.

    Export: {kind: glyph_byt5, canvas: 1645}

    Read by the released pretraining code (`GlyphBoxDataset`: `meta_path`, `font_ann_path`,
    `color_ann_path`). A box is x, y, width, height of the text laid upright about its middle, and
    its angle in degrees, clockwise; `canvas` is the length of the picture's longer side. Faces are
    named and numbered as in `table`, a `font_idx.json` of yours (their 100, 512 or 988 names): a
    text in a face that it lacks is left out. Without it the table is our own, ids are our tokens.
    """

    table: Path | None = None
    canvas: Annotated[float, Field(gt=0)] = 1645

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        """Write `pretraining.json`, `images/KEY.jpg`, `font_idx.json` and `color_idx.json`."""
        ids, entries = _ours() if self.table is None else _theirs(self.table)
        folder.json("font_idx.json", ids)
        folder.json("color_idx.json", {ink.name: ink.token for ink in palette().inks})
        with folder.json_list("pretraining.json") as records:
            for picture in pictures:
                boxes = [
                    box for box in picture.boxes if self._known(box, entries, picture.key, folder)
                ]
                if not boxes:  # the reader's overlap test cannot take an empty list
                    folder.skip(picture.key, "picture without text")
                    continue
                name = f"images/{picture.file_name}"
                folder.put(name, picture.encoded)
                records.add({**self._record(picture, boxes, entries, folder), "image": name})

    def _known(self, box: Box, entries: Mapping[int, _Entry], key: str, folder: Folder) -> bool:
        if self.table is None or box.font_token < 0 or box.font_token in entries:
            return True
        folder.skip(key, "text in a face that the table lacks")
        return False

    def _record(
        self,
        picture: Picture,
        boxes: list[Box],
        entries: Mapping[int, _Entry],
        folder: Folder,
    ) -> dict[str, object]:
        scale = self.canvas / max(picture.width, picture.height)
        faces = [_entry(box, entries) for box in boxes]
        colors = [box.color_token if box.color_token >= 0 else None for box in boxes]
        texts = [box.text for box in boxes]
        spelled = [face.spelled if face else "" for face in faces]
        return {
            "texts": texts,
            "styles": [
                {"color": box.facts["color"] or None, "font-family": face.name if face else None}
                for box, face in zip(boxes, faces, strict=True)
            ],
            "bbox": [_upright(box, scale, picture.key, folder) for box in boxes],
            "font_ids": [face.number if face else None for face in faces],
            "color_ids": colors,
            "prompt": prompt(zip(texts, colors, spelled, strict=True)),
            "key": picture.key,
            "width": picture.width,
            "height": picture.height,
        }


def _ours() -> tuple[dict[str, int], dict[int, _Entry]]:
    ids = tables.version_1(catalogue.load())
    return ids, {token: _Entry(name, token, f"<font-{token}>") for name, token in ids.items()}


def _theirs(path: Path) -> tuple[dict[str, int], dict[int, _Entry]]:
    """Their table, and the entry of each face of ours in it; the first where it has several."""
    try:
        ids = foreign.read_table(path.read_bytes())
    except OSError as fault:
        raise InputError(
            f"cannot read {path}: {fault.strerror}", hint="`table` is a font_idx.json of yours"
        ) from None
    entries: dict[int, _Entry] = {}
    for one in foreign.matches(ids, catalogue.load()):
        if one.token >= 0:
            entries.setdefault(one.token, _Entry(one.name, ids[one.name], one.theirs))
    if not entries:
        raise InputError(f"{path} names none of our faces", hint="see `glyphdata fonts import`")
    return ids, entries


def _entry(box: Box, entries: Mapping[int, _Entry]) -> _Entry | None:
    """The face's entry, None for an unknown face; `InputError` where our token is another face."""
    if box.font_token < 0:
        return None
    face = catalogue.load()[box.font_token]
    if (face.family, face.style) != (box.family, box.style):
        raise InputError(
            f"<font-{box.font_token}> is {face.family} {face.style} here, and"
            f" {box.family} {box.style} in the dataset",
            hint="use the registry of fonts that the dataset was made with",
        )
    return entries[box.font_token]


def _upright(box: Box, scale: float, key: str, folder: Folder) -> list[float]:
    """x, y, width, height and angle; upright bounds and 0 for a quad that is no rectangle."""
    x, y, width, height, angle = _rectangle(box.quad)
    if _off(box.quad, x, y, width, height, angle) > _CLOSE:
        folder.skip(key, "slant of a text in perspective (its upright bounds are written)")
        left, top, right, bottom = box.bounds
        x, y, width, height, angle = left, top, right - left, bottom - top, 0.0
    return [x * scale, y * scale, width * scale, height * scale, angle]


def _rectangle(quad: Corners) -> tuple[float, float, float, float, float]:
    across, down = quad[1] - quad[0], quad[3] - quad[0]
    width, height = float(np.hypot(*across)), float(np.hypot(*down))
    middle = quad.mean(axis=0)
    angle = float(np.degrees(np.arctan2(across[1], across[0])))
    return float(middle[0]) - width / 2, float(middle[1]) - height / 2, width, height, angle


def _off(quad: Corners, x: float, y: float, width: float, height: float, angle: float) -> float:
    """The most that a corner of the turned rectangle is off the quad's."""
    turn = np.radians(angle)
    halves = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (width / 2, height / 2)
    along = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    corners = halves @ along + (x + width / 2, y + height / 2)
    return float(np.abs(corners - quad).max())
