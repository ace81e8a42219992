"""Text in columns: which may stand so, and where its glyphs stand.

A column is set as a line of a frame that lies turned by a right angle against the clock; here the
frame is turned back, and each glyph with it.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from glyphdata.scene.typeset import Floats, Moved, SetBox

HALF_COLUMN_EM = 0.5
"""A column reaches at least so far to either side of its middle: an em box is an em wide."""

_SCRIPTS = frozenset(("han", "kana", "hangul"))
# Vertical_Orientation U, Tu or Tr (UAX #50), and the space between words.
_UPRIGHT = re.compile(
    "[ \t\n\r\xa7\xa9\xae\xb1\xbc-\xbe\xd7\xf7\u02ea\u02eb\u1100-\u11ff\u1401-\u167f\u18b0-\u18ff"
    "\u2016\u2020\u2021\u2030\u2031\u203b\u203c\u2042\u2047-\u2049\u2051\u2065\u20dd-\u20e0"
    "\u20e2-\u20e4\u2100\u2101\u2103-\u2109\u210f\u2113\u2114\u2116\u2117\u211e-\u2123\u2125\u2127"
    "\u2129\u212e\u2135-\u213f\u2145-\u214a\u214c\u214d\u214f-\u2189\u218c-\u218f\u221e\u2234\u2235"
    "\u2300-\u2307\u230c-\u231f\u2324-\u232b\u237d-\u239a\u23be-\u23cd\u23cf\u23d1-\u23db"
    "\u23e2-\u2422\u2424-\u24ff\u25a0-\u2619\u2620-\u2767\u2776-\u2793\u2b12-\u2b2f\u2b50-\u2b59"
    "\u2b97\u2bb8-\u2bd1\u2bd3-\u2beb\u2bf0-\u2bff\u2e50\u2e51\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff"
    "\ue000-\ufaff\ufe10-\ufe1f\ufe30-\ufe48\ufe50-\ufe57\ufe59-\ufe62\ufe67-\ufe6f\uff01-\uff0c"
    "\uff0e-\uff1b\uff1f-\uff60\uffe0-\uffe7\ufff0-\ufff8\ufffc\ufffd\U00010980-\U0001099f"
    "\U00011580-\U000115ff\U00011a00-\U00011abf\U00013000-\U0001343f\U00014400-\U0001467f"
    "\U00016fe0-\U00018d7f\U0001aff0-\U0001b2ff\U0001cf00-\U0001cfcf\U0001d000-\U0001d1ff"
    "\U0001d2e0-\U0001d37f\U0001d800-\U0001daaf\U0001f000-\U0001f7ff\U0001f900-\U0001faff"
    "\U00020000-\U0002fffd\U00030000-\U0003fffd]*"
)


def vertical(text: str, script: str) -> bool:
    """May the text stand in columns, each character upright?

    So it is where `script` is `han`, `kana` or `hangul` and UAX #50 sets every character upright,
    some in a form of their own; spaces and line ends aside.
    """
    return script in _SCRIPTS and _UPRIGHT.fullmatch(text) is not None


def upright_extents(extents: NDArray[np.float32]) -> NDArray[np.float32]:
    """Where the ink of upright glyphs lies once their column lies as a line.

    `extents` (n × 4: left, bottom, right, top in em, y up) and what is returned are alike.
    """
    left, bottom, right, top = extents.T
    return np.stack((-top, left, -bottom, right), axis=1)


def stood_up(lines: SetBox, width_px: float) -> Moved:
    """Where everything stands once a frame of lines is turned to one of columns, `width_px` wide.

    The first line becomes the column at the right.
    """
    rows = lines.line_rows
    glyphs = np.empty((len(lines.pens), 4))
    glyphs[:, :2] = 1.0, 0.0
    glyphs[:, 2] = width_px - lines.pens[:, 1]
    glyphs[:, 3] = lines.pens[:, 0]
    middles = np.empty((len(rows), 2, 2))
    middles[..., 0] = width_px - rows[:, 1:2]
    middles[..., 1] = lines.line_spans
    return Moved(
        glyphs,
        _quads(lines.cluster_spans, rows[lines.clusters[:, 2]], width_px),
        _quads(lines.word_spans, rows[lines.words[:, 2]], width_px),
        _quads(lines.line_spans, rows, width_px),
        middles,
    )


def _quads(spans: Floats, rows: Floats, width_px: float) -> Floats:
    out = np.empty((len(spans), 4, 2))
    out[:, (0, 3), 0] = width_px - rows[:, 2:]
    out[:, (1, 2), 0] = width_px - rows[:, :1]
    out[:, (0, 1), 1] = spans[:, :1]
    out[:, (2, 3), 1] = spans[:, 1:]
    return out
