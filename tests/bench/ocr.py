"""An independent eye: does Tesseract read the words that our labels say are there?

    python tests/bench/ocr.py [--words 1500] [--keep FOLDER] [--trdg FOLDER] [--json]

Makes a dataset of single English words, level, in text faces, on plain grounds of enough contrast,
cuts each word out by its own label, has Tesseract read it and compares, capitals and all. With
`--keep` the dataset and a contact sheet of what was misread stay in that folder. `--trdg` reads
another tool's pictures too: a folder, or folders in it, with `labels.txt` (`0.jpg word` a line).
Needs `tesseract` with its English model; docs/ocr.md tells what came of it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from glyphdata.recipe import Recipe
from glyphdata.shards.dataset import Dataset

FAMILIES = (
    "EB Garamond",
    "Frank Ruhl Libre",
    "JetBrains Mono",
    "Libre Baskerville",
    "Lora",
    "Montserrat",
    "Open Sans",
    "Raleway",
    "Roboto",
    "Roboto Mono",
    "Roboto Slab",
    "Rubik",
    "Sarabun",
    "Space Mono",
)
"""Faces that books and pages are set in, at every weight from Thin to Black, upright and italic."""

LEAST_PX, ASKED = 24, 0.97
"""Of words whose ink is taller than this, so many are to be read as they are labelled."""

BRACKETS = (0, 16, 24, 36, 60, 1000)
AT_ONCE = 200  # pictures that one process of Tesseract reads


@dataclass(frozen=True)
class Word:
    """A word cut out of its picture: what its label says, its face, how tall its ink is (px)."""

    text: str
    family: str
    face: str
    height: int
    pixels: NDArray[np.uint8]


@dataclass(frozen=True)
class Read:
    """A word, and what Tesseract took it for."""

    word: Word
    found: str

    @property
    def right(self) -> bool:
        return self.word.text == self.found


def recipe(words: int) -> Recipe:
    made = {
        "name": "ocr",
        "seed": 11,
        "samples": words,
        "shard": {"samples": 500},
        "canvas": {"width": 768, "height": 192},
        "levels": {"word": 1},
        "boxes": {"count": 1, "size_px": [24, 96]},
        "texts": [{"kind": "words", "language": "en", "case": "mixed", "characters": [3, 16]}],
        "faces": {"families": list(FAMILIES), "scripts": ["latin"]},
        "colors": {"min_contrast": 4.5},
        "backgrounds": [
            {"kind": "solid", "share": 2},
            {"kind": "solid", "colors": ["white"]},
            {"kind": "black"},
        ],
    }
    return Recipe.from_resolved(made, Path())


def ours(root: Path, margin: int) -> Iterator[Word]:
    """The words of a dataset, cut out by the quads of their labels with a margin (px)."""
    for record in Dataset(root):
        box, shape = record.facts["boxes"][0], record.layout["boxes"][0]
        assert len(shape["words"]) == 1, record.key
        word = shape["words"][0]
        text = box["text"].encode()[word["start"] : word["end"]].decode()
        quad = np.array(word["quad"]).reshape(4, 2) / 16
        left, top = np.floor(quad.min(axis=0)).astype(int)
        right, bottom = np.ceil(quad.max(axis=0)).astype(int)
        face = f"{box['face']['family']} {box['face']['style']}"
        pixels = cut(record.pixels(), left, top, right, bottom, margin)
        yield Word(text, box["face"]["family"], face, ink_height(pixels), pixels)


def theirs(root: Path) -> Iterator[Word]:
    """The pictures of another tool that wrote a `labels.txt`; its folder's name is the face."""
    for labels in sorted(root.rglob("labels.txt")):
        for line in labels.read_text(encoding="utf-8").splitlines():
            name, text = line.split(" ", 1)
            with Image.open(labels.parent / name) as image:
                pixels = np.asarray(image.convert("RGB"))
            folder = labels.parent.name
            yield Word(text, folder, folder, ink_height(pixels), pixels)


def cut(
    pixels: NDArray[np.uint8], left: int, top: int, right: int, bottom: int, margin: int
) -> NDArray[np.uint8]:
    """What lies between, with a margin; beyond the picture's edge its last pixels go on."""
    around = np.pad(pixels, ((margin, margin), (margin, margin), (0, 0)), mode="edge")
    return around[max(0, top) : bottom + 2 * margin, max(0, left) : right + 2 * margin]


def ink_height(pixels: NDArray[np.uint8]) -> int:
    """How many rows the ink reaches over, seen in the pixels, lest our labels judge themselves."""
    ground = np.median(pixels[:4].reshape(-1, 3), axis=0)
    apart = np.abs(pixels.astype(np.float64) - ground).max(axis=2)
    rows = np.flatnonzero((apart > apart.max() / 2).any(axis=1))
    return int(rows[-1] - rows[0] + 1) if len(rows) else 0


def read(words: Iterable[Word], mode: int) -> list[Read]:
    """The words as Tesseract reads them, `AT_ONCE` to a process (one page of text for each)."""
    waiting, found = list(words), []
    for start in range(0, len(waiting), AT_ONCE):
        some = waiting[start : start + AT_ONCE]
        with tempfile.TemporaryDirectory() as folder:
            names = [str(Path(folder) / f"{number:04d}.png") for number in range(len(some))]
            for name, word in zip(names, some, strict=True):
                Image.fromarray(word.pixels).save(name)
            listed = Path(folder) / "list.txt"
            listed.write_text("\n".join(names) + "\n")
            done = subprocess.run(
                ["tesseract", str(listed), "-", "-l", "eng", "--psm", str(mode), "--dpi", "150"],
                capture_output=True,
                text=True,
                check=True,
                env=os.environ | {"OMP_THREAD_LIMIT": "1"},
            )
        pages = done.stdout.split("\f")
        assert len(pages) == len(some), "a page of text for each picture"
        found += [Read(word, page.strip()) for word, page in zip(some, pages, strict=True)]
    return found


