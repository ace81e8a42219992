"""A caption as a chat request: the question, the picture as a data URL, the fields of a dialect."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

import orjson
from pydantic import Field, JsonValue

from glyphdata.caption.captioner import Asked, Fault
from glyphdata.caption.remote.picture import data_url
from glyphdata.errors import InputError
from glyphdata.parts.photofile import Unreadable
from glyphdata.scene.rng import Rng

Dialect = Literal["openai", "vllm", "sglang", "transformers"]
"""What a server understands beyond the fields that all do.

`openai` takes its own fields only, `vllm` and `sglang` a repetition penalty as well; `transformers`
answers 422 to what it does not know.
"""

OWN = ("model", "messages", "stream", "n")
"""Fields of the body that are never the user's: without them there is no one answer."""

_TOKEN = re.compile(
    r"</?[A-Za-z_][\w.-]{0,40}>|<\|[^<>|\n]{1,40}\|>|<｜[^<>｜\n]{1,40}｜>|\[/?[A-Z_]{2,20}\]"
)
_PENALIZED: tuple[Dialect, ...] = ("vllm", "sglang")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """How a model behind a chat interface is asked.

    `model` is the server's name for it; `revision` tells two models of one name apart in the
    captions' recipe. `prompts` replaces the question of a level. Pictures that are not square are
    padded (`fit`), for many a processor cuts off what is wide, and scaled down to `max_side`
    pixels. `extra` are further fields of the request's body; null takes one away.
    """

    model: Annotated[str, Field(min_length=1)] = ""
    revision: str = ""
    dialect: Dialect = "openai"
    grounding: Literal["none", "text", "full"] = "none"
    prompts: Mapping[int, str] = field(default_factory=dict, hash=False)
    fit: Literal["pad", "native", "squash", "crop"] = "pad"
    max_side: Annotated[int, Field(ge=28, le=8192)] = 1536
    max_new_tokens: Annotated[int, Field(ge=1, le=32768)] = 384
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    top_p: Annotated[float, Field(gt=0, le=1)] = 1.0
    repetition_penalty: Annotated[float, Field(ge=1, le=2)] = 1.0
    seed: int = 0
    extra: Mapping[str, JsonValue] = field(default_factory=dict, hash=False)

    def words(self) -> dict[str, object]:
        """What of these can change a caption, as plain values: not who serves it, or how fast."""
        from glyphdata.caption.hf.settings import AGAIN_PENALTY, AGAIN_TEMPERATURE

        return {
            "model": self.model,
            "revision": self.revision,
            "dialect": self.dialect,
            "grounding": self.grounding,
            "prompts": list(self.templates()),
            "fit": self.fit,
            "max_side": self.max_side,
            "max_new_tokens": self.max_new_tokens,
            "temperature": self.temperature,
            "top_p": self.top_p,
            "repetition_penalty": self.repetition_penalty,
            "seed": self.seed,
            "extra": {name: self.extra[name] for name in sorted(self.extra)},
            "again": [AGAIN_TEMPERATURE, AGAIN_PENALTY],
        }

    def templates(self) -> tuple[str, ...]:
        """The question of each level; `InputError` where one is no question."""
        from glyphdata.caption.hf.prompts import CHAT, templates

        return templates(self.prompts, CHAT)

    def tested(self) -> None:
        """`InputError` where no model is named, or a field cannot be what it is."""
        if not self.model:
            raise InputError("no model is named", hint="--model takes the server's name for it")
        for name in sorted(self.extra):
            if name in OWN:
                raise InputError("is set by glyphdata", hint="leave it out").inside(f"extra.{name}")
        if self.repetition_penalty != 1.0 and self.dialect not in _PENALIZED:
            raise InputError(
                f"{self.dialect} servers take none", hint="dialect: vllm or sglang"
            ).inside("repetition_penalty")
        self.templates()

    def question(self, asked: Asked) -> str:
        """What the model is asked, in words.

        Anything that some tokenizer may read as a command (`<image>`, `</s>`, `<|im_end|>`) is
        broken up by a space: no server says which tokens are special to its model.
        """
        from glyphdata.caption.hf.prompts import harmless, question

        said = asked.prompt or question(
            self.templates()[asked.level - 1], asked.facts, asked.level, self.grounding
        )
        said = said.encode("utf-8", "replace").decode()
        return harmless(said, _TOKEN.findall(said))

    def request(self, asked: Asked) -> bytes | Fault:
        """The body of the request for a caption, or why there can be none."""
        if not asked.picture and not asked.prompt:
            return Fault("bad-picture", f"{asked.key}: there is no picture to ask about")
        try:
            url = data_url(asked.picture, self.fit, self.max_side) if asked.picture else ""
        except Unreadable as fault:
            return Fault("bad-picture", f"{asked.key}: {fault}")
        return self.body(self.question(asked), url, self._sampling(asked))

    def body(self, question: str, url: str, sampling: Mapping[str, JsonValue]) -> bytes:
        """A chat request as JSON; `url` is the picture's, empty for a question without one."""
        content: list[JsonValue] = []
        if url:
            content.append({"type": "image_url", "image_url": {"url": url}})
        content.append({"type": "text", "text": question})
        message: JsonValue = {"role": "user", "content": content}
        fields: dict[str, JsonValue] = {"model": self.model, "messages": [message], **sampling}
        fields.update(self.extra)
        return orjson.dumps({name: fields[name] for name in fields if fields[name] is not None})

    def _sampling(self, asked: Asked) -> dict[str, JsonValue]:
        """How the words are drawn; another try draws, where the first took the likeliest."""
        from glyphdata.caption.hf.settings import AGAIN_PENALTY, AGAIN_TEMPERATURE

        temperature, penalty = self.temperature, self.repetition_penalty
        if asked.attempt:
            temperature = max(temperature, AGAIN_TEMPERATURE)
            penalty = max(penalty, AGAIN_PENALTY)
        fields: dict[str, JsonValue] = {self._limit(): self.max_new_tokens}
        fields["temperature"] = temperature
        if temperature:
            rng = Rng.of(self.seed, asked.level).at(f"caption {asked.key}", asked.attempt)
            fields["seed"] = rng.integer(0, 2**31 - 1)
        if self.top_p != 1.0:
            fields["top_p"] = self.top_p
        if penalty != 1.0 and self.dialect in _PENALIZED:
            fields["repetition_penalty"] = penalty
        return fields

    def _limit(self) -> str:
        """The name of the field that bounds an answer: the older one is refused by newer models."""
        return "max_completion_tokens" if self.dialect == "openai" else "max_tokens"

    def probe(self) -> bytes:
        """The smallest request that shows whether pictures are answered: a grey square."""
        from glyphdata.caption.remote.picture import grey

        url = data_url(grey(64), "native", self.max_side)
        limit = min(16, self.max_new_tokens)
        return self.body("What is this?", url, {self._limit(): limit, "temperature": 0.0})
