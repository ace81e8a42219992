"""Training an encoder: from settings and datasets to a folder with an encoder in it.

opened     the data, and what its ids mean
admitted   the folder: a run that begins, or one that goes on
run        the loop
delivered  RUN/encoder
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import torch

from glyphdata.engines.stopping import stoppable
from glyphdata.progress import Notice, Tell
from glyphdata.shards.durable import sync_folder, writing
from glyphdata.train import journal
from glyphdata.train.batch import Batch
from glyphdata.train.checkpoint import newest
from glyphdata.train.heldout import Split
from glyphdata.train.keeping import Lexicon
from glyphdata.train.loader import Loader, alphabet_of, batches, check, steps_of, tokenizer_of
from glyphdata.train.loop import Course, Kit, run
from glyphdata.train.model import Encoder, build
from glyphdata.train.registries import agree
from glyphdata.train.run import About, Data, Run
from glyphdata.train.settings import Settings
from glyphdata.train.showing import Showing
from glyphdata.train.source import Shards, Source
from glyphdata.train.tokens import Alphabet, Tokenizer
from glyphdata.train.world import World, joined

_LOOKED_THROUGH, _SHOWN = 512, 32
"""Groups that are looked through for held-out boxes to show, and those that are shown otherwise."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a run is carried out; nothing here changes what comes out."""

    resume: bool = False
    """Go on with the run in the folder."""
    max_steps: int | None = None
    """Leave off after this step, with the rates of the whole run; to be gone on with later."""
    device: str = "auto"
    tensorboard: bool = False
    exclude: Collection[str] = ()
    """Keys of samples or groups that are not read."""
    tell: Tell = field(default=lambda event: None)


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of a run, as far as it is."""

    out: Path
    step: int
    steps: int
    skipped: int
    last: Mapping[str, float]
    """The last row of metrics; empty where nothing was left to do and nothing was known."""
    left_out: Mapping[str, int]
    """Boxes, pictures and groups that were not read, by reason."""
    leader: bool
    """Is this the process that writes and tells?"""
    seconds: float

    @property
    def finished(self) -> bool:
        """Is the run at its end?"""
        return self.step >= self.steps


@dataclass(frozen=True, slots=True)
class Opened:
    """Datasets, and what ids and classes mean in a run over them."""

    settings: Settings
    sources: tuple[Source, ...]
    tokenizer: Tokenizer
    alphabet: Alphabet | None
    steps: int

    @classmethod
    def of(
        cls, settings: Settings, data: Sequence[Path | str], exclude: Collection[str] = ()
    ) -> Opened:
        """The datasets at these paths; `InputError` where one cannot be trained on."""
        sources = tuple(Shards(one, exclude=exclude, damaged=settings.damaged) for one in data)
        agree(sources)
        check(settings, sources)  # before the folder of the run is made
        return cls(
            settings,
            sources,
            tokenizer_of(settings, sources),
            alphabet_of(settings, sources),
            steps_of(settings, sources),
        )

    def about(self, world: World, exclude: Collection[str]) -> About:
        """What a run over this is of."""
        data = tuple(
            Data(
                source.name,
                source.fingerprint,
                len(source),
                tuple((one.name, one.entries, one.sha256) for one in source.registries),
            )
            for source in self.sources
        )
        keys = "\n".join(sorted(exclude)).encode("utf-8", "surrogatepass")
        excluded = hashlib.sha256(keys).hexdigest() if exclude else ""
        return About(data, self.steps, world.size, world.device.type, excluded)

    def encoder(self) -> Encoder:
        """The encoder that the run begins with."""
        classes = self.alphabet.size if self.alphabet is not None else 0
        encoder = build(self.settings, self.tokenizer.table.size, classes)
        found = (one for source in self.sources for one in source.registries)
        encoder.lexicon = Lexicon(
            self.tokenizer.table.names,
            tuple(self.alphabet.characters) if self.alphabet is not None else (),
            tuple(dict.fromkeys((one.name, one.sha256) for one in found)),
        )
        return encoder

    def batches(self, encoder: Encoder, world: World, begun: int, *, facts: bool = False) -> Loader:
        """The batches of this process for an encoder, from after step `begun` on."""
        return batches(
            self.settings,
            self.sources,
            tokenizer=self.tokenizer,
            alphabet=self.alphabet,
            start_step=begun,
            steps=self.steps,
            rank=world.rank,
            world=world.size,
            workers=self.settings.workers,
            facts=facts,
            grid=encoder.patch_grid,
            pin=world.device.type == "cuda",
        )

    def shown(self, encoder: Encoder) -> Batch:
        """Boxes with their facts for an encoder, of held-out texts where there are some."""
        held_out = self._some(encoder, "test", _LOOKED_THROUGH) if self.settings.held_out else None
        if held_out is not None and len(held_out) > 1:
            return held_out
        return self._some(encoder, "all", _SHOWN)

    def _some(self, encoder: Encoder, split: Split, groups: int) -> Batch:
        """The boxes of a split among the first groups, in two spellings at most."""
        shape = self.settings.batch
        few = {
            "groups": min(groups, sum(map(len, self.sources))),
            "spellings": min(2, shape.spellings),
        }
        found = batches(
            self.settings.model_copy(update={"batch": shape.model_copy(update=few)}),
            self.sources,
            tokenizer=self.tokenizer,
            alphabet=self.alphabet,
            steps=1,
            facts=True,
            split=split,
            grid=encoder.patch_grid,
        )
        with closing(found):
            return next(found)


def train(
    settings: Settings, data: Sequence[Path | str], out: Path, options: Options | None = None
) -> Summary:
    """Train an encoder on datasets, into the folder `out`; each process of a run calls this.

    `InputError` where data or settings cannot be trained with, or are not those of the run that is
    to go on; `OutputError` where the folder is not this run's; `Diverged` where the loss is no
    number any more; `Stopped` after a signal, with a checkpoint.
    """
    options, began = options or Options(), time.monotonic()
    here = Run(out)
    with stoppable(), ExitStack() as held, joined(options.device) as world:
        tell = options.tell if world.leader else _mute
        opened = Opened.of(settings, data, options.exclude)
        _admit(here, opened, world, options, held, tell)
        kit = Kit.of(opened.encoder().to(world.device))
        _go_on(kit, here, tell)
        world.wait()  # no checkpoint is written before all have read theirs
        with closing(opened.batches(kit.encoder, world, kit.step)) as loader:
            _follow(kit, loader, opened, here, world, options)
        if world.leader:
            _deliver(kit, here)
        left_out = _left_out(loader, world, tell)
        rows = journal.read_rows(here.metrics) if world.leader else []
        return Summary(
            out,
            kit.step,
            opened.steps,
            kit.skipped,
            rows[-1] if rows else {},
            left_out,
            world.leader,
            time.monotonic() - began,
        )


def _admit(
    here: Run, opened: Opened, world: World, options: Options, held: ExitStack, tell: Tell
) -> None:
    """Take the folder for this run, a new one or the one that it holds, until `held` ends."""
    about = opened.about(world, options.exclude)
    goes_on = here.admit(resume=options.resume)
    world.wait()  # all have looked before the leader writes
    if world.leader:
        held.enter_context(here.held())
        if not goes_on:
            here.begin(opened.settings, about)
    if goes_on:
        for bent in here.agree(opened.settings, about):
            tell(Notice(f"going on otherwise than before, not bit for bit: {bent}"))


def _go_on(kit: Kit, here: Run, tell: Tell) -> None:
    """Begin where the last checkpoint left off, if there is one."""
    place = newest(here.checkpoints)
    if place is None:
        return
    state = kit.restore(place)
    tell(Notice(f"going on after step {state.step}"))
    if state.threads != torch.get_num_threads():
        now = torch.get_num_threads()
        tell(Notice(f"{now} threads, and {state.threads} before: sums may differ in last bits"))


def _follow(
    kit: Kit, loader: Loader, opened: Opened, here: Run, world: World, options: Options
) -> None:
    """The loop, with what the leader writes and shows on the way."""
    until = min(opened.steps, options.max_steps or opened.steps)
    course = partial(Course, opened.steps, until, here.checkpoints, here.broken)
    if not world.leader:
        run(kit, loader, course(), world)
        return
    show: Callable[[int], object] | None = None
    if opened.settings.show_every:
        show = Showing.of(kit.encoder, opened.shown(kit.encoder), here.samples).page
    with journal.kept(
        here.metrics,
        here.timing,
        options.tell,
        opened.steps,
        begun=kit.step,
        board=here.root / "tensorboard" if options.tensorboard else None,
    ) as rows:
        run(kit, loader, course(rows, show, lambda: loader.rate()._asdict()), world)


def _left_out(loader: Loader, world: World, tell: Tell) -> dict[str, int]:
    """What was not read in all processes, by reason; what was damaged is told."""
    found: Counter[str] = Counter()
    for one in world.gathered([f"{n} {reason}" for reason, n in loader.tally.left_out.items()]):
        count, _, reason = one.partition(" ")
        found[reason] += int(count)
    for fault in dict.fromkeys(world.gathered(loader.tally.damage)):
        tell(Notice(f"left out: {fault}"))
    return dict(sorted(found.items()))


def _deliver(kit: Kit, here: Run) -> None:
    """Put the encoder into its folder, whole; of the mean of its weights where one was kept."""
    part, old = here.root / ".encoder.part", here.root / ".encoder.old"
    with writing(here.encoder):
        for left in (part, old):
            if left.exists():
                shutil.rmtree(left)
    if kit.average is not None:
        with kit.average.within():
            kit.encoder.save(part)
    else:
        kit.encoder.save(part)
    with writing(here.encoder):
        if here.encoder.exists():
            here.encoder.rename(old)
        part.rename(here.encoder)
        sync_folder(here.root)
        if old.exists():
            shutil.rmtree(old)


def _mute(event: object) -> None:
    """What all but the leader tell."""
