"""UDiffText's character encoder: their keys, their order of characters, there and back."""

from __future__ import annotations

import json
import math
import string
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from glyphdata.errors import InputError
from glyphdata.train.keeping import Lexicon
from glyphdata.train.layouts.giving import export
from glyphdata.train.layouts.taking import bring
from glyphdata.train.layouts.trained import Trained
from glyphdata.train.model import build
from glyphdata.train.settings import Settings
from glyphdata.train.tokens import Alphabet

WIDTH, DEPTH, HEADS, PLACES = 32, 2, 8, 12
PRINTABLE = Alphabet()


class Reader(nn.Module):
    """The encoder as UDiffText builds it: torch's own layers with their default inner width."""

    def __init__(self) -> None:
        super().__init__()
        self.label_embedding = nn.Embedding(95, WIDTH)
        self.pos_embedding = nn.Module()
        place = torch.arange(PLACES).float()[:, None]
        rate = torch.exp(torch.arange(0, WIDTH, 2).float() * (-math.log(10000.0) / WIDTH))
        waves = torch.zeros(PLACES, WIDTH)
        waves[:, 0::2], waves[:, 1::2] = torch.sin(place * rate), torch.cos(place * rate)
        self.pos_embedding.register_buffer("pe", waves)
        layer = nn.TransformerEncoderLayer(WIDTH, HEADS, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, DEPTH, enable_nested_tensor=False)

    def forward(self, text: str) -> Tensor:
        order = string.printable[:-6]
        classes = [order.find(one) + 1 for one in text] + [0] * (PLACES - len(text))
        embedded = self.label_embedding(torch.tensor([classes])) + self.pos_embedding.pe
        out: Tensor = self.encoder(embedded)
        return out[0]


def characters(known: Alphabet = PRINTABLE, **text: object) -> Trained:
    shape = {"width": WIDTH, "depth": DEPTH, "heads": HEADS, "feed_forward": 2048}
    document = {
        "text": {"tower": "characters", "source": None, "shape": shape, **text},
        "vision": {"source": None, "shape": {"width": 32, "depth": 1, "heads": 2}, "size": 56},
        "embed": 32,
        "precision": "fp32",
    }
    encoder = build(Settings.model_validate_json(json.dumps(document)), 384, known.size).eval()
    encoder.lexicon = Lexicon((), tuple(known.characters))
    return Trained(encoder)


@pytest.fixture(scope="module")
def trained() -> Trained:
    return characters()


def test_it_loads_by_every_key_and_says_the_same_of_words_of_full_length(
    trained: Trained, tmp_path: Path
) -> None:
    (remark,) = export(trained, tmp_path / "out", "udifftext").remarks
    assert "full length" in remark
    state = torch.load(tmp_path / "out/udifftext.ckpt", weights_only=True)["state_dict"]
    reader = Reader().eval()
    reader.load_state_dict(state, strict=True)
    text = "Az09~!zA{}b7"
    with torch.inference_mode():
        classes = Alphabet().classes(text, PLACES)
        wanted = trained.encoder.text_tower(torch.tensor([classes]))[0]
        torch.testing.assert_close(reader(text), wanted, atol=1e-5, rtol=0)
        short = Alphabet().classes("Az", PLACES)
        ours = trained.encoder.text_tower(torch.tensor([short]))[0]
        assert (reader("Az")[:2] - ours[:2]).abs().max() > 1e-3  # what the remark says


def test_it_comes_back_in_our_order(trained: Trained, tmp_path: Path) -> None:
    export(trained, tmp_path / "out", "udifftext")
    bring(tmp_path / "out/udifftext.ckpt", tmp_path / "in")
    found = load_file(tmp_path / "in/model.safetensors")
    wanted = trained.encoder.text_tower.state_dict()
    assert set(found) == set(wanted)
    assert all(torch.equal(one, wanted[name]) for name, one in found.items())
    told = json.loads((tmp_path / "in/config.json").read_text("utf-8"))
    assert (told["width"], told["depth"], told["feed_forward"]) == (WIDTH, DEPTH, 2048)
    assert (told["characters"], told["alphabet"]) == (PLACES, Alphabet().characters)


def test_training_begins_from_it(trained: Trained, tmp_path: Path) -> None:
    export(trained, tmp_path / "out", "udifftext")
    (remark,) = bring(tmp_path / "out/udifftext.ckpt", tmp_path / "in").remarks
    assert "text.shape.width=32 -s text.shape.depth=2 -s text.shape.feed_forward=2048" in remark
    found = characters(source=str(tmp_path / "in")).encoder.text_tower.state_dict()
    wanted = trained.encoder.text_tower.state_dict()
    assert all(torch.equal(one, wanted[name]) for name, one in found.items())


def test_their_heads_and_their_eyes_are_left_out(trained: Trained, tmp_path: Path) -> None:
    export(trained, tmp_path / "out", "udifftext")
    whole = torch.load(tmp_path / "out/udifftext.ckpt")
    more = {"text_head.1.weight": torch.zeros(2), "visual_encoder.cls_token": torch.zeros(2)}
    torch.save({"state_dict": {**whole["state_dict"], **more}, "epoch": 3}, tmp_path / "big.ckpt")
    bring(tmp_path / "big.ckpt", tmp_path / "in")
    assert not set(more) & set(load_file(tmp_path / "in/model.safetensors"))


def test_other_characters_and_other_towers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="94 characters, and this encoder 3 others"):
        export(characters(Alphabet("abc"), alphabet="data"), tmp_path / "out", "udifftext")
    with pytest.raises(InputError, match="text tower is 'characters'"):
        export(characters(), tmp_path / "out", "hf")
