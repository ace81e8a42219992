"""Fonts made on the spot, and packages of them as the registries have them."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from functools import lru_cache

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph
from fontTools.ttLib.tables.TupleVariation import TupleVariation

LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,!?'-:"
ACCENTS = "äöüéèàçñß"
OFL = b"Copyright 2026 The Forgers\nThis Font Software is licensed under the SIL Open Font License"


@lru_cache(maxsize=64)
def font(family: str = "Forged", weight: int = 400, chars: str = LATIN) -> bytes:
    """A TrueType font of bars and wedges; each family's are shaped otherwise, each weight's too."""
    bend = sum(map(ord, family)) * 7 % 90 + weight // 10
    glyphs = {".notdef": _shape(400, 700, 0)}
    names = {char: f"c{ord(char):x}" for char in chars}
    for number, char in enumerate(chars):
        height = 400 + bend if char.islower() else 700
        glyphs[names[char]] = _shape(100 + 5 * number, height, bend + char.islower() * 30)
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap({ord(char): name for char, name in names.items()})
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (700, 50)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    style = {400: "Regular", 700: "Bold"}.get(weight, str(weight))
    builder.setupNameTable({"familyName": family, "styleName": style})
    builder.setupOS2(
        sTypoAscender=800,
        sTypoDescender=-200,
        usWinAscent=800,
        usWinDescent=200,
        usWeightClass=weight,
    )
    builder.setupPost()
    builder.font["head"].created = builder.font["head"].modified = 3_800_000_000
    builder.font.recalcTimestamp = False
    out = io.BytesIO()
    builder.save(out)
    return out.getvalue()


@lru_cache(maxsize=4)
def variable(family: str) -> bytes:
    """The font, its letters wider the bolder: an axis `wght` of 400 to 700."""
    opened = TTFont(io.BytesIO(font(family)), recalcTimestamp=False)
    builder = FontBuilder(font=opened)
    builder.setupFvar([("wght", 400, 400, 700, "Weight")], [])
    deltas = [(0, 0), (0, 0), (90, 0), (90, 0), (0, 0), (90, 0), (0, 0), (0, 0)]
    bolder = {
        name: [TupleVariation({"wght": (0, 1, 1)}, deltas)] for name in opened.getGlyphOrder()
    }
    builder.setupGvar(bolder)
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def _shape(width: int, height: int, lean: int) -> Glyph:
    pen = TTGlyphPen(None)
    points = [(50, 0), (50 + lean, height), (50 + width, height - lean), (50 + width, 0)]
    pen.moveTo(points[0])
    for point in points[1:]:
        pen.lineTo(point)
    pen.closePath()
    return pen.glyph()


@lru_cache(maxsize=64)
def web(data: bytes) -> bytes:
    """A font as a WOFF 2.0 file."""
    opened = TTFont(io.BytesIO(data), recalcTimestamp=False)
    opened.flavor = "woff2"
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def tarball(members: Mapping[str, bytes], *odd: tarfile.TarInfo) -> bytes:
    """An npm tarball of files below `package/`, and whatever else a test wants in it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in members.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        for entry in odd:
            archive.addfile(entry, io.BytesIO(b"x" * entry.size))
    return out.getvalue()


def whole(family: str, weights: Sequence[int] = (400,), license: bytes | None = OFL) -> bytes:
    """A tarball of whole static files, as the better of the two npm sources has them."""
    word = family.replace(" ", "")
    members = {
        f"{weight}W/{word}_{weight}.ttf": font(family, weight)
        for weight in weights  # one folder a weight
    }
    members["LICENSE"] = b"MIT License"
    return tarball(members | ({"LICENSE_FONT": license} if license else {}))


def sliced(family: str, weights: Sequence[int] = (400,), license: bytes | None = OFL) -> bytes:
    """A tarball of web slices: Latin letters and accents apart."""
    slug = family.lower().replace(" ", "-")
    members = {}
    for weight in weights:
        for subset, chars in (("latin", LATIN), ("latin-ext", ACCENTS)):
            name = f"files/{slug}-{subset}-{weight}-normal.woff2"
            members[name] = web(font(family, weight, chars))
    return tarball(members | ({"LICENSE": license} if license else {}))


def wheel(package: str, files: Mapping[str, bytes], version: str = "1.0") -> bytes:
    """A wheel of fonts that pip finds nothing wrong with."""
    name = package.replace("-", "_")
    about = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n"
    members = {f"{name}/files/{file}": data for file, data in files.items()}
    members[f"{about}/METADATA"] = metadata.encode()
    members[f"{about}/WHEEL"] = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    members[f"{about}/licenses/LICENSE"] = OFL
    members[f"{about}/RECORD"] = b""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return out.getvalue()
