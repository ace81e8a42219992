"""What differs between kinds of models: how a question is put, and where the picture goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from glyphdata.errors import InputError

Kind = Literal["llava", "blip2"]

_BLIP2 = ("blip-2",)
_LLAVA = ("llava", "llava_next", "vipllava", "llava_onevision")


class Family(Protocol):
    """How models of one family are asked.

    Model and processor are transformers' own, whose classes depend on the checkpoint.
    """

    def complete(self, model: Any, processor: Any) -> tuple[str, ...]:
        """Tell the processor what it lacks and the model knows; the names of what was told."""
        ...

    def check(self, processor: Any, place: str) -> None:
        """`InputError` where the processor cannot put a question as this family takes it."""
        ...

    def asked(self, processor: Any, question: str, picture: bool) -> str:
        """The question in the form that the model was taught, with a place for the picture."""
        ...

    def places(self, model: Any, features: Any) -> int | None:
        """How many tokens each picture takes up; None where that depends on the picture."""
        ...


@dataclass(frozen=True, slots=True)
class Chat:
    """LLaVA and its kin: a chat, with the picture in the user's first message."""

    legacy: bool

    def complete(self, model: Any, processor: Any) -> tuple[str, ...]:
        """Patch size and feature selection, which processors saved before 2025 do not say."""
        config = model.config
        strategy = config.vision_feature_select_strategy
        known: Mapping[str, object] = {
            "patch_size": config.vision_config.patch_size,
            "vision_feature_select_strategy": strategy,
        }
        filled = tuple(name for name in known if getattr(processor, name, None) is None)
        for name in filled:
            setattr(processor, name, known[name])
        if "patch_size" in filled and config.vision_config.model_type == "clip_vision_model":
            # Processors of that age did not count CLIP's class token either.
            processor.num_additional_image_tokens = 1
            filled = (*filled, "num_additional_image_tokens")
        return filled

    def check(self, processor: Any, place: str) -> None:
        """A chat template, or the one way of asking that the first LLaVA had."""
        if processor.chat_template is None and not self.legacy:
            raise InputError(
                "the processor has no chat template, so that nobody knows how to ask",
                hint="add the model's chat_template.jinja to its folder",
            ).inside(place)

    def asked(self, processor: Any, question: str, picture: bool) -> str:
        """One user's message, and the assistant's turn begun."""
        if processor.chat_template is None:
            return f"USER: {f'{processor.image_token}' if picture else ''}\n{question} ASSISTANT:"
        content = [{"type": "image"}] if picture else []
        content.append({"type": "text", "text": question})
        said: str = processor.apply_chat_template(
            [{"role": "user", "content": content}], add_generation_prompt=True, tokenize=False
        )
        bos = processor.tokenizer.bos_token
        # The tokenizer puts its own in front.
        return said.removeprefix(bos) if bos and _adds_bos(processor.tokenizer) else said

    def places(self, model: Any, features: Any) -> int | None:
        """As many as the vision tower gives features, but for models that cut pictures in tiles."""
        return None if hasattr(model.config, "image_grid_pinpoints") else len(features[0])


@dataclass(frozen=True, slots=True)
class Querying:
    """BLIP-2: plain text to write on from, behind as many places as the Q-Former has queries."""

    def complete(self, model: Any, processor: Any) -> tuple[str, ...]:
        """Nothing: a processor without its number of queries may lack more than that."""
        return ()

    def check(self, processor: Any, place: str) -> None:
        """Anything goes: there is no template."""

    def asked(self, processor: Any, question: str, picture: bool) -> str:
        """The text as it is; the processor itself puts the picture in front."""
        return question

    def places(self, model: Any, features: Any) -> int | None:
        """One for each query."""
        return int(model.config.num_query_tokens)


def family_of(model_type: str, kind: Kind) -> Family:
    """The family of an architecture; `InputError` where it is not what the captioner is for."""
    wanted = _LLAVA if kind == "llava" else _BLIP2
    if model_type not in wanted:
        other = "blip2" if model_type in _BLIP2 else "llava" if model_type in _LLAVA else ""
        raise InputError(
            f"the model is a {model_type}, and {kind} takes {', '.join(wanted)}",
            hint=f"--captioner {other}" if other else "serve it, and use --captioner endpoint",
        ).inside("model")
    return Chat(legacy=model_type == "llava") if kind == "llava" else Querying()


def _adds_bos(tokenizer: Any) -> bool:
    return bool(tokenizer("a").input_ids[:1] == [tokenizer.bos_token_id])
