"""Draws docs/edits.jpg: every kind of edit, the original above its variant, and the record of it.

python tests/bench/edit_sheet.py [--out docs/edits.jpg]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple, cast

from PIL import Image

from glyphdata.draw.render import render
from glyphdata.faces.catalogue import load as catalogue
from glyphdata.faces.outlines import Outlines
from glyphdata.parts import EditRange
from glyphdata.parts.backgrounds.solid import Solid
from glyphdata.parts.phrase import Phrase, edited
from glyphdata.registry import load
from glyphdata.scene.color import Color, Ink
from glyphdata.scene.geometry import Homography
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Canvas, Edit, Scene, TextBox
from glyphdata.typeset import fit, shape
from glyphdata.typeset.itemize import direction_of, script_of

ROOT = Path(__file__).parents[2]
FACES = {
    "en": "Lora-Regular", "vi": "EBGaramond-Regular", "ru": "EBGaramond-Regular",
    "ar": "Amiri-Regular", "he": "FrankRuhlLibre-Regular", "th": "Sarabun-Regular",
    "hi": "NotoSansDevanagari-Regular", "zh": "NotoSansCJKSC-Regular",
    "ja": "NotoSansCJKJP-Regular", "ko": "NotoSansCJKKR-Regular",
}  # fmt: skip
NAMES = "OpenSans-SemiBold"
RECORDS = "RobotoMono-Regular"
# Records may quote any script, which the face of the rest of the line does not draw.
RECORD_FACES = {"en": RECORDS, "ru": RECORDS, "vi": RECORDS}
BLACK, RED, GREY = Color(20, 20, 20), Color(178, 24, 43), Color(110, 110, 110)

ENGLISH = ("Fresh bread every day", "en")
ARABIC = ("خبز طازج كل يوم", "ar")
THAI = ("ขนมปังสดใหม่ทุกวัน", "th")
HINDI = ("हर दिन ताज़ी रोटी", "hi")
CHINESE = ("每天新鲜的面包", "zh")
ROWS: tuple[tuple[str, tuple[tuple[tuple[str, str], int], ...]], ...] = (
    ("replace", ((ENGLISH, 3), (("Свежий хлеб", "ru"), 1), (HINDI, 2))),
    ("repeat", ((ENGLISH, 5), (CHINESE, 2), (ARABIC, 3))),
    ("add", ((ENGLISH, 4), (THAI, 3), (("매일 갓 구운 빵", "ko"), 2))),
    ("drop", ((ENGLISH, 1), (CHINESE, 3), (ARABIC, 1))),
    ("swap", ((ENGLISH, 1), (("לחם טרי בכל יום", "he"), 2), (THAI, 2))),
    ("lookalike", ((("modern bread", "en"), 37), (("白天人间", "zh"), 11), (ARABIC, 2))),
    ("garble", ((ENGLISH, 33), (("Bánh mì mỗi ngày", "vi"), 14), (THAI, 1))),
    ("repeat_word", ((ENGLISH, 24), (ARABIC, 5), (THAI, 4))),
    ("add_word", ((ENGLISH, 18), (HINDI, 1), (ARABIC, 3))),
    ("drop_word", ((ENGLISH, 1), (THAI, 2), (("매일 갓 구운 빵", "ko"), 3))),
)
LEFT, NAME, CARD, ROW, MARGIN = 24, 130, 350, 122, 20


class Line(NamedTuple):
    """One line of the sheet: what, in which face and colour, where (pixels), at most how large."""

    text: str
    key: str
    language: str
    color: Color
    left: int
    top: int
    size_px: float


def choose(kind: str, text: str, language: str, seed: int) -> tuple[str, Edit]:
    """The text after an edit of that kind, and the edit."""
    faces = catalogue()
    token = next(face.token for face in faces.faces if face.key == FACES[language])
    phrase = Phrase.of(text, language)
    part = cast(EditRange, load("edits", kind)())
    edit = part.choose(
        Rng.of(seed, 0), phrase, lambda text: bool(faces.covering(text) >> token & 1)
    )
    return edited(phrase, edit), edit


def record(edit: Edit, language: str, left: int, top: int) -> list[Line]:
    """The edit's fields; what went and came stand in the face of the text."""
    said = f"{edit.unit} {edit.position}"
    quoted = f'"{edit.before}" -> "{edit.after}"' if language in RECORD_FACES else ""
    lines = [Line(f"{said}  {quoted}".strip(), RECORDS, "en", GREY, left, top, 12.0)]
    if not quoted:
        at = left + 8 * len(said) + 16
        for text in (edit.before or '""', "->", edit.after or '""'):
            own = text not in ('""', "->")
            key, tongue = (FACES[language], language) if own else (RECORDS, "en")
            lines.append(Line(text.strip(), key, tongue, GREY, at, top - 3 * own, 14.0))
            at += 10 + width(lines[-1])
    return lines


def width(line: Line) -> int:
    """How wide a line is at its full size, in pixels."""
    return round(box(0, line, 1e6).width_px)


def box(number: int, line: Line, room: float = CARD - 14.0) -> TextBox:
    """The line as a text box, as large as it may be and fits."""
    face = next(face for face in catalogue().faces if face.key == line.key)
    direction = direction_of(line.text)
    shaped = shape(
        line.text, catalogue().open(face.token), Outlines(), language=line.language,
        direction=direction, ligatures=False,
    )  # fmt: skip
    found = fit(
        shaped, width_px=room, height_px=200.0, size_px=(6.0, line.size_px), line_spacing=1.0,
        max_lines=1,
    )  # fmt: skip
    assert found is not None, line
    return TextBox(
        id=number, level="sentence", text=line.text, source_text=line.text,
        language=line.language, script=script_of(line.text), direction=direction, face=face.ref,
        ink=Ink(0, "", line.color), size_px=found.size_px, align="left", angle_deg=0.0,
        width_px=found.width_px, height_px=found.height_px,
        place=Homography.placed(line.left, line.top), line_ends=found.line_ends,
    )  # fmt: skip


def sheet() -> list[Line]:
    """Every line of the sheet."""
    lines = []
    for row, (kind, cards) in enumerate(ROWS):
        top = MARGIN + row * ROW
        lines.append(Line(kind, NAMES, "en", BLACK, LEFT, top + 6, 18.0))
        for column, ((text, language), seed) in enumerate(cards):
            left = LEFT + NAME + column * CARD
            after, edit = choose(kind, text, language, seed)
            lines.append(Line(text, FACES[language], language, BLACK, left, top, 25.0))
            lines.append(Line(after, FACES[language], language, RED, left, top + 38, 25.0))
            lines += record(edit, language, left, top + 84)
    return lines


def main() -> None:
    """Draw the sheet."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--out", type=Path, default=ROOT / "docs/edits.jpg")
    out: Path = asked.parse_args().out
    canvas = Canvas(LEFT + NAME + 3 * CARD + LEFT, 2 * MARGIN + len(ROWS) * ROW - 16)
    boxes = tuple(box(number, line) for number, line in enumerate(sheet()))
    scene = Scene(
        seed=0, index=0, variant=0, canvas=canvas, level="sentence", language="en",
        background=Solid(Color(252, 251, 248)), boxes=boxes,
    )  # fmt: skip
    Image.fromarray(render(scene).pixels).save(out, quality=90)
    print(out, canvas)


if __name__ == "__main__":
    main()
