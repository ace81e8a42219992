"""Fonts made on the spot, as broken as a test wants them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._g_l_y_f import Glyph

from glyphdata.faces import Catalogue, load
from glyphdata.faces.face import Source
from glyphdata.faces.incoming import Incoming

Forge = Callable[..., Path]
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,!?'-:"


def _bar(width: int, height: int) -> Glyph:
    return _polygon((50, 0), (50, height), (50 + width, height), (50 + width, 0))


def _wedge(width: int, height: int) -> Glyph:
    return _polygon((50, 0), (50, height), (50 + width, 0))


def _polygon(*points: tuple[int, int]) -> Glyph:
    pen = TTGlyphPen(None)
    pen.moveTo(points[0])
    for point in points[1:]:
        pen.lineTo(point)
    pen.closePath()
    return pen.glyph()


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    """`forge("Name", chars, blank=…)` writes a font of bars and wedges, each its own width.

    Fonts of different `design` numbers draw no letter alike; with `capitals` small letters are
    drawn as capitals are.
    """

    def make(
        family: str = "Forged",
        chars: str = LETTERS,
        *,
        blank: str = "",
        notdef: bool = True,
        metrics: Mapping[str, int] | None = None,
        license: str = "This Font is licensed under the SIL Open Font License, Version 1.1",
        license_id: int = 13,
        design: int = 0,
        capitals: bool = False,
    ) -> Path:
        names = {char: f"c{ord(char):x}" for char in chars + blank}
        glyphs = {".notdef": _bar(400, 700) if notdef else TTGlyphPen(None).glyph()}
        for number, char in enumerate(chars):
            draw = _wedge if char.islower() and not capitals else _bar
            glyphs[names[char]] = draw(100 + 5 * number, 500 + 40 * design)
        for char in blank:
            glyphs[names[char]] = TTGlyphPen(None).glyph()
        builder = FontBuilder(1000, isTTF=True)
        builder.setupGlyphOrder(list(glyphs))
        builder.setupCharacterMap({ord(char): name for char, name in names.items()})
        builder.setupGlyf(glyphs)
        builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (700, 50)))
        builder.setupHorizontalHeader(**{"ascent": 800, "descent": -200, **(metrics or {})})
        builder.setupNameTable({"familyName": family, "styleName": "Regular"})
        if license:
            builder.font["name"].setName(license, license_id, 3, 1, 0x409)
        builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
        builder.setupPost()
        path = tmp_path / f"{family}.ttf"
        builder.save(path)
        return path

    return make


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The registry as shipped."""
    return load()


@pytest.fixture
def offer() -> Callable[..., Incoming]:
    """`offer(path, license=…)` is the file as a user brings it."""

    def make(path: Path, license: str = "", **more: object) -> Incoming:
        source = Source("file", "", "", path.name)
        return Incoming(path, source, license, None, "", **more)  # type: ignore[arg-type]

    return make
