"""Which part of the shards is this process's own? What a cluster's launcher says, as a rank.

A launcher starts the same command many times and tells each its number through the environment.
Ranks talk to nobody and never take over each other's shards; which shards a rank makes depends on
its number, on how many ranks there are, and on how many shards, so that the same job sent again
makes what is missing. The variables are those that each launcher documents: Slurm (sbatch, srun:
"output environment variables"), Kubernetes (Jobs: "completion mode"), SkyPilot (distributed jobs),
and torchrun ("environment variables").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from glyphdata.errors import InputError

_SAY = "say --rank R --world W"


@dataclass(frozen=True, slots=True)
class Rank:
    """Number `rank` of `world` processes, counted from 0; `source` says who told so."""

    rank: int
    world: int
    source: str = "--rank"

    def __post_init__(self) -> None:
        if not 0 <= self.rank < self.world:
            raise InputError(
                f"there is no rank {self.rank} of {self.world}",
                hint="ranks count from 0, and the world is how many there are",
            ).inside(self.source)

    def shards(self, count: int) -> range:
        """Its own of `count` shards, end exclusive: a range, and empty where ranks outnumber them.

        Ranks lie side by side without gaps, and no range is longer than another by more than one.
        """
        return range(self.rank * count // self.world, (self.rank + 1) * count // self.world)


Environment = Mapping[str, str]


def rank_of(environment: Environment, *, source: str = "auto", world: int | None = None) -> Rank:
    """The rank that the environment tells, by the launcher `source` (`auto`: whichever it is).

    `world` is needed where the launcher does not tell how many there are; it says of a Slurm array
    that its ids are the ranks themselves. `InputError` where no launcher, or more than one, tells a
    rank, and they differ.
    """
    if source != "auto" and source not in LAUNCHERS:
        raise InputError(
            f"{source!r} is neither a rank nor a launcher",
            hint=f"give a number, auto, or one of {', '.join(LAUNCHERS)}",
        ).inside("--rank")
    asked = LAUNCHERS if source == "auto" else {source: LAUNCHERS[source]}
    told = [rank for read in asked.values() if (rank := read(environment, world)) is not None]
    # One of one is what a launcher says that was used for something else.
    told = [one for one in told if one.world > 1] or told
    if not told:
        raise InputError(f"the environment tells no rank ({', '.join(asked)})", hint=_SAY).inside(
            "--rank"
        )
    if len({(one.rank, one.world) for one in told}) > 1:
        differ = "; ".join(f"{one.source} says {one.rank} of {one.world}" for one in told)
        raise InputError(
            f"launchers disagree: {differ}", hint=f"name one, such as --rank {asked_of(told[0])}"
        ).inside("--rank")
    return told[0]


def asked_of(rank: Rank) -> str:
    """The launcher that told a rank, as `--rank` names it."""
    return rank.source.partition(" ")[0]


def _slurm(environment: Environment, world: int | None) -> Rank | None:
    """A job array, the tasks of a step, or both: the tasks of each array element side by side."""
    array = _slurm_array(environment, world)
    step = _slurm_step(environment)
    if array is None or step is None or step.world == 1:
        return array or (_agreed(step, world) if step is not None else None)
    if world is not None:
        raise InputError(
            "--world cannot tell how an array of steps is split",
            hint="leave it out, or start one task in each element of the array",
        ).inside("slurm")
    return Rank(
        array.rank * step.world + step.rank, array.world * step.world, "slurm (array and step)"
    )


def _slurm_array(environment: Environment, world: int | None) -> Rank | None:
    number = _number(environment, "SLURM_ARRAY_TASK_ID")
    if number is None:
        return None
    source = "slurm (SLURM_ARRAY_TASK_ID)"
    if world is not None:
        return Rank(number, world, source)
    first = _needed(environment, "SLURM_ARRAY_TASK_MIN", source)
    count = _needed(environment, "SLURM_ARRAY_TASK_COUNT", source)
    last = _number(environment, "SLURM_ARRAY_TASK_MAX")
    step = _number(environment, "SLURM_ARRAY_TASK_STEP") or 1
    even = last is None or last - first == (count - 1) * step
    if not even or (number - first) % step:
        raise InputError(
            "the array's ids are not evenly spaced, so they tell no rank",
            hint="send the whole array again, or say --world W, whose ranks the ids then are",
        ).inside(source)
    return Rank((number - first) // step, count, source)


def _slurm_step(environment: Environment) -> Rank | None:
    rank = _number(environment, "SLURM_PROCID")
    if rank is None:
        return None
    source = "slurm (SLURM_PROCID)"
    world = _number(environment, "SLURM_STEP_NUM_TASKS")
    if world is None:
        world = _needed(environment, "SLURM_NTASKS", source)
        # The batch script itself is told that it is task 0 of all that srun may start later.
        batch = environment.get("SLURM_JOB_ID") and not environment.get("SLURM_STEP_ID")
        if batch and world > 1:
            raise InputError(
                f"this is the batch script, not one of its {world} tasks",
                hint="start it with `srun glyphdata generate ...`",
            ).inside(source)
    return Rank(rank, world, source)


def _kubernetes(environment: Environment, world: int | None) -> Rank | None:
    rank = _number(environment, "JOB_COMPLETION_INDEX")
    if rank is None:
        return None
    source = "kubernetes (JOB_COMPLETION_INDEX)"
    if world is None:
        raise InputError(
            "Kubernetes tells a pod its index, not how many there are",
            hint="say --world N, or --world NAME of a variable that holds the job's completions",
        ).inside(source)
    return Rank(rank, world, source)


def _pair(launcher: str, rank_name: str, world_name: str) -> Callable[..., Rank | None]:
    source = f"{launcher} ({rank_name})"

    def read(environment: Environment, world: int | None) -> Rank | None:
        rank = _number(environment, rank_name)
        if rank is None:
            return None
        return _agreed(Rank(rank, _needed(environment, world_name, source), source), world)

    return read


LAUNCHERS: Mapping[str, Callable[[Environment, int | None], Rank | None]] = {
    "slurm": _slurm,
    "kubernetes": _kubernetes,
    "skypilot": _pair("skypilot", "SKYPILOT_NODE_RANK", "SKYPILOT_NUM_NODES"),
    "torchrun": _pair("torchrun", "RANK", "WORLD_SIZE"),
}
"""Who may have started this process, by name, and what reads its rank from the environment."""


def _agreed(rank: Rank, world: int | None) -> Rank | None:
    if world is not None and world != rank.world:
        if rank.world == 1:  # it started this process alone, and another one started many
            return None
        raise InputError(
            f"the launcher started {rank.world}, but --world says {world}",
            hint="leave out --world",
        ).inside(rank.source)
    return rank


def _number(environment: Environment, name: str) -> int | None:
    text = environment.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()):
        raise InputError(f"{text!r} is no number that counts from 0", hint=_SAY).inside(name)
    return int(text)


def _needed(environment: Environment, name: str, source: str) -> int:
    number = _number(environment, name)
    if number is None:
        raise InputError(
            f"{name} is not set, so nobody says how many ranks there are", hint=_SAY
        ).inside(source)
    return number


def world_of(text: str, environment: Environment) -> int:
    """The world that `--world` spells: a number, or the name of a variable that holds one."""
    named = text if text.isascii() and text.isdecimal() else environment.get(text, "")
    if not (named.isascii() and named.isdecimal() and int(named) > 0):
        what = f"{text} holds {named!r}, which" if named else f"{text!r}"
        raise InputError(
            f"{what} is no number of ranks", hint="give a number, or a variable that holds one"
        ).inside("--world")
    return int(named)
