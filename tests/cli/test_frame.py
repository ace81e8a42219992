"""The command line's frame: help, results, errors and exit codes, as its users meet them."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest

from glyphdata.cli import COMMANDS, main
from glyphdata.recipe import load_recipe
from glyphdata.registry import kinds

SMALL = "name: small\nsamples: 10\nlevels: {word: 1}\ntexts: [{kind: charset}]\n"
HERE = [name for name in COMMANDS if find_spec(f"glyphdata.cli.{name}") is not None]
HEAVY = ("torch", "cv2", "pyarrow", "uharfbuzz", "fontTools", "datasets", "transformers")


class Told(NamedTuple):
    code: int
    out: str
    err: str


Tell = Callable[..., Told]


@pytest.fixture
def tell(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Tell:
    """Run a command line in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*words: str) -> Told:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(words)
        out, err = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return Told(left.value.code, out, err)

    return run


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def process(*words: str, **more: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "glyphdata", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **more,  # type: ignore[call-overload]
    )


# --- help ----------------------------------------------------------------------------------------


def test_help_lists_every_command_in_the_order_of_the_work(tell: Tell) -> None:
    told = tell("--help")
    assert told.code == 0
    places = [told.out.index(f"\n  {name} ") for name in HERE]
    assert places == sorted(places)
    for name in HERE:
        assert COMMANDS[name] in told.out


@pytest.mark.parametrize("name", HERE)
def test_every_command_shows_an_example_of_itself(tell: Tell, name: str) -> None:
    told = tell(name, "--help")
    assert told.code == 0
    assert f"glyphdata {name}" in told.out.replace("Usage: glyphdata", "")


@pytest.mark.parametrize("words", [(), *((name,) for name in HERE)], ids=lambda w: "-".join(w))
def test_help_is_quick_and_loads_nothing_heavy(words: tuple[str, ...]) -> None:
    script = (
        "import sys\nfrom glyphdata.cli import main\n"
        "try: main(sys.argv[1:])\n"
        f"finally: print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)\n"
    )
    times = []
    for _ in range(3):  # the least of three: others may be using the processor
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-c", script, *words, "--help"],
            capture_output=True,
            check=True,
            timeout=60,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert done.stderr.decode().strip() == "[]"
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        if times[-1] < 0.3:
            break
    assert min(times) < 0.3


def test_no_words_at_all_show_the_help(tell: Tell) -> None:
    told = tell()
    assert told.code == 2
    assert "check" in told.out + told.err


def test_the_version_is_one_line(tell: Tell) -> None:
    told = tell("--version")
    assert told.code == 0
    assert told.out.startswith("glyphdata")
    assert told.out.count("\n") == 1


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete_commands_and_options(shell: str) -> None:
    def complete(line: str) -> str:
        environment = os.environ | {
            "_GLYPHDATA_COMPLETE": f"complete_{shell}",
            "COMP_WORDS": line,
            "COMP_CWORD": str(line.count(" ")),
            "_TYPER_COMPLETE_ARGS": line,
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        }
        done = process(env=environment)
        out, err = done.communicate(timeout=60)
        assert err == b""
        return out.decode()

    assert "check" in complete("glyphdata che")
    assert "--schema" in complete("glyphdata check --sch")


# --- usage ---------------------------------------------------------------------------------------


def test_a_misspelt_command_is_told_the_nearest(tell: Tell) -> None:
    told = tell("chekc")
    assert told.code == 2
    assert told.out == ""
    assert "Did you mean 'check'?" in told.err


@pytest.mark.parametrize(
    "words",
    [("check",), ("check", "a", "b"), ("check", "--nope"), ("plan",), ("draw", "a.yaml")],
    ids="-".join,
)
def test_wrong_usage_leaves_with_2_and_prints_one_document_if_asked(
    tell: Tell, words: tuple[str, ...]
) -> None:
    assert tell(*words).code == 2
    told = tell(*words, "--json")
    assert told.code == 2
    error = json.loads(told.out)["error"]
    assert error["exit_code"] == 2
    assert error["message"]


