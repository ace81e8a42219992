"""Letter spacing: room left free after each cluster, beside its advances."""

from __future__ import annotations

import numpy as np

from glyphdata.errors import InputError
from glyphdata.scene.typeset import Floats, Ints
from glyphdata.typeset.itemize import scripts_by_char, scripts_of
from glyphdata.typeset.lines import byte_offsets
from glyphdata.typeset.shaped import Shaped, along_of, rows_of

TIGHTEST_EM = -0.5
"""The least letter spacing: less would set texts backwards."""

_NONE = np.empty(0, np.int32)
# Letters that are written joined (the Joining_Type of ArabicShaping.txt), or hang from one line.
_JOINED = frozenset((
    "arabic", "syriac", "mongolian", "nko", "mandaic", "manichaean", "psalter_pahlavi", "phags_pa",
    "adlam", "hanifi_rohingya", "sogdian", "old_sogdian", "chorasmian", "old_uyghur", "devanagari",
    "bengali", "gurmukhi", "modi", "sharada", "takri", "siddham", "dogra", "nandinagari", "ogham",
))  # fmt: skip


def spaceable(script: str) -> bool:
    """May its letters stand apart? Not where they are written joined, as in Arabic and Devanagari.

    `script` is named as `itemize` names it.
    """
    return script not in _JOINED


def check_spacing(letter_spacing_em: float) -> None:
    """`InputError` unless it is a number from -0.5 on."""
    if not TIGHTEST_EM <= letter_spacing_em < np.inf:
        raise InputError(
            f"letters cannot be set {letter_spacing_em} em apart",
            hint=f"give a letter spacing of at least {TIGHTEST_EM} em",
        )


def joined_clusters(shaped: Shaped) -> Ints:
    """The clusters of scripts that are not `spaceable`, signs between their letters included."""
    wanted = shaped.wanted
    if _JOINED.isdisjoint(scripts_of(wanted.text)):
        return _NONE
    chars = byte_offsets(wanted.data)[:-1].searchsorted(shaped.starts[:-1]).tolist()
    scripts = scripts_by_char(wanted.text, wanted.language)
    return np.array([at for at, char in enumerate(chars) if scripts[char] in _JOINED], np.int32)


def spaced(shaped: Shaped) -> Shaped:
    """A text just shaped, with its letter spacing.

    None stands after what takes no room and after letters that join. The space lies between
    advances, in neither, so that none is counted at the end of a line.
    """
    apart = np.full(len(shaped.starts) - 1, shaped.wanted.letter_spacing_em)
    flat, owners = shaped.flat, shaped.glyph_clusters
    apart[np.bincount(owners, shaped.advances, len(apart)) == 0.0] = 0.0
    apart[joined_clusters(shaped)] = 0.0
    before = np.append(0.0, apart.cumsum())
    shift: Floats = before[owners]
    along = along_of(flat)
    along[:-1] += shift
    along[-1] += before[-1]
    rows_of(flat)[1:] += -shift if shaped.wanted.direction == "rtl" else shift
    return shaped._replace(spacing=apart)
