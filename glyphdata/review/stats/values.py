"""What statistics say, as plain values: tallies, spreads, grids, and how asked and made compare.

Whatever a survey finds out takes one of these four shapes, and whoever shows it (table, JSON, plot)
knows only the shapes.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of thing, and how often it occurs."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each kind of thing occurs.

    `of` is what is counted (`pictures`, `boxes`), `total` how many there are and `kinds` how many
    different ones. `entries` are the most frequent, falling; `rare` the least frequent of all the
    kinds, rising, where `entries` could not hold them all. `possible` is how many kinds there could
    have been, 0 where that is not known. `evenness` is the entropy as a share of the greatest that
    as many kinds can have (the possible ones if known): 1 where all are equally frequent. `ratio`
    is the count of the rarest kind that occurs over that of the most frequent.
    """

    name: str
    title: str
    of: str
    total: int
    kinds: int
    entries: tuple[Entry, ...]
    rare: tuple[Entry, ...]
    possible: int
    evenness: float
    ratio: float


@dataclass(frozen=True, slots=True)
class Spread:
    """How a number is spread over a dataset.

    `unit` is what it is measured in, `count` how many values there are. `p5`, `p50` and `p95` are
    quantiles, exact to `step`. `bins[i]` counts the values from `edges[i]` to below `edges[i + 1]`.
    """

    name: str
    title: str
    unit: str
    count: int
    mean: float
    deviation: float
    least: float
    p5: float
    p50: float
    p95: float
    most: float
    step: float
    edges: tuple[float, ...]
    bins: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a row or column, and its colour (`#rrggbb`) where it stands for one."""

    name: str
    color: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """How often two things occur together: `counts[row][column]`.

    `occupied` is the share of cells that occur at all; `expected` that share if as many draws fell
    on rows and columns independently, each with the frequency it has.
    """

    name: str
    title: str
    of: str
    rows: tuple[Label, ...]
    columns: tuple[Label, ...]
    counts: tuple[tuple[int, ...], ...]
    total: int
    occupied: float
    expected: float


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of thing in a fit: how often it was expected, and how often it occurs."""

    name: str
    expected: float
    count: int


@dataclass(frozen=True, slots=True)
class Fit:
    """Did what was made keep to what was asked for?

    `against` says in words what was expected, `note` why the two may differ though all is well.
    `chi_square` is Pearson's statistic with `freedom` degrees, `p` the probability of one as great
    if what was asked for is what was drawn, `kl_bits` the divergence of what was made from what was
    expected, in bits. `thin` counts the kinds of which fewer than 5 were expected: where they are
    many, `p` is rough.
    """

    name: str
    title: str
    of: str
    against: str
    note: str
    total: int
    chi_square: float
    freedom: int
    p: float
    kl_bits: float
    thin: int
    parts: tuple[Part, ...]


Answer = Tally | Spread | Grid | Fit
"""What a survey finds out."""


@dataclass(frozen=True, slots=True)
class Stats:
    """The statistics of a dataset.

    `groups` counts the scenes, `variants` the pictures that are near-misses of one. `answers` stand
    in the order in which they are shown; `notes` say what could not be told, and why.
    """

    samples: int
    groups: int
    variants: int
    shards: int
    answers: tuple[Answer, ...]
    notes: tuple[str, ...]

    def document(self) -> dict[str, object]:
        """The statistics for programs: each answer under its shape and name."""
        shapes: dict[str, type[Answer]] = {
            "tallies": Tally, "spreads": Spread, "grids": Grid, "fits": Fit
        }  # fmt: skip
        return {
            "samples": self.samples,
            "groups": self.groups,
            "variants": self.variants,
            "shards": self.shards,
            **{shape: self._named(kind) for shape, kind in shapes.items()},
            "notes": list(self.notes),
        }

    def _named(self, kind: type[Answer]) -> dict[str, object]:
        return {
            one.name: {field: value for field, value in asdict(one).items() if field != "name"}
            for one in self.answers
            if isinstance(one, kind)
        }
