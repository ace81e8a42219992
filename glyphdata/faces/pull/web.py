"""A small https client: verified certificates, bounded answers, bounded patience.

Plain http is spoken with this machine alone. A redirect to plain http, or to another host with the
credential of the first, does not happen.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import BinaryIO
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from glyphdata.errors import InputError, OutputError
from glyphdata.faces.pull.fault import Unfetched
from glyphdata.faces.pull.npmrc import Npm, basic

_CHUNK = 1 << 16
_REDIRECTS = 5
_MOVED = (301, 302, 303, 307, 308)
_ABSENT = (404, 405, 410)
_BUSY = (429, 500, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait: `silence` seconds without a byte, `whole` seconds for one answer.

    An address is tried `tries` times where the server is busy or lost, `pause` seconds after the
    first try, twice that after the second, and so on.
    """

    silence: float = 30.0
    whole: float = 600.0
    tries: int = 4
    pause: float = 0.5


class _Again(Exception):
    """A fault that may pass: `fault` is what it will be if it does not."""

    def __init__(self, fault: Unfetched) -> None:
        self.fault = fault


class Client:
    """Gets addresses, as the user's npm configuration says; safe to use from several threads."""

    def __init__(self, npm: Npm, patience: Patience | None = None) -> None:
        self._npm = npm
        self._patience = patience or Patience()
        self._stop = threading.Event()
        self._guard = threading.Lock()
        self._open: set[http.client.HTTPConnection] = set()
        try:
            self._tls = ssl.create_default_context(cafile=npm.cafile or None)
        except (OSError, ssl.SSLError) as fault:
            raise InputError(
                f"the certificates of npm's cafile, {npm.cafile}, cannot be read",
                hint="correct `cafile` in the npm configuration",
            ) from fault

    @property
    def abandoned(self) -> bool:
        """Was it told to stop?"""
        return self._stop.is_set()

    def abandon(self) -> None:
        """End every request under way, and every one to come, with `Unfetched` (`stopped`)."""
        self._stop.set()
        with self._guard:
            for connection in self._open:
                if connection.sock is not None:
                    with suppress(OSError):  # it may have been closed meanwhile
                        connection.sock.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def _counted(self, connection: http.client.HTTPConnection) -> Iterator[None]:
        with self._guard:
            self._open.add(connection)
        try:
            yield
        finally:
            with self._guard:
                self._open.discard(connection)

    def get(self, url: str, into: BinaryIO, *, limit: int, authorization: str = "") -> int:
        """Write what an address answers, at most `limit` bytes, into a seekable file; its size.

        `Unfetched` gives the reason: `not-found`, `forbidden`, `plain-http`, `redirects`,
        `certificate`, `too-large`, `truncated`, `timeout`, `connection` or `http-NNN`.
        """
        start = into.tell()
        patience = self._patience
        for number in range(1, patience.tries + 1):
            if self.abandoned:
                break
            into.seek(start)
            into.truncate()
            try:
                return self._once(url, into, limit, authorization)
            except _Again as again:
                if number == patience.tries and not self.abandoned:
                    raise again.fault from None
                self._stop.wait(patience.pause * 2 ** (number - 1))
        raise Unfetched("stopped", "was given up", hint="run the same command again")

    def _once(self, url: str, into: BinaryIO, limit: int, authorization: str) -> int:
        deadline = time.monotonic() + self._patience.whole
        parts = address(url)
        plain = parts.scheme == "http"
        for _ in range(_REDIRECTS + 1):
            with self._answer(parts, authorization) as answer:
                if answer.status not in _MOVED:
                    _refuse(parts, answer)
                    return self._body(parts, answer, into, limit, deadline)
                target = _target(parts, answer, plain)
            if (target.scheme, target.netloc) != (parts.scheme, parts.netloc):
                authorization = ""
            parts = target
        raise Unfetched("redirects", f"{_shown(parts)} leads on and on", hint="ask its owner")

    @contextmanager
    def _answer(self, parts: SplitResult, authorization: str) -> Iterator[http.client.HTTPResponse]:
        headers = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "glyphdata"}
        if authorization:
            headers["Authorization"] = authorization
        path = parts.path or "/"
        with _honest(parts), closing(self._connection(parts)) as connection:
            place = f"{path}?{parts.query}" if parts.query else path
            with self._counted(connection):
                connection.request("GET", place, headers=headers)
                with connection.getresponse() as answer:
                    yield answer

    def _connection(self, parts: SplitResult) -> http.client.HTTPConnection:
        host, silence = parts.hostname or "", self._patience.silence
        if parts.scheme == "http":
            return http.client.HTTPConnection(host, parts.port, timeout=silence)
        proxy = self._npm.proxy(host)
        if not proxy or is_loopback(host):
            port = parts.port
            return http.client.HTTPSConnection(host, port, timeout=silence, context=self._tls)
        through = urlsplit(proxy if "//" in proxy else f"//{proxy}")
        tunnel = http.client.HTTPSConnection(
            through.hostname or "", through.port or 8080, timeout=silence, context=self._tls
        )
        headers = {}
        if through.username:
            user, password = unquote(through.username), unquote(through.password or "")
            headers["Proxy-Authorization"] = basic(user, password)
        tunnel.set_tunnel(host, parts.port or 443, headers)
        return tunnel

    def _body(
        self,
        parts: SplitResult,
        answer: http.client.HTTPResponse,
        into: BinaryIO,
        limit: int,
        deadline: float,
    ) -> int:
        promised, got = answer.length, 0
        for chunk in _chunks(answer):
            got += len(chunk)
            if max(got, promised or 0) > limit:
                size = max(got, promised or 0)
                raise Unfetched("too-large", f"has {size} bytes", hint=f"at most {limit}")
            if time.monotonic() > deadline:
                raise _Again(_lost("timeout", parts, f"took over {self._patience.whole:g} s"))
            _write(into, chunk)
        if promised is not None and got != promised:
            what = f"broke off after {got} of {promised} bytes"
            raise _Again(_lost("truncated", parts, what))
        return got


