"""Scores as pictures: bars by level, and a chart of levels by category."""

from __future__ import annotations

from pathlib import Path

from glyphdata.caption.score.report import Report
from glyphdata.errors import OutputError
from glyphdata.review.svg import Sheet

_WIDTH, _LEFT, _TOP, _ROW = 640, 150, 66, 18
_SHARES = ("accuracy", "precision", "coverage")
_CELL_WIDE, _CELL_HIGH = 70, 26


def write_plots(report: Report, folder: Path) -> tuple[Path, ...]:
    """Write `score-levels.svg` and `score-categories.svg`; `OutputError` where that fails."""
    drawn = {"score-levels": _levels(report), "score-categories": _categories(report)}
    files = tuple(folder / f"{name}.svg" for name in drawn)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, words in zip(files, drawn.values(), strict=True):
            file.write_text(words, encoding="utf-8")
    except OSError as fault:
        raise OutputError(
            f"the plots cannot be written: {fault.strerror}", hint="choose another folder"
        ).inside(str(folder)) from fault
    return files


def _levels(report: Report) -> str:
    """A bar for each share of each level, 0 to 1."""
    high = len(report.levels) * (len(_SHARES) * _ROW + 14)
    sheet = Sheet(_WIDTH, _TOP + high + 20)
    captions = sum(row.captions for row in report.levels.values())
    sheet.text(20, 28, "How right captions are, by level", "title")
    sheet.text(20, 46, f"{captions:,} captions; always yes would have accuracy 0.5", "soft")
    room = _WIDTH - _LEFT - 70
    for tenth in (0, 5, 10):
        x = _LEFT + room * tenth / 10
        sheet.line(x, _TOP, x, _TOP + high, "grid")
        sheet.text(x, _TOP - 4, f"{tenth / 10:g}", "mid soft small")
    y = float(_TOP)
    for level, row in report.levels.items():
        one = row.overall
        for name, share in zip(_SHARES, (one.accuracy, one.precision, one.coverage), strict=True):
            label = f"level {level}  {name}" if name == _SHARES[0] else name
            sheet.text(_LEFT - 8, y + 13, label, "end soft")
            if share is None:
                sheet.text(_LEFT + 6, y + 13, "nothing answered", "soft small")
            else:
                kind = "bar" if name == _SHARES[0] else "rest"
                sheet.box(_LEFT, y + 3, max(room * share, 1.0), _ROW - 6, kind)
                sheet.text(_LEFT + room * share + 6, y + 13, f"{share:.3f}", "soft small")
            y += _ROW
        y += 14
    return sheet.written()


def _categories(report: Report) -> str:
    """The accuracy of each category at each level, as a bar in a cell with its number."""
    names = list(dict.fromkeys(name for row in report.levels.values() for name in row.categories))
    wide = max(_LEFT + len(report.levels) * _CELL_WIDE + 20, 360)
    sheet = Sheet(wide, _TOP + len(names) * _CELL_HIGH + 20)
    sheet.text(20, 28, "Accuracy by category and level", "title")
    for column, level in enumerate(report.levels):
        x = _LEFT + column * _CELL_WIDE
        sheet.text(x + _CELL_WIDE / 2, _TOP - 6, f"level {level}", "mid soft small")
    for line, name in enumerate(names):
        y = _TOP + line * _CELL_HIGH
        sheet.text(_LEFT - 8, y + 16, name, "end soft")
        for column, row in enumerate(report.levels.values()):
            x = _LEFT + column * _CELL_WIDE
            score = row.categories.get(name)
            if score is None or score.accuracy is None:
                continue
            sheet.box(x + 3, y + 19, (_CELL_WIDE - 6), 4, "rest")
            sheet.box(x + 3, y + 19, max((_CELL_WIDE - 6) * score.accuracy, 0.5), 4, "bar")
            sheet.text(x + _CELL_WIDE / 2, y + 15, f"{score.accuracy:.2f}", "mid small")
    return sheet.written()
