"""Words as the characters that they are drawn in, and masks that number or class them."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from glyphdata.convert.picture import Box, Cluster, Corners, Word

PRINTED = string.digits + string.ascii_letters + string.punctuation
"""The 94 characters of ASCII that are drawn, in the order of TextDiffuser and UDiffText."""


@dataclass(frozen=True, slots=True, eq=False)
class Spelled:
    """A word and its clusters, in logical order."""

    word: Word
    clusters: tuple[Cluster, ...]


def spelled(box: Box) -> Iterator[Spelled]:
    """The words of a box, each with its clusters; `InputError` without `layout.json`."""
    found: list[list[Cluster]] = [[] for _ in box.words]
    for cluster in box.clusters:
        if cluster.word is not None:
            found[cluster.word].append(cluster)
    for word, clusters in zip(box.words, found, strict=True):
        yield Spelled(word, tuple(clusters))


def composed(text: str) -> str:
    """The text with letters and their marks in one character where Unicode has it (NFC)."""
    return text if text.isascii() else normalize("NFC", text)


def whole(quad: Corners) -> list[int]:
    """The corners of a quad as eight whole pixels, x then y."""
    corners: list[int] = quad.round().astype(int).ravel().tolist()
    return corners


def renumbered(mask: NDArray[np.uint16], numbers: Mapping[int, int]) -> NDArray[np.uint8]:
    """A mask of clusters as one of these `numbers`, 0 to 255; clusters without one become 0."""
    table = np.zeros(int(mask.max(initial=0)) + 1, np.uint8)
    for value, number in numbers.items():
        if value < len(table):  # a cluster may be hidden by others altogether
            table[value] = number
    return table[mask]
