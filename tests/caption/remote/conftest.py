"""A picture with its facts, and servers that fail as they are told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from glyphdata.caption.captioner import Asked
from glyphdata.caption.captioners.endpoint import Endpoint
from tests.caption.lessons import Lesson, lessons
from tests.caption.remote.serving import Plan, Server


@pytest.fixture(scope="session")
def lesson() -> Lesson:
    """A picture of one word and what is true of it."""
    return lessons()[0]


@pytest.fixture
def ask(lesson: Lesson) -> Callable[..., Asked]:
    """A caption to ask for, of the one picture."""

    def asked(number: int = 0, **fields: Any) -> Asked:
        one = Asked(f"{number:09d}", lesson.facts, 1, picture=lesson.picture)
        return replace(one, **fields)

    return asked


@pytest.fixture
def serve() -> Iterator[Callable[[Plan], Server]]:
    """A server that does as the plan says, ended with the test."""
    with ExitStack() as stack:
        yield lambda plan: stack.enter_context(_running(plan))


@pytest.fixture
def connect(serve: Callable[[Plan], Server]) -> Iterator[Callable[..., tuple[Server, Endpoint]]]:
    """A server and an endpoint that talks to it, without long waits."""
    opened: list[Endpoint] = []

    def connected(plan: Plan, **fields: Any) -> tuple[Server, Endpoint]:
        server = serve(plan)
        settings: dict[str, Any] = {"model": "m", "backoff_s": 0.002, "timeout_s": 20, **fields}
        endpoint = Endpoint(base_url=server.url, **settings)
        opened.append(endpoint)
        return server, endpoint

    yield connected
    for endpoint in opened:
        endpoint.close()


@contextmanager
def _running(plan: Plan) -> Iterator[Server]:
    server = Server(plan)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.ending.set()
        server.shutdown()
        server.server_close()
        thread.join()
