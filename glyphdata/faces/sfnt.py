"""What a font file says of itself: its names, metrics, axes and named styles."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from fontTools.ttLib import TTFont

from glyphdata.errors import InputError
from glyphdata.faces.face import Metrics

_TAGS = {b"\x00\x01\x00\x00", b"true", b"OTTO"}
_COLOUR_TABLES = ("COLR", "SVG ", "CBDT", "sbix", "EBDT")
_OUTLINE_TABLES = ("glyf", "CFF ", "CFF2")
_WEIGHTS = (
    *(("thin", 100), ("hairline", 100), ("extralight", 200), ("ultralight", 200)),
    *(("semibold", 600), ("demibold", 600), ("extrabold", 800), ("ultrabold", 800)),
    *(("light", 300), ("medium", 500), ("black", 900), ("heavy", 900), ("bold", 700)),
)
_WIDTHS = (50.0, 62.5, 75.0, 87.5, 100.0, 112.5, 125.0, 150.0, 200.0)  # OS/2 usWidthClass 1 to 9


@dataclass(frozen=True, slots=True)
class Style:
    """One style of a file: its name, and where it lies on the file's axes, in their order."""

    name: str
    weight: int
    width: float
    italic: bool
    axes: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What one font of a file says of itself; `styles` has one entry for a file without axes."""

    index: int
    family: str
    styles: tuple[Style, ...]
    metrics: Metrics
    fstype: int
    code_pages: int
    panose: tuple[int, int]
    monospaced: bool
    colour: bool
    outlines: bool
    quadratic: bool
    license_words: str


def offsets(path: Path) -> tuple[int, ...]:
    """Where each font of a file starts, after checking that every table lies inside the file.

    `InputError` for what is no font, is compressed for the web, or has been cut off.
    """
    data = path.read_bytes()
    head = data[:4]
    if head in (b"wOFF", b"wOF2"):
        raise InputError("is compressed for the web", hint="use the .ttf or .otf of the family")
    try:
        if head == b"ttcf":
            (count,) = struct.unpack_from(">L", data, 8)
            starts = struct.unpack_from(f">{min(count, 4096)}L", data, 12)
        else:
            starts = (0,)
        for start in starts:
            _check_directory(data, start)
    except struct.error:
        raise InputError("is cut off", hint="fetch the file again") from None
    return starts


def _check_directory(data: bytes, start: int) -> None:
    if data[start : start + 4] not in _TAGS:
        raise InputError("is no font file", hint="give .ttf, .otf or .ttc files")
    (count,) = struct.unpack_from(">H", data, start + 4)
    for number in range(count):
        tag, _, offset, length = struct.unpack_from(">4sLLL", data, start + 12 + 16 * number)
        if offset + length > len(data):
            name = tag.decode("latin-1")
            raise InputError(
                f"is cut off: its table {name!r} ends {offset + length - len(data)} bytes "
                "past the end of the file",
                hint="fetch the file again",
            )


def facts(path: Path, index: int) -> Facts:
    """What font `index` of the file says of itself; whatever fontTools raises on a broken one."""
    with TTFont(path, fontNumber=index, lazy=True) as font:
        os2, name = font["OS/2"], font["name"]
        family = name.getDebugName(16) or name.getDebugName(1) or path.stem
        words = " ".join(filter(None, (name.getDebugName(13), name.getDebugName(14))))
        return Facts(
            index=index,
            family=" ".join(family.split()),
            styles=_styles(font),
            metrics=_metrics(font),
            fstype=int(os2.fsType),
            code_pages=int(getattr(os2, "ulCodePageRange1", 0)),
            panose=(int(os2.panose.bFamilyType), int(os2.panose.bSerifStyle)),
            monospaced=bool(font["post"].isFixedPitch),
            colour=any(tag in font for tag in _COLOUR_TABLES),
            outlines=any(tag in font for tag in _OUTLINE_TABLES),
            quadratic="glyf" in font,
            license_words=words,
        )


def _metrics(font: TTFont) -> Metrics:
    hhea, os2 = font["hhea"], font["OS/2"]
    return Metrics(
        upem=int(font["head"].unitsPerEm),
        hhea=(int(hhea.ascent), int(hhea.descent), int(hhea.lineGap)),
        typo=(int(os2.sTypoAscender), int(os2.sTypoDescender), int(os2.sTypoLineGap)),
        win=(int(os2.usWinAscent), int(os2.usWinDescent)),
        cap_height=int(getattr(os2, "sCapHeight", 0)),
        x_height=int(getattr(os2, "sxHeight", 0)),
    )


def _styles(font: TTFont) -> tuple[Style, ...]:
    os2, name = font["OS/2"], font["name"]
    stated = name.getDebugName(17) or name.getDebugName(2) or "Regular"
    italic = bool(os2.fsSelection & 1 or font["head"].macStyle & 2) or "italic" in stated.lower()
    width = _WIDTHS[min(max(int(os2.usWidthClass), 1), 9) - 1]
    if "fvar" not in font:
        return (Style(stated, int(os2.usWeightClass), width, italic, ()),)
    order = [axis.axisTag for axis in font["fvar"].axes]
    default = {axis.axisTag: float(axis.defaultValue) for axis in font["fvar"].axes}
    places: dict[tuple[tuple[str, float], ...], str] = {}
    for instance in font["fvar"].instances:
        at = {**default, **instance.coordinates}
        label = name.getDebugName(instance.subfamilyNameID) or stated
        places.setdefault(tuple((tag, float(at[tag])) for tag in order), label)
    if not places:
        places[tuple((tag, default[tag]) for tag in order)] = stated
    return tuple(
        _style(label, axes, italic, int(os2.usWeightClass), width) for axes, label in places.items()
    )


def _style(
    label: str, axes: tuple[tuple[str, float], ...], italic: bool, weight: int, width: float
) -> Style:
    at = dict(axes)
    leans = italic or at.get("slnt", 0.0) != 0.0 or at.get("ital", 0.0) != 0.0
    if leans and "italic" not in label.lower() and "oblique" not in label.lower():
        label = "Italic" if label == "Regular" else f"{label} Italic"
    return Style(label, round(at.get("wght", weight)), at.get("wdth", width), leans, axes)


def weight_named(style: str) -> int | None:
    """The weight that a style's name says (`ExtraBold` is 800), on OpenType's scale; else None."""
    plain = style.lower().replace(" ", "").replace("-", "")
    return next((weight for word, weight in _WEIGHTS if word in plain), None)
