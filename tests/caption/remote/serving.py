"""A server on loopback that answers chat requests, or fails as a plan says."""

from __future__ import annotations

import base64
import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from glyphdata.caption.captioner import Answer, Asked, Fault
from glyphdata.caption.captioners.endpoint import Endpoint

Deed = str | int | tuple[int, dict[str, str]]
Plan = Callable[[str, int], Deed]
"""What to do with a question, at its n-th request (from 0): `ok`, a status with or without headers,
or one of the ways to fail in `_Handler`."""


def always(deed: Deed) -> Plan:
    """Whatever is asked, however often."""
    return lambda question, nth: deed


def first(deed: Deed, times: int = 1) -> Plan:
    """At first, and then what is right."""
    return lambda question, nth: deed if nth < times else "ok"


def one(endpoint: Endpoint, asked: Asked) -> Answer | Fault:
    """What comes of one caption."""
    (said,) = endpoint.caption([asked])
    return said


def completion(text: str | None, finish: str = "stop", **fields: Any) -> dict[str, Any]:
    """A chat completion as servers send it."""
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion", "model": "m@1", "choices": [choice], **fields}


class Server(ThreadingHTTPServer):
    """Counts what it was asked and what it answered, by question; says `said: QUESTION`."""

    daemon_threads = False
    request_queue_size = 64

    def __init__(self, plan: Plan) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.plan = plan
        self.lock = threading.Lock()
        self.ending = threading.Event()
        self.asked: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.times: list[float] = []
        self.busy = self.most_busy = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def picture(self, number: int = -1) -> bytes:
        """The picture of a request."""
        parts = self.bodies[number]["messages"][0]["content"]
        (url,) = (part["image_url"]["url"] for part in parts if part["type"] == "image_url")
        return base64.b64decode(url.partition("base64,")[2], validate=True)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        question = body["messages"][0]["content"][-1]["text"]
        server = self.server
        with server.lock:
            deed = server.plan(question, server.asked[question])
            server.asked[question] += 1
            server.bodies.append(body)
            server.headers.append(dict(self.headers))
            server.times.append(time.monotonic())
            server.busy += 1
            server.most_busy = max(server.most_busy, server.busy)
        try:
            self._do(deed, question)
        finally:
            with server.lock:
                server.busy -= 1

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def _do(self, deed: Deed, question: str) -> None:
        good = json.dumps(completion(f"said: {question}")).encode()
        if deed == "ok":
            self._send(200, good)
            with self.server.lock:
                self.server.answered[question] += 1
        elif isinstance(deed, int):
            self._send(deed, json.dumps({"error": {"message": f"no luck ({deed})"}}).encode())
        elif isinstance(deed, tuple):
            self._send(deed[0], b'{"detail": "later"}', **deed[1])
        elif deed == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.close_connection = True
        elif deed == "cut":
            self._send(200, good[: len(good) // 2], **{"Content-Length": str(len(good))})
            self.close_connection = True
        elif deed == "half-json":
            self._send(200, good[: len(good) // 2])
        elif deed == "html":
            self._send(200, b"<html><title>Welcome</title></html>")
        elif deed == "empty":
            self._send(200, json.dumps({"choices": []}).encode())
        elif deed == "hang":
            self.server.ending.wait(30)
            self.close_connection = True
        elif deed == "drip":
            self._drip()
        elif deed == "huge":
            self._send(200, b" " * (5 << 20))
        elif deed.startswith("echo "):
            self._send(401, json.dumps({"error": f"bad key {self.headers[deed[5:]]}"}).encode())
        else:
            self._send(200, deed.encode())

    def _drip(self) -> None:
        """A byte now and then: each arrives in time, all of them never."""
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        while not self.server.ending.wait(0.05):
            self.wfile.write(b" ")
            self.wfile.flush()

    def _send(self, status: int, content: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
