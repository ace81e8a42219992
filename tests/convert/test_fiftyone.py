"""FiftyOne's dataset folder, read from its layout; slowly, by FiftyOne's own importer too."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glyphdata.convert.exporting import Choice
from glyphdata.errors import InputError
from tests.convert.conftest import Ship
from tests.convert.posing import HOSTILE, Truth, posed, written


def samples(place: Path) -> list[dict[str, Any]]:
    told = json.loads((place / "metadata.json").read_bytes())
    assert told["media_type"] == "image"
    # without a version its importer takes the folder for plain JSON, not for a database's
    assert "version" not in told
    found: list[dict[str, Any]] = json.loads((place / "samples.json").read_bytes())["samples"]
    return found


def test_every_word_of_a_thousand_pictures_is_read_back(
    ship: Ship, tmp_path: Path, true: tuple[Truth, ...]
) -> None:
    assert ship("fiftyone").skipped == ()
    found = samples(tmp_path / "out")
    assert [one["filepath"] for one in found] == [f"data/{one.key}.jpg" for one in true]
    identities = set()
    for one, truth in zip(found, true, strict=True):
        assert (tmp_path / "out" / one["filepath"]).read_bytes() == truth.members["jpg"]
        assert one["metadata"] == {"_cls": "ImageMetadata", "width": 192, "height": 128}
        assert one["caption"] == truth.members["txt"].decode()
        assert one["texts"]["_cls"] == "Polylines"
        lines = one["texts"]["polylines"]
        assert [line["text"] for line in lines] == [word.text for _, word in truth.words]
        for line, (box, word) in zip(lines, truth.words, strict=True):
            (points,) = line["points"]
            assert np.abs(np.array(points) * (192, 128) - word.quad).max() < 1e-9
            assert line["closed"] is True and line["label"] == word.text
            assert line["script"] == box.facts["script"]
            identities.add(line["_id"]["$oid"])
    assert len(identities) == sum(len(truth.words) for truth in true)
    assert {len(one) for one in identities} == {24}


def test_detections_are_upright_boxes_and_say_what_they_are_asked_to(tmp_path: Path) -> None:
    pictures = [posed("a", *HOSTILE[:6]), posed("b")]
    written("fiftyone", tmp_path, "unit=box", "shapes=detections", "label=script", of=pictures)
    first, second = samples(tmp_path)
    found = first["texts"]["detections"]
    assert [one["text"] for one in found] == list(HOSTILE[:6])
    assert {one["label"] for one in found} == {"latin"}
    assert [side * 64 for side in found[1]["bounding_box"]] == [2, 12, 4 * 8, 8]
    assert second["texts"] == {"_cls": "Detections", "detections": []}


def test_a_dataset_without_layout_is_refused(ship: Ship, bare: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no layout\.json"):
        ship("fiftyone", of=bare)
    assert list(tmp_path.glob("out*")) == []


BY_FIFTYONE = """
import json, sys
import fiftyone as fo

kind = fo.types.FiftyOneDataset()
importer = kind.get_dataset_importer_cls()(sys.argv[1])
assert importer._is_legacy_format_data()  # as `from_dir` asks, and goes on
with importer._to_legacy_importer() as samples:
    for sample in samples:
        lines = sample["texts"].polylines
        assert isinstance(sample["texts"], fo.Polylines) and all(one.closed for one in lines)
        told = [[one.label, one["box"], one.points] for one in lines]
        print(json.dumps([sample["key"], sample.filepath, sample["caption"], told]))
"""


@pytest.mark.slow
def test_fiftyone_reads_it(ship: Ship, tmp_path: Path, true: tuple[Truth, ...]) -> None:
    """Slow, for it fetches FiftyOne into an environment of its own; no database is asked for."""
    home = tmp_path / "home"
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    pip = [str(home / "bin/pip"), "install", "--quiet", "fiftyone==1.22.1"]
    subprocess.run(pip, check=True)
    ship("fiftyone", choice=Choice(limit=300))
    ran = subprocess.run(
        [str(home / "bin/python"), "-c", BY_FIFTYONE, str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
        env={"HOME": str(tmp_path), "FIFTYONE_DO_NOT_TRACK": "1", "PATH": "/usr/bin:/bin"},
    )
    assert ran.returncode == 0, ran.stderr
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(found) == 300
    for (key, place, caption, told), truth in zip(found, true, strict=False):
        assert (key, caption) == (truth.key, truth.members["txt"].decode())
        assert Path(place).read_bytes() == truth.members["jpg"]
        assert [label for label, _, _ in told] == [word.text for _, word in truth.words]
        for (_, box, (points,)), (true_box, word) in zip(told, truth.words, strict=True):
            assert box == true_box.facts["id"]
            assert np.abs(np.array(points) * (192, 128) - word.quad).max() < 1e-9
