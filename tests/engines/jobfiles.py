"""The job files of `docs/clusters.md`, and what stands in for their launchers."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import yaml

PAGE = Path(__file__).parents[2] / "docs" / "clusters.md"
Environment = dict[str, str]

# One write a call: two of them may run at once, and their lines must not run into each other.
GENERATE = """#!/bin/sh
line=$(env | grep -E '^(SLURM|JOB|SKYPILOT|RANK|WORLD)' | tr '\\n' ' ')
tab=$(printf '\\t')
for word in "$@"; do line="$line$tab$word"; done
printf '%s\\n' "$line" >> "$CALLS"
"""
SSH = """#!/bin/sh
shift
cd /
exec sh -c "$(echo "$1" | sed 's|cd /shared|cd .|')"
"""
SRUN = """#!/bin/sh
at=0
while [ $at -lt "$SLURM_NTASKS" ]; do
  SLURM_STEP_ID=0 SLURM_PROCID=$at SLURM_STEP_NUM_TASKS=$SLURM_NTASKS "$@"
  at=$((at + 1))
done
"""
COPY = "#!/bin/sh\n"


def blocks(language: str, words: str) -> list[str]:
    """The fenced blocks of the page in a language that hold these words."""
    page = PAGE.read_text(encoding="utf-8")
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)
    return [one for one in found if words in one]


class Desk:
    """Runs job files with stand-ins for the programs they start; remembers the calls of ours."""

    def __init__(self, folder: Path, generate: str = GENERATE) -> None:
        self.calls = folder / "calls"
        self.programs = folder / "bin"
        self.programs.mkdir()
        stands_in = {"glyphdata": generate, "ssh": SSH, "srun": SRUN, "cp": COPY, "rsync": COPY}
        for name, text in stands_in.items():
            (self.programs / name).write_text(text)
            (self.programs / name).chmod(0o755)

    def run(self, script: str, environment: Environment) -> None:
        """Run a script as its launcher would, with these variables."""
        path = f"{self.programs}:{os.environ['PATH']}"
        plain = {"PATH": path, "HOME": "/", "CALLS": str(self.calls)}
        subprocess.run(["bash", "-ec", script], env=plain | environment, check=True, timeout=60)

    def called(self) -> list[tuple[Environment, list[str]]]:
        """Each call of ours: what its launcher told it, and its words."""
        found = []
        for line in self.calls.read_text().splitlines():
            told, *words = line.split("\t")
            found.append((dict(one.split("=", 1) for one in told.split()), words))
        return found


def array() -> tuple[str, list[Environment]]:
    """The script of the Slurm array, and what each of its elements is told."""
    (script,) = blocks("bash", "--array=0-15\n")
    first, last = re.findall(r"--array=(\d+)-(\d+)", script)[0]
    told = {
        "SLURM_JOB_ID": "9",
        "SLURM_PROCID": "0",
        "SLURM_NTASKS": "1",
        "SLURM_CPUS_PER_TASK": "8",
        "SLURM_ARRAY_TASK_MIN": first,
        "SLURM_ARRAY_TASK_MAX": last,
        "SLURM_ARRAY_TASK_STEP": "1",
        "SLURM_ARRAY_TASK_COUNT": str(int(last) - int(first) + 1),
    }
    ids = range(int(first), int(last) + 1)
    return script, [told | {"SLURM_ARRAY_TASK_ID": str(number)} for number in ids]


def step() -> tuple[str, list[Environment]]:
    """The script of the Slurm step, and what its batch shell is told."""
    (script,) = blocks("bash", "\nsrun ")
    (tasks,) = re.findall(r"--ntasks=(\d+)", script)
    told = {"SLURM_JOB_ID": "9", "SLURM_NTASKS": tasks, "SLURM_PROCID": "0"}
    return script, [told | {"SLURM_CPUS_PER_TASK": "8"}]


def indexed() -> tuple[str, list[Environment]]:
    """The command of the Kubernetes job, and what each of its pods is told."""
    (text,) = blocks("yaml", "kind: Job")
    job = yaml.safe_load(text)["spec"]
    assert job["completionMode"] == "Indexed"
    (container,) = job["template"]["spec"]["containers"]
    words = [*container["command"], *container["args"]]
    pods = range(job["completions"])
    return " ".join(words), [{"JOB_COMPLETION_INDEX": str(index)} for index in pods]


def nodes() -> tuple[str, list[Environment]]:
    """What SkyPilot runs on each node, and what it tells each."""
    (text,) = blocks("yaml", "num_nodes")
    task = yaml.safe_load(text)
    count = task["num_nodes"]
    told = {"SKYPILOT_NUM_NODES": str(count)}
    return task["run"], [told | {"SKYPILOT_NODE_RANK": str(rank)} for rank in range(count)]


def elastic() -> tuple[str, list[Environment]]:
    """The command that torchrun starts, and what it tells each."""
    (line,) = blocks("bash", "torchrun --nnodes")
    (many, each) = re.findall(r"--nnodes (\d+) --nproc-per-node (\d+)", line)[0]
    world = int(many) * int(each)
    told = [{"RANK": str(rank), "WORLD_SIZE": str(world)} for rank in range(world)]
    return line[line.index("glyphdata") :], told


def two() -> tuple[str, list[Environment]]:
    """The script for two machines; nobody tells them anything."""
    (script,) = blocks("bash", "\nssh one")
    return script, [{}]
