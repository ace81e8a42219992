"""Batches by step: the same for any number of workers and processes, from any step on.

Step k of a run reads the groups at the positions [k·G, (k+1)·G) of its source's order, and process
r of w the r-th stretch of those; what is taken of a group is drawn by (seed, epoch, group). So the
number of the step is all that a resumed run has to know.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from threading import Thread
from typing import NamedTuple

import cv2
import torch
from torch.utils.data import DataLoader

from glyphdata.errors import GlyphdataError, InputError
from glyphdata.train.batch import Batch
from glyphdata.train.collate import Collator, Tally
from glyphdata.train.heldout import Split
from glyphdata.train.order import Order, share_of, stage_of
from glyphdata.train.prompts import Prompter
from glyphdata.train.registries import agree
from glyphdata.train.settings import Settings
from glyphdata.train.source import Source, Spelling
from glyphdata.train.taking import Drawn, Taker
from glyphdata.train.tokens import Alphabet, Table, Tokenizer

_AHEAD = 2  # batches that a worker has ready


_Made = tuple[Batch | None, Tally, GlyphdataError | None]


class Rate(NamedTuple):
    """How fast a loader was: pictures per second, and the share of time that was spent waiting."""

    samples_per_s: float
    waiting: float


def spelling_of(settings: Settings, sources: Sequence[Source]) -> Spelling:
    """How faces are spelled in a run: as the settings say, or as its first source does."""
    return sources[0].spelling if settings.text.tokens == "auto" else settings.text.tokens


def tokenizer_of(settings: Settings, sources: Sequence[Source]) -> Tokenizer:
    """The tokenizer of a run: the released table, grown where a registry has more faces."""
    spelling = spelling_of(settings, sources)
    entries = [one.entries for source in sources for one in source.registries]
    faces = {"font": max(entries, default=0)} if spelling == "v1" else {}
    return Tokenizer(Table.of(spelling, **faces), settings.text.max_tokens)


def alphabet_of(settings: Settings, sources: Sequence[Source]) -> Alphabet | None:
    """The classes of the character tower, None where nothing in the settings has to do with any."""
    loss = settings.loss
    if settings.text.tower != "characters" and not loss.characters + loss.places:
        return None
    if settings.text.alphabet == "printable":
        return Alphabet()
    return Alphabet.of(text for source in sources for text in source.texts())


def steps_of(settings: Settings, sources: Sequence[Source]) -> int:
    """How many steps a run has: as the settings say, or as many as `epochs` over the data take."""
    if settings.steps is not None:
        return settings.steps
    groups = sum(len(source) for source in sources)
    return max(1, ceil(settings.epochs * groups / settings.batch.groups))


@dataclass(frozen=True)
class _Steps:
    """The batches of a run by step; a fault is handed over, not raised, so that it stays whole."""

    collator: Collator
    sources: tuple[Source, ...]
    orders: tuple[Order, ...]
    stages: tuple[float, ...]
    steps: int
    rank: int
    world: int

    def __getitem__(self, step: int) -> _Made:
        try:
            return *self.collator.batch(step, self.turns(step)), None
        except GlyphdataError as fault:
            return None, Tally(), fault

    def turns(self, step: int) -> list[Drawn]:
        """The groups that this process reads in a step."""
        groups = self.collator.taker.settings.batch.groups
        stage, place = stage_of(self.stages, self.steps, step)
        first, end = share_of(place * groups, (place + 1) * groups, self.rank, self.world)
        turns = self.orders[stage].taken(first, end)
        if len(self.orders) == len(self.sources):
            return [Drawn(self.sources[stage], stage, turn.epoch, turn.group) for turn in turns]
        return [self._found(turn.epoch, turn.group) for turn in turns]

    def _found(self, epoch: int, group: int) -> Drawn:
        """A group by its number among those of all sources."""
        for number, source in enumerate(self.sources):
            if group < len(source):
                return Drawn(source, number, epoch, group)
            group -= len(source)
        raise IndexError(group)


class Loader(Iterator[Batch]):
    """The batches of a run, one after another; `close` ends its workers, as its end does."""

    def __init__(self, steps: _Steps, start: int, end: int, workers: int, pin: bool) -> None:
        self.tally = Tally()
        """What was read and left out so far."""
        self._count, self._waited, self._since = 0, 0.0, time.perf_counter()
        self._batches = _made(steps, range(start, end), workers, pin)

    def __next__(self) -> Batch:
        """The next step's batch; `Damage` and other faults of the data as they were."""
        before = time.perf_counter()
        batch, tally, fault = next(self._batches)
        self._waited += time.perf_counter() - before
        self._count += tally.pictures
        self.tally.add(tally)
        if fault is not None:
            self.close()
            raise fault
        assert batch is not None
        return batch

    def rate(self) -> Rate:
        """How fast it was since it was asked last."""
        now = time.perf_counter()
        span = max(now - self._since, 1e-9)
        found = Rate(self._count / span, min(1.0, self._waited / span))
        self._count, self._waited, self._since = 0, 0.0, now
        return found

    def close(self) -> None:
        """End the workers; nothing comes any more."""
        self._batches = iter(())


