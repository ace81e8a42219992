"""Scenes to caption: made by hand, or drawn by the thousand."""

from __future__ import annotations

from glyphdata.caption.facts import Facts, TextFact
from glyphdata.scene.color import Color
from glyphdata.scene.geometry import BBox
from glyphdata.scene.rng import Rng

WORDS = (
    "SALE",
    "50% OFF",
    "Grand Opening",
    "Don’t forget the tickets",
    "Coffee & Cake",
    "Summer Reading Club",
    "It took 6 days to paint the fence.",
    "Trip Quite",
    "Blanket",
    "Pencil Repair Emotion",
    "北京欢迎你",
    "понедельник",
    "OPEN 24 HOURS",
    "NO NO NO",
    "Truth",
    "Dear guests, the show will begin at 12:30",
    "Café Münster",
    "x² + y²",
    "Room 12-B",
    "Please mind the gap between the train and the platform",
)
INKS = ("white", "yellow", "red", "black", "green", "orange", "purple", "pink", "gray", "brown")
PLACES = [
    f"{row} {column}"
    for row in ("top", "middle", "bottom")
    for column in ("left", "center", "right")
]


def text(number: int, words: str, color: str, at: str, **other: object) -> TextFact:
    """A text in the middle of a cell of a picture of 1000 × 1000 pixels."""
    row, column = at.split()
    x = {"left": 167.0, "center": 500.0, "right": 833.0}[column]
    y = {"top": 167.0, "middle": 500.0, "bottom": 833.0}[row]
    known: dict[str, object] = {
        "id": number, "text": words, "level": "word", "language": "en", "script": "latin",
        "direction": "ltr", "family": "Inter", "style": "Bold", "category": "sans", "weight": 700,
        "italic": False, "font_token": 3, "color": Color.parse(color), "color_name": color,
        "color_token": 1, "size_px": 60.0, "align": "left", "angle_deg": 0.0,
        "bbox": BBox(x - 100.0, y - 40.0, x + 100.0, y + 40.0), "lines": 1, "contrast": 5.0,
        "effects": (),
    }  # fmt: skip
    return TextFact(**{**known, **other})  # type: ignore[arg-type]


def scene(*texts: TextFact, ground: str = "blue", kind: str = "solid") -> Facts:
    """A picture with these texts on a ground of one colour."""
    return Facts("a-0", 1000, 1000, "word", "en", "", kind, "", Color.parse(ground), texts)


def drawn(number: int) -> Facts:
    """The picture of a number: one to four texts that differ, each in a cell of its own."""
    rng = Rng.of(11, number)
    count = rng.at("count").integer(1, 5)
    words = rng.at("words").shuffled(WORDS)[:count]
    cells = rng.at("cells").shuffled(PLACES)[:count]
    inks = rng.at("inks").shuffled(INKS)[:count]
    return scene(
        *(text(place, *what) for place, what in enumerate(zip(words, inks, cells, strict=True)))
    )


SALE = scene(text(0, "SALE", "white", "top left"), text(1, "50% OFF", "yellow", "middle center"))
