"""`glyphdata eval`: what a trained encoder knows of texts that it was never trained on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from glyphdata.cli.options import AsJson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from glyphdata.train.evaluate.in_group import Figure
    from glyphdata.train.evaluate.report import Report


def command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder, or an encoder's.")],
    data: Annotated[
        list[str] | None,
        typer.Option("--data", metavar="OUT", help="A dataset to ask; repeatable."),
    ] = None,
    of: Annotated[int, typer.Option("--of", min=2, help="Texts in a gallery.")] = 256,
    families: Annotated[
        int | None, typer.Option("--families", min=2, help="Boxes asked at most; else 8 galleries.")
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--form", help="How texts are said: styled, plain, bare; else as trained."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Ask all texts, those trained on too.")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of galleries and controls.")] = 0,
    least: Annotated[
        list[str] | None,
        typer.Option("--least", metavar="KEY=VALUE", help="Exit with 5 below it; repeatable."),
    ] = None,
    page: Annotated[bool, typer.Option("--page", help="Write RUN/eval.html too.")] = False,
    device: Annotated[str, typer.Option("--device", help="auto, cpu, cuda, …")] = "auto",
    workers: Annotated[int, typer.Option("--workers", min=0, help="Processes that load.")] = 0,
    json: AsJson = False,
) -> None:
    """Ask held-out texts: retrieval, spellings beside a blind control, styles, characters.

    Writes RUN/eval.json. --least names a figure of it: text_to_box.r1=0.8, in_group.lift=0.2.

    Example: glyphdata eval runs/tiny --data out/ --page
    """
    from glyphdata.cli.show import document, note

    if not data:
        raise typer.BadParameter("name a dataset", param_hint="--data")
    asked, limits = _form(form), _limits(least or ())
    from glyphdata.train.evaluate.evaluating import Question
    from glyphdata.train.evaluate.report import gate
    from glyphdata.train.evaluate.running import evaluate_run

    question = Question(of, seed, "all" if every else "test", asked, families)
    report = evaluate_run(
        run,
        data,
        question,
        device=device,
        workers=workers,
        page=page,
        tell=note,
        told=_teller(),
    )
    if json:
        document(report.document())
    else:
        _show(report)
    for alarm in report.alarms:
        note(f"heed: {alarm}")
    gate(report, limits)


def _form(name: str | None) -> Literal["styled", "plain", "bare"] | None:
    """The form of that name, None for none; a usage error for another."""
    match name:
        case None | "styled" | "plain" | "bare":
            return name
    raise typer.BadParameter(f"{name!r} is none of styled, plain, bare", param_hint="--form")


def _limits(least: Sequence[str]) -> dict[str, float]:
    """The limits that `KEY=VALUE` spells; a usage error where one is no number."""
    found: dict[str, float] = {}
    for one in least:
        key, equals, value = one.partition("=")
        try:
            found[key.strip()] = float(value)
        except ValueError:
            equals = ""
        if not equals:
            raise typer.BadParameter(
                f"{one!r} is no KEY=VALUE such as text_to_box.r1=0.8", param_hint="--least"
            )
    return found


def _teller() -> Callable[[int, int], None]:
    """Says now and then how far it is."""
    import time

    from glyphdata.cli.show import note

    last = time.monotonic()

    def told(done: int, of: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last > 10:
            note(f"{done:,} of at most {of:,} boxes")
            last = now

    return told


def _show(report: Report) -> None:
    from glyphdata.cli.show import say, table

    asked = report.asked
    say(
        f"{asked.families:,} boxes in {asked.boxes:,} spellings, said {asked.form}, split"
        f" {asked.split}\n"
    )
    if report.retrieval is not None:
        seen = report.retrieval
        table(
            ("retrieval", "R@1", "R@5", "R@10", "of", "galleries"),
            [
                (name, *(f"{r:.3f}" for r in (one.r1, one.r5, one.r10)), one.of, seen.galleries)
                for name, one in (
                    ("text to box", seen.text_to_box),
                    ("box to text", seen.box_to_text),
                )
            ],
        )
        say(f"chance {seen.chance:.4f}\n")
    rows = list(_rows(report))
    if rows:
        table(("told apart", "share", "blind", "lift", "chance", "boxes"), rows)
    if report.in_group is not None:
        kinds = report.in_group.slices["by_edit"]
        say("")
        table(
            ("spellings by edit", "share", "blind", "lift", "boxes"),
            [(name, *_cells(one), f"{one.boxes:,}") for name, one in kinds.items()],
        )
    if report.characters is not None:
        one = report.characters
        say(f"\ncharacters {one.accuracy:.3f}, whole texts {one.texts:.3f} ({one.boxes:,} boxes)")


def _rows(report: Report) -> Iterator[Sequence[object]]:
    group = report.in_group
    if group is not None:
        chance = f"{group.chance:.3f}"
        for name, one in (
            (f"its text among {group.of}", group.boxes),
            (f"its box among {group.of}", group.texts),
            ("the original", group.originals),
        ):
            if one is not None:
                yield (name, *_cells(one), chance, f"{one.boxes:,}")
    for name, style in (("colour", report.colors), ("face", report.fonts)):
        if style is not None:
            figure = style.figure
            cells = (*_cells(figure), f"{style.chance:.3f}", f"{figure.boxes:,}")
            yield (f"{name} among {style.of}", *cells)


def _cells(one: Figure) -> tuple[str, str, str]:
    blind, lift = (("–" if x is None else f"{x:.3f}") for x in (one.blind, one.lift))
    return f"{one.accuracy:.3f}", blind, lift
