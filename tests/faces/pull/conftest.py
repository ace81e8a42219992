"""A registry of each kind on this machine's loopback, with packages of fonts made on the spot."""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha512
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest

from glyphdata.faces.locate import core_folder
from glyphdata.faces.pull.families import families
from glyphdata.faces.pull.order import Came, Failed, Order, Pulled
from glyphdata.faces.pull.pulling import pull
from glyphdata.faces.pull.web import Patience

COLUMNS = "family,category,subsets,weights,styles,axes,license,pypi,npm,npm_ttf"
QUICK = Patience(silence=0.5, whole=2.0, tries=3, pause=0.01)


def pulled(**how: object) -> Pulled:
    """Pull all of the test's list; every family is told of once."""
    told: list[Came | Failed] = []
    done = pull(Order(families(), patience=QUICK, **how), told.append)  # type: ignore[arg-type]
    assert len({one.family for one in told}) == len(told) == len(families()) - len(done.held)
    return done


def only(done: Pulled) -> Failed:
    assert done.came == ()
    (failed,) = done.failed
    return failed


def own(home: Path) -> list[dict[str, object]]:
    """The user's lines of the registry, which follow the release's."""
    lines = (home / "fonts" / "registry.jsonl").read_text("utf-8").splitlines()
    core = (core_folder() / "registry.jsonl").read_bytes().splitlines()
    return [json.loads(line) for line in lines[len(core) :]]


@dataclass
class Answer:
    """What a server says: a status, headers, and the bytes of its body."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Say = Callable[[BaseHTTPRequestHandler], None]


class Server(ThreadingHTTPServer):
    """Answers by path; a list is used up, its last answer stays. Remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, list[Answer | Say]] = {}
        self.asked: list[tuple[str, str]] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that hang up are what some tests are about."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def say(self, path: str, *answers: Answer | Say) -> None:
        self.answers[path] = list(answers)

    def publish(self, package: str, data: bytes, version: str = "5.0.0", **dist: object) -> None:
        """Have an npm package, described as the real registries do."""
        tail = f"/{package}/-/{version}.tgz"
        promised = "sha512-" + base64.b64encode(sha512(data).digest()).decode()
        about = {"tarball": self.address + tail, "integrity": promised, **dist}
        document = {"name": package, "version": version, "dist": about}
        self.say(f"/{package}/latest", Answer(json.dumps(document).encode()))
        self.say(tail, Answer(data))

    def offer(self, package: str, data: bytes, version: str = "1.0") -> None:
        """Have a wheel, in a simple index as pip reads it (PEP 503)."""
        file = f"{package.replace('-', '_')}-{version}-py3-none-any.whl"
        page = f'<!DOCTYPE html><a href="/files/{file}">{file}</a>'
        headers = {"Content-Type": "text/html"}
        self.say(f"/simple/{package}/", Answer(page.encode(), headers=headers))
        self.say(f"/files/{file}", Answer(data))


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        path = unquote(self.path)
        self.server.asked.append((path, self.headers.get("Authorization", "")))
        answers = self.server.answers.get(path, [Answer(b"nothing", 404)])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if not isinstance(answer, Answer):
            answer(self)
            return
        self.send_response(answer.status)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def second() -> Iterator[Server]:
    """Another server, on another port."""
    yield from _serving()


@pytest.fixture
def server() -> Iterator[Server]:
    """An npm registry and a simple index in one; empty to begin with."""
    yield from _serving()


def _serving() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def home(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without fonts whose npm and pip know the loopback registries alone; their folder."""
    for name in list(os.environ):
        if name.lower().startswith(("npm_config_", "pip_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("GLYPHDATA_FONTS", str(tmp_path / "fonts"))
    monkeypatch.setenv("npm_config_registry", server.address)
    monkeypatch.setenv("PIP_INDEX_URL", f"{server.address}/simple/")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("PIP_RETRIES", "0")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    (tmp_path / "fonts").mkdir()
    return tmp_path


@pytest.fixture
def listed(home: Path) -> Callable[..., None]:
    """`listed("Alpha", pypi="…")` puts one more family on the list, in its place."""
    rows: dict[str, str] = {}

    def add(name: str, *, pypi: bool = False, subsets: str = "latin", weights: str = "400") -> None:
        slug = name.lower().replace(" ", "-")
        wheel = f"fontpkg-{slug}" if pypi else ""
        packages = f"{wheel},@fontsource/{slug},@expo-google-fonts/{slug}"
        rows[name] = f"{name},sans,{subsets},{weights},normal,,OFL-1.1,{packages}"
        lines = [COLUMNS, *(rows[key] for key in sorted(rows))]
        (home / "fonts" / "families.csv").write_text("\n".join(lines) + "\n", "utf-8")

    return add
