"""Tars as webdataset and img2dataset write them."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from glyphdata.errors import InputError
from tests.convert.importers.sourcing import imported, importer, photo, put, samples


def _tar(path: Path, *members: tuple[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def test_pictures_stay_in_their_tars_until_they_are_made(tmp_path: Path) -> None:
    source, first = tmp_path / "s", photo(seed=1)
    _tar(
        source / "00000.tar",
        ("000.jpg", first),
        ("000.json", json.dumps({"caption": "from json", "LICENSE": "CC-BY"}).encode()),
        ("000.txt", b"from txt\n"),
        ("001.jpg", photo(seed=2)),
        ("001.json", json.dumps({"caption": "only json"}).encode()),
    )
    _tar(source / "00001.tar", ("000.JPEG", photo(seed=3)), ("009.cls", b"7"))
    summary = imported("webdataset", source, tmp_path / "out")
    assert [spot.message for spot in summary.quarantined] == [
        "00001.tar/009: it has no picture but cls"
    ]
    found = samples(tmp_path / "out")
    assert {name: one.text for name, one in found.items()} == {
        "00000.tar/000": "from txt",
        "00000.tar/001": "only json",
        "00001.tar/000": "",
    }
    assert found["00000.tar/000"].picture == first
    assert found["00000.tar/000"].facts["origin"]["license"] == "CC-BY"


@pytest.mark.parametrize("name", ["../../out.jpg", "/abs.jpg", "000.pkl", "a/../../b.jpg"])
def test_a_tar_that_reaches_out_or_could_run_code_is_refused(tmp_path: Path, name: str) -> None:
    _tar(tmp_path / "a.tar", (name, photo()))
    with pytest.raises(InputError, match=r"a\.tar"):
        list(importer("webdataset").read(tmp_path))


def test_a_link_in_a_tar_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        info = tarfile.TarInfo("000.jpg")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(info)
    with pytest.raises(InputError, match="no regular file"):
        list(importer("webdataset").read(tmp_path))


def test_a_tar_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    whole = _tar(tmp_path / "a.tar", ("000.jpg", photo())).read_bytes()
    put(tmp_path / "a.tar", whole[:1500])
    with pytest.raises(InputError, match=r"a\.tar"):
        list(importer("webdataset").read(tmp_path))
