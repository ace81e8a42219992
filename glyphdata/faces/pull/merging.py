"""Putting a face together from its web slices, each of which holds some of its characters.

A merged face has lost the kerning between slices and a few dozen characters that no slice carries;
it is marked, and second to a whole file. The work is done in a child process with bounded time and
memory: slices come from the network, and fontTools is a program that they drive.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import orjson

from glyphdata.faces.guard import MEMORY_BYTES
from glyphdata.faces.pull.fault import Unfetched

SECONDS = 300.0
MOST_SLICES = 40
"""Families of more slices a face draw Han or Hangul, and exist as whole files too."""

_STYLES = {
    100: "Thin",
    200: "ExtraLight",
    300: "Light",
    400: "Regular",
    500: "Medium",
    600: "SemiBold",
    700: "Bold",
    800: "ExtraBold",
    900: "Black",
}


@dataclass(frozen=True, slots=True)
class Merge:
    """A face to be made: its slices (the first gives names and metrics) and the file to write.

    `axes` is the place on the slices' variation axes, empty for static slices.
    """

    slices: tuple[Path, ...]
    into: Path
    axes: Mapping[str, float] = field(default_factory=dict)


def merge_all(merges: Sequence[Merge], seconds: float = SECONDS) -> None:
    """Write every face, in a child; `Unfetched` (`merge`) with what was wrong with the first."""
    asked = [
        {"slices": [str(s) for s in one.slices], "into": str(one.into), "axes": dict(one.axes)}
        for one in merges
    ]
    here = str(Path(__file__).resolve().parents[3])
    paths = [here, *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        child = subprocess.run(
            [sys.executable, "-m", "glyphdata.faces.pull.merging"],
            input=orjson.dumps(asked),
            capture_output=True,
            check=False,
            timeout=seconds,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
    except subprocess.TimeoutExpired:
        raise Unfetched(
            "merge", f"its slices were not merged within {seconds:g} s", hint="leave it out"
        ) from None
    if child.returncode:
        lines = child.stderr.decode("utf-8", "replace").strip().splitlines() or ["it crashed"]
        fault = lines[-1].removeprefix(f"{Unfetched.__module__}.{Unfetched.__name__}: ")
        raise Unfetched("merge", f"its slices do not merge: {fault}", hint="leave it out")


def merged(slices: Sequence[bytes], axes: Mapping[str, float]) -> bytes:
    """The face that WOFF 2.0 slices make up, the same bytes for the same slices."""
    from fontTools.merge import Merger
    from fontTools.ttLib import TTFont

    from glyphdata.faces.pull.woff import sfnt_of

    plain = [sfnt_of(one) for one in slices]
    if axes:
        plain = [_placed(one, axes) for one in plain]
    if len(plain) == 1:
        return plain[0]
    font = Merger().merge([BytesIO(one) for one in plain])
    # The merger writes the time of day; the face's identity is its bytes.
    first = TTFont(BytesIO(plain[0]))["head"]
    font["head"].created, font["head"].modified = first.created, first.modified
    font.recalcTimestamp = False
    return _saved(font)


def _placed(plain: bytes, axes: Mapping[str, float]) -> bytes:
    """The static font at a place on the axes; axes not named stay at their default."""
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    font = TTFont(BytesIO(plain), recalcTimestamp=False)
    places = {axis.axisTag: axes.get(axis.axisTag) for axis in font["fvar"].axes}
    font = instantiateVariableFont(font, places, inplace=True)
    name = font["name"]
    family = name.getBestFamilyName() or ""
    style = _STYLES.get(round(axes.get("wght", 400)), "Regular")
    if font["OS/2"].fsSelection & 1:
        style = "Italic" if style == "Regular" else f"{style} Italic"
    whole, word = f"{family} {style}", f"{family}-{style}".replace(" ", "")
    said = {1: whole, 2: "Regular", 4: whole, 6: word, 16: family, 17: style}
    for number, words in said.items():
        name.setName(words, number, 3, 1, 0x409)
    return _saved(font)


def _saved(font: object) -> bytes:
    from fontTools.ttLib import TTFont

    if not isinstance(font, TTFont):
        raise TypeError("fontTools gave no font")
    plain = BytesIO()
    font.save(plain)
    return plain.getvalue()


def main() -> None:
    """Do the merges that stdin asks for, as `merge_all` writes them."""
    try:
        import resource
    except ImportError:  # Windows has no such limit; the time limit still holds there
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    for one in orjson.loads(sys.stdin.buffer.read()):
        slices = [Path(path).read_bytes() for path in one["slices"]]
        Path(one["into"]).write_bytes(merged(slices, one["axes"]))


if __name__ == "__main__":
    main()
