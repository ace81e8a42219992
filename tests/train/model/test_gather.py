"""Two processes that share a batch learn what one process learns of all of it."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch
from torch import Tensor

import glyphdata
from glyphdata.train.gather import added, everyone

WORKER = Path(__file__).with_name("one_of_several.py")
Found = dict[str, dict[str, Tensor]]


@pytest.fixture(scope="module")
def worker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("one_of_several", WORKER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What two processes came to, added up; they meet over a file, on the loopback device."""
    folder = tmp_path_factory.mktemp("together")
    package = str(Path(glyphdata.__file__).parents[1])
    told = {**os.environ, "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"}
    told["PYTHONPATH"] = package  # the same glyphdata as here
    command = [sys.executable, str(WORKER)]
    started = [
        subprocess.Popen([*command, str(rank), "2", str(folder)], env=told, stderr=subprocess.PIPE)
        for rank in range(2)
    ]
    try:
        for one in started:
            _, said = one.communicate(timeout=60)
            assert one.returncode == 0, said.decode()
    finally:
        for one in started:
            if one.poll() is None:
                one.kill()
                one.communicate()
    found: Found = torch.load(folder / "found.pt", weights_only=True)
    return found


@pytest.mark.parametrize("kind", ["infonce", "siglip"])
@pytest.mark.parametrize("case", ["uneven", "lopsided", "one-empty", "none"])
def test_two_processes_have_the_gradient_of_one(
    together: Found, worker: ModuleType, case: str, kind: str
) -> None:
    alone = worker.learned((sum(worker.SHARES[case]),), 0, kind)
    found = together[f"{case} {kind}"]
    assert found.keys() == alone.keys()
    for name, one in alone.items():
        assert (found[name] - one).abs().max() < 1e-5, name


def test_the_case_has_something_to_compare(together: Found) -> None:
    uneven, lopsided = together["uneven infonce"], together["lopsided infonce"]
    assert uneven["d see"].abs().max() > 1e-2
    assert uneven["boxes"].item() == 11
    assert (uneven["d read"] - lopsided["d read"]).abs().max() < 1e-5


def test_one_process_alone_is_everyone() -> None:
    seen, read = torch.randn(3, 2, requires_grad=True), torch.randn(3, 2)
    alike = torch.arange(3)
    found = everyone(seen, read, alike)
    assert found.seen is seen
    assert found.first == 0
    assert added(seen.sum()).requires_grad is False