def test_a_picture_of_an_unknown_format_is_wrong_usage(tell: Tell, small: Path) -> None:
    told = tell("draw", str(small), "-o", "x.gif")
    assert told.code == 2
    assert "ends in none of .png .jpg .webp" in told.err


# --- new and check -------------------------------------------------------------------------------


def test_a_new_recipe_passes_the_gate_as_it_is(tell: Tell) -> None:
    told = tell("new", "posters")
    assert (told.code, told.err) == (0, "")
    recipe = load_recipe("posters.yaml")
    assert (recipe.name, recipe.samples) == ("posters", 1000)
    assert len(recipe.texts) == 3
    assert Path("posters.yaml").read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("name", ["no", "12", "Plakate für 'Köln'", 'a "b" {c}'])
def test_a_new_recipe_may_have_any_name(tell: Tell, name: str) -> None:
    assert tell("new", name).code == 0
    assert load_recipe(f"{name}.yaml").name == name


def test_new_leaves_a_file_that_is_there_alone(tell: Tell) -> None:
    Path("recipe.yaml").write_text("mine")
    told = tell("new")
    assert told.code == 3
    assert told.err == "glyphdata: error: recipe.yaml: is there already (choose another name)\n"
    assert Path("recipe.yaml").read_text() == "mine"


def test_check_says_that_a_recipe_is_sound(tell: Tell, small: Path) -> None:
    fingerprint = load_recipe(small).fingerprint()
    told = tell("check", str(small))
    assert (told.code, told.err) == (0, "")
    assert told.out == f"{small}: sound; 10 samples, fingerprint {fingerprint[:12]}\n"
    data = json.loads(tell("check", str(small), "--json", "-s", "samples=11").out)
    assert (data["ok"], data["samples"], data["fingerprint"]) == (True, 11, fingerprint)
    assert data["recipe"]["backgrounds"][0]["kind"] == "black"


def test_check_tells_every_fault_and_leaves_with_3(tell: Tell, small: Path) -> None:
    told = tell("check", str(small), "-s", "canvas.width=3", "-s", "sampels=2")
    assert (told.code, told.out) == (3, "")
    assert told.err == (
        f"glyphdata: error: {small}: cannot be made, 2 faults\n"
        "  canvas.width: must be at least 16; found 3\n"
        "  sampels: there is no such field (did you mean 'samples'?)\n"
    )


def test_check_prints_its_faults_as_one_document_if_asked(tell: Tell, small: Path) -> None:
    told = tell("check", str(small), "-s", "canvas.width=3", "--json")
    assert told.code == 3
    assert json.loads(told.out) == {
        "error": {
            "type": "RecipeError",
            "message": "cannot be made, one fault",
            "hint": "",
            "trail": [str(small)],
            "faults": [{"path": "canvas.width", "message": "must be at least 16; found 3"}],
            "exit_code": 3,
        }
    }


def test_check_finds_a_missing_file(tell: Tell, small: Path) -> None:
    told = tell("check", str(small), "-s", "texts.0={kind: file, path: gone.txt}")
    assert told.code == 3
    assert "texts.0: " in told.err
    assert "gone.txt" in told.err


def test_check_prints_the_schema(tell: Tell) -> None:
    told = tell("check", "--schema")
    assert told.code == 0
    assert json.loads(told.out)["title"] == "A recipe of glyphdata"


@pytest.mark.parametrize("name", ["plan", "draw"])
def test_a_scene_beyond_the_last_is_refused(tell: Tell, small: Path, name: str) -> None:
    out = ("-o", "x.png") if name == "draw" else ()
    told = tell(name, str(small), "--index", "10", *out)
    assert told.code == 3
    assert "there is no scene 10 among 10" in told.err


def test_plan_prints_a_scene_that_reads_back(tell: Tell, small: Path) -> None:
    from glyphdata.parts.codec import decode
    from glyphdata.scenes import Scenes

    told = tell("plan", str(small), "--index", "7")
    assert told.code == 0
    assert decode(told.out.encode()) == Scenes(load_recipe(small))[7]


