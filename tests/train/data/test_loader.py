"""Batches: the same for any workers, processes and beginnings, and true to the shards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from glyphdata import Dataset
from glyphdata.caption.prompt import escape
from glyphdata.errors import InputError
from glyphdata.train.batch import Batch
from glyphdata.train.heldout import is_held_out
from glyphdata.train.loader import (
    Loader,
    alphabet_of,
    batches,
    pass_of,
    steps_of,
    tokenizer_of,
)
from glyphdata.train.settings import Settings
from glyphdata.train.source import Damage, Shards

MakeSettings = Callable[..., Settings]


def loaded(settings: Settings, *sources: Shards, steps: int = 4, **how: object) -> Loader:
    return batches(
        settings,
        sources,
        tokenizer=tokenizer_of(settings, sources),
        alphabet=alphabet_of(settings, sources),
        steps=steps,
        **how,  # type: ignore[arg-type]
    )


def same(one: Batch, other: Batch) -> bool:
    """Are two batches equal byte for byte?"""
    for field in fields(Batch):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        if isinstance(mine, torch.Tensor):
            if mine.dtype != theirs.dtype or not torch.equal(mine, theirs):
                return False
        elif mine != theirs:
            return False
    return True


def all_same(one: Sequence[Batch], other: Sequence[Batch]) -> bool:
    return len(one) == len(other) and all(map(same, one, other))


def said(batch: Batch, box: int) -> str:
    """The words that a box's span points at."""
    first, end = batch.spans[box].tolist()
    ids = batch.ids[batch.sequence_of[box]][first:end].tolist()
    return bytes(number - 3 for number in ids).decode()


STRIPS = {"region": {"kind": "strip", "height": 12, "width": 48, "jitter": 0.1}}


def test_a_batch_has_the_shapes_that_it_promises(
    source: Shards, make_settings: MakeSettings
) -> None:
    batch = next(loaded(make_settings(), source))
    boxes, pictures = len(batch), len(batch.views)
    assert batch.views.shape == (pictures, 3, 56, 56)
    assert pictures == 12
    assert batch.views.dtype == torch.uint8
    assert batch.quads.shape == (boxes, 4, 2)
    assert batch.cover.shape == (boxes, 16)
    assert torch.allclose(batch.cover.sum(1), torch.ones(boxes))
    assert batch.ids.shape[0] == len(batch.lengths) == pictures
    assert batch.ids.shape[1] % 8 == 0
    assert batch.characters.shape == (boxes, 0)
    assert len(batch.groups) == 3
    assert batch.facts == ()


def test_every_box_points_at_its_own_words_and_picture(
    groups: Path, source: Shards, make_settings: MakeSettings
) -> None:
    dataset = Dataset(groups)
    for batch in loaded(make_settings(), source, facts=True):
        for box, facts in enumerate(batch.facts):
            record = dataset[facts.key]
            truth = record.facts["boxes"][facts.box]
            assert said(batch, box) == escape(truth["text"]) == escape(facts.text)
            prompt = record.facts["prompt"].encode()
            ids = batch.ids[batch.sequence_of[box]][: batch.lengths[batch.sequence_of[box]]]
            assert bytes(n - 3 for n in ids.tolist() if 3 <= n < 259) == b"".join(
                part.partition(b">")[2] if b">" in part else part
                for part in prompt.replace(b"<color-", b"<").replace(b"<font-", b"<").split(b"<")
            )
            quad = np.array(truth["quad"]).reshape(4, 2) / (160, 120)
            assert np.allclose(batch.quads[box], quad, atol=1e-6)
            view = batch.views[batch.view_of[box]].permute(1, 2, 0).numpy().astype(float)
            pixels = record.pixels().astype(float)
            assert np.abs(view.mean((0, 1)) - pixels.mean((0, 1))).max() < 4


def test_a_family_is_one_box_of_a_group_in_its_spellings(
    source: Shards, make_settings: MakeSettings
) -> None:
    batch = next(loaded(make_settings(), source, facts=True))
    by_family: dict[int, list[int]] = {}
    for box, family in enumerate(batch.family.tolist()):
        by_family.setdefault(family, []).append(box)
    for boxes in by_family.values():
        told = [batch.facts[box] for box in boxes]
        assert len({(one.key[:11], one.box, one.source_text) for one in told}) == 1
        assert [one.member for one in told] == [0, 1, 2, 3]
        assert [bool(one.edits) for one in told if one.member == 0] == [False]
    assert sorted(by_family) == list(range(len(by_family)))


