"""Where `glyphdata score` takes captions from: a dataset, or a captioner that is asked now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean
from typing import cast

import typer

from glyphdata.caption.captioner import Answer, Asked, Captioner
from glyphdata.caption.facts import Facts
from glyphdata.caption.record import LEVELS, Caption
from glyphdata.caption.score.scoring import Sample
from glyphdata.cli.show import many, note
from glyphdata.errors import InputError, RecipeError
from glyphdata.faces.catalogue import Catalogue
from glyphdata.shards.dataset import Dataset, Record

MEMBER = "captions.json"


def levels_of(text: str) -> tuple[int, ...]:
    """The levels that `1-6` or `1,2,5` spells, in order; a usage error otherwise."""
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        ends = (first, last if dash else first)
        if not all(end.isdecimal() and int(end) in LEVELS for end in ends):
            raise typer.BadParameter(f"{text!r} names no levels from 1 to 6", param_hint="--levels")
        found.update(range(int(ends[0]), int(ends[1]) + 1))
    return tuple(sorted(found))


@contextmanager
def captioner_of(kind: str, settings: Iterable[str], model: str | None) -> Iterator[Captioner]:
    """The captioner of a kind with its fields set as on a command line, made ready; then closed.

    `RecipeError` with every fault of its fields, `InputError` where it is not fit for use.
    """
    from glyphdata.recipe.document import Value
    from glyphdata.recipe.faults import Fault
    from glyphdata.recipe.open import read_parts
    from glyphdata.recipe.overrides import override

    faults: list[Fault] = []
    fields: dict[str, Value] = {"kind": kind} | ({"model": model} if model is not None else {})
    for setting in settings:
        faults += override(fields, setting)
    made = read_parts("captioners", [fields], faults)
    if faults:
        named = tuple((path.removeprefix("captioners.0."), fault) for path, fault in faults)
        raise RecipeError(
            f"the captioner {kind} cannot be set up",
            hint="`-s KEY=VALUE` sets a field",
            faults=named,
        )
    captioner = cast(Captioner, made[0])
    try:
        captioner.check()
        yield captioner
    finally:
        captioner.close()


class Source:
    """Samples with their captions, and what was passed over on the way.

    `scored` counts samples, `bare` those without captions of the wanted levels and source, `faults`
    the captions that the captioner could not make, by code.
    """

    def __init__(
        self,
        records: Iterable[Record],
        catalogue: Catalogue,
        levels: Sequence[int],
        source: str | None = None,
    ) -> None:
        self._records = records
        self._catalogue = catalogue
        self._levels = levels
        self._source = source
        self.scored = self.bare = 0
        self.faults: Counter[str] = Counter()

    def stored(self) -> Iterator[Sample]:
        """The samples with the plain captions that stand in the dataset or beside it."""
        from glyphdata.captions.written import read

        for record in self._records:
            held = read(record.members[MEMBER]).captions if MEMBER in record.members else ()
            yield from self._sample(record, held)

    def said(self, captioner: Captioner, kind: str) -> Iterator[Sample]:
        """The samples with what a captioner says of them now."""
        for record in self._records:
            facts = Facts.of(record.facts, self._catalogue)
            picture = record.picture if captioner.needs_picture else b""
            asked = [Asked(facts.key, facts, level, picture=picture) for level in self._levels]
            captions = []
            for one, answer in zip(asked, captioner.caption(asked), strict=True):
                if isinstance(answer, Answer):
                    captions.append(Caption(one.level, answer.text, kind, ""))
                else:
                    self.faults[answer.code] += 1
            yield from self._sample(record, captions)

    def heed(self, out: Path) -> None:
        """Tell on stderr what was passed over; `InputError` where nothing was left to score."""
        if self.faults:
            said = ", ".join(f"{count:,} × {code}" for code, count in sorted(self.faults.items()))
            note(f"captions that could not be made: {said}")
        if not self.scored:
            raise InputError(
                "there are no such captions to score",
                hint="`glyphdata caption` makes them; --captioner truth needs none",
            ).inside(str(out))
        if self.bare:
            note(f"without such captions, and not scored: {many(self.bare, 'sample')}")

    def _sample(self, record: Record, captions: Sequence[Caption]) -> Iterator[Sample]:
        wanted = [
            one
            for one in captions
            if one.level in self._levels
            and one.style == "plain"
            and self._source in (None, one.source)
        ]
        if wanted:
            self.scored += 1
            yield Sample(Facts.of(record.facts, self._catalogue), wanted)
        else:
            self.bare += 1


def clip_scores(data: Dataset, samples: Sequence[Sample], model: Path) -> dict[int, float]:
    """The mean CLIPScore of the captions of each level, 0 to 2.5."""
    from glyphdata.caption.hf.clip import Clip

    clip = Clip(model)
    found: dict[int, list[float]] = {}
    for sample in samples:
        picture = data[sample.facts.key].picture
        captions = sample.captions
        scores = clip.scores([picture] * len(captions), [one.text for one in captions])
        for caption, score in zip(captions, scores, strict=True):
            found.setdefault(caption.level, []).append(score)
    return {level: fmean(found[level]) for level in sorted(found)}
