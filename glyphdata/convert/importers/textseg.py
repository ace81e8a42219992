"""TextSeg: pictures of scenes and designs with every character's outline and mask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from glyphdata.convert.importing import sources
from glyphdata.convert.importing.sources import Odd, Source
from glyphdata.convert.item import Item, Label, Part, Stretch
from glyphdata.errors import InputError

_LABELS = ("annotation", "bpoly_label", "")  # where the release and its loader look
_MASKS = ("annotation", "instance_label", "")
_PICTURES = ("image", "")


@dataclass(frozen=True, slots=True)
class TextSeg:
    """TextSeg: `image/ID.jpg`, `annotation/ID_anno.json` and `ID_mask.png`, and `split.json`.

    Import: {kind: textseg, split: all}

    Words and characters have a text and an outline, characters a value in the mask, where 255 is
    what was not to be told apart. `split` takes the pictures that `split.json` names there. A
    word's text of nothing, or of `#` alone, is ignored. TextSeg may be used for research alone:
    say so with `--license`.
    """

    split: Literal["all", "train", "val", "test"] = "all"

    def read(self, source: Path) -> Iterator[Item]:
        """The pictures by name."""
        folder = Source.at(source, "TextSeg's image/ and annotation/")
        wanted = None if self.split == "all" else _split(source, self.split)
        place = next((one for one in _PICTURES if (source / one).is_dir()), "")
        for name in folder.walk(place):
            if not sources.is_picture(name) or name.endswith(("_mask.png", "_maskeff.png")):
                continue
            called = Path(name).stem
            if called.endswith("_maskfg") or (wanted is not None and called not in wanted):
                continue
            yield sources.item(called, _item, folder, name, called)


def _split(source: Path, which: str) -> frozenset[str]:
    """The names that `split.json` lists; `InputError` where it lists none."""
    try:
        told = sources.parsed(sources.small(source / "split.json"), "split.json")
        return frozenset(map(str, sources.list_of(sources.object_of(told, "it").get(which), which)))
    except Odd as fault:
        raise InputError(
            f"{source / 'split.json'}: {fault}", hint="leave out `split` to take all"
        ) from None


def _item(folder: Source, name: str, called: str) -> Item:
    file = _beside(folder, _LABELS, f"{called}_anno.json")
    told: Mapping[str, Any] = {}
    if file is not None:
        content = sources.small(folder.root / file.path)
        told = sources.object_of(sources.parsed(content, f"{called}_anno.json"), "it")
    mask = _beside(folder, _MASKS, f"{called}_mask.png")
    labels = tuple(_label(told[one]) for one in sorted(told, key=_number))
    return Item(called, folder.stretch(name), labels, mask=mask)


def _beside(folder: Source, places: tuple[str, ...], name: str) -> Stretch | None:
    for place in places:
        found = folder.stretch(f"{place}/{name}" if place else name)
        if folder.has(found):
            return found
    return None


def _label(value: Any) -> Label:
    told = sources.object_of(value, "a word")
    text = sources.text_of(told.get("text") or "", "a word's text")
    told_parts = told.get("char") or {}
    parts = sources.object_of(told_parts, "a word's characters")
    return Label(
        text,
        sources.polygon_of(told.get("bbox"), "a word's bbox"),
        characters=tuple(_part(parts[one]) for one in sorted(parts, key=_number)),
        ignored=not text.strip("# "),
    )


def _number(key: str) -> tuple[int, str]:
    """Sorts numbers as such, with zeros before them (as TextSeg has them) or without."""
    return len(key), key


def _part(value: Any) -> Part:
    told = sources.object_of(value, "a character")
    number = told.get("mask_value", 0)
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise Odd(f"a character's mask_value is {number!r}")
    return Part(
        sources.text_of(told.get("text") or "", "a character's text"),
        sources.polygon_of(told.get("bbox"), "a character's bbox"),
        0 if number == 255 else number,
    )
