"""Places as shares of a picture, 0 to 1, and pictures as shares of a dataset."""

from __future__ import annotations

from glyphdata.convert.picture import Bounds


def shares(bounds: Bounds, width: int, height: int) -> Bounds | None:
    """An upright box in shares of the picture's sides, cut at its edges.

    None where none of it lies in the picture.
    """
    left, top, right, bottom = (
        min(max(value / side, 0.0), 1.0)
        for value, side in zip(bounds, (width, height, width, height), strict=True)
    )
    return (left, top, right, bottom) if left < right and top < bottom else None


def area(where: Bounds) -> float:
    """How large an upright box is, rounded, so that equal boxes elsewhere are equal."""
    left, top, right, bottom = where
    return round((right - left) * (bottom - top), 9)


class Parts:
    """Deals pictures out to parts in given shares, spread evenly from the first on."""

    def __init__(self, **shares: float) -> None:
        self._shares = shares
        self._dealt = dict.fromkeys(shares, 0)

    def next(self) -> str:
        """The part of the next picture: that which is the most behind."""
        number = 1 + sum(self._dealt.values())
        part = max(
            (name for name, share in self._shares.items() if share > 0),
            key=lambda name: self._shares[name] * number - self._dealt[name],
        )
        self._dealt[part] += 1
        return part
