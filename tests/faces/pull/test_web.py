"""What the client does when servers do not do what they should."""

from __future__ import annotations

import base64
import io
import threading
import time
from http.server import BaseHTTPRequestHandler

import pytest

from glyphdata.errors import InputError
from glyphdata.faces.pull.fault import Unfetched
from glyphdata.faces.pull.npmrc import Npm
from glyphdata.faces.pull.web import Client, Patience, address
from tests.faces.pull.conftest import Answer, Server

QUICK = Patience(silence=0.3, whole=0.6, tries=3, pause=0.01)


def client(patience: Patience = QUICK, **settings: str) -> Client:
    return Client(Npm(settings, {}), patience)


def got(server: Server, path: str = "/a", *, limit: int = 1000, token: str = "") -> bytes:
    into = io.BytesIO()
    client().get(server.address + path, into, limit=limit, authorization=token)
    return into.getvalue()


def reason(server: Server, path: str = "/a", limit: int = 1000) -> str:
    with pytest.raises(Unfetched) as raised:
        got(server, path, limit=limit)
    assert raised.value.hint
    return raised.value.reason


def test_a_server_that_fails_twice_and_then_works_is_heard(server: Server) -> None:
    server.say("/a", Answer(status=500), Answer(status=503), Answer(b"fine"))
    assert got(server) == b"fine"
    assert server.paths() == ["/a", "/a", "/a"]


def test_tries_are_counted(server: Server) -> None:
    server.say("/a", Answer(status=500))
    assert reason(server) == "http-500"
    assert len(server.paths()) == QUICK.tries


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (404, "not-found"),
        (410, "not-found"),
        (401, "forbidden"),
        (403, "forbidden"),
        (418, "http-418"),
        (204, "http-204"),
    ],
)
def test_an_answer_that_is_no_is_not_asked_for_again(server: Server, status: int, why: str) -> None:
    server.say("/a", Answer(status=status))
    assert reason(server) == why
    assert server.paths() == ["/a"]


def test_a_body_that_breaks_off_is_asked_for_again_whole(server: Server) -> None:
    cut = Answer(b"half", headers={"Content-Length": "8"})
    server.say("/a", cut, Answer(b"complete"))
    assert got(server) == b"complete"
    server.say("/a", cut)
    assert reason(server) == "truncated"


def test_a_silent_server_is_given_up(server: Server) -> None:
    server.say("/a", lambda _: time.sleep(1))
    start = time.monotonic()
    assert reason(server) == "timeout"
    assert time.monotonic() - start < 3 * 0.3 + 1


def test_a_server_that_drips_is_given_up(server: Server) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(20):
            handler.wfile.write(b"x" * 70_000)
            time.sleep(0.05)

    server.say("/a", drip)
    assert reason(server, limit=10_000_000) == "timeout"


def test_more_than_was_asked_for_is_refused_whatever_is_promised(server: Server) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(bytes(5000))

    server.say("/a", endless)
    assert reason(server) == "too-large"
    server.say("/b", Answer(bytes(1001)))
    assert reason(server, "/b") == "too-large"


def test_nobody_at_home_is_told_of(server: Server) -> None:
    into = io.BytesIO()
    with pytest.raises(Unfetched, match="ConnectionRefusedError") as raised:
        client().get("http://127.0.0.1:9/a", into, limit=10)
    assert raised.value.reason == "connection"


def test_a_redirect_is_followed_and_keeps_the_token_on_its_host(
    server: Server, second: Server
) -> None:
    server.say("/a", Answer(status=302, headers={"Location": "/b"}))
    server.say("/b", Answer(status=307, headers={"Location": f"{second.address}/c"}))
    second.say("/c", Answer(b"there"))
    assert got(server, token="Bearer s3cret") == b"there"
    assert server.asked == [("/a", "Bearer s3cret"), ("/b", "Bearer s3cret")]
    assert second.asked == [("/c", "")]


def test_a_token_dropped_on_the_way_does_not_come_back(server: Server, second: Server) -> None:
    server.say("/a", Answer(status=302, headers={"Location": f"{second.address}/c"}))
    second.say("/c", Answer(status=302, headers={"Location": f"{server.address}/d"}))
    server.say("/d", Answer(b"home"))
    assert got(server, token="Bearer s3cret") == b"home"
    assert server.asked == [("/a", "Bearer s3cret"), ("/d", "")]


def test_a_redirect_to_plain_http_is_refused(server: Server) -> None:
    server.say("/a", Answer(status=302, headers={"Location": "http://registry.test/a"}))
    assert reason(server) == "plain-http"
    assert server.paths() == ["/a"]


def test_redirects_come_to_an_end(server: Server) -> None:
    server.say("/a", Answer(status=301, headers={"Location": "/a"}))
    assert reason(server) == "redirects"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://registry.test/a", "plain-http"),
        ("http://127.0.0.1.registry.test/a", "plain-http"),
        ("ftp://127.0.0.1/a", "address"),
        ("file:///etc/passwd", "address"),
        ("https://user:pass@registry.test/a", "address"),
        ("https://registry.test/a b", "address"),
        ("https://registry.test/a\r\nX: y", "address"),
        ("https://[registry.test/a", "address"),
        ("https://registry.test:99999/a", "address"),
        ("/a", "address"),
    ],
)
def test_addresses_other_than_plain_https_are_refused(url: str, why: str) -> None:
    with pytest.raises(Unfetched) as raised:
        address(url)
    assert raised.value.reason == why
    assert "pass" not in str(raised.value).replace("password", "")


def test_a_message_has_neither_query_nor_token(server: Server) -> None:
    server.say("/a?key=s3cret", Answer(status=500))
    with pytest.raises(Unfetched) as raised:
        got(server, "/a?key=s3cret", token="Bearer s3cret")
    assert "s3cret" not in str(raised.value)


def test_https_goes_through_the_proxy_with_its_password(server: Server) -> None:
    asked: list[tuple[str, str]] = []

    def connect(handler: BaseHTTPRequestHandler) -> None:
        asked.append((handler.path, handler.headers.get("Proxy-Authorization", "")))
        handler.send_error(403)

    handler_class = server.RequestHandlerClass
    handler_class.do_CONNECT = connect  # type: ignore[attr-defined]
    proxy = server.address.replace("http://", "http://me:s3cret@")
    with pytest.raises(Unfetched) as raised:
        client(proxy=proxy).get("https://registry.test/a", io.BytesIO(), limit=10)
    assert raised.value.reason == "connection"
    assert "s3cret" not in str(raised.value)
    expected = "Basic " + base64.b64encode(b"me:s3cret").decode()
    assert set(asked) == {("registry.test:443", expected)}


def test_a_missing_file_of_certificates_is_told_of() -> None:
    with pytest.raises(InputError, match=r"no/such\.pem, cannot be read"):
        client(cafile="no/such.pem")


def test_a_client_that_is_abandoned_waits_for_nobody(server: Server) -> None:
    asked = threading.Event()

    def silent(_: BaseHTTPRequestHandler) -> None:
        asked.set()
        time.sleep(3)

    server.say("/a", silent)
    one = client(Patience(silence=60.0))
    told: list[str] = []

    def wait() -> None:
        with pytest.raises(Unfetched) as raised:
            one.get(f"{server.address}/a", io.BytesIO(), limit=10)
        told.append(raised.value.reason)

    thread = threading.Thread(target=wait)
    thread.start()
    asked.wait(5)
    start = time.monotonic()
    one.abandon()
    thread.join()
    assert time.monotonic() - start < 1
    wait()
    assert told == ["stopped", "stopped"]
    assert server.paths() == ["/a"]
