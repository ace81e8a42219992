"""From a recipe to a dataset on disk: which shards are missing, make them, then finish.

A run may be stopped, killed, resumed, extended, or split into ranges of shards; the shards come out
the same. A shard is done when it has a valid record; nothing else is remembered.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from glyphdata.engines import Engine
from glyphdata.engines.choosing import engine_of
from glyphdata.engines.ranks import Rank
from glyphdata.engines.stopping import stoppable
from glyphdata.errors import InputError
from glyphdata.progress import Desk, Suspected, Tell, nothing, silent
from glyphdata.shards.claim import (
    Resume,
    admit,
    claim,
    excluded_scenes,
    finished,
    held,
    lock,
    quarantined_faces,
    remove,
)
from glyphdata.shards.finishing import finish, is_finished
from glyphdata.shards.keys import Key, Places
from glyphdata.shards.log import Log
from glyphdata.shards.making import Asked, MakerSetup, Plan, ProberSetup
from glyphdata.shards.manifest import FontCredit, Provenance, RegistryDigest, Totals
from glyphdata.shards.record import Quarantined as Spot
from glyphdata.shards.record import QuarantinedFace, Record


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of a run.

    `samples` and `bytes` count the shards that are done now, `made` those of this run, `missing`
    those that other runs (of other ranges of shards) have yet to make, `excluded` the scenes that
    were left out on request. With a dry run `made` is what would be made.
    """

    out: Path
    shards: int
    made: int
    missing: int
    samples: int
    bytes: int
    rejections: tuple[tuple[str, int], ...]
    quarantined: tuple[Spot, ...]
    quarantined_faces: tuple[QuarantinedFace, ...]
    lost_shards: tuple[tuple[int, str], ...]
    finished: bool
    seconds: float
    dry_run: bool = False
    excluded: int = 0

    @property
    def whole(self) -> bool:
        """Was every sample asked for made, of all the faces? The exit code is 4 where not."""
        return not (self.quarantined or self.quarantined_faces or self.lost_shards)


def generate(  # noqa: PLR0913 - how a recipe is run, one keyword each
    recipe: Asked,
    out: Path | str,
    *,
    workers: int | None = None,
    resume: Resume = "if_possible",
    overwrite: bool = False,
    shards: range | None = None,
    rank: Rank | None = None,
    dry_run: bool = False,
    exclude: Collection[str] | None = None,
    on_event: Tell | None = None,
    on_line: Callable[[bytes], None] | None = None,
    engine: Engine | None = None,
    redraw: str = "glyphdata draw RECIPE",
    factory: str = "glyphdata.factory:Factory",
    provenance: Callable[[Sequence[int]], Provenance] | None = None,
) -> Summary:
    """Make the dataset of `recipe` in the folder `out`, or what is missing of it.

    `workers` processes share the work (one per core by default; 0: none but this one, for
    debuggers). `resume`: `never` wants an empty folder; otherwise a dataset of the same recipe is
    gone on with, and may grow. `overwrite` removes a dataset that is there. `shards` makes only
    those, end exclusive; whichever run makes the last one finishes the dataset. `rank` makes those
    of a rank, which may be none. `on_line` hears each line of the log (JSON, without its end), and
    `redraw` is the command that the log names to draw a scene. `exclude` are keys of samples whose
    scenes are left out, with all their variants; the dataset remembers them (None: those it
    remembers), and only shards that they concern are made again. `factory` names the class, as
    `module:name`, that makes samples from the recipe; `provenance` tells what was used, by default
    from the registered faces.

    `OutputError` where the folder is another recipe's, is in use, or cannot be written;
    `InputError` where a file or face cannot be used, or no sample at all can be made; `Stopped`
    after SIGINT or SIGTERM. In any case what is done is kept.
    """
    places, plan = _laid_out(recipe, out)
    began = time.monotonic()
    wanted = _wanted(plan, shards, rank, overwrite=overwrite)
    if not wanted:
        return _summary(places, plan, finished(places, plan), made=0, lost={}, began=began)
    shards = shards if rank is None or rank.world == 1 else wanted
    if not overwrite:
        admit(places, plan, resume, alone=shards is None)
    excluded = None if exclude is None else _scenes(exclude, plan)
    if dry_run:
        done = {} if overwrite else finished(places, plan, excluded=excluded)
        todo = [number for number in wanted if number not in done]
        return _summary(places, plan, done, made=len(todo), lost={}, began=began, dry_run=True)
    if overwrite:
        remove(places)
    where, log = engine or engine_of("local", workers), _Log(redraw, on_line)
    run = _Run(recipe, places, plan, where, factory, on_event or silent, log)
    with stoppable(), held(places, shards) as scratch:
        # Another may have worked there until it was held.
        admit(places, plan, resume if not overwrite else "if_possible", alone=shards is None)
        if excluded is not None and excluded != excluded_scenes(places):
            claim(places, scratch, plan, excluded=excluded)
        made, lost = run.make(scratch, wanted)
        done = run.complete(scratch, provenance or _used_faces, alone=shards is None)
    if lost and not done:
        raise nothing(out, *min(lost.items()))
    return _summary(places, plan, done, made=made, lost=lost, began=began)


@dataclass(frozen=True, slots=True)
class _Log:
    redraw: str
    on_line: Callable[[bytes], None] | None


