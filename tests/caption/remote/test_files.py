"""Requests and answers in files: batches for engines that run offline, and recordings."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from glyphdata.caption.captioner import Answer, Asked, Captioner, Fault
from glyphdata.caption.captioners.batchfile import BatchFile
from glyphdata.caption.captioners.replay import Replay
from glyphdata.errors import InputError, OutputError
from tests.caption.remote.serving import completion

Ask = Callable[..., Asked]


def lines(path: Path, *entries: Any) -> Path:
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    return path


def requested(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def ran(captioner: BatchFile | Replay, *asked: Asked) -> list[Answer | Fault]:
    """What comes of a run: checked, asked, closed."""
    try:
        captioner.check()
        return captioner.caption(asked)
    finally:
        captioner.close()


def engine(requests: Path, results: Path) -> Path:
    """An engine that answers a file of requests, in another order than asked."""
    made = [
        {
            "id": f"vllm-{number}",
            "custom_id": one["custom_id"],
            "response": {
                "status_code": 200,
                "body": completion(f"answer {one['custom_id'].split(':')[2]}"),
            },
            "error": None,
        }
        for number, one in enumerate(requested(requests))
    ]
    return lines(results, *reversed(made))


def test_what_is_asked_is_written_and_its_results_are_read(ask: Ask, tmp_path: Path) -> None:
    requests, results = tmp_path / "requests.jsonl", tmp_path / "results.jsonl"
    asked = [ask(number) for number in range(3)]
    said = ran(BatchFile(model="m", requests=str(requests)), *asked)
    assert [(one.code, one.passing) for one in said if isinstance(one, Fault)] == [
        ("not-recorded", True)
    ] * 3
    engine(requests, results)
    reader = BatchFile(model="m", results=str(results))
    assert not reader.needs_picture
    assert ran(reader, *asked) == [
        Answer(f"answer {number:09d}", model="m@1") for number in range(3)
    ]


def test_a_request_is_named_by_recipe_level_key_and_attempt(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    writer = BatchFile(model="m", requests=str(path))
    ran(writer, ask(5), ask(5, level=2), ask(5, attempt=1), ask(5, prompt="Is it red?"))
    first, *others = requested(path)
    recipe, level, key, attempt = first["custom_id"].split(":")
    assert len(bytes.fromhex(recipe)) == 6
    assert (level, key, attempt) == ("1", "000000005", "0")
    assert (first["method"], first["url"]) == ("POST", "/v1/chat/completions")
    assert first["body"]["model"] == "m"
    assert [one["custom_id"].split(":", 1)[1].split(":")[:3] for one in others] == [
        ["2", "000000005", "0"],
        ["1", "000000005", "1"],
        ["1", "000000005", "0"],
    ]
    assert len({one["custom_id"] for one in (first, *others)}) == 4


def test_the_results_of_another_recipe_are_not_ours(ask: Ask, tmp_path: Path) -> None:
    requests, results = tmp_path / "requests.jsonl", tmp_path / "results.jsonl"
    ran(BatchFile(model="m", requests=str(requests)), ask())
    engine(requests, results)
    (said,) = ran(BatchFile(model="m", results=str(results), temperature=0.7), ask())
    assert isinstance(said, Fault)
    assert said.code == "not-recorded"


def test_nothing_is_requested_twice_over_runs_and_a_torn_line_is_asked_for_anew(
    ask: Ask, tmp_path: Path
) -> None:
    path = tmp_path / "requests.jsonl"
    writer = BatchFile(model="m", requests=str(path))
    ran(writer, ask(0), ask(1), ask(1))
    whole = path.read_bytes()
    path.write_bytes(whole[:-200])
    ran(writer, ask(0), ask(1))
    assert path.read_bytes() == whole
    ran(writer, ask(0), ask(1), ask(2))
    assert [one["custom_id"][-11:-2] for one in requested(path)] == [
        "000000000",
        "000000001",
        "000000002",
    ]


def test_what_has_a_result_is_not_requested_again(ask: Ask, tmp_path: Path) -> None:
    requests, results = tmp_path / "requests.jsonl", tmp_path / "results.jsonl"
    ran(BatchFile(model="m", requests=str(requests)), ask(0))
    engine(requests, results)
    more = tmp_path / "more.jsonl"
    both = BatchFile(model="m", requests=str(more), results=str(results))
    assert both.needs_picture
    said = ran(both, ask(0), ask(1))
    assert [type(one) for one in said] == [Answer, Fault]
    assert len(requested(more)) == 1


@pytest.mark.parametrize(
    ("result", "code", "words"),
    [
        (
            {"response": {"status_code": 400, "body": {"error": {"message": "too long"}}}},
            "refused",
            "HTTP 400: too long",
        ),
        ({"response": {"status_code": 500, "body": "oh"}}, "server", "HTTP 500: oh"),
        ({"error": {"message": "expired"}}, "server", "the engine says: expired"),
        ({"response": None, "error": None}, "server", "neither response nor error"),
        ({"response": {"status_code": 200, "body": {"choices": []}}}, "rubbish", "no choices"),
        ({"response": {"status_code": "x"}}, "server", "neither response nor error"),
    ],
)
def test_a_result_that_is_no_answer_is_a_fault(
    ask: Ask, tmp_path: Path, result: dict[str, Any], code: str, words: str
) -> None:
    requests = tmp_path / "requests.jsonl"
    ran(BatchFile(model="m", requests=str(requests)), ask())
    (request,) = requested(requests)
    path = lines(tmp_path / "results.jsonl", {"custom_id": request["custom_id"], **result})
    (said,) = ran(BatchFile(model="m", results=str(path)), ask())
    assert isinstance(said, Fault)
    assert said.code == code
    assert words in said.message


def test_files_that_cannot_be_used_are_said_at_the_check(ask: Ask, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="names no file"):
        BatchFile(model="m").check()
    with pytest.raises(InputError, match="is the file of requests too"):
        BatchFile(model="m", requests="a", results="a").check()
    with pytest.raises(InputError, match=r"absent\.jsonl: cannot be read: No such file"):
        BatchFile(model="m", results=str(tmp_path / "absent.jsonl")).check()
    with pytest.raises(OutputError, match="cannot be written: No such file"):
        BatchFile(model="m", requests=str(tmp_path / "no" / "folder.jsonl")).check()
    with pytest.raises(InputError, match="no model is named"):
        BatchFile(requests=str(tmp_path / "new.jsonl")).check()
    assert not (tmp_path / "new.jsonl").exists()


def test_a_file_that_holds_no_requests_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("my notes, without an end")
    with pytest.raises(InputError, match="is no file of requests"):
        BatchFile(model="m", requests=str(path)).check()
    assert path.read_text() == "my notes, without an end"


def test_a_full_disk_is_said(ask: Ask) -> None:
    writer = BatchFile(model="m", requests="/dev/full")
    with pytest.raises(OutputError, match="/dev/full: cannot be written: No space left"):
        writer.caption([ask(number) for number in range(3)])
    with pytest.raises(OutputError, match="No space left"):
        writer.close()


def test_a_recording_is_replayed_by_key_level_style_attempt_and_prompt(
    ask: Ask, tmp_path: Path
) -> None:
    key = "000000000"
    path = lines(
        tmp_path / "said.jsonl",
        {"key": key, "level": 1, "text": "plain"},
        {"key": key, "level": 2, "text": "coarser", "finish": "length", "model": "m"},
        {"key": key, "level": 1, "style": "gligen", "text": "in style"},
        {"key": key, "level": 1, "attempt": 1, "text": "again"},
        {"key": key, "level": 1, "prompt": "Is it red?", "text": "no"},
        {"key": "000000001", "level": 1, "text": "“другой” 日本"},
    )
    replay = Replay(path=str(path))
    said = ran(
        replay,
        ask(1),
        ask(0),
        ask(0, level=2),
        ask(0, style="gligen"),
        ask(0, attempt=1),
        ask(0, prompt="Is it red?"),
        ask(2),
    )
    assert said == [
        Answer("“другой” 日本"),
        Answer("plain"),
        Answer("coarser", "length", model="m"),
        Answer("in style"),
        Answer("again"),
        Answer("no"),
        Fault("not-recorded", "nothing is recorded for 000000002, level 1, plain, attempt 0"),
    ]


def test_of_two_recorded_answers_the_later_counts(ask: Ask, tmp_path: Path) -> None:
    entry = {"key": "000000000", "level": 1}
    path = lines(tmp_path / "said.jsonl", {**entry, "text": "old"}, {**entry, "text": "new"})
    assert ran(Replay(path=str(path)), ask()) == [Answer("new")]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"key": "a"', "line 2: no JSON"),
        ("7", "line 2: no JSON object"),
        ('{"level": 1, "text": "t"}', "line 2: 'key' is missing"),
        ('{"key": 4, "level": 1, "text": "t"}', "line 2: 'key' is no text"),
        ('{"key": "a", "level": 7, "text": "t"}', "line 2: 'level' is 7"),
        ('{"key": "a", "level": true, "text": "t"}', "line 2: 'level' is True"),
        ('{"key": "a", "level": 1.0, "text": "t"}', "line 2: 'level' is 1.0"),
        ('{"key": "a", "level": [1], "text": "t"}', r"line 2: 'level' is \[1\]"),
        ('{"key": "a", "level": 1}', "line 2: 'text' is missing"),
        ('{"key": "a", "level": 1, "text": "t", "style": "x"}', "line 2: 'style' is 'x'"),
        ('{"key": "a", "level": 1, "text": "t", "style": []}', r"line 2: 'style' is \[\]"),
        ('{"key": "a", "level": 1, "text": "t", "attempt": -1}', "line 2: 'attempt' is -1"),
        ('{"key": "a", "level": 1, "text": "t", "finish": []}', r"line 2: 'finish' is \[\]"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "said.jsonl"
    path.write_text('{"key": "ok", "level": 1, "text": "t"}\n' + line + "\n\n")
    with pytest.raises(InputError, match=f"said.jsonl: {words}"):
        Replay(path=str(path)).check()


def test_many_bad_lines_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    path.write_text("?\n" * 1000)
    with pytest.raises(InputError, match=r"line 5: no JSON.*; and 995 more lines"):
        Replay(path=str(path)).check()


def test_a_recording_of_nothing_records_nothing(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    path.write_bytes(b"")
    (said,) = ran(Replay(path=str(path)), ask())
    assert isinstance(said, Fault)
    with pytest.raises(InputError, match="path: names no file"):
        Replay().check()


def test_a_recording_is_known_by_what_it_says_not_by_where_it_lies(tmp_path: Path) -> None:
    entry = {"key": "a", "level": 1, "text": "t"}
    here, there = lines(tmp_path / "a.jsonl", entry), lines(tmp_path / "b.jsonl", entry)
    other = lines(tmp_path / "c.jsonl", {**entry, "text": "u"})
    recipes = []
    for path in (here, there, other):
        replay = Replay(path=str(path))
        recipes.append(dict(replay.recipe()))
        replay.close()
    assert recipes[0] == recipes[1] != recipes[2]


def test_a_file_that_changes_under_the_reader_is_said(ask: Ask, tmp_path: Path) -> None:
    path = lines(tmp_path / "said.jsonl", {"key": "000000000", "level": 1, "text": "t"})
    replay = Replay(path=str(path))
    replay.check()
    path.write_text('{"key": "0000\n')
    with pytest.raises(InputError, match="was changed while it was read"):
        replay.caption([ask()])
    replay.close()


def test_both_are_captioners_that_need_no_picture_to_read(tmp_path: Path) -> None:
    assert isinstance(Replay(), Captioner)
    assert isinstance(BatchFile(), Captioner)
    assert not Replay().needs_picture
