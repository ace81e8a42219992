"""What reads our datasets reads imported ones: with texts that little is known of, or with none."""

from __future__ import annotations

import json
import re
import shutil
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from glyphdata.caption.captioner import Answer, Asked
from glyphdata.caption.captioners.truth import Truth
from glyphdata.caption.facts import Facts
from glyphdata.convert.exporting import Choice, Exporter, export
from glyphdata.faces.catalogue import load
from glyphdata.recipe.open import part_of
from glyphdata.review.checks.text import TextAgrees
from glyphdata.review.checks.tokens import TokensKnown
from glyphdata.review.evidence import StoredSample
from glyphdata.review.preview import preview
from glyphdata.review.verify import verify
from glyphdata.review.view.exhibit import Exhibit
from glyphdata.shards.dataset import Dataset
from glyphdata.shards.index import read_index
from glyphdata.shards.keys import Places
from tests.convert.importers.sourcing import imported, photo, plain_folder, put, run
from tests.review.view.conftest import Viewer

TEXTS = ("Hello", "two words", "مرحبا", "縦書き", "สวัสดี", "two\nlines", 'a "quoted" <color-1>')


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven pictures with two texts each, of which one has a colour, and one with none."""
    root = tmp_path_factory.mktemp("labelled")
    entries = []
    for number, text in enumerate((*TEXTS, "")):
        put(root / "s" / "imgs" / f"{number}.jpg", photo(seed=number))
        told: list[dict[str, Any]] = [
            {"text": text, "polygon": [[8, 8], [60, 8], [60, 30], [8, 30]], "color": [255, 0, 0]},
            {"text": text, "polygon": [[8, 40], [70, 44], [70, 64], [8, 60]]},
        ]
        entries.append({"img_name": f"{number}.jpg", "annotations": told if text else []})
    put(root / "s" / "data.json", json.dumps({"data_root": "imgs", "data_list": entries}))
    assert imported("anyword", root / "s", root / "out", per_shard=5).whole
    return root / "out"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four pictures without texts, two with captions."""
    root = tmp_path_factory.mktemp("plain")
    assert imported("folder", plain_folder(root / "s", 4), root / "out").whole
    return root / "out"


@pytest.fixture(params=["labelled", "plain"])
def out(request: pytest.FixtureRequest) -> Path:
    """Each of the two."""
    found: Path = request.getfixturevalue(request.param)
    return found


def test_nothing_is_wrong_with_it(out: Path) -> None:
    verdict = verify(out, deep=True)
    assert verdict.findings == ()
    assert verdict.looked_into == len(Dataset(out))


def test_a_label_that_is_none_is_still_found(labelled: Path, tmp_path: Path) -> None:
    """That less is asked of texts of others does not mean that nothing is."""
    members = dict(Dataset(labelled)[0].members)
    layout = json.loads(members["layout.json"])
    layout["boxes"][0]["lines"][0]["end"] = 3
    odd = StoredSample("000000-0000", {**members, "layout.json": json.dumps(layout).encode()})
    assert [one.code for one in TextAgrees().of_sample(odd)] == ["text"]
    facts = json.loads(members["json"])
    facts["boxes"][0]["face"]["family"] = "Roboto"
    odd = StoredSample("000000-0000", {**members, "json": json.dumps(facts).encode()})
    assert [one.code for one in TokensKnown().of_sample(odd)] == ["token"]


def test_the_index_has_null_for_what_is_not_known(labelled: Path) -> None:
    table = read_index(Places(labelled))
    assert isinstance(table, pa.Table)
    rows = table.to_pylist()
    assert [row["contrast_min"] for row in rows] == [None] * 8
    assert rows[0]["font_tokens"] == [-1, -1]
    assert (rows[7]["boxes"], rows[7]["size_px_min"], rows[7]["text"]) == (0, None, "")


