"""`glyphdata fonts catalog` and `pull`, as their users meet them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from glyphdata.cli import main
from tests.faces.pull.conftest import Server
from tests.faces.pull.forging import whole

Told = tuple[int, str, str]
Ask = Callable[..., Told]
Listed = Callable[..., None]


@pytest.fixture
def ask(home: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Ask:
    """A command line's exit code, and what it wrote to stdout and stderr."""

    def run(*words: object) -> Told:
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as left:
            main(["fonts", *map(str, words)])
        out, err = capfdbinary.readouterr()
        assert b"Traceback" not in err
        assert isinstance(left.value.code, int)
        return left.value.code, out.decode(), err.decode()

    return run


def test_the_catalogue_says_what_is_here(ask: Ask, listed: Listed) -> None:
    listed("Alpha", subsets="latin thai")
    listed("Beta", subsets="japanese latin")
    listed("Roboto", pypi=True)
    code, out, err = ask("catalog", "--json")
    assert code == 0
    rows = json.loads(out)
    assert [(row["family"], row["status"]) for row in rows] == [
        ("Alpha", "available"),
        ("Beta", "available"),
        ("Roboto", "installed"),
    ]
    assert rows[1]["scripts"] == ["han", "kana", "latin"]
    assert rows[0]["npm_ttf"] == "@expo-google-fonts/alpha"
    code, out, err = ask("catalog", "--script", "thai")
    assert "Alpha" in out
    assert "Roboto" not in out
    assert err == "1 families, of 3 listed; 0 are here\n"


def test_a_pull_tells_its_results_to_programs(ask: Ask, server: Server, listed: Listed) -> None:
    listed("Alpha")
    listed("Beta")
    server.publish("@expo-google-fonts/alpha", whole("Alpha"), "0.4.1")
    code, out, err = ask("pull", "--count", 2, "--json")
    assert code == 4
    told = json.loads(out)
    assert told["families"] == {"came": 1, "held": 0, "failed": 1}
    assert told["faces"] == {"added": 1, "known": 0, "refused": 0}
    assert told["bytes"] == told["came"][0]["bytes"] == len(whole("Alpha"))
    assert [(one["family"], one["reason"]) for one in told["failed"]] == [("Beta", "not-found")]
    assert "1 of 2 families did not come: 1 not-found" in err


def test_a_pull_that_brings_all_is_done(ask: Ask, server: Server, listed: Listed) -> None:
    listed("Alpha")
    server.publish("@expo-google-fonts/alpha", whole("Alpha"), "0.4.1")
    code, out, err = ask("pull", "--families", "alpha", "--jobs", 1)
    assert code == 0
    assert out.splitlines()[0].startswith("1 families came (1 from npm; ")
    assert out.splitlines()[2] == "1 new face, 0 known, 0 refused"
    assert "Alpha: @expo-google-fonts/alpha 0.4.1, 1 file, " in err
    assert ask("pull", "--families", "alpha")[:2] == (
        0,
        "0 families came (none; 0 B)\n1 were here already, 0 did not come\n",
    )
    assert "Alpha" in ask("list", "--family", "Alpha")[1]


def test_a_dry_run_asks_nobody(ask: Ask, server: Server, listed: Listed) -> None:
    listed("Alpha")
    listed("Roboto", pypi=True)
    code, out, _ = ask("pull", "--count", 2, "--dry-run", "--json")
    assert code == 0
    assert json.loads(out)["families"] == [
        {"family": "Roboto", "package": ""},
        {"family": "Alpha", "package": "@expo-google-fonts/alpha"},
    ]
    assert server.asked == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "nothing says which families"),
        (("--families", "Alphq"), "did you mean alpha?"),
        (("--count", "1", "--weights", "bold"), "'bold' are no weights"),
        (("--count", "1", "--weights", "400,1001"), "'400,1001' are no weights"),
    ],
)
def test_what_cannot_be_asked_for_is_told_in_one_line(
    ask: Ask, listed: Listed, words: tuple[str, ...], told: str
) -> None:
    listed("Alpha")
    code, out, err = ask("pull", *words)
    assert (code, out) == (3, "")
    assert told in err
    assert len(err.splitlines()) == 1


def test_a_font_that_two_families_bring_is_taken_once(
    ask: Ask, server: Server, listed: Listed
) -> None:
    for name in ("Alpha", "Beta"):
        listed(name)
        server.publish(f"@expo-google-fonts/{name.lower()}", whole("Alpha"), "0.4.1")
    code, out, _ = ask("pull", "--count", 2, "--json")
    assert (code, json.loads(out)["faces"]) == (0, {"added": 1, "known": 1, "refused": 0})


def test_help_comes_without_fonttools_and_the_network(home: Path) -> None:
    code = (
        "import sys\nfrom glyphdata.cli import main\n"
        "try: main(['fonts', 'pull', '--help'])\n"
        "except SystemExit: print([m for m in ('fontTools', 'ssl', 'brotli', 'uharfbuzz')"
        " if m in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert "Example: glyphdata fonts pull" in told.stdout
    assert told.stdout.splitlines()[-1] == "[]"
