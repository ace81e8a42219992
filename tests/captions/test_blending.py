"""Which caption is read belongs to (seed, epoch, key), by the shares that were asked for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from glyphdata.captioning import run
from glyphdata.errors import InputError
from glyphdata.registry import load
from glyphdata.scene.rng import Rng
from glyphdata.shards.blending import Blend, Spoken, own_captions
from glyphdata.shards.dataset import Dataset

EVERY = [Spoken(level, "plain", f"level {level}") for level in range(1, 7)]
DRAWS = 6000


def drawn(blend: Blend, spoken: list[Spoken] = EVERY) -> Counter[str | None]:
    return Counter(blend.draw(spoken, "own", Rng.of(1, index)) for index in range(DRAWS))


def near(counts: Counter[str | None], expected: dict[str, float]) -> bool:
    """Chi-square below its 99.9 % point for five degrees of freedom or fewer."""
    assert set(counts) <= {name for name, share in expected.items() if share}
    terms = (
        (counts[name] - share * DRAWS) ** 2 / (share * DRAWS)
        for name, share in expected.items()
        if share
    )
    return sum(terms) < 20.5


def test_levels_are_drawn_evenly_and_own_captions_by_their_share() -> None:
    assert near(
        drawn(Blend(0.95)), {"own": 0.05} | {f"level {one}": 0.95 / 6 for one in range(1, 6)}
        | {"level 6": 0.95 / 6},
    )  # fmt: skip


def test_weights_say_how_often_each_level_is_drawn() -> None:
    heavy = Blend(0.5, ((1, 3.0), (5, 1.0), (6, 0.0)))
    assert near(drawn(heavy), {"own": 0.5, "level 1": 0.375, "level 5": 0.125})


def test_styles_are_drawn_evenly_whatever_their_levels() -> None:
    spoken = [*EVERY[:3], Spoken(1, "glyph", "prompt"), Spoken(1, "gligen", "never")]
    blend = Blend(1.0, styles=("plain", "glyph"))
    assert near(
        drawn(blend, spoken),
        {"prompt": 0.5, "level 1": 1 / 6, "level 2": 1 / 6, "level 3": 1 / 6},
    )


def test_what_a_person_wrote_leaves_others_of_its_level_no_chance() -> None:
    spoken = [*EVERY[:2], Spoken(1, "plain", "a person's", firm=True)]
    assert set(drawn(Blend(1.0), spoken)) == {"a person's", "level 2"}


def test_another_share_moves_no_level() -> None:
    for index in range(300):
        rng = Rng.of(1, index)
        more, less = Blend(0.9).draw(EVERY, "own", rng), Blend(0.3).draw(EVERY, "own", rng)
        assert less in (more, "own")


def test_without_a_caption_or_without_an_own_one_the_other_is_taken() -> None:
    rng = Rng.of(1, 2)
    assert Blend().draw([], "own", rng) == "own"
    assert Blend(0.0).draw(EVERY[:1], None, rng) == "level 1"
    assert Blend().draw([], None, rng) is None


@pytest.mark.parametrize(
    ("how", "fault"),
    [
        ({"share": 1.5}, "no share"),
        ({"weights": ((1, -1.0),)}, "below 0"),
        ({"weights": ((1, 0.0),)}, "weight 0"),
    ],
)
def test_impossible_blends_are_refused(how: dict[str, object], fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        Blend(**how)  # type: ignore[arg-type]


@pytest.fixture
def spoken(out: Path) -> Dataset:
    run(out, load("captioners", "truth")())
    return Dataset(out)


def texts(found: Dataset, **how: object) -> dict[str, str]:
    return {one.key: one.text for one in found.stream(captions="mixed", **how)}  # type: ignore[arg-type]


def test_a_stream_draws_by_epoch_and_key_whoever_reads_in_whatever_order(spoken: Dataset) -> None:
    first = texts(spoken, epoch=1)
    assert texts(spoken, epoch=1, shuffle=True) == first
    halves = [texts(spoken, rank=rank, world=2, epoch=1) for rank in (0, 1)]
    assert halves[0] | halves[1] == first
    assert texts(Dataset(spoken.path), epoch=1) == first
    second = texts(spoken, epoch=2)
    assert sum(first[key] != second[key] for key in first) > 12
    assert texts(spoken, epoch=1, seed=1) != first


def test_a_stream_draws_from_its_captions_and_leaves_txt_alone_unless_asked(
    spoken: Dataset,
) -> None:
    drawn = texts(spoken, blend=1.0, weights={5: 1.0})
    for record in spoken:
        fifth = [one["text"] for one in record.captions["captions"] if one["level"] == 5]
        assert drawn[record.key] == fifth[0]
        assert record.text == record.facts["prompt"]
    assert {one.key: one.text for one in spoken.stream()} == {one.key: one.text for one in spoken}
    assert texts(spoken, blend=0.0) == {one.key: one.text for one in spoken}


def test_epochs_shuffle_anew_and_the_first_is_the_seeds_own(spoken: Dataset) -> None:
    orders = [[one.key for one in spoken.stream(shuffle=True, epoch=epoch)] for epoch in (0, 0, 1)]
    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[2]) == sorted(orders[0])


def test_own_captions_come_from_a_file(spoken: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text('{"key": "000000-0001", "text": "My “own”"}\n')
    found = texts(spoken, blend=0.0, own=path)
    assert found["000000-0001"] == "My “own”"
    # Those without one of theirs get a caption.
    assert all(text != spoken[key].text for key, text in found.items())
    path.write_text('{"key": "000000-0001"}\n')
    with pytest.raises(InputError, match=r"mine\.jsonl, line 1"):
        own_captions(path)
    with pytest.raises(InputError, match="cannot read"):
        texts(spoken, own=tmp_path / "none.jsonl")
