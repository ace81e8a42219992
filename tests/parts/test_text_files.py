"""Texts from files: every format, any size, and rows that hold no text."""

from __future__ import annotations

import csv
import json
import multiprocessing
import pickle
import tracemalloc
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet
from pydantic import TypeAdapter, ValidationError

from glyphdata.errors import InputError, Rejection
from glyphdata.parts import TextSource
from glyphdata.parts.textfile import Records, rows
from glyphdata.parts.texts.file import Files
from glyphdata.scene.rng import Rng

TEXTS = tuple(
    f'row {number}, “quoted” "twice", naïve 字 {number * number}' for number in range(777)
)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLYPHDATA_CACHE", str(tmp_path / "cache"))


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def held(path: Path, column: str = "text") -> list[str]:
    """Every row's text, or the reason for which it has none."""
    found = rows(path, column)
    out = []
    for number in range(len(found)):
        try:
            out.append(found.text(number))
        except Rejection as fault:
            out.append(f"!{fault.reason}")
    return out


def a_file(folder: Path, suffix: str) -> Path:
    path = folder / f"texts{suffix}"
    if suffix == ".txt":
        path.write_text("".join(f"{text}\n" for text in TEXTS), encoding="utf-8")
    elif suffix == ".jsonl":
        lines = (json.dumps({"id": 1, "text": text}) for text in TEXTS)
        path.write_text("\n".join(lines), encoding="utf-8")
    elif suffix in (".csv", ".tsv"):
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter="\t" if suffix == ".tsv" else ",")
            writer.writerows(
                [("id", "text"), *((number, text) for number, text in enumerate(TEXTS))]
            )
    else:
        parquet.write_table(pa.table({"id": range(len(TEXTS)), "text": TEXTS}), path)
    return path


@pytest.mark.parametrize("suffix", [".txt", ".jsonl", ".csv", ".tsv", ".parquet"])
def test_every_format_gives_every_row(tmp_path: Path, suffix: str) -> None:
    assert held(a_file(tmp_path, suffix)) == list(TEXTS)


def chosen(source: Files, number: int) -> str:
    return source.choose(Rng.of(0, number), "sentence").text


@pytest.mark.parametrize("suffix", [".txt", ".csv", ".parquet"])
def test_a_source_draws_the_same_rows_here_and_in_a_spawned_process(
    tmp_path: Path, suffix: str
) -> None:
    a_file(tmp_path, suffix)
    source = Files(f"texts{suffix}", level="sentence", language="fr").ready(tmp_path)
    assert isinstance(source, TextSource)
    assert source.levels() == ("sentence",)
    first = [source.choose(Rng.of(1, number), "sentence") for number in range(50)]
    again = pickle.loads(pickle.dumps(source))
    assert again == source
    assert [again.choose(Rng.of(1, number), "sentence") for number in range(50)] == first
    assert {passage.text for passage in first} <= set(TEXTS)
    assert first[0].language == "fr"
    if suffix == ".txt":
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            assert pool.apply(chosen, (source, 7)) == chosen(source, 7)


def test_without_a_level_a_file_serves_all(tmp_path: Path) -> None:
    a_file(tmp_path, ".txt")
    assert Files("texts.txt").ready(tmp_path).levels() == ("word", "sentence", "paragraph")


def test_every_row_is_as_likely(tmp_path: Path) -> None:
    written(tmp_path, "few.txt", b"one\ntwo\nthree\nfour\n")
    source = Files("few.txt").ready(tmp_path)
    seen = Counter(source.choose(Rng.of(1, number), "word").text for number in range(4000))
    assert set(seen) == {"one", "two", "three", "four"}
    assert min(seen.values()) > 850


@pytest.mark.parametrize("suffix", [".txt", ".jsonl", ".csv", ".parquet"])
def test_a_large_file_takes_little_memory(tmp_path: Path, suffix: str) -> None:
    text = "the same forty words again and again " * 5
    path = tmp_path / f"large{suffix}"
    if suffix == ".parquet":
        parquet.write_table(pa.table({"text": [text] * 200_000}), path, row_group_size=10_000)
    else:
        line = json.dumps({"text": text}) if suffix == ".jsonl" else text
        path.write_text("text\n" + f"{line}\n" * 200_000, encoding="utf-8")
    tracemalloc.start()
    try:
        source = Files(f"large{suffix}").ready(tmp_path)
        for number in range(200):
            try:
                assert source.choose(Rng.of(2, number), "paragraph").text == text
            except Rejection as fault:  # the first line of the text and of the JSON lines
                assert fault.reason == "bad-text"
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        (b"\xef\xbb\xbfone\ntwo", ["one", "two"]),
        (b"one\r\ntwo\r\n", ["one", "two"]),
        ("a\u2028b\u2029c\u0085d\n  e\tf  \n".encode(), ["a\u2028b\u2029c\u0085d", "  e\tf  "]),
        ("e\u0301te\u0301\n\u00e9t\u00e9\n".encode(), ["e\u0301te\u0301", "\u00e9t\u00e9"]),
        (b"one\r\r\ntwo\rthree", ["one\r", "two\rthree"]),
        (b"one\n\n   \ntwo\n", ["one", "!empty-text", "!empty-text", "two"]),
        (b"a\xff\nb\x00c\nb\x1cc\nd\n", ["!bad-text", "!bad-text", "!bad-text", "d"]),
        (b"x" * 100_000 + b"\n" + b"y" * 100_001 + b"\nz", ["x" * 100_000, "!text-too-long", "z"]),
    ],
)
def test_lines_are_given_as_they_were_written(
    tmp_path: Path, content: bytes, texts: list[str]
) -> None:
    assert held(written(tmp_path, "lines.txt", content)) == texts


