"""A server is asked for captions, and fails in every way that servers know."""

from __future__ import annotations

import asyncio
import io
import json
import os
import threading
import time
from collections.abc import Callable

import pytest
from PIL import Image

from glyphdata.caption.captioner import Answer, Asked, Captioner, Fault
from glyphdata.caption.captioners.endpoint import Endpoint
from glyphdata.errors import InputError
from glyphdata.scene.rng import Rng
from tests.caption.lessons import Lesson
from tests.caption.remote.serving import Deed, Server, always, completion, first, one

Connect = Callable[..., tuple[Server, Endpoint]]
Ask = Callable[..., Asked]

FAULTS: tuple[Deed, ...] = (
    500,
    502,
    408,
    (429, {"Retry-After": "0.01"}),
    "reset",
    "cut",
    "half-json",
    "html",
    "empty",
    "hang",
)


def test_an_endpoint_is_a_captioner_that_looks() -> None:
    assert isinstance(Endpoint(), Captioner)
    assert Endpoint().needs_picture


def test_a_fifth_of_all_requests_failing_loses_nothing_and_asks_nothing_twice(
    connect: Connect, ask: Ask
) -> None:
    def plan(question: str, nth: int) -> Deed:
        rng = Rng.of(5, int(question.split()[1])).at("fault", nth)
        return rng.pick(FAULTS) if rng.chance(0.2) else "ok"

    server, endpoint = connect(plan, tries=8, timeout_s=2)
    said = endpoint.caption([ask(n, prompt=f"number {n}", picture=b"") for n in range(300)])
    assert said == [Answer(f"said: number {n}", model="m@1") for n in range(300)]
    assert server.answered == {f"number {n}": 1 for n in range(300)}
    assert server.asked.total() > 345
    assert server.most_busy <= 16


def test_no_more_are_asked_at_once_than_allowed_and_the_order_is_kept(
    connect: Connect, ask: Ask
) -> None:
    def plan(question: str, nth: int) -> Deed:
        time.sleep(0.02 if question.endswith("0") else 0)
        return "ok"

    server, endpoint = connect(plan, concurrency=3)
    said = endpoint.caption([ask(n, prompt=f"q {n}") for n in range(40)])
    assert [one.text for one in said if isinstance(one, Answer)] == [
        f"said: q {n}" for n in range(40)
    ]
    assert server.most_busy <= 3


@pytest.mark.parametrize("deed", [500, 503, 409, "reset", "cut", "half-json", "html", "empty"])
def test_what_fails_in_passing_is_asked_again(connect: Connect, ask: Ask, deed: Deed) -> None:
    server, endpoint = connect(first(deed, 2))
    assert isinstance(one(endpoint, ask(prompt="q")), Answer)
    assert server.asked["q"] == 3


@pytest.mark.parametrize(
    ("deed", "code"),
    [
        (500, "server"),
        ("reset", "server"),
        (429, "busy"),
        ("html", "rubbish"),
        ("empty", "rubbish"),
        ("huge", "rubbish"),
    ],
)
def test_what_never_stops_failing_is_a_passing_fault_after_four_tries(
    connect: Connect, ask: Ask, deed: Deed, code: str
) -> None:
    server, endpoint = connect(always(deed))
    fault = one(endpoint, ask(prompt="q"))
    assert isinstance(fault, Fault)
    assert (fault.code, fault.passing) == (code, True)
    assert server.asked["q"] == 4


@pytest.mark.parametrize("status", [400, 413, 422])
def test_what_is_refused_is_not_asked_again_and_costs_nobody_else(
    connect: Connect, ask: Ask, status: int
) -> None:
    server, endpoint = connect(lambda question, nth: status if question == "q 1" else "ok")
    said = endpoint.caption([ask(n, prompt=f"q {n}") for n in range(3)])
    assert said[1] == Fault("refused", f"HTTP {status}: no luck ({status})")
    assert isinstance(said[0], Answer)
    assert isinstance(said[2], Answer)
    assert server.asked["q 1"] == 1


@pytest.mark.parametrize("deed", ["hang", "drip"])
def test_a_reply_that_does_not_come_whole_in_time_is_a_timeout(
    connect: Connect, ask: Ask, deed: Deed
) -> None:
    _, endpoint = connect(always(deed), timeout_s=0.3, tries=2)
    began = time.monotonic()
    assert one(endpoint, ask(prompt="q")) == Fault("timeout", "no reply within 0.3 s", passing=True)
    assert 0.6 <= time.monotonic() - began < 5


def test_a_server_that_says_when_is_not_asked_before(connect: Connect, ask: Ask) -> None:
    later: Deed = (429, {"Retry-After": "0.4"})
    server, endpoint = connect(lambda q, nth: later if (q, nth) == ("a", 0) else "ok", tries=2)
    assert isinstance(one(endpoint, ask(prompt="a")), Answer)
    assert server.times[1] - server.times[0] >= 0.4


def test_a_server_that_wants_an_hour_is_not_waited_for(connect: Connect, ask: Ask) -> None:
    server, endpoint = connect(always((503, {"Retry-After": "3600"})))
    fault = one(endpoint, ask(prompt="q"))
    assert fault == Fault("server", "HTTP 503: later", passing=True)
    assert server.asked["q"] == 1


