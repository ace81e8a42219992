"""Whose a folder is, and with what a run may go on."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from glyphdata.errors import InputError, OutputError
from glyphdata.train.run import About, Data, Run
from tests.train.loop.conftest import Nursery, document, small, until

ABOUT = About((Data("a", "f" * 64, 12, (("core", 3, "0" * 64),)),), 12, 1, "cpu")


@pytest.fixture
def begun(tmp_path: Path) -> Run:
    run = Run(tmp_path / "run")
    with run.held():
        run.begin(small(), ABOUT)
    return run


def test_a_run_begins_once_and_goes_on_when_asked(begun: Run, tmp_path: Path) -> None:
    assert begun.admit(resume=True)
    with pytest.raises(OutputError, match="holds a run already") as caught:
        begun.admit(resume=False)
    assert "--resume" in caught.value.hint
    assert not Run(tmp_path / "new").admit(resume=False)
    assert not Run(tmp_path / "new").admit(resume=True)
    assert not (tmp_path / "new").exists()


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(OutputError, match="holds other things"):
        Run(tmp_path).admit(resume=True)
    with pytest.raises(OutputError, match="not a folder"):
        Run(tmp_path / "letter.txt").admit(resume=False)


def test_what_a_run_is_of_can_be_read(begun: Run) -> None:
    assert json.loads(begun.settings.read_bytes()) == small().model_dump(mode="json")
    told = json.loads(begun.about.read_bytes())
    assert told["data"][0]["fingerprint"] == "f" * 64
    assert told["data"][0]["registries"] == [["core", 3, "0" * 64]]
    assert {"python", "torch", "numpy"} <= told["versions"].keys()
    assert sorted(path.name for path in begun.root.iterdir()) == [
        ".lock",
        "run.json",
        "settings.json",
    ]


def test_every_setting_that_differs_is_named(begun: Run) -> None:
    other = small(seed=7, optimizer__rate=0.5, text__shape={"width": 24, "depth": 1, "heads": 2})
    with pytest.raises(InputError) as caught:
        begun.agree(other, ABOUT)
    for told in ("seed was 0", "optimizer.rate was 0.001", "text.shape.width was 16"):
        assert told in caught.value.message


def test_what_changes_no_weight_may_change_and_what_bends_the_run_is_told(begun: Run) -> None:
    free = small(workers=2, save_every=50, keep=5, show_every=9, name="other", damaged="skip")
    assert begun.agree(free, ABOUT) == ()
    bent = small(steps=40, batch__chunk=4, checkpointing=True)
    assert begun.agree(bent, ABOUT) == (
        "batch.chunk was 0",
        "checkpointing was False",
        "steps was 12",
    )
    assert begun.agree(small(), replace(ABOUT, processes=2)) == ("processes was 1",)


def test_other_data_is_refused_by_its_fingerprint_and_not_by_its_place(begun: Run) -> None:
    moved = replace(ABOUT, data=(replace(ABOUT.data[0], path="elsewhere"),))
    assert begun.agree(small(), moved) == ()
    other = replace(ABOUT, data=(replace(ABOUT.data[0], fingerprint="e" * 64),))
    with pytest.raises(InputError, match="f" * 16 + ".*" + "e" * 16):
        begun.agree(small(), other)
    with pytest.raises(InputError, match="excluded keys"):
        begun.agree(small(), replace(ABOUT, excluded="1" * 64))


def test_two_processes_do_not_train_into_one_folder(
    data: Path, nursery: Nursery, tmp_path: Path
) -> None:
    config = tmp_path / "small.yaml"
    config.write_text(json.dumps(document(steps=100000)))
    words = ["train", config, "--data", data, "--out", tmp_path / "run"]
    first = nursery.start(*words)
    until(lambda: (tmp_path / "run/metrics.jsonl").exists())
    second = nursery.start(*words, "--resume", "--json")
    assert second.wait() == 3
    assert f"process {first.pid} is training into" in second.told
    os.kill(first.pid, signal.SIGTERM)
    assert first.wait() == 143
