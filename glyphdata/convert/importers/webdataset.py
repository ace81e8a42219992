"""Tars of pictures and captions, as webdataset reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glyphdata.convert.importing import sources
from glyphdata.convert.importing.sources import Odd, Source
from glyphdata.convert.item import Item, Stretch
from glyphdata.shards.stretches import Stretches
from glyphdata.shards.tarread import Member, walk

_PICTURES = tuple(one.removeprefix(".") for one in sources.PICTURES)


@dataclass(frozen=True, slots=True)
class WebDataset:
    """Tars of webdataset: samples of a picture, a `txt` and a `json`, as img2dataset writes them.

    Import: {kind: webdataset, tars: "*.tar"}

    Every file of the source that `tars` matches is read, and nothing unpacked: pictures are read
    from where they stand in their tar. The caption is `txt`, else the field `caption` of `json`,
    else `text` or `prompt`; a field `license` or `LICENSE` is read too. Tars with links, paths that
    lead outside, or members that could run code are refused, as ours would be. A sample without a
    picture is left out and named. Such pictures have no text boxes.
    """

    tars: str = "*.tar"
    caption: str = "caption"

    def read(self, source: Path) -> Iterator[Item]:
        """The samples of all tars, tar by tar."""
        folder = Source.at(source, "tars")
        for path in sources.matching(source, self.tars):
            tar = folder.relative(path)
            with Stretches(path) as file:
                held: list[Member] = []
                for member in walk(file, path):
                    if held and member.key != held[0].key:
                        yield self._item(file, tar, held)
                        held = []
                    held.append(member)
                if held:
                    yield self._item(file, tar, held)

    def _item(self, file: Stretches, tar: str, members: list[Member]) -> Item:
        name = f"{tar}/{members[0].key}"
        return sources.item(name, lambda: self._made(file, tar, name, members))

    def _made(self, file: Stretches, tar: str, name: str, members: list[Member]) -> Item:
        by_ending = {one.extension.lower(): one for one in members}
        picture = next((by_ending[one] for one in _PICTURES if one in by_ending), None)
        if picture is None:
            raise Odd(f"it has no picture but {', '.join(sorted(by_ending))}")
        told: Mapping[str, Any] = {}
        if "json" in by_ending:
            told = sources.object_of(
                sources.parsed(_content(file, by_ending["json"]), "json"), "it"
            )
        said = told.get(self.caption) or told.get("text") or told.get("prompt")
        if "txt" in by_ending:
            said = _content(file, by_ending["txt"]).decode("utf-8", "replace").strip()
        license = told.get("license") or told.get("LICENSE")
        return Item(
            name,
            Stretch(tar, picture.content, picture.size),
            captions=(said,) if isinstance(said, str) and said.strip() else (),
            license=license if isinstance(license, str) and license != "?" else "",
        )


def _content(file: Stretches, member: Member) -> bytes:
    if member.size > sources.MOST_BYTES:
        raise Odd(f"its {member.extension} has over {sources.MOST_BYTES} bytes")
    return file.read(member.content, member.size)