def test_twenty_failures_in_a_row_stop_the_run_with_what_is_done(
    connect: Connect, ask: Ask
) -> None:
    server, endpoint = connect(
        lambda question, nth: "ok" if int(question[2:]) < 30 else 500, concurrency=4, tries=2
    )
    said = endpoint.caption([ask(n, prompt=f"q {n}") for n in range(200)])
    assert all(isinstance(one, Answer) for one in said[:30])
    codes = [one.code for one in said[30:] if isinstance(one, Fault)]
    assert 20 <= codes.count("server") < 30
    assert codes.count("stopped") == 170 - codes.count("server")
    assert said[-1] == Fault(
        "stopped",
        "not asked, for the server failed too often: HTTP 500: no luck (500)",
        passing=True,
    )
    assert server.asked.total() < 30 + 2 * 30
    with pytest.raises(InputError, match=r"20 captions in a row failed.*HTTP 500: no luck"):
        endpoint.caption([ask(999)])
    assert server.asked.total() < 30 + 2 * 30


def test_failures_that_are_spread_out_stop_nothing(connect: Connect, ask: Ask) -> None:
    _, endpoint = connect(
        lambda question, nth: 500 if int(question[2:]) % 2 else "ok", concurrency=1, tries=1
    )
    said = endpoint.caption([ask(n, prompt=f"q {n}") for n in range(100)])
    assert sum(isinstance(one, Answer) for one in said) == 50
    assert all(one.code == "server" for one in said if isinstance(one, Fault))


def test_a_key_that_expires_in_mid_run_stops_it(connect: Connect, ask: Ask) -> None:
    server, endpoint = connect(always(401), concurrency=2)
    endpoint.caption([ask(n) for n in range(100)])
    assert 20 <= server.asked.total() <= 22
    with pytest.raises(InputError, match="HTTP 401"):
        endpoint.caption([ask(0)])


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        (401, "key_env names the variable"),
        (403, "key_env names the variable"),
        (404, "the server's name of the model"),
        (422, "dialect 'vllm'"),
        (500, "is the server up"),
        ("html", "no JSON: '<html>"),
    ],
)
def test_a_check_says_what_to_change(connect: Connect, deed: Deed, words: str) -> None:
    _, endpoint = connect(always(deed), dialect="vllm", tries=2)
    with pytest.raises(InputError, match=words):
        endpoint.check()


def test_a_check_passes_where_a_picture_is_answered(connect: Connect) -> None:
    server, endpoint = connect(always("ok"))
    endpoint.check()
    assert Image.open(io.BytesIO(server.picture())).size == (64, 64)


def test_a_check_finds_that_nobody_listens(connect: Connect) -> None:
    with pytest.raises(InputError, match=r"127\.0\.0\.1:9/v1: ConnectError"):
        Endpoint(model="m", base_url="http://127.0.0.1:9/v1", backoff_s=0, tries=2).check()


def test_a_model_that_only_thinks_passes_the_check_but_says_no_caption(
    connect: Connect, ask: Ask
) -> None:
    server, endpoint = connect(always(json.dumps(completion(None, "length"))))
    endpoint.check()
    fault = one(endpoint, ask(prompt="q"))
    assert isinstance(fault, Fault)
    assert (fault.code, fault.passing) == ("empty", False)
    assert server.asked["q"] == 1


def test_a_picture_that_cannot_be_read_costs_only_its_own_caption(
    connect: Connect, ask: Ask
) -> None:
    server, endpoint = connect(always("ok"))
    said = endpoint.caption([ask(0, picture=b"no picture"), ask(1), ask(2, picture=b"")])
    assert [one.code if isinstance(one, Fault) else "ok" for one in said] == [
        "bad-picture",
        "ok",
        "bad-picture",
    ]
    assert server.asked.total() == 1


def test_the_picture_arrives_as_it_lies_in_the_shard(
    connect: Connect, ask: Ask, lesson: Lesson
) -> None:
    server, endpoint = connect(always("ok"))
    one(endpoint, ask())
    assert server.picture() == lesson.picture


def test_captions_may_be_asked_for_from_several_threads_and_within_a_loop(
    connect: Connect, ask: Ask
) -> None:
    server, endpoint = connect(always("ok"))
    threads = [
        threading.Thread(target=endpoint.caption, args=([ask(n, prompt=f"t {n}")],))
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    async def within() -> Answer | Fault:
        return one(endpoint, ask(prompt="loop"))

    assert asyncio.run(within()) == Answer("said: loop", model="m@1")
    assert server.answered.total() == 5


def test_a_closed_endpoint_opens_again_and_leaves_no_thread(connect: Connect, ask: Ask) -> None:
    _, endpoint = connect(always("ok"))
    assert isinstance(one(endpoint, ask()), Answer)
    endpoint.close()
    assert isinstance(one(endpoint, ask()), Answer)
    endpoint.close()
    endpoint.close()
    names = {thread.name for thread in threading.enumerate()}
    assert "glyphdata-http" not in names


def test_nothing_is_asked_of_the_network_before_a_caption_is_wanted() -> None:
    endpoint = Endpoint(model="m", base_url="http://127.0.0.1:9/v1", key_env="NOT_SET_ANYWHERE")
    assert "NOT_SET_ANYWHERE" not in os.environ
    assert endpoint.recipe()["model"] == "m"
    endpoint.close()
