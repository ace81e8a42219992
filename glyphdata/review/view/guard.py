"""What every answer of the viewer carries, and which questions it does not hear at all.

A page on the web may make a browser ask a server on this machine. It learns nothing, because the
name in `Host` must be this machine's (else its own name could be pointed here), and changes
nothing, because a change needs a header that only scripts of the viewer's own pages can send.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode

import orjson
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What a page of the viewer may load: its own scripts, styles, pictures and answers."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""What every answer carries, whatever became of the question."""

OURS = "X-Glyphdata"
"""The header without which nothing is changed: no form can send it, and no other origin may."""

LOCAL = ("localhost", "127.0.0.1", "::1")
COOKIE = "glyphdata-token"


class Guard:
    """An application behind a guard. With a `token`, only those who know it are heard."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str], token: str = "") -> None:
        """`hosts` are the names that `Host` may have; with a token any bare address may too."""
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if "cache-control" not in headers:
                    headers["Cache-Control"] = "no-store"
            await send(message)

        headers = Headers(scope=scope)
        if not self._named(headers.get("host", "")):
            await _refused(marked, 421, "this server is not asked by that name", "use its address")
            return
        if self._token and not self._known(headers):
            await self._let_in(scope, marked)
            return
        if scope["method"] not in ("GET", "HEAD") and not same_origin(headers):
            await _refused(marked, 403, "only the viewer's own pages may change anything", "")
            return
        await self._app(scope, receive, marked)

    def _named(self, host: str) -> bool:
        name = host_name(host)
        return name in self._hosts or bool(self._token and _bare(name))

    def _known(self, headers: Headers) -> bool:
        cookie: SimpleCookie = SimpleCookie()
        try:
            cookie.load(headers.get("cookie", ""))
        except CookieError:
            return False
        held = cookie[COOKIE].value if COOKIE in cookie else ""
        return secrets.compare_digest(held.encode(), self._token.encode())

    async def _let_in(self, scope: Scope, send: Send) -> None:
        """Hand the cookie to who has the token in the address, and take it out of the address."""
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = next((value for name, value in pairs if name == "token"), "")
        if not secrets.compare_digest(given.encode(), self._token.encode()):
            await _refused(send, 403, "the token is missing", "open the address that was printed")
            return
        rest = urlencode([pair for pair in pairs if pair[0] != "token"])
        path = _below(scope)
        location = f"{path}?{rest}" if rest else path
        crumb = f"{COOKIE}={self._token}; Path=/; HttpOnly; SameSite=Strict"
        await _sent(send, 303, [("location", location), ("set-cookie", crumb)], b"")


def host_name(host: str) -> str:
    """The name in a `Host` header without its port, in lower case; empty where there is none."""
    name = host.strip().lower()
    if name.startswith("["):
        inside, bracket, rest = name[1:].partition("]")
        return inside if bracket and (not rest or _port(rest)) else ""
    name, colon, port = name.partition(":")
    return name if not colon or _port(f":{port}") else ""


def _port(text: str) -> bool:
    return text[:1] == ":" and text[1:].isascii() and text[1:].isdecimal()


def same_origin(headers: Headers) -> bool:
    """Does a change come from a page of this server?"""
    if headers.get(OURS) != "1":
        return False
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2].lower() == headers.get("host", "").lower()


def _bare(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _below(scope: Scope) -> str:
    """The path as it was sent, with one slash in front: two would name another host."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    path = raw.partition(b"?")[0].decode("latin-1")
    return "/" + path.lstrip("/\\")


async def _refused(send: Send, status: int, error: str, hint: str) -> None:
    body = orjson.dumps({"error": error, "hint": hint})
    await _sent(send, status, [("content-type", "application/json")], body)


async def _sent(send: Send, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
