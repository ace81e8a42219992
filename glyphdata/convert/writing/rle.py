"""Masks as COCO keeps them: runs of pixels down the columns, packed into text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Region:
    """The pixels of one thing: its runs as text, its bounds (left, top, width, height), its area.

    Bounds and area are in pixels.
    """

    counts: str
    bounds: tuple[int, int, int, int]
    area: int


def regions(
    mask: NDArray[np.unsignedinteger], things: Sequence[Sequence[int]]
) -> list[Region | None]:
    """The regions of an instance mask, height × width: of each thing, the pixels of its values.

    No two things share a value. None for a thing that has no pixel.
    """
    owner = np.zeros(int(mask.max(initial=0)) + 1, np.int32)
    for number, held in enumerate(things, 1):
        owner[[value for value in held if value < len(owner)]] = number
    flat = owner[mask].ravel(order="F")
    starts = np.flatnonzero(np.diff(flat, prepend=-1)).astype(np.int64)
    lengths = np.diff(starts, append=len(flat))
    owners = flat[starts]
    order = np.argsort(owners, kind="stable")
    order = order[np.searchsorted(owners[order], 1) :]
    found: list[Region | None] = [None] * len(things)
    if len(order):
        there, firsts = np.unique(owners[order], return_index=True)
        made = _regions(starts[order], lengths[order], firsts, mask.shape)
        for number, region in zip(there.tolist(), made, strict=True):
            found[number - 1] = region
    return found


def _regions(
    starts: Whole, lengths: Whole, firsts: NDArray[np.intp], shape: tuple[int, ...]
) -> Iterator[Region]:
    """The regions whose runs stand one after the other, each from one of `firsts` on."""
    high, wide = shape
    ends = starts + lengths
    lasts = np.append(firsts[1:], len(starts)) - 1
    before = np.append(0, ends[:-1])
    before[firsts] = 0
    turns = np.stack([starts - before, lengths], axis=1).ravel()
    rest = high * wide - ends[lasts]
    # What lies behind the last run is told too, where there is any.
    turns = np.insert(turns, 2 * (lasts + 1)[rest > 0], rest[rest > 0])
    sizes = 2 * (lasts + 1 - firsts) + (rest > 0)
    packs = _packed(turns, sizes)
    # A run that goes on into the next column touches the bottom and the top edge.
    across = starts // high != (ends - 1) // high
    tops = np.minimum.reduceat(np.where(across, 0, starts % high), firsts)
    bottoms = np.maximum.reduceat(np.where(across, high, (ends - 1) % high + 1), firsts)
    lefts, rights = starts[firsts] // high, (ends[lasts] - 1) // high + 1
    bounds = np.stack([lefts, tops, rights - lefts, bottoms - tops], axis=1)
    areas = np.add.reduceat(lengths, firsts)
    for pack, (left, top, width, height), area in zip(
        packs, bounds.tolist(), areas.tolist(), strict=True
    ):
        yield Region(pack, (left, top, width, height), area)


def _packed(turns: Whole, sizes: Whole) -> list[str]:
    """Runs by turns outside and inside as COCO's compressed text, `sizes` of them to a text.

    From a text's fourth on, a run is the difference to the last but one; five bits to a character,
    the lowest first, the sixth bit saying that more follow, and 48 to make it printable.
    """
    heads = np.cumsum(sizes) - sizes
    inside = np.arange(len(turns)) - np.repeat(heads, sizes)
    rest = turns.copy()
    rest[2:] -= np.where(inside[2:] > 2, turns[:-2], 0)
    columns: list[Whole] = []
    there = np.ones(len(rest), np.bool_)
    while there.any():
        low = rest & 31
        rest >>= 5
        more = there & np.where(low & 16, rest != -1, rest != 0)
        columns.append(np.where(there, low + 32 * more + 48, 0))
        there = more
    letters = np.stack(columns, axis=1)
    ends = np.cumsum((letters > 0).sum(axis=1))[heads + sizes - 1].tolist()
    text = letters[letters > 0].astype(np.uint8).tobytes().decode("ascii")
    return [text[first:last] for first, last in zip([0, *ends[:-1]], ends, strict=True)]
