"""What an independent eye reads: lines of text, cut out by their labels, through Tesseract.

It is an audit of a sample and no judge of legibility: it makes pictures black and white before it
reads, which people do not (docs/ocr.md).
"""

from __future__ import annotations

import subprocess
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from glyphdata.errors import InputError
from glyphdata.review.measures.distance import distance
from glyphdata.review.measures.reading import read
from glyphdata.scene.sample import UNIT
from glyphdata.scene.scene import Pixels
from glyphdata.shards.dataset import Dataset, Record

MARGIN_PX = 4
"""Room around a line: with more of it Tesseract takes letters for smaller than they are."""

LEAST_PX = 40
"""Lines lower than this are enlarged to it; lower letters Tesseract reads badly."""

RAW_LINE = 13
"""Tesseract's mode for one line as it is (`--psm 13`)."""

MODELS = {
    "en": "eng", "de": "deu", "fr": "fra", "es": "spa", "it": "ita", "pt": "por", "nl": "nld",
    "pl": "pol", "cs": "ces", "tr": "tur", "vi": "vie", "ru": "rus", "uk": "ukr", "el": "ell",
    "ar": "ara", "he": "heb", "hi": "hin", "th": "tha", "ja": "jpn", "ko": "kor", "zh": "chi_sim",
    "zh-hant": "chi_tra",
}  # fmt: skip
"""Tesseract's model for each language, as Debian's packages name them."""

Corners = NDArray[np.float32]

_BRACKETS = (1.0, 3.0, 4.5, 7.0, 12.0)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a picture: where it is from, what it says, and its pixels, upright."""

    key: str
    text: str
    level: str
    script: str
    language: str
    contrast: float
    pixels: Pixels


@dataclass(frozen=True, slots=True)
class Rate:
    """How some lines were read: their characters, and the Levenshtein distance to what was read."""

    lines: int
    characters: int
    edits: int

    @property
    def cer(self) -> float:
        """Edits per character."""
        return self.edits / self.characters if self.characters else 0.0


@dataclass(frozen=True, slots=True)
class Audit:
    """What came of it: rates of all and by level, script and contrast, and the worst lines.

    `unread` counts the lines of languages that Tesseract has no model of here, by language; `worst`
    are (key, what it says, what was read), falling.
    """

    samples: int
    every: Rate
    by: dict[str, dict[str, Rate]]
    unread: dict[str, int]
    worst: tuple[tuple[str, str, str], ...]


def audit(root: Path, count: int) -> Audit:
    """Have Tesseract read `count` samples at even distances, line by line.

    Columns and bent lines are left out: they would have to be straightened first. `InputError`
    where there is no dataset, or no Tesseract.
    """
    dataset = Dataset(root)
    models = models_here()
    shown = min(count, len(dataset))
    by_model: defaultdict[str, list[Line]] = defaultdict(list)
    unread: defaultdict[str, int] = defaultdict(int)
    for place in range(shown):
        for line in lines_of(dataset[place * len(dataset) // max(shown, 1)]):
            model = model_of(line)
            if model in models:
                by_model[model].append(line)
            else:
                unread[line.language] += 1
    found = [pair for model, lines in sorted(by_model.items()) for pair in _read(lines, model)]
    edits = [(distance(_plain(line.text), _plain(said)), line, said) for line, said in found]
    worst = sorted(edits, key=lambda one: -one[0] / max(1, len(one[1].text)))
    return Audit(
        shown,
        _rate(edits),
        {
            "level": _grouped(edits, lambda line: line.level),
            "script": _grouped(edits, lambda line: line.script),
            "contrast": _grouped(edits, _bracket),
        },
        dict(sorted(unread.items())),
        tuple((line.key, line.text, said) for wrong, line, said in worst[:20] if wrong),
    )


def model_of(line: Line) -> str:
    """Tesseract's model for a line; empty where there is none."""
    language = line.language.lower()
    if language == "und" and line.script == "latin":
        return MODELS["en"]  # numbers and codes
    return MODELS.get(language, MODELS.get(language.partition("-")[0], ""))


