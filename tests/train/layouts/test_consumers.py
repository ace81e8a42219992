"""Every layout loads strictly as its readers load it, and says what our tower says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoTokenizer, Dinov2WithRegistersModel, T5EncoderModel

from glyphdata.train.batch import Batch
from glyphdata.train.layouts.giving import export
from glyphdata.train.layouts.stack import prefixed
from glyphdata.train.layouts.trained import Trained
from glyphdata.train.settings import Shape
from glyphdata.train.tokens import SaidBox, Tokenizer
from glyphdata.train.towers import byt5
from tests.train.layouts import consumers

READERS = ("glyph-sdxl-v2", "openclip", "comfyui", "hf", "hf-auto")
OTHER = ("transformers==4.57.1", "tokenizers==0.22.1", "huggingface-hub==0.36.0")


def ours(trained: Trained, prompt: str, ids: list[int]) -> torch.Tensor:
    with torch.inference_mode():
        tokens = torch.tensor([ids])
        vectors: torch.Tensor = trained.encoder.text_tower(tokens, torch.tensor([len(ids)]))
    return vectors[0]


def compared(trained: Trained, found: dict, tolerance: float) -> None:
    """Readers agree with each other and with us, and on 1510 rows."""
    assert found["rows"] == 1510
    for number, prompt in enumerate(consumers.PROMPTS):
        vectors, ids = found["hf"][number]
        assert vectors.abs().max() > 0.1
        wanted = ours(trained, prompt, ids[: len(vectors)])
        for reader in READERS:
            other, same = found[reader][number]
            assert same == ids
            torch.testing.assert_close(other, wanted, atol=tolerance, rtol=0)


def test_all_readers_say_what_our_tower_says(trained: Trained, exported: Path) -> None:
    compared(trained, consumers.everything(exported), 2e-6)


@pytest.mark.slow
def test_they_do_so_under_transformers_4_57_too(
    trained: Trained, exported: Path, tmp_path: Path
) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
    subprocess.run([*pip, str(tmp_path / "there"), *OTHER], check=True, timeout=280)
    out = tmp_path / "found.pt"
    subprocess.run(
        [sys.executable, consumers.__file__, str(exported), str(out)],
        check=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "there"), "OMP_NUM_THREADS": "1"},
    )
    found = torch.load(out)
    assert found["version"] == "4.57.1"
    compared(trained, found, 1e-5)


def test_the_tokens_are_ours_in_the_ids_of_the_trainer(exported: Path, trained: Trained) -> None:
    tokenizer = AutoTokenizer.from_pretrained(exported / "hf")
    boxes = [SaidBox("né", "<color-1>", "<en-font-2>"), SaidBox("日", "<color-137>")]
    said = Tokenizer(trained.table).said(boxes, "styled")
    prompt = 'Text "né" in <color-1>, <en-font-2>. Text "日" in <color-137>. '
    assert tokenizer(prompt).input_ids == said.ids


@pytest.mark.parametrize(
    ("token", "number"),
    [
        ("<color-0>", 384),
        ("<color-137>", 521),
        ("<en-font-0>", 522),
        ("<en-font-511>", 1033),
        ("<cn-font-0>", 1034),
        ("<jp-font-0>", 1177),
        ("<kr-font-0>", 1388),
        ("<kr-font-121>", 1509),
    ],
)
def test_released_tokens_have_their_released_ids(exported: Path, token: str, number: int) -> None:
    for tokenizer in (
        consumers.tables(exported / "glyph-sdxl-v2"),
        AutoTokenizer.from_pretrained(exported / "hf"),
    ):
        assert tokenizer.convert_tokens_to_ids(token) == number


def test_the_tokenizer_has_the_key_that_both_versions_read(exported: Path) -> None:
    told = json.loads((exported / "hf/tokenizer_config.json").read_text("utf-8"))
    assert "extra_special_tokens" not in told
    assert set(told["additional_special_tokens"]) >= {"<color-0>", "<kr-font-121>"}


def test_the_names_and_shapes_of_byt5_small_are_those_that_readers_build() -> None:
    shape = Shape(width=1472, depth=12, heads=6, feed_forward=3584)
    with torch.device("meta"):
        tower = byt5.made(byt5.shaped(shape, 1510, 0.1))
        theirs = consumers.byt5(consumers.BYT5_SMALL, 1510)
    stack = {name: one.shape for name, one in tower.model.encoder.state_dict().items()}
    assert stack == {name: one.shape for name, one in theirs.state_dict().items()}
    assert sum(one.numel() for one in tower.parameters()) == 219_314_944
    whole = {name: one for name, one in tower.model.state_dict().items()}
    whole.pop("encoder.embed_tokens.weight")
    assert set(prefixed(tower.model.encoder.state_dict())) == set(whole)


def test_a_bf16_folder_opens_in_bf16_and_says_nearly_the_same(
    trained: Trained, exported: Path, tmp_path: Path
) -> None:
    export(trained, tmp_path / "half", "hf", "bf16")
    model = T5EncoderModel.from_pretrained(tmp_path / "half", dtype="auto")
    assert model.dtype == torch.bfloat16
    ids = torch.arange(3, 60)[None]
    with torch.inference_mode():
        found = model.eval()(input_ids=ids).last_hidden_state.float()
        wanted = trained.encoder.text_tower.model(input_ids=ids).last_hidden_state
    assert torch.nn.functional.cosine_similarity(found, wanted, dim=-1).min() > 0.999


def test_the_tower_that_sees_opens_too(trained: Trained, exported: Path) -> None:
    model, found = Dinov2WithRegistersModel.from_pretrained(
        exported / "hf/vision", output_loading_info=True
    )
    assert not found["missing_keys"] and not found["unexpected_keys"]
    pixels = torch.rand(1, 3, 56, 56)
    with torch.inference_mode():
        seen = model.eval()(pixel_values=pixels).last_hidden_state
        wanted = trained.encoder.vision_tower.model(pixel_values=pixels).last_hidden_state
    assert torch.equal(seen, wanted)


def test_tower_and_projection_of_the_folder_give_the_encoders_own_vectors(
    trained: Trained, exported: Path
) -> None:
    boxes = [SaidBox("né", "<color-1>", "<en-font-2>"), SaidBox("Hello", "<color-7>")]
    said = Tokenizer(trained.table).said(boxes, "styled")
    spans = [(one.text_first, one.text_end) for one in said.spans if one]
    batch = Batch(
        views=torch.zeros(1, 3, 56, 56, dtype=torch.uint8),
        view_of=torch.zeros(2, dtype=torch.long),
        quads=torch.zeros(2, 4, 2),
        cover=torch.zeros(2, 0),
        ids=torch.tensor([said.ids]),
        lengths=torch.tensor([len(said.ids)]),
        sequence_of=torch.zeros(2, dtype=torch.long),
        spans=torch.tensor(spans),
        family=torch.arange(2),
        alike=torch.arange(2),
        characters=torch.zeros(2, 0, dtype=torch.long),
        groups=("0",),
    )
    model = T5EncoderModel.from_pretrained(exported / "hf").eval()
    head = load_file(exported / "hf/projection.safetensors")
    functional = torch.nn.functional
    with torch.inference_mode():
        wanted = trained.encoder.read(batch).vectors
        tokens = model(input_ids=batch.ids).last_hidden_state[0]
        pooled = torch.stack([tokens[first:end].mean(0) for first, end in spans])
        found = functional.gelu(pooled @ head["0.weight"].T) @ head["2.weight"].T
    torch.testing.assert_close(functional.normalize(found), wanted, atol=1e-5, rtol=0)
