"""AnyWord-3M's JSON: lines of text with polygons, languages and cells, for AnyText and AnyText2."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from glyphdata.caption import record
from glyphdata.caption.grammar import placeheld
from glyphdata.caption.grammar.places import CELLS, place
from glyphdata.convert.folder import Folder
from glyphdata.convert.picture import Box, Line, Picture
from glyphdata.convert.said import Said
from glyphdata.convert.writing.rows import Level
from glyphdata.scene.geometry import BBox

_CHINESE, _JAPANESE, _KOREAN = "Chinese", "Japanese", "Korean"
_BY_LANGUAGE = MappingProxyType({"zh": _CHINESE, "ja": _JAPANESE, "ko": _KOREAN, "hi": "Hindi"})
_BY_SCRIPT = MappingProxyType(
    {
        "han": _CHINESE,
        "kana": _JAPANESE,
        "hangul": _KOREAN,
        "bengali": "Bangla",
        "devanagari": "Hindi",
        "common": "Latin",  # digits and signs
        "": "Latin",
    }
)
_UNKNOWN = (500, 500, 500)  # what AnyText2 takes for no colour


@dataclass(frozen=True, slots=True)
class AnyWord:
    """AnyWord-3M: lines with polygon, language and cell in one JSON, for AnyText and AnyText2.

    Export: {kind: anyword, colors: true, level: 2}

    Read by both models' `T3DataSet`, which makes every picture `side` × `side` and takes polygons
    in whole pixels of that (0: of the picture as it lies). `data_root` is what it puts before the
    pictures' names; as it stands, run it in the export's folder. A line of more than `max_chars`
    characters is not `valid`, for it would be cut and no longer match its polygon (0: all are).
    `colors` adds AnyText2's colours. The caption is the sample's `txt`, or for `level` 1 to 6 that
    caption in the style `anytext`; `placeholders` puts `*` for each text that it quotes.
    """

    colors: bool = False
    level: Level = 0
    placeholders: bool = False
    max_chars: Annotated[int, Field(ge=0)] = 20
    side: Annotated[int, Field(ge=0)] = 512
    data_root: str = "images"

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        """Write `data.json` and `images/KEY.jpg`."""
        with folder.json_lists("data.json", {"data_root": self.data_root}, "data_list") as lists:
            for picture in pictures:
                name = picture.file_name
                folder.put(f"images/{name}", picture.encoded)
                annotations = [
                    self._annotation(picture, box, line, folder)
                    for box in picture.boxes
                    for line in box.lines
                    if line.text.strip()
                ]
                told = {
                    "img_name": name,
                    "caption": self._caption(picture.said(self.level, "anytext")),
                    "wm_score": picture.facts["pwatermark"],
                    "annotations": annotations,
                }
                lists.add("data_list", told)

    def _annotation(
        self, picture: Picture, box: Box, line: Line, folder: Folder
    ) -> dict[str, object]:
        text = line.text.strip()
        across, down = picture.width, picture.height
        scale = (self.side / across, self.side / down) if self.side else (1.0, 1.0)
        valid = not self.max_chars or len(text) <= self.max_chars
        if not valid:
            folder.skip(picture.key, "line too long to be valid (it is written as not valid)")
        xs, ys = line.quad.T
        bounds = BBox(float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max()))
        told: dict[str, object] = {
            "polygon": (line.quad * scale).round().astype(int).tolist(),
            "text": text,
            "language": _language(box),
            "pos": CELLS.index(place(bounds, across, down)),
            "valid": valid,
        }
        if self.colors:
            told["color"] = box.rgb or _UNKNOWN
        return told

    def _caption(self, said: Said) -> str:
        if not self.placeholders:
            return said.text
        mentions = tuple(
            record.Mention(
                one.box,
                len(said.text[: one.start].encode("utf-8", "surrogatepass")),
                len(said.text[: one.end].encode("utf-8", "surrogatepass")),
            )
            for one in said.mentions
        )
        return placeheld(record.Caption(1, said.text, "", "", mentions=mentions))


def _language(box: Box) -> str:
    """The name that AnyWord has for the language: its script's, but for Han."""
    script = str(box.facts["script"])
    by_language = _BY_LANGUAGE.get(box.language.partition("-")[0])
    return by_language or _BY_SCRIPT.get(script) or script.capitalize()
