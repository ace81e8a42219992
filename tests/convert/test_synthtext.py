"""SynthText's ground truth, read by scipy as its many users read it, and by numpy alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy.io import loadmat

from glyphdata.convert.writing.matlab import Cells
from glyphdata.errors import OutputError
from tests.convert.posing import HOSTILE, Array, Truth, files, folder_in, posed, shipped, written


class Seen(NamedTuple):
    """A picture's words with their corners, the characters' corners, and the texts."""

    name: str
    words: list[str]
    quads: Array
    characters: Array
    texts: list[str]


def cut(texts: list[str]) -> list[str]:
    """The words of texts as users cut them: at blanks, line feeds before."""
    return [word for text in texts for word in text.replace("\n", " ").split(" ") if word]


def mat(out: Path) -> list[Seen]:
    found = loadmat(out / "gt.mat")
    assert {found[name].shape[0] for name in ("imnames", "wordBB", "charBB", "txt")} == {1}
    seen = []
    for name, words, characters, texts in zip(
        *(found[key][0] for key in ("imnames", "wordBB", "charBB", "txt")), strict=True
    ):
        told = [str(text).rstrip(" ") for text in texts]
        assert words.shape[:2] == characters.shape[:2] == (2, 4)
        quads, each = words.transpose(2, 1, 0), characters.transpose(2, 1, 0)
        seen.append(Seen(str(name[0]), cut(told), quads, each, told))
    return seen


def npz(out: Path) -> list[Seen]:
    found = np.load(out / "gt.npz", allow_pickle=False)

    def row(name: str, at: int, offsets: str = "") -> Any:
        ends = found[offsets or f"{name}_at"]
        return found[name][ends[at] : ends[at + 1]]

    seen = []
    for at in range(len(found["imnames_at"]) - 1):
        name = row("imnames", at).tobytes().decode()
        which = range(found["txt_of"][at], found["txt_of"][at + 1])
        texts = [row("txt", one).tobytes().decode() for one in which]
        quads, characters = (row(key, at).transpose(0, 2, 1) for key in ("wordBB", "charBB"))
        seen.append(Seen(name, cut(texts), quads, characters, texts))
    return seen


@pytest.mark.parametrize(("form", "read"), [("mat", mat), ("npz", npz)])
def test_every_word_and_character_of_a_thousand_comes_back(
    form: str, read: Any, thousand: Path, true: tuple[Truth, ...], tmp_path: Path
) -> None:
    made = shipped("synthtext", tmp_path / "out", f"form={form}", of=thousand)
    assert made.skipped == ()
    samples = read(tmp_path / "out")
    assert len(samples) == 1000
    for seen, truth in zip(samples, true, strict=True):
        assert (tmp_path / "out" / seen.name).read_bytes() == truth.members["jpg"]
        assert seen.words == [word.text for _, word in truth.words]
        assert seen.quads.shape[1:] == (4, 2)
        pointer = 0
        for quad, (box, word) in zip(seen.quads, truth.words, strict=True):
            assert np.abs(quad - word.quad).max() <= 1e-3
            each = seen.characters[pointer : pointer + len(word.text)]
            pointer += len(word.text)
            wanted = [one.quad for one in box.inside(word) for _ in one.text]
            assert np.abs(each - np.array(wanted)).max() <= 1e-3
        assert pointer == len(seen.characters)


def test_a_text_has_its_lines_apart(tmp_path: Path, true: tuple[Truth, ...]) -> None:
    several = next(one for one in true if any(len(box.lines) > 1 for box in one.boxes))
    from glyphdata.convert.picture import Picture
    from glyphdata.shards.dataset import Record

    written("synthtext", tmp_path, of=[Picture(Record(several.key, several.members))])
    (seen,) = mat(tmp_path)
    for text, box in zip(seen.texts, several.boxes, strict=True):
        assert text.count("\n") == len(box.lines) - 1
        assert text.split() == box.text.split()


@pytest.mark.parametrize(("form", "read"), [("mat", mat), ("npz", npz)])
def test_hostile_texts_come_back_or_are_skipped_by_name(
    form: str, read: Any, tmp_path: Path
) -> None:
    pictures = [posed("k", *HOSTILE, width=400, height=200), posed("empty"), posed("l", "so")]
    folder = written("synthtext", tmp_path, f"form={form}", of=pictures)
    words = [word for text in HOSTILE for word in text.split(" ") if word]
    whole = [word for word in words if not any(char.isspace() for char in word)]
    first, empty, last = read(tmp_path)
    assert first.words == whole
    assert folder.skipped == {"word with a blank in it": len(words) - len(whole)}
    assert len(first.characters) == sum(map(len, whole))
    assert (empty.words, empty.quads.shape, empty.texts) == ([], (0, 4, 2), [])
    assert (last.name, last.words) == ("images/l.jpg", ["so"])


def test_nothing_but_the_pictures_and_the_truth_is_left(tmp_path: Path) -> None:
    written("synthtext", tmp_path / "a", of=[posed("k", "so")])
    written("synthtext", tmp_path / "b", "form=npz", of=[posed("k", "so")])
    assert set(files(tmp_path / "a")) == {"gt.mat", "images/k.jpg"}
    assert set(files(tmp_path / "b")) == {"gt.npz", "images/k.jpg"}


def test_more_than_a_mat_file_can_tell_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("glyphdata.convert.writing.matlab._LARGEST", 1000)
    with (
        pytest.raises(OutputError, match=r"txt takes 1,\d\d\d bytes") as told,
        Cells(folder_in(tmp_path), "gt.mat", ("txt",)) as cells,
    ):
        cells.texts("txt", ["so " * 400])
    assert told.value.hint == "export fewer samples (`--limit`), or with `-s form=npz`"
