"""The compiled arithmetic and its numpy twin give the same numbers to the last bit."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import uharfbuzz as hb

from glyphdata.typeset import twin
from glyphdata.typeset.setting import compiled


@pytest.fixture(scope="module")
def fast(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The installed module, or one built here where there is a compiler."""
    found = compiled()
    if found is not None:
        return found
    compiler = shutil.which("cc") or shutil.which("gcc")
    assert compiler, "install a C compiler to run this test"
    source = Path(twin.__file__).with_name("_setting.c")
    built = tmp_path_factory.mktemp("built") / "_setting.abi3.so"
    flags = ["-O3", "-ffp-contract=off", "-std=c99", "-fPIC", "-shared"]
    flags += ["-DPy_LIMITED_API=0x030B0000", f"-I{sysconfig.get_paths()['include']}"]
    flags += ["-undefined", "dynamic_lookup"] if sys.platform == "darwin" else []
    subprocess.run([compiler, *flags, str(source), "-o", str(built)], check=True)
    loader = ExtensionFileLoader("_setting", str(built))
    spec = spec_from_loader("_setting", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_reading_out_is_the_same(fast: ModuleType, open_face) -> None:  # type: ignore[no-untyped-def]
    for name, text, direction in (
        ("roboto", "AVATAR fi x\u0323", "ltr"),
        ("amiri", "مُحَمَّد لا", "rtl"),
        ("noto_sans_thai", "ที่นี่น้ำ", "ltr"),
    ):
        buffer = hb.Buffer()
        buffer.add_utf8(text.encode())
        buffer.guess_segment_properties()
        hb.shape(open_face(name).font, buffer)
        infos, positions = buffer.glyph_infos, buffer.glyph_positions
        results = []
        for module in (fast, twin):
            n = len(infos)
            out = (np.empty(n, np.int32), np.empty(n, np.int32), np.empty((n, 3)))
            module.read(infos, positions, 7, int(direction == "rtl"), *out)
            results.append(out)
        for one, other in zip(*results, strict=True):
            assert np.array_equal(one, other)
        assert (np.diff(results[0][1]) >= 0).all()


def glyphs(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
    units = rng.integers(-300, 1500, (n, 3)).astype(np.float64)
    extents = rng.normal(0.3, 0.8, (40, 4)).astype(np.float32)
    return units, rng.integers(0, 40, n).astype(np.int32), extents, rng.random(n) < 0.2


@pytest.mark.parametrize("seed", range(12))
def test_gathering_laying_and_reaching_are_the_same(fast: ModuleType, seed: int) -> None:
    rng = np.random.default_rng(seed)
    c = int(rng.integers(1, 60))
    first = np.append(0, np.cumsum(rng.integers(1, 4, c))).astype(np.int32)
    starts = np.append(0, np.cumsum(rng.integers(1, 5, c))).astype(np.int32)
    n = int(first[-1])
    source = glyphs(rng, n)
    ends = np.unique(np.append(rng.integers(1, c + 1, 4), c)).astype(np.int32)
    cuts = np.unique(rng.integers(0, starts[-1] + 1, 2 * int(rng.integers(0, 9))))
    words = cuts[: len(cuts) // 2 * 2].reshape(-1, 2).astype(np.int32)
    on_starts = starts[np.searchsorted(starts, words)]
    words = np.ascontiguousarray(on_starts[on_starts[:, 0] < on_starts[:, 1]])
    results = []
    for module in (fast, twin):
        flat = [np.empty(n), np.empty((n, 2)), np.empty((n, 2)), np.empty(n + 1)]
        flat += [np.empty(n) for _ in range(3)]
        edges = module.gather(*source, 1 / 1000, seed % 2, 0.9, 0.2, *flat)
        advances, offsets, _, along, pens, left, right = flat
        edge = np.append(0.0, along[first[ends[:-1]]]) * (-1.0 if seed % 2 else 1.0)
        row = np.cumsum(np.ones((len(ends), 3)), axis=0)
        out = [np.empty((n, 2)), np.empty((c, 3), np.int32), np.empty((c, 2))]
        out.append(np.empty((len(ends), 3)))
        share = (0.0, 0.5, 1.0)[seed % 3]
        module.lay(
            pens, left, right, advances, offsets, first, ends, edge, 31.7, 213.3, share,
            seed % 2, row, starts, *out,
        )  # fmt: skip
        parts = np.zeros((len(words) + len(ends), 3), np.int32)
        spans = np.zeros((len(words) + len(ends), 2))
        used = module.reach(words, starts, first, ends, left, right, out[3], 31.7, parts, spans)
        results.append([*flat, np.array(edges), *out, parts[:used], spans[:used]])
    for one, other in zip(*results, strict=True):
        assert np.array_equal(one, other)


def test_arrays_that_do_not_match_are_refused(fast: ModuleType) -> None:
    units, rows, extents, hangs = glyphs(np.random.default_rng(1), 5)
    flat = [np.empty(5), np.empty((5, 2)), np.empty((5, 2)), np.empty(6)]
    flat += [np.empty(5) for _ in range(3)]
    with pytest.raises(ValueError, match="array 0"):
        fast.gather(units[:4], rows, extents, hangs, 0.001, 0, 0.9, 0.2, *flat)
    with pytest.raises(IndexError, match="row 40"):
        fast.gather(units, rows + 40 - rows, extents, hangs, 0.001, 0, 0.9, 0.2, *flat)
    with pytest.raises(IndexError):
        fast.gather(units)
