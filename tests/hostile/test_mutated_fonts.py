"""Fonts spoiled in every way, on their way in and in a run: none of them ends the driver."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from glyphdata.errors import GlyphdataError
from glyphdata.faces.catalogue import Catalogue, forget
from glyphdata.faces.face import Source
from glyphdata.faces.incoming import Incoming, Taken, take
from glyphdata.faces.locate import user_folder
from glyphdata.generation import generate
from glyphdata.recipe import load_recipe
from glyphdata.scene.rng import Rng
from glyphdata.shards.dataset import Dataset
from tests.hostile.fonts import WAYS, forged, spoiled


def mutants(folder: Path, count: int) -> tuple[list[Incoming], Counter[str]]:
    """So many spoiled fonts, each of a design of its own, and how often each way was taken."""
    offered: list[Incoming] = []
    ways: Counter[str] = Counter()
    (folder / "spoiled").mkdir(parents=True)
    for number in range(count):
        rng = Rng.of(24, number)
        path = rng.at("make").pick(forged(folder / "sound", number))
        way, data = spoiled(path.read_bytes(), rng.at("spoil"))
        ways[way] += 1
        place = folder / "spoiled" / f"{number:03d}-{way}{path.suffix}"
        place.write_bytes(data)
        offered.append(Incoming(place, Source("file", "", "", place.name), "OFL-1.1", None, ""))
    return offered, ways


def accounted(offered: list[Incoming], taken: Taken) -> None:
    """Every file either brought a face or was refused, and each refusal says why."""
    refused = {one.path for one in taken.refused}
    brought = {face.file for face in taken.added}
    for one in offered:
        assert str(one.path) in refused or one.path.name in brought, one.path
    assert all(one.code and one.message for one in taken.refused)


def drawn(folder: Path, families: list[str], samples: int) -> Counter[str]:
    """What came of a run that draws in these families: its samples, its faces in quarantine."""
    recipe = {
        "name": "spoiled",
        "samples": samples,
        "canvas": {"width": 128, "height": 96},
        "shard": {"samples": 50},
        "boxes": {"count": [1, 2], "size_px": [10, 30]},
        "levels": {"word": 1},
        "texts": [{"kind": "words", "language": "en", "count": 1}],
        "backgrounds": [{"kind": "black"}],
        "faces": {"families": families, "scripts": ["latin"]},
    }
    (folder / "recipe.yaml").write_text(json.dumps(recipe))
    made = generate(load_recipe(folder / "recipe.yaml"), folder / "out", workers=1)
    assert made.finished
    assert all(face.reason and face.message for face in made.quarantined_faces)
    assert made.samples + len(made.quarantined) + 50 * len(made.lost_shards) >= samples
    assert all(spot.reason and spot.message for spot in made.quarantined)
    for record in Dataset(folder / "out") if made.samples else ():
        assert record.pixels().shape == (96, 128, 3)
    return Counter(samples=made.samples, faces=len(made.quarantined_faces))


@pytest.fixture
def own_registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home of its own for what is added."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    forget()


def gone_through(tmp_path: Path, count: int, samples: int) -> Counter[str]:
    offered, ways = mutants(tmp_path / "fonts", count)
    taken = take(offered, seconds=20)
    accounted(offered, taken)
    families = sorted({face.family for face in taken.added})
    assert 0 < len(families) < count
    own = Catalogue(user_folder() / "registry.jsonl")
    assert {own.status(face.token) for face in taken.added} == {"active"}
    found = drawn(tmp_path, families[:200], samples)
    return found + Counter(kinds=len(ways), taken=len(families))


@pytest.mark.usefixtures("own_registry")
def test_thirty_spoiled_fonts_are_each_taken_or_refused_and_drawing_in_them_ends(
    tmp_path: Path,
) -> None:
    found = gone_through(tmp_path, 30, 40)
    assert found["kinds"] == len(WAYS)
    assert found["samples"] >= 36
    forget()


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("own_registry")
def test_five_hundred_spoiled_fonts_are_each_taken_or_refused_and_drawing_in_them_ends(
    tmp_path: Path,
) -> None:
    found = gone_through(tmp_path, 500, 1000)
    assert found["samples"] > 900
    forget()


@pytest.mark.parametrize("way", WAYS)
def test_each_way_of_spoiling_spoils(way: str, tmp_path: Path) -> None:
    for path in forged(tmp_path):
        sound = path.read_bytes()
        changed = bytearray(sound)
        for number in range(6):
            WAYS[way](changed, Rng.of(3, number))
            if changed != sound:
                break
        assert changed != sound


def test_sound_fonts_of_every_make_are_taken(tmp_path: Path) -> None:
    offered = [
        Incoming(path, Source("file", "", "", path.name), "OFL-1.1", None, "")
        for path in forged(tmp_path / "sound")
    ]
    taken = take(offered, tmp_path / "own")
    assert taken.refused == ()
    assert [face.key for face in taken.added] == [
        *("Cubic0-Regular", "Quadratic0-Regular", "Varying0-W100", "Varying0-W900")
    ]


def test_a_kept_font_that_is_spoiled_later_is_not_opened(tmp_path: Path) -> None:
    (path, *_) = forged(tmp_path / "sound")
    taken = take(
        [Incoming(path, Source("file", "", "", path.name), "OFL-1.1", None, "")], tmp_path / "own"
    )
    own = Catalogue(tmp_path / "own" / "registry.jsonl")
    token = taken.added[0].token
    kept = own.path(token)
    assert kept is not None
    kept.chmod(0o600)
    kept.write_bytes(kept.read_bytes()[:400])
    with pytest.raises(GlyphdataError, match=r"has changed|was changed|is no|size"):
        Catalogue(tmp_path / "own" / "registry.jsonl").open(token)
