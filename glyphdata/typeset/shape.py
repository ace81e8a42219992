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
from glyphdata.typeset.answer import Answer, Glyphs, joined, read, read_column
from glyphdata.typeset.clusters import Clusters, Flags, clusters
from glyphdata.typeset.columns import HALF_COLUMN_EM, upright_extents
from glyphdata.typeset.itemize import Run, runs
from glyphdata.typeset.lines import LINE_ENDS, byte_offsets, stand_alone
from glyphdata.typeset.shaped import GlyphStore, Known, SetFace, Shaped, Wanted, set_edges
from glyphdata.typeset.spacing import check_spacing, spaced

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
# Buffers between two uses: a new one costs more than what most texts are shaped in.
_SPARE: list[hb.Buffer] = []
# Scripts whose letters stand alone: there contextual alternates are ornament or programmers'
# ligatures, which make two characters one shape.
_PLAIN_SCRIPTS = frozenset(("Latn", "Cyrl", "Grek", "Hani", "Hang", "Armn", "Geor", "Hebr", "Zyyy"))
_UNJOINED = {"liga": False, "clig": False, "dlig": False}
_UNJOINED_PLAIN = {**_UNJOINED, "calt": False}


def shape(
    text: str,
    face: SetFace,
    outlines: GlyphStore,
    *,
    language: str,
    direction: Direction,
    ligatures: bool,
    letter_spacing_em: float = 0.0,
) -> Shaped:
    """`text` as glyphs of `face`; `ligatures` allows the optional ones, required ones stay on.

    `letter_spacing_em` is left free after each cluster, but for scripts that are not `spaceable`;
    there are no optional ligatures then. `InputError` where it is less than -0.5.

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
    if letter_spacing_em:
        check_spacing(letter_spacing_em)
        ligatures = False
    wanted = Wanted(
        text, data, face, outlines, language, direction, ligatures, letter_spacing_em
    )  # fmt: skip
    return _shape(wanted, (), ())


def reshaped(shaped: Shaped, ends: tuple[int, ...]) -> Shaped:
    """The same text once its lines end at the bytes `ends`.

    HarfBuzz says where a break is unsafe; where a line ends so, the text is shaped again in parts
    that end there. Ends within a cluster are left to the caller to refuse.
    """
    if len(ends) < 2 or ends == shaped.known.line_ends:
        return shaped
    cuts = setting.unsafe(shaped.infos, shaped.starts, shaped.first, ends)
    if cuts:
        return _shape(shaped.wanted, cuts, ends)
    shaped.known.line_ends = ends
    return shaped


def _shape(wanted: Wanted, cuts: Sequence[int], line_ends: tuple[int, ...]) -> Shaped:
    """The text shaped with each stretch between `cuts` on its own, as `line_ends` need it."""
    base = int(wanted.direction == "rtl")
    answers = _answers(wanted, cuts)
    shaped: Shaped | None = None
    if (
        wanted.text.isprintable()
        and wanted.direction != "ttb"
        and all(answer.level == base for answer in answers)
    ):
        shaped = _plainly(wanted, answers, base, line_ends)
    if shaped is None:
        shaped = _by_cluster(wanted, answers, base, line_ends)
    return spaced(shaped) if wanted.letter_spacing_em else shaped


def _by_cluster(
    wanted: Wanted, answers: Sequence[Answer], base: int, line_ends: tuple[int, ...]
) -> Shaped:
    """The same for any text."""
    data, face, outlines = wanted.data, wanted.face, wanted.outlines
    down = wanted.direction == "ttb"
    found = joined([read_column(answer) if down else read(answer) for answer in answers])
    glyphs, infos, count = found.glyphs, found.infos, len(found.glyphs)
    if found.missing:
        _reject_missing(data, int(found.clusters[int(glyphs.argmin())]))
    rows = outlines.rows(face.token, face.font, face.upem, glyphs)
    starts, hangs = np.empty(count + 1, np.int32), np.empty(count, np.bool_)
    if stand_alone(wanted.text) and setting.plain(
        data, found.clusters, rows, outlines.inked, starts, hangs
    ):
        first = starts if count == len(data) else np.arange(count + 1, dtype=np.int32)
        owners = first[:-1]
    else:
        starts, first, owners, hangs = _tied(wanted, found, outlines.inked[rows])
    flat = np.empty(9 * count + 1)
    if down:
        ascent, descent = setting.gather(
            found.units, np.arange(count, dtype=np.int32), upright_extents(outlines.extents[rows]),
            hangs, 1.0 / face.upem, base, HALF_COLUMN_EM, HALF_COLUMN_EM, flat,
        )  # fmt: skip
    else:
        ascent, descent = setting.gather(
            found.units, rows, outlines.extents, hangs, 1.0 / face.upem, base, face.ascent_em,
            face.descent_em, flat,
        )  # fmt: skip
    levels = _levels(found.levels, base)
    if levels is not None:
        set_edges(flat, hangs, mixed=True)
    return Shaped(
        wanted, glyphs, owners, flat, levels, starts, first, hangs, ascent, descent, infos,
        Known(None, line_ends),
    )  # fmt: skip


def _plainly(
    wanted: Wanted, answers: Sequence[Answer], base: int, line_ends: tuple[int, ...]
) -> Shaped | None:
    """The same for plain text, whose characters have one glyph each: most of what is set."""
    data, face, outlines = wanted.data, wanted.face, wanted.outlines
    rows = outlines.known(face.token)
    if rows is None or not stand_alone(wanted.text):
        return None
    infos = answers[0].infos if len(answers) == 1 else [i for part in answers for i in part.infos]
    count = len(infos)
    glyphs, starts = np.empty(count, np.int32), np.empty(count + 1, np.int32)
    hangs, flat = np.empty(count, np.bool_), np.empty(9 * count + 1)
    reach: tuple[float, float] | None = setting.set_plainly(
        [answer[:3] for answer in answers], data, rows, outlines.inked, outlines.extents,
        1.0 / face.upem, base, face.ascent_em, face.descent_em, glyphs, starts, hangs, flat,
    )  # fmt: skip
    if reach is None:
        return None
    first = starts if count == len(data) else np.arange(count + 1, dtype=np.int32)
    if base:
        infos = [info for answer in answers for info in reversed(answer.infos)]
    ascent, descent = reach
    return Shaped(
        wanted, glyphs, first[:-1], flat, None, starts, first, hangs, ascent, descent, infos,
        Known(None, line_ends),
    )  # fmt: skip


def _tied(wanted: Wanted, found: Glyphs, inked: Flags) -> tuple[Ints, Ints, Ints, Flags]:
    """`starts`, `first`, `glyph_clusters` and `hangs` of `Shaped` for any text."""
    text, data = wanted.text, wanted.data
    tied = clusters(text, data, found.clusters, inked, found.infos if wanted.ligatures else None)
    if not text.isprintable() and LINE_ENDS.search(text):
        found.units[_line_end_glyphs(data, tied), 0] = 0.0
    plain = len(tied.owners) == len(tied.hangs)
    return tied.starts, tied.first, tied.owners, tied.hangs if plain else tied.hangs[tied.owners]


def _levels(runs: Sequence[tuple[int, int]], base: int) -> Ints | None:
    if all(level == base for level, _ in runs):
        return None
    return np.repeat(*np.array(runs, np.int32).T).astype(np.int32)


def _line_end_glyphs(data: bytes, tied: Clusters) -> Flags:
    """Which glyphs stand for the end of a line, and so take no room."""
    ends = np.zeros(len(tied.hangs), np.bool_)
    for at in np.flatnonzero(tied.hangs).tolist():
        chars = data[tied.starts[at] : tied.starts[at + 1]].decode()
        ends[at] = LINE_ENDS.fullmatch(chars) is not None
    return ends[tied.owners]


def _answers(wanted: Wanted, cuts: Sequence[int]) -> list[Answer]:
    """What HarfBuzz makes of the text, each stretch between `cuts` (bytes) shaped on its own."""
    text, data = wanted.text, wanted.data
    if not text.isprintable():
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
    if len(stretches) == 1 and not cuts:
        return [_answer(data, (0, len(data)), stretches[0], wanted, 0)]
    found: list[Answer] = []
    for start, end in pairwise((0, *cuts, len(data))):
        piece = data[start:end] if cuts else data
        for run in stretches:
            low, high = max(run.start, start), min(run.end, end)
            if low < high:
                item = (low - start, high - low)
                found.append(_answer(piece, item, run, wanted, start))
    return found


def _in_bytes(data: bytes, stretches: list[Run]) -> list[Run]:
    if not stretches or len(data) == stretches[-1].end:
        return stretches
    if len(stretches) == 1:
        return [stretches[0]._replace(end=len(data))]
    at = byte_offsets(data)
    return [run._replace(start=int(at[run.start]), end=int(at[run.end])) for run in stretches]


def _answer(piece: bytes, item: tuple[int, int], run: Run, wanted: Wanted, start: int) -> Answer:
    """Shape `item` (offset, size) of `piece` as `run` says; HarfBuzz sees what stands around it.

    `piece` begins at the byte `start` of the text.
    """
    buffer = _SPARE.pop() if _SPARE else _new_buffer()
    buffer.add_utf8(piece, *item)
    down = wanted.direction == "ttb"
    buffer.direction = "ttb" if down else "rtl" if run.level % 2 else "ltr"
    buffer.script = run.script
    if wanted.language:
        buffer.language = wanted.language
    features: dict[str, bool] | None = None
    if not wanted.ligatures:
        features = _UNJOINED_PLAIN if run.script in _PLAIN_SCRIPTS else _UNJOINED
    hb.shape(wanted.face.font, buffer, features)
    answer = Answer(start, buffer.glyph_infos, buffer.glyph_positions, run.level)
    buffer.clear_contents()
    _SPARE.append(buffer)
    return answer


def _new_buffer() -> hb.Buffer:
    buffer = hb.Buffer()
    buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
    return buffer


def _reject_missing(data: bytes, cluster: int) -> None:
    char = data[cluster:].decode()[0]
    raise Rejection(
        "missing-glyph",
        f"the face has no glyph for {char!r} (U+{ord(char):04X})",
        hint="choose a face that covers the text",
    )
