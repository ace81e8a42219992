"""Asking an encoder what it knows of texts that it was never trained on.

    collect   vectors of boxes, a batch at a time
    then      retrieval, spellings, styles, characters: figures of plain arrays

The same encoder, data and seed give the same report; only the settings' own way of saying texts and
of cutting boxes out is used, without jitter.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from glyphdata.errors import InputError
from glyphdata.train.batch import Batch, BoxFacts
from glyphdata.train.evaluate.crops import Crops
from glyphdata.train.evaluate.in_group import in_group
from glyphdata.train.evaluate.report import Asked, Report
from glyphdata.train.evaluate.retrieval import GALLERIES, first_rows, retrieval
from glyphdata.train.evaluate.spelled import Spelled
from glyphdata.train.evaluate.styles import Styles
from glyphdata.train.evaluate.vectors import Vectors, joined, likeness
from glyphdata.train.heldout import Split, is_held_out
from glyphdata.train.loader import batches
from glyphdata.train.model import Encoder
from glyphdata.train.settings import Formats, Settings
from glyphdata.train.source import Source
from glyphdata.train.tokens import Alphabet, Form, Table, Tokenizer

_PICTURES = 128
"""Pictures in a batch, or those of one group if these are more."""

_BOXES = 50


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and of what: `of` texts in a gallery, up to `families` boxes.

    `split` says which boxes; those whose original text is in `trained` (folded, see `folded`) and
    is not held out are left out.
    """

    of: int = 256
    seed: int = 0
    split: Split = "test"
    form: Form | None = None
    """How texts are said; None is the form that was trained most."""
    families: int | None = None
    """None: as many as all galleries together take."""
    trained: Collection[str] = field(default=frozenset(), repr=False)

    @property
    def enough(self) -> int:
        """After so many families no more are collected."""
        return self.families if self.families is not None else GALLERIES * self.of


def evaluate(
    encoder: Encoder,
    sources: Sequence[Source],
    settings: Settings,
    question: Question | None = None,
    *,
    workers: int = 0,
    crops: Crops | None = None,
    told: Callable[[int, int], None] = lambda done, of: None,
) -> Report:
    """The report on what an encoder makes of the boxes of some sources.

    `crops` keeps a picture of each box, as `Report.boxes` has them; `told` hears how many
    families are done, of how many at most. The encoder is left in the mode that it was in.
    `InputError` where no box is to be asked.
    """
    asked = question or Question()
    form = asked.form or form_of(settings)
    was = encoder.training
    encoder.eval()
    try:
        with torch.inference_mode():
            how = _as_asked(settings, asked, form)
            collected = _collect(encoder, sources, how, asked, workers, crops, told)
            return _report(encoder, collected, asked, form, tuple(one.name for one in sources))
    finally:
        encoder.train(was)


def form_of(settings: Settings) -> Form:
    """The form in which most texts are said in training; the first of equal ones."""
    if settings.text.tower == "characters":
        return "bare"
    formats = settings.text.formats
    forms: tuple[Form, ...] = ("styled", "plain", "bare", "caption")
    return max(forms, key=lambda form: float(getattr(formats, form)))


def folded(text: str) -> str:
    """A text as it is compared for being the same: NFC, letter case aside."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


@dataclass(frozen=True, slots=True)
class _Collected:
    vectors: Vectors
    styles: Styles
    spelled: Spelled
    sample: Batch
    """One of the batches."""
    left_out: Counter[str]
    """Boxes and pictures that were not asked, by reason."""


def _as_asked(settings: Settings, asked: Question, form: Form) -> Settings:
    """The settings of the loader: one form, all boxes, no jitter, the question's own seed."""
    formats = Formats(**{name: float(name == form) for name in Formats.model_fields})
    return settings.model_copy(
        update={
            "seed": asked.seed,
            "stages": (),
            "text": settings.text.model_copy(update={"formats": formats, "caption_blend": 1.0}),
            "loss": settings.loss.model_copy(update={"text_hard": 0.0}),
            "region": settings.region.model_copy(update={"jitter": 0.0}),
        }
    )


