"""SynthText's ground truth: words and characters of every picture in one `gt.mat`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from glyphdata.convert.folder import Folder
from glyphdata.convert.picture import Picture
from glyphdata.convert.writing.characters import Spelled, spelled
from glyphdata.convert.writing.matlab import Cells
from glyphdata.convert.writing.npy import Columns

_COLUMNS: dict[str, tuple[str, tuple[int, ...]]] = {
    "imnames": ("|u1", ()),
    "imnames_at": ("<i8", ()),
    "wordBB": ("<f4", (2, 4)),
    "wordBB_at": ("<i8", ()),
    "charBB": ("<f4", (2, 4)),
    "charBB_at": ("<i8", ()),
    "txt": ("|u1", ()),
    "txt_at": ("<i8", ()),
    "txt_of": ("<i8", ()),
}


class _Truth(NamedTuple):
    """One picture: its file, the quads of words and characters (n × 2 × 4), and its texts."""

    name: str
    words: NDArray[np.float32]
    characters: NDArray[np.float32]
    texts: list[str]


@dataclass(frozen=True, slots=True)
class SynthText:
    """SynthText: words, characters and texts of all pictures in one `gt.mat`, or a `gt.npz`.

    Export: {kind: synthtext, form: mat}

    Read by whatever trains on SynthText (`scipy.io.loadmat`): `imnames`, `wordBB` and `charBB`
    (2 × 4 × n, x and y of corners clockwise from the text's own top left) and `txt`, where a text
    has its words with blanks and its lines with line feeds between. A character that is no blank
    has a box; those of one cluster share it. `form: npz` is the same as flat arrays and offsets,
    read without a pickle and without end: picture i has the words `wordBB_at[i]` up to
    `wordBB_at[i + 1]`, and likewise.
    """

    form: Literal["mat", "npz"] = "mat"

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        """Write `images/KEY.jpg` and `gt.mat` or `gt.npz`."""
        truths = (_told(picture, folder) for picture in pictures)
        if self.form == "mat":
            _mat(truths, folder)
        else:
            _npz(truths, folder)


def _told(picture: Picture, folder: Folder) -> _Truth:
    name = f"images/{picture.file_name}"
    folder.put(name, picture.encoded)
    words: list[Spelled] = []
    texts = []
    for box in picture.boxes:
        whole = [one for one in spelled(box) if _whole(one, picture.key, folder)]
        words += whole
        lines: dict[int, list[str]] = {}
        for one in whole:
            lines.setdefault(one.word.line, []).append(one.word.text)
        if lines:
            texts.append("\n".join(" ".join(line) for line in lines.values()))
    quads = [one.word.quad.T for one in words]
    characters = [cluster.quad.T for one in words for cluster in one.clusters for _ in cluster.text]
    return _Truth(name, _stacked(quads), _stacked(characters), texts)


def _whole(one: Spelled, key: str, folder: Folder) -> bool:
    """Can readers that cut texts at blanks find the word again, and count its characters?"""
    if any(char.isspace() for char in one.word.text):
        folder.skip(key, "word with a blank in it")
        return False
    if "".join(cluster.text for cluster in one.clusters) != one.word.text:
        folder.skip(key, "word whose characters are joined with those of others")
        return False
    return True


def _stacked(quads: list[NDArray[np.float64]]) -> NDArray[np.float32]:
    return np.array(quads, np.float32).reshape(-1, 2, 4)


def _mat(truths: Iterator[_Truth], folder: Folder) -> None:
    with Cells(folder, "gt.mat", ("imnames", "wordBB", "charBB", "txt")) as cells:
        for truth in truths:
            cells.texts("imnames", [truth.name])
            cells.numbers("wordBB", np.moveaxis(truth.words, 0, -1))
            cells.numbers("charBB", np.moveaxis(truth.characters, 0, -1))
            cells.texts("txt", truth.texts)


def _npz(truths: Iterator[_Truth], folder: Folder) -> None:
    with Columns(folder, "gt.npz", _COLUMNS) as columns:
        for at in (name for name in _COLUMNS if name.endswith(("_at", "_of"))):
            columns[at].add([0])
        for truth in truths:
            for name, text in (("imnames", truth.name), *(("txt", text) for text in truth.texts)):
                columns[name].add(np.frombuffer(text.encode(), np.uint8))
                columns[f"{name}_at"].add([columns[name].rows])
            for name, quads in (("wordBB", truth.words), ("charBB", truth.characters)):
                columns[name].add(quads)
                columns[f"{name}_at"].add([columns[name].rows])
            columns["txt_of"].add([columns["txt_at"].rows - 1])
