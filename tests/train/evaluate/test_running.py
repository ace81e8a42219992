"""A run's folder: what is asked of which data, what is written, and the page."""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import orjson
import pytest
from PIL import Image

from glyphdata.cli import COMMANDS, main
from glyphdata.errors import InputError
from glyphdata.train.evaluate.crops import Crops
from glyphdata.train.evaluate.evaluating import Question, evaluate, folded
from glyphdata.train.evaluate.page import marked, page
from glyphdata.train.evaluate.running import evaluate_run
from glyphdata.train.heldout import is_held_out
from glyphdata.train.model import Encoder
from glyphdata.train.run import About, Data, Run
from glyphdata.train.source import Shards
from tests.train.evaluate.conftest import MakeEncoder

ASK = Question(of=8)


@pytest.fixture
def run(data: Path, make_encoder: MakeEncoder, tmp_path: Path) -> Path:
    """A run of an untrained encoder on the dataset."""
    encoder = make_encoder(Encoder)
    made = Run(tmp_path / "run")
    made.root.mkdir()
    source = Shards(data)
    registries = tuple((one.name, one.entries, one.sha256) for one in source.registries)
    known = Data(str(data), source.fingerprint, len(source), registries)
    made.begin(encoder.settings, About((known,), 1, 1, "cpu"))
    encoder.save(made.encoder)
    return made.root


def test_a_run_is_asked_the_texts_that_it_held_out(run: Path, data: Path) -> None:
    report = evaluate_run(run, [data], ASK, device="cpu")
    assert report.asked.split == "test"
    assert report.boxes
    assert all(is_held_out(fact.source_text, 0.5) for fact in report.boxes)
    assert orjson.loads((run / "eval.json").read_bytes()) == report.document()
    assert not (run / "eval.html").exists()


def test_other_data_is_asked_whole_but_for_texts_that_were_trained_on(
    run: Path, data: Path, make_data: Callable[..., Path]
) -> None:
    other = make_data(seed=6)
    notes: list[str] = []
    report = evaluate_run(run, [other], ASK, device="cpu", tell=notes.append)
    assert report.asked.split == "all"
    said = {folded(fact.source_text) for fact in report.boxes}
    assert not all(is_held_out(text, 0.5) for text in said)
    trained = {
        folded(text) for one in Shards(data).texts() for text in [one] if not is_held_out(text, 0.5)
    }
    assert not {text for text in said if not is_held_out(text, 0.5)} & trained
    assert notes == [note for note in notes if note.startswith("all texts are asked but the")]
    assert len(notes) == 1


def test_without_its_training_data_only_held_out_texts_are_asked(
    run: Path, make_data: Callable[..., Path]
) -> None:
    told = json.loads((run / "run.json").read_text())
    told["data"][0]["path"] += "-gone"
    (run / "run.json").write_text(json.dumps(told))
    notes: list[str] = []
    report = evaluate_run(run, [make_data(seed=7)], ASK, device="cpu", tell=notes.append)
    assert report.asked.split == "test"
    assert "only held-out texts are asked" in notes[0]


def test_an_encoders_own_folder_is_asked_too(run: Path, data: Path, tmp_path: Path) -> None:
    shutil.copytree(run / "encoder", tmp_path / "alone")
    report = evaluate_run(tmp_path / "alone", [data], ASK, device="cpu")
    assert report.asked.split == "test"
    assert (tmp_path / "alone" / "eval.json").exists()


def test_folders_without_an_encoder_are_refused(run: Path, data: Path, tmp_path: Path) -> None:
    shutil.rmtree(run / "encoder")
    with pytest.raises(InputError, match="has not finished"):
        evaluate_run(run, [data], ASK)
    with pytest.raises(InputError, match="holds no run"):
        evaluate_run(tmp_path / "nowhere", [data], ASK)


def test_data_of_another_registry_is_refused(run: Path, data: Path) -> None:
    told = json.loads((run / "run.json").read_text())
    told["data"][0]["registries"][0][2] = "0" * 64
    (run / "run.json").write_text(json.dumps(told))
    with pytest.raises(InputError, match="another registry"):
        evaluate_run(run, [data], ASK, device="cpu")


def test_a_device_that_is_not_there_is_refused(run: Path, data: Path) -> None:
    with pytest.raises(InputError, match="no device 'abacus'"):
        evaluate_run(run, [data], ASK, device="abacus")


