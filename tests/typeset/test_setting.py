"""The compiled arithmetic and its numpy twin give the same numbers to the last bit."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from glyphdata.typeset import lines, twin, twin_lines
from tests.typeset.arrays import assert_same, gathered, glyphs, shaped_buffer


def test_reading_out_is_the_same(fast: ModuleType, open_face) -> None:  # type: ignore[no-untyped-def]
    for name, text, direction in (
        ("roboto", "AVATAR fi x\u0323", "ltr"),
        ("amiri", "مُحَمَّد لا", "rtl"),
        ("noto_sans_thai", "ที่นี่น้ำ", "ltr"),
    ):
        buffer = shaped_buffer(open_face(name), text)
        infos, positions = buffer.glyph_infos, buffer.glyph_positions
        results = []
        for module in (fast, twin):
            n = len(infos)
            out = (np.empty(n, np.int32), np.empty(n, np.int32), np.empty((n, 3)))
            assert module.read(infos, positions, 7, int(direction == "rtl"), *out) == 0
            results.append(out)
        for one, other in zip(*results, strict=True):
            assert np.array_equal(one, other)
        assert (np.diff(results[0][1]) >= 0).all()


Parts = tuple[np.ndarray, np.ndarray, np.ndarray]


def parted(rng: np.random.Generator) -> tuple[Parts, bytes]:
    """`starts`, `first` and `hangs` of some text, and the text: letters, and spaces that hang."""
    c = int(rng.integers(1, 60))
    first = np.append(0, np.cumsum(rng.integers(1, 4, c))).astype(np.int32)
    starts = np.append(0, np.cumsum(rng.integers(1, 5, c))).astype(np.int32)
    blank = rng.random(c) < 0.2
    data = b"".join(
        (b" " if space else b"x") * int(size)
        for space, size in zip(blank, np.diff(starts), strict=True)
    )
    return (starts, first, np.repeat(blank, np.diff(first))), data


@pytest.mark.parametrize("seed", range(12))
def test_gathering_and_placing_are_the_same(fast: ModuleType, seed: int) -> None:
    rng = np.random.default_rng(seed)
    (starts, first, hangs), data = parted(rng)
    n, c = int(first[-1]), len(starts) - 1
    units, rows, extents, _ = glyphs(rng, n)
    bytes_ = np.unique(np.append(rng.choice(starts[1:], 4), starts[-1])).tolist()
    cuts = np.unique(rng.integers(0, c + 1, 2 * int(rng.integers(0, 9))))
    some = np.ascontiguousarray(starts[cuts[: len(cuts) // 2 * 2]].reshape(-1, 2))
    for words in (None, some):
        results = []
        for module in (fast, twin):
            flat = gathered(module, (units, rows, extents, hangs), seed % 2)
            out = [np.empty((n, 2)), np.empty((c, 3), np.int32), np.empty((c, 2))]
            out += [np.empty((len(bytes_), 2), np.int32), np.empty((len(bytes_), 2))]
            out += [np.empty((len(bytes_), 3))]
            most = len(data) + len(bytes_)
            parts = [np.zeros((most, 3), np.int32), np.zeros((most, 2))]
            used = module.place(
                flat[:-2], starts, first, hangs, data, words, tuple(bytes_), 31.7,
                (213.3, (0.0, 0.5, 1.0)[seed % 3]), (0.9, 0.2), 1.1, seed % 2, *out, *parts,
            )  # fmt: skip
            results.append([flat, *out, np.array(used), *parts])
        assert_same(results)
        assert np.isfinite(results[0][1]).all()


@pytest.mark.parametrize("seed", range(12))
def test_finding_lines_is_the_same(fast: ModuleType, seed: int) -> None:
    rng = np.random.default_rng(seed)
    (starts, first, hangs), _ = parted(rng)
    units, rows, extents, _ = glyphs(rng, int(first[-1]))
    breaks = np.unique(rng.integers(1, starts[-1] + 1, 20)).astype(np.int32)  # some in clusters
    turns = breaks[rng.random(len(breaks)) < 0.1]
    flat = gathered(twin, (units, rows, extents, hangs), seed % 2)[:-2]
    results = []
    for module, finder in ((fast, fast), (twin, twin_lines)):
        assert np.array_equal(gathered(module, (units, rows, extents, hangs), seed % 2)[:-2], flat)
        ends, spans = np.empty(21, np.int32)[: len(breaks) + 1], np.empty((len(breaks) + 1, 2))
        paragraphs = np.empty(len(turns) + 1, np.int32)
        m, p = finder.stretch(
            flat, starts, first, breaks, turns, seed % 2, ends, spans, paragraphs
        )  # fmt: skip
        ends, spans, paragraphs = ends[:m], spans[:m], paragraphs[:p]
        found = [ends, spans, paragraphs]
        for width in (150.0, 400.0, 3000.0):
            for most in (-1, 1, 3):
                last = np.zeros(m, np.int32)
                best = finder.largest(
                    spans, paragraphs, 1.1, 1.2, width, 300.0, 9.0, 60.0, most, last
                )  # fmt: skip
                found += [np.array(best or (0.0, 0.0, 0)), last[: best[2] if best else 0].copy()]
            line_ends = tuple(starts[ends].tolist())
            found += [np.array(finder.widest(flat, starts, first, seed % 2, line_ends))]
            last = np.zeros(m, np.int32)
            count = finder.wrap(spans, paragraphs, width / 60.0, last)
            found += [last[:count]]
        results.append(found)
    assert_same(results)


def test_what_is_plain_is_the_same(fast: ModuleType) -> None:
    inked = np.array([True, False])
    for text, found, rows, holds in (
        ("aй 中𝄞", (0, 1, 3, 4, 7), (0, 0, 1, 0, 0), True),
        ("a b", (0, 1, 2), (0, 0, 0), True),  # a space with ink does not hang
        ("a b", (0, 1, 2), (1, 1, 0), False),  # a letter without
        ("aй", (0, 0), (0, 0), False),
        ("ab", (0,), (0,), False),
        ("", (), (), True),
    ):
        n = len(found)
        results = []
        for module in (fast, twin):
            starts, hangs = np.zeros(n + 1, np.int32), np.zeros(n, np.bool_)
            given = np.array(found, np.int32), np.array(rows, np.int32)
            assert module.plain(text.encode(), *given, inked, starts, hangs) is holds, text
            results.append([starts, hangs] if holds else [])
        assert_same(results)


def test_plain_prose_breaks_where_icu_breaks_it(fast: ModuleType) -> None:
    rng = np.random.default_rng(3)
    signs = "ab7  .,:;!?\"'“”‘’()-éßЖяΩ%/"
    asked = 0
    for _ in range(4000):
        text = "".join(rng.choice(list(signs), int(rng.integers(2, 15))))
        data = text.encode()
        ends = np.empty(len(data), np.int32)
        count = fast.breaks(data, ends)
        if count < 0:
            asked += 1
            continue
        expected = lines.by_rule(text, data, "en")
        assert ends[:count].tolist() == expected.tolist(), text
    assert asked < 3900


def test_line_ends_within_clusters_or_out_of_order_are_told(fast: ModuleType) -> None:
    starts, first = np.array([0, 2, 4], np.int32), np.arange(3, dtype=np.int32)
    for line_ends in ((), (2,), (3, 4), (4, 2), (2, 2, 4), (0, 4), (2, 5), (-1, 4)):
        for module in (fast, twin):
            out = [np.empty((2, 2)), np.empty((2, 3), np.int32), np.empty((2, 2))]
            m = len(line_ends)
            out += [np.empty((m, 2), np.int32), np.empty((m, 2)), np.empty((m, 3))]
            out += [np.empty((8, 3), np.int32), np.empty((8, 2))]
            used = module.place(
                np.zeros(19), starts, first, np.zeros(2, np.bool_), b"abcd", None, line_ends,
                10.0, (50.0, 0.0), (0.9, 0.2), 1.0, 0, *out,
            )  # fmt: skip
            assert used == -1, line_ends


def test_arrays_that_do_not_match_are_refused(  # type: ignore[no-untyped-def]
    fast: ModuleType, open_face
) -> None:
    infos = shaped_buffer(open_face("roboto"), "a").glyph_infos
    units, rows, extents, hangs = glyphs(np.random.default_rng(1), 5)
    flat = np.empty(46)
    with pytest.raises(ValueError, match="array 0"):
        fast.gather(units[:4], rows, extents, hangs, 0.001, 0, 0.9, 0.2, flat)
    with pytest.raises(ValueError, match="array 8"):
        fast.gather(units, rows, extents, hangs, 0.001, 0, 0.9, 0.2, flat[:-1])
    with pytest.raises(IndexError, match="row 40"):
        fast.gather(units, rows + 40 - rows, extents, hangs, 0.001, 0, 0.9, 0.2, flat)
    with pytest.raises(IndexError):
        fast.gather(units)
    numbers, spans = np.array([0, 9], np.int32), np.zeros((1, 2))
    with pytest.raises(ValueError, match="do not part the glyphs"):
        fast.stretch(flat, numbers, numbers, numbers[:0], numbers[:0], 0, rows[:1], spans, rows[:1])
    with pytest.raises(ValueError, match="do not part the stretches"):
        fast.wrap(spans, numbers[1:], 3.0, rows[:1])
    with pytest.raises(AttributeError):
        fast.read([1], [2], 0, 0, rows[:1], rows[1:2], units[:1])
    with pytest.raises(IndexError):
        fast.read(infos, [], 0, 0, rows[:1], rows[1:2], units[:1])
