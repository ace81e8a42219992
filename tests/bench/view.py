"""How quickly the viewer answers over a million samples, in how much memory; and thumbnails.

    python tests/bench/view.py [--rows 1000000] [--times 20] [--data OUT] [--json]

Writes an index of that many rows (with shards that are holes) into a folder that is thrown away,
starts `glyphdata view` on it, and asks over HTTP as a browser does. Prints the median and the 95th
percentile of every kind of question, each asked with other words every time, and the processor time
that one took; when the first rows
came, counted from the start of the process; and the most memory that it held. With `--data`, a real
dataset, also how many thumbnails a second it makes. Fails over 300 ms, 2 s or 1 GiB.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from glyphdata.scene.rng import Rng
from glyphdata.shards.index import GROUP, SCHEMA
from glyphdata.shards.keys import Places

PER_SHARD, GROUPED, BYTES = 1000, 16, 60_000
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEéüß漢字かなعربдфя"
WORDS = 5000
LIMIT_MS, LIMIT_FIRST_S, LIMIT_BYTES = 300.0, 2.0, 1 << 30

Arrays = dict[str, pa.Array]


def vocabulary(random: np.random.Generator) -> list[str]:
    sizes = random.integers(2, 11, WORDS)
    letters = list(LETTERS)
    return ["".join(random.choice(letters, size)) for size in sizes]


def lists(values: pa.Array, counts: np.ndarray) -> pa.Array:
    ends = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(ends, values)


def some(random: np.random.Generator, names: tuple[str, ...], count: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(
        random.integers(0, len(names), count).astype(np.int32), pa.array(names)
    ).cast(pa.string())


def chunk(random: np.random.Generator, words: list[str], first: int, count: int) -> pa.Table:
    """So many rows from number `first` on, as full as those of groups of near-misses."""
    rows = np.arange(first, first + count)
    place, variant = rows % PER_SHARD // GROUPED, rows % GROUPED
    shard = rows // PER_SHARD
    groups = [f"{s:06d}-{p:04d}" for s, p in zip(shard, place, strict=True)]
    level = random.choice(3, count, p=[0.3, 0.5, 0.2])
    many = np.array([1, 8, 36])[level] * random.integers(1, 3, count)
    drawn = random.integers(0, WORDS, int(many.sum()))
    ends = np.cumsum(many)
    texts = [
        " ".join(words[one] for one in drawn[end - size : end])
        for end, size in zip(ends, many, strict=True)
    ]
    boxes = random.integers(1, 6, count)
    total = int(boxes.sum())
    edited = (variant > 0).astype(int)
    effects = (random.random(count) < 0.2).astype(int)
    scripts = 1 + (random.random(count) < 0.1)
    small = 8 + 40 * random.random(count)
    columns: Arrays = {
        "key": pa.array([f"{g}-{v:02d}" for g, v in zip(groups, variant, strict=True)]),
        "group": pa.array(groups),
        "text": pa.array(texts),
        "level": pa.array(np.array(["word", "sentence", "paragraph"])[level]),
        "language": some(random, ("en", "de", "ru", "ar", "zh", "ja"), count),
        "background": some(random, ("black", "photos", "gradient", "noise"), count),
        "scripts": lists(some(random, ("latin", "cyrillic", "han"), int(scripts.sum())), scripts),
        "font_tokens": lists(pa.array(random.integers(0, 600, total)), boxes),
        "color_tokens": lists(pa.array(random.integers(0, 138, total)), boxes),
        "edits": lists(
            some(random, ("replace", "repeat", "add", "drop"), int(edited.sum())), edited
        ),
        "effects": lists(some(random, ("shadow", "jpeg", "blur"), int(effects.sum())), effects),
        "bounds": lists(pa.array(random.integers(0, 512, 4 * total)), 4 * boxes),
    }
    numbers = {
        "shard": shard,
        "index": rows // GROUPED,
        "variant": variant,
        "offset": rows % PER_SHARD * BYTES,
        "size": np.full(count, BYTES),
        "picture_offset": rows % PER_SHARD * BYTES + 512,
        "picture_size": np.full(count, BYTES // 2),
        "width": np.full(count, 512),
        "height": np.full(count, 512),
        "boxes": boxes,
        "clusters": many * 6,
        "size_px_min": small,
        "size_px_max": small + 80 * random.random(count),
        "angle_deg_max": 30 * random.random(count),
        "contrast_min": 1 + 20 * random.random(count),
        "signal_min": 99 * random.random(count),
        "rejections": random.poisson(0.3, count),
    }
    columns |= {name: pa.array(values) for name, values in numbers.items()}
    return pa.table([columns[field.name].cast(field.type) for field in SCHEMA], schema=SCHEMA)


def write(root: Path, rows: int) -> None:
    """An index of so many rows, and its shards: files of the right size with nothing inside."""
    random = np.random.Generator(np.random.Philox(20))
    places = Places(root)
    places.index.parent.mkdir(parents=True)
    places.data.mkdir()
    words = vocabulary(random)
    with pq.ParquetWriter(places.index, SCHEMA, compression="zstd") as file:
        for first in range(0, rows, GROUP):
            file.write_table(chunk(random, words, first, min(GROUP, rows - first)))
    for number in range(-(-rows // PER_SHARD)):
        held = min(PER_SHARD, rows - number * PER_SHARD)
        with places.shard(number).open("wb") as shard:
            shard.truncate(held * BYTES + 1024)


class Server:
    """`glyphdata view` of a dataset, asked over one connection."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self._to = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)

    def ask(self, path: str) -> bytes:
        self._to.request("GET", path)
        answer = self._to.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {body[:300]!r}")
        return body

    def spent(self) -> float:
        """Seconds of processor time so far: what is left of a question where others work too."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def most_memory(self) -> int:
        """The most that it held so far, in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(one for one in status.splitlines() if one.startswith("VmHWM"))
        return int(line.split()[1]) << 10


