"""The comparison: glyphdata beside other generators of text images, on equal work, in one run.

    python tests/bench/peers.py [--rounds 3] [--json out/peers.json] [--page docs/comparison.md]

Builds the peers' environments under out/peers/ (once; two minutes), gives all the same words, font
files, photographs and sizes, and asks each in turn, round after round. Rates are pictures per CPU
second (user and system) of one process with one thread: a busy machine changes them least. First
the labels are judged by the ink of lossless pictures. Prints the tables in Markdown; `--page` puts
them between the marks of that page.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from platform import python_version

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent / "peers"))

from asking import Answer, Asked, Setting
from environments import BYT5, OURS, PEERS, Peer
from ink import BLURRED_PAPER, PAPER, Verdict, judge
from material import ROOT, Material, prepare
from report import Commands, Machine, Measured, Series, Start, tables

from glyphdata.bench import workloads

WORDS = (
    Setting("word, white"),
    Setting("word, white, labels", labels=True),
    Setting("word, photo", ground="photo"),
    Setting("word, photo, labels", ground="photo", labels=True),
    Setting("word, photo, effects", ground="photo", effects=True),
    Setting("word, photo, effects, labels", ground="photo", effects=True, labels=True),
)
SCENES = (
    Setting("scene", size=(512, 512), ground="photo", texts=3),
    Setting("scene, labels", size=(512, 512), ground="photo", texts=3, labels=True),
)
GROUPS = Setting("group", kind="groups", labels=True)
DRAWN = Setting("group, only drawn", kind="groups")
KEPT = Setting("group, only drawn, fonts kept open", kind="groups, fonts kept")
JUDGED = (
    Setting("upright", labels=True, lossless=True),
    Setting("turned", labels=True, lossless=True, turned=True),
    Setting("turned and blurred", labels=True, lossless=True, effects=True),
)
PLAIN, HEAVY = WORDS[0], WORDS[3]
TURN_S, OUR_TURN_S, FEWEST = 0.4, 1.2, 10
"""CPU seconds of a turn, and the fewest pictures of one. Ours is a dataset begun and finished, with
its index and checksums, every face opened anew: what it pays once, it pays in every turn."""

JUDGED_PICTURES, KNOWN_GROUPS, STARTS, COMMAND_SAMPLES = 100, 64, 3, 2000


def samples(folder: Path) -> Iterator[tuple[NDArray[np.uint8], str, list[list[float]]]]:
    """Pictures in grey, their texts and boxes, out of a folder of judged pictures."""
    for line in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        grey = cv2.imread(str(folder / label["picture"]), cv2.IMREAD_GRAYSCALE)
        assert grey is not None
        yield grey.astype(np.uint8), label["text"], label["boxes"]


def judged(workers: list[Asked]) -> dict[str, dict[str, Verdict]]:
    """By setting and generator, how its boxes fare."""
    found: dict[str, dict[str, Verdict]] = {}
    for setting in JUDGED:
        for worker in workers:
            worker.ask(setting, JUDGED_PICTURES, 1, keep=True)
            paper = BLURRED_PAPER if setting.effects else PAPER
            verdict = judge(samples(worker.out(setting)), paper)
            found.setdefault(setting.name, {})[worker.peer.name] = verdict
    return found


def how_many(setting: Setting, worker: Asked) -> int:
    """How many pictures (or groups) make a turn; the first are dear, so ours is asked thrice."""
    ours = worker.peer == OURS
    fewest = FEWEST if setting.kind == "words" else 1
    count = fewest
    for _ in range(3 if ours else 1):
        cpu_s = worker.ask(setting, count, 1).cpu_s
        count = max(fewest, round((OUR_TURN_S if ours else TURN_S) * count / cpu_s))
    return count


def timed(turns: list[tuple[Setting, Asked]], rounds: int) -> dict[str, dict[str, Series]]:
    """By setting and generator, the rates of every round; all take turns within a round."""
    counts = [how_many(setting, worker) for setting, worker in turns]
    rates: dict[str, dict[str, list[Answer]]] = {}
    for turn in range(rounds):
        for (setting, worker), count in zip(turns, counts, strict=True):
            answer = worker.ask(setting, count, 1000 + 100_000 * turn)
            rates.setdefault(setting.name, {}).setdefault(worker.peer.name, []).append(answer)
    return {
        name: {
            peer: Series(
                tuple(round(one.rate, 2) for one in answers),
                tuple(round(one.made / one.wall_s, 2) for one in answers),
                sum(one.made for one in answers),
            )
            for peer, answers in series.items()
        }
        for name, series in rates.items()
    }


def started(peer: Peer, python: str, folder: Path, material: Material) -> Start:
    """What a fresh process needs for one picture (median), and for a hundred with all labels."""
    seconds = []
    for turn in range(STARTS):
        with Asked(peer, python, folder, material) as worker:
            answer = worker.ask(PLAIN, 1, turn)
            seconds.append((answer.cpu_since_start_s, worker.age_s))
            if turn == STARTS - 1:
                peak = worker.ask(HEAVY, 100, 1).peak_mb
    cpu, wall = (float(np.median(column)) for column in zip(*seconds, strict=True))
    return Start(round(cpu, 2), round(wall, 2), round(peak))


def commands(folder: Path, material: Material) -> list[Commands]:
    """The whole command with one worker and with two, on three boxes at 512 × 512."""
    recipe = workloads(Path(material.photos).parent, 512)["S"].resolved()
    recipe.update(samples=COMMAND_SAMPLES, shard={"samples": 100})
    path = folder / "scenes.yaml"
    path.write_text(json.dumps(recipe))
    found: list[Commands] = []
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "GLYPHDATA_CACHE": str(folder / "cache")}
    for _ in range(STARTS):
        for workers in (1, 2):
            words = ["generate", str(path), str(folder / "made" / "scenes"), "--overwrite"]
            command = [sys.executable, "-m", "glyphdata", *words, "--workers", str(workers)]
            began = time.perf_counter()
            process = subprocess.Popen(
                command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
            cpu = usage.ru_utime + usage.ru_stime
            wall = time.perf_counter() - began
            found.append(Commands(workers, COMMAND_SAMPLES, round(wall, 2), round(cpu, 2)))
    return found


def measured(folder: Path, rounds: int) -> Measured:
    """Everything, in one run."""
    load = os.getloadavg()[0]
    pythons = {peer: peer.python(folder) for peer in (OURS, *PEERS, BYT5)}
    material = prepare(folder, KNOWN_GROUPS)
    with ExitStack() as running:
        workers = {
            peer: running.enter_context(Asked(peer, python, folder, material))
            for peer, python in pythons.items()
        }
        makers = [workers[peer] for peer in (OURS, *PEERS)]
        several = [worker for worker in makers if not worker.peer.name.startswith("trdg")]
        boxes = judged(makers)
        turns = [(setting, worker) for setting in WORDS for worker in makers]
        turns += [(setting, worker) for setting in SCENES for worker in several]
        turns += [(GROUPS, workers[OURS])]
        turns += [(setting, workers[BYT5]) for setting in (GROUPS, DRAWN, KEPT)]
        rates = timed(turns, rounds)
    starts = {peer.name: started(peer, pythons[peer], folder, material) for peer in (OURS, *PEERS)}
    whole = commands(folder, material)
    machine = Machine(os.cpu_count() or 1, python_version(), load, os.getloadavg()[0])
    return Measured(rounds, boxes, rates, starts, whole, machine)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--page", type=Path)
    parser.add_argument("--folder", type=Path, default=ROOT / "out" / "peers")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    found = measured(asked.folder.resolve(), asked.rounds)
    shown = tables(found)
    print(shown)
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(asdict(found), indent=1) + "\n")
    if asked.page:
        page = asked.page.read_text(encoding="utf-8")
        before, begin, rest = page.partition("<!-- measured -->\n")
        _, end, after = rest.partition("<!-- /measured -->")
        asked.page.write_text(f"{before}{begin}\n{shown}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
