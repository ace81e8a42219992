"""Wheels of fonts, fetched with the user's own pip and never installed.

Index, proxy, certificates and credentials are pip's business, and so is checking a wheel's digest.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeGuard

from glyphdata.faces.pull.cache import Cache, Kept
from glyphdata.faces.pull.fault import Unfetched

AT_ONCE = 32
"""So many packages one pip is asked for: what is lost where it is stopped, or finds none of one."""

SECONDS = 900.0
_MISSING = re.compile(r"No matching distribution found for ([A-Za-z0-9._-]+)")
_WHEEL = re.compile(r"(?P<name>[^-]+)-(?P<version>[^-]+)-.+\.whl")


def download(
    packages: Sequence[str], cache: Cache
) -> Iterator[tuple[tuple[str, Kept | Unfetched], ...]]:
    """The newest wheels of packages, or why they did not come, in their order and in batches.

    A package that is in the cache already is not asked for; one that the index lacks (`not-found`)
    does not stop the rest. Once pip is found to be lost (`no-pip`, `connection`, `timeout`), only
    the cache is asked.
    """
    lost: Unfetched | None = None
    for start in range(0, len(packages), AT_ONCE):
        batch = packages[start : start + AT_ONCE]
        found = {package: kept for package in batch if (kept := cache.find(package))}
        wanted = [package for package in batch if package not in found]
        fresh = dict.fromkeys(wanted, lost) if lost else _fetched(wanted, cache)
        yield tuple((package, found.get(package) or fresh[package]) for package in batch)
        lost = lost or next((one for one in fresh.values() if _hopeless(one)), None)


def _fetched(packages: Sequence[str], cache: Cache) -> dict[str, Kept | Unfetched]:
    """pip names one package that the index lacks and gives up, so it is asked again without."""
    wanted = list(packages)
    found: dict[str, Kept | Unfetched] = {}
    while wanted:
        with cache.draft() as folder:
            fault = _pip(wanted, folder)
            if fault is None:
                kept = _moved(wanted, folder, cache)
                return found | {name: kept.get(name) or _not_found(name) for name in wanted}
        named = _MISSING.search(fault.message)
        absent = _plain(named[1]) if named else ""
        if absent not in wanted:
            return found | dict.fromkeys(wanted, fault)
        wanted.remove(absent)
        found[absent] = _not_found(absent)
    return found


def _hopeless(outcome: Kept | Unfetched) -> TypeGuard[Unfetched]:
    return isinstance(outcome, Unfetched) and outcome.reason in ("no-pip", "connection", "timeout")


def _pip(packages: Sequence[str], folder: Path) -> Unfetched | None:
    """Download packages into a folder; what pip complains of, or None."""
    words = ["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--quiet", "--no-input"]
    words += ["--disable-pip-version-check", "--progress-bar=off", "--dest", str(folder)]
    try:
        told = subprocess.run(
            [sys.executable, *words, *packages],
            capture_output=True,
            check=False,
            timeout=SECONDS,
            stdin=subprocess.DEVNULL,
            cwd=folder,  # a file named pip.py in the working folder would be run instead
        )
    except subprocess.TimeoutExpired:
        return Unfetched("timeout", f"pip took over {SECONDS:g} s", hint="run it again")
    if told.returncode == 0:
        return None
    errors = told.stderr.decode("utf-8", "replace")
    if "No module named pip" in errors:
        return Unfetched("no-pip", "this Python has no pip", hint="python -m ensurepip")
    # An index that nobody answers for has no wheel either, says pip, after a warning or five.
    if "WARNING: Retrying (" in errors:
        return Unfetched("connection", "pip cannot reach its index", hint="check pip's settings")
    lines = [line for line in errors.splitlines() if line.startswith("ERROR")] or [errors.strip()]
    return Unfetched("pip", lines[-1][:300], hint="try `pip download` of the package yourself")


def _moved(packages: Sequence[str], folder: Path, cache: Cache) -> dict[str, Kept]:
    kept = {}
    for path in sorted(folder.glob("*.whl")):
        name = _WHEEL.fullmatch(path.name)
        if name and (package := _plain(name["name"])) in packages:
            kept[package] = cache.keep(package, name["version"], "sha256", path)
    return kept


def _plain(name: str) -> str:
    """A package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _not_found(package: str) -> Unfetched:
    return Unfetched(
        "not-found", f"the index has no wheel of {package}", hint="take another source"
    )
