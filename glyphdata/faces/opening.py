"""A face ready for setting: a HarfBuzz font over a mapped file, checked against the registry."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path

import uharfbuzz as hb

from glyphdata.errors import InputError
from glyphdata.faces.face import Face, Metrics
from glyphdata.faces.locate import INSTALL

# Stated line metrics run from 0.0 to 6.6 em; within these bounds lines look like lines.
_ASCENT_EM = (0.6, 1.5)
_DESCENT_EM = (0.15, 0.8)


@dataclass(frozen=True, slots=True, eq=False)
class OpenFace:
    """A face ready for setting.

    `font` is scaled to the em (`upem` units) with the face's axes set. `ascent_em` and
    `descent_em` are the line's extent over and under the baseline, both positive, in em, clamped
    to what lines look like.
    """

    token: int
    font: hb.Font
    upem: int
    ascent_em: float
    descent_em: float


def opened(face: Face, path: Path) -> OpenFace:
    """The face, opened; `InputError` when the file's bytes are not those that were registered."""
    hint = (
        "`glyphdata fonts add` the file again"
        if face.source.kind == "file"
        else f"reinstall {face.source.package} {face.source.version}"
    )
    try:
        digest = _sha256(path, path.stat().st_mtime_ns)
    except OSError as fault:
        raise InputError(
            f"<font-{face.token}> {face.key}: {path} cannot be read: {fault.strerror}", hint=hint
        ) from None
    if digest != face.sha256:
        raise InputError(
            f"<font-{face.token}> {face.key}: {path} has changed since it was registered "
            f"(sha256 {digest[:12]}…, not {face.sha256[:12]}…)",
            hint=hint,
        )
    font = hb.Font(_shape(path, face.index))
    if face.axes:
        font.set_variations(dict(face.axes))
    ascent, descent = line_extent(face.metrics)
    return OpenFace(face.token, font, face.metrics.upem, ascent, descent)


def origin(face: Face) -> str:
    """The package that a face's file comes from, for a message: ` (fontpkg-anton 2.116)`."""
    source = face.source
    return f" ({source.package} {source.version})" if source.package else ""


def way_back(face: Face) -> str:
    """How to bring back the file of a face that is missing."""
    if face.source.kind == "file":
        return "`glyphdata fonts add` the file again"
    if face.source.kind == "npm":
        return "`glyphdata fonts pull` its family again"
    return f"{INSTALL}, or `glyphdata fonts pull` its family"


def line_extent(metrics: Metrics) -> tuple[float, float]:
    """The line's ascent and descent in em, both positive, clamped.

    From `hhea`, which browsers on two of three systems use; from `typo`, then `win`, where it is
    empty.
    """
    stated = (
        (metrics.hhea[0], -metrics.hhea[1]),
        (metrics.typo[0], -metrics.typo[1]),
        metrics.win,
    )
    ascent, descent = next((pair for pair in stated if pair[0] > 0), (0, 0))
    return (
        min(max(ascent / metrics.upem, _ASCENT_EM[0]), _ASCENT_EM[1]),
        min(max(descent / metrics.upem, _DESCENT_EM[0]), _DESCENT_EM[1]),
    )


@lru_cache(maxsize=4096)
def _sha256(path: Path, _changed_ns: int) -> str:
    """Once per process per file, and again only if the file is written to."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


@lru_cache(maxsize=128)
def _shape(path: Path, index: int) -> hb.Face:
    """One HarfBuzz face per file and index, shared by all its styles; the file is mapped."""
    return hb.Face(hb.Blob.from_file_path(str(path)), index)
