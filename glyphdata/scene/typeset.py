"""A text once it is set: where each glyph, cluster, word and line stands in its box's own frame.

Everything per character is an array. Frames are pixels, y down; `TextBox.place` maps them onto the
canvas. Byte offsets count the UTF-8 of the box's `text`, end exclusive. Clusters stand in logical
order, whatever way they are read.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """Where everything of a box stands that does not stand in rows: on an arc, or in columns.

    A glyph moves rigidly: turned clockwise by the angle of that cosine and sine, its origin at
    (x, y). Quads are corners in the box's frame, clockwise from the text's own top left.
    """

    glyphs: Floats  # n × 4: cosine, sine, x, y
    clusters: Floats  # c × 4 × 2
    words: Floats  # w × 4 × 2, overhanging ink included
    lines: Floats  # l × 4 × 2, overhanging ink included
    baselines: Floats  # l × 2 × 2: start and end


@dataclass(frozen=True, slots=True, eq=False)
class SetBox:
    """One text box with its glyphs placed.

    A *cluster* is the smallest stretch of text with ink of its own: a grapheme, or several where
    the script joins them (a ligature, an Indic conjunct). Several glyphs may belong to one cluster.
    Where `moved` is given it alone says where things stand; pens, spans and rows are then those
    of the same lines set straight, from left to right and below one another.
    """

    face_token: int
    size_px: float
    glyphs: Ints  # n glyph ids of the face, in the order of drawing
    pens: Floats  # n × 2: where each glyph's origin stands
    glyph_clusters: Ints  # n: the cluster each glyph belongs to
    clusters: Ints  # c × 3: start, end, line
    cluster_spans: Floats  # c × 2: left and right edge of the advance
    words: Ints  # w × 3: start, end, line (a word broken over two lines counts once in each)
    word_spans: Floats  # w × 2: left and right edge, overhanging ink included
    lines: Ints  # l × 2: start, end (what hangs past the end of a line, a space, included)
    line_spans: Floats  # l × 2: left and right edge, overhanging ink included
    line_rows: Floats  # l × 3: top, baseline, bottom; every glyph's ink lies between top and bottom
    moved: Moved | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Typeset:
    """All the boxes of a scene, set; in the order of `Scene.boxes`."""

    boxes: tuple[SetBox, ...]
