"""The running mean of an encoder's weights, which is steadier than the last of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class Average:
    """An exponential mean of what is trained in `model`: `decay` of the old, the rest of the new.

    The decay begins small, (1 + n) / (10 + n) at the n-th update, so that the weights a run began
    with are soon forgotten (as in TensorFlow's ExponentialMovingAverage).
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self._model = model
        self._means = {
            name: one.detach().clone()
            for name, one in model.named_parameters()
            if one.requires_grad
        }

    def update(self, number: int) -> None:
        """Take in the weights as they are after the `number`-th step, counted from 1."""
        decay = min(self.decay, (1 + number) / (10 + number))
        for name, one in self._trained():
            self._means[name].lerp_(one.detach(), 1 - decay)

    def tensors(self) -> Mapping[str, Tensor]:
        """The means by the names of the weights."""
        return self._means

    def fill(self, means: Mapping[str, Tensor]) -> None:
        """Take up means that `tensors` gave; `KeyError` where one is missing."""
        for name, mean in self._means.items():
            mean.copy_(means[name])

    @contextmanager
    def within(self) -> Iterator[None]:
        """The model has the means for its weights inside, and its own again behind."""
        own = {name: one.detach().clone() for name, one in self._trained()}
        self._put(self._means)
        try:
            yield
        finally:
            self._put(own)

    def _trained(self) -> Iterator[tuple[str, nn.Parameter]]:
        return ((n, one) for n, one in self._model.named_parameters() if n in self._means)

    def _put(self, values: Mapping[str, Tensor]) -> None:
        with torch.no_grad():
            for name, one in self._trained():
                one.copy_(values[name])
