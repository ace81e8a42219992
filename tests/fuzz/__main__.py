"""`python -m tests.fuzz --seconds 60`: mutants for every reader, in children with bounds.

Prints a line of JSON for each target; leaves with 1 where a mutant hurt. Such mutants are kept in
`tests/fuzz/corpus/TARGET/`, where the suite reads them for ever after.
"""

from __future__ import annotations

import argparse
import json
import mmap
import os
import signal
import sys
import time
from pathlib import Path

from tests.fuzz import running
from tests.fuzz.mutating import LONGEST
from tests.fuzz.targets import TARGETS


def _child(name: str, how: running.Fuzzing, folder: Path, page: mmap.mmap, out: int) -> None:
    """Fuzz one target and tell what hurt through the pipe; never returns."""
    code = 1
    try:
        home = folder / "own" / name
        home.mkdir(parents=True)
        (home / "set").symlink_to(folder / "set")
        target = TARGETS[name]
        running.limited()
        hurts = running.fuzzed(target, how, home, page)
        told = [[one.how, one.data.hex()] for one in hurts.values()]
        with os.fdopen(out, "w") as pipe:
            json.dump(told, pipe)
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(code)


def _target(name: str, how: running.Fuzzing, folder: Path) -> list[tuple[str, bytes]]:
    """What hurt a target; a child that died tells what it died of."""
    page = mmap.mmap(-1, LONGEST + 4)
    there, here = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(there)
        _child(name, how, folder, page, here)
    os.close(here)
    with os.fdopen(there) as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        size = int.from_bytes(page[:4], "little")
        ended = signal.Signals(os.WTERMSIG(status)).name
        return [(f"the process was ended by {ended}", bytes(page[4 : 4 + size]))]
    if status:
        return [("the child failed before it could tell", b"")]
    return [(how, bytes.fromhex(data)) for how, data in json.loads(told)]


def main() -> int:
    """Fuzz; 1 where something hurt."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seconds", type=float, default=0.0, help="in all, shared by the targets")
    parser.add_argument("--cases", type=int, default=0, help="mutants of each light target")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--target", default="", help="names, with commas")
    parser.add_argument("--keep", action="store_true", help="keep what hurts in the corpus")
    asked = parser.parse_args()
    chosen = running.names(asked.target)
    how = running.Fuzzing(asked.cases, asked.seconds / max(len(chosen), 1), asked.seed)
    hurt = 0
    with running.workshop() as folder:
        for name in chosen:
            begun = time.monotonic()
            found = _target(name, how, folder)
            hurt += len(found)
            if asked.keep:
                for _, data in found:
                    running.keep(name, data)
            line = {
                "target": name,
                "hurt": [told for told, _ in found],
                "seconds": round(time.monotonic() - begun, 2),
            }
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
    return 1 if hurt else 0


if __name__ == "__main__":
    sys.exit(main())
