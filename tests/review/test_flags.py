"""Flags: a file that only grows, that outlasts crashes, and that several may write."""

from __future__ import annotations

import threading
from pathlib import Path

import orjson
import pytest

from glyphdata.errors import InputError, OutputError
from glyphdata.review.flags import MOST, Flags, read_flags


def test_a_flag_is_a_line_and_taking_it_back_is_another(tmp_path: Path) -> None:
    path = tmp_path / "flags.jsonl"
    flags = Flags(path)
    flags.put("000000-0001", "cut off")
    flags.put("000000-0002", "too dark")
    flags.put("000000-0001", "")
    assert flags.all() == {"000000-0002": "too dark"}
    lines = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    assert lines == [
        {"key": "000000-0001", "reason": "cut off"},
        {"key": "000000-0002", "reason": "too dark"},
        {"key": "000000-0001", "reason": ""},
    ]
    assert read_flags(path) == {"000000-0002": "too dark"}


def test_the_last_reason_counts_and_makes_it_the_latest(tmp_path: Path) -> None:
    flags = Flags(tmp_path / "flags.jsonl")
    for key, reason in (("a", "one"), ("b", "two"), ("a", "three")):
        flags.put(key, reason)
    assert list(flags.all().items()) == [("b", "two"), ("a", "three")]
    assert flags.reason("a") == "three"
    assert flags.reason("c") is None


def test_what_changes_nothing_writes_nothing(tmp_path: Path) -> None:
    flags = Flags(tmp_path / "flags.jsonl")
    flags.put("a", "")
    assert not flags.path.exists()
    flags.put("a", "dark")
    size = flags.path.stat().st_size
    flags.put("a", " dark\n")
    assert flags.path.stat().st_size == size


def test_a_line_that_a_crash_cut_off_is_lost_alone(tmp_path: Path) -> None:
    path = tmp_path / "flags.jsonl"
    path.write_bytes(b'{"key":"a","reason":"dark"}\n{"key":"b","rea')
    assert read_flags(path) == {"a": "dark"}
    flags = Flags(path)
    flags.put("c", "low")
    assert path.read_bytes() == b'{"key":"a","reason":"dark"}\n{"key":"c","reason":"low"}\n'


def test_a_long_unfinished_line_is_cut_off_too(tmp_path: Path) -> None:
    path = tmp_path / "flags.jsonl"
    path.write_bytes(b'{"key":"a","reason":"dark"}\n' + b"x" * 20_000)
    Flags(path).put("b", "low")
    assert read_flags(path) == {"a": "dark", "b": "low"}
    path.write_bytes(b"y" * 9000)
    Flags(path).put("b", "low")
    assert read_flags(path) == {"b": "low"}


@pytest.mark.parametrize("line", ["nonsense", "[]", '{"key": 1, "reason": "x"}', '{"key": "a"}'])
def test_a_damaged_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "flags.jsonl"
    path.write_text(f'{{"key":"a","reason":"x"}}\n\n{line}\n')
    with pytest.raises(InputError, match="no flag stands there") as caught:
        Flags(path)
    assert caught.value.trail == (f"{path}, line 3",)


def test_what_another_process_writes_is_seen(tmp_path: Path) -> None:
    mine, theirs = Flags(tmp_path / "flags.jsonl"), Flags(tmp_path / "flags.jsonl")
    theirs.put("a", "dark")
    mine.put("b", "low")
    assert mine.all() == theirs.all() == {"a": "dark", "b": "low"}


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "flags.jsonl"

    def write(number: int) -> None:
        flags = Flags(path)
        for turn in range(10):
            flags.put(f"{number}-{turn}", "x")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert read_flags(path) == {f"{n}-{t}": "x" for n in range(4) for t in range(10)}


def test_a_reason_is_one_line_of_bounded_length(tmp_path: Path) -> None:
    flags = Flags(tmp_path / "flags.jsonl")
    flags.put("a", "two\n lines\t" + "é" * 1000)
    assert flags.all()["a"] == ("two lines " + "é" * 1000)[:MOST]


def test_where_no_file_can_be_flags_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    flags = Flags(tmp_path / "nowhere" / "flags.jsonl")
    assert not flags.writable
    assert flags.all() == {}
    with pytest.raises(OutputError, match="cannot be kept here") as caught:
        flags.put("a", "dark")
    assert "--flags" in caught.value.hint
    with pytest.raises(InputError, match="cannot be read"):
        Flags(tmp_path / "file" / "flags.jsonl")
