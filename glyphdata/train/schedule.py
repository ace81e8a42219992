"""How large a step may be: a function of its number alone."""

from __future__ import annotations

import math

from glyphdata.train.settings import Optimizer


def share_of_peak(step: int, steps: int, optimizer: Optimizer) -> float:
    """Which share of its peak the learning rate has in step `step` (from 0) of `steps`.

    It rises evenly over the warm-up, whose last step has the peak, then follows half a cosine
    (Loshchilov and Hutter, arXiv 1608.03983, equation 5, one period) whose last step has `floor`;
    or it stays. A run shorter than its warm-up ends on the rise.
    """
    if step < optimizer.warmup:
        return (step + 1) / optimizer.warmup
    if optimizer.schedule == "constant":
        return 1.0
    way = (step - optimizer.warmup + 1) / max(1, steps - optimizer.warmup)
    cosine = (1 + math.cos(math.pi * min(1.0, way))) / 2
    return optimizer.floor + (1 - optimizer.floor) * cosine
