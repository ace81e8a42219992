"""What colour is: sRGB values, the palette of colour tokens, and contrast."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from glyphdata.errors import InputError


class Color(NamedTuple):
    """An sRGB colour, three whole numbers from 0 to 255."""

    red: int
    green: int
    blue: int

    @classmethod
    def parse(cls, text: str) -> Color:
        """A colour from a palette name (`crimson`), `#rgb` or `#rrggbb`; `InputError` otherwise."""
        named = palette().by_name.get(text.strip().lower())
        if named is not None:
            return named.color
        digits = text.strip().removeprefix("#")
        if len(digits) == 3:
            digits = "".join(2 * digit for digit in digits)
        try:
            if len(digits) != 6:
                raise ValueError
            return cls(*bytes.fromhex(digits))
        except ValueError:
            raise InputError(
                f"{text!r} is no colour", hint="use a CSS name such as crimson, or #rrggbb"
            ) from None

    @property
    def hex(self) -> str:
        """The colour as `#rrggbb`."""
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"


class Ink(NamedTuple):
    """A colour with its token: what a text is drawn in."""

    token: int
    name: str
    color: Color


class Palette(NamedTuple):
    """The colour vocabulary: entry n is `<color-n>`; entries are only ever appended."""

    inks: tuple[Ink, ...]
    by_name: dict[str, Ink]

    def nearest(self, color: Color) -> Ink:
        """The ink at the smallest squared distance in RGB, the lower token on a tie.

        The metric of the Glyph-ByT5 reference code, so that tables can be exchanged.
        """
        return min(
            self.inks,
            key=lambda ink: (
                sum((a - b) ** 2 for a, b in zip(ink.color, color, strict=True)),
                ink.token,
            ),
        )


@lru_cache(maxsize=1)
def palette() -> Palette:
    """The 138 CSS3 colours in the order of Glyph-ByT5's `color_idx.json`.

    They are the 147 CSS3 names less the seven `grey` spellings, `aqua` and `fuchsia`.
    """
    with (files("glyphdata.scene") / "palette.csv").open(encoding="ascii") as lines:
        inks = tuple(
            Ink(int(row["token"]), row["name"], Color(*bytes.fromhex(row["hex"][1:])))
            for row in csv.DictReader(lines)
        )
    return Palette(inks, {ink.name: ink for ink in inks})


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


# One table: a channel's value, 0 to 255, to linear light.
LINEAR = tuple(_linear(value / 255.0) for value in range(256))


def luminance(red: float, green: float, blue: float) -> float:
    """Relative luminance, 0 (black) to 1 (white), of channels from 0 to 255 (WCAG 2.2).

    Channels are rounded to whole numbers first.
    """
    return (
        0.2126 * LINEAR[round(red)] + 0.7152 * LINEAR[round(green)] + 0.0722 * LINEAR[round(blue)]
    )


def contrast(one: float, other: float) -> float:
    """The contrast ratio of two luminances, 1 to 21 (WCAG 2.2)."""
    high, low = max(one, other), min(one, other)
    return (high + 0.05) / (low + 0.05)
