"""Text that is spaced, bent, in columns or tilted: its labels say where the kernel puts its ink."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from glyphdata.draw import kernel, twin
from glyphdata.draw.annotate import annotate
from glyphdata.draw.gather import Glyphs, fill_glyphs, gather
from glyphdata.faces.catalogue import Catalogue, load
from glyphdata.faces.outlines import Outlines
from glyphdata.scene.color import Color, Ink
from glyphdata.scene.geometry import BBox, Homography
from glyphdata.scene.sample import BoxLabels
from glyphdata.scene.scene import FaceRef, TextBox
from glyphdata.scene.typeset import Floats, SetBox
from glyphdata.typeset import bendable, bent_size, fit, place, set_box, shape, vertical
from glyphdata.typeset.arc import _ENDLESS
from glyphdata.typeset.itemize import direction_of, script_of, scripts_of
from glyphdata.typeset.rows import in_rows
from glyphdata.typeset.shaped import Shaped

TEXTS = {
    "en": "Hamburg fjord, AVATAR 'f' 42!",
    "ru": "Съешь ещё булок",
    "el": "Ξεσκεπάζω Ψυχή",
    "ar": "مرحبا بالعالم لا ١٢",
    "he": "שלום עולם (12)",
    "hi": "नमस्ते क्षि दुनिया",
    "th": "สวัสดีครับ ที่นี่น้ำ",
    "zh": "春眠不觉晓，「夜」来风雨。",
    "ja": "きょう、ラーメンを「食」べよう！",
    "ko": "안녕하세요 세계의 글자",
}
COLUMNS = ("zh", "ja", "ko")
# Whatever part of a pixel ink covers, the pixel's middle is no farther away than this; and labels
# are rounded to 1/16 px.
HALF_PIXEL = 0.5**0.5 + 1 / 16


@cache
def _citizens() -> tuple[Catalogue, Outlines]:
    return load(), Outlines()


@dataclass(frozen=True)
class Manner:
    spacing: float = 0.0
    bend: float = 0.0
    down: bool = False
    angle: float = 0.0
    tilt: tuple[float, float] | None = None
    align: str = "left"


@dataclass(frozen=True)
class Page:
    """A box drawn alone, black on white, with any ink at all in the mask."""

    shaped: Shaped
    box: TextBox
    placed: SetBox
    labels: BoxLabels
    pixels: np.ndarray
    mask: np.ndarray
    size: tuple[int, int]


def set_text(language: str, manner: Manner, seed: int = 0, lines: int | None = None) -> Page:
    text = TEXTS[language]
    catalogue, outlines = _citizens()
    faces = catalogue.covering(text)
    for script in scripts_of(text):
        faces &= catalogue.script_faces(script, language)
    tokens = catalogue.tokens(faces)
    token = tokens[seed % len(tokens)]
    direction = "ttb" if manner.down else direction_of(text)
    shaped = shape(
        text, catalogue.open(token), outlines, language=language, direction=direction,
        ligatures=False, letter_spacing_em=manner.spacing,
    )  # fmt: skip
    found = fit(
        shaped, width_px=230.0, height_px=170.0, size_px=(6.0, 44.0), line_spacing=1.1,
        max_lines=1 if manner.bend else lines,
    )  # fmt: skip
    assert found is not None
    width, height = found.width_px, found.height_px
    if manner.bend:
        assert bendable(found)
        width, height = bent_size(found, manner.bend)
    at = Homography.placed(0.0, 0.0, manner.angle)
    if manner.tilt is not None:
        at = Homography.tilted(width, height, manner.angle, *manner.tilt)
    around = at.quad(BBox(0.0, 0.0, width, height)).bbox()
    box = TextBox(
        id=0, level="sentence", text=text, source_text=text, language=language,
        script=script_of(text), direction=direction, face=FaceRef(token, "", ""),
        ink=Ink(0, "black", Color(0, 0, 0)), size_px=found.size_px,
        align=manner.align, angle_deg=manner.angle, width_px=width, height_px=height,
        place=at.moved(9.3 - around.left, 8.6 - around.top), line_ends=found.line_ends,
        line_spacing=1.1, letter_spacing_em=manner.spacing, bend_deg=manner.bend,
    )  # fmt: skip
    size = int(around.height) + 20, int(around.width) + 20
    return drawn(found.shaped, box, place(found.shaped, box), size)


def glyphs_of(box: TextBox, placed: SetBox) -> Glyphs:
    catalogue, outlines = _citizens()
    face = catalogue.open(placed.face_token)
    rows = outlines.rows(face.token, face.font, face.upem, placed.glyphs)
    out = Glyphs.room(len(rows))
    gather(placed, box, rows, number=0, first_id=1, out=out, start=0)
    return out


def drawn(
    shaped: Shaped, box: TextBox, placed: SetBox, size: tuple[int, int], only: int | None = None
) -> Page:
    """All of the box, or one of its clusters."""
    glyphs = glyphs_of(box, placed)
    if only is not None:
        glyphs = Glyphs(*(array[placed.glyph_clusters == only] for array in glyphs))
    count = len(glyphs.rows)
    pixels, mask = np.full((*size, 3), 255, np.uint8), np.zeros(size, np.uint16)
    ink, held = np.empty((count, 4), np.int32), np.empty(count, np.uint8)
    kernel.draw(
        pixels, None, mask, np.zeros(size, np.uint8), None, _citizens()[1], glyphs.rows,
        glyphs.matrices, glyphs.colors, glyphs.ids, glyphs.boxes, 1, ink,
        np.zeros((1, 6), np.int64), held,
    )  # fmt: skip
    if only is None:
        labels = annotate(box, placed, ink, held, 1, 3.0, 1.0, 9.0)
    else:
        labels = replace(BLANK, ink=ink)
    return Page(shaped, box, placed, labels, pixels, mask, size)


def _nothing(*shape: int) -> np.ndarray:
    return np.zeros(shape, np.int32)


BLANK = BoxLabels(
    _nothing(8), _nothing(0, 2), _nothing(0, 8), _nothing(0, 4), _nothing(0, 3), _nothing(0, 8),
    _nothing(0, 4), _nothing(0, 8), _nothing(0, 4), 1.0, 0.0, 99.0,
)  # fmt: skip


def outside(quad: np.ndarray, points: Floats) -> float:
    """How far beyond the sides of a convex quad, clockwise, the farthest of the points lies."""
    corners = np.asarray(quad, np.float64).reshape(4, 2)
    worst = -np.inf
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        along = end - start
        length = np.hypot(*along)
        if length > 1e-9:
            beyond = (along[1] * (points[:, 0] - start[0])) - along[0] * (points[:, 1] - start[1])
            worst = max(worst, float((beyond / length).max()))
    return worst


def inked_pixels(pixels: np.ndarray) -> Floats:
    """The middles of pixels that are not white."""
    y, x = np.nonzero((pixels < 255).any(axis=2))
    return np.stack((x + 0.5, y + 0.5), axis=1)


def true_ink(page: Page, cluster: int) -> Floats:
    """The quad on the canvas around a cluster's ink: its outlines' extents in the straight line,
    carried to where the cluster's own quad stands.
    """
    placed, box = page.placed, page.box
    down = box.direction == "ttb"
    across = _ENDLESS if box.bend_deg else (box.height_px if down else box.width_px, _share(box))
    straight = in_rows(page.shaped, box.line_ends, box.size_px, across, box.line_spacing)
    outlines, face = _citizens()[1], page.shaped.wanted.face
    rows = outlines.rows(face.token, face.font, face.upem, placed.glyphs)
    mine = (placed.glyph_clusters == cluster) & outlines.inked[rows]
    left, bottom, right, top = outlines.extents[rows[mine]].astype(np.float64).T * box.size_px
    if down:
        left, bottom, right, top = -top, left, -bottom, right
    x, y = straight.pens[mine].T
    low_x, high_x = (x + left).min(), (x + right).max()
    low_y, high_y = (y - top).min(), (y - bottom).max()
    line = straight.clusters[cluster, 2]
    origin = np.array((straight.cluster_spans[cluster, 0], straight.line_rows[line, 0]))
    right_to, down_to, stands = np.array((1.0, 0.0)), np.array((0.0, 1.0)), origin
    if placed.moved is not None:
        a, b, _, d = placed.moved.clusters[cluster]
        stands, right_to, down_to = (b, down_to, -right_to) if down else (a, right_to, d - a)
        down_to = down_to / np.hypot(*down_to)
        right_to = right_to if down else np.array((down_to[1], -down_to[0]))
    ends = np.array(((low_x, low_y), (high_x, low_y), (high_x, high_y), (low_x, high_y))) - origin
    corners = stands + ends[:, :1] * right_to + ends[:, 1:] * down_to
    return box.place.points(np.roll(corners, 1, axis=0) if down else corners)


def _share(box: TextBox) -> float:
    return {"left": 0.0, "center": 0.5, "right": 1.0}[box.align]


def manners(language: str, seed: int) -> list[Manner]:
    rng = np.random.default_rng(seed)
    angle, spacing, bend = rng.uniform(-180, 180), rng.uniform(-0.05, 0.4), rng.uniform(-180, 180)
    tilt = (float(rng.uniform(-0.4, 0.4)), float(rng.uniform(-0.6, 0.6)))
    out = [
        Manner(spacing=spacing, align="right"),
        Manner(bend=bend),
        Manner(tilt=tilt, angle=angle, align="center"),
        Manner(bend=bend / 2, tilt=tilt, spacing=spacing, angle=angle / 9),
    ]
    if language in COLUMNS:
        out += [
            Manner(down=True, align="center"),
            Manner(down=True, spacing=spacing, angle=angle),
            Manner(down=True, tilt=tilt, angle=angle / 9, align="right"),
        ]
    return out


CASES = [(language, seed) for language in TEXTS for seed in (1, 2)]


@pytest.mark.parametrize(("language", "seed"), CASES)
def test_all_ink_lies_where_the_labels_say(language: str, seed: int) -> None:
    for manner in manners(language, seed):
        page = set_text(language, manner, seed * 5)
        labels, mask = page.labels, page.mask
        assert (labels.clusters[:, 3] > 0).sum() > 5
        ink = inked_pixels(page.pixels)
        assert outside(labels.quad / 16, ink) <= HALF_PIXEL
        for number, (start, end, line, value) in enumerate(labels.clusters.tolist()):
            y, x = np.nonzero(mask == number + 1)
            assert (value > 0) == (len(x) > 0)
            if not value:
                continue
            left, top, right, bottom = (labels.ink[number] // 16).tolist()
            assert left <= x.min() and x.max() < right and top <= y.min() and y.max() < bottom
            points = np.stack((x + 0.5, y + 0.5), axis=1)
            assert outside(labels.line_quads[line] / 16, points) <= HALF_PIXEL
            words = labels.words
            own = (words[:, 0] <= start) & (words[:, 1] >= end) & (words[:, 2] == line)
            assert own.sum() == 1
            assert outside(labels.word_quads[own][0] / 16, points) <= HALF_PIXEL


@pytest.mark.parametrize("language", TEXTS)
def test_each_cluster_is_drawn_where_its_quad_stands(language: str) -> None:
    for manner in manners(language, 7):
        page = set_text(language, manner, 3)
        for number in np.flatnonzero(page.labels.clusters[:, 3])[::3].tolist():
            alone = drawn(page.shaped, page.box, page.placed, page.size, number)
            boxes = alone.labels.ink[alone.labels.ink[:, 2] > 0]
            union = [*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)]
            assert (np.array(union) * 16 == page.labels.ink[number]).all()
            quad, points = true_ink(page, number), inked_pixels(alone.pixels)
            assert outside(quad, points) <= HALF_PIXEL
            low, high = quad.min(axis=0) - 1.0, quad.max(axis=0) + 1.0
            assert (union[:2] >= low).all() and (union[2:] <= high).all()
            for turn in range(4):  # no side is slack: ink comes near each
                side = np.roll(quad, turn, axis=0)
                thin = np.stack((side[0], side[1], side[1], side[0]))
                assert outside(thin, points) >= -1.5


@pytest.mark.parametrize("language", TEXTS)
def test_quads_of_clusters_lie_in_the_frame_and_in_those_of_words_and_lines(language: str) -> None:
    for manner in manners(language, 11):
        page = set_text(language, manner, 1)
        moved = page.placed.moved
        if moved is None:
            continue
        frame = np.array(page.box.frame)[[0, 1, 2, 1, 2, 3, 0, 3]]
        assert outside(frame, moved.clusters.reshape(-1, 2)) < 1e-9
        lines = page.placed.clusters[:, 2]
        shown = page.labels.clusters[:, 3] > 0  # a space at the end of a column hangs out of it
        for quad, line in zip(moved.clusters[shown], lines[shown], strict=True):
            assert outside(moved.lines[line], quad) < 1e-9
        for quad, (start, end, line) in zip(moved.words, page.placed.words, strict=True):
            table = page.placed.clusters
            own = (table[:, 0] >= start) & (table[:, 1] <= end) & (lines == line)
            assert outside(quad, moved.clusters[own].reshape(-1, 2)) < 1e-9
        if manner.bend:  # snug: the line fills the frame
            assert np.abs(moved.lines[0].ravel() - frame).max() < 1e-9


@pytest.mark.parametrize("language", ["en", "ar", "ja"])
def test_no_bend_and_no_spacing_leave_every_byte_as_it_was(language: str) -> None:
    plain = set_text(language, Manner(angle=20.0), 2)
    assert plain.placed.moved is None
    face, outlines = plain.shaped.wanted.face, plain.shaped.wanted.outlines
    again = set_box(replace(plain.box, bend_deg=0.0, letter_spacing_em=0.0), face, outlines)
    page = drawn(plain.shaped, plain.box, again, plain.size)
    assert page.pixels.tobytes() == plain.pixels.tobytes()
    assert page.mask.tobytes() == plain.mask.tobytes()
    for name in BoxLabels.__dataclass_fields__:
        assert np.array_equal(getattr(page.labels, name), getattr(plain.labels, name))


@pytest.mark.parametrize("language", ["zh", "ja", "ko"])
def test_boxes_set_again_are_the_same(language: str) -> None:
    for manner in manners(language, 4):
        page = set_text(language, manner)
        face, outlines = page.shaped.wanted.face, page.shaped.wanted.outlines
        again = set_box(page.box, face, outlines)
        one, other = page.placed.moved, again.moved
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            for name in type(one).__dataclass_fields__:
                assert np.array_equal(getattr(one, name), getattr(other, name))
        assert np.array_equal(page.placed.pens, again.pens)


def test_a_move_that_moves_nothing_gives_the_matrices_of_the_plain_path() -> None:
    page = set_text("en", Manner(tilt=(0.3, -0.2), angle=33.0), 4)
    placed = page.placed
    columns = set_text("ja", Manner(down=True)).placed.moved
    assert columns is not None
    ones, none = np.ones(len(placed.pens)), np.zeros(len(placed.pens))
    moves = np.stack((ones, none, *placed.pens.T), axis=1)
    still = replace(placed, moved=replace(columns, glyphs=moves))
    assert np.allclose(
        glyphs_of(page.box, still).matrices, glyphs_of(page.box, placed).matrices, atol=1e-12
    )


def test_projective_quads_and_glyphs_are_the_same_compiled_and_not() -> None:
    page = set_text("en", Manner(tilt=(0.5, -0.4), angle=-41.0), 6)
    box, placed = page.box, page.placed
    rows = np.zeros(len(placed.glyphs), np.int32)
    compiled, numpy = Glyphs.room(len(rows)), Glyphs.room(len(rows))
    gather(placed, box, rows, number=0, first_id=1, out=compiled, start=0)
    fill_glyphs(placed, box, rows, number=0, first_id=1, out=numpy, start=0)
    assert compiled.matrices.tobytes() == numpy.matrices.tobytes()


def test_both_kernels_draw_moved_text_alike() -> None:
    for manner in (Manner(bend=120.0, tilt=(0.2, 0.3)), Manner(down=True, tilt=(-0.2, 0.4))):
        page = set_text("ja", manner)
        glyphs, outlines = glyphs_of(page.box, page.placed), _citizens()[1]
        size, count = page.size, len(glyphs.rows)
        pixels, mask = np.full((*size, 3), 255, np.uint8), np.zeros(size, np.uint16)
        twin.draw(
            pixels, None, mask, np.zeros(size, np.uint8), None, outlines.points, outlines.verbs,
            outlines.starts, glyphs.rows, glyphs.matrices, glyphs.colors, glyphs.ids, glyphs.boxes,
            1, np.empty((count, 4), np.int32), np.zeros((1, 6), np.int64),
            np.empty(count, np.uint8),
        )  # fmt: skip
        assert pixels.tobytes() == page.pixels.tobytes() and mask.tobytes() == page.mask.tobytes()


def test_the_numpy_twins_label_moved_text_the_same() -> None:
    program = (
        "import hashlib; from tests.draw.test_moved import *\n"
        "pages = [set_text(l, m, 3) for l in ('en', 'ar', 'ja') for m in manners(l, 5)]\n"
        "print(hashlib.sha256(b''.join(p.labels.cluster_quads.tobytes() + p.labels.ink.tobytes()"
        " + p.labels.word_quads.tobytes() + p.pixels.tobytes() for p in pages)).hexdigest())"
    )
    seen = set()
    for kind in ("", "twin"):
        environment = {**os.environ, "GLYPHDATA_KERNEL": kind}
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=Path(__file__).parents[2], env=environment,
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        seen.add(done.stdout)
    assert len(seen) == 1


def test_what_is_joined_moves_word_by_word_on_an_arc() -> None:
    for language, whole in (("ar", True), ("hi", True), ("he", False), ("en", False)):
        page = set_text(language, Manner(bend=80.0), 1)
        moved = page.placed.moved
        assert moved is not None
        turns = [
            len(np.unique(moved.glyphs[(table >= start) & (table < end), 0]))
            for start, end, _ in page.placed.words.tolist()
            for table in [page.placed.clusters[page.placed.glyph_clusters, 0]]
        ]
        assert (max(turns) == 1) == whole


def test_only_upright_text_is_vertical() -> None:
    for language in TEXTS:
        script = script_of(TEXTS[language])
        assert vertical(TEXTS[language], script) == (language in COLUMNS)
    assert vertical("十二、ー（）〜？１２", "han") and vertical("한 글", "hangul")
    assert not vertical("第12回", "han") and not vertical("ABC", "han")
    assert not vertical("東京—大阪", "kana") and not vertical("東京", "latin")
