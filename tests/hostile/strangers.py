"""Tars that a stranger made, each with an attack in it; were one to work, a marker would appear."""

from __future__ import annotations

import io
import os
import pickle
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Payload:
    """What makes `path` when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.mkdir, (str(self.path),))


def member(name: str, content: bytes = b"{}", **fields: object) -> tuple[tarfile.TarInfo, bytes]:
    """A member with any fields of its header set."""
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, content


def tarred(*members: tuple[tarfile.TarInfo, bytes], form: int = tarfile.USTAR_FORMAT) -> bytes:
    """These members as a tar, a sound picture's facts first."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as tar:
        for info, content in (member("000000-0000.json"), *members):
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def _lying(size: bytes) -> bytes:
    """A tar whose last member states this size, its header's checksum right."""
    data = bytearray(tarred(member("000000-0001.json")))
    at = 1024
    data[at + 124 : at + 136] = size
    total = sum(data[at : at + 148]) + 256 + sum(data[at + 156 : at + 512])
    data[at + 148 : at + 156] = b"%06o\0 " % total
    return bytes(data)


def _linked(kind: bytes, target: str = "/etc/passwd") -> bytes:
    return tarred(member("000000-0001.json", b"", type=kind, linkname=target))


def _sparse(form: int) -> bytes:
    if form == tarfile.GNU_FORMAT:
        return tarred(member("000000-0001.json", b"", type=tarfile.GNUTYPE_SPARSE), form=form)
    told = {"GNU.sparse.major": "1", "GNU.sparse.realsize": "9999999999", "GNU.sparse.name": "x"}
    return tarred(member("000000-0001.json", b"1\n0\n1\n", pax_headers=told), form=form)


def _renamed(**told: str) -> bytes:
    return tarred(member("000000-0001.json", pax_headers=told), form=tarfile.PAX_FORMAT)


ATTACKS: dict[str, Callable[[Path], bytes]] = {
    "pickle": lambda marker: tarred(member("000000-0001.pkl", pickle.dumps(Payload(marker)))),
    "pyd": lambda marker: tarred(member("000000-0001.pyd", pickle.dumps(Payload(marker)))),
    "torch": lambda marker: tarred(member("000000-0001.pth", pickle.dumps(Payload(marker)))),
    "objects": lambda marker: tarred(member("000000-0001.npy", pickle.dumps(Payload(marker)))),
    "hidden pickle": lambda marker: tarred(
        member("000000-0001.x.pickle.gz", pickle.dumps(Payload(marker)))
    ),
    "outside": lambda marker: tarred(member(f"../../{marker.name}/0.json")),
    "absolute": lambda marker: tarred(member(f"{marker}/0.json")),
    "inner dots": lambda marker: tarred(member("a/../../0.json")),
    "backslash": lambda marker: tarred(member("..\\..\\0.json")),
    "symlink": lambda _: _linked(tarfile.SYMTYPE),
    "hardlink": lambda _: _linked(tarfile.LNKTYPE),
    "device": lambda _: _linked(tarfile.CHRTYPE),
    "fifo": lambda _: _linked(tarfile.FIFOTYPE),
    "long link": lambda _: tarred(
        member("000000-0001.json", b"", type=tarfile.SYMTYPE, linkname="/" + "a" * 300),
        form=tarfile.GNU_FORMAT,
    ),
    "long name": lambda _: tarred(member("a/" * 80 + "b.json"), form=tarfile.GNU_FORMAT),
    "twice": lambda _: tarred(member("000000-0001.json"), member("000000-0001.json")),
    "torn": lambda _: tarred(member("000000-0001.json"), member("000000-0000.txt", b"again")),
    "large": lambda _: _lying(b"77777777777\0"),
    "larger": lambda _: _lying(b"\x80" + bytes(3) + b"\x7f" * 8),
    "negative": lambda _: _lying(b"\xff" * 12),
    "no number": lambda _: _lying(b"-0000000001\0"),
    "pax path": lambda marker: _renamed(path=f"../../{marker.name}.json"),
    "pax size": lambda _: _renamed(size="0"),
    "pax link": lambda _: _renamed(linkpath="/etc/passwd"),
    "gnu sparse": lambda _: _sparse(tarfile.GNU_FORMAT),
    "pax sparse": lambda _: _sparse(tarfile.PAX_FORMAT),
    "cut": lambda _: tarred(member("000000-0001.json", b"x" * 2000))[:3000],
    "no tar": lambda _: b"\x1f\x8b" + bytes(5000),
}
"""By name, a tar that must be refused; each is given where the marker would appear."""
