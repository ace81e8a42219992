"""Finds the characters that look nearly alike, by drawing all of them and comparing the ink.

    python tests/bench/derive_lookalikes.py [--out glyphdata/parts/lookalikes] [--show 白自间]

Every character of a script is drawn in one to three faces, twice: as it stands on its line, and
stretched to the same square; both slightly blurred, so that strokes a little apart still meet, and
less the mean picture of the script, so that what all its characters share does not count. Two are
as alike as the cosine between their pictures, the mean over faces and ways of drawing. Pairs that
a face draws the same are left out, and so are those of one letter in two cases. Writes a small
text file per script, and prints how many characters have a likeness.
"""

from __future__ import annotations

import argparse
import time
import unicodedata
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import uharfbuzz as hb
from numpy.typing import NDArray

from glyphdata.faces.catalogue import load
from glyphdata.faces.opening import OpenFace
from glyphdata.parts.alphabets import alphabet
from glyphdata.parts.lookalikes import look_the_same

ROOT = Path(__file__).parents[2]
MOST = 4  # likenesses of one character
EM_PX, WIDTH, HEIGHT, BASELINE = 40, 48, 64, 46
SQUARE = 40
BLUR_PX = 1.3
FAINT = 60  # of 255: what the edges of a stroke are left with is no measure of the ink's size
BLOCK = 512
SAME = 0.995  # the cosine from which two pictures, the mean not taken off, are the same

Pictures = NDArray[np.float32]


class Script(NamedTuple):
    """What is compared with what, in which faces.

    A pair is kept from a likeness of `least` on; a character's nearest from `nearest` on. Only the
    first `common` letters are offered in place of others, the rest are too rare; `siblings` are
    letters that differ in their marks alone, and offered as nothing else. A letter of two
    characters stands for its last, a mark, which needs something to stand on.
    """

    name: str
    letters: tuple[str, ...]
    faces: tuple[str, ...]
    least: float = 0.66
    nearest: float = 0.5
    language: str = ""
    common: int = 1_000_000
    siblings: bool = False
    forms: tuple[str, ...] = ("{}",)  # how a letter is drawn: alone, among others


def vietnamese() -> tuple[str, ...]:
    """Its letters in both cases, and the digits."""
    marked = "".join(map(chr, range(0x1EA0, 0x1EFA))) + "ăâđêôơưáàãéèíìĩóòõúùũý"
    both = dict.fromkeys(marked + marked.upper())
    return (*alphabet("digits"), *alphabet("ascii_letters"), *both)


def single(name: str) -> tuple[str, ...]:
    """The entries of an alphabet that are one character."""
    return tuple(one for one in alphabet(name) if len(one) == 1)


def coded(codec: str, first: int, last: int) -> tuple[str, ...]:
    """The characters of the rows of a 94 × 94 national standard, by their lead bytes."""
    cells = (bytes((row, cell)) for row in range(first, last + 1) for cell in range(0xA1, 0xFF))
    return tuple(filter(None, (cell.decode(codec, errors="ignore") for cell in cells)))


ROMAN = ("Roboto-Regular", "EBGaramond-Regular", "OpenSans-Regular")
DEVANAGARI = ("NotoSansDevanagari-Regular", "Baloo2-Regular")
THAI = ("NotoSansThai-Regular", "Sarabun-Regular")
JOINED = ("{}", "ـ{}ـ")
ARABIC = ("Amiri-Regular", "NotoSansArabic-Regular")
HEBREW = ("FrankRuhlLibre-Regular", "Heebo-Regular")
JAPANESE, KOREAN, CHINESE = (f"NotoSansCJK{place}-Regular" for place in ("JP", "KR", "SC"))
# Vowels that stand alone, vowels before their consonant, nasal marks: no other letter can stand
# where they do, for it would bear marks that they cannot, or they its.
PLACES = ("अआइईउऊऋएऐओऔ", "เแโใไ", "ंँ")
PLAIN = (*alphabet("digits"), *alphabet("ascii_letters"))
HINDI = (*single("devanagari"), *(f"क{sign}" for sign in "ािीुूृेैोौंँ"))
SIAMESE = (*single("thai"), *"เแโใไ", *(f"ก{sign}" for sign in "ิีึืุู่้๊๋"))

