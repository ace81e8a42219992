"""Which ink is a box drawn in, that it can be read on its ground?"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Container, Sequence

from glyphdata.compositor.ground import Ground
from glyphdata.errors import Rejection
from glyphdata.scene.color import Ink, luminance, palette
from glyphdata.scene.rng import Rng

MARGIN = 1.2
"""The ground is judged by a sample of its pixels; an ink must beat the floors by this much."""

_DRAWS = 8
_AT_ONCE = range(_DRAWS)


class Inks:
    """The inks of a recipe, and how clearly they must stand out.

    `contrast` is the least WCAG ratio of ink to mean ground, `signal` the least difference of their
    lumas in standard deviations of the ground's.
    """

    def __init__(self, names: Sequence[str], contrast: float, signal: float) -> None:
        """All inks of the palette where no names are given."""
        known = [ink for ink in palette().inks if not names or ink.name in names]
        self._inks = sorted(known, key=lambda ink: (luminance(*ink.color), ink.token))
        self._lights = [luminance(*ink.color) for ink in self._inks]
        self._lumas = [luma(ink) for ink in self._inks]
        self._contrast = contrast
        self._signal = signal

    def choose(self, rng: Rng, ground: Ground, but: Container[int] = ()) -> Ink:
        """An ink that stands out on that ground and whose token is not in `but`.

        `Rejection`: `low-contrast` where none has the contrast, `noisy-ground` where none of those
        that have it stands out from the ground's noise, `no-ink` where `but` holds all the rest.
        """
        light = luminance(ground.red, ground.green, ground.blue) + 0.05
        reason = "low-contrast"
        for margin in (MARGIN, 1.0):
            # Inks stand from dark to light: those dark enough come first, those light enough last.
            ratio, reach = self._contrast * margin, self._signal * margin * ground.noise
            dark = bisect_right(self._lights, light / ratio - 0.05)
            bright = bisect_left(self._lights, light * ratio - 0.05)
            enough = dark + len(self._inks) - bright
            if not enough:
                continue
            for _ in _AT_ONCE:  # most inks will do, so that drawing again is the quickest way
                drawn = rng.integer(0, enough)
                place = drawn if drawn < dark else bright + drawn - dark
                if abs(self._lumas[place] - ground.luma) >= reach:
                    ink = self._inks[place]
                    if ink.token not in but:
                        return ink
            places: list[int] = [*range(dark), *range(bright, len(self._inks))]
            clear = [at for at in places if abs(self._lumas[at] - ground.luma) >= reach]
            left = [at for at in clear if self._inks[at].token not in but]
            if left:
                return self._inks[left[rng.integer(0, len(left))]]
            reason = "no-ink" if clear else "noisy-ground"
        raise self._none(reason)

    def _none(self, reason: str) -> Rejection:
        wanted = {
            "low-contrast": f"reaches a contrast of {self._contrast:g} on its ground",
            "noisy-ground": f"stands {self._signal:g} deviations out of its ground's noise",
            "no-ink": "is left that was not used before and can be read",
        }[reason]
        return Rejection(
            reason,
            f"no ink of the recipe {wanted}",
            hint="lower colors.min_contrast or min_signal, allow more colors.names, calmer grounds",
        )


def luma(ink: Ink) -> int:
    """The brightness of an ink as the eye weighs it, 0 to 255 (the weights of BT.601)."""
    red, green, blue = ink.color
    return (77 * red + 150 * green + 29 * blue) >> 8