def models_here() -> frozenset[str]:
    """The languages that Tesseract has models of on this machine; `InputError` without it."""
    try:
        told = subprocess.run(["tesseract", "--list-langs"], capture_output=True, check=True)
    except (FileNotFoundError, subprocess.CalledProcessError) as fault:
        raise InputError(
            f"Tesseract cannot be asked: {fault}",
            hint="`apt install tesseract-ocr`, or leave --ocr",
        ) from None
    return frozenset(told.stdout.decode("utf-8", "replace").split("\n")[1:])


def lines_of(record: Record) -> Iterator[Line]:
    """The level and turned lines of a sample, each upright in pixels of its own.

    Without `layout.json` they are those of boxes of one line.
    """
    pixels, boxes = record.pixels(), record.facts["boxes"]
    laid = record.layout["boxes"] if "layout.json" in record.members else [None] * len(boxes)
    for box, shape in zip(boxes, laid, strict=True):
        if box["direction"] == "ttb" or box["bend_deg"]:
            continue
        for said, quad in _lines(box, shape):
            if said:
                yield Line(
                    record.key, said, box["level"], box["script"], box["language"],
                    box["contrast"], upright(pixels, quad),
                )  # fmt: skip


def _lines(box: dict[str, Any], shape: dict[str, Any] | None) -> Iterator[tuple[str, Corners]]:
    """What each line of a box says, and its quad in pixels."""
    if shape is None:
        if box["lines"] == 1:
            yield box["text"].strip(), np.array(box["quad"], np.float32).reshape(4, 2)
        return
    text = box["text"].encode()
    for line in shape["lines"]:
        said = text[line["start"] : line["end"]].decode().strip()
        yield said, np.array(line["quad"], np.float32).reshape(4, 2) / np.float32(UNIT)


def upright(pixels: Pixels, quad: Corners) -> Pixels:
    """What lies in a quad (4 × 2, pixels) and a margin around it, as a level strip."""
    width = float(np.hypot(*(quad[1] - quad[0])) + np.hypot(*(quad[2] - quad[3]))) / 2
    height = float(np.hypot(*(quad[3] - quad[0])) + np.hypot(*(quad[2] - quad[1]))) / 2
    scale = max(1.0, LEAST_PX / max(height, 1.0))
    wide, high = width * scale, height * scale
    corners = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32) + MARGIN_PX
    matrix = cv2.getPerspectiveTransform(quad, corners)
    size = (max(1, round(wide + 2 * MARGIN_PX)), max(1, round(high + 2 * MARGIN_PX)))
    strip: Pixels = cv2.warpPerspective(
        pixels, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.uint8, copy=False)
    return strip


def _read(lines: Sequence[Line], model: str) -> Iterator[tuple[Line, str]]:
    with tempfile.TemporaryDirectory(prefix="glyphdata-ocr-") as folder:
        for number, line in enumerate(lines):
            strip = cv2.cvtColor(line.pixels, cv2.COLOR_RGB2BGR)
            cv2.imwrite(f"{folder}/{number:06d}.png", strip)
        said = {place[0]: text for place, text in read(Path(folder), model, RAW_LINE).items()}
    for number, line in enumerate(lines):
        yield line, said.get(f"{number:06d}", "")


def _plain(text: str) -> str:
    """A text as both sides may be expected to write it: composed, one kind of space."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _bracket(line: Line) -> str:
    low = max(edge for edge in _BRACKETS if edge <= max(line.contrast, 1.0))
    at = _BRACKETS.index(low)
    return f"{low:g} to {_BRACKETS[at + 1]:g}" if at + 1 < len(_BRACKETS) else f"over {low:g}"


Edits = Sequence[tuple[int, Line, str]]


def _rate(edits: Edits) -> Rate:
    characters = sum(len(_plain(line.text)) for _, line, _ in edits)
    return Rate(len(edits), characters, sum(wrong for wrong, _, _ in edits))


def _grouped(edits: Edits, key: Callable[[Line], str]) -> dict[str, Rate]:
    groups: defaultdict[str, list[tuple[int, Line, str]]] = defaultdict(list)
    for one in edits:
        groups[key(one[1])].append(one)
    return {name: _rate(groups[name]) for name in sorted(groups)}
