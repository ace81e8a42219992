"""`glyphdata mix` as a user meets it: words in, lines and a code out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from glyphdata.cli import main
from glyphdata.shards.dataset import Dataset
from tests.convert.mixing.conftest import Blend, shards_of

Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> Ask:
    """Run `glyphdata mix` in this process: its code, stdout and stderr."""

    def run(*words: object) -> tuple[int, str, str]:
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as left:
            main(["mix", *map(str, words)])
        out, err = capfdbinary.readouterr()
        assert isinstance(left.value.code, int)
        assert b"Traceback" not in err, err.decode()
        return left.value.code, out.decode(), err.decode()

    return run


def test_a_mix_says_what_it_took_and_what_it_left_out(
    ask: Ask, written: Blend, mixed: Path, tmp_path: Path
) -> None:
    code, out, err = ask(written(), tmp_path / "out", "-w", 0)
    assert code == 0
    assert out.splitlines()[:3] == [
        "words: took 20 of 40 scenes",
        "groups: took 10 of 20 scenes",
        "plain: took 10 of 24 scenes",
    ]
    assert "70 samples in 3 shards" in out
    assert "mask.png is left out: plain has none\n" in err
    assert shards_of(tmp_path / "out") == shards_of(mixed)


def test_a_source_that_is_taken_more_than_once_is_said_to_be(ask: Ask, written: Blend) -> None:
    path = written([{"dataset": "plain", "repeat": True}, {"dataset": "words"}], samples=60)
    code, out, _ = ask(path, path.parent / "none", "--dry-run")
    assert code == 0
    assert out.splitlines()[:2] == [
        "plain: would take 30 scenes of 24, some again",
        "words: would take 30 of 40 scenes",
    ]


def test_check_knows_a_mix_from_a_recipe(
    capfdbinary: pytest.CaptureFixture[bytes], written: Blend
) -> None:
    for words, code in (((), 0), (("--json",), 0), (("-s", "samples=4000"), 3)):
        with pytest.raises(SystemExit) as left:
            main(["check", str(written()), *words])
        assert left.value.code == code
    out, err = capfdbinary.readouterr()
    first, _, rest = out.decode().partition("\n")
    assert first.startswith(f"{written()}: a sound mix; 40 scenes of 3 sources, fingerprint ")
    told = json.loads(rest)
    assert (told["ok"], told["samples"], told["recipe"]["mix"]) == (True, 40, 1)
    assert b"words has 40 groups that are meant" in err


def test_a_dry_run_writes_nothing(ask: Ask, written: Blend, tmp_path: Path) -> None:
    code, out, _ = ask(written(), tmp_path / "out", "--dry-run", "--samples", 36, "--json")
    told = json.loads(out)
    assert (code, told["dry_run"], told["made"], told["samples"]) == (0, True, 3, 0)
    assert [(one["name"], one["scenes"], one["of"]) for one in told["sources"]] == [
        ("words", 18, 40),
        ("groups", 9, 20),
        ("plain", 9, 24),
    ]
    assert not (tmp_path / "out").exists()


def test_it_says_which_sample_stands_at_a_place(
    ask: Ask, written: Blend, mixed: Path, tmp_path: Path
) -> None:
    dataset = Dataset(mixed)
    for index in (0, 17, 39):
        record = next(one for one in dataset if one.facts["index"] == index)
        picture = tmp_path / f"{index}.jpg"
        code, out, _ = ask(written(), "--index", index, "-o", picture, "--json")
        origin = record.facts["origin"]
        told = {"index": index, "source": origin["source"].split("/")[0], "key": origin["key"]}
        assert (code, json.loads(out)) == (0, told)
        assert picture.read_bytes() == record.picture
    assert ask(written(), "--index", 40)[0] == 3


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("{mix}",), 2, "OUT"),
        (("{mix}", "--index", "3", "-o", "{out}/no/3.jpg"), 3, "3.jpg: cannot be written"),
        (("{mix}", "--index", "3", "-o", "{out}.png"), 3, "the picture is a jpg"),
        ((), 2, "MIX"),
        (("{mix}", "{out}", "--shards", "7..9"), 3, "there are no shards 7..9"),
        (("{mix}", "{out}", "--samples", "4000"), 3, "words has 40 groups that are meant"),
        (("{mix}", "{out}", "-s", "sources.0.dataset=/nowhere"), 3, "sources.0.dataset"),
        (("{mix}", "{out}", "--exclude", "/no/list"), 3, "key list cannot be read"),
        (("/no/mix.yaml", "{out}"), 3, "there is no file"),
    ],
)
def test_what_cannot_be_mixed_is_said_with_a_code(
    ask: Ask, written: Blend, tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    filled = [word.format(mix=written(), out=tmp_path / "out") for word in words]
    found, out, err = ask(*filled)
    assert (found, out) == (code, "")
    assert said in err
    assert not (tmp_path / "out").exists()


def test_a_folder_of_another_mix_is_left_alone(ask: Ask, written: Blend, tmp_path: Path) -> None:
    assert ask(written(samples=8), tmp_path / "out", "-w", 0)[0] == 0
    before = shards_of(tmp_path / "out")
    code, _, err = ask(written(samples=8), tmp_path / "out", "-w", 0, "--seed", 9)
    assert (code, "was made from another recipe" in err) == (3, True)
    assert ask(written(samples=8), tmp_path / "out", "--resume", "never")[0] == 3
    assert shards_of(tmp_path / "out") == before
    assert ask(written(samples=8), tmp_path / "out", "-w", 0, "--seed", 9, "--overwrite")[0] == 0
    assert shards_of(tmp_path / "out") != before
