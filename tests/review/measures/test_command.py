"""`glyphdata measure` as a user meets it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import nn

from tests.review.measures.conftest import Ask


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """What was asked for and what was read, two pictures."""
    truth, read = tmp_path / "truth.jsonl", tmp_path / "read.jsonl"
    truth.write_text('{"key":"a","text":"Hello World"}\n{"key":"b","text":"one two two"}\n')
    read.write_text('{"key":"a","text":"hello World"}\n{"key":"c","text":"more"}\n')
    return truth, read


def pictures(folder: Path, count: int = 3, side: int = 64, seed: int = 0) -> Path:
    folder.mkdir()
    draws = np.random.Generator(np.random.PCG64(seed)).integers(0, 256, (count, side, side, 3))
    for number, pixels in enumerate(draws.astype(np.uint8)):
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return folder


def test_words_with_and_without_case(files: tuple[Path, Path], ask: Ask) -> None:
    found = ask("words", *files, "--json")
    assert found.code == 0
    assert found.document["case"]["precision"] == 0.25
    assert found.document["folded"]["precision"] == 0.5
    assert found.document["by_length"]["up to 20"]["pictures"] == 2
    assert (found.document["unread"], found.document["unasked"]) == (1, 1)
    table = ask("words", *files)
    assert "case minded" in table.out
    assert "0.2500" in table.out
    assert "not read, and counted as empty: 1 text" in table.err


def test_sequences_with_and_without_case(files: tuple[Path, Path], ask: Ask) -> None:
    found = ask("sequences", *files, "--json").document
    assert (found["seq_acc"], found["sen_acc"], found["texts"]) == (0.5, 0.0, 2)
    assert found["ned"] == pytest.approx((1 - 1 / 11) / 2, abs=1e-5)
    assert "SeqAcc" in ask("sequences", *files).out


def test_pictures_are_read_where_no_file_is_given(tmp_path: Path, ask: Ask) -> None:
    (tmp_path / "made").mkdir()
    page = Image.new("L", (320, 120), 255)
    ImageDraw.Draw(page).text((40, 30), "HOUSE", 0, ImageFont.load_default(44))
    page.save(tmp_path / "made" / "a.png")
    (tmp_path / "t").write_text('{"key":"a","text":"House"}\n')
    found = ask("words", tmp_path / "t", "--tesseract", tmp_path / "made", "--psm", 6, "--json")
    assert found.document["folded"]["accuracy"] == 1.0
    assert found.document["case"]["accuracy"] == 0.0


def test_either_a_file_or_pictures_are_read(files: tuple[Path, Path], ask: Ask) -> None:
    truth, read = files
    assert ask("words", truth).code == 2
    assert ask("words", truth, read, "--tesseract", truth.parent).code == 2
    gone = ask("words", truth, truth.parent / "gone")
    assert gone.code == 3
    assert "cannot be read" in gone.err


def test_without_weights_the_file_that_is_needed_is_named(tmp_path: Path, ask: Ask) -> None:
    one = pictures(tmp_path / "one")
    for words, needed in (
        (("fid", one, one), "pt_inception-2015-12-05-6726825d.pth"),
        (("lpips", one, one), "alexnet-owt-7be5be79.pth"),
        (("lpips", one, one, "--weights", one), "alex.pth"),
        (("clip", one, one), "clip-vit-base-patch32"),
    ):
        found = ask(*words)
        assert (found.code, found.out) == (3, "")
        assert "none are fetched" in found.err
        assert needed in found.err


def test_fid_of_a_set_with_itself_is_nothing(tmp_path: Path, ask: Ask) -> None:
    from glyphdata.train.measures.inception import Inception

    torch.set_num_threads(1)
    torch.manual_seed(0)
    network = Inception()
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight)
    torch.save(network.state_dict(), tmp_path / "inception.pth")
    one = pictures(tmp_path / "one", count=2)
    other = pictures(tmp_path / "other", count=2, seed=1)
    given = ("--weights", tmp_path / "inception.pth", "--json")
    same = ask("fid", one, one, *given)
    assert same.code == 0
    assert same.document["real"] == same.document["made"] == 2
    assert "fewer than 2049 say little" in same.err
    apart = ask("fid", one, other, *given).document["fid"]
    assert same.document["fid"] < 1e-6 * apart


def test_lpips_of_a_picture_with_itself_is_nothing(tmp_path: Path, ask: Ask) -> None:
    from glyphdata.train.measures.lpips import Lpips

    torch.manual_seed(0)
    held = Lpips().state_dict()
    torch.save({n: w for n, w in held.items() if n[0] == "f"}, tmp_path / "alexnet.pth")
    torch.save({n: w.abs() for n, w in held.items() if n[0] == "l"}, tmp_path / "alex.pth")
    one = pictures(tmp_path / "one", count=2)
    other = pictures(tmp_path / "other", count=1, seed=1)
    given = ("--weights", tmp_path / "alexnet.pth", "--heads", tmp_path / "alex.pth", "--json")
    assert ask("lpips", one, one, *given).document["by_key"] == {"0": 0.0, "1": 0.0}
    apart = ask("lpips", one, other, *given).document
    assert apart["pictures"] == 1
    assert apart["lpips"] > 0.0001


def test_clip_scores_each_picture_with_its_own_text(
    tmp_path: Path, tiny_clip: Path, ask: Ask
) -> None:
    made = pictures(tmp_path / "made", count=2)
    truth = tmp_path / "t"
    truth.write_text(
        '{"key":"0","text":"a cat"}\n{"key":"1","text":"a dog"}\n{"key":"9","text":""}\n'
    )
    found = ask("clip", truth, made, "--model", tiny_clip, "--json").document
    assert list(found["by_key"]) == ["0", "1"]
    assert found["clipscore"] == pytest.approx(sum(found["by_key"].values()) / 2)
    from glyphdata.caption.hf.clip import Clip

    alone = Clip(tiny_clip).scores([(made / "1.png").read_bytes()], ["a dog"])[0]
    assert found["by_key"]["1"] == pytest.approx(alone)


def test_a_device_that_is_not_there_is_refused(tmp_path: Path, tiny_clip: Path, ask: Ask) -> None:
    made = pictures(tmp_path / "made", count=1)
    (tmp_path / "t").write_text(json.dumps({"key": "0", "text": "x"}))
    given = ("--model", tiny_clip, "--device", "abacus")
    found = ask("clip", tmp_path / "t", made, *given)
    assert found.code == 3
    assert "no device 'abacus'" in found.err


def test_measuring_texts_needs_no_torch(files: tuple[Path, Path]) -> None:
    code = (
        "import sys; from glyphdata import cli; cli.COMMANDS.setdefault('measure', '')\n"
        "try: cli.main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print('torch' in sys.modules)"
    )
    for words in (["measure", "words", *map(str, files)], ["measure", "fid", "--help"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *words],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        assert done.stdout.splitlines()[-1] == "False"
