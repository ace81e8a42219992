"""Bytes behind a URL: what is done with an object store, and no more than that.

Nothing is ever written through an open remote file: a fault would publish what was written so far.
A finished local file is put, and an object shows once it is whole. fsspec and the store's own
package are imported when a URL is first reached, never for a folder.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeVar

from glyphdata.errors import GlyphdataError, InputError

_EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs", "abfs": "azure", "az": "azure"}
_SECRET = re.compile(r"://[^/]*:[^/]*@|[?&#]")
_ANYTHING = re.compile(r"[a-z][a-z0-9+.-]*://[^/]")
_PATTERN = re.compile(r"::|[*\[\]{}]")
_ERRNOS = {
    FileNotFoundError: errno.ENOENT,
    FileExistsError: errno.EEXIST,
    PermissionError: errno.EACCES,
}
_PIECE = 8 << 20  # of a large upload: a slow line still shows life between two of them
_MOST_PIECES = 9_000
_AT_ONCE = 32  # small objects that are asked for together
_PATIENT = {"config_kwargs": {"retries": {"max_attempts": 10, "mode": "standard"}}}
_SUCH_AS = "give a folder, or a URL such as s3://bucket/folder"


Given = TypeVar("Given")


def is_url(place: Path | str) -> bool:
    """Is this the URL of somewhere else? Paths and `file://` are here."""
    return isinstance(place, str) and "://" in place and not place.startswith("file://")


def local(place: Path | str) -> Path:
    """The path that a path or `file://` URL names."""
    return Path(place.removeprefix("file://") if isinstance(place, str) else place)


class Seen(NamedTuple):
    """An object as a listing shows it: its bytes, and what changes when its content does."""

    size: int
    tag: str


class Listing(NamedTuple):
    """The objects under some folders of a prefix, by name, and all names at its top."""

    files: dict[str, Seen]
    top: frozenset[str]


@dataclass(frozen=True, slots=True)
class Remote:
    """The objects under a URL, by their names relative to it.

    Every method raises `OSError` that names the object's URL where the store cannot do what is
    asked, after the retries of the store's own client; `InputError` where the package that knows
    the store is not installed, or where there is no such kind of store.
    """

    url: str

    @classmethod
    def of(cls, url: str) -> Self:
        """The objects under `url`; `InputError` for a URL that holds a secret or is chained."""
        if _SECRET.search(url):
            raise InputError(
                f"the URL of {url.partition('://')[0]} holds a password, a query or a fragment",
                hint="give secrets by the environment or the store's own configuration files",
            )
        if _PATTERN.search(url):
            raise InputError(f"{url} is a pattern, or chains file systems", hint=_SUCH_AS)
        if not _ANYTHING.match(url):
            raise InputError(f"{url} names no folder", hint=_SUCH_AS)
        return cls(url.rstrip("/"))

    def at(self, name: str) -> str:
        """The URL of an object."""
        return f"{self.url}/{name}"

    def listed(self, folders: Sequence[str]) -> Listing:
        """What lies right under the URL, and all objects in these folders of it, as of now."""
        files, prefix = self._store()
        found: dict[str, Seen] = {}
        with _reaching(self.url):
            files.invalidate_cache()
            try:
                top = files.ls(prefix, detail=True)
            except FileNotFoundError:
                return Listing({}, frozenset())
            names = {_below(prefix, one["name"]): one for one in top}
            names.pop("", None)  # some stores keep an empty object for the folder itself
            found |= {name: _seen(one) for name, one in names.items() if one["type"] == "file"}
            for folder in folders:
                if folder in names and names[folder]["type"] != "file":
                    inside = files.find(f"{prefix}/{folder}", detail=True)
                    found |= {_below(prefix, one["name"]): _seen(one) for one in inside.values()}
        return Listing(found, frozenset(names))

    def put(self, file: Path, name: str, beat: Callable[[], None] | None = None) -> None:
        """Put a whole local file there; `beat` is called now and then while it is on its way."""
        from fsspec.callbacks import Callback

        files, prefix = self._store()

        def hear(_size: int, _value: int, **_more: object) -> None:
            if beat is not None:
                beat()

        with _reaching(self.at(name)):
            size = max(_PIECE, -(-file.stat().st_size // _MOST_PIECES))
            pieces = {"chunksize": size} if "s3" in _kinds(files) else {}
            callback = Callback(hooks={"beat": hear})
            files.put_file(str(file), f"{prefix}/{name}", callback=callback, **pieces)

    def create(self, content: bytes, name: str) -> bool:
        """Put a new object there; False, and nothing changed, where there is one already.

        Of several that create the same object at once one alone succeeds, where the store has
        conditional writes.
        """
        files, prefix = self._store()
        try:
            with _reaching(self.at(name)):
                files.pipe_file(f"{prefix}/{name}", content, mode="create")
        except FileExistsError:
            return False
        return True

    def remove(self, names: Sequence[str]) -> None:
        """Remove these objects, several at a time; those that are not there are no fault."""
        files, prefix = self._store()

        def gone(name: str) -> None:
            with suppress(FileNotFoundError), _reaching(self.at(name)):
                files.rm_file(f"{prefix}/{name}")

        for _ in _each(gone, names):
            pass

    def stretch(self, name: str, start: int, size: int) -> bytes:
        """The `size` bytes of an object from `start` on, fewer where it ends."""
        if size <= 0:
            return b""
        files, prefix = self._store()
        with _reaching(self.at(name)):
            return bytes(files.cat_file(f"{prefix}/{name}", start=start, end=start + size))

    def fetch(self, name: str, file: Path) -> None:
        """Copy an object to a local file."""
        files, prefix = self._store()
        with _reaching(self.at(name)):
            files.get_file(f"{prefix}/{name}", str(file))

    def read(self, names: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
        """Small objects and what they hold, several at a time; None for one that has gone."""
        files, prefix = self._store()

        def content(name: str) -> tuple[str, bytes | None]:
            with suppress(FileNotFoundError), _reaching(self.at(name)):
                return name, bytes(files.cat_file(f"{prefix}/{name}"))
            return name, None

        return _each(content, names)

    def abort_uploads(self, wanted: Callable[[str], bool]) -> int:
        """Abort the unfinished uploads of objects that are `wanted`, by name; how many there were.

        Only S3 keeps such, and takes money for them: a process that was killed while it uploaded
        leaves one. Only those under this URL are looked at.
        """
        files, prefix = self._store()
        if "s3" not in _kinds(files):
            return 0
        bucket, _, inside = prefix.partition("/")
        inside += "/" if inside else ""
        aborted, more = 0, dict[str, str]()
        with _reaching(self.url):
            while True:
                page = files.call_s3("list_multipart_uploads", Bucket=bucket, Prefix=inside, **more)
                for one in page.get("Uploads", ()):
                    if wanted(one["Key"].removeprefix(inside)):
                        files.call_s3(
                            "abort_multipart_upload",
                            Bucket=bucket,
                            Key=one["Key"],
                            UploadId=one["UploadId"],
                        )
                        aborted += 1
                if not page.get("IsTruncated"):
                    return aborted
                more = {
                    "KeyMarker": page["NextKeyMarker"],
                    "UploadIdMarker": page["NextUploadIdMarker"],
                }

    def _store(self) -> tuple[Any, str]:
        """The store's file system, and our prefix in its words, without a slash at the end."""
        from fsspec.core import url_to_fs

        kind = self.url.partition("://")[0]
        patient = kind in ("s3", "s3a") and "AWS_MAX_ATTEMPTS" not in os.environ
        with _reaching(self.url):
            try:
                files, prefix = url_to_fs(self.url, **(_PATIENT if patient else {}))
            except ImportError as fault:
                extra = _EXTRAS.get(kind)
                hint = f"pip install 'glyphdata[{extra}]'" if extra else str(fault)
                raise InputError(f"{kind}:// needs a package that is not here", hint=hint) from None
            except ValueError as fault:
                raise InputError(f"{self.url} names no storage: {fault}", hint=_SUCH_AS) from None
        return files, str(prefix).rstrip("/")


