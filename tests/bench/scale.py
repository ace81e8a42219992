"""On paper: 100 million samples on 1,000 workers. How long, how much waste, how many requests?

    python tests/bench/scale.py [--samples 100000000] [--workers 1000] [--rate 600] [--json]

A simulation with a seed, of what a rank does: it starts, makes its own shards one after another,
and is now and then taken away in the middle of one, which it begins anew once it is back. Beside it
the same with shards handed out one by one, as Ray does. What it assumes is in `Assumed`; none of it
is measured but the rate and the size of a sample, which are this machine's.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from heapq import heapify, heapreplace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Assumed:
    """What the simulation takes for granted."""

    rate: float = 600.0
    """Samples per second of a middling core: S at 512 × 512, all labels (docs/benchmarks.md)."""
    sample_bytes: int = 118_000
    """Of recipes/quickstart.yaml, masks and glyph layer included."""
    shard: int = 1000
    spread: float = 0.15
    """Standard deviation of the logarithm of cores' rates: machines differ, neighbours disturb."""
    start_s: float = 90.0
    """Mean time to the first sample: a node, an image, imports; between half and double of it."""
    losses_per_hour: float = 0.02
    """How often a worker is taken away."""
    back_s: float = 180.0
    """Mean time until it is back."""
    part_bytes: int = 50 << 20
    """Of a multipart upload (s3fs)."""
    core_hour: float = 0.04
    """Dollars, as rented cores cost; puts at 5 dollars a million."""
    put: float = 5e-6


def rank_times(assumed: Assumed, samples: int, workers: int, rng: np.random.Generator) -> Floats:
    """When each rank is done, in seconds; shards go to ranks side by side."""
    shards = -(-samples // assumed.shard)
    share = np.diff(np.arange(workers + 1) * shards // workers)
    rates = assumed.rate * np.exp(rng.normal(0, assumed.spread, workers))
    busy = share * assumed.shard / rates
    started = assumed.start_s * np.exp2(rng.uniform(-1, 1, workers))
    losses = rng.poisson(busy / 3600 * assumed.losses_per_hour)
    again = losses * (assumed.back_s + 0.5 * assumed.shard / rates)
    return started + busy + again


def handed_out(assumed: Assumed, samples: int, workers: int, rng: np.random.Generator) -> float:
    """When the last shard is done where each goes to whoever is free."""
    shards = -(-samples // assumed.shard)
    rates = assumed.rate * np.exp(rng.normal(0, assumed.spread, workers))
    each = assumed.shard / rates
    free = [
        (float(at), worker)
        for worker, at in enumerate(assumed.start_s * np.exp2(rng.uniform(-1, 1, workers)))
    ]
    heapify(free)
    lost = rng.random(shards) < assumed.shard / assumed.rate / 3600 * assumed.losses_per_hour
    last = 0.0
    for gone in lost.tolist():
        at, worker = free[0]
        at += each[worker] + (assumed.back_s + 0.5 * each[worker]) * gone
        last = max(last, at)
        heapreplace(free, (at, worker))
    return last


def told(assumed: Assumed, samples: int, workers: int) -> dict[str, float]:
    """The figures, of one draw of a thousand machines."""
    times = rank_times(assumed, samples, workers, np.random.default_rng(1))
    dealt = handed_out(assumed, samples, workers, np.random.default_rng(1))
    shards = -(-samples // assumed.shard)
    parts = -(-assumed.shard * assumed.sample_bytes // assumed.part_bytes)
    puts = shards * (parts + 2 + 2)  # begin and complete a tar; index and record
    ideal = samples / (assumed.rate * workers)
    hours = times.sum() / 3600
    return {
        "shards": shards,
        "terabytes": samples * assumed.sample_bytes / 1e12,
        "ideal_min": ideal / 60,
        "half_of_ranks_min": float(np.median(times)) / 60,
        "last_rank_min": float(times.max()) / 60,
        "ranks_busy_share": ideal * workers / (times.max() * workers),
        "handed_out_min": dealt / 60,
        "handed_out_busy_share": ideal / dealt,
        "puts_million": puts / 1e6,
        "puts_per_s": puts / times.max(),
        "core_hours": hours,
        "dollars_per_million_samples": (hours * assumed.core_hour + puts * assumed.put)
        / (samples / 1e6),
    }


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description="100 million samples, on paper")
    parser.add_argument("--samples", type=int, default=100_000_000)
    parser.add_argument("--workers", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=Assumed.rate)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    assumed = Assumed(rate=asked.rate)
    found = told(assumed, asked.samples, asked.workers)
    if asked.json:
        print(json.dumps({"assumed": asdict(assumed), "found": found}))
        return
    for name, value in found.items():
        print(f"{name:30} {value:,.3g}" if value < 1000 else f"{name:30} {value:,.0f}")


if __name__ == "__main__":
    main()
