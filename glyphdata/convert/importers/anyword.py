"""AnyText's training set AnyWord-3M, and what is written like it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from glyphdata.convert.importing import scanning, sources
from glyphdata.convert.importing.sources import Odd, Source
from glyphdata.convert.item import Item, Label

_PLACEHOLDER = 500  # AnyText2's colour of a text whose colour is not known


@dataclass(frozen=True, slots=True)
class AnyWord:
    """AnyWord-3M: JSON files with `data_root` and `data_list`, a polygon and a text per line.

    Import: {kind: anyword, lists: "*.json", pictures: ""}

    Every file of the source that `lists` matches is read, a picture at a time however long it is.
    Pictures lie where `pictures` says; else in the list's `data_root`, where that is a folder of
    the source; else beside their list, in `imgs`, or in the source itself. Texts that are not
    `valid` are ignored; `wm_score` becomes the probability of a watermark; AnyText2's `color` is
    read. `side` is the side of the square that polygons are told in, where that is not the picture
    (AnyText makes every picture one of 512); 0: its own pixels. `caption_stars` keeps the `*` in
    captions, AnyText's mark for a text, which is a blank otherwise.
    """

    lists: str = "*.json"
    pictures: str = ""
    side: Annotated[int, Field(ge=0)] = 0
    caption_stars: bool = False

    def read(self, source: Path) -> Iterator[Item]:
        """The pictures of all lists, list by list."""
        folder = Source.at(source, "AnyWord's JSON files")
        for path in sources.matching(source, self.lists):
            root = self._root(folder, path)
            for number, entry in enumerate(scanning.entries(path, "data_list")):
                name = entry.get("img_name") if isinstance(entry, dict) else None
                called = name if isinstance(name, str) else f"{path.name}, entry {number}"
                yield sources.item(called, self._item, folder, root, entry)

    def _root(self, folder: Source, path: Path) -> str:
        """The folder of a list's pictures, from the source's; empty for the source itself."""
        beside = folder.relative(path.parent)
        told = scanning.field(path, "data_root")
        options = [self.pictures] if self.pictures else []
        if isinstance(told, str) and not self.pictures:
            options += [sources.joined(beside, told), told, sources.joined(beside, "imgs")]
        for option in options:
            try:
                found = folder.stretch(option.rstrip("/"))
            except Odd:
                continue
            if folder.has_folder(found):
                return "" if found.path == "." else found.path
        return "" if beside == "." else beside

    def _item(self, folder: Source, root: str, entry: Any) -> Item:
        told = sources.object_of(entry, "the entry")
        name = sources.text_of(told.get("img_name"), "img_name")
        labels = sources.list_of(told.get("annotations", []), "annotations")
        caption = sources.text_of(told.get("caption") or "", "the caption")
        said = caption if self.caption_stars else " ".join(caption.replace("*", " ").split())
        score = told.get("wm_score")
        return Item(
            sources.joined(root, name),
            folder.stretch(name, root),
            tuple(_label(one) for one in labels if _drawn(one)),
            (said,) if said.strip() else (),
            space=self.side,
            watermark=None if score is None else sources.share_of(score, "wm_score"),
        )


def _drawn(one: Any) -> bool:
    """Has the text an outline? Some have an empty one."""
    return bool(sources.object_of(one, "an annotation").get("polygon"))


def _label(one: Mapping[str, Any]) -> Label:
    return Label(
        sources.text_of(one.get("text"), "a text"),
        sources.polygon_of(one.get("polygon")),
        language=sources.text_of(one.get("language") or "", "a language"),
        rgb=_rgb(one.get("color")),
        ignored=one.get("valid") is False,
    )


def _rgb(value: Any) -> tuple[int, int, int] | None:
    if value is None:
        return None
    listed = sources.numbers(sources.list_of(value, "a color"), "a color")
    if len(listed) != 3:
        raise Odd(f"a color has {len(listed)} numbers")
    red, green, blue = (round(one) for one in listed)
    if _PLACEHOLDER in (red, green, blue):
        return None
    if not all(0 <= one <= 255 for one in (red, green, blue)):
        raise Odd(f"a color is {value}")
    return red, green, blue
