"""Workers, recipes and factories that tests hand to real processes; imported there by name."""

from __future__ import annotations

import ctypes
import hashlib
import io
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import orjson
from PIL import Image

from glyphdata.errors import InputError, OutputError, Rejection


@dataclass(frozen=True)
class Squares:
    """A worker that squares, and gets into the trouble it was asked to."""

    folder: str
    trouble: tuple[tuple[int, str], ...] = ()
    once: bool = False

    def __call__(self) -> Squares:
        if ("setup", "die") in self.trouble:
            os._exit(7)
        if ("setup", "input") in self.trouble:
            raise InputError("no fonts here", hint="install some")
        if ("setup", "bug") in self.trouble:
            raise ZeroDivisionError("a bug")
        return self

    def run(self, task: int, mark: Callable[[int], None]) -> object:
        note = Path(self.folder) / f"{task}"
        first = not note.exists()
        note.touch()
        mark(1)
        what = dict(self.trouble).get(task)
        if what and (first or not self.once):
            get_into(what)
        print("a worker's print must not reach the parent's stdout")
        return task * task


def get_into(what: str) -> None:
    match what:
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "segfault":
            ctypes.string_at(0)
        case "exit":
            os._exit(0)
        case "hang":
            time.sleep(3600)
        case "raise":
            raise ValueError("two lines\nof trouble")
        case "reject":
            raise Rejection("too-long", "the text is too long")
        case "disk":
            raise OutputError("the disk is full", hint="free some")
        case "memory":
            raise MemoryError


@dataclass(frozen=True)
class ShardSize:
    samples: int = 5


@dataclass(frozen=True)
class FakeRecipe:
    samples: int = 20
    shard: ShardSize = ShardSize()
    seed: int = 7
    name: str = "fake"
    side: int = 16
    trouble: tuple[tuple[int, str], ...] = ()
    once: str = ""
    pause_s: float = 0.0
    empty_first: bool = False
    extra: Mapping[str, object] = field(default_factory=dict)
    drawn_from: str = ""

    def inputs(self) -> str:
        return self.drawn_from

    def fingerprint(self) -> str:
        return hashlib.sha256(repr((self.seed, self.side, self.shard)).encode()).hexdigest()

    def resolved(self) -> dict[str, object]:
        return {"name": self.name, "seed": self.seed, "samples": self.samples, "side": self.side}


@dataclass(frozen=True)
class FakeEncoded:
    index: int
    members: tuple[tuple[str, bytes], ...]
    row: dict[str, object]
    rejected: tuple[str, ...]


class FakeFactory:
    """Makes a tiny real picture with its labels; sample i depends on (seed, i)."""

    def __init__(self, recipe: FakeRecipe) -> None:
        self.recipe = recipe

    def make(self, index: int) -> FakeEncoded:
        recipe = self.recipe
        time.sleep(recipe.pause_s)
        what = dict(recipe.trouble).get(index)
        if what:
            note = Path(recipe.once) / f"{index}" if recipe.once else None
            if note is None or not note.exists():
                if note is not None:
                    note.touch()
                get_into(what)
        text = f"text {index} é"
        filled = not (recipe.empty_first and index < 7)
        facts = {
            "key": str(index),
            "index": index,
            "size_px": 1.5 if filled else 2.0,
            "boxes": [{"text": text, "edits": [], "negatives": ["näh"] if filled else []}],
            "note": "late" if filled else None,
        }
        color = hashlib.sha256(f"{recipe.seed} {index}".encode()).digest()[:3]
        members = (
            ("jpg", _image((recipe.side, recipe.side), color, "JPEG")),
            ("json", orjson.dumps(facts)),
            ("layout.json", orjson.dumps({"unit": 16, "boxes": []})),
            ("mask.png", _mask(recipe.side, index % 256)),
            ("txt", text.encode()),
        )
        row: dict[str, object] = {
            "index": index,
            "variant": 0,
            "width": recipe.side,
            "height": recipe.side,
            "level": "word",
            "language": "en",
            "scripts": ["latin"],
            "text": text,
            "boxes": 1,
            "clusters": len(text),
            "font_tokens": [index % 3],
            "color_tokens": [1],
            "contrast_min": 4.5,
            "background": "black",
        }
        return FakeEncoded(index, members, row, ("too-long",) if index % 4 == 0 else ())


def _image(size: tuple[int, int], color: bytes, kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, tuple(color)).save(out, kind)
    return out.getvalue()


def _mask(side: int, value: int) -> bytes:
    out = io.BytesIO()
    Image.new("L", (side, side), value).save(out, "PNG")
    return out.getvalue()


class NewFacts(FakeFactory):
    """A factory whose samples do not all have the same members."""

    def make(self, index: int) -> FakeEncoded:
        made = super().make(index)
        return FakeEncoded(index, made.members[: 5 - index % 2], made.row, ())


def plain(value: object) -> dict[str, object]:
    return asdict(value)  # type: ignore[call-overload,no-any-return]
