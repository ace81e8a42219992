"""The page of an evaluation: figures, and the wrong answers with their pictures.

It holds everything it shows, runs no script and loads nothing; whatever a sample says is text.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from html import escape
from pathlib import Path

from glyphdata.errors import OutputError
from glyphdata.train.batch import BoxFacts
from glyphdata.train.evaluate.crops import Crops
from glyphdata.train.evaluate.in_group import Figure
from glyphdata.train.evaluate.report import Report
from glyphdata.train.evaluate.retrieval import Part

SHOWN = 120
"""Wrong answers of each kind that a page shows: the worst."""

_SWAPS = 24


def write_page(report: Report, crops: Crops, path: Path, title: str) -> None:
    """Write the page of a report; `crops` holds the pictures of its boxes, in their order.

    `OutputError` where it cannot be written.
    """
    try:
        path.write_text(page(report, crops, title), encoding="utf-8", errors="backslashreplace")
    except OSError as fault:
        raise OutputError(
            f"the page cannot be written: {fault.strerror}", hint="is the run's folder writable?"
        ).inside(str(path)) from fault


def page(report: Report, crops: Crops, title: str) -> str:
    """The page as HTML."""
    alarms = "".join(f'<p class="alarm">{_text(alarm)}</p>' for alarm in report.alarms)
    return _PAGE.format(
        title=_text(title),
        alarms=alarms,
        figures=_table(("", "share", "blind", "lift", "boxes"), _figures(report)),
        slices="".join(_slices(report)),
        swaps=_swaps(report),
        confusions=_confusions(report, crops),
        misses=_misses(report, crops),
    )


def _figures(report: Report) -> Iterator[Sequence[str]]:
    if report.retrieval is not None:
        seen = report.retrieval
        for name, one in (("text to box", seen.text_to_box), ("box to text", seen.box_to_text)):
            for place, share in (("1", one.r1), ("5", one.r5), ("10", one.r10)):
                yield (f"{name}, R@{place} of {one.of}", _share(share), "", "", "")
    if report.in_group is not None:
        group = report.in_group
        yield _row(f"its text among {group.of} spellings", group.boxes)
        yield _row("its box, the other way", group.texts)
        if group.originals is not None:
            yield _row("originals against their edits", group.originals)
    for name, style in (("colour", report.colors), ("face", report.fonts)):
        if style is not None:
            yield _row(f"{name} among {style.of}", style.figure)
    if report.characters is not None:
        spelled = report.characters
        yield ("characters", _share(spelled.accuracy), "", "", f"{spelled.boxes:,}")


def _slices(report: Report) -> Iterator[str]:
    """A table for each way of slicing the boxes."""
    parts: dict[str, dict[str, Figure]] = report.in_group.slices if report.in_group else {}
    for name, figures in parts.items():
        rows = [_row(one, figure) for one, figure in figures.items()]
        head = (f"spellings {name.replace('_', ' ')}", "share", "blind", "lift", "boxes")
        yield _table(head, rows)
    shares: dict[str, dict[str, Part]] = report.retrieval.slices if report.retrieval else {}
    for name, found in shares.items():
        rows = [(one, _share(part.r1), f"{part.boxes:,}") for one, part in found.items()]
        yield _table((f"R@1 {name.replace('_', ' ')}", "share", "boxes"), rows)


def _swaps(report: Report) -> str:
    """Which characters were most often taken for which."""
    counted: Counter[tuple[str, str]] = Counter()
    for one in report.in_group.confusions if report.in_group else ():
        right, chosen = report.boxes[one.box].text, report.boxes[one.chosen].text
        for kind, a, b, c, d in SequenceMatcher(None, right, chosen, False).get_opcodes():
            if kind != "equal" and max(b - a, d - c) == 1:
                counted[right[a:b], chosen[c:d]] += 1
    rows = [(_text(a) or "∅", _text(b) or "∅", str(n)) for (a, b), n in counted.most_common(_SWAPS)]
    return _table(("drawn", "taken for", "times"), rows, safe=True) if rows else ""


def _confusions(report: Report, crops: Crops) -> str:
    group = report.in_group
    if group is None:
        return "<p>No family of spellings was asked.</p>"
    cards = [
        _card(crops, one.box, report.boxes[one.box], report.boxes[one.chosen],
              f"nearer by {one.margin:.3f}")
        for one in group.confusions[:SHOWN]
    ]  # fmt: skip
    wrong = len(group.confusions)
    return f"<p>{wrong:,} of {group.boxes.boxes:,} boxes.</p>{''.join(cards)}"


def _misses(report: Report, crops: Crops) -> str:
    seen = report.retrieval
    if seen is None:
        return "<p>No gallery was asked.</p>"
    cards = [
        _card(crops, one.box, report.boxes[one.box], report.boxes[one.chosen],
              f"place {one.rank + 1} of {seen.box_to_text.of}")
        for one in seen.misses[:SHOWN]
    ]  # fmt: skip
    asked = seen.galleries * seen.box_to_text.of
    return f"<p>{len(seen.misses):,} of {asked:,} boxes.</p>{''.join(cards)}"


def _card(crops: Crops, number: int, box: BoxFacts, chosen: BoxFacts, how: str) -> str:
    """One wrong answer: its picture, the right text and the chosen one, differences marked."""
    picture = base64.b64encode(crops[number]).decode()
    right, wrong = marked(box.text, chosen.text)
    tags = " ".join((box.level, box.script, *box.edits))
    if box.text == chosen.text:
        tags += f" · colour {box.color_token}, face {box.font_token}, taken for"
        tags += f" {chosen.color_token}, {chosen.font_token}"
    return (
        f'<article><img src="data:image/jpeg;base64,{picture}" alt="the box">'
        f"<dl><dt>drawn</dt><dd><bdi>{right}</bdi></dd>"
        f"<dt>chosen</dt><dd><bdi>{wrong}</bdi></dd></dl>"
        f"<footer><code>{_text(box.key)} #{box.box}</code> {_text(tags)} · {_text(how)}</footer>"
        "</article>"
    )


def marked(right: str, wrong: str) -> tuple[str, str]:
    """Both texts as HTML, with `<mark>` around what the other has not."""
    one: list[str] = []
    other: list[str] = []
    for kind, a, b, c, d in SequenceMatcher(None, right, wrong, False).get_opcodes():
        for parts, words in ((one, right[a:b]), (other, wrong[c:d])):
            said = _text(words)
            if said:
                parts.append(said if kind == "equal" else f"<mark>{said}</mark>")
    return "".join(one), "".join(other)


def _row(name: str, one: Figure) -> Sequence[str]:
    blind = "" if one.blind is None else _share(one.blind)
    lift = "" if one.lift is None else _share(one.lift)
    return (name, _share(one.accuracy), blind, lift, f"{one.boxes:,}")


def _share(share: float) -> str:
    return f"{share:.3f}"


def _table(
    head: Sequence[str], rows: Iterator[Sequence[str]] | Sequence[Sequence[str]], safe: bool = False
) -> str:
    """A table; its cells are escaped unless they are safe already."""
    top = "".join(f"<th>{_text(cell)}</th>" for cell in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{cell if safe else _text(cell)}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _text(words: str) -> str:
    """The words as HTML that is nothing but text; what cannot be seen is named."""
    return escape("".join(one if one.isprintable() else f"[U+{ord(one):04X}]" for one in words))


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title><style>
:root{{color-scheme:light dark;--soft:#68747f;--line:#d9dfe4;--card:#f5f7f8;--bad:#ffd6c9}}
@media(prefers-color-scheme:dark){{:root{{--soft:#98a4af;--line:#2b323a;--card:#1b2026;--bad:#6b2f1c}}}}
body{{font:15px/1.45 system-ui,sans-serif;max-width:76rem;margin:2rem auto;padding:0 1rem}}
h1{{font-size:1.4rem}}h2{{font-size:1.1rem;margin-top:2.2rem}}
.alarm{{background:var(--bad);padding:.5rem .8rem;border-radius:6px}}
.slices{{display:flex;flex-wrap:wrap;gap:1.2rem 2rem;align-items:flex-start}}
table{{border-collapse:collapse;font-variant-numeric:tabular-nums}}
th{{text-align:left;color:var(--soft);font-weight:500}}
td,th{{padding:.15rem .7rem .15rem 0;border-bottom:1px solid var(--line)}}
td:not(:first-child),th:not(:first-child){{text-align:right}}
.cards{{display:grid;grid-template-columns:repeat(auto-fill,minmax(19rem,1fr));gap:.8rem}}
.cards>p{{grid-column:1/-1;margin:0}}
article{{background:var(--card);border-radius:6px;padding:.7rem;overflow:hidden}}
img{{max-width:100%;display:block;margin-bottom:.5rem}}
dl{{margin:0;display:grid;grid-template-columns:4rem 1fr;gap:.1rem}}dt{{color:var(--soft)}}
dd{{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}}
mark{{background:var(--bad);color:inherit;border-radius:2px}}
footer{{color:var(--soft);font-size:.8rem;margin-top:.4rem}}
</style></head><body>
<h1>{title}</h1>
{alarms}
<p>A blind control answers the same questions by another box's picture; lift is what looking is
worth, (share − blind) / (1 − blind).</p>
{figures}
<h2>By kind</h2><div class="slices">{slices}</div>
<h2>Taken for another spelling</h2>{swaps}<div class="cards">{confusions}</div>
<h2>Taken for another text</h2><div class="cards">{misses}</div>
</body></html>
"""
