"""Every effect on one sheet, drawn with our own renderer: the picture of docs/effects.md.

    python tests/bench/effect_sheet.py docs/effects.jpg [--times]

`--times` prints, instead, how long each effect takes: microseconds of one 20-character box on a
picture of 512 × 512 with and without it, and of one such picture for the effects of pictures.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from glyphdata.draw.paint import Painter
from glyphdata.faces.catalogue import Catalogue
from glyphdata.faces.catalogue import load as load_catalogue
from glyphdata.faces.outlines import Outlines
from glyphdata.parts.backgrounds.gradient import Gradient as Ramp
from glyphdata.parts.backgrounds.noise import Noise as Cloud
from glyphdata.parts.backgrounds.paper import Papers
from glyphdata.registry import kinds, load
from glyphdata.scene.color import Color, palette
from glyphdata.scene.geometry import Homography
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import (
    Backdrop,
    BoxEffect,
    Canvas,
    Effect,
    FaceRef,
    Pixels,
    Scene,
    TextBox,
)
from glyphdata.scene.typeset import Typeset
from glyphdata.typeset import fit, set_box, shape

CELL = Canvas(320, 200)
FAMILIES = ("Archivo Black", "Lobster", "Playfair Display", "Bebas Neue", "Fredoka", "Roboto")


@dataclass(frozen=True, slots=True)
class Look:
    """What a cell shows: a ground, an ink on it, and which draw of the effects."""

    ground: Backdrop
    ink: str
    draw: int


def looks() -> tuple[Look, ...]:
    """Grounds as they come: dark, bright, busy and worn."""
    green, brown = Color(24, 74, 84), Color(150, 104, 60)
    dusk = Ramp("linear", (Color(28, 24, 66), Color(190, 84, 92)), 35.0, (0.5, 0.5))
    sky = Ramp("linear", (Color(226, 238, 246), Color(150, 190, 220)), 90.0, (0.5, 0.5))
    slate = Ramp("radial", (Color(110, 120, 120), Color(60, 70, 76)), 0.0, (0.5, 0.4))
    return (
        Look(dusk, "white", 1),
        Look(Cloud((green, brown), 90.0, 7), "gold", 2),
        Look(Papers().choose(Rng.of(5, 1), CELL), "crimson", 3),
        Look(sky, "navy", 4),
        Look(slate, "coral", 5),
    )


def made(kinds_: tuple[str, ...], draw: int) -> tuple[tuple[BoxEffect, ...], tuple[Effect, ...]]:
    """What kinds choose with their defaults: what is for the box, and what for the picture."""
    on_box: list[BoxEffect] = []
    on_picture: list[Effect] = []
    for kind in kinds_:
        chosen = ranged(kind).choose(Rng.of(40, draw))
        (on_box if ranged(kind).on == "box" else on_picture).append(chosen)
    return tuple(on_box), tuple(on_picture)


def ranged(kind: str) -> Any:
    """The range of a kind with its defaults."""
    return load("effects", kind)()


class Sheet:
    """Draws cells with one catalogue and one painter."""

    def __init__(self, catalogue: Catalogue, canvas: Canvas) -> None:
        self.catalogue = catalogue
        self.outlines = Outlines()
        self.canvas = canvas
        self.painter = Painter(catalogue, self.outlines, threshold=0.25)

    def box(self, text: str, family: str, ink: str, size: float, angle_deg: float = 0.0) -> TextBox:
        """One box in the middle of the canvas, as large as it fits up to `size` px."""
        tokens = self.catalogue.tokens(self.catalogue.where(families=(family,)))
        face = next(
            (one for one in map(self.catalogue.__getitem__, tokens) if one.style == "Bold"),
            self.catalogue[tokens[0]],
        )
        opened = self.catalogue.open(face.token)
        shaped = shape(text, opened, self.outlines, language="en", direction="ltr", ligatures=False)
        found = fit(
            shaped,
            width_px=0.9 * self.canvas.width,
            height_px=0.9 * self.canvas.height,
            size_px=(8.0, size),
            line_spacing=1.0,
        )
        if found is None:
            raise SystemExit(f"{text!r} does not fit the cell")
        turned = Homography.placed(0.0, 0.0, angle_deg)
        middle = turned.at(found.width_px / 2, found.height_px / 2)
        return TextBox(
            id=0,
            level="word",
            text=text,
            source_text=text,
            language="en",
            script="latin",
            direction="ltr",
            face=FaceRef(face.token, face.family, face.style),
            ink=palette().by_name[ink],
            size_px=found.size_px,
            align="center",
            angle_deg=angle_deg,
            width_px=found.width_px,
            height_px=found.height_px,
            place=Homography.placed(
                self.canvas.width / 2 - middle.x, self.canvas.height / 2 - middle.y, angle_deg
            ),
            line_ends=found.line_ends,
        )

    def drawn(
        self, ground: Backdrop, box: TextBox, effects: tuple[Effect, ...] = ()
    ) -> Callable[[], Pixels]:
        """What draws that picture again and again."""
        scene = Scene(1, 0, 0, self.canvas, "word", "en", ground, (box,), effects)
        face = self.catalogue.open(box.face.token)
        typeset = Typeset((set_box(box, face, self.outlines),))
        under = np.empty((self.canvas.height, self.canvas.width, 3), np.uint8)
        ground.paint(self.canvas, under)
        pixels = under.copy()

        def draw() -> Pixels:
            np.copyto(pixels, under)
            return self.painter.draw(scene, typeset, pixels).pixels

        return draw


def sheet(catalogue: Catalogue) -> Pixels:
    """A row per effect, a column per look; the last rows combine several."""
    desk = Sheet(catalogue, CELL)
    rows = []
    for number, (name, effects) in enumerate(_rows()):
        row = []
        for column, look in enumerate(looks()):
            on_box, on_picture = made(effects, look.draw)
            box = desk.box(
                name.capitalize(),
                FAMILIES[(number + column) % len(FAMILIES)],
                look.ink,
                78.0,
                -12.0 if column == 1 else 0.0,
            )
            row.append(desk.drawn(look.ground, replace(box, effects=on_box), on_picture)().copy())
        rows.append(np.hstack(row))
    return np.vstack(rows)


def _rows() -> list[tuple[str, tuple[str, ...]]]:
    alone = [(kind, (kind,)) for kind in kinds("effects")]
    alone.sort(key=lambda row: (ranged(row[0]).on, row[0]))
    return [
        ("plain", ()),
        *alone,
        ("headline", ("gradient", "outline", "shadow")),
        ("found", ("shade", "noise", "jpeg", "opacity")),
    ]


def times(catalogue: Catalogue) -> None:
    """Print what each effect costs, the best of many runs."""
    desk = Sheet(catalogue, Canvas(512, 512))
    ground = Cloud((Color(10, 20, 60), Color(90, 40, 90)), 90.0, 7)
    box = desk.box("Twenty letters, 20 !", "Roboto", "gold", 40.0)
    plain = _best(desk.drawn(ground, box))
    print(f"{'none':10}{plain:8.0f} us in all, at {box.size_px:.0f} px")
    for kind in kinds("effects"):
        on_box, on_picture = made((kind,), 1)
        cost = _best(desk.drawn(ground, replace(box, effects=on_box), on_picture))
        print(f"{kind:10}{cost - plain:8.0f} us more, on {ranged(kind).on}")


def _best(draw: Callable[[], object]) -> float:
    draw()
    spent = []
    for _ in range(60):
        began = time.perf_counter()
        draw()
        spent.append(time.perf_counter() - began)
    return 1e6 * min(spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, nargs="?", default=Path("docs/effects.jpg"))
    parser.add_argument("--times", action="store_true")
    asked = parser.parse_args()
    if asked.times:
        times(load_catalogue())
        return
    picture = Image.fromarray(sheet(load_catalogue()))
    if asked.out.suffix == ".jpg":
        picture = picture.resize(
            (picture.width * 5 // 8, picture.height * 5 // 8), Image.Resampling.LANCZOS
        )
        picture.save(asked.out, quality=84)
    else:
        picture.save(asked.out)


if __name__ == "__main__":
    main()
