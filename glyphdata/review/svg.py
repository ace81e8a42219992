"""A sheet that plots are drawn on: plain SVG, legible on light and dark, the same bytes each time.

Lengths are in pixels, x to the right and y down. Colours are classes of the style sheet, so that
the reader's own scheme decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from math import floor, log10

_STYLE = (
    "text{font:11px system-ui,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;fill:#27313b}"
    ".title{font-size:15px;font-weight:600}.small{font-size:10px}.tiny{font-size:6.5px}"
    ".soft{fill:#68747f}.end{text-anchor:end}.mid{text-anchor:middle}"
    ".paper{fill:#fff}.bar{fill:#4a7db5}.rest{fill:#b9c6d3}"
    ".grid{stroke:#e4e8ec;fill:none}.axis{stroke:#9aa5af;fill:none}"
    ".mark{stroke:#d2691e;stroke-width:2;fill:none}.heat{stroke:#24588f;fill:none}"
    ".swatch{stroke:#8a949e;stroke-width:.5}"
    "@media(prefers-color-scheme:dark){text{fill:#e3e8ed}.soft{fill:#98a4af}.paper{fill:#15191e}"
    ".bar{fill:#6b9fd8}.rest{fill:#4b5763}.grid{stroke:#2b323a}.axis{stroke:#6c7781}"
    ".mark{stroke:#f0a15c}.heat{stroke:#8fc1f5}}"
)


class Sheet:
    """An SVG under way; `written` gives its text."""

    def __init__(self, width: float, height: float) -> None:
        self._size = f"{number(width)} {number(height)}"
        self._parts: list[str] = [f'<rect class="paper" width="{number(width)}"']
        self._parts[0] += f' height="{number(height)}" rx="6"/>'

    def text(self, x: float, y: float, words: str, kind: str = "", turn: float = 0) -> None:
        """Words on a baseline; `kind` are classes, `turn` is in degrees about their start."""
        place = f'x="{number(x)}" y="{number(y)}"'
        turned = f' transform="rotate({number(turn)} {number(x)} {number(y)})"' if turn else ""
        self._parts.append(f"<text {place}{_class(kind)}{turned}>{escape(printable(words))}</text>")

    def box(
        self, x: float, y: float, width: float, height: float, kind: str, color: str = ""
    ) -> None:
        """An upright rectangle, in a colour of its own where one is given."""
        fill = f' fill="{escape(color)}"' if color else ""
        place = f'x="{number(x)}" y="{number(y)}"'
        size = f'width="{number(width)}" height="{number(height)}"'
        self._parts.append(f"<rect{_class(kind)} {place} {size}{fill}/>")

    def line(self, x: float, y: float, to_x: float, to_y: float, kind: str) -> None:
        """A straight line."""
        way = f"M{number(x)} {number(y)}L{number(to_x)} {number(to_y)}"
        self._parts.append(f'<path{_class(kind)} d="{way}"/>')

    def cells(
        self, x: float, y: float, side: float, runs: Iterable[tuple[int, int, int]], shade: float
    ) -> None:
        """Runs of cells (column, row, how many to the right), squares of `side`, all of one shade.

        `shade` is the opacity, 0 to 1.
        """
        way = "".join(f"M{column} {row}h{length}" for column, row, length in runs)
        if way:
            place = f"translate({number(x)} {number(y + side / 2)}) scale({number(side)})"
            look = f'class="heat" stroke-width=".92" opacity="{number(shade)}"'
            self._parts.append(f'<path {look} transform="{place}" d="{way}"/>')

    def written(self) -> str:
        """The whole document."""
        body = "\n".join(self._parts)
        start = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self._size}"'
        width, height = self._size.split()
        return (
            f'{start} width="{width}" height="{height}">\n<style>{_STYLE}</style>\n{body}\n</svg>\n'
        )


def number(value: float) -> str:
    """A number as SVG has it, in hundredths and no longer than need be."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))


def ticks(most: float, about: int = 5) -> list[float]:
    """About so many round numbers from 0 to `most` or just below it."""
    if most <= 0:
        return [0.0]
    rough = most / about
    power = 10.0 ** floor(log10(rough))
    step = next(times * power for times in (1, 2, 5, 10) if times * power >= rough * 0.999)
    return [round(count * step, 9) for count in range(int(most / step + 1e-9) + 1)]


def short(value: float) -> str:
    """A number in few figures: `0.25`, `12.5`, `1,024`, `1.2M`."""
    if abs(value) >= 1e6:
        return f"{value / 1e6:.3g}M"
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def percent(share: float) -> str:
    """A share in two figures, or whole: `0.071 %`, `7.1 %`, `71 %`."""
    return f"{100 * share:.2g} %" if share < 0.0995 else f"{100 * share:.0f} %"


def printable(words: str) -> str:
    """The words without what XML cannot hold or a reader cannot see."""
    return "".join(one if one.isprintable() else f"U+{ord(one):04X}" for one in words)


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
