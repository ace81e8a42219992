"""A plain folder of pictures, with captions beside them or in a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glyphdata.convert.importing import sources
from glyphdata.convert.importing.sources import Odd, Source
from glyphdata.convert.item import Item
from glyphdata.errors import InputError

_NAMES = ("file_name", "image", "img_name", "path")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of pictures; captions in a `.txt` beside each, or in `metadata.jsonl`.

    Import: {kind: folder, caption: text}

    Where the source has a list `metadata.jsonl`, as Hugging Face's imagefolder has it, in its
    folder or those below, the pictures are those that the lists name (`file_name`, from the list's
    folder), their captions the column `caption`, else `text`, `caption` or `prompt`; a column
    `license` is read too. Without one all pictures are taken, whatever folders they lie in, with
    the file of the same name and the ending `.txt` as caption. Such pictures have no text boxes.
    """

    caption: str = ""

    def read(self, source: Path) -> Iterator[Item]:
        """The pictures in the order of the lists, or by name."""
        folder = Source.at(source, "pictures")
        lists = [name for name in folder.walk() if name.rpartition("/")[2] == "metadata.jsonl"]
        for name in lists:
            yield from self._listed(folder, name)
        if not lists:
            for name in folder.walk():
                if sources.is_picture(name):
                    yield sources.item(name, _plain, folder, name)

    def _listed(self, folder: Source, list_name: str) -> Iterator[Item]:
        beside = list_name.rpartition("/")[0]
        for number, line in enumerate(sources.lines(folder.root / list_name), 1):
            if not line.strip():
                continue
            try:
                told = sources.object_of(sources.parsed(line, "it"), "it")
            except Odd as fault:
                raise InputError(
                    f"{folder.root / list_name}, line {number}: {fault}", hint="mend or remove it"
                ) from None
            name = next((told[one] for one in _NAMES if isinstance(told.get(one), str)), "")
            called = sources.joined(beside, name) if name else f"{list_name}, line {number}"
            yield sources.item(called, self._item, folder, beside, name, told)

    def _item(self, folder: Source, beside: str, name: str, told: Mapping[str, Any]) -> Item:
        columns = [self.caption] if self.caption else ["text", "caption", "prompt"]
        said = [told[one] for one in columns if isinstance(told.get(one), str)]
        license = told.get("license")
        return Item(
            sources.joined(beside, name),
            folder.stretch(name, beside),
            captions=tuple(one for one in said[:1] if one.strip()),
            license=license if isinstance(license, str) else "",
        )


def _plain(folder: Source, name: str) -> Item:
    text = (folder.root / name).with_suffix(".txt")
    said = sources.small_text(text).strip() if text.is_file() else ""
    return Item(name, folder.stretch(name), captions=(said,) if said else ())
