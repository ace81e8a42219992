"""Archives that must not be opened, and those that may."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from glyphdata.errors import InputError
from glyphdata.faces.pull import archive
from glyphdata.faces.pull.archive import members
from glyphdata.faces.pull.fault import Unfetched
from tests.faces.pull.forging import OFL, font, tarball, wheel


def odd(name: str, kind: bytes = tarfile.REGTYPE, target: str = "", size: int = 0) -> bytes:
    """A tarball with one font, and one entry of another kind."""
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname, entry.size = kind, target, size
    return tarball({"a.ttf": font()}, entry)


def zipped(*entries: tuple[str, bytes], mode: int = stat.S_IFREG | 0o644) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for path, data in entries:
            entry = zipfile.ZipInfo(path)
            entry.external_attr, entry.compress_type = mode << 16, zipfile.ZIP_DEFLATED
            made.writestr(entry, data)
    return out.getvalue()


def marked(data: bytes, bit: int) -> bytes:
    """A zip whose entries have a flag set, in both of their headers."""
    out = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        out[data.index(signature) + offset] |= bit
    return bytes(out)


def fault(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "it.bin"
    path.write_bytes(data)
    with pytest.raises(Unfetched, match=r"it\.bin: ") as raised:
        next(members(path))
    assert isinstance(raised.value, InputError)
    assert raised.value.hint
    return raised.value.reason


def test_a_wheel_gives_its_fonts_and_licence_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.whl"
    path.write_bytes(wheel("fontpkg-a", {"A.ttf": font(), "metadata.json": b"{}", "a.py": b""}))
    found = dict(members(path))
    assert sorted(found) == [
        "fontpkg_a-1.0.dist-info/licenses/LICENSE",
        "fontpkg_a/files/A.ttf",
        "fontpkg_a/files/metadata.json",
    ]
    assert found["fontpkg_a/files/A.ttf"] == font()


def test_a_tarball_gives_its_fonts_and_licence_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.tgz"
    path.write_bytes(
        tarball({"x/A.TTF": font(), "LICENSE_FONT": OFL, "index.js": b"", "x/._A.ttf": b"mac"})
    )
    assert dict(members(path)) == {"package/x/A.TTF": font(), "package/LICENSE_FONT": OFL}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (odd("../evil.ttf"), "path-escape"),
        (odd("package/../../evil.ttf"), "path-escape"),
        (odd("/etc/evil.ttf"), "path-escape"),
        (odd("C:evil.ttf"), "path-escape"),
        (odd("package/b.ttf", tarfile.SYMTYPE, "/etc/passwd"), "link"),
        (odd("package/b.ttf", tarfile.LNKTYPE, "package/a.ttf"), "link"),
        (odd("package/b.ttf", tarfile.CHRTYPE), "device"),
        (odd("package/b.ttf", tarfile.FIFOTYPE), "device"),
        (odd("package/a.ttf"), "twice"),
        (odd("package/./a.ttf"), "twice"),
        (odd("package/b.bin", size=3 << 20), "swells"),
        (odd("package/b.ttf")[:-700], "damaged"),
        (zipped(("../evil.ttf", b"x")), "path-escape"),
        (zipped(("a\\..\\evil.ttf", b"x")), "path-escape"),
        (zipped(("a.ttf", b"/etc/passwd"), mode=stat.S_IFLNK | 0o777), "link"),
        (zipped(("a.ttf", b""), mode=stat.S_IFBLK | 0o600), "device"),
        (zipped(("a.ttf", b"x"), ("./a.ttf", b"y")), "twice"),
        (zipped(("a.ttf", bytes(3 << 20))), "swells"),
        (marked(zipped(("a.ttf", b"x")), 1), "encrypted"),
        (zipped(("a.ttf", b"x"))[:-8], "damaged"),
        (zipped(("a.ttf", b"abc")).replace(b"PK\x01\x02", b"PK\x01\x03", 1), "damaged"),
        (b"OTTO and more", "not-an-archive"),
        (b"", "not-an-archive"),
    ],
)
def test_what_must_not_be_opened_is_refused_before_a_byte_comes_out(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    assert fault(tmp_path, data) == reason


def test_a_member_or_an_archive_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = zipped(("a.ttf", font()), ("b.ttf", font("Other")))
    monkeypatch.setattr(archive, "LARGEST_MEMBER", len(font()) - 1)
    assert fault(tmp_path, data) == "too-large"
    assert fault(tmp_path, tarball({"a.ttf": font()})) == "too-large"
    monkeypatch.undo()
    monkeypatch.setattr(archive, "LARGEST_TOTAL", 2 * len(font()) - 100)
    assert fault(tmp_path, data) == "too-large"
    monkeypatch.undo()
    monkeypatch.setattr(archive, "MOST_MEMBERS", 1)
    assert fault(tmp_path, data) == "too-many"


def test_a_tar_header_that_asks_for_gigabytes_is_not_believed(tmp_path: Path) -> None:
    entry = tarfile.TarInfo("package/LICENSE")
    entry.type, entry.size = tarfile.XHDTYPE, 3 << 30
    head = entry.tobuf(tarfile.USTAR_FORMAT)

    assert fault(tmp_path, gzip.compress(head + bytes(10240))) in ("too-large", "damaged")


def test_a_zip_that_states_less_than_it_holds_is_damaged(tmp_path: Path) -> None:
    data = bytearray(zipped(("a.ttf", bytes(5000))))
    at = bytes(data).index(b"PK\x01\x02") + 24
    data[at : at + 4] = (100).to_bytes(4, "little")
    assert fault(tmp_path, bytes(data)) == "damaged"
