"""The local mirror of a dataset that lies behind a URL: all of it but what is in its shards.

The records, the index, the claim, the manifest and the captions are small: they are kept as files
in the user's cache, so that whoever reads a dataset's files reads these. What lies behind the URL
is the truth, and `refresh` makes the mirror follow it. A tar or a picture of the card is there as a
stand-in of the same length that takes no room; `stretches` reads the real one. What is published
into a mirror is put behind the URL first.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

import orjson

from glyphdata.errors import InputError
from glyphdata.shards.storage import Listing, Remote, Seen, is_url, local

_FOLDERS = (".glyphdata", "captions", "data", "index", "samples")
_TAR = re.compile(r"data/train-(\d+)\.tar")
_STANDS_IN = re.compile(_TAR.pattern + r"|samples/\d{6,}-\d{4,}(-\d{2,})?\.(jpg|png|webp)")
_KEPT = re.compile(
    r"README\.md|croissant\.json|SHA256SUMS|data/sizes\.json|captions/manifest\.json"
    r"|captions/train-\d{6,}\.jsonl|index/(index\.parquet|part-\d{6,}\.jsonl)"
    r"|\.glyphdata/((recipe|manifest)\.json|flags\.jsonl|shards/\d{6,}\.json)"
)
_COLLAPSED = re.compile(r"(s3a?|gs|gcs|az|abfss?|memory):/[^/]")  # what a Path makes of a URL
_LOG = ".glyphdata/log.jsonl"  # each machine's own, joined when it is put
FETCHED = ".fetched-"
"""How the folders in a mirror begin that hold a tar while it is read."""

_LARGE, _FORGOTTEN_S = 8 << 20, 86_400.0

_Stamp = tuple[int, str, int]


class Twin(NamedTuple):
    """What a path in a mirror stands for: a store, and an object's name in it."""

    remote: Remote
    name: str


def folder() -> Path:
    """Where mirrors lie: in `$GLYPHDATA_CACHE`, else `glyphdata` in the user's cache folder."""
    own = os.environ.get("GLYPHDATA_CACHE")
    shared = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return (Path(own) if own else Path(shared) / "glyphdata").absolute() / "remote"


def root_of(place: Path | str) -> Path:
    """The dataset's folder that a path or URL names: of a URL, its mirror, which may be empty yet.

    `InputError` for a URL that cannot be one of a dataset's.
    """
    if not is_url(place):
        if _COLLAPSED.match(str(place)):
            raise InputError(f"{place} is a URL no more", hint="give URLs as text, not as a Path")
        return local(place)
    name = quote(Remote.of(str(place)).url, safe="")
    if len(name) > 255:  # as file systems count
        raise InputError(f"{place} is too long", hint="choose a shorter name")
    return folder() / name


def twin(path: Path) -> Twin | None:
    """What a path in a mirror stands for; None for any other path."""
    home, text = f"{folder()}/", str(path)
    if not text.startswith(home):
        return None
    root, _, name = text.removeprefix(home).partition("/")
    return Twin(Remote(unquote(root)), name)


def told(path: Path) -> str:
    """What a path is called in messages: by its URL if it lies in a mirror."""
    found = twin(path)
    if found is None:
        return str(path)
    return found.remote.at(found.name) if found.name else found.remote.url


def send(grown: Path, final: Path, beat: Callable[[], None] | None = None) -> None:
    """Put a finished file behind the URL that `final`, in a mirror, stands for.

    `grown` is then ready to be renamed to `final`; of a stand-in it keeps the length alone. Nothing
    is done for other paths. `OSError` where the file cannot be put.
    """
    far = twin(final)
    if far is None:
        return
    far.remote.put(grown, far.name, beat)
    if _STANDS_IN.fullmatch(far.name):
        size = grown.stat().st_size
        os.truncate(grown, 0)
        os.truncate(grown, size)
    now = time.time_ns()
    os.utime(grown, ns=(now, now))  # later than any listing that lacks it


def withdraw(paths: Sequence[Path], *, unseen: bool = False) -> None:
    """Remove published files, behind their URL first; those that are not there are no fault.

    With `unseen` they are removed there even if the mirror does not know of them. `OSError` where
    one cannot be removed.
    """
    far: dict[Remote, list[str]] = {}
    for path in paths:
        stood = twin(path)
        if stood is not None and (unseen or path.exists()):
            far.setdefault(stood.remote, []).append(stood.name)
    for remote, names in far.items():
        remote.remove(names)
    for path in paths:
        path.unlink(missing_ok=True)