SCRIPTS = (
    Script("latin", PLAIN, ROMAN, 0.55, 0.4),
    Script("latin", alphabet("latin"), ROMAN, 0.3, 0.3, siblings=True),
    Script("vietnamese", PLAIN, ROMAN, 0.55, 0.4),
    Script("vietnamese", vietnamese(), ROMAN, 0.3, 0.3, siblings=True),
    Script("cyrillic", alphabet("cyrillic"), ROMAN, 0.55, 0.4),
    Script("greek", single("greek"), ROMAN, 0.55, 0.4),
    Script("arabic", single("arabic")[:36], ARABIC, 0.5, 0.4, "ar", forms=JOINED),
    Script("arabic", single("arabic"), ARABIC, 0.5, 0.4, "fa", forms=JOINED),
    Script("hebrew", single("hebrew"), HEBREW, 0.55, 0.4, "he"),
    Script("devanagari", HINDI, DEVANAGARI, 0.55, 0.4, "hi"),
    Script("thai", SIAMESE, THAI, 0.55, 0.4, "th"),
    Script("kana", alphabet("kana")[:-1], (JAPANESE,), 0.55, 0.4, "ja"),
    Script("hangul", alphabet("hangul"), (KOREAN,), 0.8, language="ko"),
    # Level 1 of GB 2312 is offered; level 2 is looked up as well.
    Script("han", coded("gb2312", 0xB0, 0xF7), (CHINESE,), language="zh", common=3755),
    Script("kanji", alphabet("kanji"), (JAPANESE,), language="ja"),
)


def opened(key: str) -> OpenFace:
    """The face of a key, ready to draw."""
    catalogue = load()
    token = next(face.token for face in catalogue.faces if face.key == key)
    return catalogue.open(token)


def picture(face: OpenFace, text: str, language: str) -> NDArray[np.uint8] | None:
    """The text's ink on a sheet of one size, upright at the baseline; None where there is none."""
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    if language:
        buffer.language = language
    hb.shape(face.font, buffer)
    if any(info.codepoint == 0 for info in buffer.glyph_infos):
        return None
    raster, scale = hb.RasterDraw(), EM_PX / face.upem
    x = 0.0
    for info, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        left, up = (x + at.x_offset) * scale, at.y_offset * scale
        raster.transform = (scale, 0.0, 0.0, scale, left, up)
        raster.draw_glyph(face.font, info.codepoint)
        x += at.x_advance
    image = raster.render()
    size = image.extents
    if not size.width or not size.height:
        return None
    cells = np.frombuffer(image.buffer, np.uint8).reshape(size.height, size.stride)
    ink = cells[::-1, : size.width]  # HarfBuzz lays the lowest row first
    sheet = np.zeros((HEIGHT, WIDTH), np.uint8)
    top = BASELINE - size.y_origin - size.height
    side = (WIDTH - size.width) // 2
    low, high = max(top, 0), min(top + size.height, HEIGHT)
    first, last = max(side, 0), min(side + size.width, WIDTH)
    sheet[low:high, first:last] = ink[low - top : high - top, first - side : last - side]
    return sheet


