"""The training loop, to be read from top to bottom.

Every step is a function of the settings, the data and the step's number: which groups it reads,
how they are jittered, where dropout falls, how large the rate is. What a step changes is in a
`Kit`, and a checkpoint holds all of that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import nn

from glyphdata.engines.stopping import Stopped, heed, undisturbed
from glyphdata.errors import InputError
from glyphdata.scene.rng import Rng
from glyphdata.train import checkpoint
from glyphdata.train.average import Average
from glyphdata.train.batch import Batch
from glyphdata.train.checkpoint import AVERAGE, MODEL, OPTIMIZER, State
from glyphdata.train.chunks import learn
from glyphdata.train.journal import EVERY, Journal
from glyphdata.train.mishaps import enough_memory, given, loaders_alive
from glyphdata.train.model import Encoder
from glyphdata.train.rows import Counts, likeness, row_of
from glyphdata.train.schedule import share_of_peak
from glyphdata.train.settings import Settings
from glyphdata.train.steady import Diverged, Steady
from glyphdata.train.world import World

_LEAST_SCALE = 1.0
"""Under fp16 the loss's scale is halved at each overflow; below this it is no matter of scale."""


@dataclass(slots=True)
class Kit:
    """All that a step changes."""

    encoder: Encoder
    optimizer: torch.optim.AdamW
    scaler: torch.amp.GradScaler
    steady: Steady
    average: Average | None
    step: int = 0
    """Steps that are done."""
    skipped: int = 0
    """Steps that were left out for their gradient."""

    @classmethod
    def of(cls, encoder: Encoder) -> Kit:
        """What a run begins with, for an encoder that is where it is to be trained."""
        settings = encoder.settings
        decay = settings.optimizer.average
        return cls(
            encoder,
            optimizer_of(encoder),
            torch.amp.GradScaler(encoder.device.type, enabled=settings.precision == "fp16"),
            Steady(settings.optimizer.skip),
            Average(encoder, decay) if decay else None,
        )

    def save(self, folder: Path, processes: int, keep: int) -> Path:
        """Write a checkpoint of it into `folder`."""
        files = {
            MODEL: checkpoint.model_tensors(self.encoder),
            OPTIMIZER: checkpoint.optimizer_tensors(self.optimizer, self._names()),
        }
        if self.average is not None:
            files[AVERAGE] = dict(self.average.tensors())
        scaled = self.scaler.state_dict()
        state = State(
            self.step,
            torch.get_num_threads(),
            processes,
            self.steady.norms,
            self.skipped,
            float(scaled.get("scale", 0.0)),
            int(scaled.get("_growth_tracker", 0)),
        )
        return checkpoint.write(folder, state, files, keep)

    def restore(self, place: Path) -> State:
        """Become what the checkpoint at `place` holds; `InputError` where it does not fit."""
        state = checkpoint.read_state(place)
        checkpoint.fill_model(self.encoder, checkpoint.read_tensors(place, MODEL))
        kept = checkpoint.read_tensors(place, OPTIMIZER)
        checkpoint.fill_optimizer(self.optimizer, self._names(), kept)
        if self.average is not None:
            self.average.fill(checkpoint.read_tensors(place, AVERAGE))
        if state.scale:
            told = {**self.scaler.state_dict(), "scale": state.scale}
            self.scaler.load_state_dict({**told, "_growth_tracker": state.scale_age})
        self.steady = Steady(self.steady.times, state.norms)
        self.step, self.skipped = state.step, state.skipped
        return state

    def _names(self) -> dict[int, str]:
        return {id(one): name for name, one in self.encoder.named_parameters()}


@dataclass(frozen=True, slots=True)
class Course:
    """Where a run goes, and what is done on the way; the last four only in the leader."""

    steps: int
    """Of the whole run, by which the rate is scheduled."""
    until: int
    """The step after which this process leaves off: `steps`, or one before."""
    checkpoints: Path
    broken: Path
    """The file that is written where a run cannot go on."""
    journal: Journal | None = None
    show: Callable[[int], object] | None = None
    """Draws a page of samples; called after a step, with its number."""
    rates: Callable[[], Mapping[str, float]] = field(default=dict)
    """What the loader says of itself."""


