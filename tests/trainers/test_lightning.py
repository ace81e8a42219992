"""PyTorch Lightning trains on the same batches as the loop written by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.trainers.conftest import EXAMPLES, Ran
from tests.trainers.packages import LIGHTNING

pytestmark = pytest.mark.slow


def test_it_ends_where_the_loop_ends(small: Path, ran: Ran, fetched: Callable[..., Path]) -> None:
    beside = (fetched(*LIGHTNING),)
    told = ("--batch", 16, "--workers", 2)
    loop = ran(EXAMPLES / "torch_stream.py", small, *told, "--steps", 24)
    said = ran(EXAMPLES / "lightning_train.py", small, *told, "--epochs", 6, beside=beside)
    epochs = [line for line in said if line.startswith("epoch ")]
    assert epochs == [line for line in loop if int(line.split()[3]) % 4 == 0]
    assert len(epochs) == 6