class _Reader(HTMLParser):
    """Tags with their attributes, and text outside of style sheets."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def test_the_page_holds_what_it_shows_and_runs_nothing(run: Path, data: Path) -> None:
    report = evaluate_run(run, [data], ASK, device="cpu", page=True)
    reader = _Reader()
    reader.feed((run / "eval.html").read_text())
    names = {tag for tag, _ in reader.tags}
    assert not names & {"script", "link", "iframe", "object", "form", "a"}
    assert not [name for _, attributes in reader.tags for name in attributes if name[:2] == "on"]
    pictures = [attributes["src"] or "" for tag, attributes in reader.tags if tag == "img"]
    assert report.in_group is not None
    assert report.retrieval is not None
    assert len(pictures) == len(report.in_group.confusions) + len(report.retrieval.misses)
    for source in pictures:
        head, _, body = source.partition(",")
        assert head == "data:image/jpeg;base64"
        assert Image.open(io.BytesIO(base64.b64decode(body))).height >= 32
    assert "at chance" in "".join(reader.said)


def test_hostile_texts_are_shown_as_texts(data: Path, make_encoder: MakeEncoder) -> None:
    encoder = make_encoder(Encoder)
    crops = Crops(whole=True)
    report = evaluate(encoder, [Shards(data)], encoder.settings, Question(8, split="all"),
                      crops=crops)  # fmt: skip
    evil = "</title><script>alert(1)</script><img src=x onerror='a'>\u202e\x00{}"
    boxes = tuple(
        fact._replace(text=fact.text + evil, key='"><script>', script="<b>")
        for fact in report.boxes
    )
    written = page(replace(report, boxes=boxes), crops, evil)
    reader = _Reader()
    reader.feed(written)
    assert "script" not in {tag for tag, _ in reader.tags}
    assert all((attributes["src"] or "").startswith("data:image/jpeg;base64,")
               for tag, attributes in reader.tags if tag == "img")  # fmt: skip
    assert "\u202e" not in written
    assert "[U+202E]" in written
    assert "<b>" not in written


def test_differences_are_marked_in_both_texts() -> None:
    assert marked("paint", "pant") == ("pa<mark>i</mark>nt", "pant")
    assert marked("a<b", "a&b") == ("a<mark>&lt;</mark>b", "a<mark>&amp;</mark>b")
    assert marked("same", "same") == ("same", "same")


@pytest.fixture
def ask(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    """Run `glyphdata eval` in this process: its code, stdout and stderr."""
    monkeypatch.setitem(COMMANDS, "eval", "What an encoder has learnt.")

    def asked(*words: object) -> tuple[int, str, str]:
        capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            main(["eval", *map(str, words)])
        out, err = capfd.readouterr()
        assert isinstance(left.value.code, int)
        assert "Traceback" not in err, err
        return left.value.code, out, err

    return asked


def test_the_command_says_the_figures_and_prints_one_document(
    run: Path, data: Path, ask: Callable[..., tuple[int, str, str]]
) -> None:
    code, out, err = ask(run, "--data", data, "--of", 8, "--page")
    assert code == 0
    for words in ("text to box", "its text among 4", "the original", "spellings by edit"):
        assert words in out
    assert "heed: retrieval is at chance" in err
    assert (run / "eval.html").exists()
    code, out, _ = ask(run, "--data", data, "--of", 8, "--json")
    assert code == 0
    assert json.loads(out) == json.loads((run / "eval.json").read_text())


def test_a_gate_that_fails_leaves_with_five(
    run: Path, data: Path, ask: Callable[..., tuple[int, str, str]]
) -> None:
    code, out, err = ask(run, "--data", data, "--of", 8, "--least", "text_to_box.r1=0.99", "--json")
    assert code == 5
    assert "text_to_box.r1 is" in err
    assert json.loads(out)["retrieval"]["text_to_box"]["of"] == 8
    assert ask(run, "--data", data, "--of", 8, "--least", "in_group.accuracy=0")[0] == 0


def test_wrong_words_are_a_usage_error(
    run: Path, data: Path, ask: Callable[..., tuple[int, str, str]]
) -> None:
    for words, told in (
        ((), "--data"),
        (("--data", data, "--least", "r1"), "KEY=VALUE"),
        (("--data", data, "--least", "r1=high"), "KEY=VALUE"),
        (("--data", data, "--form", "loud"), "none of styled"),
    ):
        code, out, err = ask(run, *words)
        assert (code, out) == (2, ""), words
        assert told in err
    assert ask(run, "--data", data, "--least", "nothing=1")[0] == 3


def test_help_needs_no_torch() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from glyphdata import cli; cli.COMMANDS.setdefault('eval', '')\n"
        "try: cli.main(['eval', '--help'])\n"
        "except SystemExit: pass\n"
        "print('torch' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert re.search(r"Example: glyphdata eval", done.stdout)
    assert done.stdout.splitlines()[-1] == "False False"
