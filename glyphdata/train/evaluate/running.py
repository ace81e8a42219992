"""Evaluating a run: its encoder, the data it is asked of, and what is left in its folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from glyphdata.errors import InputError, OutputError
from glyphdata.shards.manifest import RegistryDigest
from glyphdata.train.device import device as device_of
from glyphdata.train.evaluate.crops import Crops
from glyphdata.train.evaluate.evaluating import Question, evaluate, folded
from glyphdata.train.evaluate.page import write_page
from glyphdata.train.evaluate.report import Report
from glyphdata.train.heldout import belongs
from glyphdata.train.keeping import DOCUMENT
from glyphdata.train.model import Encoder
from glyphdata.train.reading import picture
from glyphdata.train.registries import refuse_other
from glyphdata.train.run import Run
from glyphdata.train.settings import Settings
from glyphdata.train.source import Shards, Source

REPORT, PAGE = "eval.json", "eval.html"
"""What is written into the folder of a run."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A dataset that a run was trained on."""

    path: str
    fingerprint: str
    registries: tuple[RegistryDigest, ...]


def evaluate_run(
    root: Path,
    data: Sequence[Path | str],
    question: Question,
    *,
    device: str = "auto",
    workers: int = 0,
    page: bool = False,
    tell: Callable[[str], None] = lambda note: None,
    told: Callable[[int, int], None] = lambda done, of: None,
) -> Report:
    """Ask a run's encoder, write RUN/eval.json, and RUN/eval.html with `page`.

    Of the run's own data, texts that were held out are asked. Other data is asked whole, but for
    texts that the run was trained on; where its training data is not there any more to tell these,
    what any run holds out is asked. `tell` hears which. `root` may be an encoder's folder too.
    `InputError` where there is no encoder, where data numbers its tokens otherwise, or where there
    is nothing to ask; `OutputError` where the report cannot be written.
    """
    encoder = _encoder(root).to(device_of(device))
    settings, known = encoder.settings, _known(Run(root).about)
    sources = [Shards(path, damaged=settings.damaged) for path in data]
    for source in sources:
        for one in known:
            refuse_other(one.registries, source, "the run's data")
    asked = _split(question, sources, known, settings, tell)
    crops = Crops(settings.region.kind == "strip") if page else None
    report = evaluate(encoder, sources, settings, asked, workers=workers, crops=crops, told=told)
    _write(root / REPORT, report)
    if crops is not None:
        write_page(report, crops, root / PAGE, f"Evaluation of {settings.name}")
    return report


def _encoder(root: Path) -> Encoder:
    """The encoder of a run, or of the folder itself."""
    if (root / DOCUMENT).exists():
        return Encoder.load(root)
    folder = Run(root).encoder
    if not (folder / DOCUMENT).exists():
        unfinished = Run(root).settings.exists()
        raise InputError(
            "the run has not finished: it has no encoder yet" if unfinished else "it holds no run",
            hint="`glyphdata train --resume` goes on" if unfinished else "name a run's folder",
        ).inside(str(root))
    return Encoder.load(folder)


def _known(about: Path) -> tuple[_Known, ...]:
    """The data of a run, as RUN/run.json has it; empty for an encoder without a run."""
    if not about.exists():
        return ()
    try:
        return tuple(
            _Known(
                str(one["path"]),
                str(one["fingerprint"]),
                tuple(
                    RegistryDigest(str(name), int(entries), str(digest))
                    for name, entries, digest in one["registries"]
                ),
            )
            for one in orjson.loads(about.read_bytes())["data"]
        )
    except (OSError, KeyError, TypeError, ValueError) as fault:
        raise InputError(
            f"it does not say what the run was trained on: {fault!r}", hint="copy the run again"
        ).inside(str(about)) from None


def _split(
    question: Question,
    sources: Sequence[Source],
    known: Sequence[_Known],
    settings: Settings,
    tell: Callable[[str], None],
) -> Question:
    """The question with the boxes that may be asked of these sources."""
    own = {one.fingerprint for one in known} | {one.path for one in known}
    if question.split != "test" or not known:
        return question
    if any(source.fingerprint in own or source.name in own for source in sources):
        return question
    try:
        trained = frozenset(_trained([Shards(one.path) for one in known], settings.held_out))
    except InputError as fault:
        tell(f"only held-out texts are asked, for the training data is not there: {fault.message}")
        return question
    tell(f"all texts are asked but the {len(trained):,} that the run was trained on")
    return replace(question, split="all", trained=trained)


def _trained(sources: Sequence[Source], share: float) -> Iterator[str]:
    """The texts, folded, that a run with these sources was trained on."""
    for source in sources:
        for group in range(len(source)):
            for member in source.pictures(group):
                for box in picture(member, "none").boxes:
                    if belongs(box.text, box.source_text, share, "train"):
                        yield from (folded(box.text), folded(box.source_text))


def _write(path: Path, report: Report) -> None:
    try:
        path.write_bytes(orjson.dumps(report.document(), option=orjson.OPT_INDENT_2) + b"\n")
    except OSError as fault:
        raise OutputError(
            f"the report cannot be written: {fault.strerror}", hint="is the folder writable?"
        ).inside(str(path)) from fault
