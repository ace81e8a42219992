"""The contact sheet: whole in one file, the same each time, and harmless whatever a sample says."""

from __future__ import annotations

import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import orjson
import pytest

from glyphdata.errors import InputError, OutputError
from glyphdata.review.preview import preview
from glyphdata.shards.dataset import Dataset, Record
from glyphdata.shards.finishing import finish
from glyphdata.shards.keys import Places
from glyphdata.shards.making import Plan
from glyphdata.shards.manifest import Provenance
from glyphdata.shards.shard import ShardWriter

HOSTILE = """</q><script>alert(1)</script><img src=x onerror=alert(1)>"'&{0}{title}"""


class Seen(HTMLParser):
    """The tags of a page, what they point at, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.handlers: list[str] = []
        self.sources: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.sources += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_sheet_shows_samples_with_and_without_labels(dataset: Any, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.html"
    assert preview(dataset.root, sheet) == 5
    seen = Seen(sheet.read_text("utf-8"))
    assert seen.tags.count("article") == 5
    assert seen.tags.count("img") == 10
    for said in ("000001-0001", "Hé 漢", "Rect Sans Regular", "crimson", "4.5:1", "<color-22>"):
        assert said in seen.text


def test_a_sheet_needs_nothing_else(dataset: Any, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.html"
    preview(dataset.root, sheet)
    page = sheet.read_text("utf-8")
    seen = Seen(page)
    assert all(source.startswith("data:image/jpeg;base64,") for source in seen.sources)
    assert not {"script", "link", "iframe"} & set(seen.tags)
    assert not re.search(r"https?:|url\(|@import", page)
    assert "prefers-color-scheme: dark" in page


def test_the_same_dataset_gives_the_same_sheet(dataset: Any, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert preview(dataset.root, tmp_path / name, 3) == 3
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    seen = Seen((tmp_path / "a").read_text("utf-8"))
    keys = re.findall(r"\d{6}-\d{4}", seen.text)
    assert keys == ["000000-0000", "000000-0001", "000001-0000"]  # spread: 0, 1 and 3 of 5


def one_sample(root: Path, found: dict[str, bytes]) -> None:
    places, plan, scratch = Places(root), Plan(1, 1, "f" * 8), root / ".glyphdata" / "tmp"
    writer = ShardWriter(places, 0, fingerprint="f" * 8, scratch=scratch)
    row = {"index": 0, "text": "t", "language": "en", "font_tokens": [5]}
    writer.add("000000-0000", list(found.items()), row)
    from collections import Counter

    record = writer.close(range(1), Counter(), ())
    finish(
        places,
        scratch,
        name="one",
        recipe={"seed": 7},
        plan=plan,
        records=[record],
        provenance=lambda tokens: Provenance(),
    )


def test_hostile_words_stay_words(stored: Any, tmp_path: Path) -> None:
    def poison(facts: dict[str, Any]) -> None:
        facts.update(level=HOSTILE, language=HOSTILE)
        facts["background"].update(kind=HOSTILE, name=HOSTILE)
        for box in facts["boxes"]:
            box.update(text=HOSTILE, color=HOSTILE, color_name=HOSTILE, size_px=HOSTILE)
            box["face"].update(family=HOSTILE, style=HOSTILE)

    sample = stored(facts=poison, txt=HOSTILE.encode())
    one_sample(tmp_path / "out", dict(sample.members))
    preview(tmp_path / "out", tmp_path / "sheet.html")
    page = (tmp_path / "sheet.html").read_text("utf-8")
    seen = Seen(page)
    assert "script" not in seen.tags
    assert seen.handlers == []
    assert seen.tags.count("img") == 2
    assert HOSTILE in seen.text
    assert "background:</q>" not in page


def test_a_sample_that_cannot_be_shown_says_why(stored: Any, tmp_path: Path) -> None:
    one_sample(tmp_path / "out", dict(stored(jpg=b"\xff\xd8 no picture").members))
    preview(tmp_path / "out", tmp_path / "sheet.html")
    assert "no JPEG" in Seen((tmp_path / "sheet.html").read_text("utf-8")).text


def test_what_is_no_dataset_or_no_place_is_said(dataset: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no folder"):
        preview(tmp_path / "nothing", tmp_path / "sheet.html")
    with pytest.raises(OutputError, match="cannot be written"):
        preview(dataset.root, tmp_path / "no" / "folder" / "sheet.html")
    dataset.places.shard(1).unlink()
    with pytest.raises(InputError, match="cannot be read"):
        preview(dataset.root, tmp_path / "sheet.html")


def test_facts_that_are_none_are_no_end(stored: Any, tmp_path: Path) -> None:
    one_sample(tmp_path / "out", dict(stored(layout=lambda value: value.update(unit=9)).members))
    preview(tmp_path / "out", tmp_path / "sheet.html")
    assert Seen((tmp_path / "sheet.html").read_text("utf-8")).tags.count("img") == 1
    assert orjson.loads(stored().members["json"])["width"] == 160


def test_a_sheet_can_be_of_samples_of_one_kind(dataset: Any, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.html"
    assert preview(dataset.root, sheet, where=["shard=1"]) == 2
    assert "000000-0000" not in Seen(sheet.read_text("utf-8")).text
    with pytest.raises(InputError, match="no such samples"):
        preview(dataset.root, sheet, where=["shard=7"])
    with pytest.raises(InputError, match="contrst"):
        preview(dataset.root, sheet, where=["contrst<2"])


def test_captions_beside_the_shards_are_on_the_sheet_as_text(dataset: Any, tmp_path: Path) -> None:
    folder = dataset.root / "captions"
    folder.mkdir()
    said = [{"level": 3, "text": HOSTILE, "source": "human"}]
    lines = [
        orjson.dumps({"key": record.key, "scene_sha256": digest(record), "captions": said}) + b"\n"
        for record in Dataset(dataset.root)
        if record.key.startswith("000000")
    ]
    lines[0] = lines[0].replace(b'"scene_sha256":"', b'"scene_sha256":"0')
    (folder / "train-000000.jsonl").write_bytes(b"".join(lines))
    sheet = tmp_path / "sheet.html"
    preview(dataset.root, sheet)
    seen = Seen(sheet.read_text("utf-8"))
    assert seen.text.count(HOSTILE) == 2
    assert "captions of sample 000000-0000 were made for another picture" in seen.text
    assert "script" not in seen.tags
    assert not seen.handlers


def digest(record: Record) -> str:
    return hashlib.sha256(record.members["json"]).hexdigest()
