"""`glyphdata score`: how right captions are, by level and category."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glyphdata.cli.options import AsJson, OutFolder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glyphdata.caption.score.report import Row, Score
    from glyphdata.caption.score.scoring import Scores


def command(
    out: OutFolder,
    judge: Annotated[
        str | None,
        typer.Option("--judge", metavar="KIND", help="A captioner that answers the questions."),
    ] = None,
    captioner: Annotated[
        str | None,
        typer.Option("--captioner", metavar="KIND", help="Score what it says now, not the stored."),
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="The model of the judge, or of the captioner.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("-s", "--set", metavar="KEY=VALUE", help="Another of its fields; repeatable."),
    ] = None,
    levels: Annotated[str, typer.Option("--levels", help="Levels, as 1-6 or 1,2,5.")] = "1-6",
    source: Annotated[
        str | None, typer.Option("--source", help="Only captions of this source: truth, llava, …")
    ] = None,
    votes: Annotated[int, typer.Option("--votes", min=1, help="Of the judge; odd.")] = 1,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Only the first so many samples.")
    ] = None,
    likeness: Annotated[
        bool, typer.Option("--likeness", help="Add BLEU, ROUGE-L and CIDEr-D against truth.")
    ] = False,
    clip: Annotated[
        Path | None, typer.Option("--clip", metavar="DIR", help="Add CLIPScore by this CLIP model.")
    ] = None,
    plots: Annotated[
        Path | None, typer.Option("--plots", metavar="DIR", help="Write plots (SVG) into it.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Ask captions what truth knows: accuracy, precision and coverage by level and category.

    Every question has a twin with the other answer, so always yes scores one half. Without --judge
    the answers are found in the captions' words by rule: a lower bound for free prose.

    Example: glyphdata score out/ --plots plots/
    """
    from contextlib import ExitStack
    from itertools import islice

    from glyphdata.caption.score.judge import Judge
    from glyphdata.caption.score.scoring import scores_of
    from glyphdata.cli.score_samples import Source, captioner_of, clip_scores, levels_of
    from glyphdata.cli.show import document, many, note
    from glyphdata.faces.catalogue import load
    from glyphdata.shards.dataset import Dataset

    fields, wanted, data = settings or (), levels_of(levels), Dataset(out)
    asked = speaker = None
    with ExitStack() as held:
        if judge is not None:
            asked = Judge(held.enter_context(captioner_of(judge, fields, model)), votes)
            fields, model = (), None
        if captioner is not None:
            speaker = held.enter_context(captioner_of(captioner, fields, model))
        found = Source(islice(data, limit), load(), wanted, source)
        samples = found.stored() if speaker is None else found.said(speaker, captioner or "")
        kept = [] if clip is None else list(samples)
        scores = scores_of(kept or samples, asked, compare=likeness)
    seen = clip_scores(data, kept, clip) if clip is not None else {}
    found.heed(out)
    if plots is not None:
        from glyphdata.cli.score_plots import write_plots

        note(f"{plots}: {many(len(write_plots(scores.report, plots)), 'plot')}")
    if json:
        document(_document(judge, scores, seen))
    else:
        _show(scores, seen, judge)


def _show(scores: Scores, seen: Mapping[int, float], judge: str | None) -> None:
    from glyphdata.cli.show import say, table

    rows = scores.report.levels
    columns = ("level", "captions", "accuracy", "precision", "coverage", "n/a", "invented")
    table(columns, [(level, f"{row.captions:,}", *_cells(row)) for level, row in rows.items()])
    names = list(dict.fromkeys(name for row in rows.values() for name in row.categories))
    say("\naccuracy by category:")
    levels = [f"level {level}" for level in rows]
    table(
        ("category", *levels),
        [(name, *(_accuracy(row.categories.get(name)) for row in rows.values())) for name in names],
    )
    if len(scores.report.sources) > 1:
        say("\nby source:")
        table(
            ("source", *columns),
            [
                (source, level, f"{row.captions:,}", *_cells(row))
                for source, own in scores.report.sources.items()
                for level, row in own.items()
            ],
        )
    if scores.likeness:
        say("\nlikeness to true captions:")
        table(
            ("level", "BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "ROUGE-L", "CIDEr-D"),
            [
                (level, *(f"{value:.3f}" for value in (*one.bleu, one.rouge_l, one.cider_d)))
                for level, one in scores.likeness.items()
            ],
        )
    if seen:
        said = ", ".join(f"level {level} {score:.3f}" for level, score in seen.items())
        say(f"\nCLIPScore: {said}")
    if scores.agreement is not None:
        unparsed = sum(row.unparsed for row in rows.values())
        agreed = f"kappa with the answers by rule {scores.agreement:.3f}"
        say(f"\nanswered by {judge}: {agreed}; {unparsed:,} answers could not be read")


def _cells(row: Row) -> tuple[str, ...]:
    one = row.overall
    shares = (one.accuracy, one.precision, one.coverage, one.na_rate)
    return (*map(_share, shares), f"{row.invented_per_caption:.2f}")


def _accuracy(score: Score | None) -> str:
    return _share(score.accuracy) if score is not None else "–"


def _share(share: float | None) -> str:
    return f"{share:.3f}" if share is not None else "–"


def _document(judge: str | None, scores: Scores, seen: Mapping[int, float]) -> dict[str, object]:
    """The scores for programs."""

    def levels(rows: Mapping[int, Row]) -> dict[str, object]:
        return {str(level): _row(row) for level, row in rows.items()}

    found: dict[str, object] = {
        "judge": judge or "rules",
        "levels": levels(scores.report.levels),
        "sources": {name: levels(rows) for name, rows in scores.report.sources.items()},
        "agreement": scores.agreement,
    }
    if scores.likeness:
        found["likeness"] = {
            str(level): {"bleu": one.bleu, "rouge_l": one.rouge_l, "cider_d": one.cider_d}
            for level, one in scores.likeness.items()
        }
    if seen:
        found["clipscore"] = {str(level): score for level, score in seen.items()}
    return found


def _row(row: Row) -> dict[str, object]:
    return {
        "captions": row.captions,
        **_score(row.overall),
        "invented": row.invented_per_caption,
        "unparsed": row.unparsed,
        "categories": {name: _score(score) for name, score in row.categories.items()},
    }


def _score(score: Score) -> dict[str, object]:
    return {
        "questions": score.questions,
        "accuracy": score.accuracy,
        "precision": score.precision,
        "coverage": score.coverage,
        "na": score.na_rate,
    }
