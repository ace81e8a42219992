"""A recipe that asks for captions gets those that `glyphdata caption` would say afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from glyphdata.captioning import run
from glyphdata.captions.written import read, written
from glyphdata.generation import generate
from glyphdata.recipe import Recipe
from glyphdata.registry import load
from glyphdata.review.verify import verify
from glyphdata.shards.dataset import Dataset
from tests.captions.citizens import captioned, overlay

ASKED = {"levels": 6, "blend": 0.5, "styles": ["plain", "glyph"], "seed": 4}
Small = Callable[..., Recipe]


@pytest.fixture(scope="module")
def spoken(small: Small, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("spoken") / "out"
    generate(small(captions=ASKED), out, workers=0)
    return out


def test_none_and_two_workers_give_the_same_sums(
    spoken: Path, small: Small, tmp_path: Path
) -> None:
    generate(small(captions=ASKED), tmp_path / "two", workers=2)
    for name in ("SHA256SUMS", "README.md", ".glyphdata/manifest.json"):
        assert (spoken / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_pictures_and_facts_are_those_without_captions(spoken: Path, made: Path) -> None:
    for with_, without in zip(Dataset(spoken), Dataset(made), strict=True):
        assert with_.picture == without.picture
        assert with_.facts | {"recipe": ""} == without.facts | {"recipe": ""}
        assert with_.members.keys() - without.members.keys() == {"captions.json"}


def test_txt_is_a_caption_or_the_prompt_by_the_share(spoken: Path) -> None:
    own = 0
    for record in Dataset(spoken):
        said = [one["text"] for one in record.captions["captions"]]
        assert len(said) == 7
        assert record.text in said
        own += record.text == record.facts["prompt"]
    # Half are the prompt, and the style glyph is the prompt in a quarter more.
    assert 12 <= own <= 23


def test_it_verifies_and_its_card_has_the_types_of_captions(spoken: Path) -> None:
    assert verify(spoken).findings == ()
    card = (spoken / "README.md").read_text(encoding="utf-8")
    assert "`captions.json` | captions of every level" in card
    from datasets import load_dataset

    rows = load_dataset(str(spoken), split="train", streaming=True)
    first = next(iter(rows))["captions.json"]
    assert [one["level"] for one in first["captions"]] == [1, 1, 2, 3, 4, 5, 6]


def test_captioning_from_truth_afterwards_says_the_same(
    spoken: Path, made: Path, tmp_path: Path
) -> None:
    for source in (spoken, made):
        shutil.copytree(source, tmp_path / source.parent.name)
    truth = load("captioners", "truth")(seed=4)
    again = run(tmp_path / spoken.parent.name, truth, styles=("plain", "glyph"))
    assert (again.tally.made, again.tally.there) == (0, 168)
    later = tmp_path / made.parent.name
    run(later, truth, styles=("plain", "glyph"))
    for one, other in zip(Dataset(spoken), Dataset(later), strict=True):
        assert one.captions["captions"] == other.captions["captions"]


def test_a_run_that_goes_on_from_its_journal_keeps_the_captions_inside(
    spoken: Path, tmp_path: Path
) -> None:
    for name in ("clean", "torn"):
        shutil.copytree(spoken, tmp_path / name)
    captioned(tmp_path / "clean")
    torn = tmp_path / "torn"
    captioned(torn, limit=4)
    whole = (torn / "captions/train-000000.jsonl").read_bytes()
    said = []
    for line in whole.splitlines():
        one = read(line)
        fresh = tuple(caption for caption in one.captions if caption.source == "parrot")
        said.append(written(replace(one, captions=fresh)) + b"\n")
    shutil.rmtree(torn / "captions")
    (torn / ".glyphdata/captions/journal-000000.jsonl").write_bytes(b"".join(said))
    assert captioned(torn, limit=2).tally.there == 4
    done = captioned(torn)
    assert (done.tally.there, done.tally.made) == (8, 40)
    assert overlay(torn) == overlay(tmp_path / "clean")


def test_a_blend_over_drawn_txt_takes_the_prompt_for_the_own_caption(spoken: Path) -> None:
    for record in Dataset(spoken).stream(captions="mixed", blend=0.0):
        assert record.text == orjson.loads(record.members["json"])["prompt"]


def test_recipes_without_captions_keep_the_fingerprint_they_had(small: Small) -> None:
    plain = small().fingerprint()
    assert small(captions={"levels": 0, "seed": 9}).fingerprint() == plain
    assert small(captions={"levels": 1}).fingerprint() != plain
    asked = {small(captions=ASKED | change).fingerprint() for change in ({}, {"seed": 5})}
    assert len(asked) == 2