def _collect(
    encoder: Encoder,
    sources: Sequence[Source],
    settings: Settings,
    asked: Question,
    workers: int,
    crops: Crops | None,
    told: Callable[[int, int], None],
) -> _Collected:
    parts: list[Vectors] = []
    met: set[tuple[int, str, int]] = set()
    styles, spelled = Styles(encoder.lexicon.names), Spelled()
    sample: Batch | None = None
    left_out: Counter[str] = Counter()
    done = 0
    for number, batch in _batches(encoder, sources, settings, asked, workers, left_out):
        held = batch.to(encoder.device)
        read = encoder.read(held)
        seen = encoder.see(held).float().cpu().numpy()
        rows = []
        for row, fact in enumerate(batch.facts):
            name = (number, fact.key, fact.box)
            # The last batch of a source goes on with the groups of its first.
            if name not in met and _may(fact, asked, settings):
                met.add(name)
                rows.append(row)
        if not rows:
            continue
        every = Vectors(
            seen,
            read.vectors.float().cpu().numpy(),
            batch.facts,
            batch.family.numpy(),
            batch.alike.numpy(),
        )
        parts.append(every.take(rows))
        styles.keep(batch, rows, seen)
        if read.characters is not None:
            spelled.count(read.characters.float().cpu()[rows], batch.characters[rows])
        if crops is not None:
            crops.keep(batch, rows)
        sample = sample or held
        done += len(np.unique(parts[-1].family))
        told(done, asked.enough)
        if done >= asked.enough:
            break
    if sample is None:
        raise InputError(
            f"no box of {', '.join(one.name for one in sources)} can be asked: none of its texts is"
            f" held out, or fits{_told_of(left_out)}",
            hint="ask more data, or all of another dataset",
        )
    return _Collected(joined(parts), styles, spelled, sample, left_out)


def _batches(
    encoder: Encoder,
    sources: Sequence[Source],
    settings: Settings,
    asked: Question,
    workers: int,
    left_out: Counter[str],
) -> Iterator[tuple[int, Batch]]:
    """All batches of one time over each source, in turn, each with the source's number.

    What was left out of a source is counted once it is read through.
    """
    words = encoder.lexicon
    tokenizer = Tokenizer(Table(words.names), settings.text.max_tokens)
    alphabet = Alphabet("".join(words.alphabet)) if words.alphabet else None
    for number, source in enumerate(sources):
        groups = max(_PICTURES // source.most, 1)
        shape = settings.batch.model_copy(
            update={"groups": groups, "spellings": min(source.most, 64), "boxes": _BOXES}
        )
        found = batches(
            settings.model_copy(update={"batch": shape}),
            [source],
            tokenizer=tokenizer,
            alphabet=alphabet,
            steps=-(-len(source) // groups),
            workers=workers,
            facts=True,
            split=asked.split,
            grid=encoder.patch_grid,
        )
        for batch in found:
            yield number, batch
        left_out.update(found.tally.left_out)


def _told_of(left_out: Counter[str]) -> str:
    """What was left out, in words; empty for nothing."""
    told = ", ".join(f"{count:,} × {reason}" for reason, count in sorted(left_out.items()))
    return f" (left out: {told})" if told else ""


def _may(fact: BoxFacts, asked: Question, settings: Settings) -> bool:
    """Is a box asked? Not if its text was trained on."""
    return folded(fact.source_text) not in asked.trained or is_held_out(
        fact.source_text, settings.held_out
    )


def _report(
    encoder: Encoder, found: _Collected, asked: Question, form: Form, data: tuple[str, ...]
) -> Report:
    vectors = found.vectors

    def read(batch: Batch) -> torch.Tensor:
        return encoder.read(batch).vectors.float()

    styled = form == "styled"
    firsts = first_rows(vectors.facts, vectors.family)
    return Report(
        Asked(
            len(vectors),
            len(firsts),
            form,
            asked.split,
            asked.seed,
            data,
            tuple(sorted(found.left_out.items())),
        ),
        retrieval(vectors, asked.of, asked.seed),
        in_group(vectors),
        found.styles.ask("color", found.sample, read, asked.seed) if styled else None,
        found.styles.ask("font", found.sample, read, asked.seed) if styled else None,
        found.spelled.found,
        likeness(vectors.pictures[firsts]),
        likeness(vectors.texts[firsts]),
        vectors.facts,
    )
