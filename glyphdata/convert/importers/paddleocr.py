"""PaddleOCR's lists of detection labels: what PPOCRLabel writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glyphdata.convert.importing import sources
from glyphdata.convert.importing.sources import Odd, Source
from glyphdata.convert.item import Item, Label

_UNREAD = ("###", "*")


@dataclass(frozen=True, slots=True)
class PaddleOcr:
    """PaddleOCR detection lists: per line a picture's path, a tab, and its texts as JSON.

    Import: {kind: paddleocr, lists: "*abel*.txt"}

    The JSON is a list of `transcription` and `points`, as many corners as there are. Texts `###`
    and `*`, and those that are `difficult`, are ignored. Every file of the source that `lists`
    matches is read. Paths are from `pictures`; else from the source, or from the folder of the
    list, or that above it, wherever the first picture is found.
    """

    lists: str = "*abel*.txt"
    pictures: str = ""

    def read(self, source: Path) -> Iterator[Item]:
        """The pictures of all lists, list by list."""
        folder = Source.at(source, "PaddleOCR's lists")
        for path in sources.matching(source, self.lists):
            beside = folder.relative(path.parent)
            root: str | None = self.pictures.strip("/") if self.pictures else None
            for number, line in enumerate(sources.lines(path), 1):
                if not line.strip():
                    continue
                name, _, told = line.partition("\t")
                if root is None:
                    root = _root(folder, beside, name)
                called = sources.joined(root or "", name)
                yield sources.item(
                    called if name else f"{path.name}, line {number}",
                    _item,
                    folder,
                    root or "",
                    name,
                    told,
                )


def _root(folder: Source, beside: str, name: str) -> str | None:
    """The folder that a list's paths are from: where a picture of it is found; None for none."""
    above = beside.rpartition("/")[0]
    for option in ("", beside, above):
        try:
            found = folder.stretch(name, option)
        except Odd:
            continue
        if folder.has(found):
            return "" if option == "." else option
    return None


def _item(folder: Source, root: str, name: str, told: str) -> Item:
    labels = sources.list_of(sources.parsed(told, "what follows the tab"), "what follows the tab")
    texts = tuple(_label(one) for one in labels)
    return Item(sources.joined(root, name), folder.stretch(name, root), texts)


def _label(value: Any) -> Label:
    told = sources.object_of(value, "a label")
    text = sources.text_of(told.get("transcription"), "a transcription")
    ignored = text in _UNREAD or told.get("difficult") is True
    return Label(text, sources.polygon_of(told.get("points"), "its points"), ignored=ignored)
