"""Tars that we write: the same bytes always, read alike by everyone."""

from __future__ import annotations

import gc
import hashlib
import os
import random
import subprocess
import tarfile
from pathlib import Path

import pytest
import webdataset

from glyphdata.errors import OutputError
from glyphdata.shards import tarread
from glyphdata.shards.ustar import UstarWriter, header

EXTENSIONS = ("jpg", "json", "layout.json", "txt")


def written(path: Path, samples: int = 7) -> tuple[UstarWriter, dict[str, bytes]]:
    contents: dict[str, bytes] = {}
    random_bytes = random.Random(1)
    file = os.open(path, os.O_RDWR | os.O_CREAT)
    tar = UstarWriter(file)
    for sample in range(samples):
        key = f"000000-{sample:04d}"
        sizes = (random_bytes.choice((0, 1, 511, 512, 513, 5000)) for _ in EXTENSIONS)
        members = [random_bytes.randbytes(size) for size in sizes]
        offsets = tar.add(key, EXTENSIONS, members)
        for extension, content, offset in zip(EXTENSIONS, members, offsets, strict=True):
            contents[f"{key}.{extension}"] = content
            assert os.pread(file, len(content), offset) == content
    tar.end()
    os.close(file)
    return tar, contents


def test_tarfile_and_tar_and_our_reader_find_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "one.tar"
    _, contents = written(path)
    with tarfile.open(path) as tar:
        names = tar.getnames()
        assert {name: tar.extractfile(name).read() for name in names} == contents  # type: ignore[union-attr]
        info = tar.getmember(names[0])
        assert (info.mtime, info.uid, info.gid, info.uname, info.mode) == (0, 0, 0, "", 0o644)
        assert info.isreg()
        assert not tar.pax_headers
    listed = subprocess.run(["tar", "tf", path], capture_output=True, text=True, check=True)
    assert (listed.stdout.split(), listed.stderr) == (list(contents), "")
    raw = path.read_bytes()
    ours = {
        f"{one.key}.{one.extension}": raw[one.content : one.content + one.size]
        for one in tarread.open_tar(path)
    }
    assert ours == contents


# It leaves its files for the garbage collector to close.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_webdataset_reads_the_same_bytes(tmp_path: Path) -> None:
    _, contents = written(tmp_path / "one.tar")
    read = webdataset.WebDataset(str(tmp_path / "one.tar"), shardshuffle=False)
    found = {
        f"{sample['__key__']}.{name}": content
        for sample in read
        for name, content in sample.items()
        if not name.startswith("__")
    }
    del read
    gc.collect()
    assert found == contents


def test_size_and_checksum_are_those_of_the_file_and_do_not_change(tmp_path: Path) -> None:
    first, _ = written(tmp_path / "one.tar")
    second, _ = written(tmp_path / "two.tar")
    raw = (tmp_path / "one.tar").read_bytes()
    assert first.size == len(raw)
    assert first.sha256() == hashlib.sha256(raw).hexdigest() == second.sha256()


def test_a_header_is_what_tarfile_would_write() -> None:
    info = tarfile.TarInfo("000000-0017.jpg")
    info.size = 12345
    info.mode = 0o644
    theirs = info.tobuf(tarfile.USTAR_FORMAT)
    assert header("000000-0017.jpg", 12345) == theirs


@pytest.mark.parametrize(("name", "size"), [("a" * 101, 1), ("é.jpg", 1), ("a.jpg", 8**11)])
def test_what_does_not_fit_a_header_is_refused(name: str, size: int) -> None:
    with pytest.raises(OutputError):
        header(name, size)
