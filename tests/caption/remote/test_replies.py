"""What servers send back, field by field, and when they are asked again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from glyphdata.caption.captioner import Answer, Fault
from glyphdata.caption.remote import reply
from glyphdata.caption.remote.pace import LONGEST_S, Breaker, asked_s, wait_s
from glyphdata.scene.rng import Rng
from tests.caption.remote.serving import completion


def read(body: Any, status: int = 200) -> Answer | Fault:
    return reply.read(status, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("said", "finish"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("content_filter", "filter"),
        ("eos_token", "stop"),
        (None, "stop"),
        ([], "stop"),
    ],
)
def test_why_an_answer_ended_is_known(said: Any, finish: Any) -> None:
    assert read(completion("A cat.", said)) == Answer("A cat.", finish, model="m@1")


def test_an_answer_in_parts_is_joined() -> None:
    parts: Any = [{"type": "text", "text": "A "}, {"type": "x"}, {"type": "text", "text": "cat."}]
    assert read(completion(parts)) == Answer("A cat.", model="m@1")


def test_an_answer_is_left_as_it_was_said() -> None:
    assert read(completion(" “A\ncat” \n")) == Answer(" “A\ncat” \n", model="m@1")


def test_a_model_that_refuses_is_not_asked_again() -> None:
    body = completion(None)
    body["choices"][0]["message"]["refusal"] = "I cannot help with that."
    assert read(body) == Fault("refused", "the model refuses: I cannot help with that.")


def test_an_answer_that_was_filtered_away_is_an_answer() -> None:
    assert read(completion(None, "content_filter")) == Answer("", "filter", model="m@1")


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        7,
        "text",
        {"choices": None},
        {"choices": {}},
        {"choices": [None]},
        {"choices": [{}]},
        {"choices": [{"message": "hello"}]},
        {"choices": [{"message": {"content": 7}}]},
        completion(""),
        completion(" \n"),
        completion(None),
        {"error": {"message": "overloaded"}},
    ],
)
def test_whatever_else_comes_is_rubbish_that_may_pass(body: Any) -> None:
    fault = read(body)
    assert isinstance(fault, Fault)
    assert (fault.code, fault.passing) == ("rubbish", True)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b'{"choices": [', b"<html>", b"null and"])
def test_what_is_no_json_is_rubbish_that_may_pass(body: bytes) -> None:
    fault = reply.read(200, body)
    assert isinstance(fault, Fault)
    assert (fault.code, fault.passing) == ("rubbish", True)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"error": {"message": "no such model", "code": 7}}', "HTTP 404: no such model"),
        (b'{"error": "no such model"}', "HTTP 404: no such model"),
        (b'{"detail": [{"loc": ["x"]}]}', 'HTTP 404: [{"loc":["x"]}]'),
        (b'{"message": "no  such\\nmodel"}', "HTTP 404: no such model"),
        (b"Not Found", "HTTP 404: Not Found"),
        (b"", "HTTP 404"),
        (b"\xff" * 5, "HTTP 404: \ufffd\ufffd\ufffd\ufffd\ufffd"),
    ],
)
def test_an_error_says_what_the_server_says(body: bytes, said: str) -> None:
    assert reply.read(404, body) == Fault("refused", said)


def test_a_long_error_is_cut() -> None:
    fault = reply.read(500, b"x" * 100_000)
    assert isinstance(fault, Fault)
    assert len(fault.message) == len("HTTP 500: ") + 200


@pytest.mark.parametrize(
    ("status", "code", "passing"),
    [
        (301, "refused", False),
        (400, "refused", False),
        (401, "refused", False),
        (408, "refused", True),
        (409, "refused", True),
        (422, "refused", False),
        (425, "refused", True),
        (429, "busy", True),
        (500, "server", True),
        (529, "server", True),
    ],
)
def test_each_status_is_final_or_passing(status: int, code: str, passing: bool) -> None:
    fault = reply.read(status, b"{}")
    assert isinstance(fault, Fault)
    assert (fault.code, fault.passing) == (code, passing)


def test_waits_double_with_a_draw_of_their_own_up_to_a_bound() -> None:
    rng = Rng.of(1, 0)
    waits = [wait_s(rng, attempt, 1.0) for attempt in range(12)]
    for attempt, wait in enumerate(waits):
        whole = min(LONGEST_S, 2.0**attempt)
        assert whole / 2 <= wait <= whole
    assert waits == [wait_s(rng, attempt, 1.0) for attempt in range(12)]
    assert waits != [wait_s(Rng.of(2, 0), attempt, 1.0) for attempt in range(12)]


def test_a_server_may_say_when_in_seconds_or_as_a_date() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert asked_s("12", now) == 12
    assert asked_s("0.5", now) == 0.5
    assert asked_s("Thu, 01 Jan 2026 00:01:30 GMT", now) == 90
    assert asked_s("Wed, 31 Dec 2025 00:00:00 GMT", now) == 0
    assert [asked_s(said, now) for said in (None, "", "soon", "-3", "nan", "inf")] == [0.0] * 6


def test_a_breaker_opens_after_so_many_in_a_row_and_stays_open() -> None:
    breaker = Breaker(2)
    breaker.bad("one")
    breaker.good()
    breaker.bad("two")
    assert not breaker.is_open
    breaker.bad("three")
    breaker.good()
    assert breaker.is_open
    assert breaker.last == "three"
