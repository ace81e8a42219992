"""Is the tool itself well? Versions against security floors, the kernel, fonts, disk, cores."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from glyphdata.compiled import PARTS, compiled
from glyphdata.errors import GlyphdataError

State = Literal["ok", "worth knowing", "broken"]


@dataclass(frozen=True, slots=True)
class Symptom:
    """One thing looked at: how it stands, what was found, and what to do where that is not well."""

    name: str
    state: State
    found: str
    way_out: str = ""


FLOORS = (
    ("numpy", "2.1", ""),
    ("pillow", "13", "older ones overflow on hostile JPEGs (GHSA-8g5g-8vmr-9782)"),
    ("opencv-python-headless", "5.0", ""),
    ("fonttools", "4.60.2", "older ones write files anywhere (CVE-2025-66034)"),
    ("uharfbuzz", "0.57", ""),
    ("icu4py", "1.2", ""),
    ("simplejpeg", "1.9", ""),
    ("orjson", "3.11", ""),
    ("pyarrow", "21", ""),
    ("pydantic", "2.11", ""),
    ("pyyaml", "6.0.2", ""),
    ("typer", "0.20", ""),
    ("rich", "14", ""),
    ("fsspec", "2025.9", ""),
)
"""The least version of each library, and why where it is a matter of security."""

EXTRA_FLOORS = (
    ("torch", "2.6", "older ones run code from weights all the same (CVE-2025-32434)"),
    ("transformers", "4.57", ""),
    ("safetensors", "0.6", ""),
    ("brotli", "1.2", "older ones cannot be told how much to unpack"),
    ("jinja2", "3.1.6", "older ones let templates out of their sandbox (CVE-2025-27516)"),
    ("starlette", "1.0", ""),
    ("uvicorn", "0.38", ""),
    ("duckdb", "1.4", ""),
    ("httpx", "0.28", ""),
    ("rapidfuzz", "3.14", ""),
    ("lmdb", "1.6", ""),
)
"""The same of libraries that only some commands need; one that is not installed is no fault."""

FREETYPE = "2.14.2"
"""The least FreeType in Pillow: older ones over-read variable fonts (CVE-2026-23865)."""

LEAST_FREE_BYTES = 2 << 30
"""Below this a run is likely to end for want of disk."""


def examined() -> tuple[Symptom, ...]:
    """Everything that was looked at, the required things first."""
    return (
        *_libraries(),
        _freetype(),
        *_extras(),
        *_webdataset(),
        _compiled(),
        *_faces(),
        _disk(),
        _cores(),
    )


def _libraries() -> Iterator[Symptom]:
    found = ".".join(map(str, sys.version_info[:3]))
    yield versioned("python", found, "3.11", "install Python 3.11 or later")
    for name, floor, why in FLOORS:
        reason = f"; {why}" if why else ""
        way_out = f"pip install '{name}>={floor}'{reason}"
        try:
            yield versioned(name, version(name), floor, way_out)
        except PackageNotFoundError:
            yield Symptom(name, "broken", "not installed", way_out)


def _extras() -> Iterator[Symptom]:
    for name, floor, why in EXTRA_FLOORS:
        try:
            found = versioned(name, version(name), floor, f"pip install '{name}>={floor}'")
        except PackageNotFoundError:
            continue
        if found.state == "broken":
            state: State = "broken" if why else "worth knowing"
            found = replace(
                found, state=state, way_out="; ".join(filter(None, (found.way_out, why)))
            )
        yield found


def _webdataset() -> Iterator[Symptom]:
    """webdataset itself runs `pipe:` commands and unpickles members, unless it is told not to."""
    try:
        found = version("webdataset")
    except PackageNotFoundError:
        return
    if os.environ.get("WDS_SECURE", "0") not in ("", "0"):
        yield Symptom("webdataset", "ok", f"{found}, secure")
        return
    way_out = "export WDS_SECURE=1 before it reads shards of others; Dataset and train never use it"
    yield Symptom("webdataset", "worth knowing", f"{found}, runs what shards ask for", way_out)


def versioned(name: str, found: str, floor: str, way_out: str) -> Symptom:
    """How a version stands beside its floor, compared number by number."""
    if _numbers(found) >= _numbers(floor):
        return Symptom(name, "ok", found)
    return Symptom(name, "broken", f"{found}, below {floor}", way_out)


def _numbers(text: str) -> tuple[int, ...]:
    """The leading numbers of a version: 5.0.0.93 is (5, 0, 0, 93), 2.1rc1 is (2, 1)."""
    found = re.match(r"\d+(\.\d+)*", text)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def _freetype() -> Symptom:
    from PIL import features

    found = features.version("freetype2")
    way_out = "install Pillow's wheel; it brings a sound FreeType"
    return versioned("FreeType in Pillow", found or "none", FREETYPE, way_out)


def _compiled() -> Symptom:
    missing = [name.rpartition("._")[2] for name in PARTS if compiled(name) is None]
    if not missing:
        return Symptom("compiled parts", "ok", f"all {len(PARTS)}")
    return Symptom(
        "compiled parts",
        "worth knowing",
        f"numpy twins for {', '.join(missing)}: same bytes, many times slower",
        "install a C compiler, then reinstall glyphdata; unset GLYPHDATA_KERNEL",
    )


def _faces() -> Iterator[Symptom]:
    from glyphdata.faces.catalogue import load
    from glyphdata.faces.store import lineage

    try:
        catalogue = load()
    except GlyphdataError as fault:
        yield Symptom("font registry", "broken", str(fault), "reinstall glyphdata")
        return
    states = [catalogue.status(token) for token in range(len(catalogue))]
    usable = states.count("active")
    missing = states.count("missing")
    way_out = "pip install 'glyphdata[fonts]', or `glyphdata fonts pull`"
    yield Symptom(
        "fonts", "ok" if usable else "broken", f"{usable} usable", "" if usable else way_out
    )
    if missing:
        yield Symptom("fonts missing", "worth knowing", f"{missing} of {len(states)}", way_out)
    if catalogue.registry.with_name("parent.json").is_file():
        found = lineage(catalogue.registry.parent)
        state: State = "worth knowing" if found.remark else "ok"
        yield Symptom("your fonts", state, f"{found.own} of your own", found.remark)


def _disk() -> Symptom:
    free = shutil.disk_usage(os.curdir).free
    text = f"{free / 1e9:.1f} GB free here"
    if free >= LEAST_FREE_BYTES:
        return Symptom("disk", "ok", text)
    return Symptom("disk", "worth knowing", text, "free some; 1000 pictures of 512 px take 0.1 GB")


def _cores() -> Symptom:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Symptom("cores", "ok", f"{usable} usable")
