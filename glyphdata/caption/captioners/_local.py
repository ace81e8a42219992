"""What LLaVA and BLIP-2 have in common: a model on this machine, loaded when it is first needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from glyphdata.caption.captioner import Answer, Asked, Fault
from glyphdata.errors import InputError

if TYPE_CHECKING:
    from glyphdata.caption.hf.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """A captioner whose model runs here; two that are equal share one model.

    `model` is a folder or a hub's name. `device` is `auto` (the first GPU, else the CPU), a torch
    device such as `cuda:1`, or `split`; several GPUs want one process each. `batch` 0 finds out how
    many pictures go at once. `prompts` replaces the question of a level.
    """

    model: Annotated[str, Field(min_length=1)] = ""
    revision: str = ""
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = "auto"
    device: str = "auto"
    quant: Literal["none", "int8", "nf4"] = "none"
    fit: Literal["auto", "native", "pad", "squash", "crop"] = "auto"
    grounding: Literal["none", "text", "full"] = "none"
    prompts: Mapping[int, str] = field(default_factory=dict, hash=False)
    max_new_tokens: Annotated[int, Field(ge=1, le=4096)] = 384
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    top_p: Annotated[float, Field(gt=0, le=1)] = 1.0
    num_beams: Annotated[int, Field(ge=1, le=16)] = 1
    repetition_penalty: Annotated[float, Field(ge=1, le=2)] = 1.0
    seed: int = 0
    batch: Annotated[int, Field(ge=0, le=4096)] = 0

    kind: ClassVar[Literal["llava", "blip2"]]

    @property
    def needs_picture(self) -> bool:
        """Always: it looks."""
        return True

    def recipe(self) -> Mapping[str, object]:
        """Model, digest of its weights, prompts, settings of the generation, library versions."""
        return self.settings().recipe()

    def check(self) -> None:
        """Load the model and test that it sees what it is asked about; `InputError` if not."""
        from glyphdata.caption.hf import engine

        engine.engine(self.settings())

    def close(self) -> None:
        """Let go of the model."""
        from glyphdata.caption.hf import engine

        engine.shut(self.settings())

    def settings(self) -> Settings:
        """The fields as the engine takes them; `InputError` where they contradict each other."""
        from glyphdata.caption.hf import prompts
        from glyphdata.caption.hf.settings import Settings

        if self.temperature and self.num_beams > 1:
            raise InputError(
                "beams cannot be drawn at random", hint="temperature: 0, or num_beams: 1"
            ).inside("num_beams")
        default = prompts.CHAT if self.kind == "llava" else prompts.CONTINUED
        return Settings(
            kind=self.kind,
            model=self.model,
            revision=self.revision,
            dtype=self.dtype,
            device=self.device,
            quant=self.quant,
            fit=self.fit,
            grounding=self.grounding,
            prompts=prompts.templates(self.prompts, default),
            max_new_tokens=self.max_new_tokens,
            temperature=self.temperature,
            top_p=self.top_p,
            num_beams=self.num_beams,
            repetition_penalty=self.repetition_penalty,
            seed=self.seed,
            batch=self.batch,
        )

    def _answers(self, asked: Sequence[Asked]) -> list[Answer | Fault]:
        from glyphdata.caption.hf import engine

        return engine.engine(self.settings()).answers(asked)
