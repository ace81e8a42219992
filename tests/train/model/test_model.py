"""The encoder: what it sees and reads, what stays frozen, and what comes back from a folder."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from glyphdata.errors import InputError, OutputError
from glyphdata.train.batch import Batch
from glyphdata.train.keeping import Lexicon
from glyphdata.train.model import Encoder, build
from glyphdata.train.settings import Settings

MakeBatch = Callable[..., Batch]
MakeSettings = Callable[..., Settings]

STRIP = {"region__kind": "strip", "region__height": 28, "region__width": 56}
WORDS = {"text__tower": "characters", "text__characters": 6, "vision__tower": "vitstr", **STRIP}


def lengths(vectors: Tensor) -> Tensor:
    return vectors.norm(dim=1)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"region__kind": "align"},
        {"region__kind": "align", "vision__head": [24]},
        {"vision__head": [], "embed": 12},
        {"text__head": None},
        {**STRIP},
        {"vision__tower": "vitstr"},
        WORDS,
    ],
    ids=["mean", "align", "align-head", "head", "no-head", "strip", "vit", "udifftext"],
)
def test_it_sees_and_reads_unit_vectors(
    make_settings: MakeSettings, make_batch: MakeBatch, changes: dict[str, object]
) -> None:
    encoder = build(make_settings(**changes), 400, 30).eval()
    strips = (28, 56) if "region__kind" in changes and "height" in str(changes) else None
    batch = make_batch(strips=strips)
    seen, read = encoder.see(batch), encoder.read(batch)
    assert seen.shape == read.vectors.shape == (6, encoder.settings.embed)
    assert torch.allclose(lengths(seen), torch.ones(6), atol=1e-5)
    assert torch.allclose(lengths(read.vectors), torch.ones(6), atol=1e-5)
    assert (read.characters is None) == (changes is not WORDS)


def test_a_character_tower_tells_characters_and_places(
    make_settings: MakeSettings, make_batch: MakeBatch
) -> None:
    read = build(make_settings(**WORDS), 0, 30).read(make_batch(strips=(28, 56)))
    assert read.characters is not None
    assert read.places is not None
    assert (read.characters.shape, read.places.shape) == ((6, 6, 30), (6, 6, 6))


def test_a_box_is_its_own_words_whatever_else_its_batch_holds(
    make_settings: MakeSettings, make_batch: MakeBatch
) -> None:
    encoder, batch = build(make_settings(), 400).eval(), make_batch()
    order = torch.tensor([4, 0, 5, 2, 1, 3])
    names = ("view_of", "quads", "cover", "sequence_of", "spans", "family", "alike")
    moved = replace(batch, **{name: getattr(batch, name)[order] for name in names})
    assert torch.allclose(encoder.see(moved), encoder.see(batch)[order], atol=1e-6)
    read, again = encoder.read(batch).vectors, encoder.read(moved).vectors
    assert torch.allclose(again, read[order], atol=1e-6)


def test_views_are_normalised_as_their_tower_wants(
    make_settings: MakeSettings, make_batch: MakeBatch
) -> None:
    encoder, batch = build(make_settings(), 400).eval(), make_batch()
    given: list[Tensor] = []
    encoder.vision_tower.register_forward_pre_hook(lambda _, inputs: given.append(inputs[0]))
    encoder.see(batch)
    wanted = (batch.views[0, 1, 5, 7].item() / 255 - 0.456) / 0.224
    assert given[0][0, 1, 5, 7].item() == pytest.approx(wanted, abs=1e-5)


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_towers_run_at_the_settings_precision_and_vectors_are_fp32(
    make_settings: MakeSettings, make_batch: MakeBatch, precision: str
) -> None:
    batch = make_batch()
    whole = build(make_settings(), 400).eval()
    half = build(make_settings(precision=precision), 400).eval()
    kinds: list[torch.dtype] = []
    block = half.text_tower.blocks[0]
    block.layer[0].SelfAttention.q.register_forward_hook(lambda *_: kinds.append(_[2].dtype))
    read = half.read(batch).vectors
    assert kinds == [torch.bfloat16 if precision == "bf16" else torch.float16]
    assert read.dtype is half.see(batch).dtype is torch.float32
    assert (read * whole.read(batch).vectors).sum(1).min() > 0.999


def test_frozen_towers_keep_their_weights_and_drop_nothing(
    make_settings: MakeSettings, make_batch: MakeBatch
) -> None:
    settings = make_settings(text__frozen=True, vision__frozen=True, text__dropout=0.5)
    encoder, batch = build(settings, 400), make_batch()
    read = encoder.read(batch).vectors
    assert torch.equal(read, encoder.read(batch).vectors)
    (read.sum() + encoder.see(batch).sum()).backward()
    moved = {name for name, one in encoder.named_parameters() if one.grad is not None}
    assert moved == {"text_head.0.weight", "text_head.2.weight"}
    encoder.train()
    assert not encoder.text_tower.training
    assert not encoder.vision_tower.training


def test_parts_are_what_was_pretrained_and_what_was_not(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    build(make_settings(), 384).text_tower.model.save_pretrained(tmp_path)
    encoder = build(make_settings(text__source=str(tmp_path), vision__frozen=True), 400)
    body, fresh = encoder.parts()
    names = {id(one): name for name, one in encoder.named_parameters()}
    assert {names[id(one)].split(".")[0] for one in body} == {"text_tower"}
    assert {names[id(one)] for one in fresh} == {
        "text_head.0.weight",
        "text_head.2.weight",
        "box_scale",
        "hard_scale",
    }


def test_the_seed_alone_decides_random_weights(make_settings: MakeSettings) -> None:
    torch.manual_seed(1)
    before = torch.get_rng_state()
    one = build(make_settings(seed=3), 400)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    other, third = build(make_settings(seed=3), 400), build(make_settings(seed=4), 400)
    assert all(map(torch.equal, one.state_dict().values(), other.state_dict().values()))
    assert not torch.equal(one.text_head[0].weight, third.text_head[0].weight)


def test_scales_begin_at_the_settings_and_stay_between_0_and_ln_100(
    make_settings: MakeSettings,
) -> None:
    encoder = build(make_settings(loss__box_temperature=0.05, loss__hard_temperature=0.001), 400)
    assert encoder.box_scale.item() == pytest.approx(math.log(20))
    assert encoder.hard_scale.item() == pytest.approx(math.log(100))
    with torch.no_grad():
        encoder.box_scale.fill_(-3.0)
    encoder.clamp()
    assert encoder.box_scale.item() == 0


def test_the_heads_are_those_of_glyph_byt5(make_settings: MakeSettings) -> None:
    head = build(make_settings(), 400).text_head
    shapes = [(one.weight.shape, one.bias) for one in head if isinstance(one, nn.Linear)]
    assert shapes == [((12, 16), None), ((16, 12), None)]
    assert isinstance(head[1], nn.GELU)


def test_checkpointing_changes_no_gradient(
    make_settings: MakeSettings, make_batch: MakeBatch
) -> None:
    found = []
    for checkpointing in (False, True):
        encoder = build(make_settings(checkpointing=checkpointing, text__dropout=0.3), 400)
        torch.manual_seed(11)
        batch = make_batch()
        (encoder.see(batch)[:, 0].sum() + encoder.read(batch).vectors[:, 0].sum()).backward()
        found.append([one.grad for one in encoder.parameters() if one.grad is not None])
    assert len(found[0]) == len(found[1]) > 40
    assert all(torch.allclose(*pair, atol=1e-6) for pair in zip(*found, strict=True))


def test_an_encoder_comes_back_whole(
    make_settings: MakeSettings, make_batch: MakeBatch, tmp_path: Path
) -> None:
    encoder = build(make_settings(region__kind="align", vision__head=[24]), 400, 7).eval()
    encoder.lexicon = Lexicon(("<color-0>", "<en-font-3>"), ("a", "é", "日"), (("fonts", "ab12"),))
    encoder.save(tmp_path / "run" / "encoder")
    again = Encoder.load(tmp_path / "run" / "encoder")
    assert again.settings == encoder.settings
    assert again.lexicon == encoder.lexicon
    assert (again.vocabulary, again.classes) == (400, 7)
    assert not again.training
    batch = make_batch()
    assert torch.equal(again.see(batch), encoder.see(batch))
    assert torch.equal(again.read(batch).vectors, encoder.read(batch).vectors)
    assert sorted(path.name for path in (tmp_path / "run" / "encoder").iterdir()) == [
        "encoder.json",
        "model.safetensors",
    ]


def test_what_came_of_a_source_needs_it_no_more(
    make_settings: MakeSettings, make_batch: MakeBatch, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    build(make_settings(), 384).text_tower.model.save_pretrained(source)
    encoder = build(make_settings(text__source=str(source)), 400).eval()
    encoder.save(tmp_path / "encoder")
    source.rename(tmp_path / "gone")
    batch = make_batch()
    again = Encoder.load(tmp_path / "encoder")
    assert torch.equal(again.read(batch).vectors, encoder.read(batch).vectors)


@pytest.fixture
def saved(make_settings: MakeSettings, tmp_path: Path) -> Path:
    build(make_settings(), 400).save(tmp_path / "encoder")
    return tmp_path / "encoder"


def test_weights_cut_short_are_refused(saved: Path) -> None:
    path = saved / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputError, match=r"model.safetensors: the weights do not fit"):
        Encoder.load(saved)


def test_weights_of_another_encoder_are_refused(saved: Path, make_settings: MakeSettings) -> None:
    build(make_settings(text__head=[]), 400).save(saved.parent / "other")
    (saved.parent / "other" / "model.safetensors").replace(saved / "model.safetensors")
    with pytest.raises(InputError, match=r"text_head"):
        Encoder.load(saved)


def test_a_weight_too_few_or_too_many_is_refused_by_name(saved: Path) -> None:
    path = saved / "model.safetensors"
    weights = load_file(path)
    save_file({**weights, "ghost": torch.zeros(1)}, path)
    with pytest.raises(InputError, match="ghost"):
        Encoder.load(saved)
    del weights["text_head.0.weight"]
    save_file(weights, path)
    with pytest.raises(InputError, match=r"text_head\.0\.weight"):
        Encoder.load(saved)


def test_what_stands_behind_a_word_changes_nothing(
    make_settings: MakeSettings, make_batch: MakeBatch
) -> None:
    encoder, batch = build(make_settings(**WORDS), 0, 30).eval(), make_batch(strips=(28, 56))
    words = batch.characters.masked_fill(torch.arange(6) >= 4, 0)
    whole = encoder.read(replace(batch, characters=words)).vectors
    collapse = encoder.text_head
    with torch.no_grad():
        collapse.collapse.weight[:, 4:] += 5  # how much the last places count
    assert torch.allclose(encoder.read(replace(batch, characters=words)).vectors, whole, atol=1e-6)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"format": 99}, "another version"),
        ({"settings": {"embed": "wide"}}, "no document of an encoder"),
        ({"vocabulary": None}, "no document of an encoder"),
    ],
)
def test_a_document_that_says_something_else_is_refused(
    saved: Path, change: dict[str, object], told: str
) -> None:
    path = saved / "encoder.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(InputError, match=told):
        Encoder.load(saved)


def test_a_folder_without_an_encoder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"encoder.json: cannot be read: No such file"):
        Encoder.load(tmp_path)
    (tmp_path / "encoder.json").write_text("{")
    with pytest.raises(InputError, match="no JSON"):
        Encoder.load(tmp_path)


def test_a_folder_that_cannot_be_made_is_an_output_error(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        build(make_settings(), 400).save(tmp_path / "file")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"embed": 20}, r"vision.head: the tower gives 16 numbers .* has 20 \(-s embed=16"),
        ({"text__head": None, "embed": 12, "vision__head": []}, "text.head: the tower gives 16"),
        ({"vision__size": 60}, r"vision.size: views of 60 × 60 do not part into patches of 14"),
        ({**STRIP, "region__width": 60}, r"region: views of 28 × 60 do not part"),
        (
            {"text__tower": "tiny", "text__source": "x"},
            r"text.source: the tower 'tiny' has no weights",
        ),
        (
            {"vision__shape": {"width": 16, "heads": 3}},
            r"vision.shape: a width of 16 does not part into 3 heads \(a multiple of 3, such as 18",
        ),
    ],
)
def test_shapes_that_do_not_fit_are_refused_where_they_are(
    make_settings: MakeSettings, changes: dict[str, object], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        build(make_settings(**changes), 400, 30)


def test_the_loader_is_told_what_views_to_give(make_settings: MakeSettings) -> None:
    whole, strip = build(make_settings(), 400), build(make_settings(**STRIP), 400)
    assert (whole.view_size, whole.patch_grid) == ((56, 56), (4, 4))
    assert (strip.view_size, strip.patch_grid) == ((28, 56), (2, 4))


def test_transformers_is_left_alone_until_a_tower_needs_it() -> None:
    asked = "import sys, glyphdata.train.chunks; print('transformers' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
