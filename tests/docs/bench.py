"""Runs the blocks of a page: one interpreter for each, in a folder of its own."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml

from glyphdata.recipe import Recipe
from tests.docs.blocks import SHELL, Block, commands
from tests.docs.standins import APPENDED, SLOW, STANDINS

ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).parent / "child.py"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TARGETS = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


class Fault(AssertionError):
    """A block that does not do what its page says."""


class Interpreter:
    """A child process in a folder that does a page's jobs one after the other."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.log = folder.parent / f"{folder.name}.log"
        home = folder / "home"
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / "data"),
            "HF_HOME": str(home / "hf"),
            "HF_HUB_OFFLINE": "1",
            "OMP_NUM_THREADS": "1",
            "COLUMNS": "100",
            **environment,
        }

    def __enter__(self) -> Self:
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(CHILD)],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.process.communicate(timeout=20)

    def python(self, code: str, name: str, *, session: bool = False) -> None:
        """Run Python in the page's namespace; a session has to answer as it is shown."""
        self._done({"code": code, "name": name, "session": session}, name)

    def command(self, words: Sequence[str], place: str) -> None:
        """Run one command of ours, which has to leave with 0."""
        self._done({"words": list(words)}, f"{place}: glyphdata {shlex.join(words)}")

    def shell(self, line: str, place: str) -> None:
        """Run a line of bash."""
        ran = subprocess.run(
            ["bash", "-ec", line],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if ran.returncode:
            raise Fault(f"{place}: {line}\nleft with {ran.returncode}\n{ran.stdout}{ran.stderr}")

    def served(self, words: Sequence[str], place: str) -> None:
        """Start what serves until Ctrl-C, ask it for its first page, and stop it."""
        with subprocess.Popen(
            [sys.executable, "-m", "glyphdata", *words],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as server:
            assert server.stdout
            address = server.stdout.readline().strip()
            status = 0
            if address.startswith("http://127.0.0.1:"):
                with urllib.request.urlopen(address, timeout=20) as answer:
                    status = answer.status
            server.send_signal(signal.SIGINT)
            _, said = server.communicate(timeout=20)
        if status != 200 or server.returncode not in (0, 130):
            raise Fault(f"{place}: glyphdata {shlex.join(words)}: {address} {status}\n{said}")

    def _done(self, job: dict[str, Any], what: str) -> None:
        assert self.process.stdin
        assert self.process.stdout
        before = self.log.stat().st_size
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if answer.strip() != "0":
            said = self.log.read_bytes()[before:].decode("utf-8", "replace")
            raise Fault(f"{what}\nleft with {answer.strip() or 'the whole interpreter'}\n{said}")


class Runner:
    """Runs the blocks of one page, and counts what was run, looked over, and left out."""

    def __init__(self, page: str, interpreter: Interpreter, *, slow: bool) -> None:
        self.page = page
        self.interpreter = interpreter
        self.slow = slow
        self.ran = 0
        self.left: list[str] = []
        self.late = False
        self.used: set[str] = set()

    def run(self, block: Block) -> None:
        """Run a block, or see that what it shows is sound; `Fault` where it is not."""
        self.late = False
        for start, reason in (*block.without, ("", block.why)):
            if reason:
                self.left.append(f"{block.place}: {start or block.language}: {reason}")
        if block.file:
            path = self.interpreter.folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.code, encoding="utf-8")
        if block.language in ("yaml", "json", "toml"):
            self._data(block)
        elif block.why or self.late:
            return
        elif block.language in ("python", "pycon"):
            self.interpreter.python(block.code, block.place, session=block.language == "pycon")
            self.ran += 1
        elif block.language in SHELL:
            for line in commands(block.code):
                self._line(line, block)
        elif block.language != "text":
            raise Fault(f"{block.place}: nothing here knows how to run {block.language!r}")

    def _line(self, line: str, block: Block) -> None:
        if any(line.startswith(start) for start, _ in block.without) or self.late:
            return
        for text, instead in STANDINS.get(self.page, ()):
            if text in line:
                self.used.add(text)
                line = line.replace(text, instead)
        try:
            words = [_at_home(word) for word in shlex.split(line, comments=True)]
        except ValueError as fault:
            raise Fault(f"{block.place}: {line}: {fault}") from None
        if words[0] == "glyphdata":
            self._ours(words[1:], block)
        elif words[0] in ("make", "pip", "python"):
            looked_over(words, block.place)
        else:
            self.interpreter.shell(line, block.place)
            self.ran += 1

    def _ours(self, words: list[str], block: Block) -> None:
        if not self.slow and " ".join(words).startswith(SLOW):
            self.late = True  # what comes after in the block may read what it would have made
            return
        for option, value in APPENDED.get(words[0], ()):
            words += [option, value] if option not in words else []
        if words[0] == "new":  # the workbench has a recipe of that name for the other pages
            (self.interpreter.folder / f"{words[1]}.yaml").unlink(missing_ok=True)
        if words[0] == "view":
            self.interpreter.served(words, block.place)
        else:
            self.interpreter.command(words, block.place)
        self.ran += 1

    def _data(self, block: Block) -> None:
        """Data is read; what is part of a recipe passes the gate, its files found."""
        try:
            toml = block.language == "toml"
            value = tomllib.loads(block.code) if toml else yaml.safe_load(block.code)
        except (yaml.YAMLError, tomllib.TOMLDecodeError) as fault:
            raise Fault(f"{block.place}: {fault}") from None
        fields = set(Recipe.model_fields)
        if block.why or block.file or not isinstance(value, dict) or not set(value) <= fields:
            if not block.why and not block.file and block.language == "yaml":
                raise Fault(f"{block.place}: no part of a recipe, and no `<!-- file: NAME -->`")
            return
        whole = {"name": "page", "samples": 1, "texts": [{"kind": "words"}], **value}
        recipe = Recipe.from_resolved(whole, self.interpreter.folder)
        for part in (*recipe.texts, *recipe.backgrounds, *recipe.layouts):
            part.ready(recipe.root)
        self.ran += 1


def _at_home(word: str) -> str:
    """A path in the home folder, which is in the page's own; a shell would do the same."""
    return word.replace("~/", "home/", 1) if word.startswith("~/") else word


def looked_over(words: Sequence[str], place: str) -> None:
    """What is not run here: does the target, the extra, the script exist that a line names?"""
    if words[0] == "make":
        wanted = [word for word in words[1:] if "=" not in word]
        missing = [word for word in wanted if word not in TARGETS]
    elif words[0] == "pip":
        asked = re.findall(r"glyphdata\[([\w,]+)\]", " ".join(words))
        extras = [extra for one in asked for extra in one.split(",")]
        missing = [extra for extra in extras if extra not in PROJECT["optional-dependencies"]]
    else:
        scripts = [word for word in words[1:] if word.endswith(".py")]
        missing = [script for script in scripts if not (ROOT / script).exists()]
    if missing:
        raise Fault(f"{place}: {shlex.join(words)}: there is no {', '.join(missing)}")
