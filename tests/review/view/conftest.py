"""Small real datasets, and the viewer asked as its server is: paths as they are written."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest

from glyphdata.generation import generate
from glyphdata.recipe import load_recipe
from glyphdata.review.view.app import application
from glyphdata.review.view.exhibit import Exhibit

SMALL = """
name: small
seed: 5
samples: 24
shard: {samples: 8}
canvas: {width: 128, height: 96}
boxes: {count: [1, 2], size_px: [12, 24]}
levels: {word: 0.6, sentence: 0.4}
texts:
  - {kind: words, language: en, count: [1, 3]}
  - {kind: sentences, language: en}
backgrounds: [{kind: black}, {kind: gradient}]
effects: [{kind: shadow, share: 0.5}]
outputs: {image: {format: jpg, quality: 92}, layout: true, mask: true, boxes: true, glyph: true}
"""

GROUPS = """
name: groups
seed: 6
samples: 4
shard: {samples: 4}
canvas: {width: 128, height: 96}
boxes: {count: 1, size_px: [12, 24]}
levels: {word: 1}
texts: [{kind: words, language: en}]
backgrounds: [{kind: black}]
variants: {count: 3, edits: {replace: 1, repeat: 1}}
outputs: {layout: false, mask: false}
"""


class Answer(NamedTuple):
    """What the viewer answered; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Viewer:
    """The viewer of some datasets, asked directly."""

    def __init__(self, *exhibits: Exhibit, **guard: Any) -> None:
        self.exhibits = exhibits
        self.app = application(exhibits, **guard)

    def ask(
        self,
        path: str,
        method: str = "GET",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to a path exactly as it is written, its query included."""
        sent = {"host": "localhost:8765"} | {k.lower(): v for k, v in (headers or {}).items()}
        raw, _, query = path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(raw),
            "raw_path": raw.encode("latin-1"),
            "query_string": query.encode("latin-1"),
            "headers": [(k.encode(), v.encode("latin-1")) for k, v in sent.items() if v],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8765),
        }
        return asyncio.run(_answered(self.app, scope, body))

    def get(self, path: str) -> Any:
        """The JSON at a path; it must be there."""
        answer = self.ask(path)
        assert answer.status == 200, answer
        return answer.json

    def post(self, path: str, value: object, **headers: str) -> Answer:
        """Post as the viewer's own pages do."""
        sent = {"X-Glyphdata": "1", "Content-Type": "application/json"} | headers
        return self.ask(path, "POST", json.dumps(value).encode(), sent)

    def keys(self, query: str, d: int = 0) -> list[str]:
        """The keys of a list, in its order."""
        return [row["key"] for row in self.get(f"/api/{d}/rows?{query}")["rows"]]


async def _answered(app: Callable[..., Any], scope: dict[str, Any], body: bytes) -> Answer:
    start: dict[str, Any] = {}
    pieces: list[bytes] = []
    asked = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> dict[str, Any]:
        return next(asked, {"type": "http.disconnect"})

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            pieces.append(message.get("body", b""))

    try:
        await app(scope, receive, send)
    except Exception:  # raised once it is answered, for the server to log
        if not start:
            raise
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}
    return Answer(start["status"], headers, b"".join(pieces))


def made(folder: Path, recipe: str) -> Path:
    """A dataset of a recipe, made in this process."""
    (folder / "recipe.yaml").write_text(recipe)
    generate(load_recipe(folder / "recipe.yaml"), folder / "out", workers=0)
    return folder / "out"


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 pictures in three shards, with every label. Not to be changed."""
    return made(tmp_path_factory.mktemp("small"), SMALL)


@pytest.fixture(scope="session")
def groups(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four originals with three variants each. Not to be changed."""
    return made(tmp_path_factory.mktemp("groups"), GROUPS)


@pytest.fixture
def copy(small: Path, tmp_path: Path) -> Path:
    """The small dataset, to be changed at will."""
    return shutil.copytree(small, tmp_path / "copy")


@pytest.fixture(scope="session")
def viewer(small: Path, groups: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Viewer]:
    """Both datasets on show, their flags elsewhere."""
    flags = tmp_path_factory.mktemp("flags")
    yield Viewer(Exhibit(small, flags / "small.jsonl"), Exhibit(groups, flags / "groups.jsonl"))
