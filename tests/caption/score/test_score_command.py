"""`glyphdata score` as a user meets it: stored captions, asked captioners, tables, JSON, plots."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pytest

from glyphdata import Dataset, cli
from glyphdata.caption.facts import Facts
from glyphdata.caption.grammar import say
from glyphdata.caption.hf.clip import Clip
from glyphdata.caption.record import Caption, Captioned
from glyphdata.captions.written import sha256, written
from glyphdata.faces.catalogue import load

RECIPE = Path(__file__).parents[3] / "recipes" / "quickstart.yaml"


class Heard(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Heard]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setitem(cli.COMMANDS, "score", cli.COMMANDS.get("score", "Score captions."))

    def heard(*words: object) -> Heard:
        with pytest.raises(SystemExit) as caught:
            cli.main([str(word) for word in words])
        said = capsys.readouterr()
        return Heard(int(caught.value.code or 0), said.out, said.err)

    return heard


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight samples; a caption of truth for each, and one of a person for two."""
    out = tmp_path_factory.mktemp("made") / "out"
    small = ["-s", "canvas.width=256", "-s", "canvas.height=256"]
    with pytest.raises(SystemExit) as caught:
        cli.main(["generate", str(RECIPE), str(out), "--samples", "8", "--workers", "1", *small])
    assert caught.value.code == 0
    lines = []
    for number, record in enumerate(Dataset(out)):
        facts = Facts.of(record.facts, load())
        captions = [say(facts, 2), say(facts, 2, "glyph")]
        if number < 2:
            captions.append(Caption(1, 'It says "FREE BEER".', "human", "", locked=True))
        sums = sha256(record.picture), sha256(record.members["json"])
        lines.append(written(Captioned(record.key, *sums, tuple(captions))))
    (out / "captions").mkdir()
    (out / "captions" / "train-000000.jsonl").write_bytes(b"".join(one + b"\n" for one in lines))
    return out


def test_stored_captions_are_scored_by_level_and_source(run: Run, made: Path) -> None:
    found = run("score", made, "--json")
    assert found.code == 0
    document = found.document
    assert document["judge"] == "rules"
    assert set(document["levels"]) == {"1", "2"}
    true, human = document["levels"]["2"], document["levels"]["1"]
    assert true["captions"] == 8  # the plain ones
    assert true["precision"] == 1.0
    assert true["accuracy"] > 0.6
    assert true["categories"]["text"]["precision"] == 1.0
    assert (human["captions"], human["invented"]) == (2, 1.0)
    assert list(document["sources"]) == ["human", "truth"]
    assert "1" not in document["sources"]["truth"]


def test_one_source_and_the_first_samples_can_be_asked_for(run: Run, made: Path) -> None:
    found = run("score", made, "--source", "human", "--json")
    assert list(found.document["levels"]) == ["1"]
    assert "6 samples" in found.err
    few = run("score", made, "--limit", 3, "--levels", "2", "--json").document
    assert few["levels"]["2"]["captions"] == 3


def test_a_captioner_is_scored_for_what_it_would_say(run: Run, made: Path) -> None:
    asked = ("score", made, "--captioner", "truth", "--levels", "1-3,6", "-s", "seed=5")
    document = run(*asked, "--likeness", "--json").document
    assert list(document["levels"]) == ["1", "2", "3", "6"]
    assert all(one["precision"] == 1.0 for one in document["levels"].values())
    assert document["levels"]["1"]["captions"] == 8
    assert document["likeness"]["1"]["cider_d"] > 1.0
    assert len(document["likeness"]["1"]["bleu"]) == 4


def test_a_captioner_may_be_the_judge(run: Run, made: Path) -> None:
    """Truth is a bad judge: it does not answer questions. None of its words is taken for one."""
    document = run("score", made, "--judge", "truth", "--levels", "2", "--json").document
    assert document["judge"] == "truth"
    row = document["levels"]["2"]
    assert (row["accuracy"], row["na"], row["unparsed"]) == (0.0, 1.0, row["questions"])
    assert document["agreement"] == 0.0


def test_clipscore_is_added_by_a_model_of_ones_own(run: Run, made: Path, tiny_clip: Path) -> None:
    found = run("score", made, "--levels", "2", "--limit", 3, "--clip", tiny_clip, "--json")
    assert found.code == 0, found.err
    score = found.document["clipscore"]["2"]
    records = Dataset(made)[:3]
    clip = Clip(tiny_clip)
    alone = [
        clip.scores([one.picture], [say(Facts.of(one.facts, load()), 2).text])[0] for one in records
    ]
    assert score == pytest.approx(sum(alone) / 3, abs=1e-6)


def test_a_table_says_the_same(run: Run, made: Path) -> None:
    found = run("score", made)
    assert found.code == 0
    lines = [line.split() for line in found.out.splitlines()]
    assert ["2", "8"] in [line[:2] for line in lines]
    assert any(line[:2] == ["relative", "position"] for line in lines)
    assert "by source:" in found.out


def test_plots_are_drawn(run: Run, made: Path, tmp_path: Path) -> None:
    found = run("score", made, "--captioner", "truth", "--plots", tmp_path / "plots")
    assert "2 plots" in found.err
    for name in ("score-levels", "score-categories"):
        sheet = ElementTree.parse(tmp_path / "plots" / f"{name}.svg")
        words = "".join(sheet.getroot().itertext())
        assert "level 6" in words
    assert "relative position" in words
    (tmp_path / "file").write_text("")
    assert run("score", made, "--plots", tmp_path / "file").code == 3


def test_a_dataset_without_captions_is_told_how_to_get_them(
    run: Run, made: Path, tmp_path: Path
) -> None:
    bare = tmp_path / "bare"
    (bare / "data").mkdir(parents=True)
    for file in (made / "data").iterdir():
        (bare / "data" / file.name).symlink_to(file)
    found = run("score", bare)
    assert found.code == 3
    assert "glyphdata caption" in found.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--levels", "0-6"), 2, "names no levels"),
        (("--levels", "two"), 2, "names no levels"),
        (("--captioner", "truht"), 3, "did you mean 'truth'?"),
        (("--captioner", "truth", "-s", "sede=1"), 3, "sede"),
        (("--captioner", "truth", "-s", "seed=x"), 3, "seed"),
        (("--judge", "truth", "--votes", "2"), 3, "odd number"),
        (("--clip", "/nowhere/clip"), 3, "no CLIP model"),
    ],
)
def test_what_cannot_be_done_is_said(
    run: Run, made: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    found = run("score", made, *words)
    assert found.code == code
    assert said in found.err


def test_a_folder_that_is_none_is_named(run: Run, tmp_path: Path) -> None:
    found = run("score", tmp_path / "nowhere", "--json")
    assert found.code == 3
    assert "nowhere" in found.document["error"]["message"]