def test_draw_writes_the_picture_that_the_recipe_asks_for(tell: Tell, small: Path) -> None:
    from PIL import Image

    size = ("-s", "canvas={width: 200, height: 120}")
    told = tell("draw", str(small), "--index", "7", "-o", "7.png", "--json", *size)
    assert told.code == 0
    assert json.loads(told.out)["path"] == "7.png"
    assert tell("draw", str(small), "-i", "7", "-o", "8.png", "--overlay", *size).code == 0
    with Image.open("7.png") as plain, Image.open("8.png") as overlaid:
        assert plain.size == overlaid.size == (200, 120)
        assert plain.tobytes() != overlaid.tobytes()


# --- kinds ---------------------------------------------------------------------------------------


def test_kinds_lists_what_is_installed(tell: Tell) -> None:
    rows = json.loads(tell("kinds", "backgrounds", "--json").out)
    assert [row["kind"] for row in rows] == list(kinds("backgrounds"))
    assert all(set(row) == {"kind", "summary"} and row["summary"] for row in rows)
    everything = json.loads(tell("kinds", "--json").out)
    assert {row["room"] for row in everything} >= {"texts", "backgrounds", "layouts"}
    text = tell("kinds", "backgrounds").out
    assert all(row["summary"] in text for row in rows)


def test_a_misspelt_room_is_told_the_nearest(tell: Tell) -> None:
    told = tell("kinds", "background", "--json")
    assert told.code == 3
    assert json.loads(told.out)["error"]["hint"] == "did you mean 'backgrounds'?"


# --- what goes wrong -----------------------------------------------------------------------------


@pytest.fixture
def faulty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installed text source with a bug."""
    (tmp_path / "foreign_faulty.py").write_text(
        "from dataclasses import dataclass\n"
        "@dataclass(frozen=True)\n"
        "class Faulty:\n"
        "    share: float = 1.0\n"
        "    def ready(self, root): return 1 // 0\n"
        "    def choose(self, rng, level): pass\n"
    )
    info = tmp_path / "foreign_faulty-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign-faulty\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[glyphdata.parts.texts]\nfaulty = foreign_faulty\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield


@pytest.mark.usefixtures("faulty")
def test_a_bug_shows_its_traceback_and_leaves_with_1(tell: Tell, small: Path) -> None:
    words = ("check", str(small), "-s", "texts.0={kind: faulty}")
    told = tell(*words)
    assert (told.code, told.out) == (1, "")
    assert "Traceback" in told.err
    assert "ZeroDivisionError" in told.err
    error = json.loads(tell(*words, "--json").out)["error"]
    assert (error["type"], error["exit_code"]) == ("ZeroDivisionError", 1)


def test_an_interrupt_leaves_with_130(tmp_path: Path) -> None:
    pipe = tmp_path / "recipe.yaml"
    os.mkfifo(pipe)
    running = process("check", str(pipe))
    deadline = time.monotonic() + 30
    while True:  # the pipe can be opened for writing once the command reads it
        try:
            writer = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
            break
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    time.sleep(0.2)  # from opening the pipe to reading it is a step; a signal between is held back
    running.send_signal(signal.SIGINT)
    try:
        out, err = running.communicate(timeout=30)
    finally:
        os.close(writer)
    assert (running.returncode, out) == (130, b"")
    assert err.startswith(b"glyphdata: error: stopped by SIGINT (run the same command again")


def test_a_reader_who_leaves_is_no_reason_to_complain() -> None:
    running = process("check", "--schema")
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.close()
    assert running.stderr.read() == b""
    running.stderr.close()
    assert running.wait(timeout=30) == 141


def test_a_terminal_that_lacks_a_character_is_no_reason_to_fail(tmp_path: Path) -> None:
    done = process(
        "new", "Ω", cwd=tmp_path, env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    )
    out, err = done.communicate(timeout=60)
    assert (done.returncode, err) == (0, b"")
    assert out.startswith(b"\\u03a9.yaml written")
