"""What the tests of the score ask about: two hundred real scenes, and one that is made by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from glyphdata.caption.facts import Facts, TextFact
from glyphdata.caption.score.questions import questions
from glyphdata.faces.catalogue import load
from glyphdata.factory import Factory
from glyphdata.recipe import load_recipe
from glyphdata.scene.color import Color
from glyphdata.scene.geometry import BBox
from tests.caption.score.pictures import Scene

RECIPES = Path(__file__).parents[3] / "recipes"


@pytest.fixture(scope="session")
def scenes() -> tuple[Scene, ...]:
    """225 scenes of three recipes: posters, ten scripts, photographs and all else."""
    found = []
    for name in ("posters", "multiscript", "quickstart"):
        small = ["canvas.width=320", "canvas.height=320", "outputs.layout=false"]
        factory = Factory(load_recipe(RECIPES / f"{name}.yaml", small))
        for index in range(75):
            facts = Facts.of(orjson.loads(dict(factory.make(index).members)["json"]), load())
            facts = replace(facts, key=f"{name}-{index}")
            found.append(Scene(facts, questions(facts)))
    return tuple(found)


@pytest.fixture(scope="session")
def poster() -> Facts:
    """Blue; "SALE" large, white, top left; "50% OFF" yellow, in the middle; "Open Now" red, small,
    in a serif face, bottom right."""

    def text(
        at: int, said: str, name: str, size: float, box: BBox, category: str = "sans"
    ) -> TextFact:
        return TextFact(
            id=at, text=said, level="word", language="en", script="latin", direction="ltr",
            family="Inter", style="Bold", category=category, weight=700, italic=False, font_token=3,
            color=Color.parse(name), color_name=name, color_token=0, size_px=size, align="left",
            angle_deg=0.0, bbox=box, lines=1, contrast=8.0, effects=(),
        )  # fmt: skip

    texts = (
        text(0, "SALE", "white", 210.0, BBox(80, 60, 380, 240)),
        text(1, "50% OFF", "yellow", 90.0, BBox(340, 440, 660, 560)),
        text(2, "Open Now", "red", 40.0, BBox(640, 860, 940, 920), "serif"),
    )
    blue = Color(40, 80, 200)
    return Facts("poster", 1000, 1000, "word", "en", "", "solid", "", blue, texts)


@pytest.fixture(scope="session")
def offline() -> Iterator[None]:
    """Nothing is fetched, nothing is drawn on the terminal, and one core is enough."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("TQDM_DISABLE", "1")
        import torch

        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        yield
        torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def tiny_clip(offline: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CLIP of some ten thousand weights that reads 12 tokens and sees 28 pixels."""
    import torch
    from transformers import (
        CLIPConfig,
        CLIPImageProcessorPil,
        CLIPModel,
        CLIPProcessor,
        CLIPTokenizer,
    )

    place = tmp_path_factory.mktemp("clip")
    letters = [*"abcdefghijklmnopqrstuvwxyz0123456789.!"]
    vocabulary = [*letters, *(f"{one}</w>" for one in letters)]
    vocabulary += ["<|startoftext|>", "<|endoftext|>"]
    small = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2}
    text = small | {
        "vocab_size": len(vocabulary),
        "max_position_embeddings": 12,
        "num_attention_heads": 2,
        "bos_token_id": len(vocabulary) - 2,
        "eos_token_id": len(vocabulary) - 1,
        "pad_token_id": len(vocabulary) - 1,
    }
    vision = small | {"image_size": 28, "patch_size": 14, "num_attention_heads": 2}
    torch.manual_seed(3)
    model = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=8))
    model.save_pretrained(place)
    (place / "vocab.json").write_text(json.dumps({one: at for at, one in enumerate(vocabulary)}))
    (place / "merges.txt").write_text("#version: 0.2\n")
    images = CLIPImageProcessorPil(
        size={"shortest_edge": 28}, crop_size={"height": 28, "width": 28}
    )
    tokenizer = CLIPTokenizer.from_pretrained(str(place))
    CLIPProcessor(images, tokenizer).save_pretrained(place)
    return place
