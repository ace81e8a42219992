"""`glyphdata view` as a user runs it: an address on stdout, answers there, Ctrl-C."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.cli.conftest import Ask


@contextmanager
def viewing(*words: object) -> Iterator[subprocess.Popen[str]]:
    """The command at work; ended with the test."""
    command = [sys.executable, "-m", "glyphdata", "view", *map(str, words)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def fetched(url: str, path: str, **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_it_prints_its_address_answers_there_and_ends_with_ctrl_c(
    make: Ask, tmp_path: Path
) -> None:
    make("out")
    with viewing(tmp_path / "out", "--port", 0) as process:
        url = line(process)
        assert urlsplit(url).hostname == "127.0.0.1"
        assert urlsplit(url).query == ""
        status, body = fetched(url, "/api/datasets")
        assert status == 200
        assert json.loads(body)["datasets"][0]["samples"] == 4
        assert fetched(url, "/")[0] == 200
        assert fetched(url, "/img/0/000000-0000/thumb")[1].startswith(b"\xff\xd8")
        for path in (
            "/static/../app.py",
            "/static/..%2fapp.py",
            "/img/0/../../../etc/passwd/thumb",
        ):
            assert fetched(url, path)[0] == 404
        assert fetched(url, "/api/datasets", Host="evil.example")[0] == 421
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (130, "", "")


def test_beyond_this_machine_a_token_is_needed(make: Ask, tmp_path: Path) -> None:
    make("out")
    with viewing(
        tmp_path / "out", tmp_path / "out", "--host", "0.0.0.0", "--port", 0, "--json"
    ) as process:
        assert process.stdout is not None
        document = ""
        while not document.endswith("\n}\n"):
            document += process.stdout.readline()
        told = json.loads(document)
        assert [one["d"] for one in told["datasets"]] == [0, 1]
        port = urlsplit(told["url"]).port
        token = urlsplit(told["url"]).query
        assert len(token) > 30
        here = f"http://127.0.0.1:{port}"
        assert fetched(here, "/api/datasets")[0] == 403
        assert fetched(here, f"/api/datasets?{token}")[0] == 303
        cookie = f"glyphdata-{token}"
        assert fetched(here, "/api/datasets", Cookie=cookie)[0] == 200
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        assert process.returncode == 143


def test_a_port_that_is_taken_is_told_with_the_way_out(make: Ask, ask: Ask) -> None:
    make("out")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        fault = ask("view", "out", "--port", port).fault()
    assert f"cannot listen at 127.0.0.1 port {port}" in fault
    assert "--port 0" in fault


def test_what_cannot_be_shown_is_told(make: Ask, ask: Ask, tmp_path: Path) -> None:
    assert "there is no folder none" in ask("view", "none").fault()
    (tmp_path / "empty").mkdir()
    assert "holds no dataset" in ask("view", "empty").fault()
    make("out")
    (tmp_path / "flags").write_text("nonsense\n")
    assert "flags, line 1: no flag stands there" in ask("view", "out", "--flags", "flags").fault()
    assert "no host" in ask("view", "out", "--host", "no.such.host.invalid").fault()
    (tmp_path / "found").write_text("{}")
    assert "holds no findings" in ask("view", "out", "--findings", "found").fault()


def test_more_files_than_datasets_is_wrong_usage(make: Ask, ask: Ask) -> None:
    make("out")
    heard = ask("view", "out", "--flags", "a", "--flags", "b")
    assert heard.code == 2
    assert "once for each dataset" in heard.err


@pytest.mark.parametrize("missing", ["duckdb", "starlette"])
def test_without_the_extra_it_names_what_to_install(
    make: Ask, tmp_path: Path, missing: str
) -> None:
    make("out")
    hide = (
        "import sys, importlib.util as u; find = u.find_spec;"
        f"u.find_spec = lambda n, *a: None if n == {missing!r} else find(n, *a);"
        "from glyphdata.cli import main; main(['view', 'out'])"
    )
    told = subprocess.run(
        [sys.executable, "-c", hide], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert told.returncode == 3
    assert f"the viewer needs {missing}" in told.stderr
    assert "pip install 'glyphdata[view]'" in told.stderr


def test_help_is_quick_and_loads_no_server() -> None:
    loaded = (
        "import sys; from glyphdata.cli import main\n"
        "try: main(['view', '--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'duckdb', 'starlette', 'uvicorn', 'pyarrow', 'torch'} & set(sys.modules)))"
    )
    told = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )
    assert told.stdout.endswith("[]\n")
