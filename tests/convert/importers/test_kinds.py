"""What every importer says of itself, and the command that runs it."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import orjson
import pytest
import yaml

from glyphdata.recipe.open import dumped, read_parts
from glyphdata.registry import kinds, load, summary
from tests.convert.importers.sourcing import photo, plain_folder, put, run, samples

ALL = kinds("importers")


def test_there_are_the_formats_that_the_page_tells_of() -> None:
    page = Path(__file__, "../../../../docs/importers.md").resolve().read_text("utf-8")
    assert re.findall(r"^### `(\w+)`", page, re.MULTILINE) == list(ALL)


@pytest.mark.parametrize("kind", ALL)
def test_its_docstring_has_a_line_that_makes_it(kind: str) -> None:
    doc = inspect.getdoc(load("importers", kind)) or ""
    assert summary("importers", kind) == doc.splitlines()[0]
    assert summary("importers", kind).endswith(".")
    (line,) = re.findall(r"^Import: (\{.*\})$", doc, re.MULTILINE)
    faults: list[tuple[str, str]] = []
    (part,) = read_parts("importers", [yaml.safe_load(line)], faults)
    assert not faults
    assert dumped("importers", part)["kind"] == kind
    told = doc.partition("Import: ")[2]
    for name in dumped("importers", part):
        assert f"`{name}`" in told or name == "kind", f"{kind} does not say what {name} means"


def test_the_command_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = plain_folder(tmp_path / "s", 4)
    words = ["import", str(source), str(tmp_path / "out"), "--format", "folder", "--workers", "0"]
    told = ["--name", "squares", "--license", "CC0-1.0", "--shard-samples", "3"]
    code, said, _ = run(capsys, *words, *told)
    assert code == 0
    assert "4 samples in 2 shards" in said
    record = samples(tmp_path / "out")["0001.jpg"]
    assert record.facts["origin"] == {"source": "squares", "key": "0001.jpg", "license": "CC0-1.0"}
    code, said, _ = run(capsys, *words, "--overwrite", "--limit", "2", "--no-box-mask", "--json")
    document = orjson.loads(said)
    assert (code, document["samples"], document["format"], document["finished"]) == (
        0,
        2,
        "folder",
        True,
    )
    assert "boxes.png" not in samples(tmp_path / "out")["0000.jpg"].members


def test_the_command_ends_with_four_where_a_picture_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = plain_folder(tmp_path / "s", 2)
    put(source / "0002.jpg", photo()[:300])
    put(source / "gt_0000.txt", "1,1,9,1,9,9,1,9,###")
    code, said, _ = run(
        capsys, "import", str(source), str(tmp_path / "out"), "-f", "icdar", "-w", "0"
    )
    assert code == 4
    assert "left out: sample 2, picture-unreadable: 0002.jpg" in said
    assert "of the labels: 1 × text-ignored" in said
