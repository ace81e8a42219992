"""How many characters two texts are apart."""

from __future__ import annotations

import numpy as np


def distance(one: str, other: str) -> int:
    """The Levenshtein distance: fewest insertions, deletions and replacements of characters.

    V. Levenshtein, "Binary codes capable of correcting deletions, insertions and reversals", 1966;
    row by row, as R. Wagner and M. Fischer have it (1974). Characters are code points.
    """
    first, ends = 0, (len(one), len(other))
    while first < min(ends) and one[first] == other[first]:
        first += 1
    one, other = one[first:], other[first:]
    last = 0
    while last < min(len(one), len(other)) and one[-1 - last] == other[-1 - last]:
        last += 1
    one, other = one[: len(one) - last], other[: len(other) - last]
    if len(one) < len(other):
        one, other = other, one
    if not other:
        return len(one)
    return _apart(_codes(one), _codes(other))


def _codes(text: str) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).reshape(-1)


def _apart(
    one: np.ndarray[tuple[int], np.dtype[np.uint32]],
    other: np.ndarray[tuple[int], np.dtype[np.uint32]],
) -> int:
    """The distance, a row of the table at a time.

    A row's own insertions run from left to right: with the column's number taken off, a cell is the
    least of all before it, which is one running minimum.
    """
    columns = np.arange(len(other) + 1)
    above = columns
    for row, code in enumerate(one, 1):
        line = np.empty_like(columns)
        line[0] = row
        line[1:] = np.minimum(above[:-1] + (other != code), above[1:] + 1)
        above = np.minimum.accumulate(line - columns) + columns
    return int(above[-1])
