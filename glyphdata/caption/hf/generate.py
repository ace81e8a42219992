"""One batch: pictures and questions in, words out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image

from glyphdata.caption.captioner import Answer
from glyphdata.caption.hf.batching import Failed, TooLarge
from glyphdata.caption.hf.loading import Loaded
from glyphdata.caption.hf.settings import AGAIN_PENALTY, AGAIN_TEMPERATURE, Settings
from glyphdata.scene.rng import Rng

if TYPE_CHECKING:
    from torch import Tensor

_FAULTS = (RuntimeError, ValueError, TypeError, IndexError, KeyError, AttributeError)
_NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What one picture is asked, in the model's own form; `picture` is None for text alone.

    `rng` is what belongs to this caption and attempt, wherever in a batch it stands.
    """

    text: str
    picture: Image.Image | None
    rng: Rng
    again: bool = False


def answered(loaded: Loaded, settings: Settings, questions: Sequence[Question]) -> list[Answer]:
    """The model's answer to each question; all have pictures or none, all are asked again or none.

    `TooLarge` where memory does not hold the batch, `Failed` where the model refuses it.
    """
    try:
        inputs = encoded(loaded, questions)
        lacking = _lacking(loaded, inputs)
        if lacking:
            raise Failed(lacking)
        with torch.inference_mode():
            tokens = loaded.model.generate(**inputs, **_how(loaded, settings, questions))
        return _read(loaded, inputs, tokens, settings)
    except torch.OutOfMemoryError as fault:
        reason: Exception = TooLarge(_first_line(fault))
    except _FAULTS as fault:
        full = any(words in str(fault).lower() for words in _NO_MEMORY)
        reason = (TooLarge if full else Failed)(f"{type(fault).__name__}: {_first_line(fault)}")
    if isinstance(reason, TooLarge) and torch.cuda.is_available():
        torch.cuda.empty_cache()
    raise reason


def encoded(loaded: Loaded, questions: Sequence[Question]) -> dict[str, Any]:
    """The batch as the model takes it: token ids, mask and pixels, on its device, at its dtype."""
    pictures = [question.picture for question in questions if question.picture is not None]
    more = {"images": pictures} if pictures else {}
    batch = loaded.processor(
        text=[question.text for question in questions], padding=True, return_tensors="pt", **more
    )
    moved = batch.to(loaded.model.device, loaded.model.dtype)
    return {name: value for name, value in moved.items() if name != "token_type_ids"}


def places(loaded: Loaded, inputs: dict[str, Any]) -> list[int]:
    """How many tokens of each row stand for the picture."""
    counted: list[int] = (inputs["input_ids"] == loaded.model.config.image_token_id).sum(1).tolist()
    return counted


def _lacking(loaded: Loaded, inputs: dict[str, Any]) -> str:
    """Why a batch would be answered without looking at one of its pictures, or nothing."""
    if "pixel_values" not in inputs:
        return ""
    found = places(loaded, inputs)
    wanted = loaded.places
    if any(count == 0 for count in found):
        return "the prompt has no place for the picture"
    if wanted is not None and any(count != wanted for count in found):
        return f"the prompts hold {found} places for a picture, not {wanted} each"
    return ""


def _how(loaded: Loaded, settings: Settings, questions: Sequence[Question]) -> dict[str, Any]:
    """The arguments of a generation: greedy or beams, or drawn by noise of each row's own."""
    import transformers

    again = any(question.again for question in questions)
    temperature = max(settings.temperature, AGAIN_TEMPERATURE if again else 0.0)
    penalty = max(settings.repetition_penalty, AGAIN_PENALTY if again else 0.0)
    known = loaded.model.generation_config
    configs: Any = transformers.GenerationConfig
    config = configs(
        max_new_tokens=settings.max_new_tokens,
        do_sample=False,
        num_beams=1 if temperature else settings.num_beams,
        repetition_penalty=penalty,
        bos_token_id=known.bos_token_id,
        eos_token_id=known.eos_token_id,
        pad_token_id=loaded.processor.tokenizer.pad_token_id,
        decoder_start_token_id=known.decoder_start_token_id,
    )
    if not temperature:
        return {"generation_config": config}
    drawn = _Drawn([question.rng for question in questions], temperature, settings.top_p)
    return {"generation_config": config, "logits_processor": [drawn]}


class _Drawn:
    """Makes the largest score a draw from the distribution: noise of Gumbel's added to the logits.

    The Gumbel-max trick (Maddison, Tarlow, Minka: "A* Sampling", NeurIPS 2014, section 2). Each row
    has noise of its own, so that a caption does not depend on who stands beside it in the batch.
    """

    def __init__(self, rngs: Sequence[Rng], temperature: float, top_p: float) -> None:
        self._fields = [rng.at("words").field() for rng in rngs]
        self._temperature = temperature
        self._top_p = top_p

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        warm = scores.float() / self._temperature
        if self._top_p < 1.0:
            ordered, order = warm.softmax(-1).sort(-1, descending=True)
            # A token stays where those before it do not yet fill top_p; the first always does.
            tail = ordered.cumsum(-1) - ordered >= self._top_p
            warm = warm.masked_fill(tail.scatter(-1, order, tail), -math.inf)
        rows = [field.random_raw(warm.shape[-1]) >> np.uint64(11) for field in self._fields]
        even = (np.stack(rows).astype(np.float64) + 0.5) * 2.0**-53
        noise = torch.from_numpy(-np.log(-np.log(even))).to(warm.device, warm.dtype)
        return warm + noise


def _read(
    loaded: Loaded, inputs: dict[str, Any], tokens: Tensor, settings: Settings
) -> list[Answer]:
    """The words of each row, without the prompt where the model gives it back."""
    if not loaded.encoder_decoder:
        tokens = tokens[:, inputs["input_ids"].shape[1] :]
    ends = loaded.model.generation_config.eos_token_id
    ends = torch.tensor(ends if isinstance(ends, list) else [ends], device=tokens.device)
    stopped = torch.isin(tokens, ends).any(1).tolist()
    texts = loaded.processor.tokenizer.batch_decode(tokens, skip_special_tokens=True)
    whole = tokens.shape[1] < settings.max_new_tokens
    name = Path(settings.model).name
    return [
        Answer(text.strip(), "stop" if stop or whole else "length", model=name)
        for text, stop in zip(texts, stopped, strict=True)
    ]


def _first_line(fault: BaseException) -> str:
    return next(iter(str(fault).strip().splitlines()), type(fault).__name__)
