"""An interpreter of a page's own: runs its blocks and commands in order, in one namespace.

Reads a job per line, of JSON: `{"words": […]}` is a command of ours, `{"code": …, "name": …}` is
Python, and with `"session": true` what was typed at Python's prompt beside what it answered.
Answers with a line, the exit code; what the job prints goes to stderr.
"""

from __future__ import annotations

import doctest
import json
import os
import sys
import traceback
from typing import Any


def _left(words: list[str]) -> int:
    from glyphdata.cli import main

    try:
        main(words)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 1


def _ran(code: str, name: str, space: dict[str, Any]) -> int:
    try:
        exec(compile(code, name, "exec"), space)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _repeated(session: str, name: str, space: dict[str, Any]) -> int:
    """How many answers differ from those that the page shows; `...` stands for anything."""
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    test = doctest.DocTestParser().get_doctest(session, space, name, name, 0)
    runner = doctest.DocTestRunner(optionflags=flags)
    failed = runner.run(test, clear_globs=False).failed
    space.update(test.globs)
    return failed


def _done(job: dict[str, Any], space: dict[str, Any]) -> int:
    if "words" in job:
        return _left(job["words"])
    if job.get("session"):
        return _repeated(job["code"], job["name"], space)
    return _ran(job["code"], job["name"], space)


def serve() -> None:
    """Do jobs until there are no more."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    space: dict[str, Any] = {"__name__": "__main__"}
    for line in sys.stdin:
        code = _done(json.loads(line), space)
        sys.stdout.flush()
        print(json.dumps(code), file=answers, flush=True)


if __name__ == "__main__":
    serve()