def test_alike_are_those_whose_visible_words_are_the_same(
    source: Shards, make_settings: MakeSettings
) -> None:
    twice: dict[str, Any] = {"batch__groups": 24, "held_out": 0.0}
    plainly = make_settings(text__formats={"styled": 0.0, "plain": 1.0}, **twice)
    styled = next(loaded(make_settings(**twice), source, facts=True))
    plain = next(loaded(plainly, source, facts=True))
    for batch, key in (
        (styled, lambda one: (one.text, one.font_token, one.color_token)),
        (plain, lambda one: one.text),
    ):
        numbers = batch.alike.tolist()
        keys = [key(one) for one in batch.facts]
        assert len(set(zip(numbers, keys, strict=True))) == len(set(numbers)) == len(set(keys))
        assert len(set(keys)) < len(keys)


@pytest.mark.parametrize("region", [{}, STRIPS], ids=["whole", "strips"])
def test_any_number_of_workers_makes_the_same_batches(
    source: Shards, make_settings: MakeSettings, region: dict[str, object]
) -> None:
    settings = make_settings(**region)
    none, one, two = (
        list(loaded(settings, source, workers=workers, facts=True)) for workers in (0, 1, 2)
    )
    assert len(none) == 4
    assert all_same(none, one)
    assert all_same(none, two)


def test_a_run_goes_on_from_any_step_as_if_it_had_never_stopped(
    source: Shards, make_settings: MakeSettings
) -> None:
    settings = make_settings(**STRIPS, text__formats={"styled": 0.5, "bare": 0.5})
    whole = list(loaded(settings, source, steps=9, facts=True))
    for start in (0, 3, 8, 9):
        assert all_same(
            whole[start:], list(loaded(settings, source, steps=9, start_step=start, facts=True))
        )


def test_the_order_of_listing_changes_no_batch(groups: Path, make_settings: MakeSettings) -> None:
    shards = sorted((groups / "data").glob("*.tar"))
    one, other = (list(loaded(make_settings(), Shards(*paths))) for paths in (shards, shards[::-1]))
    assert all_same(one, other)


def test_two_processes_share_what_one_would_read(
    source: Shards, make_settings: MakeSettings
) -> None:
    settings = make_settings(batch__groups=5)
    one = list(loaded(settings, source, facts=True))
    ranks = [list(loaded(settings, source, facts=True, rank=rank, world=2)) for rank in (0, 1)]
    for whole, first, second in zip(one, *ranks, strict=True):
        assert whole.groups == first.groups + second.groups
        assert whole.facts == first.facts + second.facts
        assert torch.equal(whole.alike, torch.cat((first.alike, second.alike)))
        assert torch.equal(whole.views, torch.cat((first.views, second.views)))
        assert (len(first.groups), len(second.groups)) == (2, 3)


def test_an_epoch_reads_every_group_once(source: Shards, make_settings: MakeSettings) -> None:
    settings = make_settings(batch__groups=5)
    assert pass_of(settings, [source]) == 3
    read = [key for batch in loaded(settings, source, steps=12) for key in batch.groups]
    for epoch in range(5):
        assert len(set(read[epoch * 12 : epoch * 12 + 12])) == 12
    assert read[:12] != read[12:24]


def test_spellings_and_boxes_are_drawn_anew_each_epoch(
    source: Shards, make_settings: MakeSettings
) -> None:
    settings = make_settings(batch__groups=12, batch__spellings=2, batch__boxes=1)
    one, two = (
        {(fact.key, fact.box) for fact in batch.facts}
        for batch in loaded(settings, source, steps=2, facts=True)
    )
    assert len(one) == len(two) == 24
    assert one != two
    assert {key[-2:] for key, _ in one | two} == {"00", "01", "02", "03"}


def test_more_groups_than_there_are_makes_families_apart(
    source: Shards, make_settings: MakeSettings
) -> None:
    batch = next(loaded(make_settings(batch__groups=24), source, facts=True))
    assert len(batch.groups) == 24
    assert all(count <= 4 for count in torch.bincount(batch.family).tolist())