@dataclass(slots=True)
class _Run:
    recipe: Asked
    places: Places
    plan: Plan
    engine: Engine
    factory: str
    tell: Tell
    log: _Log

    def make(self, scratch: Path, wanted: range) -> tuple[int, dict[int, str]]:
        """Make the shards that are not done: how many came to be, and why the others did not."""
        done = finished(self.places, self.plan)
        todo = [number for number in wanted if number not in done]
        if not todo:
            return 0, {}
        left_out = excluded_scenes(self.places)
        setup = MakerSetup(
            self.recipe, self.places.root, scratch, self.plan, self.factory, excluded=left_out
        )
        with Log(self.places.log, self.log.on_line) as log:
            log.add("began", shards=len(todo), done=len(done), pid=os.getpid())
            desk = Desk(self.places.root, scratch, self.plan, log, self.tell, self.log.redraw)
            desk.fresh = not done
            while todo:
                todo = self._after_round(setup, wanted, todo, desk) or desk.rescued()
            log.add("ended", made=len(desk.made), lost=sorted(desk.given_up))
        return len(desk.made), {task: str(one.fault) for task, one in sorted(desk.given_up.items())}

    def _after_round(
        self, setup: MakerSetup, wanted: range, todo: list[int], desk: Desk
    ) -> list[int]:
        """Make these shards, without what ended workers before; what is left, if a face stopped it.

        How a shard comes out depends on which faces are quarantined in the end, not on when that
        was found out: a shard that had touched one is made again.
        """
        faces = claim(self.places, setup.scratch, self.plan, desk.guilty)
        without = frozenset(face.token for face in faces)
        desk.begin(todo)
        try:
            self.engine.run(replace(setup, lost=desk.lost, without=without), todo, desk.hear)
        except Suspected as suspected:
            desk.inquire(suspected, self.engine, ProberSetup(self.recipe, self.factory), _key)
            claim(self.places, setup.scratch, self.plan, desk.guilty)
            done = finished(self.places, self.plan)
            return [number for number in wanted if number not in done.keys() | desk.given_up]
        return []

    def complete(
        self,
        scratch: Path,
        provenance: Callable[[Sequence[int]], Provenance],
        *,
        alone: bool,
    ) -> dict[int, Record]:
        """Finish the dataset if all its shards are there, or all that a run alone could make."""
        with lock(self.places.state / "lock-finish", patient=True):
            done = finished(self.places, self.plan)
            records = [done[number] for number in sorted(done)]
            ready = len(done) == self.plan.shards or (alone and len(done) > 0)
            if ready and not is_finished(self.places, self.plan, records):
                finish(
                    self.places,
                    scratch,
                    name=self.recipe.name,
                    recipe=self.recipe.resolved(),
                    plan=self.plan,
                    records=records,
                    provenance=provenance,
                )
        return done


def _laid_out(recipe: Asked, out: Path | str) -> tuple[Places, Plan]:
    plan = Plan(recipe.samples, recipe.shard.samples, recipe.fingerprint(), recipe.inputs())
    return Places.at(out), plan


def _wanted(plan: Plan, shards: range | None, rank: Rank | None, *, overwrite: bool) -> range:
    """The shards to make: those asked for, a rank's (which may be none), or all."""
    if rank is not None:
        if shards is not None or overwrite:
            raise InputError(
                "a rank has shards of its own, and leaves those of others alone",
                hint="leave out the range of shards; remove the folder first to begin anew",
            )
        return rank.shards(plan.shards)
    wanted = range(plan.shards) if shards is None else shards
    if not 0 <= wanted.start < wanted.stop <= plan.shards:
        raise InputError(
            f"there are no shards {wanted.start}..{wanted.stop}",
            hint=f"the recipe makes the shards 0..{plan.shards}, the end exclusive",
        )
    return wanted


def _scenes(keys: Collection[str], plan: Plan) -> frozenset[int]:
    """The scenes that these keys belong to; `InputError` naming a key that is none of them."""
    found = set()
    for key in keys:
        try:
            found.add(plan.index_of(Key.parse(key)))
        except InputError as fault:
            raise fault.inside(key) from None
    return frozenset(found)


def _used_faces(tokens: Sequence[int]) -> Provenance:
    """The registry of faces, and the faces of these tokens in it."""
    from glyphdata.faces.catalogue import load

    catalogue = load()
    digest = catalogue.digest()
    faces = [catalogue[token] for token in tokens]
    return Provenance(
        (RegistryDigest(digest.name, digest.faces, digest.sha256),),
        tuple(FontCredit(one.token, one.family, one.style, one.license) for one in faces),
    )


def _key(token: int) -> str:
    """The name of a registered face, in one word."""
    from glyphdata.faces.catalogue import load

    return load()[token].key


def _summary(
    places: Places,
    plan: Plan,
    done: Mapping[int, Record],
    *,
    made: int,
    lost: Mapping[int, str],
    began: float,
    dry_run: bool = False,
) -> Summary:
    records = [done[number] for number in sorted(done)]
    totals = Totals.of(records)
    return Summary(
        out=places.root,
        shards=plan.shards,
        made=made,
        missing=plan.shards - len(done) - len(lost),
        samples=totals.samples,
        bytes=totals.bytes,
        rejections=totals.rejections,
        quarantined=totals.quarantined,
        quarantined_faces=() if dry_run else quarantined_faces(places),
        lost_shards=tuple(sorted(lost.items())),
        finished=is_finished(places, plan, records) if records else False,
        seconds=time.monotonic() - began,
        dry_run=dry_run,
        excluded=sum(len(record.excluded) for record in records),
    )