def batches(  # noqa: PLR0913 - one keyword per choice of what is read, and by whom
    settings: Settings,
    sources: Sequence[Source],
    *,
    tokenizer: Tokenizer,
    alphabet: Alphabet | None = None,
    start_step: int = 0,
    steps: int,
    rank: int = 0,
    world: int = 1,
    workers: int = 0,
    facts: bool = False,
    split: Split = "train",
    grid: tuple[int, int] | None = None,
    pin: bool = False,
) -> Loader:
    """The batches of the steps from `start_step` to below `steps`, the end of the run.

    In training several sources are read in stages, each in its own order from its own beginning;
    the other splits read them as one. `grid` are the rows and columns of a view's patches, for
    `region: mean`; without it they follow from the settings. `pin` puts batches into pinned memory.
    `InputError` where sources and settings do not go together.
    """
    if not 0 <= rank < world:
        raise InputError(f"there is no process {rank} among {world}")
    agree(sources)
    if split == "train":
        check(settings, sources)
    stages = settings.stages if split == "train" and len(sources) > 1 else ()
    sizes = [len(source) for source in sources] if stages else [sum(map(len, sources))]
    spelling = spelling_of(settings, sources)
    taker = Taker(
        settings, Prompter(tokenizer, settings.text, settings.seed), spelling, alphabet, split
    )
    made = _Steps(
        Collator(taker, _grid(settings, grid), facts),
        tuple(sources),
        tuple(Order(settings.seed, size) for size in sizes),
        stages,
        steps,
        rank,
        world,
    )
    return Loader(made, start_step, steps, workers, pin)


def pass_of(settings: Settings, sources: Sequence[Source]) -> int:
    """How many steps it takes to read every group once."""
    return ceil(sum(map(len, sources)) / settings.batch.groups)


def check(settings: Settings, sources: Sequence[Source]) -> None:
    """`InputError` where these cannot be trained on with these settings."""
    if len(sources) > 1 and len(settings.stages) != len(sources):
        raise InputError(
            f"there are {len(sources)} datasets and {len(settings.stages)} stages",
            hint="say which share of the steps each gets, such as -s 'stages=[0.3, 0.7]'",
        )
    if settings.loss.hard and all(source.most < 2 for source in sources):
        raise InputError(
            f"{sources[0].name} has no groups of spellings, which loss.hard compares",
            hint="leave that term out, -s loss.hard=0, or generate from a recipe with `variants`",
        )


def _grid(settings: Settings, grid: tuple[int, int] | None) -> tuple[int, int] | None:
    if settings.region.kind != "mean":
        return None
    side = settings.vision.size // settings.vision.shape.patch
    return grid or (side, side)


def _made(steps: _Steps, wanted: range, workers: int, pin: bool) -> Iterator[_Made]:
    """What `steps` gives for those wanted, in their order, made here or by workers."""
    if not workers or not wanted:
        for step in wanted:
            batch, tally, fault = steps[step]
            yield (batch.pin_memory() if pin and batch else batch), tally, fault
        return
    # Workers come from a process that has done nothing but import: a fork of this one, with its
    # threads of OpenCV, Arrow and CUDA, may hang.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    yield from DataLoader(
        steps,
        multiprocessing_context=context,
        batch_size=None,
        sampler=wanted,
        num_workers=min(workers, len(wanted)),
        prefetch_factor=_AHEAD,
        collate_fn=_as_it_is,
        worker_init_fn=_begin,
        pin_memory=pin,
    )


def _as_it_is(
    made: _Made,
) -> _Made:
    return made


def _begin(_: int) -> None:
    """A worker goes on when the run is asked to stop: the run ends it, once its step is done."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    Thread(target=_end_with_the_run, daemon=True).start()


def _end_with_the_run() -> None:
    """Leave when the run is gone, killed maybe: what torch watches is the process that forks."""
    run = multiprocessing.parent_process()
    if run is not None:
        run.join()
        os._exit(1)
