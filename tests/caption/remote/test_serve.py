"""A real server, `transformers serve`, with a tiny LLaVA that knows its pictures by heart."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from glyphdata.caption.captioner import Answer, Asked
from glyphdata.caption.captioners.endpoint import Endpoint
from glyphdata.caption.captioners.llava import Llava
from glyphdata.errors import InputError
from tests.caption.lessons import lessons

LEVELS = (1, 2)


@pytest.fixture(scope="module", autouse=True)
def alone() -> Iterator[None]:
    """One thread, no hub, no progress bars."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("TQDM_DISABLE", "1")
        import torch

        before = torch.get_num_threads()
        torch.set_num_threads(1)
        yield
        torch.set_num_threads(before)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A LLaVA that was taught four pictures under the questions of two levels."""
    from glyphdata.caption.hf.prompts import CHAT
    from tests.caption.tiny import teach_llava

    return teach_llava(tmp_path_factory.mktemp("llava"), [CHAT[level] for level in LEVELS])


@pytest.fixture(scope="module")
def url(model: Path) -> Iterator[str]:
    """The address of `transformers serve` with that model, ended with the tests."""
    from transformers.cli.serve import Serve

    server: Any = Serve(
        str(model), device="cpu", host="127.0.0.1", port=0, log_level="error", non_blocking=True
    )
    try:
        yield f"http://127.0.0.1:{_port(server)}/v1"
    finally:
        server.kill_server()


def _port(server: Any) -> int:
    for _ in range(1200):
        if server.server.started:
            return int(server.server.servers[0].sockets[0].getsockname()[1])
        time.sleep(0.05)
    raise AssertionError("the server did not start within a minute")


@pytest.fixture
def endpoint(model: Path, url: str) -> Iterator[Endpoint]:
    made = Endpoint(
        model=str(model), base_url=url, dialect="transformers", max_new_tokens=96, backoff_s=0.01
    )
    yield made
    made.close()


def _asked() -> list[Asked]:
    return [
        Asked(f"{number:09d}", lesson.facts, level, picture=lesson.picture)
        for level in LEVELS
        for number, lesson in enumerate(lessons())
    ]


def _texts(said: Any) -> list[str]:
    assert all(isinstance(one, Answer) for one in said), said
    return [one.text.strip() for one in said]


def test_captions_through_a_server_are_those_of_the_model_here(
    model: Path, endpoint: Endpoint
) -> None:
    endpoint.check()
    served = endpoint.caption(_asked())
    local = Llava(model=str(model), max_new_tokens=96, device="cpu")
    here = local.caption(_asked())
    local.close()
    assert _texts(served) == [lesson.caption for lesson in lessons()] * 2
    assert _texts(served) == _texts(here)
    assert {one.finish for one in served if isinstance(one, Answer)} == {"stop"}


def test_a_caption_cut_short_says_so(model: Path, url: str) -> None:
    endpoint = Endpoint(model=str(model), base_url=url, dialect="transformers", max_new_tokens=4)
    (said,) = endpoint.caption(_asked()[:1])
    endpoint.close()
    assert isinstance(said, Answer)
    assert said.finish == "length"
    assert lessons()[0].caption.startswith(said.text.strip())


def test_tokens_in_a_question_do_not_upset_the_server(endpoint: Endpoint) -> None:
    one = _asked()[0]
    asked = Asked(one.key, one.facts, 1, picture=one.picture, prompt="What is <image> </s> <pad>?")
    (said,) = endpoint.caption([asked])
    assert isinstance(said, Answer)


def test_a_field_that_the_server_does_not_know_is_said_at_the_check(model: Path, url: str) -> None:
    endpoint = Endpoint(
        model=str(model), base_url=url, dialect="transformers", extra={"top_k": 3}, tries=2
    )
    with pytest.raises(InputError, match=r"HTTP 422: Unexpected fields.*top_k.*dialect"):
        endpoint.check()


def test_another_model_than_the_servers_is_said_at_the_check(url: str) -> None:
    endpoint = Endpoint(model="another", base_url=url, dialect="transformers", tries=1)
    with pytest.raises(InputError, match="HTTP 400"):
        endpoint.check()


def test_the_stock_client_gets_the_same_from_this_server(model: Path, url: str) -> None:
    import openai

    from glyphdata.caption.hf.prompts import CHAT

    lesson = lessons()[0]
    picture = "data:image/png;base64," + base64.b64encode(lesson.picture).decode()
    with openai.OpenAI(base_url=url, api_key="none") as client:
        content: Any = [
            {"type": "image_url", "image_url": {"url": picture}},
            {"type": "text", "text": CHAT[1]},
        ]
        said = client.chat.completions.create(
            model=str(model), messages=[{"role": "user", "content": content}], max_tokens=96
        )
    assert (said.choices[0].message.content or "").strip() == lesson.caption
