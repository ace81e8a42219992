"""From characters to glyphs: one HarfBuzz call per run, read out as arrays in em units."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import uharfbuzz as hb

from glyphdata.errors import Rejection
from glyphdata.scene.scene import Direction
from glyphdata.scene.typeset import Ints
from glyphdata.typeset import setting
from glyphdata.typeset.clusters import Clusters, Flags, clusters
from glyphdata.typeset.itemize import Run, runs
from glyphdata.typeset.lines import LINE_ENDS, byte_offsets
from glyphdata.typeset.shaped import GlyphStore, SetFace, Shaped, Wanted, edges

__all__ = ["MAX_BYTES", "Shaped", "reshaped", "shape"]

MAX_BYTES = 1 << 17
"""The longest text that is set; beyond some hundred thousand characters HarfBuzz gives up."""

# What draws nothing and has no glyph: each becomes a blank that takes as many bytes of UTF-8.
_BLANKS = {ord(char): " " for char in "\t\n\r\x0b\x0c"} | {
    0x85: "\u00a0",
    0x2028: "\u2003",
    0x2029: "\u2003",
}
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_MONOTONE = hb.BufferClusterLevel.MONOTONE_CHARACTERS
_UNSAFE = hb.GlyphFlags.UNSAFE_TO_BREAK
# Scripts whose letters stand alone: there contextual alternates are ornament or programmers'
# ligatures, which make two characters one shape.
_PLAIN_SCRIPTS = frozenset(("Latn", "Cyrl", "Grek", "Hani", "Hang", "Armn", "Geor", "Hebr", "Zyyy"))
_UNJOINED = {"liga": False, "clig": False, "dlig": False}
_UNJOINED_PLAIN = {**_UNJOINED, "calt": False}


class _Glyphs:
    """The glyphs of all the runs so far, in logical order."""

    __slots__ = ("clusters", "glyphs", "infos", "levels", "units")

    def __init__(self) -> None:
        self.infos: list[hb.GlyphInfo] = []
        self.glyphs = np.empty(0, np.int32)
        self.clusters = np.empty(0, np.int32)
        self.units = np.empty((0, 3))  # advance, offset to the right, offset up
        self.levels: list[tuple[int, int]] = []  # of each run, with the number of its glyphs

    @property
    def unsafe(self) -> Flags:
        """Which glyphs change if a line begins at them."""
        return np.array([_UNSAFE in info.flags for info in self.infos], np.bool_)

    def take(self, buffer: hb.Buffer, level: int, start: int) -> None:
        infos = buffer.glyph_infos
        count = len(infos)
        glyphs, clusters = np.empty(count, np.int32), np.empty(count, np.int32)
        units = np.empty((count, 3))
        setting.read(infos, buffer.glyph_positions, start, level % 2, glyphs, clusters, units)
        self.levels.append((level, count))
        if level % 2:
            infos.reverse()
        if self.infos:
            self.infos += infos
            self.glyphs = np.append(self.glyphs, glyphs)
            self.clusters = np.append(self.clusters, clusters)
            self.units = np.append(self.units, units, axis=0)
        else:
            self.infos, self.glyphs, self.clusters, self.units = infos, glyphs, clusters, units


def shape(
    text: str,
    face: SetFace,
    outlines: GlyphStore,
    *,
    language: str,
    direction: Direction,
    ligatures: bool,
) -> Shaped:
    """`text` as glyphs of `face`; `ligatures` allows the optional ones, required ones stay on.

    `Rejection`: `missing-glyph` where the face lacks a character or draws nothing for it,
    `unprintable` for lone surrogates, controls and noncharacters, `too-long` beyond `MAX_BYTES`.
    """
    try:
        data = text.encode()
    except UnicodeEncodeError as fault:
        raise Rejection(
            "unprintable",
            f"character {fault.start} of the text is a lone surrogate",
            hint="repair the text's encoding",
        ) from None
    if len(data) > MAX_BYTES:
        raise Rejection("too-long", f"the text has {len(data)} bytes, more than {MAX_BYTES}")
    return _shape(Wanted(text, data, face, outlines, language, direction, ligatures), ())


def reshaped(shaped: Shaped, ends: Sequence[int]) -> Shaped:
    """The same text once its lines end at the bytes `ends`.

    HarfBuzz says where a break is unsafe; where a line ends so, the text is shaped again with each
    line on its own. Ends within a cluster are left to the caller to refuse.
    """
    inner = [end for end in ends if 0 < end < len(shaped.wanted.data)]
    if not inner:
        return shaped
    at = np.searchsorted(shaped.starts, inner).tolist()
    if not any(shaped.unsafe(cluster) for cluster in at):
        return shaped
    return _shape(shaped.wanted, inner)


def _shape(wanted: Wanted, cuts: Sequence[int]) -> Shaped:
    found = _run_all(wanted, cuts)
    text, data, face, outlines = wanted.text, wanted.data, wanted.face, wanted.outlines
    glyphs, units = found.glyphs, found.units
    count = len(glyphs)
    if count and not glyphs.all():
        _reject_missing(data, int(found.clusters[int(glyphs.argmin())]))
    rows = outlines.rows(face.token, face.font, face.upem, glyphs)
    unsafe = found.unsafe if wanted.ligatures else None
    tied = clusters(text, data, found.clusters, outlines.inked[rows], unsafe)
    hangs = tied.hangs if count == len(tied.hangs) else tied.hangs[tied.owners]
    if not text.isprintable() and LINE_ENDS.search(text):
        units[_line_end_glyphs(data, tied), 0] = 0.0
    advances, pens, left, right = np.empty((4, count))
    offsets, ink = np.empty((2, count, 2))
    along = np.empty(count + 1)
    base = int(wanted.direction == "rtl")
    ascent, descent = setting.gather(
        units, rows, outlines.extents, hangs, 1.0 / face.upem, base, face.ascent_em,
        face.descent_em, advances, offsets, ink, along, pens, left, right,
    )  # fmt: skip
    levels: Ints | None = None
    if any(level != base for level, _ in found.levels):
        levels = np.repeat(*np.array(found.levels, np.int32).T).astype(np.int32)
        left, right = edges(pens, advances, ink, hangs, mixed=True)
    return Shaped(
        wanted, glyphs, tied.owners, advances, offsets, ink, pens, left, right, along, levels,
        tied.starts, tied.first, tied.inked, hangs, ascent, descent, found.infos,
    )  # fmt: skip


def _line_end_glyphs(data: bytes, tied: Clusters) -> Flags:
    """Which glyphs stand for the end of a line, and so take no room."""
    ends = np.zeros(len(tied.hangs), np.bool_)
    for at in np.flatnonzero(tied.hangs).tolist():
        chars = data[tied.starts[at] : tied.starts[at + 1]].decode()
        ends[at] = LINE_ENDS.fullmatch(chars) is not None
    return ends[tied.owners]


def _run_all(wanted: Wanted, cuts: Sequence[int]) -> _Glyphs:
    """The glyphs of the text, each stretch between `cuts` (bytes) shaped on its own."""
    text, data = wanted.text, wanted.data
    if not (text.isascii() and text.isprintable()):
        fault = _UNPRINTABLE.search(text)
        if fault:
            raise Rejection(
                "unprintable",
                f"U+{ord(fault[0]):04X} at character {fault.start()} has no shape",
                hint="remove control characters from the text",
            )
        data = text.translate(_BLANKS).encode()
    # Levels and scripts come from the text as it is: a line end parts paragraphs.
    stretches = _in_bytes(data, runs(text, wanted.direction, wanted.language))
    found = _Glyphs()
    buffer = hb.Buffer()
    for start, end in pairwise((0, *cuts, len(data))):
        piece = data[start:end] if cuts else data
        for run in stretches:
            low, high = max(run.start, start), min(run.end, end)
            if low < high:
                _shape_run(buffer, piece, (low - start, high - low), run, wanted)
                found.take(buffer, run.level, start)
    return found


def _in_bytes(data: bytes, stretches: list[Run]) -> list[Run]:
    if not stretches or len(data) == stretches[-1].end:
        return stretches
    if len(stretches) == 1:
        return [stretches[0]._replace(end=len(data))]
    at = byte_offsets(data)
    return [run._replace(start=int(at[run.start]), end=int(at[run.end])) for run in stretches]


def _shape_run(
    buffer: hb.Buffer, piece: bytes, item: tuple[int, int], run: Run, wanted: Wanted
) -> None:
    """Shape `item` (offset, size) of `piece` as `run` says; HarfBuzz sees what stands around it."""
    buffer.clear_contents()
    buffer.add_utf8(piece, *item)
    buffer.cluster_level = _MONOTONE
    buffer.direction = "rtl" if run.level % 2 else "ltr"
    buffer.script = run.script
    if wanted.language:
        buffer.language = wanted.language
    features: dict[str, bool] | None = None
    if not wanted.ligatures:
        features = _UNJOINED_PLAIN if run.script in _PLAIN_SCRIPTS else _UNJOINED
    hb.shape(wanted.face.font, buffer, features)


def _reject_missing(data: bytes, cluster: int) -> None:
    char = data[cluster:].decode()[0]
    raise Rejection(
        "missing-glyph",
        f"the face has no glyph for {char!r} (U+{ord(char):04X})",
        hint="choose a face that covers the text",
    )
