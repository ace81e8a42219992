"""Captioning a dataset: its shards are walked, what they lack is said, and written beside them.

A shard's captions appear whole or not at all; until then a journal keeps what was said, so that a
run may be stopped or killed at any instant and goes on where it was. What is asked for belongs to
the picture, the facts and the captioner's recipe, not to a file's name: nothing is said twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from glyphdata.caption.captioner import Captioner
from glyphdata.caption.record import LEVELS
from glyphdata.captions import overlay
from glyphdata.captions.breaker import Breaker
from glyphdata.captions.desk import Desk, Existing, Tally, Unreadable
from glyphdata.captions.scribe import Lower, Scribe, Work
from glyphdata.captions.walking import contents_of, facts_of
from glyphdata.engines.stopping import stoppable
from glyphdata.errors import InputError
from glyphdata.faces.catalogue import load
from glyphdata.progress import Notice, Progress, Tell, silent
from glyphdata.registry import kind_of
from glyphdata.shards.claim import lock
from glyphdata.shards.dataset import Dataset
from glyphdata.shards.durable import make_folder
from glyphdata.shards.keys import Key, Places, number_of

BATCH, MANY = 32, 256
"""Samples that a captioner is asked about at once, and one that needs no pictures; a kill loses no
more than those."""

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """What a dry run shows: a sample, what was asked, and what was said."""

    key: str
    level: int
    style: str
    recipe: Mapping[str, object]
    prompt: str
    text: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of a run.

    `recipes` are the digests of what said the captions, `tally` counts them, `lost` are the shards
    that could not be read, with the reason.
    """

    out: Path
    kind: str
    recipes: tuple[str, ...]
    tally: Tally
    lost: tuple[tuple[str, str], ...]
    seconds: float
    shown: tuple[Shown, ...] = ()
    dry_run: bool = False

    @property
    def whole(self) -> bool:
        """Has every sample what was asked for? The exit code is 4 where not."""
        return not (self.tally.failures or self.tally.waiting or self.lost)


def run(  # noqa: PLR0913 - how a dataset is captioned, one keyword each
    out: Path | str,
    captioner: Captioner,
    levels: Sequence[int] = LEVELS,
    styles: Sequence[str] = ("plain",),
    *,
    kind: str = "",
    lower: Lower = "truth",
    existing: Existing = "add",
    retry_failed: bool = False,
    dry_run: bool = False,
    limit: int | None = None,
    shards: range | None = None,
    batch: int = 0,
    on_event: Tell | None = None,
) -> Summary:
    """Caption the dataset in the folder `out`, or what is missing of it.

    `lower` says where the levels come from that a model is not good at; `existing` what becomes of
    captions by another recipe. Locked captions and those of people always stay. Failures are asked
    again with `retry_failed` only. `limit` looks at the first samples alone, `shards` at those, end
    exclusive: runs of different ranges get along. `kind` names the kind of a captioner that is none
    of the registry's. A dry run shows three captions and writes nothing.

    `InputError` where there is no dataset, the captioner cannot be trusted or fails on and on;
    `OutputError` where captions cannot be written or another run is at work; `Stopped` after SIGINT
    or SIGTERM. In any case what is done is kept.
    """
    places = Places.at(out)
    samples = _samples(Dataset(places.root), shards)
    kind = kind or kind_of("captioners", type(captioner))
    scribe = Scribe(captioner, kind, levels, styles, lower=lower)
    tally = Tally(samples if limit is None else min(limit, samples))
    tell, began = on_event or silent, time.monotonic()
    shown: tuple[Shown, ...] = ()
    lost: tuple[tuple[str, str], ...] = ()
    with _ready(captioner):
        if dry_run:
            shown = tuple(_shown(places, scribe))
        else:
            how = (existing, retry_failed, batch or (BATCH if captioner.needs_picture else MANY))
            desk = Desk(places, scribe, load(), tally, Breaker(), _show(tell, tally), *how)
            with stoppable(), _held(places, shards):
                lost = _all_shards(desk, tell, shards)
    seconds = time.monotonic() - began
    recipes = tuple(sorted(scribe.recipes))
    return Summary(places.root, kind, recipes, tally, lost, seconds, shown, dry_run)


def _show(tell: Tell, tally: Tally) -> Callable[[], None]:
    return lambda: tell(Progress(tally.behind, tally.of))


@contextmanager
def _ready(captioner: Captioner) -> Iterator[None]:
    try:
        captioner.check()
        yield
    finally:
        captioner.close()


def _samples(dataset: Dataset, shards: range | None) -> int:
    """How many samples there are to look at."""
    if shards is None:
        return len(dataset)
    return sum(Key.parse(key).shard in shards for key in dataset.keys())  # noqa: SIM118 - no dict


@contextmanager
def _held(places: Places, shards: range | None) -> Iterator[None]:
    """Hold the captions against other runs, but for those of other ranges of shards.

    `OutputError` where one is at work.
    """
    make_folder(places.state)
    place = places.state / "lock-captions"
    with lock(place, shared=shards is not None):
        if shards is None:
            overlay.sweep(places)
            yield
            return
        with lock(Path(f"{place}-{shards.start:06d}-{shards.stop:06d}")):
            yield


def _all_shards(desk: Desk, tell: Tell, shards: range | None) -> tuple[tuple[str, str], ...]:
    """Caption every shard; those that cannot be read are told of and named, the others done."""
    done = 0
    lost: list[tuple[str, str]] = []
    overlay.tell(desk.places, desk.scribe.recipes)
    for path in desk.places.shards():
        if desk.tally.behind >= desk.tally.of:
            break
        if shards is not None and number_of(path) not in shards:
            continue
        try:
            desk.caption(path)
            done += 1
        except Unreadable as unreadable:
            lost.append((path.name, str(unreadable.fault)))
            tell(Notice(f"{path.name} is left out: {unreadable.fault}"))
    if lost and not done:
        raise InputError(f"no shard can be captioned; {lost[0][0]}: {lost[0][1]}")
    return tuple(lost)


def _shown(places: Places, scribe: Scribe) -> Iterator[Shown]:
    """The captions of three samples as a run would make them, each of another level."""
    catalogue = load()
    for number, record in enumerate(islice(Dataset(places.root), _SHOWN)):
        level, style, recipe = wanted = scribe.wanted[number % len(scribe.wanted)]
        contents = contents_of(record)
        # A caption that is cut from the captioner's own needs those too.
        needed = (one for one in scribe.wanted if one == wanted or scribe.asks_captioner(one[2]))
        work = Work(
            contents, facts_of(record, catalogue), record.picture, contents.none(), tuple(needed)
        )
        asked = scribe.prompt(scribe.question(work, level)) if level in scribe.asks else ""
        text, fault = "", "asked in a file, and answered later"
        if scribe.kind != "batchfile":  # which would be written to
            said = scribe.said([work])[0].captioned
            found = (one.text for one in said.captions if (one.level, one.style) == (level, style))
            text = next(found, "")
            fault = "" if text or not said.failures else said.failures[0].message
        yield Shown(record.key, level, style, scribe.recipes[recipe], asked, text, fault)
