"""Sound input, spoiled: bytes flipped, cut, doubled, swapped, and words put where they hurt."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from glyphdata.scene.rng import Rng

LONGEST = 1 << 16
"""No mutant is longer: a fault shows in a short one, and is found sooner there."""

NUMBERS = (
    *(b"0", b"-1", b"1e999", b"NaN", b"null", b"true", b"[]", b"{}", b'""', b"1.5", b"99999999999"),
    *(b"9223372036854775808", b"-9223372036854775809", b'"\\ud800"', b'"x"', b"[[]]", b'{"a":1}'),
)
"""What stands in place of a number or a text in mutants of what people write."""

Change = Callable[[bytearray, Rng], None]


class Mutator:
    """Makes mutants of seeds; `words` are those of the format, put anywhere."""

    def __init__(self, seeds: Sequence[bytes], words: Sequence[bytes] = ()) -> None:
        self.seeds = list(seeds)
        self._words = (*words, *NUMBERS)
        self._changes: tuple[Change, ...] = (
            *(_flip, _byte, _wide, _drop, _double, _cut, _swap, _token),
            *(self._word, self._word, self._splice),
        )

    def mutant(self, rng: Rng) -> bytes:
        """A seed after one to six changes."""
        data = bytearray(rng.pick(self.seeds))
        for _ in range(1 + rng.integer(0, 3) * rng.integer(0, 3)):
            rng.pick(self._changes)(data, rng)
        return bytes(data[:LONGEST])

    def _word(self, data: bytearray, rng: Rng) -> None:
        at = rng.integer(0, len(data) + 1)
        end = min(at + rng.pick((0, 0, 1, 4)), len(data))
        data[at:end] = rng.pick(self._words)

    def _splice(self, data: bytearray, rng: Rng) -> None:
        other = rng.pick(self.seeds)
        at, start = rng.integer(0, len(data) + 1), rng.integer(0, len(other) + 1)
        data[at:] = other[start:]


def _flip(data: bytearray, rng: Rng) -> None:
    if data:
        data[rng.integer(0, len(data))] ^= 1 << rng.integer(0, 8)


def _byte(data: bytearray, rng: Rng) -> None:
    if data:
        data[rng.integer(0, len(data))] = rng.pick((0, 1, 0x7F, 0x80, 0xFF, rng.integer(0, 256)))


def _wide(data: bytearray, rng: Rng) -> None:
    """Two, four or eight bytes become a number at the edge of what they can hold."""
    size = rng.pick((2, 4, 8))
    top = 256**size
    value = rng.pick((0, 1, top // 2 - 1, top // 2, top - 1, 0x10000 % top))
    at = rng.integer(0, max(len(data) - size, 0) + 1)
    data[at : at + size] = value.to_bytes(size, rng.pick(("big", "little")))  # type: ignore[arg-type]


def _span(data: bytearray, rng: Rng) -> tuple[int, int]:
    at = rng.integer(0, len(data) + 1)
    return at, min(at + 1 + rng.integer(0, 1 << rng.integer(1, 9)), len(data))


def _drop(data: bytearray, rng: Rng) -> None:
    at, end = _span(data, rng)
    del data[at:end]


def _double(data: bytearray, rng: Rng) -> None:
    at, end = _span(data, rng)
    data[at:at] = data[at:end] * rng.pick((1, 1, 2, 30))


def _cut(data: bytearray, rng: Rng) -> None:
    del data[rng.integer(0, len(data) + 1) :]


def _swap(data: bytearray, rng: Rng) -> None:
    (first, end), (second, last) = sorted((_span(data, rng), _span(data, rng)))
    if end <= second:
        data[first:last] = data[second:last] + data[end:second] + data[first:end]


def _token(data: bytearray, rng: Rng) -> None:
    """A number, a quoted text or a word of it becomes something of another kind."""
    if not data:
        return
    at = rng.integer(0, len(data))
    kind = _kind(data[at])
    start = end = at
    while start and _kind(data[start - 1]) == kind:
        start -= 1
    while end < len(data) and _kind(data[end]) == kind:
        end += 1
    data[start:end] = rng.pick(NUMBERS)


def _kind(byte: int) -> int:
    char = chr(byte)
    return 1 if char.isdigit() else 2 if char.isalnum() or byte >= 0x80 else 3 + byte
