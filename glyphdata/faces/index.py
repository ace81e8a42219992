"""Which faces draw a character: a dictionary from characters to bitsets that fills as it is asked.

A bitset is a Python integer whose bit n stands for the face with token n.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping

from glyphdata.faces.coverage import needs_no_glyph

Ranges = tuple[tuple[int, int], ...]


class CharacterIndex(dict[str, int]):
    """`index[char]` is the bitset of the faces that draw it; every face where none need to.

    Between two neighbouring ends of ranges all characters are drawn by the same faces, so a sweep
    over the ends gives a few thousand stretches; characters are looked up there once each.
    """

    __slots__ = ("_bits", "_starts", "everyone")

    def __init__(self, coverages: Mapping[Ranges, int], everyone: int) -> None:
        """`coverages` has the bitset of the faces that share each tuple of ranges."""
        super().__init__()
        self.everyone = everyone
        turns: defaultdict[int, int] = defaultdict(int)
        for ranges, bits in coverages.items():
            for low, high in ranges:
                turns[low] ^= bits
                turns[high + 1] ^= bits
        self._starts = sorted(turns)
        self._bits: list[int] = []
        interned: dict[int, int] = {}
        now = 0
        for start in self._starts:
            now ^= turns[start]
            self._bits.append(interned.setdefault(now, now))

    def __missing__(self, char: str) -> int:
        code = ord(char)
        if needs_no_glyph(code):
            bits = self.everyone
        else:
            place = bisect_right(self._starts, code) - 1
            bits = self._bits[place] if place >= 0 else 0
        self[char] = bits
        return bits

    def covering(self, text: str) -> int:
        """The faces that draw every character of the text."""
        bits = self.everyone
        for char in set(text):
            bits &= self[char]
            if not bits:
                return 0
        return bits
