"""The drawing kernel: its two halves agree to the byte, and both agree with geometry."""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uharfbuzz as hb

from glyphdata.draw import _kernel, deflate, kernel, twin
from glyphdata.faces.outlines import CUBIC, LINE, MOVE, QUAD, Outlines

SQUARE = [(MOVE, 0, 0), (LINE, 1, 0), (LINE, 1, 1), (LINE, 0, 1)]
DISC = [
    (MOVE, 1, 0),
    (CUBIC, 1, 0.5523, 0.5523, 1, 0, 1),
    (CUBIC, -0.5523, 1, -1, 0.5523, -1, 0),
    (CUBIC, -1, -0.5523, -0.5523, -1, 0, -1),
    (CUBIC, 0.5523, -1, 1, -0.5523, 1, 0),
]
LEAF = [(MOVE, 0, 0), (QUAD, 0.5, 1, 1, 0), (QUAD, 0.5, -1, 0, 0)]
BLANK: list[tuple[float, ...]] = []


@dataclass
class Store:
    """Outlines made by hand, in the kernel's own arrays."""

    points: np.ndarray
    verbs: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, *shapes: list[tuple[float, ...]]) -> Store:
        verbs = [int(step[0]) for shape in shapes for step in shape]
        flat = [v for shape in shapes for step in shape for v in step[1:]]
        ends = np.cumsum([(len(s), sum(len(step) // 2 for step in s)) for s in shapes], axis=0)
        starts = np.concatenate([np.zeros((1, 2)), ends]).astype(np.int32)
        return cls(np.array(flat, np.float32).reshape(-1, 2), np.array(verbs, np.uint8), starts)


@dataclass
class Page:
    """Everything that the kernel writes to."""

    height: int
    width: int
    canvas: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        shape = (self.height, self.width)
        self.canvas = np.zeros((*shape, 3), np.uint8)
        self.layer = np.zeros((*shape, 3), np.uint8)
        self.mask = np.zeros(shape, np.uint16)
        self.strength = np.zeros(shape, np.uint8)
        self.box_mask = np.zeros(shape, np.uint8)
        self.ink = np.full((0, 4), -1, np.int32)
        self.under = np.zeros((3, 6), np.int64)
        self.held = np.zeros(0, np.uint8)

    def draw(
        self,
        store: Any,
        rows: list[int],
        matrices: Any,
        *,
        colors: Any = None,
        ids: Any = None,
        boxes: Any = None,
        threshold: int = 64,
        by: Any = _kernel.draw,
    ) -> Page:
        n = len(rows)
        self.ink = np.full((n, 4), -1, np.int32)
        self.held = np.full(n, 7, np.uint8)
        by(
            self.canvas, self.layer, self.mask, self.strength, self.box_mask,
            store.points, store.verbs, store.starts,
            np.array(rows, np.int32),
            np.array(matrices, np.float64).reshape(n, 9),
            np.full((n, 3), 255, np.uint8) if colors is None else np.array(colors, np.uint8),
            np.arange(1, n + 1, dtype=np.uint16) if ids is None else np.array(ids, np.uint16),
            np.zeros(n, np.uint8) if boxes is None else np.array(boxes, np.uint8),
            threshold, self.ink, self.under, self.held,
        )  # fmt: skip
        return self

    def everything(self) -> tuple[np.ndarray, ...]:
        return (
            self.canvas, self.layer, self.mask, self.strength, self.box_mask, self.ink, self.under,
            self.held,
        )  # fmt: skip


def placed(x: float, y: float, sx: float, sy: float | None = None) -> list[float]:
    """The map that puts em (0, 0) at (x, y) and scales; positive sy turns the y axis down."""
    return [sx, 0, x, 0, -(sx if sy is None else sy), y, 0, 0, 1]


@pytest.fixture(scope="module")
def real() -> Outlines:
    """Letters of five installed families, quadratic, cubic and variable."""
    store = Outlines()
    files = [
        path
        for entry in sorted(entry_points(group="fontpkg.family"), key=lambda e: e.name)[:12]
        for path in sorted(Path(str(entry.load().__file__)).parent.rglob("*.[ot]tf"))[:1]
    ]
    assert len(files) >= 5
    for token, path in enumerate(files):
        face = hb.Face(hb.Blob.from_file_path(str(path)))
        font = hb.Font(face)
        font.scale = (face.upem, face.upem)
        glyphs = [font.get_nominal_glyph(ord(c)) or 0 for c in "aegQ&8%i"]
        store.rows(token, font, face.upem, np.array(glyphs, np.int32))
    return store


def scene(seed: int, n: int, count: int) -> tuple[tuple[int, int], dict[str, Any]]:
    """Random glyphs: turned, sheared, tilted, tiny, huge, here and far away."""
    r = np.random.default_rng(seed)
    height, width = (int(v) for v in r.choice([1, 7, 16, 33, 96], 2))
    size = np.exp(r.uniform(-1, 7, n)) if seed % 3 == 0 else r.uniform(6, 50, n)
    turn = r.uniform(0, 6.3, n)
    m = np.zeros((n, 9))
    m[:, 0], m[:, 1] = size * np.cos(turn), size * np.sin(turn) * r.uniform(0.4, 1.5, n)
    m[:, 3], m[:, 4] = size * np.sin(turn), -size * np.cos(turn)
    m[:, 2], m[:, 5] = r.uniform(-60, width + 60, n), r.uniform(-60, height + 60, n)
    m[:, 8] = 1.0
    if seed % 2:
        m[:, 6:8] = r.uniform(-0.3, 0.3, (n, 2))
        m[:, 8] = r.uniform(1.1, 1.4, n)
        m[:, 2:6:3] *= m[:, 8:]
    if seed % 5 == 0:
        m[:2, [2, 5]], m[2:4, [0, 4]] = 3e9, 2e7
    return (height, width), {
        "rows": r.integers(0, count, n).tolist(),
        "matrices": m,
        "colors": r.integers(0, 256, (n, 3)),
        "ids": r.integers(1, 60000, n),
        "boxes": r.integers(0, 3, n),
        "threshold": int(r.choice([0, 1, 64, 255])),
    }


def inside(seed: int, n: int, count: int) -> tuple[tuple[int, int], dict[str, Any]]:
    """Random glyphs that lie flat and whole on the canvas, as nearly all do."""
    r = np.random.default_rng(seed)
    height, width = (int(v) for v in r.integers(150, 400, 2))
    size = np.exp(r.uniform(0, 4.3, n))
    turn = r.uniform(0, 6.3, n) if seed % 2 else r.integers(0, 4, n) * np.pi / 2
    m = np.zeros((n, 9))
    m[:, 0], m[:, 1] = size * np.cos(turn), size * np.sin(turn) * r.uniform(0.4, 1.0, n)
    m[:, 3], m[:, 4] = size * np.sin(turn), -size * np.cos(turn)
    m[:, 2], m[:, 5] = r.uniform(60, width - 60, n), r.uniform(60, height - 60, n)
    m[:, [2, 5]] = np.where(r.random((n, 2)) < 0.3, np.rint(m[:, [2, 5]]), m[:, [2, 5]])
    m[:, 8] = 1.0
    return (height, width), {
        "rows": r.integers(0, count, n).tolist(),
        "matrices": m,
        "colors": r.integers(0, 256, (n, 3)),
        "ids": np.sort(r.integers(1, n, n)),
        "boxes": np.sort(r.integers(0, 3, n)),
    }


@pytest.mark.parametrize("which", [scene, inside])
@pytest.mark.parametrize("seed", range(24))
def test_compiled_and_twin_draw_the_same_bytes(real: Outlines, seed: int, which: Any) -> None:
    (height, width), job = which(seed, 20, len(real))
    paper = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    pages = [Page(height, width) for _ in range(3)]
    for page in pages:
        page.canvas[:] = paper
    pages[0].draw(real, **job)
    pages[1].draw(real, **job, by=twin.draw)
    try:
        _kernel.widen(False)
        pages[2].draw(real, **job)
    finally:
        _kernel.widen(True)
    for ours, plain, narrow in zip(*(p.everything() for p in pages), strict=True):
        assert np.array_equal(ours, plain)
        assert np.array_equal(ours, narrow)


def test_the_scenes_compared_do_leave_ink(real: Outlines) -> None:
    (height, width), job = scene(4, 40, len(real))
    page = Page(height, width).draw(real, **job)
    assert page.canvas.any()
    assert page.mask.any()


@pytest.mark.parametrize(("x", "y", "w", "h"), [(2.25, 3.5, 4.5, 2.25), (0.5, 0.5, 0.25, 0.5)])
def test_a_rectangle_covers_exactly_its_share_of_each_pixel(
    x: float, y: float, w: float, h: float
) -> None:
    page = Page(10, 12).draw(Store.of(SQUARE), [0], [placed(x, y + h, w, h)])
    across = np.clip(np.minimum(np.arange(1, 13), x + w) - np.maximum(np.arange(12), x), 0, 1)
    down = np.clip(np.minimum(np.arange(1, 11), y + h) - np.maximum(np.arange(10), y), 0, 1)
    exact = np.floor(np.outer(down, across) * 255 + 0.5)
    assert np.array_equal(page.canvas[..., 0], exact)
    assert np.array_equal(page.layer[..., 1], exact)


@pytest.mark.parametrize("radius", [0.7, 5.0, 40.0])
def test_a_disc_loses_no_more_area_than_its_chords_may_cut_off(radius: float) -> None:
    page = Page(100, 100).draw(Store.of(DISC), [0], [placed(50.3, 49.8, radius)])
    area = page.canvas[..., 0].sum() / 255
    assert area == pytest.approx(np.pi * radius**2, abs=0.03 * 2 * np.pi * radius)


def test_coverage_agrees_with_sixteenfold_supersampling(real: Outlines) -> None:
    row = int(np.flatnonzero(real.inked)[4])
    fine = Page(24 * 16, 24 * 16).draw(real, [row], [placed(4 * 16, 19 * 16, 17.3 * 16)])
    page = Page(24, 24).draw(real, [row], [placed(4, 19, 17.3)])
    truth = fine.canvas[..., 0].reshape(24, 16, 24, 16).mean(axis=(1, 3))
    off = np.abs(page.canvas[..., 0] - truth)[truth > 0]
    assert truth.max() > 200
    assert off.mean() < 2.0
    assert off.max() < 12.0


def test_coverage_agrees_with_harfbuzz_own_rasteriser(real: Outlines) -> None:
    entry = min(entry_points(group="fontpkg.family"), key=lambda e: e.name)
    path = min(Path(str(entry.load().__file__)).parent.rglob("*.[ot]tf"))
    face = hb.Face(hb.Blob.from_file_path(str(path)))
    font = hb.Font(face)
    font.scale = (face.upem, face.upem)
    glyph = font.get_nominal_glyph(ord("g")) or 0
    store = Outlines()
    rows = store.rows(0, font, face.upem, np.array([glyph], np.int32))
    page = Page(64, 64).draw(store, rows.tolist(), [placed(8, 44, 40)])
    raster = hb.RasterDraw()
    scale = 40 / face.upem
    raster.transform = (scale, 0, 0, scale, 8, 20)
    raster.draw_glyph(font, glyph)
    image = raster.render()
    box = image.extents
    rows_up = np.frombuffer(image.buffer, np.uint8).reshape(box.height, box.stride)
    theirs = np.zeros((64, 64), np.int16)
    top = 64 - box.y_origin - box.height
    theirs[top : top + box.height, box.x_origin : box.x_origin + box.width] = rows_up[
        ::-1, : box.width
    ]
    off = np.abs(page.canvas[..., 0] - theirs)[theirs > 0]
    assert off.max() <= 20  # two flattenings, each up to 0.03 px off, along a pixel's edge
    assert off.mean() < 2.0


def test_a_hole_stays_open_and_an_overlap_is_not_counted_twice() -> None:
    hole = [(MOVE, 0.25, 0.25), (LINE, 0.25, 0.75), (LINE, 0.75, 0.75), (LINE, 0.75, 0.25)]
    twice = SQUARE + SQUARE
    page = Page(8, 24).draw(
        Store.of(SQUARE + hole, twice), [0, 1], [placed(0, 8, 8), placed(12, 8, 8)]
    )
    assert page.canvas[4, 4, 0] == 0
    assert page.canvas[1, 4, 0] == 255
    assert page.canvas[4, 16, 0] == 255


def test_a_projective_map_sends_edges_where_the_homography_sends_corners() -> None:
    m = [20.0, 0, 4, 0, -20, 28, 0.5, 0, 1]
    page = Page(32, 32).draw(Store.of(SQUARE), [0], [m])
    right, top, bottom = 24 / 1.5, 8 / 1.5, 28 / 1.5
    height = (20.0 + (bottom - top)) / 2
    assert page.canvas[..., 0].sum() / 255 == pytest.approx((right - 4) * height, rel=0.01)
    assert page.ink[0].tolist() == [4, 5, 16, 28]


def test_ink_is_the_tight_box_of_the_visible_pixels() -> None:
    page = Page(40, 40).draw(
        Store.of(LEAF, BLANK), [0, 1, 0], [placed(3.2, 20, 30), placed(5, 5, 9), placed(90, 9, 5)]
    )
    columns, rows = page.canvas.any(axis=(0, 2)), page.canvas.any(axis=(1, 2))
    tight = [columns.argmax(), rows.argmax(), 40 - columns[::-1].argmax(), 40 - rows[::-1].argmax()]
    assert page.ink[0].tolist() == tight
    assert page.ink[1].tolist() == page.ink[2].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("draw", [_kernel.draw, twin.draw], ids=["compiled", "twin"])
@pytest.mark.parametrize(("dx", "dy"), [(-30, 0), (30, 0), (0, -30), (0, 30), (-7, -9), (8, 11)])
@pytest.mark.parametrize("size", [(1, 1), (16, 16), (19, 5)])
def test_what_leaves_the_canvas_is_cut_not_wrapped(
    draw: Any, dx: int, dy: int, size: tuple[int, int]
) -> None:
    height, width = size
    whole = Page(height + 80, width + 80).draw(Store.of(DISC), [0], [placed(48 + dx, 48 + dy, 15)])
    cut = Page(height, width).draw(Store.of(DISC), [0], [placed(8 + dx, 8 + dy, 15)], by=draw)
    assert np.array_equal(cut.canvas, whole.canvas[40 : 40 + height, 40 : 40 + width])
    assert bool(cut.ink.any()) == bool(cut.canvas.any())


def test_blending_rounds_to_the_nearest_value() -> None:
    page = Page(1, 256)
    page.canvas[0, :, 0] = np.arange(256)
    page.draw(Store.of(SQUARE), [0], [placed(0, 0.4, 256, 0.4)], colors=[[200, 0, 0]])
    a = 102
    assert page.strength[0, 7] == a
    exact = (np.arange(256) * (255 - a) + 200 * a) / 255
    assert np.array_equal(page.canvas[0, :, 0], np.floor(exact + 0.5))


@pytest.mark.parametrize("draw", [_kernel.draw, twin.draw], ids=["compiled", "twin"])
def test_the_larger_coverage_wins_and_a_tie_keeps_the_earlier(draw: Any) -> None:
    page = Page(1, 4)
    at = [placed(0, 0.5, 4, 0.5), placed(0, 0.5, 2, 0.5), placed(2, 0.8, 1, 0.8)]
    page.draw(Store.of(SQUARE), [0, 0, 0], at, ids=[7, 8, 9], boxes=[0, 1, 2], by=draw)
    assert page.mask.tolist() == [[7, 7, 9, 7]]
    assert page.box_mask.tolist() == [[1, 1, 3, 1]]


@pytest.mark.parametrize("draw", [_kernel.draw, twin.draw], ids=["compiled", "twin"])
def test_below_the_threshold_only_a_glyph_without_any_pixel_is_kept(draw: Any) -> None:
    page = Page(1, 6)
    at = [placed(0, 0.9, 1.1, 0.9), placed(3, 0.1, 2.5, 0.1), placed(0, 0.1, 1, 0.1)]
    page.draw(Store.of(SQUARE), [0, 0, 0], at, ids=[5, 6, 7], threshold=64, by=draw)
    assert page.mask.tolist() == [[5, 0, 0, 6, 0, 0]]


@pytest.mark.parametrize("draw", [_kernel.draw, twin.draw], ids=["compiled", "twin"])
def test_held_tells_which_glyphs_the_mask_still_shows(draw: Any) -> None:
    page = Page(4, 8)
    at = [placed(0, 2, 2), placed(4, 2, 1), placed(0, 2, 2.5), placed(20, 2, 2), placed(6, 1, 0.1)]
    page.draw(Store.of(SQUARE, DISC), [0, 0, 1, 0, 0], at, by=draw)
    assert page.held.tolist() == [1, 1, 1, 0, 1]  # the fourth lies outside, the fifth is tiny
    page.strength[:] = page.mask[:] = 0
    half = [placed(0, 2, 2, 0.5), placed(0, 2, 2), placed(0, 2, 1)]
    page.draw(Store.of(SQUARE), [0, 0, 0], half, ids=[3, 4, 4], by=draw)
    assert page.held.tolist() == [0, 1, 1]  # the first is covered; the others have one id
    page.mask = None
    page.draw(Store.of(SQUARE), [0], [placed(0, 2, 2)], by=draw)
    assert page.held.tolist() == [0]


def test_a_shape_of_long_curves_and_flat_edges_is_drawn_alike() -> None:
    wave = [
        (MOVE, 0, 0), (CUBIC, 0.3, 2, 0.6, -2, 1, 0.01), (LINE, 1, -0.5),
        (QUAD, 0.5, -0.52, 0, -0.5), (MOVE, 0.2, 0.2), (MOVE, 0.4, 0.4), (LINE, 0.9, 0.41),
    ]  # fmt: skip
    for size in (3, 40, 700):
        pages = [Page(800, 800), Page(800, 800)]
        for page, by in zip(pages, (_kernel.draw, twin.draw), strict=True):
            page.draw(Store.of(wave), [0], [placed(20.3, 400.7, size)], by=by)
        assert pages[0].ink.any()
        for ours, plain in zip(*(page.everything() for page in pages), strict=True):
            assert np.array_equal(ours, plain)


def test_under_sums_what_lay_there_before_the_ink() -> None:
    page = Page(20, 20)
    page.canvas[:] = np.random.default_rng(3).integers(0, 256, page.canvas.shape)
    before = page.canvas.astype(np.int64)
    page.draw(Store.of(DISC), [0], [placed(9.3, 9.9, 7)], boxes=[2])
    a = page.layer[..., 0].astype(np.int64)
    luma = (before @ np.array([77, 150, 29])) >> 8
    colour = (a[..., None] * before).sum(axis=(0, 1))
    assert page.under[2].tolist() == [a.sum(), *colour, (a * luma).sum(), (a * luma**2).sum()]
    assert not page.under[:2].any()


@pytest.mark.parametrize("seed", [4, 7, 13])
def test_a_narrow_mask_holds_the_same_ids_as_a_wide_one(real: Outlines, seed: int) -> None:
    (height, width), job = scene(seed, 40, len(real))
    job["ids"] = job["ids"] % 255 + 1
    pages = [Page(height, width) for _ in range(4)]
    for page in pages[1:]:
        page.mask = page.mask.astype(np.uint8)
    for page, by in zip(pages, (_kernel.draw, _kernel.draw, twin.draw, _kernel.draw), strict=True):
        _kernel.widen(page is not pages[3])
        page.draw(real, **job, by=by)
    _kernel.widen(True)
    assert pages[0].mask.any()
    assert all(np.array_equal(page.mask, pages[0].mask) for page in pages)


def test_under_holds_more_than_32_bits_for_a_glyph_that_fills_a_large_canvas() -> None:
    page = Page(300, 400)
    page.canvas[:] = 255
    page.draw(Store.of(SQUARE), [0], [placed(0, 300, 400, 300)])
    whole = 300 * 400 * 255
    assert page.under[0].tolist() == [whole, *[whole * 255] * 4, whole * 255**2]


@pytest.mark.parametrize("draw", [_kernel.draw, twin.draw], ids=["compiled", "twin"])
@pytest.mark.parametrize(
    "matrix",
    [placed(float("nan"), 0, 5), placed(0, float("inf"), 5), placed(0, 0, 1e300),
     [5, 0, 0, 0, -5, 5, -2, 0, 1]],
    ids=["nan", "inf", "overflow", "behind"],
)  # fmt: skip
def test_a_map_that_leads_nowhere_is_refused(draw: Any, matrix: list[float]) -> None:
    page = Page(8, 8)
    with pytest.raises(ValueError, match="glyph 0"):
        page.draw(Store.of(DISC), [0], [matrix], by=draw)
    assert not page.canvas.any()


@pytest.mark.parametrize("draw", [_kernel.draw, twin.draw], ids=["compiled", "twin"])
@pytest.mark.parametrize("row", [-1, 1, 2**31 - 1])
def test_an_unknown_row_is_refused(draw: Any, row: int) -> None:
    with pytest.raises(ValueError, match="glyph 0"):
        Page(8, 8).draw(Store.of(SQUARE), [row], [placed(0, 8, 8)], by=draw)


@pytest.mark.parametrize("draw", [_kernel.draw, twin.draw], ids=["compiled", "twin"])
def test_a_broken_outline_is_refused(draw: Any) -> None:
    for verbs in ([LINE, LINE, LINE, LINE], [MOVE, LINE, LINE, QUAD], [MOVE, LINE, LINE, 9]):
        store = Store.of(SQUARE)
        store.verbs = np.array(verbs, np.uint8)
        with pytest.raises(ValueError, match="glyph 0"):
            Page(8, 8).draw(store, [0], [placed(0, 8, 8)], by=draw)


@pytest.mark.parametrize("draw", [_kernel.draw, twin.draw], ids=["compiled", "twin"])
@pytest.mark.parametrize(
    ("name", "wrong"),
    [("layer", np.zeros((8, 7, 3), np.uint8)), ("mask", np.zeros((8, 8), np.int32)),
     ("canvas", np.zeros((8, 16, 3), np.uint8)[:, ::2]), ("strength", np.zeros(8, np.uint8)),
     ("under", np.zeros((1, 4), np.int64)), ("canvas", np.zeros((8, 8, 3), np.float32))],
)  # fmt: skip
def test_arrays_that_do_not_fit_are_refused(draw: Any, name: str, wrong: np.ndarray) -> None:
    page = Page(8, 8)
    setattr(page, name, wrong)
    with pytest.raises(ValueError, match=r"canvas|layer|mask|strength|under"):
        page.draw(Store.of(SQUARE), [0], [placed(0, 8, 8)], by=draw)


def test_the_environment_can_ask_for_the_twin() -> None:
    code = "from glyphdata.draw import kernel; print(kernel.COMPILED)"
    asked = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"GLYPHDATA_KERNEL": "twin"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert asked.stdout.strip() == "False"
    assert kernel.COMPILED


def test_a_mask_takes_fewer_bytes_than_zlibs_fastest_level(real: Outlines) -> None:
    (_, _), job = scene(2, 60, len(real))
    job["matrices"][:, [2, 5]] = np.random.default_rng(1).uniform(20, 230, (60, 2))
    a = Page(256, 256).draw(real, **job).mask
    raw = deflate.png_rows(a).tobytes()
    assert len(kernel.deflate(a)) < len(zlib.compress(raw, 1))
