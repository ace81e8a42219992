"""What only the samples themselves can tell, of some of them: captions, pictures that are alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from glyphdata.errors import InputError
from glyphdata.review.stats.heap import Heap
from glyphdata.review.stats.survey import tally
from glyphdata.review.stats.values import Answer
from glyphdata.shards.dataset import Dataset, Record

MOST = 20_000
"""The most samples that are looked at: every picture is compared with every other."""

ALIKE = 3
"""So many of the 64 bits of two pictures' hashes may differ where they are called alike."""

Hashes = NDArray[np.uint64]


def look(dataset: Dataset, count: int) -> tuple[list[Answer], list[str]]:
    """Look at `count` samples at even distances: what was found, and a note on what could not be.

    Lengths of captions by level, where there are captions; and near-duplicates, by the difference
    hash of each picture: 64 bits, whether a cell of a 9 × 8 grid is darker than its right
    neighbour. The pictures of one group are meant to be alike and are not compared.
    """
    total = len(dataset)
    shown = min(count, total, MOST)
    captions: defaultdict[str, Heap] = defaultdict(lambda: Heap(1))
    hashes, groups, faults = [], [], []
    for place in range(shown):
        try:
            record = dataset[place * total // shown]
            for level, said in _captions(record):
                captions[level].add(np.array([len(said)], np.float64))
            hashes.append(difference_hash(record.pixels()))
            groups.append(str(record.facts.get("group", record.key)))
        except InputError as fault:
            faults.append(str(fault))
    answers: list[Answer] = [
        heap.spread(f"caption_{level}", f"Caption, level {level}", "characters")
        for level, heap in sorted(captions.items())
    ]
    if hashes:
        answers.append(
            _alike(np.array(hashes, np.uint64), np.unique(groups, return_inverse=True)[1])
        )
    notes = (
        [f"{len(faults)} of {shown} samples could not be looked at: {faults[0]}"] if faults else []
    )
    return answers, notes


def difference_hash(pixels: NDArray[np.uint8]) -> int:
    """The difference hash of a picture, 64 bits.

    Neal Krawetz, "Kind of Like That", The Hacker Factor, 2013.
    """
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    cells = cv2.resize(grey, (9, 8), interpolation=cv2.INTER_AREA)
    return int.from_bytes(np.packbits(cells[:, :-1] < cells[:, 1:]).tobytes(), "big")


def _captions(record: Record) -> Iterator[tuple[str, str]]:
    """(level, caption) of a sample, all styles; none where it has no captions."""
    if "captions.json" not in record.members:
        return
    levels = record.captions.get("captions")
    for one in levels if isinstance(levels, list) else ():
        if isinstance(one, dict) and isinstance(one.get("text"), str):
            yield str(one.get("level")), one["text"]


def _alike(hashes: Hashes, groups: NDArray[np.int64]) -> Answer:
    """How many pictures have another that looks like them."""
    twin = np.zeros(len(hashes), bool)
    for start in range(0, len(hashes), 256):
        some = slice(start, start + 256)
        near = np.bitwise_count(hashes[some, None] ^ hashes[None]) <= ALIKE
        near &= groups[some, None] != groups[None]
        twin[some] = near.any(axis=1)
    counts = {"like no other": int((~twin).sum()), "like another": int(twin.sum())}
    found = {name: count for name, count in counts.items() if count}
    return tally("near_duplicates", "Pictures that look alike", "pictures looked at", found)
