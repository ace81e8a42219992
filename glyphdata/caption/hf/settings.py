"""All that decides what a model says of a picture, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from glyphdata.caption.hf.folder import digest, located
from glyphdata.caption.hf.pictures import Fit
from glyphdata.caption.hf.prompts import Grounding

Dtype = Literal["auto", "float32", "float16", "bfloat16"]
Quant = Literal["none", "int8", "nf4"]

AGAIN_TEMPERATURE, AGAIN_PENALTY = 0.4, 1.1
"""How a caption is drawn that failed before: no colder, and no more given to repeating, than so."""

_VERSIONS = ("torch", "transformers", "tokenizers", "pillow")


@dataclass(frozen=True, slots=True)
class Settings:
    """A model and how it is asked.

    `dtype` `auto` is the checkpoint's own; `device` is `auto` (the first GPU, else the CPU), a
    torch device such as `cuda:1`, or `split` (over every GPU, for models larger than one);
    `prompts` holds one for each level; `batch` is how many pictures go at once, 0 to find out.
    """

    kind: Literal["llava", "blip2"]
    model: str
    revision: str
    dtype: Dtype
    device: str
    quant: Quant
    fit: Fit
    grounding: Grounding
    prompts: tuple[str, ...]
    max_new_tokens: int
    temperature: float
    top_p: float
    num_beams: int
    repetition_penalty: float
    seed: int
    batch: int

    def recipe(self) -> dict[str, object]:
        """All that can change the words, as plain values: the model's name and digest, how it is
        asked, the libraries; not where or how fast it runs. `InputError` where there is no model.
        """
        folder = located(self.model, self.revision)
        return {
            "model": folder.name if Path(self.model).expanduser().is_dir() else self.model,
            "digest": digest(folder),
            "kind": self.kind,
            "revision": self.revision,
            "dtype": self.dtype,
            "quant": self.quant,
            "fit": self.fit,
            "grounding": self.grounding,
            "prompts": list(self.prompts),
            "max_new_tokens": self.max_new_tokens,
            "temperature": self.temperature,
            "top_p": self.top_p,
            "num_beams": self.num_beams,
            "repetition_penalty": self.repetition_penalty,
            "seed": self.seed,
            "again": [AGAIN_TEMPERATURE, AGAIN_PENALTY],
            "image_processor": "pil",
            "versions": {name: version(name) for name in _VERSIONS},
        }
