"""Randomness with a name: a draw belongs to (seed, index, decision), never to an order.

SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014,
figure 16), written out so that its numbers are ours for ever: no library distribution, whose
streams are promised only per build, stands between a seed and a dataset. The inner part exists
twice, here and compiled (`_stream.c`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Self, TypeVar

import numpy as np

from glyphdata.compiled import compiled

T = TypeVar("T")

_WORD = 0xFFFF_FFFF_FFFF_FFFF
_STEP = 0x9E37_79B9_7F4A_7C15


def _mixed(z: int) -> int:
    z = ((z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9) & _WORD
    z = ((z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB) & _WORD
    return z ^ (z >> 31)


def _named(decision: str) -> int:
    return int.from_bytes(blake2b(decision.encode(), digest_size=8).digest(), "little")


class Stream:
    """The numbers that belong to one key: the twin of `_stream.c`."""

    __slots__ = ("_word", "key")

    def __init__(self, key: int) -> None:
        self.key = key
        self._word = key

    def at(self, decision: str, *numbers: int) -> Self:
        """The stream of a decision; `numbers` tell instances apart (the box's number, the try)."""
        key = _mixed(self.key ^ _named(decision))
        for number in numbers:
            key = _mixed((key + _STEP * (number + 1)) & _WORD)
        return type(self)(key)

    def word(self) -> int:
        """The next 64 bits."""
        self._word = (self._word + _STEP) & _WORD
        return _mixed(self._word)

    def random(self) -> float:
        """A number in [0, 1), of 53 bits."""
        return (self.word() >> 11) * 2.0**-53

    def uniform(self, low: float, high: float) -> float:
        """A number between low and high."""
        return low + (high - low) * self.random()

    def integer(self, low: int, high: int) -> int:
        """A whole number in [low, high): high is exclusive. `ValueError` if high is below low."""
        if high < low:
            raise ValueError("high is below low")
        return low + ((self.word() * (high - low)) >> 64)


_STREAM = compiled("glyphdata.scene._stream")
if TYPE_CHECKING or _STREAM is None:
    _Base = Stream
else:
    _Base = _STREAM.Stream
    _STREAM.name_with(_named)


class Rng(_Base):
    """A stream of numbers that belongs to one decision.

    >>> rng = Rng.of(seed=7, index=17)
    >>> rng.at("face").integer(0, 100) == Rng.of(7, 17).at("face").integer(0, 100)
    True

    `at` gives the stream of a named decision: draws there shift nothing here. Each method draws
    exactly one 64-bit word, so that a stream's draws can be counted.
    """

    __slots__ = ()

    @classmethod
    def of(cls, seed: int, index: int) -> Self:
        """The root of scene `index` under `seed`."""
        return cls(_mixed((_mixed(seed & _WORD) + _STEP * (index + 1)) & _WORD))

    def log_uniform(self, low: float, high: float) -> float:
        """A number between two positive bounds, even in its logarithm: as many small as large.

        Rounded to nine decimals: the last bits of a C library's logarithm are its own.
        """
        drawn = round(math.exp(self.uniform(math.log(low), math.log(high))), 9)
        return min(max(drawn, low), high)

    def chance(self, share: float) -> bool:
        """True in `share` of the cases."""
        return self.random() < share

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, each as likely."""
        return options[self.integer(0, len(options))]

    def weighted(self, shares: Sequence[float]) -> int:
        """The index of one of the shares, each as likely as it is large; any sum will do."""
        left = self.random() * math.fsum(shares)
        for number, share in enumerate(shares):
            left -= share
            if left < 0.0:
                return number
        return max(number for number, share in enumerate(shares) if share > 0.0)

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """All the options, in a random order."""
        out = list(options)
        for last in range(len(out) - 1, 0, -1):
            other = self.integer(0, last + 1)
            out[last], out[other] = out[other], out[last]
        return out

    def field(self) -> np.random.Philox:
        """A bit generator for whole fields; use only `random_raw`, whose stream is promised."""
        return np.random.Philox(key=self.word())
