"""UDiffText's samples from ours: every character under its own mask, and the loss on attention."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import orjson
import pytest
import torch
from PIL import Image

from glyphdata.errors import InputError, Rejection
from glyphdata.generation import generate
from glyphdata.recipe import load_recipe
from glyphdata.shards.dataset import Dataset, Record
from glyphdata.train.localized import (
    character_masks,
    localized_loss,
    localized_sample,
    words,
)


def png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def record(text: str, clusters: list[tuple[int, int, int]], size: tuple[int, int] = (64, 64)):
    """A picture with a word over its middle, whose clusters stand side by side, as wide each."""
    width, height = size
    mask = np.zeros((height, width), np.uint8)
    for place, (_, _, value) in enumerate(clusters):
        mask[24:40, 8 + 8 * place : 15 + 8 * place] = value
    right = 8 + 8 * len(clusters)
    quad = [16 * one for one in (8, 20, right, 20, right, 44, 8, 44)]
    starts, ends, values = (list(column) for column in zip(*clusters, strict=True))
    layout = {
        "unit": 16,
        "boxes": [
            {
                "id": 0,
                "words": [{"start": 0, "end": len(text.encode()), "line": 0, "quad": quad}],
                "clusters": {"start": starts, "end": ends, "mask": values},
            }
        ],
    }
    facts = {"width": width, "height": height, "boxes": [{"id": 0, "text": text}]}
    shades = np.arange(height * width * 3, dtype=np.uint32).reshape(height, width, 3)
    picture = (shades % 251).astype(np.uint8)
    members = {
        "json": orjson.dumps(facts),
        "layout.json": orjson.dumps(layout),
        "mask.png": png(mask),
        "png": png(picture),
    }
    return Record("000000-0001", members)


AB = [(0, 1, 3), (1, 2, 4)]


def test_each_character_has_its_own_mask_in_reading_order() -> None:
    one = record("Ab", AB)
    (word,) = words(one)
    assert (word.text, word.mask_values) == ("Ab", (3, 4))
    masks, real = character_masks(one.mask(), word)
    assert masks.shape == (12, 64, 64)
    assert real.tolist() == [1, 1] + [0] * 10
    assert masks[0, 24:40, 8:15].all() and masks[0].sum() == 16 * 7
    assert masks[1, 24:40, 16:23].all() and masks[1].sum() == 16 * 7
    assert not masks[2:].any()


def test_the_characters_of_a_ligature_share_its_mask() -> None:
    one = record("ffi", [(0, 2, 1), (2, 3, 2)])
    (word,) = words(one)
    assert word.mask_values == (1, 1, 2)
    masks, _ = character_masks(one.mask(), word)
    assert np.array_equal(masks[0], masks[1])
    assert not np.array_equal(masks[1], masks[2])


@pytest.mark.parametrize(
    ("text", "clusters", "reason"),
    [
        ("é", [(0, 2, 1)], "foreign-character"),
        ("A" * 13, [(n, n + 1, n + 1) for n in range(13)], "too-long"),
        ("Ab", [(0, 1, 3), (1, 2, 0)], "no-ink"),
    ],
)
def test_words_that_it_does_not_take_are_rejected_by_reason(
    text: str, clusters: list[tuple[int, int, int]], reason: str
) -> None:
    one = record(text, clusters, (128, 64))
    (word,) = words(one)
    with pytest.raises(Rejection) as told:
        character_masks(one.mask(), word)
    assert told.value.reason == reason


def test_a_sample_has_the_fields_that_its_dataloader_gives() -> None:
    one = record("Ab", AB)
    (word,) = words(one)
    sample = localized_sample(one, word, 64)
    shapes = {name: tuple(v.shape) for name, v in sample.items() if isinstance(v, torch.Tensor)}
    assert shapes == {
        "image": (3, 64, 64),
        "mask": (1, 64, 64),
        "masked": (3, 64, 64),
        "seg": (12, 64, 64),
        "seg_mask": (12,),
        "r_bbox": (4,),
        "original_size_as_tuple": (2,),
        "crop_coords_top_left": (2,),
        "target_size_as_tuple": (2,),
    }
    assert (sample["label"], sample["txt"], sample["name"]) == ("Ab", '"Ab"', "000000-0001")
    image, mask, masked = sample["image"], sample["mask"], sample["masked"]
    wanted = torch.from_numpy(one.pixels().transpose(2, 0, 1) / 127.5 - 1).float()
    torch.testing.assert_close(image, wanted)
    assert sample["r_bbox"].tolist() == [20, 44, 8, 24]
    assert mask[0, 21:44, 9:24].all() and not mask[0, :20].any()
    assert torch.equal(masked, image * (1 - mask))
    assert sample["seg_mask"].tolist() == [1.0, 1.0] + [0.0] * 10


def test_a_wide_picture_is_cut_to_the_square_around_the_word_and_scaled() -> None:
    one = record("Ab", AB, (192, 64))
    (word,) = words(one)
    sample = localized_sample(one, word, 128)
    assert sample["crop_coords_top_left"].tolist() == [0, 0]  # the word stands at the left
    assert sample["original_size_as_tuple"].tolist() == [64, 192]
    assert sample["r_bbox"].tolist() == [40, 88, 16, 48]
    assert sample["seg"][0, 48:80, 16:30].all() and sample["seg"][0].sum() == 32 * 14


def test_a_small_word_is_rejected_before_its_picture_is_decoded() -> None:
    one = record("A", [(0, 1, 1)], (256, 256))
    members = {name: data for name, data in one.members.items() if name != "png"}
    (word,) = words(one)
    with pytest.raises(Rejection) as told:
        localized_sample(Record(one.key, members), word)
    assert told.value.reason == "too-small"


def test_words_that_we_draw_are_samples_with_ink_under_every_character(tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    path.write_text(
        json.dumps(
            {
                "name": "words",
                "samples": 6,
                "canvas": {"width": 256, "height": 256},
                "boxes": {"count": 1, "size_px": [48, 60]},
                "levels": {"word": 1},
                "texts": [{"kind": "charset", "length": [3, 5]}],
                "backgrounds": [{"kind": "black"}],
                "outputs": {"layout": True, "mask": True},
            }
        )
    )
    generate(load_recipe(path), tmp_path / "out", workers=0)
    done = 0
    for one in Dataset(tmp_path / "out"):
        bright = one.pixels().max(2)
        for word in words(one):
            sample = localized_sample(one, word, 256)
            assert sample["label"] in one.facts["boxes"][0]["text"]
            for place in range(len(word.text)):
                under = bright[sample["seg"][place].numpy() > 0]
                assert under.mean() > 20
            done += 1
    assert done == 6


def by_hand(looks: np.ndarray, seg: np.ndarray, count: int) -> float:
    """One sample, one layer, one head: blurred cell by cell, maxima by comparing."""
    side = looks.shape[1]
    weights = {(dy, dx): np.exp(-(dy * dy + dx * dx) / 2) for dy in (-1, 0, 1) for dx in (-1, 0, 1)}
    total = sum(weights.values())
    gaps = []
    for j in range(count):
        inside, outside = 0.0, 0.0
        for y in range(side):
            for x in range(side):
                blurred = sum(
                    weight / total * looks[j, y + dy, x + dx]
                    for (dy, dx), weight in weights.items()
                    if 0 <= y + dy < side and 0 <= x + dx < side
                )
                inside = max(inside, blurred * seg[j, y, x])
                outside = max(outside, blurred * (1 - seg[j, y, x]))
        gaps.append(outside - inside)
    return float(np.mean(gaps))


def test_the_loss_is_what_its_formula_says() -> None:
    draw = np.random.Generator(np.random.PCG64(5))
    looks, seg = draw.random((12, 16, 16)), (draw.random((12, 16, 16)) > 0.6).astype(float)
    real = torch.tensor([[1.0] * 3 + [0.0] * 9])
    heads = np.stack([looks * 0.5, looks * 1.5])  # their mean is `looks`
    layer = torch.from_numpy(heads.reshape(2, 12, 256)).mT[None]
    found = localized_loss([layer], torch.from_numpy(seg)[None], real)
    assert found.item() == pytest.approx(by_hand(looks, seg, 3), abs=1e-6)


def test_attention_inside_its_mask_is_rewarded_and_outside_is_not() -> None:
    seg = torch.zeros(1, 12, 32, 32)
    seg[0, 0, :, :16] = 1
    real = torch.tensor([[1.0] + [0.0] * 11])
    inside = torch.zeros(1, 1, 16 * 16, 12)
    inside[0, 0, 8 * 16 + 3, 0] = 1.0
    outside = torch.zeros(1, 1, 16 * 16, 12)
    outside[0, 0, 8 * 16 + 12, 0] = 1.0
    good, bad = (localized_loss([one], seg, real) for one in (inside, outside))
    assert good.item() == pytest.approx(-bad.item())
    assert good < -0.2
    small = torch.rand(1, 1, 64, 12)
    assert localized_loss([inside, small], seg, real) == good
    inside.requires_grad_()
    localized_loss([inside], seg, real).backward()
    assert inside.grad is not None
    assert inside.grad[0, 0, 8 * 16 + 3, 0] < 0
    assert not inside.grad[..., 1:].any()


def test_layers_that_are_all_too_small_are_refused() -> None:
    with pytest.raises(InputError, match="side of 16"):
        localized_loss([torch.zeros(1, 1, 64, 12)], torch.zeros(1, 12, 8, 8), torch.ones(1, 12))


def test_a_sample_without_layout_says_how_to_get_one() -> None:
    one = record("Ab", AB)
    bare = Record(one.key, {"json": one.members["json"]})
    with pytest.raises(InputError, match=r"no layout\.json"):
        list(words(bare))
