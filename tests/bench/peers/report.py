"""The figures of a run, and how they are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from ink import Verdict

OURS, GROUP = "glyphdata", "group"


@dataclass(frozen=True, slots=True)
class Series:
    """Pictures per CPU second and per second, round by round, and how many there were in all."""

    per_cpu_s: tuple[float, ...]
    per_s: tuple[float, ...]
    pictures: int


@dataclass(frozen=True, slots=True)
class Start:
    """CPU and wall seconds from the start of a process to its first picture; its peak in MB."""

    cpu_s: float
    wall_s: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Commands:
    """One whole run of the command: all its processes, start and end included."""

    workers: int
    samples: int
    wall_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it ran; the load is how many processes wanted a core, before and after."""

    cores: int
    python: str
    load_before: float
    load_after: float


@dataclass(frozen=True, slots=True)
class Measured:
    """A run: by setting and generator what was judged and timed, by generator the start."""

    rounds: int
    boxes: Mapping[str, Mapping[str, Verdict]]
    rates: Mapping[str, Mapping[str, Series]]
    starts: Mapping[str, Start]
    commands: Sequence[Commands]
    machine: Machine


def tables(found: Measured) -> str:
    """All of it as Markdown."""
    parts = (_boxes(found), _rates(found), _groups(found), _starts(found), _commands(found))
    at = found.machine
    foot = (
        f"{found.rounds} rounds, {at.cores} cores, Python {at.python}; processes wanting a core:"
        f" {at.load_before:.1f} before, {at.load_after:.1f} after."
    )
    return "\n\n".join((*parts, foot)) + "\n"


def ratio(ours: Series, theirs: Series) -> float:
    """How many times as fast ours is: the median over the rounds."""
    pairs = zip(ours.per_cpu_s, theirs.per_cpu_s, strict=True)
    return median(one / other for one, other in pairs)


def _rates(found: Measured) -> str:
    peers = [peer for peer in found.starts if peer != OURS]
    rows = [f"| pictures per CPU second | {OURS} | {' | '.join(peers)} |"]
    rows.append("|---|---|" + "---|" * len(peers))
    for setting, by_peer in found.rates.items():
        if not setting.startswith(GROUP):
            ours = by_peer[OURS]
            cells = [_beside(ours, by_peer[peer]) if peer in by_peer else "" for peer in peers]
            rows.append(f"| {setting} | {_spread(ours)} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _groups(found: Measured) -> str:
    ours = found.rates[GROUP][OURS]
    rows = ["| pictures per CPU second | generator | rate |", "|---|---|---|"]
    for setting, by_peer in found.rates.items():
        for peer, one in by_peer.items() if setting.startswith(GROUP) else ():
            rate = _spread(one) if peer == OURS else _beside(ours, one)
            rows.append(f"| {setting} | {peer} | {rate} |")
    return "\n".join(rows)


def _boxes(found: Measured) -> str:
    rows = [
        "| boxes of letters | generator | right number of them | letters judged | box holds the ink"
        " | no side over 1 px off | none over 2 px | farthest side, median |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for setting, by_peer in found.boxes.items():
        for peer, one in by_peer.items():
            cells = (
                setting,
                peer,
                f"{one.counted} of {one.pictures}",
                f"{one.letters}",
                _share(one.held, one.letters),
                _share(one.within_1, one.letters),
                _share(one.within_2, one.letters),
                f"{one.slack_px:.2g} px" if one.held else "",
            )
            rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _starts(found: Measured) -> str:
    rows = ["| generator | to the first picture, CPU s | wall s | peak memory, MB |"]
    rows.append("|---|---|---|---|")
    rows += [
        f"| {peer} | {one.cpu_s:.1f} | {one.wall_s:.1f} | {one.peak_mb:.0f} |"
        for peer, one in found.starts.items()
    ]
    return "\n".join(rows)


def _commands(found: Measured) -> str:
    rows = ["| `glyphdata generate`, 3 boxes, 512 × 512 | samples | wall s | CPU s |"]
    rows.append("|---|---|---|---|")
    for workers in (1, 2):
        runs = [run for run in found.commands if run.workers == workers]
        wall, cpu = (
            median(times) for times in zip(*((run.wall_s, run.cpu_s) for run in runs), strict=True)
        )
        name = f"{workers} worker" if workers == 1 else f"{workers} workers"
        rows.append(f"| {name} | {runs[0].samples} | {wall:.1f} | {cpu:.1f} |")
    return "\n".join(rows)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"


def _spread(one: Series) -> str:
    """Median, lowest and highest."""
    low, high = min(one.per_cpu_s), max(one.per_cpu_s)
    return f"{_short(median(one.per_cpu_s))} ({_short(low)} to {_short(high)})"


def _beside(ours: Series, theirs: Series) -> str:
    """Their rate, and how many times as fast ours is."""
    return f"{_spread(theirs)}: **{_short(ratio(ours, theirs))}×**"


def _short(value: float) -> str:
    """Three digits at most, none after the point from a hundred on."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