def address(url: str) -> SplitResult:
    """The parts of an https address; `Unfetched` for any other, unless it is this machine's."""
    try:
        parts = urlsplit(url)
        sound = bool(parts.hostname) and parts.port != 0 and url.isascii() and url.isprintable()
    except ValueError:
        raise Unfetched("address", "an address is malformed", hint="correct it") from None
    if not sound or " " in url or parts.username or parts.scheme not in ("http", "https"):
        raise Unfetched(
            "address",
            "an address is not a plain https one",
            hint="give a host and a path; credentials belong in the npm configuration",
        )
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise Unfetched("plain-http", f"{_shown(parts)} is not https", hint="use an https address")
    return parts


def is_loopback(host: str) -> bool:
    """Does a host name stand for this machine?"""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextmanager
def _honest(parts: SplitResult) -> Iterator[None]:
    """Whatever the network does, as a fault that says which host and whether it may pass."""
    try:
        yield
    except ssl.SSLCertVerificationError as fault:
        raise Unfetched(
            "certificate",
            f"{parts.hostname} is not trusted: {fault.verify_message}",
            hint="name your certificates with `cafile` in the npm configuration",
        ) from None
    except TimeoutError:
        raise _Again(_lost("timeout", parts, "says nothing")) from None
    except http.client.IncompleteRead:
        raise _Again(_lost("truncated", parts, "broke off")) from None
    except (OSError, http.client.HTTPException) as fault:
        what = f"cannot be reached: {type(fault).__name__}"
        raise _Again(_lost("connection", parts, what)) from None


def _write(into: BinaryIO, chunk: bytes) -> None:
    try:
        into.write(chunk)
    except OSError as fault:
        raise OutputError(f"cannot be kept: {fault.strerror}", hint="make room") from fault


def _target(parts: SplitResult, answer: http.client.HTTPResponse, plain: bool) -> SplitResult:
    target = address(urljoin(parts.geturl(), answer.headers.get("Location", "")))
    if target.scheme == "http" and not plain:
        raise Unfetched("plain-http", "it leads from https to http", hint="use another registry")
    return target


def _refuse(parts: SplitResult, answer: http.client.HTTPResponse) -> None:
    status = answer.status
    if status == 200:
        return
    if status in _ABSENT:
        raise Unfetched("not-found", "the registry does not have it", hint="take another source")
    if status in (401, 403):
        raise Unfetched("forbidden", f"{_shown(parts)} answers {status}", hint="check your token")
    fault = _lost(f"http-{status}", parts, f"answers {status}")
    raise _Again(fault) if status in _BUSY else fault


def _chunks(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    while chunk := answer.read(_CHUNK):
        yield chunk


def _lost(reason: str, parts: SplitResult, what: str) -> Unfetched:
    return Unfetched(reason, f"{_shown(parts)} {what}", hint="try again later")


def _shown(parts: SplitResult) -> str:
    """An address as a message may have it: without a query, which may hold a secret."""
    return f"{parts.scheme}://{parts.netloc}{parts.path}"
