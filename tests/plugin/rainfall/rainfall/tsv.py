"""A table of texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from glyphdata.convert.folder import Folder
from glyphdata.convert.picture import Picture


@dataclass(frozen=True, slots=True)
class Tsv:
    """A table of keys and texts, with tabs between.

    Export: {kind: tsv, header: true}
    """

    header: bool = True

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        """Write `texts.tsv`; a text with a tab or a line end is left out by name."""
        with folder.open("texts.tsv") as table:
            if self.header:
                table.write(b"key\ttext\n")
            for picture in pictures:
                for box in picture.boxes:
                    if "\t" in box.text or len(box.text.splitlines()) > 1:
                        folder.skip(picture.key, "a tab or a line end in a text")
                    else:
                        table.write(f"{picture.key}\t{box.text}\n".encode())
