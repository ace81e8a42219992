"""Photographs and texts that lie behind a URL: fetched once into the cache, then files like others.

What was fetched is kept under a digest of the URL and of each file's name, size and tag (what a
store changes with the content), so that another content is fetched anew, and processes may share
it. It lies in `$GLYPHDATA_CACHE/fetched`, else in `glyphdata/fetched` of the user's cache folder,
and may be deleted at any time no run is under way.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp
from typing import Any

from glyphdata.errors import InputError
from glyphdata.parts.textcache import cache_folder

_REFUSED = re.compile(r"://[^/]*:[^/]*@|[?&#*\[\]{}]|::")
_TAGS = ("ETag", "etag", "md5Hash", "content_md5", "LastModified", "updated", "mtime", "created")


def is_url(place: str) -> bool:
    """Does this name something elsewhere? A `file://` URL does not."""
    return "://" in place and not place.startswith("file://")


def fetched_file(url: str) -> Path:
    """The file behind a URL, here; `InputError` where it cannot be fetched."""
    with _reaching(url):
        files, inside = _opened(url)
        name = PurePosixPath(inside).name
        told = files.info(inside)
        if told["type"] != "file":
            raise FileNotFoundError("it is no file")
        return _kept(url, files, {name: told}) / name


def fetched_folder(url: str, wanted: Callable[[str], bool], *, recursive: bool) -> Path:
    """A folder with the files under a URL whose names are wanted; `recursive` looks deeper.

    It has the name of the folder behind the URL. `InputError` where it cannot be fetched.
    """
    with _reaching(url):
        files, inside = _opened(url)
        start = f"{inside.strip('/')}/"
        found = files.find(inside, detail=True, maxdepth=None if recursive else 1)
        below = {path.lstrip("/").removeprefix(start): told for path, told in found.items()}
        kept = {name: told for name, told in below.items() if _plain(name) and wanted(name)}
        if not kept:
            raise FileNotFoundError("nothing that is wanted lies there")
        name = PurePosixPath(inside).name
        return _kept(url, files, {f"{name}/{one}": told for one, told in kept.items()}) / name


def _plain(name: str) -> bool:
    """Is this a name within the folder, no part of it hidden?"""
    parts = PurePosixPath(name).parts
    return bool(parts) and not any(part.startswith(".") for part in parts) and "\\" not in name


def _kept(url: str, files: Any, wanted: Mapping[str, Mapping[str, Any]]) -> Path:
    """The folder in the cache with these files, by their names there; fetched unless it is there.

    Files lie in a folder named by what they are, which appears whole or not at all.
    """
    known = [(name, told["size"], _tag(told)) for name, told in sorted(wanted.items())]
    digest = blake2b(repr((url, known)).encode("utf-8", "surrogateescape"), digest_size=12)
    home = cache_folder() / "fetched"
    place = home / digest.hexdigest()
    if place.is_dir():
        return place
    home.mkdir(parents=True, exist_ok=True)
    draft = Path(mkdtemp(prefix=".part-", dir=home))
    try:
        for name, told in sorted(wanted.items()):
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            files.get_file(told["name"], str(draft / name))
        try:
            draft.rename(place)
        except OSError:
            if not place.is_dir():  # or another process was quicker, and brought the same
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return place


def _tag(told: Mapping[str, Any]) -> str:
    return str(next((told[one] for one in _TAGS if told.get(one)), ""))


def _opened(url: str) -> tuple[Any, str]:
    from fsspec.core import url_to_fs

    files, inside = url_to_fs(url.rstrip("/"))
    files.invalidate_cache()
    return files, str(inside)


@contextmanager
def _reaching(url: str) -> Iterator[None]:
    """Turn whatever goes wrong into an `InputError` about the URL, which must hold no secret."""
    if _REFUSED.search(url):
        raise InputError(
            f"the URL of {url.partition('://')[0]} holds a password, a query or a pattern",
            hint="give secrets by the environment, and name one file or folder",
        )
    try:
        yield
    except ImportError as fault:
        raise InputError(
            f"{url} needs a package that is not here: {fault}",
            hint="pip install 'glyphdata[s3]', or [gcs], or [azure]",
        ) from None
    except Exception as fault:
        # Clients of stores raise errors of their own, which no one but they can name.
        reason = getattr(fault, "strerror", None) or str(fault) or type(fault).__name__
        raise InputError(
            f"{url} cannot be fetched: {reason}", hint="check the URL, and who may read there"
        ) from fault
