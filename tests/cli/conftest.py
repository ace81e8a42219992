"""A tiny recipe, and the command line as a user meets it: words in, lines and a code out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from glyphdata.cli import main

RECIPE = """
name: small
samples: 4
shard: {samples: 2}
canvas: {width: 96, height: 64}
boxes: {count: 1, size_px: [14, 20]}
levels: {word: 1}
texts: [{kind: charset, length: 3}]
backgrounds: [{kind: black}]
"""


class Heard(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)

    def fault(self, code: int = 3) -> str:
        """The one line on stderr, of a run that left with `code`, said nothing else, and why."""
        assert (self.code, self.out) == (code, ""), self
        lines = self.err.splitlines()
        assert len(lines) == 1, self
        told = lines[0].removeprefix("glyphdata: error: ")
        assert told != lines[0]
        assert told.endswith(")"), f"no way out: {told}"
        return told

    def faults(self) -> list[str]:
        """The lines of a recipe's faults, each with the path of its field."""
        assert (self.code, self.out) == (3, ""), self
        first, *lines = self.err.splitlines()
        assert first.startswith("glyphdata: error: small.yaml: cannot be made, ")
        assert lines
        assert all(line.startswith("  ") and ": " in line for line in lines)
        return [line.strip() for line in lines]


Ask = Callable[..., Heard]


@pytest.fixture
def ask(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Ask:
    """Run a command line in this process, in a folder that holds `small.yaml` alone."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GLYPHDATA_CACHE", str(tmp_path / ".cache"))
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "small.yaml").write_text(RECIPE)

    def run(*words: object) -> Heard:
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(word) for word in words])
        out, err = capfdbinary.readouterr()
        assert isinstance(left.value.code, int)
        assert b"Traceback" not in err, err.decode()
        return Heard(left.value.code, out.decode(), err.decode())

    return run


@pytest.fixture
def make(ask: Ask) -> Ask:
    """Generate from `small.yaml` in this process: the folder, and more words."""

    def run(out: object, *words: object) -> Heard:
        return ask("generate", "small.yaml", out, "-w", 0, *words)

    return run
