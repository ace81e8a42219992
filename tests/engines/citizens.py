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
from glyphdata.shards.keys import key_of


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
        case "hoard":
            hoard(600_000_000)
            time.sleep(3600)


HOARD: list[bytearray] = []


def hoard(size: int) -> None:
    """Hold on to so many bytes of memory, each page of them touched."""
    HOARD.append(bytearray(b"\1") * size)


@dataclass(frozen=True)
class Hoarder:
    """A worker that keeps some memory of each task, and says which process it is."""

    keeps: int

    def __call__(self) -> Hoarder:
        return self

    def run(self, task: int, mark: Callable[[int], None]) -> object:
        mark(1)
        hoard(self.keeps)
        return os.getpid()


@dataclass(frozen=True)
class SlowToRead:
    """A setup that takes long to read from its pickle, as cold imports do; notes who reads it."""

    note: str

    def __reduce__(self) -> tuple[object, ...]:
        return _read_slowly, (self.note,)

    def __call__(self) -> Squares:
        raise AssertionError("nobody lives to see it")


def _read_slowly(note: str) -> SlowToRead:
    Path(note).write_text(str(os.getpid()))
    time.sleep(3600)
    return SlowToRead(note)


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
    cursed: tuple[tuple[int, str], ...] = ()  # faces, and what they do
    cursed_from: int = 0  # the first scene whose text brings it out

    def inputs(self) -> str:
        return self.drawn_from

    def fingerprint(self) -> str:
        return hashlib.sha256(repr((self.seed, self.side, self.shard)).encode()).hexdigest()

    def resolved(self) -> dict[str, object]:
        return {"name": self.name, "seed": self.seed, "samples": self.samples, "side": self.side}


@dataclass(frozen=True)
class FakeEncoded:
    index: int
    key: str
    members: tuple[tuple[str, bytes], ...]
    row: dict[str, object]
    rejected: tuple[str, ...]


class FakeFactory:
    """Makes a tiny real picture with its labels; sample i depends on (seed, i)."""

    def __init__(self, recipe: FakeRecipe, without: frozenset[int] = frozenset()) -> None:
        self.recipe = recipe

    def tell(self, in_hand: Callable[[int], None]) -> None:
        """It has no faces to tell of."""

    def prove(self, token: int, mark: Callable[[int], None]) -> None:
        """It has no face to draw."""

    def group(self, index: int) -> list[FakeEncoded]:
        return [self.make(index)]

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
        key = key_of(index, recipe.shard.samples)
        return FakeEncoded(index, key, members, row, ("too-long",) if index % 4 == 0 else ())


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
        return FakeEncoded(index, made.key, made.members[: 5 - index % 2], made.row, ())


class Typist(FakeFactory):
    """A factory whose samples show a face: five faces take turns, two scenes each.

    Scene 12 takes up face 3 first and lays it down; what a sample shows depends on what is not to
    be touched.
    """

    def __init__(self, recipe: FakeRecipe, without: frozenset[int] = frozenset()) -> None:
        super().__init__(recipe)
        self.without = without
        self.in_hand: Callable[[int], None] = print

    def tell(self, in_hand: Callable[[int], None]) -> None:
        self.in_hand = in_hand

    def prove(self, token: int, mark: Callable[[int], None]) -> None:
        mark(1)
        get_into(dict(self.recipe.cursed).get(token, ""))

    def make(self, index: int) -> FakeEncoded:
        drafts = [index // 2 % 5 + step for step in range(5)]
        if index == 12:
            drafts.insert(0, 3 if 3 not in self.without else 4)
        reasons = []
        for token in (draft % 5 for draft in drafts):
            if token in self.without:
                reasons.append("face-quarantined")
                continue
            self.in_hand(token)
            if (index, token) == (12, 3):
                reasons.append("too-long")
                continue
            if index >= self.recipe.cursed_from:
                get_into(dict(self.recipe.cursed).get(token, ""))
            return self._shown(index, token, reasons)
        raise Rejection("no-scene", "no face is left", earlier=tuple(reasons))

    def _shown(self, index: int, token: int, reasons: list[str]) -> FakeEncoded:
        made = super().make(index)
        self.in_hand(-1)
        text = ("txt", f"{index} in face {token}".encode())
        row = made.row | {"font_tokens": [token]}
        return FakeEncoded(index, made.key, (*made.members[:-1], text), row, tuple(reasons))


def plain(value: object) -> dict[str, object]:
    return asdict(value)  # type: ignore[call-overload,no-any-return]
