"""Recipes, texts and photographs that cannot be used: one line each, and the right code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from glyphdata.cli.generate import document_of
from glyphdata.generation import Summary
from glyphdata.shards.dataset import Dataset
from tests.cli.conftest import Ask

# --- the recipe itself ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"\x00\x01\xff\xfe", "is not UTF-8 at byte 2"),
        (b"\x00\x01", "is no YAML"),
        (b"a: [1, 2\nb: }", "line 2, column 2: "),
        (b"", "holds nothing where a recipe is a mapping"),
        (b"- just\n- a list\n", "holds a list of 2 where a recipe is a mapping"),
        (b"a: &x 1\nb: *x\n", "line 1, column 4: sets the anchor &x"),
    ],
)
@pytest.mark.parametrize("command", ["check", "generate"])
def test_a_file_that_is_no_recipe(
    ask: Ask, tmp_path: Path, command: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / "bad.yaml").write_bytes(content)
    words = [command, "bad.yaml", *(["out"] if command == "generate" else [])]
    assert f"bad.yaml: {said}" in ask(*words).fault()
    assert not (tmp_path / "out").exists()


def test_a_folder_is_no_recipe(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert "folder: cannot be read: Is a directory" in ask("plan", "folder").fault()


FAULTY = (
    ("backgrounds=[{kind: photo, folder: ph}]", "backgrounds.0.kind: no", "did you mean 'photos'"),
    ("texts.0.kind=wrods", "texts.0.kind: no", "did you mean 'words'"),
    ("boxes.size_px=-3", "boxes.size_px: must be at least", "found -3"),
    ("canvas.width=wide", "canvas.width: must be a whole number", "found the text 'wide'"),
    ("samples=true", "samples: must be a whole number", "found true"),
    ("canvas.heihgt=3", "canvas.heihgt: there is no such field", "did you mean 'height'"),
    ("nope.deep=3", "nope: there is no such field", "one of backgrounds, "),
    ("texts.7.kind=words", "texts.7.kind: leads nowhere", "there is no '7'"),
    ("no equals sign", "no equals sign: sets nothing", "write KEY=VALUE"),
)


@pytest.mark.parametrize("command", ["check", "generate"])
def test_every_fault_of_values_and_overrides_is_said_at_once(
    ask: Ask, tmp_path: Path, command: str
) -> None:
    words = [command, "small.yaml", *(["out"] if command == "generate" else [])]
    for override, _, _ in FAULTY:
        words += ["-s", override]
    faults = ask(*words).faults()
    assert len(faults) == len(FAULTY)
    for _, start, end in FAULTY:
        assert any(line.startswith(start) and end in line for line in faults), (start, faults)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["check", "plan", "draw", "generate"])
def test_every_missing_file_is_said_before_anything_is_written(
    ask: Ask, tmp_path: Path, command: str
) -> None:
    (tmp_path / "t.csv").write_text("a,texts\n1,2\n")
    (tmp_path / "empty").mkdir()
    texts = "texts=[{kind: file, path: no.txt}, {kind: file, path: t.csv}]"
    grounds = "backgrounds=[{kind: photos, folder: empty}, {kind: photos, folder: nowhere}]"
    more = {"draw": ["-o", "out.png"], "generate": ["out"]}.get(command, [])
    heard = ask(
        command, "small.yaml", *more, "-s", texts, "-s", grounds, "-s", "faces={scripts: [latn]}"
    )
    for line, (start, *words) in zip(
        heard.faults(),
        [
            ("faces: no face has the script 'latn'", "did you mean latin"),
            ("texts.0: there is no file no.txt", "relative to the recipe"),
            ("texts.1: t.csv has no column 'text'", "did you mean 'texts'"),
            ("backgrounds.0: ", "no photograph lies here", "photographs end in .jpg"),
            ("backgrounds.1: ", "nowhere: the folder of photographs cannot be read", "relative"),
        ],
        strict=True,
    ):
        assert line.startswith(start)
        assert all(word in line for word in words), line
    assert not list(tmp_path.glob("out*"))


@pytest.mark.parametrize(
    "words",
    [
        ["--workers", "-1"],
        ["--workers", "many"],
        ["--samples", "0"],
        ["--seed", "-1"],
        ["--resume", "perhaps"],
        ["--engine", "cloud"],
        ["--shards", "1-2"],
        ["--shards", "2..2"],
        ["--shards", "-1..2"],
        ["--no-such-option"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_said_with_the_option_and_leaves_with_2(
    ask: Ask, tmp_path: Path, words: list[str]
) -> None:
    heard = ask("generate", "small.yaml", "out", *words)
    assert (heard.code, heard.out) == (2, "")
    assert heard.err.splitlines()[-1].startswith("Error: ")
    assert words[0] in heard.err.splitlines()[-1]
    assert not (tmp_path / "out").exists()
    told = ask("generate", "small.yaml", "out", *words, "--json")
    assert told.code == told.document["error"]["exit_code"] == 2
    assert words[0] in told.document["error"]["message"]


def test_shards_that_the_recipe_does_not_make(make: Ask, tmp_path: Path) -> None:
    said = make("out", "--shards", "1..3").fault()
    assert said == "there are no shards 1..3 (the recipe makes the shards 0..2, the end exclusive)"
    assert not (tmp_path / "out").exists()


# --- what cannot be drawn -------------------------------------------------------------------------

LONG = "the same words again and again ".ljust(31) * 3226

HOPELESS = {
    "uncovered": "Ⰳⰾⰰⰳⱁⰾⰻⱌⰰ\n",
    "emoji": "\U0001f600\n",
    "long": f"{LONG[:100_000]}\n",
    "longer": f"{LONG}\n",
    "null": "a\0b\n",
    "blank": "\n   \n\t\n",
}


@pytest.mark.parametrize("name", HOPELESS)
def test_texts_of_which_none_can_be_drawn(ask: Ask, make: Ask, tmp_path: Path, name: str) -> None:
    (tmp_path / "t.txt").write_text(HOPELESS[name], encoding="utf-8")
    words = ("-s", "texts=[{kind: file, path: t.txt}]", "--samples", 1)
    said = make("out", *words).fault()
    assert said.startswith("out: nothing could be made; shard 0: no sample of it can be made: ")
    assert not list(tmp_path.glob("out/data/*"))
    if name not in ("long", "longer"):
        said = ask("check", "small.yaml", *words[:2]).fault()
        assert said.startswith("small.yaml: none of its first 4 scenes can be made: ")


def test_such_texts_among_good_ones_are_counted_and_drawn_anew(make: Ask, tmp_path: Path) -> None:
    rows = [
        *({"text": text} for text in HOPELESS.values()),
        {"text": "good"}, {"text": "fine"}, {"text": 7}, {"none": "x"},
    ]  # fmt: skip
    lines = [json.dumps(row) for row in rows] + ['{"text": "\\ud800"}', "{", ""]
    (tmp_path / "t.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    words = ("-s", "texts=[{kind: file, path: t.jsonl}]", "--samples", 12, "--json")
    heard = make("out", *words)
    told = heard.document
    assert (heard.code, told["samples"], told["quarantined"], told["finished"]) == (0, 12, [], True)
    reasons = told["rejections"]
    assert {"no-face", "bad-text", "empty-text"} <= reasons.keys()
    assert reasons.keys() & {"too-long", "text-too-long"}
    assert "fault" not in reasons


@pytest.mark.parametrize(
    "words",
    [
        ("boxes.size_px=[300, 400]",),
        ("canvas={width: 16, height: 16}",),
        ("boxes.count=20", "boxes.size_px=[20, 20]"),
        ("colors={min_contrast: 21.0, names: [black]}",),
    ],
    ids=" ".join,
)
def test_boxes_that_nothing_fits_in(ask: Ask, make: Ask, words: tuple[str, ...]) -> None:
    more = [word for override in words for word in ("-s", override)]
    said = ask("check", "small.yaml", *more).fault()
    assert said.startswith("small.yaml: none of its first 4 scenes can be made: ")
    assert make("out", *more).fault().startswith("out: nothing could be made; shard 0: ")
    assert make("out", *more, "--json").document["error"]["exit_code"] == 3


def test_a_hopeless_recipe_of_a_million_is_given_up_soon(make: Ask, tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("a\0b\n")
    words = ["texts=[{kind: file, path: t.txt}]", "samples=1000000", "shard.samples=500"]
    said = make("out", *(word for one in words for word in ("-s", one))).fault()
    assert "shard 1: no sample of it" in said  # a thousand scenes were tried, in two shards


def test_faults_that_are_all_alike_are_named_so_often_and_then_counted() -> None:
    lost = tuple((number, "the worker was ended by SIGKILL") for number in range(30))
    summary = Summary(Path("out"), 31, 1, 0, 10, 2000, (), (), (), lost, True, 1.0)
    assert not summary.whole
    assert len(document_of(summary)["lost_shards"]) == 30  # type: ignore[arg-type]


def test_an_unreadable_photograph_among_good_ones_costs_nothing_but_drafts(
    make: Ask, tmp_path: Path
) -> None:
    (tmp_path / "photos").mkdir()
    for number in range(2):
        Image.new("RGB", (120, 90), (200, 40 * number, 90)).save(tmp_path / f"photos/{number}.png")
    (tmp_path / "photos/junk.jpg").write_bytes(b"junk")
    (tmp_path / "photos/cut.png").write_bytes((tmp_path / "photos/0.png").read_bytes()[:60])
    words = ("-s", "backgrounds=[{kind: photos, folder: photos}]", "--samples", 12)
    heard = make("out", *words, "--json")
    assert (heard.code, heard.document["samples"], heard.err) == (0, 12, "")
    assert heard.document["rejections"]["photo-unreadable"] > 0
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/junk.jpg").write_bytes(b"junk")
    said = make("none", "-s", "backgrounds=[{kind: photos, folder: broken}]").fault()
    assert "broken: junk.jpg: it is no JPEG, PNG or WebP" in said


def test_texts_of_files_are_drawn_as_they_were_given(make: Ask, tmp_path: Path) -> None:
    given = ["two\nlines", "a\ttab", "e\u0301te\u0301", "\u00e9t\u00e9", " edges ", "cut\r\noff"]
    lines = "".join(json.dumps({"text": text}) + "\n" for text in given)
    (tmp_path / "t.jsonl").write_text(lines)
    words = ("texts=[{kind: file, path: t.jsonl}]", "levels={paragraph: 1}", "samples=40")
    assert make("out", *(word for one in words for word in ("-s", one))).code == 0
    boxes = [box for record in Dataset(tmp_path / "out") for box in record.facts["boxes"]]
    assert {box["text"] for box in boxes} == set(given)
    assert {box["lines"] for box in boxes if "\n" in box["text"]} == {2}