def test_it_is_counted(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said, _ = run(capsys, "stats", str(out))
    assert code == 0
    assert f"{len(Dataset(out))} pictures in" in said


def test_it_is_shown(out: Path, tmp_path: Path) -> None:
    viewer = Viewer(Exhibit(out, tmp_path / "flags.jsonl"))
    keys = viewer.keys("sort=contrast_min")
    assert sorted(keys) == sorted(Dataset(out).keys())
    assert viewer.keys("font=3") == []
    for key in keys:
        told = viewer.get(f"/api/0/sample/{key}")
        assert told["error"] is None
        assert told["facts"]["origin"]["source"] == "theirs"
        for what in ("picture", "thumb", "boxes"):
            assert viewer.ask(f"/img/0/{key}/{what}").status == 200
        assert viewer.ask(f"/sample/0/{key}").status == 200
    assert viewer.get("/api/0/facets")
    until = time.monotonic() + 30
    while (told := viewer.get("/api/0/stats"))["state"] == "computing" and time.monotonic() < until:
        time.sleep(0.05)
    assert told["error"] is None
    assert told["stats"]


def test_a_contact_sheet_is_made_of_it(out: Path, tmp_path: Path) -> None:
    preview(out, tmp_path / "sheet.html")
    assert (tmp_path / "sheet.html").stat().st_size > 2000


def test_its_captions_say_only_what_is_known(labelled: Path) -> None:
    catalogue = load()
    facts = Facts.of(Dataset(labelled)[0].facts, catalogue)
    assert [(one.inked, one.faced) for one in facts.texts] == [(True, False), (False, False)]
    for level in range(1, 7):
        for style in ("plain", "glyph", "anytext", "gligen"):
            for seed in range(6):
                asked = Asked("000000-0000", facts, level, style)
                (answer,) = Truth(seed=seed).caption([asked])
                assert isinstance(answer, Answer)
                assert not re.search("font-|unnamed|  |in ,| in (at|and|on) ", answer.text)
                assert "#808080" not in answer.text


def test_nothing_is_said_of_texts_that_nobody_looked_for(plain: Path) -> None:
    facts = Facts.of(Dataset(plain)[0].facts, load())
    for level in range(1, 7):
        for seed in range(6):
            (answer,) = Truth(seed=seed).caption([Asked("000000-0000", facts, level)])
            assert isinstance(answer, Answer)
            assert "text" not in answer.text
            assert answer.text


def test_it_is_captioned_and_scored(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = shutil.copytree(out, tmp_path / "copy")
    code, _, _ = run(capsys, "caption", str(copy), "--captioner", "truth")
    assert code == 0
    for record in Dataset(copy):
        said = record.captions["captions"]
        assert [one["level"] for one in said if one["source"] == "truth"] == [1, 2, 3, 4, 5, 6]
    assert verify(copy, deep=True).ok
    code, said, _ = run(capsys, "score", str(copy))
    assert code == 0
    assert "invented" in said


def test_training_reads_it_without_styles(labelled: Path) -> None:
    from glyphdata.train.reading import picture
    from glyphdata.train.source import Member

    for number, record in enumerate(Dataset(labelled)):
        stretch = _stretch(labelled, number)
        read = picture(Member(record.key, 0, stretch, "train-000000.tar"), "v1")
        assert [box.text for box in read.boxes] == [box["text"] for box in record.facts["boxes"]]
        assert all(box.font_token == -1 and not box.said.font for box in read.boxes)
        assert all(bool(box.said.color) == (box.color_token >= 0) for box in read.boxes)


def _stretch(out: Path, number: int) -> bytes:
    table = read_index(Places(out))
    assert table is not None
    row = table.slice(number, 1).to_pylist()[0]
    with Places(out).shard(row["shard"]).open("rb") as file:
        file.seek(row["offset"])
        return file.read(row["size"])


def test_it_is_exported_again(labelled: Path, tmp_path: Path) -> None:
    for kind, settings in (("icdar", ["unit=line"]), ("anyword", []), ("coco_text", [])):
        exporter: Exporter = part_of("exporters", kind, settings)  # type: ignore[assignment]
        told = export(labelled, tmp_path / kind, exporter, Choice())
        assert told.whole
    lines = (tmp_path / "icdar" / "gt" / "gt_000000-0000.txt").read_text("utf-8")
    assert lines == "8,8,60,8,60,30,8,30,Hello\n8,40,70,44,70,64,8,60,Hello\n"


def test_other_readers_know_its_types(plain: Path, labelled: Path) -> None:
    import datasets

    for out in (plain, labelled):
        rows = list(datasets.load_dataset(str(out), split="train", streaming=True))
        assert [row["__key__"] for row in rows] == list(Dataset(out).keys())
        assert rows[0]["json"]["ignored"] == []
        assert rows[0]["json"]["origin"]["source"] == "theirs"
