"""Archives that were fetched, kept by package, version and digest."""

from __future__ import annotations

import base64
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import new
from pathlib import Path
from tempfile import TemporaryDirectory

from glyphdata.errors import OutputError

_DRAFT = ".draft-"
_ABANDONED_S = 24 * 3600.0
_NAME = re.compile(r"(?P<version>.+)=(?P<kind>sha256|sha512)-(?P<digest>[0-9a-f]{64,128})")


@dataclass(frozen=True, slots=True)
class Kept:
    """An archive on disk that has the digest it was promised to have."""

    package: str
    version: str
    path: Path
    kind: str
    digest: str

    @property
    def size(self) -> int:
        """Its bytes."""
        return self.path.stat().st_size

    @property
    def integrity(self) -> str:
        """Its digest as its registry writes it: `sha256=…` in hexadecimal, `sha512-…` in base64."""
        if self.kind == "sha256":
            return f"sha256={self.digest}"
        return f"{self.kind}-{base64.b64encode(bytes.fromhex(self.digest)).decode()}"


def cache_folder() -> Path:
    """Where archives are kept: `glyphdata/fonts` in `$XDG_CACHE_HOME`, by default `~/.cache`."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    try:
        home = Path(named) if Path(named).is_absolute() else Path.home() / ".cache"
    except RuntimeError:
        raise OutputError("there is no home to keep files in", hint="set XDG_CACHE_HOME") from None
    return home / "glyphdata" / "fonts"


class Cache:
    """A folder of archives; what is in it is whole, for it is moved there when it is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, package: str) -> Kept | None:
        """The newest version kept of a package; a file that has changed since is removed."""
        names = [_NAME.fullmatch(path.name) for path in self._shelf(package).glob("*=*")]
        found = sorted(filter(None, names), key=lambda name: (_rank(name["version"]), name[0]))
        for name in reversed(found):
            path = self._shelf(package) / name[0]
            if _digest(path, name["kind"]) == name["digest"]:
                return Kept(package, name["version"], path, name["kind"], name["digest"])
            path.unlink()
        return None

    def keep(self, package: str, version: str, kind: str, draft: Path) -> Kept:
        """Take over a file that was fetched, into its place, by its digest of `kind`."""
        digest = _digest(draft, kind)
        path = self._shelf(package) / f"{version}={kind}-{digest}"
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.replace(path)
        return Kept(package, version, path, kind, digest)

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """A folder beside what is kept, gone afterwards; those of runs that were killed go too."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for left in self.folder.glob(f"{_DRAFT}*"):
            if left.stat().st_mtime < time.time() - _ABANDONED_S:
                shutil.rmtree(left, ignore_errors=True)
        with TemporaryDirectory(dir=self.folder, prefix=_DRAFT) as folder:
            yield Path(folder)

    def _shelf(self, package: str) -> Path:
        return self.folder / package.replace("/", "+")


def _digest(path: Path, kind: str) -> str:
    digest = new(kind)
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _rank(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)))
