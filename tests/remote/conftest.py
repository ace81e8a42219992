"""An S3 that answers over HTTP on the loopback, and that can be told to fail, to wait, to count."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fsspec
import pytest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from glyphdata.recipe import Recipe, load_recipe

SECRET = "a-secret-that-no-file-may-hold"
BUCKET = "bucket"

_BUSY = (
    b"<?xml version='1.0'?><Error><Code>ServiceUnavailable</Code>"
    b"<Message>Please try again.</Message></Error>"
)


def _no_call(_call: dict[str, Any]) -> bool:
    return False


@dataclass
class Store:
    """The server's address and moods, and the calls it had, by method."""

    url: str = ""
    failing: float = 0.0
    """This share of the calls is answered with 503."""
    stalled: threading.Event = field(default_factory=threading.Event)
    """Set once a call stood still."""
    stall: Callable[[dict[str, Any]], bool] = _no_call
    """Which calls stand still until the test ends."""
    fail: Callable[[dict[str, Any]], bool] = _no_call
    """Which calls are answered with 503, whatever the share."""
    ended: threading.Event = field(default_factory=threading.Event)
    calls: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    turn: threading.Lock = field(default_factory=threading.Lock)
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def files(self) -> Any:
        """The store as fsspec sees it, nothing held from before."""
        found = fsspec.filesystem("s3")
        found.invalidate_cache()
        return found

    def uploads(self) -> list[str]:
        """The keys of the uploads that are neither finished nor aborted."""
        found = self.files().call_s3("list_multipart_uploads", Bucket=BUCKET)
        return [one["Key"] for one in found.get("Uploads", ())]

    def __call__(self, call: dict[str, Any], begin: Callable[..., Any]) -> Iterable[bytes]:
        self.calls[call["REQUEST_METHOD"]] += 1
        if self.chance.random() < self.failing or self.fail(call):
            self.refused += 1
            # Read to its end: a client that still sends would see a broken line, not the answer.
            call["wsgi.input"].read(int(call.get("CONTENT_LENGTH") or 0))
            begin("503 Service Unavailable", [("Content-Length", str(len(_BUSY)))])
            return [_BUSY]
        if self.stall(call):
            self.stalled.set()
            self.ended.wait(60)
        if "HTTP_IF_NONE_MATCH" not in call:
            answer: Iterable[bytes] = self.answers(call, begin)
            return answer
        # moto looks, and then writes; a store that promises conditional writes does both at once.
        with self.turn:
            return list(self.answers(call, begin))

    answers: Any = None


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def running() -> Iterator[Store]:
    """One server for all tests of this process."""
    store = Store(answers=DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, store, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    store.url = f"http://127.0.0.1:{server.server_port}"
    yield store
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def s3(running: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The server with one empty bucket, and this process and its children pointed to it."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", running.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("GLYPHDATA_CACHE", str(tmp_path / "cache"))
    fsspec.get_filesystem_class("s3").clear_instance_cache()  # they know another address
    running.files().call_s3("create_bucket", Bucket=BUCKET)
    running.calls.clear()
    running.refused = 0
    yield running
    running.failing, running.stall, running.fail = 0.0, _no_call, _no_call
    running.ended.set()
    running.ended, running.stalled = threading.Event(), threading.Event()
    files = running.files()
    for upload in files.list_multipart_uploads(BUCKET):
        files.abort_mpu(BUCKET, upload["Key"], upload["UploadId"])
    files.rm(BUCKET, recursive=True)
    fsspec.get_filesystem_class("s3").clear_instance_cache()


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The store in this process's memory, empty, and a cache of the test's own."""
    monkeypatch.setenv("GLYPHDATA_CACHE", str(tmp_path / "cache"))
    files = fsspec.filesystem("memory")
    files.store.clear()
    files.pseudo_dirs[:] = [""]
    yield files
    files.store.clear()
    files.pseudo_dirs[:] = [""]


PLAIN = """
name: far
seed: 4
samples: 6
shard: {samples: 2}
canvas: {width: 96, height: 64}
levels: {word: 1, sentence: 0, paragraph: 0}
boxes: {count: 1, size_px: [10, 20]}
texts: [{kind: words}]
backgrounds: [{kind: noise}]
outputs: {layout: true}
"""


@pytest.fixture
def plain(tmp_path: Path) -> Callable[..., Recipe]:
    """A recipe of six small pictures in three shards, some of its fields replaced."""
    path = tmp_path / "plain.yaml"
    path.write_text(PLAIN, encoding="utf-8")
    return lambda *overrides: load_recipe(path, overrides)
