"""Fonts of every make, small and sound, and what becomes of them in bad hands."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.TupleVariation import TupleVariation

from glyphdata.scene.rng import Rng

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,!?'-:"
LICENSE = "This Font is licensed under the SIL Open Font License, Version 1.1"
LIGATURES = """
languagesystem DFLT dflt; languagesystem latn dflt;
lookup up { pos c <10 0 10 0>; } up;
feature liga { sub f i by A; } liga;
feature kern { pos a b -40; pos c' lookup up d; } kern;
"""


def forged(folder: Path, design: int = 0) -> list[Path]:
    """Quadratic outlines with composites and rules, cubic ones, and a variable font.

    Those of another `design` draw no letter alike.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [
        _quadratic(folder / f"Quadratic{design}.ttf", design),
        _cubic(folder / f"Cubic{design}.otf", design),
        _varying(folder / f"Varying{design}.ttf", design),
    ]


def _names() -> dict[str, str]:
    return {char: f"c{ord(char):x}" if char not in "abcdfiA" else char for char in LETTERS}


def _contour(pen: TTGlyphPen | T2CharStringPen, number: int, curved: bool, design: int) -> None:
    width, height = 100 + 6 * number, 500 + 3 * (number % 40) + 7 * design
    pen.moveTo((50, 0))
    pen.lineTo((50, height))
    if curved and isinstance(pen, TTGlyphPen):
        pen.qCurveTo((50 + width, height), (50 + width, 0))
    elif curved:
        pen.curveTo((50 + width, height), (50 + width, height // 2), (50 + width, 0))
    else:
        pen.lineTo((50 + width, 0))
    pen.closePath()


def _finished(builder: FontBuilder, path: Path) -> Path:
    names = _names()
    builder.setupCharacterMap({ord(char): name for char, name in names.items()})
    order = builder.font.getGlyphOrder()
    builder.setupHorizontalMetrics({name: (400 + 6 * at, 50) for at, name in enumerate(order)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": path.stem, "styleName": "Regular"})
    builder.font["name"].setName(LICENSE, 13, 3, 1, 0x409)
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
    builder.setupPost()
    builder.save(path)
    return path


def _glyphs(builder: FontBuilder, design: int) -> None:
    glyphs = {}
    for number, name in enumerate((".notdef", *_names().values())):
        pen = TTGlyphPen(glyphs)
        if name in ("c2e", "c3a"):  # "." and ":" are made of other glyphs
            pen.addComponent("i" if name == "c2e" else "c2e", (0.5, 0, 0, 0.5, 30, 20))
            pen.addComponent("b", (1, 0, 0, 1, 100, 0))
        else:
            _contour(pen, number, number % 2 == 0, design)
        glyphs[name] = pen.glyph()
    builder.setupGlyf(glyphs)


def _quadratic(path: Path, design: int) -> Path:
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", *_names().values()])
    _glyphs(builder, design)
    builder.addOpenTypeFeatures(LIGATURES)
    return _finished(builder, path)


def _cubic(path: Path, design: int) -> Path:
    builder = FontBuilder(1000, isTTF=False)
    order = [".notdef", *_names().values()]
    builder.setupGlyphOrder(order)
    strings = {}
    for number, name in enumerate(order):
        pen = T2CharStringPen(400 + 6 * number, None)
        _contour(pen, number + 1, number % 2 == 1, design)
        strings[name] = pen.getCharString()
    builder.setupCFF("Cubic", {"FullName": "Cubic"}, strings, {})
    return _finished(builder, path)


def _varying(path: Path, design: int) -> Path:
    _quadratic(path, design + 101)
    with TTFont(path) as font:
        builder = FontBuilder(font=font)
        places = [{"location": {"wght": at}, "stylename": f"W{at}"} for at in (100, 900)]
        builder.setupFvar([("wght", 100, 100, 900, "Weight")], places)
        still = [(0, 0)] * 4
        moved = {}
        for name in font.getGlyphOrder():
            glyph = font["glyf"][name]
            count = len(glyph.components) if glyph.isComposite() else len(glyph.coordinates)
            delta = [(7 * at % 90, 5) for at in range(count)]
            moved[name] = [TupleVariation({"wght": (0.0, 1.0, 1.0)}, delta + still)]
        builder.setupGvar(moved)
        font.save(path)
    return path


# In bad hands --------------------------------------------------------------------------------


def tables(data: bytes) -> dict[bytes, tuple[int, int, int]]:
    """The tables of a font: where its entry in the directory stands, where it lies, how long."""
    count = struct.unpack_from(">H", data, 4)[0]
    found = {}
    for at in range(12, 12 + 16 * count, 16):
        tag, _, start, size = struct.unpack_from(">4sLLL", data, at)
        found[tag] = (at, start, size)
    return found


def _bytes_in_a_table(data: bytearray, rng: Rng) -> None:
    _, start, size = rng.pick(list(tables(data).values()))
    for _ in range(1 + rng.integer(0, 8)):
        if size:
            data[start + rng.integer(0, size)] = rng.pick((0, 255, 128, rng.integer(0, 256)))


def _two_tables_swapped(data: bytearray, rng: Rng) -> None:
    (first, *_), (second, *_) = (
        rng.pick(list(tables(data).values())),
        rng.pick(list(tables(data).values())),
    )
    data[first + 8 : first + 16], data[second + 8 : second + 16] = (
        data[second + 8 : second + 16],
        data[first + 8 : first + 16],
    )


def _a_table_that_lies(data: bytearray, rng: Rng) -> None:
    entry, start, size = rng.pick(list(tables(data).values()))
    place = rng.pick((0, 1, start - 4, len(data) - 2, 0x7FFFFFFF, 0xFFFFFFFF, start))
    length = rng.pick((0, 1, size // 2, size + 4, 0x7FFFFFFF, 0xFFFFFFFF))
    data[entry + 8 : entry + 16] = struct.pack(">LL", place & 0xFFFFFFFF, length)


def _cut_off(data: bytearray, rng: Rng) -> None:
    del data[rng.integer(1, len(data)) :]


def _a_composite_of_itself(data: bytearray, rng: Rng) -> None:
    """Components name any glyph, their own among them."""
    found = tables(data).get(b"glyf")
    if found is None:
        return _a_charstring_that_calls_itself(data, rng)
    _, start, size = found
    at = start
    while (at := data.find(b"\xff\xff", at, start + size)) >= 0:
        if at + 14 < len(data):
            data[at + 12 : at + 14] = struct.pack(">H", rng.integer(0, 80))
        at += 2
    return None


def _a_charstring_that_calls_itself(data: bytearray, rng: Rng) -> None:
    """Numbers, calls of subroutines and moves, all over the outlines."""
    _, start, size = tables(data).get(b"CFF ", (0, 12, len(data) - 12))
    for _ in range(12):
        at = start + size // 2 + rng.integer(0, max(size // 2 - 3, 1))
        data[at : at + 3] = bytes((rng.pick((32, 139, 246)), rng.pick((10, 29, 21, 8)), 14))


def _an_em_out_of_proportion(data: bytearray, rng: Rng) -> None:
    _, start, _ = tables(data)[b"head"]
    data[start + 18 : start + 20] = struct.pack(">H", rng.pick((0, 1, 15, 16385, 65535)))


def _countless_glyphs(data: bytearray, rng: Rng) -> None:
    _, start, _ = tables(data)[b"maxp"]
    data[start + 4 : start + 6] = struct.pack(">H", rng.pick((0, 1, 60, 65535)))


WAYS: dict[str, Callable[[bytearray, Rng], None]] = {
    "bytes": _bytes_in_a_table,
    "swap": _two_tables_swapped,
    "lie": _a_table_that_lies,
    "cut": _cut_off,
    "composite": _a_composite_of_itself,
    "charstring": _a_charstring_that_calls_itself,
    "em": _an_em_out_of_proportion,
    "glyphs": _countless_glyphs,
}
"""How a font is spoiled, by name."""


def spoiled(data: bytes, rng: Rng) -> tuple[str, bytes]:
    """A font spoiled in one of the ways, and which."""
    way = rng.pick(list(WAYS))
    out = bytearray(data)
    WAYS[way](out, rng)
    return way, bytes(out)
