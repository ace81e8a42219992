"""Tars that others wrote, some of them with ill intent."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glyphdata.errors import InputError
from glyphdata.shards import tarread


def a_tar(*infos: tarfile.TarInfo, form: int = tarfile.USTAR_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as tar:
        for info in infos:
            tar.addfile(info, io.BytesIO(b"x" * info.size))
    return out.getvalue()


def a_file(name: str, size: int = 3, **fields: object) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = size
    for field, value in fields.items():
        setattr(info, field, value)
    return info


def names_in(content: bytes) -> list[str]:
    read = tarread.members(lambda at, count: content[at : at + count], len(content))
    return [f"{one.key}.{one.extension}" for one in read]


def test_folders_gnu_headers_and_pax_times_are_read_over() -> None:
    folder = a_file("set", 0, type=tarfile.DIRTYPE)
    content = a_tar(folder, a_file("set/a.jpg", mtime=1.5), form=tarfile.PAX_FORMAT)
    assert names_in(content) == ["set/a.jpg"]
    assert names_in(a_tar(a_file("./a.b.json"), form=tarfile.GNU_FORMAT)) == ["a.b.json"]


@pytest.mark.parametrize(
    ("infos", "words"),
    [
        ([a_file("a.jpg", 0, type=tarfile.SYMTYPE, linkname="/etc/passwd")], "no regular file"),
        ([a_file("a.jpg", 0, type=tarfile.LNKTYPE, linkname="b")], "no regular file"),
        ([a_file("a.jpg", 0, type=tarfile.CHRTYPE)], "no regular file"),
        ([a_file("a.jpg", 0, type=tarfile.FIFOTYPE)], "no regular file"),
        ([a_file("../a.jpg")], "leads outside"),
        ([a_file("b/../../a.jpg")], "leads outside"),
        ([a_file("/a.jpg")], "leads outside"),
        ([a_file("a\\b.jpg")], "leads outside"),
        ([a_file("a\nb.jpg")], "leads outside"),
        ([a_file("noextension")], "no key or no extension"),
        ([a_file(".hidden")], "no key or no extension"),
        ([a_file("a.pkl")], "could run code"),
        ([a_file("a.x.PTH")], "could run code"),
        ([a_file("a.pickle.gz")], "could run code"),
        ([a_file("a.npy")], "could run code"),
        ([a_file("a.jpg"), a_file("a.jpg")], "two members"),
        ([a_file("a.jpg"), a_file("b.jpg"), a_file("a.txt")], "comes twice"),
    ],
)
def test_what_is_not_a_plain_member_is_refused(infos: list[tarfile.TarInfo], words: str) -> None:
    with pytest.raises(InputError, match=words):
        names_in(a_tar(*infos))


def test_a_pax_record_that_renames_or_resizes_is_refused() -> None:
    for fields in ({"path": "../evil.jpg"}, {"size": "0"}, {"linkpath": "/etc"}):
        info = a_file("a.jpg", pax_headers=fields)
        with pytest.raises(InputError, match=f"changes a member's '{next(iter(fields))}'"):
            names_in(a_tar(info, form=tarfile.PAX_FORMAT))


def test_a_size_that_lies_is_refused() -> None:
    content = a_tar(a_file("a.jpg"))
    with pytest.raises(InputError, match="more bytes than the tar has"):
        names_in(a_file("a.jpg", 8**9).tobuf(tarfile.USTAR_FORMAT) + content[512:])
    with pytest.raises(InputError, match="claims"):
        names_in(a_file("a.jpg", 8**11 - 1).tobuf(tarfile.USTAR_FORMAT) + content[512:])


def test_every_cut_is_noticed() -> None:
    whole = a_tar(*(a_file(f"{n}.{kind}", 700) for n in range(3) for kind in ("jpg", "txt")))
    content = whole.rstrip(b"\0")
    least = len(content) + -len(content) % 512 + 1024
    assert len(names_in(whole[:least])) == 6
    for end in [*range(0, least, 97), *range(0, least, 512), least - 1]:
        with pytest.raises(InputError):
            names_in(whole[:end])


def test_something_behind_the_end_is_noticed() -> None:
    with pytest.raises(InputError, match="behind the end"):
        names_in(a_tar(a_file("a.jpg")) + a_tar(a_file("b.jpg")))


@given(st.integers(0, 511), st.integers(1, 255))
def test_every_flipped_byte_in_a_header_is_noticed(place: int, change: int) -> None:
    content = bytearray(a_tar(a_file("a.jpg")))
    content[place] ^= change
    before = bytes(content)
    if not (148 <= place < 156):  # the checksum's own spelling has some freedom
        with pytest.raises(InputError):
            names_in(before)


@settings(max_examples=300)
@given(st.binary(max_size=3000))
def test_no_bytes_make_it_stumble(content: bytes) -> None:
    with pytest.raises(InputError):
        names_in(content.rstrip(b"\0") or b"x")


def test_a_missing_file_is_the_users_fault(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        list(tarread.open_tar(tmp_path / "none.tar"))
