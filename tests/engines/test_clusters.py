"""The job files of the page about clusters: each makes every shard once."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from glyphdata.cli import app
from glyphdata.cli.generate import ranked_by
from glyphdata.engines.ranks import LAUNCHERS, Rank
from glyphdata.scene.rng import Rng
from tests.engines import jobfiles
from tests.engines.jobfiles import PAGE, Desk, Environment, blocks

JOBS = [
    (jobfiles.array, 16),
    (jobfiles.step, 8),
    (jobfiles.indexed, 16),
    (jobfiles.nodes, 4),
    (jobfiles.elastic, 8),
    (jobfiles.two, 2),
]


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("SLURM", "JOB_COMPLETION", "SKYPILOT")) or name in (
            "RANK",
            "WORLD_SIZE",
        ):
            monkeypatch.delenv(name)


def rank_in(told: Environment, words: list[str], monkeypatch: pytest.MonkeyPatch) -> Rank:
    """The rank that a command line of ours has in an environment."""
    assert words[0] == "generate"
    command = typer.main.get_command(app(["generate"])).commands["generate"]  # type: ignore[attr-defined]
    options = command.make_context("generate", words[1:]).params
    with monkeypatch.context() as there:
        for name, value in told.items():
            there.setenv(name, value)
        found = ranked_by(options["rank"], options["world"], None)
    assert found is not None
    return found


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(("job", "world"), JOBS, ids=lambda job: getattr(job, "__name__", None))
def test_a_job_file_makes_every_shard_once(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    job: Callable[[], tuple[str, list[Environment]]],
    world: int,
) -> None:
    desk = Desk(tmp_path)
    script, environments = job()
    for told in environments:
        desk.run(script, told)
    ranks = [rank_in(*call, monkeypatch) for call in desk.called()]
    assert sorted(one.rank for one in ranks) == list(range(world))
    for shards in (5, 100):
        made = [number for one in ranks for number in one.shards(shards)]
        assert sorted(made) == list(range(shards))


def test_every_launcher_stands_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for launcher in LAUNCHERS:
        assert f"| `{launcher}`" in page
        assert f"--rank {launcher}" in page or f"--rank, {launcher}" in page


def test_what_the_page_says_of_the_log_is_what_is_logged(tmp_path: Path) -> None:
    import json

    from glyphdata.generation import generate
    from tests.engines.citizens import FakeRecipe
    from tests.test_generation import FACTORY, nothing

    recipe = FakeRecipe(trouble=((7, "raise"),))
    generate(recipe, tmp_path, workers=0, factory=FACTORY, provenance=nothing)
    page = PAGE.read_text(encoding="utf-8")
    lines = (tmp_path / ".glyphdata/log.jsonl").read_text().splitlines()
    for line in map(json.loads, lines):
        said = next(row for row in page.splitlines() if row.startswith(f"| `{line['event']}`"))
        for field in line.keys() - {"time", "run", "event"}:
            assert f"`{field}`" in said


REAL = f"""#!/bin/sh
exec env PYTHONPATH={Path(__file__).parents[2]} {sys.executable} -m glyphdata "$@"
"""


def sums(out: Path) -> str:
    return hashlib.sha256((out / "SHA256SUMS").read_bytes()).hexdigest()


@pytest.mark.slow
def test_job_files_run_for_real_in_any_order_make_what_one_machine_makes(tmp_path: Path) -> None:
    """Slurm's array and step and the two machines of ssh, each with the real command."""
    recipe = Path(__file__).parents[2] / "recipes" / "quickstart.yaml"
    desk = Desk(tmp_path, REAL)
    size = "-s samples=36 -s shard.samples=2 --workers 1"
    plain = f"glyphdata generate {recipe} {tmp_path}/plain {size}"
    desk.run(plain, {})
    for job, _ in (JOBS[0], JOBS[1], JOBS[5]):
        script, environments = job()
        out = tmp_path / job.__name__
        where = script.replace("recipe.yaml", str(recipe)).replace("/shared/out", str(out))
        where = where.replace(" out ", f" {out} ").replace('--workers "$SLURM_CPUS_PER_TASK"', size)
        where = where.replace("--world 2'", f"--world 2 {size}'").replace("cd /shared", "cd /tmp")
        for told in Rng.of(3, 0).shuffled(environments):
            desk.run(where, told)
        assert sums(out) == sums(tmp_path / "plain")


def test_the_page_names_ray_as_it_is_started() -> None:
    (block,) = blocks("bash", "ray start")
    assert "RAY_ADDRESS=one:6379 glyphdata generate" in block
