"""Megatron-Energon prepares our shards, and its loader reads what ours reads."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from glyphdata.review.verify import verify
from glyphdata.shards.dataset import Dataset
from tests.trainers.conftest import EXAMPLES, ROOT, SAMPLES, Ran
from tests.trainers.packages import ENERGON

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent
PREPARE = ("--non-interactive", "--split-ratio", "2,1,1", "--sample-type")
CAPTIONS = ("CaptioningSample", "--field-map", '{"image": "jpg", "caption": "txt"}')
PARTS = "part_filter: [jpg, json, layout.json]"


@pytest.fixture(scope="module")
def beside(fetched: Callable[..., Path]) -> tuple[Path, ...]:
    return (fetched(*ENERGON),)


@pytest.fixture(scope="module")
def prepare(
    small: Path, ran: Ran, beside: tuple[Path, ...], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Path]:
    """A copy of the dataset, prepared by Energon's own command."""

    def run(*told: str) -> Path:
        out = tmp_path_factory.mktemp("energon") / "out"
        shutil.copytree(small, out)
        command = (beside[0] / "bin" / "energon", "prepare", out, *PREPARE, *told)
        assert ran(*command, "--num-workers", 1, beside=beside)[-1] == "Done"
        return out

    return run


@pytest.fixture(scope="module")
def captions(prepare: Callable[..., Path]) -> Path:
    return prepare(*CAPTIONS)


@pytest.fixture(scope="module")
def boxes(prepare: Callable[..., Path]) -> Path:
    out = prepare("CrudeWebdataset")
    with (out / ".nv-meta" / "dataset.yaml").open("a") as file:
        print(PARTS, file=file)
    return out


def read(ran: Ran, beside: tuple[Path, ...], out: Path, kind: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = json.loads(
        ran(HERE / "by_energon.py", out, kind, beside=beside)[-1]
    )
    return found


def test_its_captioning_samples_are_ours(
    captions: Path, ran: Ran, beside: tuple[Path, ...]
) -> None:
    found = read(ran, beside, captions, "captions")
    assert [len(found[part]) for part in ("train", "val", "test")] == [32, 16, 16]
    samples = [one for part in ("train", "val", "test") for one in found[part]]
    assert sorted(samples) == [
        [one.key, sha256(one.pixels().tobytes()).hexdigest(), one.text] for one in Dataset(captions)
    ]
    assert set(found["endless"]) == {key for key, _, _ in found["train"]}


def test_its_ocr_samples_hold_our_boxes(boxes: Path, ran: Ran, beside: tuple[Path, ...]) -> None:
    found = read(ran, beside, boxes, "boxes")
    samples = {one["key"]: one for part in ("train", "val", "test") for one in found[part]}
    assert len(samples) == SAMPLES
    for record in Dataset(boxes):
        said, facts = samples[record.key], record.facts["boxes"]
        assert said["shape"] == [3, 160, 192]
        assert said["block_text"] == [box["text"] for box in facts]
        assert said["text"] == "\n".join(said["block_text"])
        for left, top, width, height, box in (
            (*one, box) for one, box in zip(said["block_boxes"], facts, strict=True)
        ):
            assert [left, top, left + width, top + height] == pytest.approx(box["bbox"])
        for unit, counted in (("lines", "lines"), ("words", "words"), ("chars", "clusters")):
            assert len(said[f"{unit}_boxes"]) == len(said[f"{unit}_text"])
            assert len(said[f"{unit}_text"]) == sum(box[counted] for box in facts)
        ink = [one for one in said["chars_text"] if not one.isspace()]
        assert "".join(ink) == "".join(said["text"].split())


def test_a_letter_stands_where_its_ink_is(boxes: Path, ran: Ran, beside: tuple[Path, ...]) -> None:
    found = read(ran, beside, boxes, "boxes")
    samples = {one["key"]: one for part in ("train", "val", "test") for one in found[part]}
    for record in Dataset(boxes):
        mask, numbers = record.mask(), []
        for box in record.layout["boxes"]:
            numbers += box["clusters"]["mask"]
        for number, (left, top, width, height) in zip(
            numbers, samples[record.key]["chars_boxes"], strict=True
        ):
            if not number:
                continue
            rows, columns = (mask == number).nonzero()
            # Ink may hang over: its middle does not.
            assert left - 2 <= columns.mean() <= left + width + 2
            assert top - 2 <= rows.mean() <= top + height + 2


def test_the_example_reads_what_the_page_prepares(
    boxes: Path, ran: Ran, beside: tuple[Path, ...]
) -> None:
    *samples, count = ran(EXAMPLES / "energon_read.py", boxes, "--split", "val", beside=beside)
    assert count == "16 samples"
    assert samples[0].split()[1] in {"1", "2"}
    page = (ROOT / "docs" / "trainers.md").read_text(encoding="utf-8")
    assert CAPTIONS[-1] in page
    assert PARTS in page


def test_what_it_writes_leaves_the_dataset_whole(captions: Path) -> None:
    assert sorted(path.name for path in (captions / ".nv-meta").iterdir()) == [
        ".info.json",
        "dataset.yaml",
        "index.sqlite",
        "index.uuid",
        "split.yaml",
    ]
    assert not verify(captions).findings
