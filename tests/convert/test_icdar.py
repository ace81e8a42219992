"""ICDAR 2015, read as its evaluation scripts read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glyphdata.errors import InputError
from tests.convert.conftest import Ship
from tests.convert.posing import HOSTILE, Truth, files, posed, written


def labels(content: bytes) -> list[tuple[np.ndarray[Any, Any], str]]:
    """Corners and text of each line: a byte order mark is dropped, the text has its commas."""
    found = []
    for line in content.decode("utf-8-sig").split("\n")[:-1]:
        *corners, text = line.split(",", 8)
        found.append((np.array([int(one) for one in corners]).reshape(4, 2), text))
    return found


def test_every_word_of_a_thousand_pictures_is_read_back(
    ship: Ship, tmp_path: Path, true: tuple[Truth, ...]
) -> None:
    assert ship("icdar").skipped == ()
    out = files(tmp_path / "out")
    assert len(out) == 2 * len(true)
    for truth in true:
        assert out[f"images/{truth.key}.jpg"] == truth.members["jpg"]
        found = labels(out[f"gt/gt_{truth.key}.txt"])
        assert [text for _, text in found] == [word.text for _, word in truth.words]
        for (corners, _), (_, word) in zip(found, truth.words, strict=True):
            assert np.abs(corners - word.quad).max() <= 0.5


def test_a_byte_order_mark_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    written("icdar", tmp_path, "byte_order_mark=true", of=[posed("a", "a,b")])
    content = (tmp_path / "gt/gt_a.txt").read_bytes()
    assert content == b"\xef\xbb\xbf2,2,14,2,14,10,2,10,a,b\n"
    assert [text for _, text in labels(content)] == ["a,b"]


def test_hostile_texts_survive_or_are_told_as_ignored_and_counted(tmp_path: Path) -> None:
    folder = written("icdar", tmp_path, "unit=line", of=[posed("a", *HOSTILE), posed("b")])
    found = [text for _, text in labels((tmp_path / "gt/gt_a.txt").read_bytes())]
    ended = {"two\nlines", "two\r\nends"}
    assert found == ["###" if text in ended else text for text in HOSTILE]
    assert dict(folder.skipped) == {
        "text that says ###, which readers ignore": 1,
        "text with a line end, told as ###": 2,
    }
    assert (tmp_path / "gt/gt_b.txt").read_bytes() == b""


def test_a_dataset_without_layout_is_refused(ship: Ship, bare: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no layout\.json"):
        ship("icdar", of=bare)
    assert list(tmp_path.glob("out*")) == []
