"""Is this font file fit for use, and which faces does it hold?

`examine` reads a file in this process; `guard.scan` does so in a child with bounded time and
memory, and is what to use for files of unknown making.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import uharfbuzz as hb

from glyphdata.errors import InputError
from glyphdata.faces import measure
from glyphdata.faces.coverage import is_private, ranges_of, written
from glyphdata.faces.face import Face, Source
from glyphdata.faces.license import license_beside, license_in
from glyphdata.faces.scripts import EXEMPLARS, TELLING, drawn_languages, home_scripts
from glyphdata.faces.sfnt import Facts, Style, facts, offsets, weight_named

SUFFIXES = (".ttf", ".otf", ".ttc", ".otc", ".woff", ".woff2")
_PRIVATE_SHARE = 0.5  # a font with more of its characters in private use is an icon font
_MOST_FACES = 1024  # in one file; the richest free variable font names 144 styles
_LARGEST = 256 << 20  # bytes; the largest free collection is under 130 MB


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about a font file; a `fatal` one keeps its faces out of the registry."""

    code: str
    message: str
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Scanned:
    """A face found in a file, not yet registered, and the ranges that it covers, as text."""

    face: Face
    covered: str


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in one file: its usable faces and its findings."""

    path: str
    faces: tuple[Scanned, ...]
    findings: tuple[Finding, ...]

    @property
    def fit(self) -> bool:
        """May the file's faces be used?"""
        return bool(self.faces) and not any(finding.fatal for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a file beforehand, from the package that brings it; empty means unknown.

    `beside`: may the folder around the file be searched for a licence?
    """

    source: Source
    category: str = ""
    license: str = ""
    license_file: str = ""
    merged: bool = False
    beside: bool = True


def printable(path: str | Path) -> str:
    """A path as text can hold it: bytes of a name that are no UTF-8 become question marks."""
    return str(path).encode("utf-8", "replace").decode()


def examine(path: Path, known: Known | None = None) -> Report:
    """Read and measure every face of a file; what is wrong with it is a finding, never an error."""
    try:
        return _examine(path, known or Known(Source("file", "", "", printable(path.name))))
    except InputError as fault:
        code = "woff" if "compressed" in fault.message else "unreadable"
        return Report(str(path), (), (Finding(code, str(fault), fatal=True),))
    # A font is a program for three interpreters. fontTools alone raises a dozen kinds of error on
    # a mutated one (struct.error, KeyError, AssertionError, …); each of them means the same here.
    except Exception as fault:
        message = f"cannot be read: {type(fault).__name__}: {fault}"
        return Report(str(path), (), (Finding("unreadable", message, fatal=True),))


def _examine(path: Path, known: Known) -> Report:
    size = path.stat().st_size
    if size > _LARGEST:
        raise InputError(f"has {size} bytes", hint=f"a font file has at most {_LARGEST}")
    starts = offsets(path)
    if len(starts) > _MOST_FACES:
        raise InputError(
            f"holds {len(starts)} fonts", hint=f"a collection has at most {_MOST_FACES}"
        )
    data = path.read_bytes()
    digest = sha256(data).hexdigest()
    blob = hb.Blob(data)
    faces: list[Scanned] = []
    findings: list[Finding] = []
    for index in range(len(starts)):
        said = facts(path, index)
        shape = hb.Face(blob, index)
        fatal = _refusals(shape, said)
        findings += fatal
        if fatal:
            continue
        license_id, license_file, doubts = _license(path, said, known)
        origin = (digest, size, printable(path.name), license_id, license_file)
        for style in said.styles:
            scanned, notes = _measured(shape, said, style, origin, known)
            faces.append(scanned)
            findings += notes
        findings += doubts + _warnings(shape, said)
    return Report(str(path), tuple(faces), tuple(dict.fromkeys(findings)))


def _refusals(shape: hb.Face, said: Facts) -> list[Finding]:
    codes = list(shape.unicodes)
    private = sum(map(is_private, codes))
    if said.colour:
        return [Finding("colour", "its glyphs bring their own colours", fatal=True)]
    if len(said.styles) > _MOST_FACES:
        return [Finding("too-many-faces", f"it names {len(said.styles)} styles", fatal=True)]
    if not said.outlines:
        return [Finding("bitmap", "it has bitmaps and no outlines", fatal=True)]
    if not codes:
        return [Finding("no-characters", "it maps no character to a glyph", fatal=True)]
    # Some text fonts keep their ligatures in private use as well (Kalam: 592 of 1026).
    chars = set(map(chr, codes))
    if private > _PRIVATE_SHARE * len(codes) and not any(map(chars.issuperset, EXEMPLARS.values())):
        share = f"{private} of its {len(codes)} characters are in private use"
        return [Finding("icons", share, fatal=True)]
    return []


def _warnings(shape: hb.Face, said: Facts) -> list[Finding]:
    notes = []
    if not measure.has_visible_notdef(shape, said.styles[0].axes):
        notes.append(Finding("blank-notdef", "a missing character leaves no trace"))
    if said.fstype & 0x000F == 2:
        notes.append(Finding("restricted", "its embedding bits say restricted (fsType 2)"))
    metrics = said.metrics
    heights = [(high - low) / metrics.upem for high, low, _ in (metrics.hhea, metrics.typo)]
    if not all(0.5 <= height <= 2.5 for height in heights):
        stated = f"hhea {heights[0]:.2f} em, typo {heights[1]:.2f} em"
        notes.append(Finding("metrics", f"its line heights are out of the ordinary: {stated}"))
    return notes


def _license(path: Path, said: Facts, known: Known) -> tuple[str, str, list[Finding]]:
    """The licence's SPDX name and file: the package's word, else a file beside the font's."""
    name, file = known.license, known.license_file
    if not name and known.beside:
        name, file = license_beside(path)
    words = license_in(said.license_words)
    if name and words and words != name:
        doubt = f"the licence beside it is {name}, the one inside says {words}"
        return name, file, [Finding("licence-differs", doubt)]
    if not (name or words):
        return "unknown", "", [Finding("no-license", "no licence was found", fatal=True)]
    return name or words, file, []


def _measured(
    shape: hb.Face,
    said: Facts,
    style: Style,
    origin: tuple[str, int, str, str, str],
    known: Known,
) -> tuple[Scanned, list[Finding]]:
    digest, size, file, license_id, license_file = origin
    drawn, blank = measure.ink(shape, style.axes, said.quadratic and not style.axes)
    languages = drawn_languages(said.family, said.code_pages)
    homes = home_scripts(said.family, lambda text: drawn.issuperset(map(ord, text)), languages)
    face = Face(
        token=-1,
        key=_key(said.family, style.name),
        family=said.family,
        style=style.name,
        weight=(not style.axes and weight_named(style.name)) or style.weight,
        width=style.width,
        italic=style.italic,
        category=known.category or _category(said),
        case=measure.case(shape, style.axes),
        home_scripts=homes,
        languages=languages if "han" in homes else (),
        axes=style.axes,
        index=said.index,
        sha256=digest,
        size=size,
        file=file,
        coverage=-1,
        license=license_id,
        license_file=license_file,
        fstype=said.fstype,
        colour=said.colour,
        metrics=said.metrics,
        prints=_prints(shape, style, homes),
        source=known.source,
        merged=known.merged,
    )
    return Scanned(face, written(ranges_of(drawn))), _ink_findings(face, blank)


def _prints(shape: hb.Face, style: Style, homes: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (script, measure.fingerprint(shape, style.axes, TELLING[script])) for script in homes
    )


def _ink_findings(face: Face, blank: set[int]) -> list[Finding]:
    notes = []
    letters = sorted(code for code in blank if chr(code).isalnum())
    if letters:
        shown = " ".join(f"U+{code:04X}" for code in letters[:8])
        more = f" and {len(letters) - 8} more" if len(letters) > 8 else ""
        notes.append(Finding("blank-letters", f"maps letters to blank glyphs: {shown}{more}"))
    if face.case != "mixed":
        drawn = "capitals" if face.case == "upper" else "small capitals"
        notes.append(Finding("one-case", f"draws {drawn} for small letters"))
    if not face.home_scripts:
        wanted = ", ".join(EXEMPLARS)
        notes.append(Finding("homeless", f"draws no whole alphabet of its own ({wanted})"))
    return notes


def _key(family: str, style: str) -> str:
    def joined(words: str) -> str:
        return "".join(re.findall(r"\w+", words))

    return f"{joined(family)}-{joined(style)}"


def _category(said: Facts) -> str:
    """By the file's flags and its family's name, where no catalogue says (OS/2 panose)."""
    kind, serif = said.panose
    name = said.family.lower()
    if said.monospaced or re.search(r"\bmono\b|\bcode\b", name):
        return "mono"
    if kind == 3:
        return "handwriting"
    if kind == 4:
        return "display"
    if "sans" in name or (kind == 2 and 11 <= serif <= 15):
        return "sans"
    if "serif" in name or (kind == 2 and 2 <= serif <= 10):
        return "serif"
    return "display"
