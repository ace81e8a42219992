"""CLIPScore on a tiny CLIP with random weights: the cosine, by hand, of what the model says."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from glyphdata.errors import InputError

TEXTS = ["a red word on black", "blue text"]


def picture(seed: int) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def embedded(folder: Path, pictures: list[bytes], texts: list[str]) -> tuple[Any, Any]:
    """The model's own embeddings of pictures and texts, by its own `forward`."""
    import torch
    from transformers import AutoProcessor, CLIPModel

    model = CLIPModel.from_pretrained(folder).eval()
    images = [Image.open(io.BytesIO(one)).convert("RGB") for one in pictures]
    inputs = AutoProcessor.from_pretrained(folder)(
        text=texts, images=images, return_tensors="pt", padding=True
    )
    with torch.inference_mode():
        out = model(**inputs)
    return out.image_embeds.numpy(), out.text_embeds.numpy()


def test_clipscore_is_the_cosine_by_hand(tiny_clip: Path) -> None:
    from glyphdata.caption.hf.clip import Clip

    pictures = [picture(1), picture(2)]
    texts = ["red", "blue 2"]
    seen, said = embedded(tiny_clip, pictures, texts)
    cosines = (seen * said).sum(1)
    assert Clip(tiny_clip).scores(pictures, texts) == pytest.approx(
        [2.5 * max(cosine, 0.0) for cosine in cosines], abs=1e-5
    )
    assert Clip(tiny_clip, batch=1).scores(pictures, texts) == pytest.approx(
        [2.5 * max(cosine, 0.0) for cosine in cosines], abs=1e-5
    )
    assert max(cosines) > 0.0


def test_a_caption_longer_than_the_model_reads_is_the_mean_of_its_sentences(
    tiny_clip: Path,
) -> None:
    from glyphdata.caption.hf.clip import Clip

    sentences = ["A red word.", "Black!", "Text 2"]
    seen, said = embedded(tiny_clip, [picture(1)], sentences)
    (score,) = Clip(tiny_clip).scores([picture(1)], [" ".join(sentences)])
    assert score == pytest.approx(2.5 * max(float((said @ seen[0]).mean()), 0.0), abs=1e-5)


def test_a_reference_raises_the_score_of_a_caption_like_it(tiny_clip: Path) -> None:
    from glyphdata.caption.hf.clip import Clip

    clip = Clip(tiny_clip)
    seen, said = embedded(tiny_clip, [picture(1)], ["red", "blue"])
    plain = 2.5 * max(float(seen[0] @ said[0]), 0.0)
    near = max(float(said[0] @ said[1]), 0.0)
    wanted = 2 * plain * near / (plain + near) if plain + near else 0.0
    (found,) = clip.reference_scores([picture(1)], ["red"], [["blue"]])
    (same,) = clip.reference_scores([picture(1)], ["red"], [["blue", "red"]])
    assert found == pytest.approx(wanted, abs=1e-5)
    assert same == pytest.approx(2 * plain / (plain + 1), abs=1e-5)


def test_a_model_that_is_not_here_is_said(tmp_path: Path) -> None:
    from glyphdata.caption.hf.clip import Clip

    with pytest.raises(InputError, match="no CLIP model can be loaded") as caught:
        Clip(tmp_path / "nowhere")
    assert str(tmp_path / "nowhere") in str(caught.value)
    with pytest.raises(InputError, match="give the folder"):
        Clip("someone/clip-that-is-not-cached")


def test_a_broken_picture_is_said(tiny_clip: Path) -> None:
    from glyphdata.caption.hf.clip import Clip

    with pytest.raises(InputError, match="a picture cannot be read"):
        Clip(tiny_clip).scores([b"no picture"], ["a word"])
    with pytest.raises(InputError, match="1 pictures for 2 captions"):
        Clip(tiny_clip).scores([picture(1)], TEXTS)
