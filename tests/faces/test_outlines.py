"""The outline store: true extrema, closed contours, rows that hold until it is emptied."""

from __future__ import annotations

import io
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

import numpy as np
import pytest
import uharfbuzz as hb
from fontTools.misc.bezierTools import calcCubicBounds, calcQuadraticBounds
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from glyphdata.errors import InputError
from glyphdata.faces.outlines import CUBIC, LINE, MOVE, QUAD, USES, Outlines, extrema

coordinate = st.floats(-2000, 2000, allow_nan=False, width=32)


@cache
def files(count: int = 4) -> tuple[Path, ...]:
    families = sorted(entry_points(group="fontpkg.family"), key=lambda entry: entry.name)
    folders = [Path(str(family.load().__file__)).parent for family in families[:count]]
    return tuple(min(folder.rglob("*.[ot]tf")) for folder in folders)


def opened(path: Path) -> tuple[hb.Font, int]:
    face = hb.Face(hb.Blob.from_file_path(str(path)))
    font = hb.Font(face)
    font.scale = (face.upem, face.upem)
    return font, face.upem


def glyph_ids(font: hb.Font, text: str) -> np.ndarray:
    return np.array([font.get_nominal_glyph(ord(c)) or 0 for c in text], np.int32)


def reach(verbs: list[int], flat: list[float]) -> tuple[float, float, float, float]:
    return extrema(np.array(verbs, np.uint8), np.array(flat, np.float64).reshape(-1, 2))


def test_a_bulging_curve_reaches_further_than_its_ends() -> None:
    assert reach([MOVE, QUAD], [0, 0, 50, 100, 100, 0]) == (0, 0, 100, 50)
    assert reach([MOVE, CUBIC], [0, 0, 0, 100, 100, 100, 100, 0]) == (0, 0, 100, 75)
    assert reach([MOVE, LINE], [0, 5, -3, 100]) == (-3, 5, 0, 100)
    assert reach([MOVE, LINE, QUAD, LINE], [0, 0, 0, 40, 50, 100, 100, 40, 0, 0])[3] == 70


@given(st.lists(coordinate, min_size=8, max_size=8))
def test_extrema_of_cubics_are_those_that_fonttools_finds(flat: list[float]) -> None:
    theirs = calcCubicBounds(*zip(flat[::2], flat[1::2], strict=True))
    assert reach([MOVE, CUBIC], flat) == pytest.approx(theirs, abs=1e-3)


@given(st.lists(coordinate, min_size=6, max_size=6))
def test_extrema_of_quadratics_are_those_that_fonttools_finds(flat: list[float]) -> None:
    theirs = calcQuadraticBounds(*zip(flat[::2], flat[1::2], strict=True))
    assert reach([MOVE, QUAD], flat) == pytest.approx(theirs, abs=1e-3)


def test_the_extents_of_real_glyphs_are_those_of_their_curves() -> None:
    store = Outlines()
    for token, path in enumerate(files()):
        font, upem = opened(path)
        rows = store.rows(token, font, upem, glyph_ids(font, "aeSQ@"))
        glyphs = TTFont(path).getGlyphSet()
        names = TTFont(path).getBestCmap()
        for row, letter in zip(rows, "aeSQ@", strict=True):
            pen = BoundsPen(glyphs)
            glyphs[names[ord(letter)]].draw(pen)
            assert store.extents[row] * upem == pytest.approx(pen.bounds, abs=0.51)


def test_verbs_and_points_of_a_row_belong_together() -> None:
    store = Outlines()
    for token, path in enumerate(files()):
        font, upem = opened(path)
        for row in store.rows(token, font, upem, glyph_ids(font, "g&8")):
            (verb, point), (verb_end, point_end) = store.starts[row : row + 2].tolist()
            verbs = store.verbs[verb:verb_end]
            assert verbs[0] == MOVE
            assert np.array(USES)[verbs].sum() == point_end - point > 0
            box = store.extents[row]
            assert 0 < box[3] - box[1] < 3


def test_a_blank_glyph_has_a_row_without_ink() -> None:
    font, upem = opened(files()[0])
    store = Outlines()
    blank, letter = store.rows(0, font, upem, glyph_ids(font, " a"))
    assert store.inked[[blank, letter]].tolist() == [False, True]
    assert store.extents[blank].tolist() == [0, 0, 0, 0]
    assert (store.starts[blank] == store.starts[blank + 1]).all()


def test_a_glyph_is_fetched_once_and_its_row_stays() -> None:
    font, upem = opened(files()[0])
    store = Outlines()
    first = store.rows(3, font, upem, glyph_ids(font, "abcab"))
    points = store.points.copy()
    again = store.rows(3, font, upem, glyph_ids(font, "zabc"))
    assert first.tolist() == [0, 1, 2, 0, 1]
    assert again.tolist() == [3, 0, 1, 2]
    assert len(store) == 4
    assert np.array_equal(store.points[: len(points)], points)


def test_the_same_glyph_number_of_two_faces_has_two_rows() -> None:
    store = Outlines()
    rows = [
        int(store.rows(token, *opened(path), np.array([40], np.int32))[0])
        for token, path in enumerate(files()[:2])
    ]
    assert rows == [0, 1]


def test_no_glyphs_have_no_rows() -> None:
    assert Outlines().rows(0, *opened(files()[0]), np.zeros(0, np.int32)).shape == (0,)


def test_a_store_past_its_cap_is_emptied_and_fills_again() -> None:
    store = Outlines(cap_bytes=300_000)
    font, upem = opened(files()[0])
    everything = np.arange(font.face.glyph_count, dtype=np.int32)
    token = 0
    while store.nbytes <= 300_000:
        assert not store.trim()
        store.rows(token, font, upem, everything)
        token += 1
    held = len(store)
    assert held > 256
    assert store.trim()
    assert len(store) == 0
    assert store.nbytes == 0
    assert not store.trim()
    assert store.rows(0, font, upem, everything[5:6]).tolist() == [0]


def test_a_glyph_that_the_face_does_not_have_is_refused() -> None:
    font, upem = opened(files()[0])
    with pytest.raises(InputError, match="not one numbered 65535"):
        Outlines().rows(0, font, upem, np.array([1, 65535], np.int32))


def test_variations_of_a_font_change_its_outlines() -> None:
    for path in files(30):
        if "wght" not in path.name:
            continue
        light, upem = opened(path)
        bold, _ = opened(path)
        light.set_variations({"wght": 400})
        bold.set_variations({"wght": 700})
        store = Outlines()
        glyph = glyph_ids(light, "I")
        thin, thick = (int(store.rows(t, f, upem, glyph)[0]) for t, f in enumerate((light, bold)))
        width = store.extents[:, 2] - store.extents[:, 0]
        assert width[thick] > width[thin]
        return
    pytest.fail("no variable font among the families")


def test_a_broken_outline_is_named_not_kept(tmp_path: Path) -> None:
    font = TTFont(files()[0])
    name = font.getBestCmap()[ord("l")]
    font["head"].unitsPerEm = 16
    memory = io.BytesIO()
    font.save(memory)
    small = hb.Font(hb.Face(memory.getvalue()))
    small.scale = (2**30, 2**30)
    store = Outlines()
    with pytest.raises(InputError, match="out of all proportion"):
        store.rows(0, small, 16, np.array([font.getGlyphID(name)], np.int32))
    assert len(store) == 0
