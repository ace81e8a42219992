"""ICDAR's robust reading challenges: a text file per picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import Literal

from glyphdata.convert.importing import sources
from glyphdata.convert.importing.sources import Odd, Source
from glyphdata.convert.item import Item, Label
from glyphdata.errors import InputError

_UNREAD = "###"


@dataclass(frozen=True, slots=True)
class Icdar:
    """ICDAR challenges: per picture a file `gt_NAME.txt` of corners and texts.

    Import: {kind: icdar, task: icdar2015, labels: ""}

    The `task` tells how lines are written: `icdar2015` ones are `x1,y1,x2,y2,x3,y3,x4,y4,text`, the
    text all that follows the eighth comma; `mlt` lines have the script before the text; `icdar2013`
    lines are `left, top, right, bottom, "text"`, with commas or blanks. A text `###` is ignored.
    Pictures lie anywhere in the source, their label files in the folder `labels`, or anywhere too;
    they go by the picture's name, with or without `gt_`. Where folders have the same names, as the
    training and the test set of 2015 do, the nearest file is meant; two that are as near end the
    import. A picture without a label file has no texts.
    """

    task: Literal["icdar2015", "icdar2013", "mlt"] = "icdar2015"
    labels: str = ""

    def read(self, source: Path) -> Iterator[Item]:
        """The pictures by name, with the labels of the file that goes with each."""
        folder = Source.at(source, "pictures and files gt_NAME.txt")
        below = PurePosixPath(self.labels)
        files: dict[str, list[str]] = {}
        pictures: dict[str, list[str]] = {}
        names: list[str] = []
        for name in folder.walk():
            path = PurePosixPath(name)
            if sources.is_picture(name):
                names.append(name)
                pictures.setdefault(path.stem, []).append(name)
            elif path.suffix.lower() == ".txt" and path.is_relative_to(below):
                files.setdefault(path.stem.removeprefix("gt_"), []).append(name)
        for name in names:
            stem = PurePosixPath(name).stem
            file = _nearest(name, files.get(stem, []), pictures[stem])
            yield sources.item(name, self._item, folder, name, file)

    def _item(self, folder: Source, name: str, file: str | None) -> Item:
        labels: tuple[Label, ...] = ()
        if file is not None:
            told = sources.small_text(folder.root / folder.stretch(file).path)
            lines = told.replace("\r\n", "\n").split("\n")
            labels = tuple(self._label(line, file) for line in lines if line.strip())
        return Item(name, folder.stretch(name), labels)

    def _label(self, line: str, file: str) -> Label:
        if self.task == "icdar2013":
            return _upright(line, file)
        wanted = 10 if self.task == "mlt" else 9
        parts = line.split(",", wanted - 1)
        if len(parts) != wanted:
            raise Odd(f"{file}: {line[:40]!r} has not the {wanted} fields of {self.task}")
        flat = sources.numbers(parts[:8], file)
        script = parts[8] if self.task == "mlt" else ""
        text = parts[-1]
        return Label(text, sources.corners(flat), language=script, ignored=text == _UNREAD)


def _nearest(picture: str, files: Sequence[str], pictures: Sequence[str]) -> str | None:
    """The file with a picture's labels, of those of its name; None for none.

    The one that has the most folders in common with it, if no other of the `pictures` of that name
    has more in common with that. `InputError` where two are as near.
    """
    close = max((_shared(picture, one) for one in files), default=0)
    near = [one for one in files if _shared(picture, one) == close]
    near = [one for one in near if PurePosixPath(one).name.startswith("gt_")] or near
    if not near or any(_shared(one, near[0]) > close for one in pictures):
        return None
    here = PurePosixPath(picture).parent
    as_near = (one for one in pictures if _shared(one, near[0]) == close)
    alike = near[1:] or [one for one in as_near if PurePosixPath(one).parent != here]
    if alike:
        raise InputError(
            f"{near[0]} may hold the labels of {picture} or not: {alike[0]} is called alike, and"
            " is as near",
            hint="import a folder that has one of them, or put labels beside their pictures",
        )
    return near[0]


def _shared(one: str, other: str) -> int:
    """How many folders, from the source's on, two files lie in together."""
    folders = zip(one.split("/")[:-1], other.split("/")[:-1], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], folders))


def _upright(line: str, file: str) -> Label:
    """A line of 2013: an upright box, and the text in quotes, where a backslash escapes."""
    box, quote, rest = line.partition('"')
    text = rest.rstrip().removesuffix('"')
    flat = sources.numbers(box.replace(",", " ").split(), file)
    if not quote or len(flat) != 4:
        raise Odd(f'{file}: {line[:40]!r} is no left, top, right, bottom, "text"')
    text = text.replace('\\"', '"').replace("\\\\", "\\")
    return Label(text, sources.upright(*flat), ignored=text == _UNREAD)
