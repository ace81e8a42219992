"""Lists of keys: written whole, read back, and a line that is no key is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from glyphdata.errors import InputError, OutputError
from glyphdata.shards.keylist import key_lines, read_keys, write_keys


def test_keys_and_reasons_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    keys = {"000000-0001": "cut off", "000003-0017-02": "", "000000-0000": "zu dunkel, é"}
    write_keys(tmp_path / "keys.txt", keys)
    assert read_keys(tmp_path / "keys.txt") == keys
    assert list(read_keys(tmp_path / "keys.txt")) == list(keys)


def test_keys_alone_have_no_tab() -> None:
    assert key_lines(["000000-0001", "000000-0002"]) == "000000-0001\n000000-0002\n"


def test_a_reason_stays_on_its_line() -> None:
    assert key_lines({"000000-0001": "two\nlines\tand a tab\r\n"}) == (
        "000000-0001\ttwo lines and a tab\n"
    )


def test_what_people_write_by_hand_is_read(tmp_path: Path) -> None:
    path = tmp_path / "keys.txt"
    path.write_bytes(
        b"\xef\xbb\xbf# bad ones\r\n000000-0001\r\n\r\n  000000-0002 \tdark\n000000-0001\tlow"
    )
    assert read_keys(path) == {"000000-0001": "low", "000000-0002": "dark"}


def test_an_empty_list_is_one(tmp_path: Path) -> None:
    write_keys(tmp_path / "keys.txt", [])
    assert read_keys(tmp_path / "keys.txt") == {}


@pytest.mark.parametrize("line", ["two words", "a\x00b", "\tno key", "a b\treason"])
def test_a_line_that_is_no_key_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "keys.txt"
    path.write_text(f"000000-0001\n{line}\n")
    with pytest.raises(InputError, match="is no key") as caught:
        read_keys(path)
    assert caught.value.trail == (f"{path}, line 2",)
    assert caught.value.hint


def test_a_list_that_is_missing_or_no_text_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_keys(tmp_path / "none.txt")
    (tmp_path / "picture.txt").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(InputError, match="no UTF-8 text"):
        read_keys(tmp_path / "picture.txt")


@pytest.mark.parametrize("key", ["", "two words", "tab\tinside", "line\nend", "#comment"])
def test_what_would_not_be_read_back_is_not_written(tmp_path: Path, key: str) -> None:
    with pytest.raises(InputError, match="is no key of a sample"):
        write_keys(tmp_path / "keys.txt", [key])
    assert not (tmp_path / "keys.txt").exists()


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot write"):
        write_keys(tmp_path / "file" / "keys.txt", ["000000-0001"])
