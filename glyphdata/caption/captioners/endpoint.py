"""Endpoint: any server with OpenAI's chat interface (vLLM, SGLang, `transformers serve`, hosts)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from glyphdata.caption.captioner import Answer, Asked, Fault
from glyphdata.caption.remote.chat import Chat
from glyphdata.errors import InputError

if TYPE_CHECKING:
    from glyphdata.caption.remote.address import Address
    from glyphdata.caption.remote.client import Manners


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint(Chat):
    """What a model behind an OpenAI-compatible server sees in a picture.

    `base_url` ends with the version (`…/v1`); `key_env` names the environment variable that holds
    the key, which is read when it is needed and kept nowhere. A request that fails in passing is
    tried `tries` times, first after `backoff_s` seconds, then after twice as many, and so on;
    `breaker` captions given up in a row end the run.
    """

    base_url: str = "http://127.0.0.1:8000/v1"
    key_env: str = ""
    concurrency: Annotated[int, Field(ge=1, le=1024)] = 16
    timeout_s: Annotated[float, Field(gt=0, le=3600)] = 120.0
    tries: Annotated[int, Field(ge=1, le=20)] = 4
    backoff_s: Annotated[float, Field(ge=0, le=60)] = 1.0
    breaker: Annotated[int, Field(ge=1)] = 20

    @property
    def needs_picture(self) -> bool:
        """Always: it looks."""
        return True

    def recipe(self) -> Mapping[str, object]:
        """The model's name, prompts, preparation of pictures, settings of the generation."""
        return {"kind": "endpoint", **self.words()}

    def check(self) -> None:
        """Ask about a grey square; `InputError` where the server, key, model or dialect fails."""
        from glyphdata.caption.remote.client import client

        self._tested()
        address, manners = self._server()
        heard = client(address, manners).probe(self.probe())
        if isinstance(heard.said, Fault) and heard.said.code != "empty":
            self.close()
            raise InputError(heard.said.message, hint=_way_out(heard.status, self.dialect)).inside(
                address.base_url
            )

    def caption(self, asked: Sequence[Asked]) -> list[Answer | Fault]:
        """The server's answers, in order; `InputError` once too many in a row have failed."""
        from glyphdata.caption.remote.client import Request, client

        self._tested()
        requests = [Request(_name(one), partial(self.request, one)) for one in asked]
        return client(*self._server()).answers(requests)

    def close(self) -> None:
        """Close the connections."""
        from glyphdata.caption.remote.client import shut

        shut(*self._server())

    def _tested(self) -> None:
        self.tested()
        address, _ = self._server()
        address.tested()

    def _server(self) -> tuple[Address, Manners]:
        from glyphdata.caption.remote.address import Address
        from glyphdata.caption.remote.client import Manners

        manners = Manners(
            concurrency=self.concurrency,
            timeout_s=self.timeout_s,
            tries=self.tries,
            backoff_s=self.backoff_s,
            breaker=self.breaker,
            seed=self.seed,
        )
        return Address(self.base_url, self.key_env), manners


def _name(asked: Asked) -> str:
    return f"{asked.key} {asked.level} {asked.attempt}"


def _way_out(status: int, dialect: str) -> str:
    """What to change after a probe that failed."""
    if status in (401, 403):
        return "key_env names the variable that holds the key"
    if status == 404:
        return "base_url ends in /v1 at most servers; --model takes the server's name of the model"
    if status in (400, 422):
        return f"does the model take pictures, and the server the dialect {dialect!r}?"
    return "is the server up, and base_url its address?"