@contextmanager
def served(root: Path) -> Iterator[Server]:
    words = [sys.executable, "-m", "glyphdata", "view", str(root), "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Server(process, process.stdout.readline().strip())
        finally:
            process.terminate()


def questions(rng: Rng, total: int, keys: list[str]) -> dict[str, Callable[[int], str]]:
    """What browsers ask, by kind; each with other words every time."""

    def letters(turn: int) -> str:
        draw = rng.at("letters", turn)
        return "".join(draw.pick(LETTERS) for _ in range(3))

    def token(turn: int) -> int:
        return rng.at("token", turn).integer(0, 600)

    def bound(turn: int) -> str:
        return f"{2 + 18 * rng.at('bound', turn).random():.3f}"

    def one(turn: int) -> str:
        return rng.at("letter", turn).pick(LETTERS)

    def key(turn: int) -> str:
        return keys[turn % len(keys)]

    return {
        "rows, anywhere": lambda n: f"rows?offset={total * (n + 1) // 50}",
        "rows, sorted by contrast": lambda n: f"rows?sort=contrast_min&contrast={bound(n)}..",
        "rows, next page of an order": lambda n: f"rows?sort=size_px_min&offset={40_000 * n}",
        "rows, shuffled": lambda n: f"rows?sort=random&seed={n}",
        "rows, one face": lambda n: f"rows?font={token(n)}",
        "rows, substring": lambda n: f"rows?text={quote(letters(n))}",
        "rows, character": lambda n: f"rows?char={quote(one(n))}&contrast=..{bound(n)}",
        "rows, five filters": lambda n: (
            f"rows?level=word&script=han&edits=drop&contrast=..{bound(n)}"
            f"&text={quote(one(n))}&sort=signal_min"
        ),
        "facets, all": lambda n: "facets",
        "facets, of a range": lambda n: f"facets?contrast={bound(n)}..",
        "facets, of a character": lambda n: f"facets?char={quote(one(n))}&size={bound(n)}..",
        "facets, five filters": lambda n: (
            f"facets?level=word&level=sentence&script=han&color={token(n) % 138}"
            f"&contrast=..{bound(n)}&char={quote(one(n))}"
        ),
        "a sample and its group": lambda n: f"sample/{key(n)}",
        "a sample within an order": lambda n: f"sample/{key(n)}?sort=contrast_min",
        "datasets": lambda n: "../datasets",
    }


class Spent(NamedTuple):
    """What one kind of question took: milliseconds by the wall, and of processors on average."""

    p50: float
    p95: float
    cpu: float


def measured(
    server: Server, kinds: dict[str, Callable[[int], str]], times: int
) -> dict[str, Spent]:
    found = {}
    for kind, question in kinds.items():
        walls, before = [], server.spent()
        for turn in range(times):
            path = question(turn)
            path = "/api/datasets" if path == "../datasets" else f"/api/0/{path}"
            began = time.perf_counter()
            server.ask(path)
            walls.append(1000 * (time.perf_counter() - began))
        p50, p95 = np.percentile(walls, (50, 95))
        found[kind] = Spent(float(p50), float(p95), 1000 * (server.spent() - before) / times)
    return found


def thumbs(root: Path, count: int = 300) -> float:
    """Thumbnails a second, each for the first time, over one connection."""
    with served(root) as server:
        rows = json.loads(server.ask(f"/api/0/rows?limit={count}"))["rows"]
        server.ask(f"/img/0/{rows[0]['key']}/thumb?side=96")
        began = time.perf_counter()
        for row in rows:
            server.ask(f"/img/0/{row['key']}/thumb?side=192")
        return len(rows) / (time.perf_counter() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "out"
        write(root, asked.rows)
        began = time.perf_counter()
        with served(root) as server:
            keys = [row["key"] for row in json.loads(server.ask("/api/0/rows"))["rows"]]
            first = time.perf_counter() - began
            began = time.perf_counter()
            server.ask("/api/0/facets")
            ready = time.perf_counter() - began
            kinds = questions(Rng.of(1, 0), asked.rows, keys)
            found = measured(server, kinds, asked.times)
            memory = server.most_memory()
    made = thumbs(asked.data) if asked.data else None
    ok = max(one.p95 for one in found.values()) < LIMIT_MS
    ok = ok and first < LIMIT_FIRST_S and memory < LIMIT_BYTES
    if asked.json:
        told = {
            "rows": asked.rows,
            "first_rows_s": round(first, 3),
            "first_facets_s": round(ready, 3),
            "memory_mb": memory >> 20,
            "thumbs_per_s": made and round(made),
            "queries": {kind: one._asdict() for kind, one in found.items()},
            "ok": ok,
        }
        print(json.dumps(told))
    else:
        print(f"{asked.rows:,} rows, {os.cpu_count()} cores, {asked.times} questions of each kind")
        print("| question | p50 ms | p95 ms | processor ms |\n|---|---|---|---|")
        for kind, one in found.items():
            print(f"| {kind} | {one.p50:.1f} | {one.p95:.1f} | {one.cpu:.0f} |")
        print(f"first rows {first:.2f} s after the start; first facets {ready:.2f} s later")
        print(f"most memory {memory >> 20} MB" + (f"; {made:.0f} thumbnails/s" if made else ""))
    sys.exit(0 if ok else 5)


if __name__ == "__main__":
    main()