def test_bad_json_lines_are_rejected_one_by_one(tmp_path: Path) -> None:
    lines = [
        b'{"text": "good"}', b'{"text": "\\ud800"}', b'{"text": 7}', b"{broken", b"", b'{"no": 1}',
        b'["list"]', b'{"text": ""}', b'{"text": "a\\u0000b"}', b'{"text": "a\\nb"}',
    ]  # fmt: skip
    assert held(written(tmp_path, "lines.jsonl", b"\n".join(lines))) == [
        "good", "!bad-text", "!bad-text", "!bad-text", "!empty-text", "!bad-text", "!bad-text",
        "!empty-text", "!bad-text", "a\nb",
    ]  # fmt: skip


def test_csv_keeps_quotes_and_line_ends_inside_cells(tmp_path: Path) -> None:
    content = (
        b'\xef\xbb\xbfid,"text"\r\n1,"two\r\nlines, ""quoted"""\r\n2,plain\r\n3\r\n'
        b'\r\n4,"a,b"\r\n5,"x"y\r\n6,last'
    )
    assert held(written(tmp_path, "cells.csv", content)) == [
        'two\r\nlines, "quoted"', "plain", "!bad-text", "!empty-text", "a,b", "!bad-text", "last",
    ]  # fmt: skip


def test_parquet_cells_without_text_are_rejected_one_by_one(tmp_path: Path) -> None:
    broken = pa.array([b"good", b"\xff", b"", b"a\nb"]).view(pa.string())
    table = pa.table({"text": pa.chunked_array([broken, pa.array([None, "end"])])})
    parquet.write_table(table, tmp_path / "cells.parquet")
    assert held(tmp_path / "cells.parquet") == [
        "good", "!bad-text", "!empty-text", "a\nb", "!bad-text", "end",
    ]  # fmt: skip


@pytest.mark.parametrize("quoted", [False, True])
def test_records_among_giants_are_found(tmp_path: Path, quoted: bool) -> None:
    cells = [b"a", b"g" * 3_000_000, b"b", b"", b"c" * 200_000, *(b"%d" % n for n in range(40))]
    if quoted:
        cells = [b'"' + cell + b'\n"' for cell in cells]
    records = Records(written(tmp_path, "giants", b"\n".join(cells)), 0, quoted=quoted)
    assert len(records) == len(cells)
    for number, cell in enumerate(cells):
        if len(cell) > 1_000_000:
            with pytest.raises(Rejection) as fault:
                records[number]
            assert fault.value.reason == "text-too-long"
        else:
            assert records[number] == cell


def test_a_rejection_names_file_and_row(tmp_path: Path) -> None:
    found = rows(written(tmp_path, "lines.txt", b"one\n\xff\n"), "text")
    with pytest.raises(Rejection, match=r"lines\.txt › row 2: no UTF-8 at byte 0"):
        found.text(1)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.txt", None, "there is no file"),
        ("empty.txt", b"", "holds no text"),
        ("head.csv", b"id,text\n", "holds no text"),
        ("other.csv", b"id,texts\n1,a\n", "did you mean 'texts'"),
        ("other.jsonl", b'{"body": "a"}\n', "it has body"),
        ("wide.txt", "one\n".encode("utf-16"), "is UTF-16"),
        ("strange.docx", b"PK", "known format"),
        ("broken.parquet", b"PAR1", "is no Parquet file"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(
    tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        written(tmp_path, name, content)
    with pytest.raises(InputError) as fault:
        Files(name).ready(tmp_path)
    assert said in str(fault.value)
    assert fault.value.hint


def test_a_column_of_numbers_is_no_column_of_texts(tmp_path: Path) -> None:
    a_file(tmp_path, ".parquet")
    with pytest.raises(InputError, match=r"column 'id' of .* is int64"):
        Files("texts.parquet", column="id").ready(tmp_path)


def test_a_changed_parquet_file_is_copied_anew(tmp_path: Path) -> None:
    path = tmp_path / "texts.parquet"
    for text in ("before", "afterwards"):
        parquet.write_table(pa.table({"text": [text]}), path)
        assert held(path) == [text]
    assert not list((tmp_path / "cache" / "texts").glob("*.part"))


def test_the_gate_knows_the_fields_of_a_file_and_no_others() -> None:
    gate = TypeAdapter(Files)
    assert gate.validate_python({"path": "a.txt"}) == Files("a.txt")
    assert set(gate.json_schema()["properties"]) == {"path", "level", "language", "column", "share"}
    for wrong in ({}, {"path": ""}, {"path": "a", "level": "line"}, {"path": "a", "language": "?"}):
        with pytest.raises(ValidationError):
            gate.validate_python(wrong)
