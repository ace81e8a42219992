"""A factory whose scene 7 takes more memory than there is for a worker."""

from __future__ import annotations

from tests.engines.citizens import FakeEncoded, FakeFactory

HOG = 7
MUCH = 900 << 20


class Hogs(FakeFactory):
    def make(self, index: int) -> FakeEncoded:
        if index == HOG:
            held = bytearray(b"\1" * (64 << 20))
            while len(held) < MUCH:
                held += b"\1" * (16 << 20)
        return super().make(index)
