"""A tiny CLIP, as the tests of captions have it, and the command as a user meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from glyphdata.cli import COMMANDS, main
from tests.caption.score.conftest import offline, tiny_clip

__all__ = ["offline", "tiny_clip"]


class Heard(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


Ask = Callable[..., Heard]


@pytest.fixture
def ask(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Run `glyphdata measure` in this process."""
    monkeypatch.setitem(COMMANDS, "measure", "How right generated pictures are.")

    def run(*words: object) -> Heard:
        capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            main(["measure", *map(str, words)])
        out, err = capfd.readouterr()
        assert isinstance(left.value.code, int)
        assert "Traceback" not in err, err
        return Heard(left.value.code, out, err)

    return run