def refresh(root: Path) -> Listing | None:
    """Make a mirror follow what lies behind its URL; None, and nothing done, for other folders.

    What is written into the mirror meanwhile stays. `InputError` where the URL cannot be read.
    """
    far = twin(root)
    if far is None:
        return None
    try:
        root.mkdir(parents=True, exist_ok=True)
        with (root / ".lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            began = time.time_ns()
            listing = far.remote.listed(_FOLDERS)
            _sweep(root, listing, began)
            _follow(root, far.remote, listing, began)
    except OSError as fault:
        place = fault.filename or far.remote.url
        raise InputError(
            f"cannot read {place}: {fault.strerror or fault}",
            hint="check the URL, the network, and who may read there",
        ) from fault
    return listing


def _sweep(root: Path, listing: Listing, began: int) -> None:
    """Remove from the mirror what is no longer behind the URL."""
    for inside in ("", *_FOLDERS, ".glyphdata/shards"):
        with suppress(FileNotFoundError):
            for entry in os.scandir(root / inside):
                name = f"{inside}/{entry.name}" if inside else entry.name
                old = entry.stat(follow_symlinks=False).st_mtime_ns < began
                if not inside and entry.name.startswith(FETCHED):
                    if time.time() - entry.stat().st_mtime > _FORGOTTEN_S:
                        shutil.rmtree(entry.path, ignore_errors=True)
                elif old and name not in listing.files and _ours(name):
                    Path(entry.path).unlink(missing_ok=True)


def _ours(name: str) -> bool:
    return bool(_KEPT.fullmatch(name) or _STANDS_IN.fullmatch(name))


def _follow(root: Path, remote: Remote, listing: Listing, began: int) -> None:
    """Fetch what is new or changed behind the URL, and note what is known of each file."""
    known = _stamps(root)
    small: list[str] = []
    for name, seen in listing.files.items():
        path = root / name
        if _STANDS_IN.fullmatch(name):
            _stand_in(path, seen.size, began)
        elif not _to_fetch(path, name, seen, known.get(name), began):
            continue
        elif seen.size > _LARGE:
            _made(path, partial(remote.fetch, name))
        else:
            small.append(name)
    for name, content in remote.read(small):
        if content is not None:
            _made(root / name, partial(_write, content))
    stamps = dict(_stamped(root, listing))
    if stamps != known:
        _made(root / ".stamps.json", partial(_write, orjson.dumps(stamps)))


def _to_fetch(path: Path, name: str, seen: Seen, known: _Stamp | None, began: int) -> bool:
    if name == _LOG:
        return not path.exists()
    return bool(_KEPT.fullmatch(name)) and not _same(path, seen, known, began)


def _stamped(root: Path, listing: Listing) -> Iterator[tuple[str, _Stamp]]:
    """What is known now of each file that is like the one behind the URL."""
    for name, seen in listing.files.items():
        if _KEPT.fullmatch(name):
            with suppress(FileNotFoundError):
                here = (root / name).stat()
                if here.st_size == seen.size:
                    yield name, (seen.size, seen.tag, here.st_mtime_ns)


def _stamps(root: Path) -> dict[str, _Stamp]:
    """What was known of each file at the last look; nothing where that cannot be told."""
    try:
        found = orjson.loads((root / ".stamps.json").read_bytes())
        return {name: (size, tag, at) for name, (size, tag, at) in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _same(path: Path, seen: Seen, known: _Stamp | None, began: int) -> bool:
    """Is the mirror's file what the listing shows, or newer than it?"""
    try:
        here = path.stat()
        if here.st_mtime_ns >= began:
            return True
        if here.st_size != seen.size:
            return False
        if known == (seen.size, seen.tag, here.st_mtime_ns):
            return True
        # Stores tell the MD5 of what was put in one piece, in hexadecimal or base64.
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
        return seen.tag in (digest.hexdigest(), base64.b64encode(digest.digest()).decode())
    except FileNotFoundError:
        return False


def _stand_in(path: Path, size: int, began: int) -> None:
    with suppress(FileNotFoundError):
        here = path.stat()
        if here.st_size == size or here.st_mtime_ns >= began:
            return
    _made(path, partial(_blank, size))


def _made(path: Path, make: Callable[[Path], object]) -> None:
    """Have a file made beside its name, and move it there; one that has gone is left out."""
    draft = path.with_name(f".{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        make(draft)
        draft.replace(path)
    except FileNotFoundError:
        draft.unlink(missing_ok=True)


def _write(content: bytes, draft: Path) -> None:
    draft.write_bytes(content)


def _blank(size: int, draft: Path) -> None:
    with draft.open("wb") as file:
        file.truncate(size)


def abort_uploads(root: Path, shards: range | None) -> int:
    """Abort what dead drivers left half uploaded behind a mirror's URL; how many there were.

    A driver of all shards does so under the whole URL, one of some for these alone: others may be
    at work elsewhere. `OSError` where that cannot be done.
    """
    far = twin(root)
    if far is None:
        return 0

    def wanted(name: str) -> bool:
        tar = _TAR.fullmatch(name)
        return shards is None or bool(tar and int(tar[1]) in shards)

    return far.remote.abort_uploads(wanted)


def send_log(root: Path) -> None:
    """Put a mirror's log behind its URL, joined with the lines that other machines put there.

    `OSError` where that cannot be done.
    """
    far = twin(root / _LOG)
    if far is None or not (root / _LOG).exists():
        return
    lines = set((root / _LOG).read_bytes().splitlines(keepends=True))
    for _, content in far.remote.read([far.name]):
        there = set((content or b"").splitlines(keepends=True))
        if lines <= there:
            return
        lines |= there
    draft = root / ".log.part"
    draft.write_bytes(b"".join(sorted(lines)))  # each begins with its time
    far.remote.put(draft, far.name)
    draft.unlink()