def test_held_out_texts_are_neither_seen_nor_said_in_training(
    source: Shards, make_settings: MakeSettings
) -> None:
    settings = make_settings(held_out=0.5, batch__groups=12)
    (train,) = loaded(settings, source, steps=1, facts=True)
    (test,) = loaded(settings, source, steps=1, facts=True, split="test")
    (both,) = loaded(settings, source, steps=1, facts=True, split="all")
    trained = {fact.text for fact in train.facts}
    asked = {fact.source_text for fact in test.facts}
    assert trained
    assert asked
    assert not any(is_held_out(text, 0.5) for text in trained)
    assert all(is_held_out(text, 0.5) for text in asked)
    lines = bytes(n - 3 for n in train.ids.flatten().tolist() if 3 <= n < 259).decode()
    assert not any(f'"{escape(text)}"' in lines for text in asked)
    assert {(one.key, one.box) for one in train.facts + test.facts} < {
        (one.key, one.box) for one in both.facts
    }


def test_a_batch_may_end_without_a_box(source: Shards, make_settings: MakeSettings) -> None:
    for changes in ({}, STRIPS):
        loader = loaded(make_settings(held_out=0.999999, **changes), source, steps=1)
        (batch,) = loader
        assert len(batch) == len(batch.views) == len(batch.ids) == len(batch.family) == 0
        assert batch.groups == ()
        assert loader.tally.left_out["no-box"] == 12


def test_texts_that_do_not_fit_are_left_out_and_counted(
    source: Shards, make_settings: MakeSettings
) -> None:
    settings = make_settings(text__max_tokens=30, batch__groups=12)
    loader = loaded(settings, source, steps=1, facts=True)
    (batch,) = loader
    assert batch.ids.shape[1] <= 32
    assert batch.lengths.max() <= 30
    assert loader.tally.left_out["too-long"] > 0
    assert len(batch) + loader.tally.left_out["too-long"] == len(
        next(loaded(make_settings(batch__groups=12), source))
    )
    for box, facts in enumerate(batch.facts):
        assert said(batch, box) == escape(facts.text)


def test_bare_texts_are_one_sequence_a_box(source: Shards, make_settings: MakeSettings) -> None:
    settings = make_settings(text__formats={"styled": 0.0, "bare": 1.0}, text__tokens="none")
    batch = next(loaded(settings, source, facts=True))
    assert len(batch.ids) == len(batch) > len(batch.views)
    for box, facts in enumerate(batch.facts):
        assert batch.lengths[box] == len(facts.text.encode()) + 1
        assert said(batch, box) == facts.text


def test_a_phrase_may_be_pooled_whole(source: Shards, make_settings: MakeSettings) -> None:
    settings = make_settings(text__pool="phrase", text__formats={"styled": 0.0, "plain": 1.0})
    batch = next(loaded(settings, source, facts=True))
    assert said(batch, 0) == f'Text "{escape(batch.facts[0].text)}". '


def test_forms_come_as_often_as_the_settings_say(
    source: Shards, make_settings: MakeSettings
) -> None:
    formats = {"styled": 0.6, "plain": 0.0, "bare": 0.4}
    loader = loaded(
        make_settings(text__formats=formats, batch__boxes=1), source, steps=50, facts=True
    )
    bare = sum(bool((batch.ids[:, 0] != ord("T") + 3).any()) for batch in loader)
    assert 12 <= bare <= 28


