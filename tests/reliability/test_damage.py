"""What was cut short, flipped, emptied or swapped is found: by `verify`, or by the next run."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from glyphdata.errors import OutputError
from glyphdata.review.verify import verify
from tests.engines.citizens import FakeRecipe, ShardSize
from tests.reliability.driving import make, seen

ONE = FakeRecipe(samples=5)
TWO = FakeRecipe(samples=10)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole") / "out"
    make(out, ONE)
    return out


def damaged(content: bytes, cuts: int, flips: int) -> Iterator[bytes]:
    dice = random.Random(22)
    for at in dice.sample(range(len(content)), cuts):
        yield content[:at]
    for bit in dice.sample(range(8 * len(content)), flips):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        yield bytes(flipped)


@pytest.mark.parametrize(
    "times", [50, pytest.param(1000, marks=[pytest.mark.slow, pytest.mark.timeout(1200)])]
)
def test_verify_finds_every_cut_and_every_flipped_bit_of_a_shard(whole: Path, times: int) -> None:
    tar = whole / "data/train-000000.tar"
    content = tar.read_bytes()
    assert verify(whole).findings == ()
    found = 0
    try:
        for broken in damaged(content, times, times):
            tar.write_bytes(broken)
            assert not verify(whole).ok
            found += 1
    finally:
        tar.write_bytes(content)
    print({"found": found})
    assert found == 2 * times
    assert verify(whole).ok


@pytest.mark.parametrize("step", [40, pytest.param(1, marks=pytest.mark.slow)])
def test_a_record_cut_short_anywhere_counts_for_nothing(tmp_path: Path, step: int) -> None:
    make(tmp_path, TWO)
    clean = seen(tmp_path)
    record = tmp_path / ".glyphdata/shards/000001.json"
    content = record.read_bytes()
    lengths = range(0, len(content.rstrip()), step)
    for length in lengths:
        record.write_bytes(content[:length])
        make(tmp_path, TWO)
        assert seen(tmp_path) == clean, length
    print({"records": len(lengths)})
    assert len(lengths) > 5


def test_a_record_of_garbage_or_of_another_shard_counts_for_nothing(tmp_path: Path) -> None:
    make(tmp_path, TWO)
    clean = seen(tmp_path)
    records = tmp_path / ".glyphdata/shards"
    dice = random.Random(7)
    garbage = [dice.randbytes(size) for size in (1, 300, 70_000)]
    others = [b"[]", b"null", b'{"format": 1}', (records / "000000.json").read_bytes()]
    for content in (*garbage, *others):
        (records / "000001.json").write_bytes(content)
        make(tmp_path, TWO)
        assert seen(tmp_path) == clean, content[:20]


def test_a_record_of_another_recipe_stops_the_run_before_a_byte_is_written(tmp_path: Path) -> None:
    make(tmp_path / "other", FakeRecipe(samples=10, seed=8))
    make(tmp_path / "out", TWO)
    name = ".glyphdata/shards/000001.json"
    shutil.copy(tmp_path / "other" / name, tmp_path / "out" / name)
    before = seen(tmp_path / "out")
    with pytest.raises(OutputError, match="another recipe") as caught:
        make(tmp_path / "out", TWO)
    assert caught.value.exit_code == 3
    assert seen(tmp_path / "out") == before


@pytest.mark.slow
def test_a_thousand_samples_grow_to_five_thousand_and_keep_their_shards(tmp_path: Path) -> None:
    size = ShardSize(100)
    make(tmp_path / "out", FakeRecipe(samples=1000, shard=size))
    first = {path.name: path.read_bytes() for path in (tmp_path / "out/data").glob("*.tar")}
    inodes = {path.name: path.stat().st_ino for path in (tmp_path / "out/data").glob("*.tar")}
    make(tmp_path / "out", FakeRecipe(samples=5000, shard=size))
    assert len(first) == 10
    for name, content in first.items():
        path = tmp_path / "out/data" / name
        assert (path.read_bytes(), path.stat().st_ino) == (content, inodes[name])
    make(tmp_path / "quiet", FakeRecipe(samples=5000, shard=size))
    assert seen(tmp_path / "out") == seen(tmp_path / "quiet")
