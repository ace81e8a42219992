"""Where a server is, what it may know of us, and who stands in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from glyphdata.caption.captioner import Answer, Asked, Fault
from glyphdata.caption.captioners.endpoint import Endpoint
from glyphdata.errors import InputError
from tests.caption.remote.serving import Plan, Server, always, first, one

Connect = Callable[..., tuple[Server, Endpoint]]
Ask = Callable[..., Asked]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"base_url": "127.0.0.1:8000"}, "base_url: is no address"),
        ({"base_url": "ftp://host/v1"}, "base_url: is no address"),
        ({"base_url": "http://host:port/v1"}, "base_url: is no address"),
        ({"base_url": "http://me:geheim@host/v1"}, "base_url: holds a user or password"),
        ({"base_url": "http://host/v1?api-key=geheim"}, "base_url: goes on after its path"),
        ({"model": ""}, "no model is named"),
        ({"key_env": "sk-geheim"}, "key_env: is no name"),
        ({"key_env": "geheim"}, "key_env: .* is not set"),
        ({"extra": {"messages": []}}, "extra.messages: is set by glyphdata"),
        ({"repetition_penalty": 1.2}, "repetition_penalty: openai servers take none"),
        ({"prompts": {9: "?"}}, "there is no level 9"),
    ],
)
def test_settings_that_cannot_be_are_said_at_the_check_without_any_secret(
    fields: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words) as caught:
        Endpoint(**{"model": "m", **fields}).check()
    assert "geheim" not in str(caught.value)


def test_the_key_goes_to_the_server_and_nowhere_else(
    connect: Connect, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", "sk-very-secret")
    server, endpoint = connect(first("echo Authorization"), key_env="MY_KEY")
    fault = one(endpoint, ask(prompt="q"))
    assert server.headers[0]["Authorization"] == "Bearer sk-very-secret"
    assert fault == Fault("refused", "HTTP 401: bad key Bearer [key]")
    server.plan = always("echo Authorization")
    with pytest.raises(InputError, match=r"bad key Bearer \[key\]") as caught:
        endpoint.check()
    shown = f"{caught.value} {caught.value!r} {endpoint!r} {dict(endpoint.recipe())} {fault}"
    assert "very-secret" not in shown
    assert "MY_KEY" not in str(endpoint.recipe())


def test_no_key_is_sent_where_none_is_named(
    connect: Connect, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    server, endpoint = connect(always("ok"))
    one(endpoint, ask())
    assert "Authorization" not in server.headers[0]


def test_a_proxy_is_not_asked_about_this_machine(
    connect: Connect, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    _, endpoint = connect(always("ok"))
    assert isinstance(one(endpoint, ask()), Answer)


def test_a_proxy_is_asked_about_other_machines(
    serve: Callable[[Plan], Server], ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(always("ok"))
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, proxy.url.removesuffix("/v1"))
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    endpoint = Endpoint(model="m", base_url="http://captions.invalid/v1", tries=1)
    said = one(endpoint, ask(prompt="q"))
    endpoint.close()
    assert said == Answer("said: q", model="m@1")
    assert proxy.headers[0]["Host"] == "captions.invalid"
