"""Three small sources: words with all labels, groups of four, and pictures without any text."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from PIL import Image

from glyphdata.captioning import run as caption
from glyphdata.captions.written import sha256
from glyphdata.convert.mixing.loading import load_mix
from glyphdata.convert.mixing.mixing import mix
from glyphdata.generation import Summary, generate
from glyphdata.recipe import load_recipe
from glyphdata.registry import load
from glyphdata.shards.keys import key_of
from glyphdata.shards.manifest import Provenance

BASE: dict[str, Any] = {
    "seed": 5,
    "canvas": {"width": 96, "height": 64},
    "boxes": {"count": [1, 2], "size_px": [12, 22]},
    "texts": [
        {"kind": "words", "language": "en"},
        {"kind": "words", "language": "ar"},
        {"kind": "sentences", "language": "en"},
    ],
    "levels": {"word": 0.7, "sentence": 0.3},
    "backgrounds": [{"kind": "black"}],
}
WORDS = {
    **BASE,
    "name": "words recipe",
    "samples": 40,
    "shard": {"samples": 16},
    "outputs": {"boxes": True, "glyph": True},
}
GROUPS = {
    **BASE,
    "name": "groups recipe",
    "seed": 6,
    "samples": 20,
    "shard": {"samples": 10},
    "levels": {"word": 1.0},
    "variants": {"count": 3},
    "outputs": {"glyph": True},
}
PLAIN = 24


@dataclass(frozen=True)
class Pale:
    """A picture without text, as an importer might make it."""

    key: str
    members: tuple[tuple[str, bytes], ...]
    row: dict[str, object]
    rejected: tuple[str, ...] = ()


@dataclass(frozen=True)
class PaleSize:
    samples: int = 10


@dataclass(frozen=True)
class PaleAsked:
    name: str = "pale"
    samples: int = PLAIN
    shard: PaleSize = PaleSize()

    def fingerprint(self) -> str:
        return "pale"

    def inputs(self) -> str:
        return ""

    def resolved(self) -> dict[str, object]:
        return {"name": self.name, "license": "CC0-1.0", "format": "folder"}


class PaleFactory:
    def __init__(self, recipe: PaleAsked, without: object = ()) -> None:
        self.recipe = recipe

    def tell(self, in_hand: object) -> None:
        pass

    def group(self, index: int) -> Sequence[Pale]:
        key = key_of(index, 10)
        with io.BytesIO() as file:
            Image.fromarray(np.full((48, 80, 3), 10 * index, np.uint8)).save(file, "PNG")
            picture = file.getvalue()
        facts = {
            "key": key, "index": index, "group": key, "variant": 0, "seed": 0, "recipe": "pale",
            "width": 80, "height": 48, "level": "", "language": "", "prompt": "",
            "background": {"kind": "imported", "name": "p", "license": "CC0-1.0", "color": "#101"},
            "boxes": [], "effects": [], "pwatermark": 0.0,
            "original_width": 80, "original_height": 48, "ignored": [],
            "origin": {"source": "camera", "key": f"photo {index}.png", "license": "CC0-1.0"},
        }  # fmt: skip
        told = orjson.dumps(facts)
        said = {
            "level": 5, "text": f"Grey number {index}.", "source": "human", "recipe": "0" * 12,
            "style": "plain", "mentions": [], "finish": "stop", "flags": [], "raw": "",
            "repairs": [], "locked": True,
        }  # fmt: skip
        captions = {
            "schema": "glyphdata.captions/1", "key": key, "image_sha256": sha256(picture),
            "scene_sha256": sha256(told), "captions": [said], "failures": [],
        }  # fmt: skip
        members = {
            "png": picture,
            "json": told,
            "txt": f"Grey number {index}.".encode(),
            "captions.json": orjson.dumps(captions),
            "layout.json": orjson.dumps({"unit": 16, "boxes": []}),
        }
        row: dict[str, object] = {
            "index": index, "group": key, "variant": 0, "width": 80, "height": 48, "level": "",
            "language": "", "scripts": [], "text": "", "boxes": 0, "clusters": 0,
            "font_tokens": [], "color_tokens": [], "edits": [], "effects": [], "bounds": [],
            "background": "imported", "rejections": 0,
        }  # fmt: skip
        return [Pale(key, tuple(sorted(members.items())), row)]


@dataclass(frozen=True)
class Sources:
    """Where the sources lie: `words` (40 groups), `groups` (20 of 4) and `plain` (24)."""

    root: Path

    def copy(self, name: str, to: Path) -> Path:
        """A copy of one that may be changed."""
        shutil.copytree(self.root / name, to)
        return to


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    root = tmp_path_factory.mktemp("sources")
    for name, recipe in (("words", WORDS), ("groups", GROUPS)):
        written = root / f"{name}.yaml"
        written.write_text(json.dumps(recipe))  # JSON is YAML
        assert generate(load_recipe(written), root / name, workers=0).finished
    pale = generate(
        PaleAsked(),
        root / "plain",
        workers=0,
        factory=f"{__name__}:PaleFactory",
        provenance=lambda tokens: Provenance(),
    )
    assert pale.finished
    shutil.copytree(root / "words", root / "captioned")
    truth: Any = load("captioners", "truth")
    caption(root / "captioned", truth(), levels=(1, 5))
    return Sources(root)


Blend = Callable[..., Path]

THREE: tuple[dict[str, Any], ...] = (
    {"dataset": "words", "share": 2},
    {"dataset": "groups"},
    {"dataset": "plain"},
)


@pytest.fixture
def written(sources: Sources, tmp_path: Path) -> Blend:
    """Writes a mix of the three, some of its fields replaced, and says where."""

    def write(of: Sequence[dict[str, Any]] = THREE, **changes: object) -> Path:
        return write_mix(sources, tmp_path / "mix.yaml", of, **changes)

    return write


@pytest.fixture(scope="session")
def mixed(sources: Sources, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mix of the three as `written` writes it: 40 groups, 70 samples; not to be changed."""
    folder = tmp_path_factory.mktemp("mixed")
    path = write_mix(sources, folder / "mix.yaml", THREE)
    assert run_mix(path, folder / "out").finished
    return folder / "out"


def write_mix(
    sources: Sources, path: Path, of: Sequence[dict[str, Any]], **changes: object
) -> Path:
    """Write a mix of these sources, some of its fields replaced, to `path`."""
    listed = [{**one, "dataset": str(sources.root / str(one["dataset"]))} for one in of]
    whole = {"name": "mixed", "seed": 1, "samples": 40, "shard": {"samples": 16}}
    path.write_text(json.dumps({**whole, "sources": listed, **changes}))  # JSON is YAML
    return path


def run_mix(path: Path, out: Path | str, *overrides: str, **how: Any) -> Summary:
    """Mix by a file, in this process unless said otherwise."""
    asked, notices = load_mix(path, overrides)
    return mix(asked, out, notices=notices, **{"workers": 0, **how})


def shards_of(out: Path) -> dict[str, str]:
    """The checksums of a dataset's shards."""
    return {path.name: sha256(path.read_bytes()) for path in sorted((out / "data").glob("*.tar"))}
