"""A server asked for many captions at once, over one bounded pool of connections."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock

import httpx

from glyphdata.caption.captioner import Answer, Fault
from glyphdata.caption.remote import reply
from glyphdata.caption.remote.address import Address
from glyphdata.caption.remote.background import Background
from glyphdata.caption.remote.pace import LONGEST_ASKED_S, Breaker, asked_s, wait_s
from glyphdata.errors import InputError
from glyphdata.scene.rng import Rng

LARGEST_REPLY = 4 << 20
"""The most bytes of a reply that are read; a caption has a few hundred."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How a server is asked: how many requests at once, how long one may take in all, how often a
    caption is tried, the first wait between tries, how many given up in a row end it all."""

    concurrency: int = 16
    timeout_s: float = 120.0
    tries: int = 4
    backoff_s: float = 1.0
    breaker: int = 20
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """One caption to ask for; `body` is made when its turn comes, for pictures are large."""

    key: str
    body: Callable[[], bytes | Fault]


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of one request: `status` is 0 where there was none, `wait_s` what a server asks."""

    said: Answer | Fault
    status: int = 0
    wait_s: float = 0.0


class Client:
    """Connections to one server; `InputError` where its address or key cannot be used."""

    def __init__(self, address: Address, manners: Manners) -> None:
        self._address, self._manners = address, manners
        self._secret = address.secret()
        self._breaker = Breaker(manners.breaker)
        self._not_before = 0.0
        self._http = self._opened()
        self._background = Background()

    def answers(self, requests: Sequence[Request]) -> list[Answer | Fault]:
        """An answer or a fault for each, in the same order.

        When too many in a row have been given up, the rest are faults with the code `stopped` and
        the next call is an `InputError`: what was answered until then is not lost.
        """
        if self._breaker.is_open:
            raise InputError(
                f"{self._breaker.most} captions in a row failed, the last with: "
                f"{self._breaker.last}",
                hint="see what the server says, then run the same command again: it goes on",
            ).inside(self._address.base_url)
        return self._background.run(self._all(requests))

    def probe(self, body: bytes) -> Heard:
        """What comes of one request, tried as often as any."""
        return self._background.run(self._tried(Request("probe", lambda: body), body))

    def close(self) -> None:
        """Close the connections, and the thread that served them."""
        try:
            self._background.run(self._http.aclose())
        finally:
            self._background.close()

    def _opened(self) -> httpx.AsyncClient:
        manners = self._manners
        try:
            return httpx.AsyncClient(
                headers={"Authorization": f"Bearer {self._secret}"} if self._secret else {},
                timeout=None,
                limits=httpx.Limits(max_connections=manners.concurrency),
                trust_env=not self._address.is_loopback,  # no proxy stands between us and ourselves
            )
        except (ImportError, ValueError, httpx.InvalidURL) as fault:
            raise InputError(
                f"the proxy of the environment cannot be used: {self._hidden(str(fault))}",
                hint="see HTTP_PROXY, HTTPS_PROXY and ALL_PROXY",
            ) from None

    async def _all(self, requests: Sequence[Request]) -> list[Answer | Fault]:
        out: dict[int, Answer | Fault] = {}
        waiting = iter(enumerate(requests))
        workers = min(self._manners.concurrency, len(requests))
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(self._work(waiting, out))
        return [out[number] for number in range(len(requests))]

    async def _work(
        self, waiting: Iterator[tuple[int, Request]], out: dict[int, Answer | Fault]
    ) -> None:
        for number, request in waiting:
            out[number] = await self._one(request)

    async def _one(self, request: Request) -> Answer | Fault:
        if self._breaker.is_open:
            why = f"not asked, for the server failed too often: {self._breaker.last}"
            return Fault("stopped", why, passing=True)
        body = await asyncio.to_thread(request.body)
        if isinstance(body, Fault):
            return body
        heard = await self._tried(request, body)
        if isinstance(heard.said, Fault) and (heard.said.passing or heard.status in reply.DENIED):
            self._breaker.bad(heard.said.message)
        else:
            self._breaker.good()
        return heard.said

    async def _tried(self, request: Request, body: bytes) -> Heard:
        """The request sent until it is answered, refused for good, or given up."""
        rng = Rng.of(self._manners.seed, 0).at(f"backoff {request.key}")
        heard = Heard(Fault("stopped", "not asked", passing=True))
        for attempt in range(self._manners.tries):
            await self._turn()
            if attempt and self._breaker.is_open:
                break
            heard = await self._post(body)
            if not isinstance(heard.said, Fault) or not heard.said.passing:
                break
            if attempt + 1 == self._manners.tries or heard.wait_s > LONGEST_ASKED_S:
                break
            if heard.wait_s:  # it is meant for all of us
                now = asyncio.get_running_loop().time()
                self._not_before = max(self._not_before, now + heard.wait_s)
            await asyncio.sleep(wait_s(rng, attempt, self._manners.backoff_s))
        return heard

    async def _turn(self) -> None:
        """Wait until the server takes requests again, as it said itself."""
        left = self._not_before - asyncio.get_running_loop().time()
        if left > 0.0:
            await asyncio.sleep(left)

    async def _post(self, body: bytes) -> Heard:
        """One request and its reply, within the time that both may take together."""
        try:
            async with asyncio.timeout(self._manners.timeout_s):
                return await self._exchanged(body)
        except (TimeoutError, httpx.TimeoutException):
            message = f"no reply within {self._manners.timeout_s:g} s"
            return Heard(Fault("timeout", message, passing=True))
        except httpx.DecodingError as fault:
            message = f"the server sent what cannot be unpacked: {self._hidden(str(fault))}"
            return Heard(Fault("rubbish", message, passing=True))
        except httpx.RequestError as fault:
            message = f"{type(fault).__name__}: {fault}".removesuffix(": ")
            return Heard(Fault("server", self._hidden(message), passing=True))

    async def _exchanged(self, body: bytes) -> Heard:
        url, kind = self._address.completions, {"Content-Type": "application/json"}
        async with self._http.stream("POST", url, content=body, headers=kind) as response:
            content = bytearray()
            async for part in response.aiter_bytes():
                content += part
                if len(content) > LARGEST_REPLY:
                    message = f"the server sent over {LARGEST_REPLY >> 20} MiB"
                    return Heard(Fault("rubbish", message, passing=True), response.status_code)
        said = reply.read(response.status_code, bytes(content))
        if isinstance(said, Fault):
            said = Fault(said.code, self._hidden(said.message), said.passing)
        return Heard(said, response.status_code, asked_s(response.headers.get("Retry-After")))

    def _hidden(self, message: str) -> str:
        """The message without the key: servers like to say it back."""
        return message.replace(self._secret, "[key]") if self._secret else message


_OPEN: dict[tuple[int, Address, Manners], Client] = {}
_OPENING = Lock()  # two threads that ask first would open two, and close one


def client(address: Address, manners: Manners) -> Client:
    """The client of a server, opened the first time it is asked for in this process."""
    name = (os.getpid(), address, manners)
    with _OPENING:
        if name not in _OPEN:
            _OPEN[name] = Client(address, manners)
        return _OPEN[name]


def shut(address: Address, manners: Manners) -> None:
    """Let go of a server's connections."""
    with _OPENING:
        found = _OPEN.pop((os.getpid(), address, manners), None)
    if found is not None:
        found.close()
