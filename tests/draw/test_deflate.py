"""The zlib streams of masks: readable by zlib, and the same bytes from both halves."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glyphdata.draw import _kernel, deflate, kernel

pictures = st.tuples(
    st.integers(1, 24), st.integers(1, 40), st.integers(1, 6), st.sampled_from(["B", "H", "rgb"])
)


def picture(seed: int, spec: tuple[int, int, int, str]) -> np.ndarray:
    """A picture with runs: a few values, each repeated."""
    height, width, values, kind = spec
    r = np.random.default_rng(seed)
    shape = (height, width, 3) if kind == "rgb" else (height, width)
    a = r.integers(0, values, shape) * r.integers(0, 2, shape).cumsum(axis=1)
    return a.astype(np.uint16) * 251 if kind == "H" else a.astype(np.uint8)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), pictures)
def test_a_stream_inflates_to_the_rows_and_both_halves_write_it_alike(
    seed: int, spec: tuple[int, int, int, str]
) -> None:
    a = picture(seed, spec)
    stream = kernel.deflate(a)
    big = a.astype(a.dtype.newbyteorder(">"))
    rows = [b"\0" + row.tobytes() for row in big]
    assert zlib.decompress(stream) == b"".join(rows)
    assert stream == deflate.deflate(a)


@pytest.mark.parametrize("shape", [(3, 40000), (2, 32767), (300, 260)])
def test_rows_longer_than_the_window_and_runs_longer_than_a_match_round_trip(
    shape: tuple[int, int],
) -> None:
    a = np.zeros(shape, np.uint8)
    a[1:, 7:300:11] = 3
    a[-1, -9:] = np.arange(9)
    stream = kernel.deflate(a)
    assert zlib.decompress(stream) == np.pad(a, ((0, 0), (1, 0))).tobytes()
    assert stream == deflate.deflate(a)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
@pytest.mark.parametrize("width", [3, 60, 129, 300])
def test_empty_rows_around_are_written_as_if_they_were_looked_at(kind: Any, width: int) -> None:
    r = np.random.default_rng(width)
    for above, drawn, below in ((0, 5, 90), (70, 1, 0), (40, 30, 40), (1, 3, 1), (200, 0, 3)):
        a = np.zeros((above + drawn + below, width), kind)
        runs = r.integers(1, 90, drawn * width)
        ids = np.repeat(r.integers(0, np.iinfo(kind).max, len(runs)) * (runs % 3 > 0), runs)
        a[above : above + drawn] = ids[: drawn * width].reshape(drawn, width)
        stream = kernel.deflate(a)
        assert zlib.decompress(stream) == deflate.png_rows(a).tobytes()
        assert stream == deflate.deflate(a)


def test_skewed_counts_keep_every_code_within_fifteen_bits() -> None:
    fibonacci = [1, 1]
    while len(fibonacci) < 24:
        fibonacci.append(fibonacci[-1] + fibonacci[-2])
    values = np.repeat(np.arange(24, dtype=np.uint8) * 7 + 1, fibonacci)
    a = np.random.default_rng(0).permutation(values)[None, :]
    counts = [0] * 286
    for value, count in zip(range(1, 169, 7), fibonacci, strict=True):
        counts[value] = count
    assert max(deflate.code_lengths(counts, 31)) > 15
    assert max(deflate.code_lengths(counts, 15)) <= 15
    assert zlib.decompress(kernel.deflate(a)) == b"\0" + a.tobytes()
    assert kernel.deflate(a) == deflate.deflate(a)


@pytest.mark.parametrize("half", [_kernel, deflate], ids=["compiled", "twin"])
def test_what_is_no_picture_is_refused(half: Any) -> None:
    for wrong in (
        np.zeros((2, 2), np.float32),
        np.zeros((2, 2), np.int32),
        np.zeros((2, 2, 4), np.uint8),
        np.zeros((0, 3), np.uint8),
        np.zeros(4, np.uint8),
    ):
        with pytest.raises(ValueError, match="picture"):
            half.deflate(wrong)
    with pytest.raises(ValueError, match="rows"):
        half.deflate_rows(np.zeros((2, 3), np.uint8), 4)
