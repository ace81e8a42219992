"""`glyphdata train`: train an encoder on datasets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from glyphdata.cli.options import AsJson, keys_of

if TYPE_CHECKING:
    from glyphdata.train.settings import Settings
    from glyphdata.train.training import Options, Summary
    from glyphdata.train.trying import Trial


def command(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="The settings, a YAML file.")],
    *,
    data: Annotated[
        list[str],
        typer.Option("--data", metavar="OUT", help="A dataset; several are stages, in turn."),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="RUN", help="The folder of the run.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run in the folder, exactly.")
    ] = False,
    exclude: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Do not read the samples of these keys, one a line."),
    ] = None,
    max_steps: Annotated[
        int | None,
        typer.Option(min=1, help="Leave off after this step, to be gone on with by --resume."),
    ] = None,
    device: Annotated[
        Literal["auto", "cpu", "cuda"], typer.Option(help="What it is trained on.")
    ] = "auto",
    tensorboard: Annotated[
        bool, typer.Option("--tensorboard", help="Write to RUN/tensorboard, too.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be trained; train nothing.")
    ] = False,
    first_batch: Annotated[
        Path | None,
        typer.Option(metavar="FILE.png", help="With --dry-run: draw what a step is given."),
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option("-s", "--set", metavar="KEY=VALUE", help="Change one setting; repeatable."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Train an encoder on datasets: texts and pictures of texts as vectors of one space.

    Example: glyphdata train recipes/train/tiny.yaml --data out/ --out run/
    """
    from glyphdata.train.loading import load_settings

    if first_batch is not None and not dry_run:
        raise typer.BadParameter("goes with --dry-run", param_hint="--first-batch")
    if out is None and not dry_run:
        raise typer.BadParameter("is needed, but for --dry-run", param_hint="--out")
    settings = load_settings(config, overrides or ())
    keys = tuple(keys_of(exclude) or ())
    if dry_run or out is None:
        _try_out(settings, data, keys, device, first_batch, json)
    else:
        from glyphdata.train.training import Options

        options = Options(resume, max_steps, device, tensorboard, keys)
        _train(settings, data, out, options, json)


def _train(settings: Settings, data: list[str], out: Path, options: Options, json: bool) -> None:
    import os
    from contextlib import nullcontext
    from dataclasses import replace

    from glyphdata.cli import show
    from glyphdata.cli.telling import teller
    from glyphdata.train.training import train

    # Of several processes one tells how far the run is.
    leads = os.environ.get("RANK", "0") in ("", "0")
    with teller("steps") if leads else nullcontext(options.tell) as tell:
        summary = train(settings, data, out, replace(options, tell=tell))
    if not summary.leader:
        return
    if json:
        show.document(document_of(summary))
    else:
        show.say("\n".join(lines_of(summary)))


def _try_out(
    settings: Settings,
    data: list[str],
    keys: tuple[str, ...],
    device: str,
    first_batch: Path | None,
    json: bool,
) -> None:
    from glyphdata.cli import show
    from glyphdata.train.trying import tried

    trial = tried(settings, data, keys, device, first_batch)
    if json:
        show.document(trial_document(settings, trial))
    else:
        show.say("\n".join(trial_lines(settings, trial)))


def document_of(summary: Summary) -> dict[str, object]:
    """The summary as programs read it."""
    return {
        "run": str(summary.out),
        "encoder": str(summary.out / "encoder"),
        "finished": summary.finished,
        "step": summary.step,
        "steps": summary.steps,
        "skipped": summary.skipped,
        "losses": {
            name: summary.last[name]
            for name in ("loss", "box", "hard", "characters", "places")
            if name in summary.last
        },
        "last": dict(summary.last),
        "left_out": dict(summary.left_out),
        "seconds": round(summary.seconds, 3),
    }


def lines_of(summary: Summary) -> Iterator[str]:
    """The summary as people read it."""
    from glyphdata.cli.show import many

    last = summary.last
    told = f"{summary.out}: {many(summary.step, 'step')} of {summary.steps:,}"
    if last:
        told += f", loss {last['loss']:.3f}, {100 * last['right_box']:.0f} % of boxes right"
    yield f"{told}, {summary.seconds:.0f} s"
    if summary.skipped:
        yield f"{many(summary.skipped, 'step')} left out for their gradient"
    if summary.left_out:
        kinds = (f"{count:,} × {reason}" for reason, count in summary.left_out.items())
        yield f"not read: {', '.join(kinds)}"
    if not summary.finished:
        yield f"go on: the same command with --resume, up to step {summary.steps:,}"
    yield f"see what it learned: glyphdata eval {summary.out} --data …"


def trial_document(settings: Settings, trial: Trial) -> dict[str, object]:
    """What would be trained, as programs read it."""
    from dataclasses import asdict

    return {"dry_run": True, "settings": settings.model_dump(mode="json"), **asdict(trial)}


def trial_lines(settings: Settings, trial: Trial) -> Iterator[str]:
    """What would be trained, as people read it."""
    from glyphdata.cli.show import many, size

    yield f"{many(trial.groups, 'group')} in {', '.join(trial.data)}"
    yield f"{many(trial.steps, 'step')} of {many(settings.batch.groups, 'group')}"
    yield (
        f"a step: {trial.boxes:,} boxes, {many(trial.views, 'view')}, "
        f"{many(trial.sequences, 'sequence')} of {trial.tokens:,} tokens "
        f"({100 * trial.padding:.0f} % padding), {trial.step_tflops:.3g} TFLOP"
    )
    yield (
        f"{trial.parameters:,} weights, {trial.trained:,} of them trained "
        f"(text {trial.text_parameters:,}, vision {trial.vision_parameters:,})"
    )
    held = f"{size(trial.weight_bytes)} of weights and optimizer"
    yield f"memory, about: {held}, {size(trial.activation_bytes)} of activations"
    yield "nothing was trained"