def aligned(text: str, found: str) -> list[tuple[str, str]]:
    """The least edits from one to the other: (wanted, read) for each place, "" where one lacks."""
    cost = [
        [max(i, j) if not i * j else 0 for j in range(len(found) + 1)] for i in range(len(text) + 1)
    ]
    for i, a in enumerate(text, 1):
        for j, b in enumerate(found, 1):
            cost[i][j] = min(cost[i - 1][j - 1] + (a != b), cost[i - 1][j] + 1, cost[i][j - 1] + 1)
    i, j, pairs = len(text), len(found), []
    while i or j:
        if i and j and cost[i][j] == cost[i - 1][j - 1] + (text[i - 1] != found[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((text[i], found[j]))
        elif i and cost[i][j] == cost[i - 1][j] + 1:
            i -= 1
            pairs.append((text[i], ""))
        else:
            j -= 1
            pairs.append(("", found[j]))
    return pairs[::-1]


def rates(reads: Sequence[Read]) -> dict[str, float]:
    """How many words, the share of them read right, and the edits per character (CER)."""
    edits = sum(a != b for one in reads for a, b in aligned(one.word.text, one.found))
    characters = sum(len(one.word.text) for one in reads)
    return {
        "words": len(reads),
        "accuracy": round(sum(one.right for one in reads) / max(1, len(reads)), 4),
        "caseless": round(
            sum(one.word.text.lower() == one.found.lower() for one in reads) / max(1, len(reads)), 4
        ),
        "cer": round(edits / max(1, characters), 4),
    }


def by(reads: Sequence[Read], key: Callable[[Word], str]) -> dict[str, dict[str, float]]:
    groups: dict[str, list[Read]] = defaultdict(list)
    for one in reads:
        groups[key(one.word)].append(one)
    return {name: rates(groups[name]) for name in sorted(groups)}


def bracket(word: Word) -> str:
    low = max(edge for edge in BRACKETS if edge <= word.height)
    return f"ink from {low:02d} px"


def report(reads: Sequence[Read]) -> dict[str, object]:
    tall = [one for one in reads if one.word.height > LEAST_PX]
    confused = Counter(
        f"{a or '∅'} → {b or '∅'}"
        for one in tall
        for a, b in aligned(one.word.text, one.found)
        if a != b
    )
    return {
        "all": rates(reads),
        f"over_{LEAST_PX}_px": rates(tall),
        "asked": ASKED,
        "by_size": by(reads, bracket),
        "by_family": by(tall, lambda word: word.family),
        "confusions": dict(confused.most_common(16)),
        "misread": [
            {"text": one.word.text, "read": one.found, "face": one.word.face, "px": one.word.height}
            for one in tall
            if not one.right
        ],
    }


def sheet(reads: Sequence[Read], place: Path) -> None:
    """What was misread, as a picture: each word, what it is, what it was read as, its face."""
    wrong = [one for one in reads if not one.right and one.word.height > LEAST_PX]
    wide, high, columns = 300, 92, 4
    page = Image.new("RGB", (wide * columns, high * -(-len(wrong) // columns) or 1), "white")
    pen = ImageDraw.Draw(page)
    for number, one in enumerate(wrong):
        x, y = number % columns * wide, number // columns * high
        image = Image.fromarray(one.word.pixels)
        image.thumbnail((wide - 10, high - 34))
        page.paste(image, (x + 4, y + 4))
        pen.text((x + 4, y + high - 28), f"{one.word.text} -> {one.found}", "black")
        pen.text((x + 4, y + high - 15), f"{one.word.face}, {one.word.height} px", "gray")
    page.save(place)


def main() -> None:
    from glyphdata.generation import generate

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=1500)
    parser.add_argument("--psm", type=int, default=8, help="8: a word, 7: a line")
    parser.add_argument("--margin", type=int, default=4, help="pixels around the label's quad")
    parser.add_argument("--keep", type=Path, help="keep the dataset and the sheet of misread words")
    parser.add_argument("--trdg", type=Path, help="pictures and labels.txt of another tool")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = asked.keep or Path(folder)
        generate(recipe(asked.words), place / "out", workers=1)
        found = {"ours": read(ours(place / "out", asked.margin), asked.psm)}
        if asked.trdg:
            found["theirs"] = read(theirs(asked.trdg), asked.psm)
    if asked.keep:
        for name, reads in found.items():
            sheet(reads, asked.keep / f"{name}.png")
        words = "".join(f"{one.word.text}\n" for one in found["ours"])
        (asked.keep / "words.txt").write_text(words, encoding="utf-8")
    told = {name: report(reads) for name, reads in found.items()}
    json.dump(told, sys.stdout, ensure_ascii=False, indent=None if asked.json else 1)
    print()
    tall = [one.right for one in found["ours"] if one.word.height > LEAST_PX]
    if sum(tall) < ASKED * len(tall):
        sys.exit(f"{sum(tall)} of {len(tall)} words are read: below {ASKED:.0%}")


if __name__ == "__main__":
    main()
