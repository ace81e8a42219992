"""From a folder to a model and its processor, on a device, at a precision."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from glyphdata.caption.hf.families import Family, family_of
from glyphdata.caption.hf.folder import located, model_type
from glyphdata.caption.hf.settings import Settings
from glyphdata.errors import InputError

if TYPE_CHECKING:
    import torch

_UNQUANTIZED = (
    ".*vision_tower",
    ".*vision_model",
    ".*multi_modal_projector",
    ".*qformer",
    ".*language_projection",
    "lm_head",
)
"""What stays whole under quantization: the eyes, the bridge to the words, and the last layer."""


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A model ready to be asked; `filled` names what its processor lacked and the model told.

    `places` is how many tokens of a prompt stand for its picture; None where that varies, or
    where it has not been tested yet.

    `model` and `processor` are transformers' own, whose classes depend on the checkpoint.
    """

    model: Any
    processor: Any
    family: Family
    filled: tuple[str, ...] = ()
    places: int | None = None

    @property
    def encoder_decoder(self) -> bool:
        """Is the prompt read by an encoder of its own, and so no part of the output?"""
        return bool(self.model.config.get_text_config().is_encoder_decoder)

    @property
    def specials(self) -> tuple[str, ...]:
        """Every token that text must not hold, the place of the image among them."""
        tokenizer = self.processor.tokenizer
        added = (str(one) for one in tokenizer.added_tokens_decoder.values() if one.special)
        return tuple(sorted({*tokenizer.all_special_tokens, *added}))


def load(settings: Settings) -> Loaded:
    """The model of the settings; `InputError` where it cannot be had or is of another kind."""
    folder = located(settings.model, settings.revision)
    family = family_of(model_type(folder), settings.kind)
    try:
        import torch
        import transformers  # noqa: F401 - so that its absence is said here
    except (ImportError, RuntimeError) as fault:
        raise InputError(
            f"torch and transformers do not load: {str(fault).splitlines()[0]}",
            hint="pip install 'glyphdata[models]', without a torchvision that does not fit torch",
        ) from fault
    device = _device(settings.device)
    with _quietly():
        try:
            model, processor, missing = _pretrained(folder, _how(settings, device))
        except torch.OutOfMemoryError as fault:
            raise InputError(
                f"{settings.model} does not fit into the memory of {device}",
                hint="quant: int8 or nf4, a smaller model, or device: split over several GPUs",
            ).inside("model") from fault
        except InputError:
            raise
        except Exception as fault:  # tokenizers raises no class of its own
            raise InputError(
                f"{settings.model} cannot be loaded: {_first_line(fault)}",
                hint="is the folder whole, and of a version that transformers knows?",
            ).inside("model") from fault
    if missing:
        raise InputError(
            f"{settings.model} lacks {len(missing)} of its weights, {missing[0]} the first",
            hint="they would be made up at random; fetch the model again",
        ).inside("model")
    model.eval()
    return Loaded(model, processor, family, _filled(model, processor, family, folder))


def _pretrained(folder: Path, how: dict[str, Any]) -> tuple[Any, Any, list[str]]:
    """Model and processor, and the names of the weights that the folder does not hold.

    Nothing is fetched, no code of the folder's own runs, and no pickle is opened.
    """
    import transformers

    processors: Any = transformers.AutoProcessor
    models: Any = transformers.AutoModelForImageTextToText
    processor = processors.from_pretrained(
        folder, local_files_only=True, trust_remote_code=False, backend="pil"
    )
    model, found = models.from_pretrained(
        folder,
        local_files_only=True,
        trust_remote_code=False,
        use_safetensors=True,
        output_loading_info=True,
        **how,
    )
    return model, processor, sorted(found["missing_keys"])


def devices() -> tuple[str, ...]:
    """The devices of this machine, one captioner to each: its GPUs, or the CPU alone."""
    import torch

    return tuple(f"cuda:{number}" for number in range(torch.cuda.device_count())) or ("cpu",)


@contextmanager
def _quietly() -> Iterator[None]:
    """Without transformers' progress bars and advice: what matters comes back as values."""
    from transformers.utils import logging as its_own

    logging: Any = its_own
    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()


def _device(name: str) -> str:
    import torch

    if name == "auto":
        return devices()[0]
    if name == "split":
        return name
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as fault:
        raise InputError(
            f"there is no device {name!r} here: {_first_line(fault)}",
            hint=f"here are {', '.join(devices())}",
        ).inside("device") from fault
    return name


def _how(settings: Settings, device: str) -> dict[str, Any]:
    """The arguments that say at which precision and where."""
    import torch

    dtype: str | torch.dtype = settings.dtype
    if settings.dtype != "auto":
        dtype = cast("torch.dtype", getattr(torch, settings.dtype))
    how: dict[str, Any] = {
        "dtype": dtype,
        "device_map": "auto" if device == "split" else {"": device},
    }
    if settings.quant != "none":
        how["quantization_config"] = _quantization(settings)
    return how


def _quantization(settings: Settings) -> object:
    import torch
    import transformers

    config: Any = transformers.BitsAndBytesConfig
    try:
        import bitsandbytes  # noqa: F401 - transformers' own complaint comes late and is long
    except ImportError as fault:
        raise InputError(
            f"quant: {settings.quant} needs bitsandbytes", hint="pip install bitsandbytes"
        ).inside("quant") from fault
    if settings.quant == "int8":
        return config(load_in_8bit=True, llm_int8_skip_modules=list(_UNQUANTIZED))
    compute = torch.bfloat16 if settings.dtype == "auto" else getattr(torch, settings.dtype)
    return config(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_compute_dtype=compute,
        llm_int8_skip_modules=list(_UNQUANTIZED),
    )


def _filled(model: Any, processor: Any, family: Family, folder: Path) -> tuple[str, ...]:
    """What old checkpoints leave out of their processor, told by the model's own config.

    The prompt comes to stand at the left of its padding gap, where a decoder can write on from it.
    """
    tokenizer = processor.tokenizer
    if not model.config.get_text_config().is_encoder_decoder:
        tokenizer.padding_side = "left"
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    filled = family.complete(model, processor)
    family.check(processor, str(folder))
    return filled


def _first_line(fault: BaseException) -> str:
    lines = str(fault).strip().splitlines()
    return lines[0] if lines else type(fault).__name__
