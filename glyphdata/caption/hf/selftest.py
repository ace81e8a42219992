"""Does the model see what it is asked about? Asked once, before it is trusted with a run.

Four faults make a model talk about something else, and raise nothing: a prompt without places for
the picture, or with too few of them; padding at the right; and a picture whose ends are cut off.
Two pictures as different as can be, asked alone and side by side, show each of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch
from PIL import Image

from glyphdata.caption.hf.generate import Question, encoded, places
from glyphdata.caption.hf.loading import Loaded
from glyphdata.caption.hf.pictures import Fit, fitted
from glyphdata.errors import InputError
from glyphdata.scene.rng import Rng

if TYPE_CHECKING:
    from torch import Tensor

_SHORT = "What does this image show?"
_LONG = "What does this image show, and what is written in it, word for word, from top to bottom?"
_FAULTS = (RuntimeError, ValueError, TypeError, IndexError, KeyError, AttributeError)
_FILES = "preprocessor_config.json or processor_config.json"
_EXACT = 1e-4
_ROUGH = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class _Tried:
    """The model's scores of the first word: for each picture alone, and for both side by side."""

    dark: Tensor
    light: Tensor
    batch: Tensor


def settled(loaded: Loaded, fit: Fit) -> Fit:
    """How pictures are to be fitted: `auto` pads for a processor that would cut their ends off."""
    if fit != "auto":
        return fit
    pictures = loaded.processor.image_processor
    cuts = bool(getattr(pictures, "do_center_crop", False))
    tiles = bool(getattr(pictures, "image_grid_pinpoints", None))
    return "pad" if cuts and not tiles else "native"


def tested(loaded: Loaded, fit: Fit) -> Loaded:
    """The model, with the number of places that a picture takes; `InputError` where it would speak
    of something else than the picture it is asked about, naming the field that is wrong."""
    _whole(loaded, fit)
    dark, light = (_picture(fit, shade) for shade in (0, 255))
    rng = Rng.of(0, 0)
    short = loaded.family.asked(loaded.processor, _SHORT, picture=True)
    long = loaded.family.asked(loaded.processor, _LONG, picture=True)
    batch = [Question(short, dark, rng), Question(short, light, rng), Question(long, dark, rng)]
    try:
        inputs = encoded(loaded, batch)
        _padded(loaded, inputs)
        loaded = _placed(loaded, inputs)
        tried = _Tried(
            _scores(loaded, encoded(loaded, batch[:1]))[0],
            _scores(loaded, encoded(loaded, batch[1:2]))[0],
            _scores(loaded, inputs),
        )
    except torch.OutOfMemoryError as fault:
        raise InputError(
            "memory does not hold three small pictures beside the model",
            hint="quant: int8 or nf4, or a smaller model",
        ).inside("model") from fault
    except _FAULTS as fault:
        raise _refused(
            f"the processor does not fit the model: {str(fault).strip() or type(fault).__name__}",
            "patch_size, vision_feature_select_strategy and num_additional_image_tokens",
        ) from fault
    _seen(tried)
    _own(tried, exact=loaded.model.dtype == torch.float32)
    return loaded


def _padded(loaded: Loaded, inputs: dict[str, Any]) -> None:
    """A decoder writes on behind the last token, which must not be padding."""
    if loaded.encoder_decoder:
        return
    if not bool(inputs["attention_mask"][:, -1].all()):
        raise _refused("the tokenizer pads at the right, behind the question", "padding_side")


def _placed(loaded: Loaded, inputs: dict[str, Any]) -> Loaded:
    """The model with the number of places that each picture has and must have."""
    found = places(loaded, inputs)
    if not all(found):
        field = "num_query_tokens" if _queries(loaded) else "image_token"
        raise _refused("the prompt has no place for the picture, which would be ignored", field)
    with torch.inference_mode():
        features = loaded.model.get_image_features(
            **{name: value for name, value in inputs.items() if name in _PIXELS}
        ).pooler_output
    wanted = loaded.family.places(loaded.model, features)
    if wanted is not None and set(found) != {wanted}:
        field = (
            "num_query_tokens"
            if _queries(loaded)
            else "patch_size, vision_feature_select_strategy and num_additional_image_tokens"
        )
        raise _refused(
            f"the prompt has {found[0]} places for a picture, of which the model makes {wanted}: "
            "one picture would leak into the next",
            field,
        )
    return replace(loaded, places=wanted)


_PIXELS = ("pixel_values", "image_sizes")


def _scores(loaded: Loaded, inputs: dict[str, Any]) -> Tensor:
    """The scores of each row's first word, as generation has them before any rule."""
    with torch.inference_mode():
        out = loaded.model.generate(
            **inputs,
            max_new_tokens=1,
            do_sample=False,
            num_beams=1,
            output_logits=True,
            return_dict_in_generate=True,
        )
    scores: Tensor = out.logits[0].float()
    return scores


def _seen(tried: _Tried) -> None:
    if torch.equal(tried.dark, tried.light):
        raise _refused("the model says the same of a black and of a white picture", "image_token")


def _own(tried: _Tried, *, exact: bool) -> None:
    """Does each row of a batch get its own picture, whole?"""
    effect = float((tried.dark - tried.light).abs().max())
    scale = max(1.0, float(tried.dark.abs().max()))
    # Half precision moves scores by itself, though never half as far as another picture does.
    allowed = _EXACT * scale if exact else _ROUGH * effect
    crossed = (tried.batch[0] - tried.light).abs().max(), (tried.batch[1] - tried.dark).abs().max()
    apart = (tried.batch[0] - tried.dark).abs().max(), (tried.batch[1] - tried.light).abs().max()
    if float(max(apart)) <= allowed:
        return
    if float(max(crossed)) < float(min(apart)):
        raise InputError(
            "the pictures of a batch change places", hint="batch: 1, or another version"
        ).inside("processor")
    raise InputError(
        f"a picture is read differently alone and beside another (scores move by "
        f"{float(max(apart)):.3g}, another picture by {effect:.3g})",
        hint="batch: 1, or correct num_query_tokens and the padding of the processor",
    ).inside("processor")


def _whole(loaded: Loaded, fit: Fit) -> None:
    """Do both ends of a wide picture reach the model? Whoever asked for the middle gets that."""
    if fit == "crop":
        return
    plain = Image.new("RGB", (512, 128), (90, 90, 90))
    seen = [plain]
    for left in (0, 448):
        marked = plain.copy()
        marked.paste((255, 0, 0), (left, 32, left + 64, 96))
        seen.append(marked)
    pixels = [_pixels(loaded, fitted(one, fit)) for one in seen]
    if any(torch.equal(pixels[0], other) for other in pixels[1:]):
        raise InputError(
            "the processor cuts off the ends of wide pictures, and the texts there",
            hint="fit: auto or pad; fit: crop if only the middle is meant",
        ).inside("fit")


def _pixels(loaded: Loaded, picture: Image.Image) -> Tensor:
    pixels: Tensor = loaded.processor.image_processor(picture, return_tensors="pt")["pixel_values"]
    return pixels


def _picture(fit: Fit, shade: int) -> Image.Image:
    return fitted(Image.new("RGB", (64, 64), (shade, shade, shade)), fit)


def _queries(loaded: Loaded) -> bool:
    return hasattr(loaded.model.config, "num_query_tokens")


def _refused(message: str, field: str) -> InputError:
    return InputError(message, hint=f"correct {field} in the model's {_FILES}").inside("processor")
