"""From a scene alone, read from JSON perhaps, to its sample."""

from __future__ import annotations

import numpy as np

from glyphdata.draw.paint import Painter
from glyphdata.faces.catalogue import Catalogue, load
from glyphdata.faces.outlines import Outlines
from glyphdata.scene.sample import Sample
from glyphdata.scene.scene import Scene
from glyphdata.scene.typeset import Typeset
from glyphdata.typeset import set_box


def render(
    scene: Scene,
    catalogue: Catalogue | None = None,
    *,
    ligatures: bool = False,
    threshold: float = 0.25,
) -> Sample:
    """The scene drawn, with glyph layer and box mask; the arrays are the caller's own.

    `ligatures` and `threshold` are those of the recipe (`faces.ligatures`,
    `outputs.mask_threshold`). `InputError` where a face of the scene is not installed.
    """
    catalogue = load() if catalogue is None else catalogue
    outlines = Outlines()
    pixels = np.empty((scene.canvas.height, scene.canvas.width, 3), np.uint8)
    scene.background.paint(scene.canvas, pixels)
    boxes = (
        set_box(box, catalogue.open(box.face.token), outlines, ligatures=ligatures)
        for box in scene.boxes
    )
    painter = Painter(catalogue, outlines, threshold=threshold, layer=True, box_mask=True)
    return painter.draw(scene, Typeset(tuple(boxes)), pixels)
