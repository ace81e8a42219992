"""What launchers say becomes a rank, or one clear line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glyphdata.engines.ranks import Rank, rank_of, world_of
from glyphdata.errors import InputError


@given(st.integers(0, 3000), st.integers(1, 400))
def test_ranks_lie_side_by_side_cover_all_and_differ_by_one_at_most(count: int, world: int) -> None:
    parts = [Rank(rank, world).shards(count) for rank in range(world)]
    assert [number for part in parts for number in part] == list(range(count))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


ARRAY = {"SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_MAX": "7", "SLURM_ARRAY_TASK_STEP": "2"}
STEP = {"SLURM_JOB_ID": "7", "SLURM_STEP_ID": "0", "SLURM_PROCID": "1", "SLURM_NTASKS": "3"}


@pytest.mark.parametrize(
    ("environment", "rank", "world"),
    [
        (ARRAY | {"SLURM_ARRAY_TASK_ID": "5", "SLURM_ARRAY_TASK_COUNT": "4"}, 2, 4),
        (
            ARRAY
            | {"SLURM_ARRAY_TASK_ID": "5", "SLURM_ARRAY_TASK_COUNT": "4"}
            | {"SLURM_JOB_ID": "7", "SLURM_PROCID": "0", "SLURM_NTASKS": "1"},
            2,
            4,
        ),
        (STEP, 1, 3),
        (STEP | {"SLURM_STEP_NUM_TASKS": "2"}, 1, 2),
        (STEP | ARRAY | {"SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_COUNT": "4"}, 10, 12),
        ({"SKYPILOT_NODE_RANK": "1", "SKYPILOT_NUM_NODES": "2"}, 1, 2),
        ({"RANK": "7", "WORLD_SIZE": "8"}, 7, 8),
        (
            {"RANK": "0", "WORLD_SIZE": "1", "SKYPILOT_NODE_RANK": "1", "SKYPILOT_NUM_NODES": "2"},
            1,
            2,
        ),
        (
            {"RANK": "1", "WORLD_SIZE": "2", "SKYPILOT_NODE_RANK": "1", "SKYPILOT_NUM_NODES": "2"},
            1,
            2,
        ),
    ],
)
def test_the_environment_tells_the_rank(environment: dict[str, str], rank: int, world: int) -> None:
    found = rank_of(environment)
    assert (found.rank, found.world) == (rank, world)


def test_a_world_that_is_told_makes_the_ids_of_an_array_ranks() -> None:
    again = {"SLURM_ARRAY_TASK_ID": "11", "SLURM_ARRAY_TASK_MIN": "3"}
    again |= {"SLURM_ARRAY_TASK_COUNT": "2", "SLURM_ARRAY_TASK_MAX": "11"}
    found = rank_of(again, world=16)
    assert (found.rank, found.world) == (11, 16)


def test_kubernetes_needs_a_world_as_a_number_or_by_name() -> None:
    pod = {"JOB_COMPLETION_INDEX": "3", "COMPLETIONS": "5"}
    assert rank_of(pod, world=world_of("4", pod)).shards(8) == range(6, 8)
    assert rank_of(pod, world=world_of("COMPLETIONS", pod)).world == 5
    with pytest.raises(InputError, match="not how many there are") as caught:
        rank_of(pod)
    assert "--world" in caught.value.hint


def test_a_named_launcher_settles_a_disagreement() -> None:
    both = {"RANK": "3", "WORLD_SIZE": "8"} | STEP
    with pytest.raises(InputError, match=r"disagree: slurm .* 1 of 3; torchrun .* 3 of 8"):
        rank_of(both)
    assert rank_of(both, source="torchrun").rank == 3
    assert rank_of(both, source="slurm").rank == 1


@pytest.mark.parametrize(
    ("environment", "source", "words"),
    [
        ({}, "auto", "tells no rank"),
        ({"RANK": "1", "WORLD_SIZE": "2"}, "slurm", r"tells no rank \(slurm\)"),
        ({}, "lsf", "'lsf' is neither a rank nor a launcher"),
        ({"RANK": "2", "WORLD_SIZE": "2"}, "auto", "there is no rank 2 of 2"),
        ({"RANK": "-1", "WORLD_SIZE": "2"}, "auto", "'-1' is no number"),
        ({"RANK": "²", "WORLD_SIZE": "2"}, "auto", "'²' is no number"),
        ({"RANK": "1"}, "auto", "WORLD_SIZE is not set"),
        ({"SLURM_ARRAY_TASK_ID": "1"}, "auto", "SLURM_ARRAY_TASK_MIN is not set"),
        (
            ARRAY | {"SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_COUNT": "3"},
            "auto",
            "not evenly spaced",
        ),
        (
            {"SLURM_JOB_ID": "7", "SLURM_PROCID": "0", "SLURM_NTASKS": "4"},
            "auto",
            "the batch script, not one of its 4 tasks",
        ),
    ],
)
def test_what_tells_no_rank_is_one_clear_line(
    environment: dict[str, str], source: str, words: str
) -> None:
    with pytest.raises(InputError, match=words) as caught:
        rank_of(environment, source=source)
    assert caught.value.hint
    assert caught.value.exit_code == 3


def test_a_world_that_differs_from_the_launchers_is_refused() -> None:
    with pytest.raises(InputError, match="started 2, but --world says 3"):
        rank_of({"RANK": "1", "WORLD_SIZE": "2"}, world=3)
    with pytest.raises(InputError, match="an array of steps"):
        rank_of(STEP | ARRAY | {"SLURM_ARRAY_TASK_ID": "2"}, world=3)
    alone = {"RANK": "0", "WORLD_SIZE": "1", "JOB_COMPLETION_INDEX": "2"}
    assert rank_of(alone, world=3).rank == 2


@pytest.mark.parametrize("text", ["0", "-2", "NOWHERE", "EMPTY", "WORDS", "2.5", ""])
def test_a_world_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="no number of ranks"):
        world_of(text, {"EMPTY": "", "WORDS": "many"})