def test_strips_hold_each_box_upright(source: Shards, make_settings: MakeSettings) -> None:
    region = {"kind": "strip", "height": 12, "width": 48, "margin": 0.0}
    batch = next(loaded(make_settings(region=region), source, facts=True))
    assert batch.views.shape == (len(batch), 3, 12, 48)
    assert torch.equal(batch.view_of, torch.arange(len(batch)))
    corners = torch.tensor([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
    assert torch.allclose(batch.quads, corners.expand(len(batch), 4, 2), atol=1e-5)
    contrast = batch.views.float().amax((1, 2, 3)) - batch.views.float().amin((1, 2, 3))
    assert contrast.min() > 40


def test_a_margin_leaves_room_around_the_box(source: Shards, make_settings: MakeSettings) -> None:
    region = {"kind": "strip", "height": 12, "width": 48, "margin": 0.5}
    batch = next(loaded(make_settings(region=region), source))
    assert torch.allclose(batch.quads[:, 0, 1], torch.full((len(batch),), 0.25), atol=1e-3)
    assert batch.quads[:, 2, 0].max() < 1


def test_jitter_is_of_training_alone(source: Shards, make_settings: MakeSettings) -> None:
    still = make_settings(region={"kind": "strip", "jitter": 0.0})
    moved = make_settings(region={"kind": "strip", "jitter": 0.2})
    for split, alike in (("train", False), ("all", True)):
        one, other = (next(loaded(settings, source, split=split)) for settings in (still, moved))
        assert torch.equal(one.views, other.views) is alike


def test_characters_are_given_to_the_tower_that_reads_them(
    source: Shards, make_settings: MakeSettings
) -> None:
    text = {"tower": "characters", "characters": 6, "formats": {"styled": 0.0, "bare": 1.0}}
    loader = loaded(make_settings(text=text, batch__groups=12), source, steps=1, facts=True)
    (batch,) = loader
    assert batch.characters.shape == (len(batch), 6)
    for box, facts in enumerate(batch.facts):
        classes = [number for number in batch.characters[box].tolist() if number]
        assert "".join(chr(number + 0x20) for number in classes) == facts.text
    assert loader.tally.left_out["foreign-characters"] > 0


def test_the_alphabet_of_the_data_knows_all_its_characters(
    singles: Path, make_settings: MakeSettings
) -> None:
    text = {
        "tower": "characters",
        "alphabet": "data",
        "characters": 40,
        "formats": {"styled": 0.0, "bare": 1.0},
    }
    settings = make_settings(text=text, loss__hard=0.0, batch__groups=16)
    loader = loaded(settings, Shards(singles), steps=1, facts=True)
    (batch,) = loader
    assert {fact.script for fact in batch.facts} > {"latin", "cyrillic", "arabic"}
    assert loader.tally.left_out["foreign-characters"] == 0


def test_spellings_that_are_not_taken_may_be_said_unseen(
    source: Shards, make_settings: MakeSettings
) -> None:
    for region in ({}, STRIPS):
        settings = make_settings(loss__text_hard=0.2, batch__spellings=2, **region)
        loader = loaded(settings, source, facts=True, steps=1)
        (batch,) = loader
        unseen = batch.view_of < 0
        assert loader.tally.boxes == int((~unseen).sum()) == int(unseen.sum())
        assert loader.tally.pictures == 6
        assert set(batch.family[unseen].tolist()) == set(batch.family[~unseen].tolist())
        assert not batch.quads[unseen].any()
        assert not batch.cover[unseen].any()
        for box, facts in enumerate(batch.facts):
            assert said(batch, box) == escape(facts.text)


def test_near_misses_that_were_never_drawn_may_be_said(
    make: Callable[..., Path], make_settings: MakeSettings
) -> None:
    out = make(samples=4, variants={"count": 3, "rendered": False})
    settings = make_settings(loss={"hard": 0.0, "text_hard": 0.2}, batch__groups=4)
    batch = next(loaded(settings, Shards(out), facts=True))
    seen, unseen = (
        {
            fact.text
            for fact, view in zip(batch.facts, batch.view_of, strict=True)
            if bool(view < 0) == no
        }
        for no in (False, True)
    )
    facts = [box for record in Dataset(out) for box in record.facts["boxes"]]
    assert seen == {box["text"] for box in facts}
    assert unseen == {text for box in facts for text in box["negatives"]}


@pytest.mark.parametrize("tokens", ["auto", "v1"])
def test_faces_are_spelled_as_asked_whatever_the_data_say(
    singles: Path, make_settings: MakeSettings, tokens: str
) -> None:
    settings = make_settings(text__tokens=tokens, loss__hard=0.0, batch__groups=16)
    source = Shards(singles)
    table = tokenizer_of(settings, [source]).table
    assert table.size == (1510 if tokens == "auto" else 1034)
    (batch,) = loaded(settings, source, steps=1, facts=True)
    dataset = Dataset(singles)
    for box, facts in enumerate(batch.facts):
        ids = batch.ids[batch.sequence_of[box]].tolist()
        assert table.id_of(f"<color-{facts.color_token}>") in ids
        if tokens == "v1":
            assert table.id_of(f"<font-{facts.font_token}>") in ids
        elif facts.script != "arabic":
            prompt = dataset[facts.key].facts["prompt"]
            names = [table.names[number - 384] for number in ids if number >= 384]
            assert all(name in prompt for name in names)
            assert any("-font-" in name for name in names)


def test_prompts_of_version_2_are_spelled_from_data_of_version_1(
    source: Shards, make_settings: MakeSettings
) -> None:
    settings = make_settings(text__tokens="v2")
    batch = next(loaded(settings, source, facts=True))
    table = tokenizer_of(settings, [source]).table
    names = [table.names[number - 384] for number in batch.ids.flatten().tolist() if number >= 384]
    assert {name.partition("-")[0] for name in names} == {"<color", "<en"}
    assert sum("color" in name for name in names) == sum("font" in name for name in names)


def test_captions_say_where_they_quote_each_box(singles: Path, make_settings: MakeSettings) -> None:
    text = {
        "formats": {"styled": 0.0, "caption": 1.0},
        "caption_levels": {"1": 1.0, "2": 1.0},
        "caption_blend": 1.0,
    }
    settings = make_settings(text=text, loss__hard=0.0, batch__groups=16)
    loader = loaded(settings, Shards(singles), steps=1, facts=True)
    (batch,) = loader
    assert len(batch) > 16
    for box, facts in enumerate(batch.facts):
        assert said(batch, box).split() == facts.text.split()
        before = batch.ids[batch.sequence_of[box]][: batch.spans[box][0]].tolist()
        assert len(before) > 10
    other = next(loaded(settings.model_copy(update={"seed": 1}), Shards(singles), facts=True))
    assert other.ids.shape != batch.ids.shape or not torch.equal(other.ids, batch.ids)


def test_boxes_that_a_caption_does_not_quote_are_left_out(
    singles: Path, make_settings: MakeSettings
) -> None:
    text = {
        "formats": {"styled": 0.0, "caption": 1.0},
        "caption_levels": {"6": 1.0},
        "caption_blend": 1.0,
    }
    settings = make_settings(text=text, loss__hard=0.0, batch__groups=16)
    loader = loaded(settings, Shards(singles), steps=1)
    (batch,) = loader
    whole = next(loaded(make_settings(loss__hard=0.0, batch__groups=16), Shards(singles)))
    assert len(batch) + loader.tally.left_out["unquoted"] == len(whole)
    assert loader.tally.left_out["unquoted"] > 0


def test_without_captions_the_samples_own_prompt_is_read(
    source: Shards, make_settings: MakeSettings
) -> None:
    text = {"formats": {"styled": 0.0, "caption": 1.0}}
    batch = next(loaded(make_settings(text=text), source, facts=True))
    assert len(batch) == len(next(loaded(make_settings(), source)))
    for box, facts in enumerate(batch.facts):
        assert said(batch, box) == escape(facts.text)


def cut(groups: Path, folder: Path) -> Path:
    """The groups with their second shard cut in the middle."""
    out = Path(shutil.copytree(groups, folder / "cut"))
    shard = out / "data" / "train-000001.tar"
    shard.write_bytes(shard.read_bytes()[: shard.stat().st_size // 2])
    return out


@pytest.mark.parametrize("workers", [0, 2])
def test_damage_stops_a_run_and_names_the_shard(
    groups: Path, tmp_path: Path, make_settings: MakeSettings, workers: int
) -> None:
    loader = loaded(make_settings(), Shards(cut(groups, tmp_path)), workers=workers)
    with pytest.raises(Damage, match=r"train-000001.tar.*damaged=skip"):
        list(loader)
    assert list(loader) == []


def test_damage_is_skipped_and_counted_where_that_is_asked_for(
    groups: Path, source: Shards, tmp_path: Path, make_settings: MakeSettings
) -> None:
    settings = make_settings(damaged="skip")
    loaders = [
        loaded(settings, Shards(cut(groups, tmp_path / str(workers))), workers=workers)
        for workers in (0, 2)
    ]
    one, other = ([batch.groups for batch in loader] for loader in loaders)
    lost = loaders[0].tally.left_out["damaged"]
    assert one == other
    assert 0 < lost < 4
    assert sum(map(len, one)) == 12 - lost
    assert all("train-000001.tar" in told for told in loaders[0].tally.damage)
    whole = [batch.groups for batch in loaded(make_settings(), source)]
    assert all(set(less) <= set(more) for less, more in zip(one, whole, strict=True))


def test_a_picture_that_cannot_be_decoded_is_damage_of_its_group(
    groups: Path, tmp_path: Path, make_settings: MakeSettings
) -> None:
    out = Path(shutil.copytree(groups, tmp_path / "spoilt"))
    shard = out / "data" / "train-000000.tar"
    content = bytearray(shard.read_bytes())
    content[512:522] = b"0" * 10
    shard.write_bytes(bytes(content))
    loader = loaded(make_settings(damaged="skip"), Shards(out))
    keys = [key for batch in loader for key in batch.groups]
    assert len(keys) == 11
    assert "000000-0000" not in keys
    assert "000000-0000-00" in loader.tally.damage[0]


def test_excluded_keys_are_in_no_batch(groups: Path, make_settings: MakeSettings) -> None:
    gone = {"000001-0002-01", "000002-0003-00"}
    loader = loaded(make_settings(), Shards(groups, exclude=gone), facts=True)
    keys = {fact.key for batch in loader for fact in batch.facts}
    assert len(keys) == 46
    assert not keys & gone


def test_without_groups_spellings_cannot_be_compared(
    singles: Path, make_settings: MakeSettings
) -> None:
    with pytest.raises(InputError, match=r"no groups of spellings.*loss.hard=0"):
        loaded(make_settings(), Shards(singles))
    assert next(loaded(make_settings(loss__hard=0.0), Shards(singles)))
    assert next(loaded(make_settings(), Shards(singles), split="all"))


def test_stages_read_one_dataset_after_the_other(
    groups: Path, singles: Path, make_settings: MakeSettings
) -> None:
    first, second = Shards(singles), Shards(groups)
    settings = make_settings(stages=[1, 3], text__tokens="v1")
    mixed = list(loaded(settings, first, second, steps=8, facts=True))
    only = list(loaded(settings, second, steps=6, facts=True))
    assert all("-0" not in fact.key[7:] for batch in mixed[:2] for fact in batch.facts)
    assert [batch.groups for batch in mixed[2:]] == [batch.groups for batch in only]
    assert all_same(
        mixed[5:], list(loaded(settings, first, second, steps=8, start_step=5, facts=True))
    )


def test_several_datasets_want_as_many_stages(
    groups: Path, singles: Path, make_settings: MakeSettings
) -> None:
    sources = Shards(groups), Shards(singles)
    with pytest.raises(InputError, match=r"2 datasets and 0 stages.*stages=\["):
        loaded(make_settings(), *sources)
    settings = make_settings(batch__groups=7)
    read = list(loaded(settings, *sources, steps=pass_of(settings, sources), split="all"))
    assert len([key for batch in read for key in batch.groups]) == 28


def test_the_length_of_a_run_follows_from_its_epochs(
    source: Shards, make_settings: MakeSettings
) -> None:
    assert steps_of(make_settings(epochs=2.5), [source]) == 10
    assert steps_of(make_settings(steps=7), [source]) == 7


def test_a_loader_tells_how_fast_it_was(source: Shards, make_settings: MakeSettings) -> None:
    loader = loaded(make_settings(), source)
    list(loader)
    rate = loader.rate()
    assert rate.samples_per_s > 10
    assert 0 < rate.waiting <= 1
    assert loader.rate().samples_per_s == 0
    assert loader.tally.pictures == 48


def test_workers_outlive_a_signal_to_the_whole_group_and_end_with_the_loader(
    source: Shards, make_settings: MakeSettings
) -> None:
    import multiprocessing

    loader = loaded(make_settings(), source, steps=20, workers=2)
    assert next(loader).groups != next(loader).groups  # one of each worker
    workers = multiprocessing.active_children()
    assert len(workers) == 2
    for worker in workers:
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(worker.pid or 0, number)
    assert len(list(loader)) == 18
    loader.close()
    for worker in workers:
        worker.join(10)
        assert not worker.is_alive()


def test_a_rank_beyond_the_world_is_refused(source: Shards, make_settings: MakeSettings) -> None:
    with pytest.raises(InputError, match="no process 2 among 2"):
        loaded(make_settings(), source, rank=2, world=2)


RUN = """
import multiprocessing, os, signal, sys
from glyphdata.train.loader import batches, tokenizer_of
from glyphdata.train.loading import settings_of
from glyphdata.train.source import Shards

if __name__ == "__main__":
    settings, sources = settings_of({"batch": {"groups": 2}}), [Shards(sys.argv[1])]
    tokenizer = tokenizer_of(settings, sources)
    loader = batches(settings, sources, tokenizer=tokenizer, steps=100, workers=1)
    next(loader)
    print(*[worker.pid for worker in multiprocessing.active_children()], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_workers_end_when_their_run_is_killed(groups: Path, tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(RUN)
    root = str(Path(__file__).parents[3])
    # This comes back only when no process is left that holds the run's output open.
    done = subprocess.run(
        [sys.executable, str(script), str(groups)],
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert len(done.stdout.split()) == 1
