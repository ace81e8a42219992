"""`glyphdata measure`: how right, and how like real ones, generated pictures are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glyphdata.cli import measure_pictures
from glyphdata.cli.options import AsJson

if TYPE_CHECKING:
    from glyphdata.review.measures.pairs import Pairs
    from glyphdata.review.measures.words import Words

app = typer.Typer(
    name="measure",
    help="How right, and how like real ones, generated pictures are.",
    epilog="Example: glyphdata measure words asked.jsonl --tesseract generated/",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command("fid")(measure_pictures.fid)
app.command("lpips")(measure_pictures.lpips)
app.command("clip")(measure_pictures.clip)

_Truth = Annotated[
    Path,
    typer.Argument(
        metavar="TRUTH", help='What was asked for: lines {"key", "text"}, or a dataset\'s folder.'
    ),
]
_Read = Annotated[
    Path | None, typer.Argument(metavar="OCR", help="What was read: lines of the same form.")
]
_Tesseract = Annotated[
    Path | None,
    typer.Option("--tesseract", metavar="DIR", help="Have Tesseract read these pictures instead."),
]
_Language = Annotated[str, typer.Option("--language", help="Tesseract's models: eng, eng+deu.")]
_Mode = Annotated[
    int, typer.Option("--psm", min=0, max=13, help="How Tesseract looks: 3 page, 7 line, 8 word.")
]


@app.command("words")
def words_command(
    truth: _Truth,
    read: _Read = None,
    tesseract: _Tesseract = None,
    language: _Language = "eng",
    mode: _Mode = 3,
    json: AsJson = False,
) -> None:
    """Precision, recall and F of words, with and without case, and by length of text.

    Example: glyphdata measure words prompts.jsonl read.jsonl --json
    """
    from dataclasses import asdict

    from glyphdata.cli.show import document, say, table
    from glyphdata.review.measures.words import by_length, words

    found = _pairs(truth, read, tesseract, language, mode)
    every = {
        "case": words(found.pairs, fold=False),
        "folded": words(found.pairs, fold=True),
    }
    bins = by_length(found.pairs, fold=False)
    if json:
        document(
            {
                **{name: asdict(one) for name, one in every.items()},
                "by_length": {name: asdict(one) for name, one in bins.items()},
                **_partners(found),
            }
        )
        return
    columns = ("words", "pictures", "precision", "recall", "F", "right", "9/10 read")
    table(
        columns,
        [
            _row("case minded", every["case"]),
            _row("case folded", every["folded"]),
            *(_row(f"  {name} characters", one) for name, one in bins.items()),
        ],
    )
    say("lengths are of the text asked for, with case minded")


@app.command("sequences")
def sequences_command(
    truth: _Truth,
    read: _Read = None,
    tesseract: _Tesseract = None,
    language: _Language = "eng",
    mode: _Mode = 7,
    json: AsJson = False,
) -> None:
    """Whole texts: SeqAcc (case folded), Sen.ACC (case minded) and NED.

    Example: glyphdata measure sequences lines.jsonl read.jsonl
    """
    from dataclasses import asdict

    from glyphdata.cli.show import document, table
    from glyphdata.review.measures.sequences import sequences

    found = _pairs(truth, read, tesseract, language, mode)
    every = sequences(found.pairs)
    if json:
        document({**asdict(every), **_partners(found)})
        return
    shares = (every.seq_acc, every.sen_acc, every.ned)
    table(
        ("texts", "SeqAcc", "Sen.ACC", "NED", "edits per text"),
        [(f"{every.texts:,}", *(f"{share:.4f}" for share in shares), f"{every.edits:.2f}")],
    )


def _pairs(
    truth: Path, read: Path | None, tesseract: Path | None, language: str, mode: int
) -> Pairs:
    """What was asked for and read, from a file or from pictures; what had no partner is told."""
    from glyphdata.cli.show import many, note
    from glyphdata.review.measures.pairs import pairs
    from glyphdata.review.measures.reading import read as read_pictures

    if (read is None) == (tesseract is None):
        raise typer.BadParameter("give the file OCR, or --tesseract DIR", param_hint="OCR")
    if tesseract is not None:
        found = pairs(truth, read_pictures(tesseract, language, mode))
    else:
        found = pairs(truth, read or Path())
    if found.unread:
        note(f"not read, and counted as empty: {many(found.unread, 'text')}")
    if found.unasked:
        note(f"read, but not asked for: {many(found.unasked, 'text')}")
    return found


def _partners(found: Pairs) -> dict[str, object]:
    return {"unread": found.unread, "unasked": found.unasked}


def _row(name: str, one: Words) -> tuple[str, ...]:
    shares = (one.precision, one.recall, one.f, one.accuracy, one.nearly)
    return (name, f"{one.pictures:,}", *(f"{share:.4f}" for share in shares))