def run(kit: Kit, batches: Iterator[Batch], course: Course, world: World) -> None:
    """Train until `course.until`; `batches` begin with the first that `kit` has not seen.

    A signal ends it after the step in hand, with a checkpoint, as `Stopped`; so does a loss that is
    no number, as `Diverged`, without one.
    """
    encoder, settings = kit.encoder, kit.encoder.settings
    weights = [one for group in kit.optimizer.param_groups for one in group["params"]]
    encoder.train()
    with undisturbed(), loaders_alive():
        while kit.step < course.until:
            began = time.monotonic()
            batch = given(batches).to(world.device)
            waited = time.monotonic() - began

            seed_dropout(settings.seed, kit.step, world.rank)
            rate = set_rate(kit.optimizer, kit.step, course.steps, settings)
            with enough_memory(settings):
                losses = learn(encoder, batch, scaled=kit.scaler.scale)
            world.sum_gradients(weights)
            kit.scaler.unscale_(kit.optimizer)
            clip = settings.optimizer.clip or float("inf")
            norm = float(nn.utils.clip_grad_norm_(weights, clip))
            counts = Counts.of(losses, batch, world)
            taken = is_taken(kit, counts, norm, batch, course, world)
            if taken:
                kit.scaler.step(kit.optimizer)
                encoder.clamp()
                if kit.average is not None:
                    kit.average.update(kit.step + 1)
            kit.scaler.update()
            kit.optimizer.zero_grad(set_to_none=True)
            kit.step += 1
            kit.skipped += not taken

            if course.journal is not None:
                row = row_of(kit.step, counts, encoder, rate, norm, taken)
                if is_due(kit.step, EVERY):
                    row["likeness"] = likeness(encoder, batch)
                course.journal.row(row, waited, course.rates)
            if course.show is not None and is_due(kit.step, settings.show_every):
                course.show(kit.step)
            signal = world.largest(asked_to_stop())
            if signal or kit.step == course.until or is_due(kit.step, settings.save_every):
                save(kit, course, world)
            if signal:
                world.wait()  # none may leave before the leader has saved
                raise Stopped(signal)


def save(kit: Kit, course: Course, world: World) -> None:
    """Write a checkpoint if this is the leader, once the rows up to it are sure to last."""
    if world.leader:
        if course.journal is not None:
            course.journal.settle()
        kit.save(course.checkpoints, world.size, kit.encoder.settings.keep)


def optimizer_of(encoder: Encoder) -> torch.optim.AdamW:
    """AdamW over what is trained: four groups, by rate (pretrained or new) and by decay.

    Vectors and scalars (norms, biases, the losses' scales) do not decay. Each group has its `peak`.
    """
    asked = encoder.settings.optimizer
    body_rate = asked.rate if asked.body_rate is None else asked.body_rate
    body, fresh = encoder.parts()
    groups: list[dict[str, object]] = []
    for weights, peak in ((body, body_rate), (fresh, asked.rate)):
        for decays in (True, False):
            some = [one for one in weights if (one.dim() > 1) == decays]
            decay = asked.weight_decay if decays else 0.0
            if some:
                groups.append({"params": some, "peak": peak, "weight_decay": decay})
    if not groups:
        raise InputError(
            "nothing is trained: both towers are frozen and have no projection",
            hint="-s text.frozen=false",
        )
    return torch.optim.AdamW(groups, lr=asked.rate, betas=asked.betas, eps=asked.epsilon)


def set_rate(optimizer: torch.optim.AdamW, step: int, steps: int, settings: Settings) -> float:
    """Give each group its rate for a step; returns that of what began at random."""
    share = share_of_peak(step, steps, settings.optimizer)
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * share
    return settings.optimizer.rate * share


def seed_dropout(seed: int, step: int, rank: int) -> None:
    """Let dropout fall as it belongs to (seed, step, process): a checkpoint need not keep it."""
    torch.manual_seed(Rng.of(seed, step).at("dropout", rank).word())


def is_taken(
    kit: Kit, counts: Counts, norm: float, batch: Batch, course: Course, world: World
) -> bool:
    """Is the optimizer to move by this gradient?

    `Diverged` where it or the loss is no number; under fp16 an overflow only lowers the scale.
    """
    finite = torch.isfinite(torch.tensor([counts.loss, norm])).tolist()
    if all(finite):
        return kit.steady.takes(norm)
    if finite[0] and kit.scaler.is_enabled() and kit.scaler.get_scale() > _LEAST_SCALE:
        return False
    keys = world.gathered(batch.groups)
    if world.leader:
        counts.write_broken(course.broken, kit.step + 1, norm, keys)
    world.wait()
    raise Diverged(
        f"step {kit.step + 1} has a loss of {counts.loss} and a gradient of {norm}",
        hint=f"{course.broken} names its groups; begin again with a lower optimizer.rate, "
        "optimizer.skip=4, or precision=fp32",
    )


def is_due(step: int, every: int) -> bool:
    """Is it time again after this step? Never where `every` is 0."""
    return bool(every) and step % every == 0


def asked_to_stop() -> int:
    """The number of the signal that has come since the last time; 0 for none."""
    try:
        heed()
    except Stopped as stopped:
        return stopped.exit_code - 128
    return 0
