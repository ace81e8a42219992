"""Making, checking, counting and looking reach for no network: their processes have none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

RECIPE = """
name: offline
samples: 4
shard: {samples: 2}
canvas: {width: 96, height: 64}
boxes: {count: 1, size_px: [14, 20]}
levels: {word: 1}
texts: [{kind: words, language: en}]
backgrounds: [{kind: black}, {kind: gradient}]
outputs: {layout: true, mask: true, boxes: true, glyph: true}
"""

WATCH = '''
"""Every process that starts from here has no network, and notes who asks for one."""
import os
import socket
import sys

FAMILY = (socket.AF_INET, socket.AF_INET6)
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _noted(event, args):
    told = ""
    if event == "socket.connect" and args[0].family in FAMILY:
        told = f"connect {args[1]}"
    elif event in ("socket.sendto", "socket.sendmsg") and args[0].family in FAMILY:
        told = f"{event} {args[1]}"
    elif event == "socket.bind" and args[0].family in FAMILY and args[1][0] not in LOOPBACK:
        told = f"bind {args[1]}"
    elif event == "socket.getaddrinfo" and args[0] not in LOOPBACK:
        told = f"look up {args[0]}"
    elif event in ("socket.gethostbyname", "socket.gethostbyaddr", "urllib.Request"):
        told = f"{event} {args[0]}"
    if told:
        with open(os.environ["WATCHED"], "a") as notes:
            notes.write(f"{sys.argv}: {told}\\n")
        raise OSError("there is no network")


sys.addaudithook(_noted)
'''


@pytest.fixture(scope="module")
def offline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a recipe, and a site in which every Python is watched."""
    folder = tmp_path_factory.mktemp("offline")
    (folder / "site").mkdir()
    (folder / "site" / "sitecustomize.py").write_text(WATCH)
    (folder / "small.yaml").write_text(RECIPE)
    return folder


def environment(folder: Path) -> dict[str, str]:
    """A shell in which Python is watched, and no program finds a proxy or a home."""
    paths = (str(folder / "site"), str(ROOT))
    named = {"PYTHONPATH": os.pathsep.join(paths), "WATCHED": str(folder / "asked")}
    kept = {name: os.environ[name] for name in ("PATH", "XDG_DATA_HOME") if name in os.environ}
    return {**kept, **named, "HOME": str(folder), "OMP_NUM_THREADS": "1"}


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "glyphdata", *words]


def asked(folder: Path) -> str:
    """What processes asked of a network so far."""
    notes = folder / "asked"
    return notes.read_text() if notes.exists() else ""


def test_the_watch_sees_who_asks_and_stops_it(offline: Path, tmp_path: Path) -> None:
    shell = environment(offline) | {"WATCHED": str(tmp_path / "asked")}
    for line in (
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.getaddrinfo('example.org', 80)",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/')",
        "import socket as s; s.socket(s.AF_INET, s.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    ):
        done = subprocess.run([sys.executable, "-c", line], capture_output=True, env=shell)
        assert done.returncode == 1
        assert b"there is no network" in done.stderr
    assert asked(tmp_path).count("\n") == 4


@pytest.fixture(scope="module")
def made(offline: Path) -> Path:
    done = subprocess.run(
        command("generate", "small.yaml", "out", "--workers", "2"),
        capture_output=True,
        text=True,
        cwd=offline,
        env=environment(offline),
    )
    assert done.returncode == 0, done.stderr
    return offline / "out"


@pytest.mark.parametrize(
    "words",
    [
        ("verify", "out", "--deep"),
        ("stats", "out", "--json"),
        ("preview", "out", "-o", "page.html"),
        ("doctor",),
    ],
    ids=lambda words: words[0],
)
def test_a_command_works_without_a_network_and_asks_for_none(
    words: tuple[str, ...], offline: Path, made: Path
) -> None:
    assert len(list((made / "data").glob("*.tar"))) == 2
    done = subprocess.run(
        command(*words), capture_output=True, text=True, cwd=offline, env=environment(offline)
    )
    assert done.returncode == 0, done.stderr
    assert asked(offline) == ""


@pytest.fixture
def viewer(offline: Path, made: Path) -> Iterator[str]:
    """The address of a viewer that was started as a command."""
    with subprocess.Popen(
        command("view", str(made), "--port", "0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=offline,
        env=environment(offline),
    ) as served:
        try:
            assert served.stdout is not None
            yield served.stdout.readline().decode().strip()
        finally:
            served.send_signal(signal.SIGINT)
            served.communicate(timeout=30)


def test_the_viewer_answers_on_this_machine_and_asks_nobody_else(
    viewer: str, offline: Path
) -> None:
    assert viewer.startswith("http://127.0.0.1:")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for path in ("", "api/datasets", "api/0/rows", "api/0/stats", "api/0/facets", "stats/0"):
        with opener.open(viewer.rstrip("/") + "/" + path, timeout=20) as answer:
            assert answer.status == 200
            assert answer.read()
    assert asked(offline) == ""
