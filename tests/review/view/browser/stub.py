"""A server that says what a test wants it to say: the viewer's pages over made-up answers.

Real datasets are served by the real server. This one is for what no sound dataset holds: texts that
attack the page, and more rows than a test can make.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import orjson
from jinja2 import Environment, FileSystemLoader
from PIL import Image

import glyphdata.review as review

Json = dict[str, Any]
Answer = Callable[[str, dict[str, list[str]]], Json | None]
"""What is said of a path below `/api/` and its query; None is a 404."""

VIEW = Path(review.__file__).parent / "view"
PAGES = {
    "": "gallery",
    "sample": "sample",
    "stats": "stats",
    "checks": "checks",
    "compare": "compare",
}
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def dataset(**changes: object) -> Json:
    """One dataset as the server tells of it."""
    told: Json = {
        "d": 0,
        "name": "made-up",
        "path": "/data/made-up",
        "samples": 1,
        "groups": False,
        "recipe": "made-up",
        "warnings": [],
        "writable_flags": True,
        "state": "finished",
        "members": ["jpg", "json", "txt"],
    }
    return told | changes


def _picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (64, 48), (90, 120, 160)).save(file, "PNG")
    return file.getvalue()


class Server(ThreadingHTTPServer):
    """A server that does not mind when a page no longer wants an answer."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serving(datasets: list[Json], answer: Answer) -> Iterator[str]:
    """Serve these datasets on a free port of this machine; the address."""
    environment = Environment(loader=FileSystemLoader(VIEW / "templates"), autoescape=True)
    picture = _picture()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            first, _, rest = url.path.lstrip("/").partition("/")
            if first == "static":
                file = VIEW / "static" / rest
                self.say(file.read_bytes(), TYPES[file.suffix])
            elif first == "img" or rest.endswith(".svg"):
                self.say(picture, "image/png")
            elif first == "api":
                told = answer(rest, parse_qs(url.query))
                status = 404 if told is None else 200
                self.say(
                    orjson.dumps(told or {"error": "there is none"}), "application/json", status
                )
            elif first in PAGES:
                self.say(self.page(PAGES[first], rest).encode(), "text/html; charset=utf-8")
            else:
                self.say(b"", "text/plain", 404)

        def page(self, page: str, rest: str) -> str:
            number, _, key = rest.partition("/")
            boot = {"datasets": datasets, "page": page, "d": int(number or 0), "key": unquote(key)}
            data = orjson.dumps(boot).decode().replace("<", "\\u003c")
            return environment.get_template(f"{page}.html").render(boot=data, page=page)

        def say(self, body: bytes, kind: str, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the tests look at the pages."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
