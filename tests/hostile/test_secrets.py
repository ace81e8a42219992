"""Keys in the environment or in an address come into no file and no message."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from glyphdata.errors import InputError
from glyphdata.train.source import Shards

ROOT = Path(__file__).parents[2]
SECRET = "sk-4f9a1c77e0b2-geheim"
VARIABLES = (
    *("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "HF_TOKEN", "OPENAI_API_KEY", "NPM_TOKEN"),
    *("GOOGLE_APPLICATION_CREDENTIALS", "GLYPHDATA_KEY", "PIP_INDEX_URL", "HTTPS_PROXY"),
)
RECIPE = """
name: secret
samples: 4
shard: {samples: 2}
canvas: {width: 96, height: 64}
boxes: {count: 1, size_px: [14, 20]}
levels: {word: 1}
texts: [{kind: words, language: en}]
backgrounds: [{kind: black}]
"""


def told(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What a command says in a shell full of secrets."""
    shell = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, "-m", "glyphdata", *words],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**shell, **dict.fromkeys(VARIABLES, SECRET)},
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("secrets")
    (folder / "small.yaml").write_text(RECIPE)
    done = told(folder, "generate", "small.yaml", "out", "--workers", "1")
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stdout + done.stderr
    return folder


def no_secret(folder: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    for path in files:
        assert SECRET.encode() not in path.read_bytes(), path


def test_a_dataset_tells_nothing_of_the_environment_it_was_made_in(made: Path) -> None:
    out = made / "out"
    assert (out / "README.md").is_file()
    assert (out / ".glyphdata" / "manifest.json").is_file()
    assert (out / ".glyphdata" / "log.jsonl").is_file()
    no_secret(out)


@pytest.mark.parametrize(
    "words", [("caption", "out"), ("stats", "out"), ("preview", "out", "-o", "out/p.html")]
)
def test_commands_on_it_tell_nothing_either(words: tuple[str, ...], made: Path) -> None:
    done = told(made, *words)
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stdout + done.stderr
    no_secret(made / "out")


def test_a_key_that_was_sent_to_no_avail_is_not_told(made: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings = (f"base_url=http://127.0.0.1:{port}/v1", "key_env=OPENAI_API_KEY", "tries=1")
    words = [word for one in settings for word in ("-s", one)]
    done = told(made, "caption", "out", "-c", "endpoint", "--model", "m", *words)
    assert done.returncode == 3, done.stderr
    assert str(port) in done.stderr
    assert SECRET not in done.stdout + done.stderr
    no_secret(made / "out")


@pytest.mark.parametrize(
    "address",
    [
        f"https://me:{SECRET}@127.0.0.1:9/set/train-000000.tar",
        f"s3://AKIA:{SECRET}@bucket/set",
        f"https://127.0.0.1:9/set.tar?X-Amz-Signature={SECRET}",
        f"https://127.0.0.1:9/set.tar#{SECRET}",
    ],
)
def test_data_behind_an_address_with_a_secret_is_refused_for_the_run_would_remember_it(
    address: str,
) -> None:
    with pytest.raises(InputError, match="holds a password or a query") as refused:
        Shards(address)
    assert SECRET not in f"{refused.value!r} {refused.value}"


def test_an_output_behind_an_address_with_a_secret_is_refused_unsaid(made: Path) -> None:
    done = told(made, "generate", "small.yaml", f"s3://AKIA:{SECRET}@bucket/out", "-w", "0")
    assert done.returncode == 3
    assert SECRET not in done.stdout + done.stderr
    assert sorted(path.name for path in made.iterdir()) == ["out", "small.yaml"]