def stretched(sheet: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The ink alone, as a square."""
    inked = sheet > FAINT
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    ink = sheet[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    # The margin keeps what the blur would push over the edge.
    square = cv2.resize(ink, (SQUARE, SQUARE), interpolation=cv2.INTER_AREA)
    return np.pad(square, 4)


def pictures(sheets: list[NDArray[np.uint8]]) -> Pictures:
    """A row per sheet: it, blurred, of length 1."""
    rows = [cv2.GaussianBlur(sheet.astype(np.float32), (0, 0), BLUR_PX).ravel() for sheet in sheets]
    return normed(np.array(rows))


def normed(rows: Pictures) -> Pictures:
    """The rows, each of length 1."""
    out: Pictures = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return out


def likeness(script: Script) -> tuple[tuple[str, ...], Pictures]:
    """The letters that every face draws, and how much each (row) is like each common one."""
    drawn = [
        [picture(face, form.format(letter), script.language) for letter in script.letters]
        for face in map(opened, script.faces)
        for form in script.forms
    ]
    kept = [at for at in range(len(script.letters)) if all(one[at] is not None for one in drawn)]
    common = sum(at < script.common for at in kept)
    total = np.zeros((len(kept), common), np.float32)
    same = np.zeros(total.shape, bool)
    for sheets in ([one[at] for at in kept] for one in drawn):
        plain = [sheet for sheet in sheets if sheet is not None]
        for number, rows in enumerate((pictures(plain), pictures(list(map(stretched, plain))))):
            centred = normed(rows - rows.mean(axis=0))
            for first in range(0, len(rows), BLOCK):
                block = slice(first, first + BLOCK)
                total[block] += centred[block] @ centred[:common].T
                if number == 0:
                    same[block] |= rows[block] @ rows[:common].T > SAME
    total /= 2 * len(drawn)
    total[same] = -1.0
    return tuple(script.letters[at] for at in kept), total


def base(letter: str) -> str:
    """The letter without its marks, where letters have cases and marks."""
    plain = unicodedata.normalize("NFD", letter)[0]
    return plain if letter.isupper() or letter.islower() else letter


def may_stand_for(new: str, old: str, siblings: bool) -> bool:
    """Is it a change of letter rather than of case, and of a mark to a mark of its place?"""
    if len(new) != len(old) or unicodedata.combining(new[-1]) != unicodedata.combining(old[-1]):
        return False
    if [old[-1] in place for place in PLACES] != [new[-1] in place for place in PLACES]:
        return False
    if look_the_same(old, new) or (siblings and base(new) != base(old)):
        return False
    if new.isdigit() or old.isdigit():
        return True
    if unicodedata.name(old[-1]).split()[0] != unicodedata.name(new[-1]).split()[0]:
        return False  # hiragana and katakana
    return new.islower() == old.islower() and new.isupper() == old.isupper()


def nearest(script: Script) -> dict[str, list[tuple[str, float]]]:
    """What looks most like each letter and how much, nearest first."""
    letters, alike = likeness(script)
    out: dict[str, list[tuple[str, float]]] = {letter[-1]: [] for letter in letters}
    for old, row in zip(letters, alike, strict=True):
        near = out[old[-1]]
        for at in np.argsort(-row, kind="stable").tolist():
            new, how = letters[at], float(row[at])
            if how < (script.least if near else script.nearest) or len(near) == MOST:
                break
            if may_stand_for(new, old, script.siblings):
                near.append((new[-1], how))
    # What is nearest to another has that other beside its own.
    for old in letters[: alike.shape[1]]:
        for new, how in out[old[-1]][:1]:
            if old[-1] not in [one for one, _ in out[new]]:
                out[new].append((old[-1], how))
    return {old: near for old, near in out.items() if near}


def main() -> None:
    """Derive every script, write the files, say what was found."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--out", type=Path, default=ROOT / "glyphdata/parts/lookalikes")
    asked.add_argument("--show", default="", help="print these characters with their measures")
    options = asked.parse_args()
    files: dict[str, dict[str, list[str]]] = {}
    for script in SCRIPTS:
        begun = time.perf_counter()
        found = nearest(script)
        spent = time.perf_counter() - begun
        print(f"{script.name:12} {len(found):5} of {len(script.letters):5}  {spent:5.1f} s")
        for letter in filter(found.__contains__, options.show):
            print("   ", letter, " ".join(f"{one} {how:.3f}" for one, how in found[letter]))
        lists = files.setdefault(script.name, {})
        for old, near in found.items():
            known = lists.setdefault(old, [])
            known += [new for new, _ in near if new not in known]
    for name, lists in files.items():
        lines = [f"{old} {''.join(near)}\n" for old, near in lists.items()]
        (options.out / f"{name}.txt").write_text("".join(lines), encoding="utf-8")
    print(sum(path.stat().st_size for path in options.out.glob("*.txt")), "bytes")


if __name__ == "__main__":
    main()
