"""Batches for HunyuanVideo-1.5: the glyph prompt of its pipeline, padded to 256."""

from __future__ import annotations

import io

import numpy as np
import orjson
import pytest
import torch
from PIL import Image
from transformers import ByT5Tokenizer

from glyphdata.errors import InputError
from glyphdata.shards.dataset import Record
from glyphdata.train.collators import HunyuanCollator, glyphs


def record(*texts: str, size: tuple[int, int] = (8, 6)) -> Record:
    file = io.BytesIO()
    Image.new("RGB", size, (255, 0, 51)).save(file, "PNG")
    facts = {"boxes": [{"id": n, "text": text} for n, text in enumerate(texts)]}
    members = {"json": orjson.dumps(facts), "png": file.getvalue(), "txt": b"A red picture."}
    return Record("000000-0000", members)


def test_the_ids_are_those_of_the_pipelines_tokenizer() -> None:
    said = glyphs(["Hello", "Œuvre 日本"])
    wanted = ByT5Tokenizer()(
        'Text "Hello". Text "Œuvre 日本". ', padding="max_length", max_length=256
    )
    assert list(said.ids) == wanted.input_ids
    assert list(said.mask) == wanted.attention_mask


def test_a_text_is_said_once_on_one_line_and_without_double_quotes() -> None:
    assert glyphs(["Two", "Two"]).ids == glyphs(["Two"]).ids
    assert glyphs(['a\n"b"']).ids == glyphs(["a b"]).ids


def test_what_looks_like_a_token_is_said_byte_by_byte() -> None:
    assert sum(glyphs(["</s>"]).mask) == len('Text "</s>". ') + 1


def test_a_text_that_does_not_fit_whole_is_left_out_and_counted() -> None:
    exact = "x" * (256 - 1 - len('Text "". '))
    assert glyphs([exact]).left_out == 0
    assert all(glyphs([exact]).mask)
    said = glyphs([exact + "x", "short"])
    assert said.left_out == 1
    assert said.ids == glyphs(["short"]).ids


def test_a_picture_without_text_is_all_padding() -> None:
    said = glyphs([])
    assert not any(said.ids) and not any(said.mask)


def test_a_batch_has_the_names_and_shapes_of_the_training_script() -> None:
    collate = HunyuanCollator()
    batch = collate([record("One"), record("y" * 300, "Two")])
    assert set(batch) == {
        "pixel_values",
        "text",
        "data_type",
        "byt5_text_ids",
        "byt5_text_mask",
    }
    pixels = batch["pixel_values"]
    assert pixels.shape == (2, 3, 6, 8) and pixels.dtype == torch.float32
    assert np.allclose(pixels[0, :, 0, 0], [1.0, -1.0, 51 / 127.5 - 1])
    assert batch["text"] == ["A red picture."] * 2
    assert batch["data_type"] == "image"
    assert batch["byt5_text_ids"].shape == batch["byt5_text_mask"].shape == (2, 256)
    assert batch["byt5_text_ids"][1].tolist() == list(glyphs(["Two"]).ids)
    assert collate.left_out == 1


def test_pictures_of_two_sizes_make_no_batch() -> None:
    with pytest.raises(InputError, match="one size"):
        HunyuanCollator()([record("a"), record("a", size=(9, 6))])
