"""Every block of code in the pages is run, or says why it is not."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from moto.server import ThreadedMotoServer

from glyphdata.errors import RecipeError
from tests.docs.bench import ROOT, Fault, Interpreter, Runner, looked_over
from tests.docs.blocks import SHELL, Block, blocks, commands
from tests.docs.furnish import furnished, trained
from tests.docs.standins import PREPARED, SLOW, STANDINS, STORES

DOCS = [f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))]
ASKED = {page: blocks(ROOT / page, page) for page in ("README.md", "fonts/README.md", *DOCS)}
WITH_CODE = [page for page, found in ASKED.items() if found]


def is_slow(page: str) -> bool:
    """Has the page a command that only a slow test runs?"""
    lines = [line for block in ASKED[page] if not block.why for line in commands(block.code)]
    return any(line.removeprefix("glyphdata ").startswith(SLOW) for line in lines)


@pytest.fixture(scope="session")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that every page begins with."""
    folder = tmp_path_factory.mktemp("workbench") / "bench"
    folder.mkdir()
    furnished(folder)
    return folder


@pytest.fixture(scope="session")
def with_runs(workbench: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with trained encoders in it."""
    folder = tmp_path_factory.mktemp("trained") / "bench"
    shutil.copytree(workbench, folder)
    trained(folder)
    return folder


@pytest.fixture
def store() -> Iterator[dict[str, str]]:
    """The environment of a machine whose S3 answers on the loopback, with one bucket."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    with urlopen(Request(f"{address}/bucket", method="PUT"), timeout=20) as answer:
        assert answer.status == 200
    yield {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "someone",
        "AWS_SECRET_ACCESS_KEY": "a-secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    server.stop()


def ran(page: str, bench: Path, folder: Path, *, slow: bool, **environment: str) -> Runner:
    """Run a page's blocks in a copy of the workbench."""
    shutil.copytree(bench, folder)
    with Interpreter(folder, **environment) as interpreter:
        for line in PREPARED.get(page, ()):
            interpreter.command(shlex.split(line), page)
        runner = Runner(page, interpreter, slow=slow)
        for block in ASKED[page]:
            runner.run(block)
    return runner


@pytest.mark.parametrize("page", [page for page in WITH_CODE if page != STORES])
def test_what_a_page_shows_can_be_done(page: str, workbench: Path, tmp_path: Path) -> None:
    runner = ran(page, workbench, tmp_path / "page", slow=False)
    asked = sum(bool(block.why) + len(block.without) for block in ASKED[page])
    assert len(runner.left) == asked


@pytest.mark.slow
def test_what_the_page_of_stores_shows_can_be_done(
    workbench: Path, tmp_path: Path, store: dict[str, str]
) -> None:
    assert ran(STORES, workbench, tmp_path / "page", slow=False, **store).ran >= 4


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in WITH_CODE if is_slow(page)])
def test_all_that_a_page_shows_can_be_done(page: str, with_runs: Path, tmp_path: Path) -> None:
    runner = ran(page, with_runs, tmp_path / "page", slow=True)
    assert runner.used == {text for text, _ in STANDINS.get(page, ())}


def test_what_is_not_run_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    left = [
        f"{block.place}: {start or block.language}: {reason}"
        for found in ASKED.values()
        for block in found
        for start, reason in (*block.without, ("", block.why))
        if reason
    ]
    total = sum(map(len, ASKED.values()))
    with capsys.disabled():
        print(f"\n{len(left)} of {total} blocks of code are not run, or not in whole:")
        print("\n".join(left))
    assert len(left) < total / 3


def test_every_stand_in_stands_for_something() -> None:
    for page, pairs in STANDINS.items():
        code = "\n".join(block.code for block in ASKED[page] if block.language in SHELL)
        for text, _ in pairs:
            assert text in code, f"{page}: {text}"


def test_a_command_that_fails_and_an_answer_that_differs_are_told(tmp_path: Path) -> None:
    (tmp_path / "page").mkdir()
    with Interpreter(tmp_path / "page") as interpreter:
        runner = Runner("page.md", interpreter, slow=False)
        for language, code, said in (
            ("bash", "glyphdata check nowhere.yaml", "nowhere.yaml"),
            ("bash", "glyphdata generate --no-such-option", "left with 2"),
            ("bash", "false && true", "left with 1"),
            ("python", "1 / 0", "ZeroDivisionError"),
            ("pycon", ">>> 1 + 1\n3", "Expected:\n    3"),
            ("yaml", "boxes: {count: [5, 1]}", "boxes.count"),
            ("yaml", "colour: red", "no part of a recipe"),
            ("yaml", "a: [", "flow node"),
            ("bash", "make no-such-target", "no-such-target"),
            ("cobol", "MOVE 1 TO X", "cobol"),
        ):
            with pytest.raises((Fault, RecipeError), match=re.escape(said)):
                runner.run(Block("page.md", 1, language, f"{code}\n"))


def test_what_is_only_looked_over_has_to_be_there() -> None:
    looked_over(["make", "test", "PYTHON=python3.12"], "here")
    looked_over(["pip", "install", "glyphdata[fonts,view]"], "here")
    for words in (
        ["pip", "install", "glyphdata[nothing]"],
        ["python", "tests/bench/nothing.py", "--keep", "out"],
    ):
        with pytest.raises(Fault, match="nothing"):
            looked_over(words, "here")


def test_blocks_are_found_as_a_page_means_them(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# Page\n\n<!-- not run: needs rain -->\n```bash\nrain\n```\n\nSaid:\n\n"
        "    glyphdata kinds\n\n- item\n\n      no code\n\n<!-- file: a/b.yaml -->\n\n"
        "~~~yaml\nx: 1\n```\n~~~\n\n<!-- not run, `glyphdata pull`: the net -->\n\n"
        "```\nglyphdata pull\nglyphdata list\n```\n\n```\n├── a tree\n```\n",
        encoding="utf-8",
    )
    found = blocks(page, "page.md")
    assert [(one.line, one.language, one.code) for one in found] == [
        (5, "bash", "rain\n"),
        (10, "bash", "glyphdata kinds\n"),
        (19, "yaml", "x: 1\n```\n"),
        (26, "bash", "glyphdata pull\nglyphdata list\n"),
        (31, "text", "├── a tree\n"),
    ]
    assert [one.why for one in found] == ["needs rain", "", "", "", ""]
    assert found[2].file == "a/b.yaml"
    assert found[3].without == (("glyphdata pull", "the net"),)
    assert commands("# said\na \\\n  b\n\nc  # why\n") == ["a b", "c  # why"]