def _each(ask: Callable[[str], Given], things: Sequence[str]) -> Iterator[Given]:
    """What comes of asking for each thing, in order; several are asked for at a time."""
    if len(things) < 2:
        yield from map(ask, things)
        return
    with ThreadPoolExecutor(min(_AT_ONCE, len(things))) as pool:
        yield from pool.map(ask, things)


def _kinds(files: Any) -> tuple[str, ...]:
    kinds = files.protocol
    return (kinds,) if isinstance(kinds, str) else tuple(kinds)


def _below(prefix: str, name: str) -> str:
    """The name under the prefix; stores differ in whether their names begin with a slash."""
    return name.lstrip("/").removeprefix(prefix.lstrip("/")).strip("/")


def _seen(told: Mapping[str, Any]) -> Seen:
    tags = ("ETag", "etag", "md5Hash", "content_md5", "mtime", "LastModified", "updated")
    tag = next((told[one] for one in (*tags, "last_modified", "created") if told.get(one)), "")
    return Seen(int(told.get("size") or 0), str(tag).strip('"'))


@contextmanager
def _reaching(place: str) -> Iterator[None]:
    """Turn whatever a store's client raises into an `OSError` about `place`."""
    try:
        yield
    except GlyphdataError:
        raise
    except OSError as fault:
        known = next((code for kind, code in _ERRNOS.items() if isinstance(fault, kind)), None)
        code = known or fault.errno or errno.EIO
        raise OSError(code, fault.strerror or str(fault) or type(fault).__name__, place) from fault
    except Exception as fault:
        # Clients raise errors of their own, which no one but they can name.
        raise OSError(errno.EIO, f"{type(fault).__name__}: {fault}", place) from fault
