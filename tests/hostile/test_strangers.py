"""Shards, lists and addresses from strangers: refused by every reader, and nothing is run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from glyphdata.errors import GlyphdataError
from glyphdata.review.stats import stats_of
from glyphdata.review.verify import verify
from glyphdata.review.view.exhibit import Exhibit
from glyphdata.shards.dataset import Dataset
from glyphdata.train.source import Shards
from tests.hostile.strangers import ATTACKS, member, tarred


def _read(root: Path) -> object:
    return [record.members for record in Dataset(root)]


def _trained_on(root: Path) -> object:
    source = Shards(root)
    return [source.pictures(number)[0].files() for number in range(len(source))]


def _viewed(root: Path) -> object:
    found = Exhibit(root).now()
    if found.source.warnings:
        raise GlyphdataError("; ".join(found.source.warnings))
    return found


READERS: dict[str, Callable[[Path], object]] = {
    "Dataset": _read,
    "train": _trained_on,
    "stats": stats_of,
}


def stranger(root: Path, data: bytes) -> Path:
    """A dataset without an index, of one shard."""
    (root / "data").mkdir(parents=True)
    (root / "data" / "train-000000.tar").write_bytes(data)
    return root


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_stranger_s_shard_is_refused_by_all_and_nothing_is_run(
    attack: str, tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    root = stranger(tmp_path / "deep" / "set", ATTACKS[attack](marker))
    before = sorted(tmp_path.rglob("*"))
    for name, read in READERS.items():
        with pytest.raises(GlyphdataError) as refused:
            read(root)
        assert str(refused.value), name
    found = verify(root)
    assert "shard" in {finding.code for finding in found.findings}
    assert sorted(tmp_path.rglob("*")) == before


def test_a_sound_shard_of_a_stranger_is_read(tmp_path: Path) -> None:
    root = stranger(tmp_path, tarred(member("000000-0001.json")))
    assert len(Dataset(root)) == len(Shards(root)) == 2
    assert "shard" not in {finding.code for finding in verify(root, deep=False).findings}


@pytest.mark.parametrize("attack", ["pickle", "outside", "symlink", "large", "twice"])
def test_the_viewer_shows_no_sample_of_such_a_shard(attack: str, tmp_path: Path) -> None:
    root = stranger(tmp_path / "set", ATTACKS[attack](tmp_path / "marker"))
    exhibit = Exhibit(root)
    warnings = exhibit.now().source.warnings
    assert any("train-000000" in one for one in warnings), warnings
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize("way", ["pipe:", "pipe: ", "|", "file:|", "local::pipe:"])
def test_an_address_is_never_a_command(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for address in (f"{way}touch marker", f"{way}touch marker; cat .tar"):
        for read in (*READERS.values(), verify):
            with pytest.raises(GlyphdataError):
                read(Path(address))
        with pytest.raises(GlyphdataError):
            Shards(address)
    assert list(tmp_path.iterdir()) == []


def test_a_shard_that_is_a_link_out_of_the_dataset_is_read_as_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"root:x:0:0\n" * 200)
    root = tmp_path / "set"
    (root / "data").mkdir(parents=True)
    (root / "data" / "train-000000.tar").symlink_to(tmp_path / "secret")
    for read in READERS.values():
        with pytest.raises(GlyphdataError) as refused:
            read(root)
        assert "root:x" not in str(refused.value)
    assert all("root:x" not in finding.message for finding in verify(root).findings)
