"""Where a tower's architecture and weights come from: a folder, or a model of the hub.

transformers takes seconds to import, so only the towers that are made of it do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from glyphdata.errors import InputError

if TYPE_CHECKING:
    from transformers import PretrainedConfig, PreTrainedModel

Config = dict[str, Any]
"""What transformers says of an architecture, as it stands in a config.json."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source:
    """A folder or a hub's name, and the setting that gave it, such as `text.source`.

    A hub's model is looked for in the local cache first; what the cache lacks is downloaded, unless
    the hub is switched off (`HF_HUB_OFFLINE=1`). No code of the model's own runs.
    """

    name: str
    setting: str

    def config(self, *kinds: type[PretrainedConfig]) -> PretrainedConfig:
        """Its config, one of `kinds`; `InputError` where it has none or is of another kind."""
        from transformers import PretrainedConfig

        found = self._had(lambda **how: PretrainedConfig.get_config_dict(self.name, **how)[0])
        told = found.get("model_type")
        if told is None:
            raise self._unusable(ValueError("no config.json that names an architecture"))
        kind = {one.model_type: one for one in kinds}.get(told)
        if kind is None:
            raise InputError(
                f"{self.name} is {told!r}, not " + " or ".join(one.model_type for one in kinds),
                hint="name a model of that kind, or choose another tower",
            ).inside(self.setting)
        config: PretrainedConfig = kind.from_dict(found)
        return config

    def weights(self, kind: type[PreTrainedModel], config: PretrainedConfig, **more: Any) -> Any:
        """A model of `kind` with its weights in fp32; `InputError` where it lacks any of them."""

        def loaded(**how: Any) -> Any:
            return kind.from_pretrained(
                self.name, config=config, output_loading_info=True, **how, **more
            )

        model, found = self._had(loaded)
        missing = sorted(found["missing_keys"])
        if missing:
            raise InputError(
                f"{self.name} lacks {len(missing)} of its weights, {missing[0]} the first",
                hint="they would be made up at random; fetch the model again",
            ).inside(self.setting)
        return model.float()

    def _had(self, ask: Callable[..., T]) -> T:
        """What `ask` gives, from this disk or else from the hub."""
        from huggingface_hub import constants

        online = not (Path(self.name).is_dir() or constants.HF_HUB_OFFLINE)
        with _quietly():
            try:
                return ask(local_files_only=True)
            except (OSError, ValueError, RuntimeError) as fault:
                if not (online and isinstance(fault, OSError)):
                    raise self._unusable(fault) from fault
            try:
                return ask(local_files_only=False)
            except (OSError, ValueError, RuntimeError) as fault:
                raise self._unusable(fault) from fault

    def _unusable(self, fault: BaseException) -> InputError:
        first = (str(fault).strip().splitlines() or [type(fault).__name__])[0]
        if Path(self.name).is_dir():
            return InputError(
                f"{self.name} cannot be loaded: {first}",
                hint="a model's folder has config.json and its weights; is it whole?",
            ).inside(self.setting)
        return InputError(
            f"{self.name} is no folder, and no model of the local cache or of the hub: {first}",
            hint=f"run `hf download` with its name where there is a network, give its folder, or "
            f"begin from random weights: {self.setting}=null",
        ).inside(self.setting)


def told(config: PretrainedConfig) -> Config:
    """A config as a document that its class can be made of again."""
    document: Config = config.to_diff_dict()
    return document


def checkpoint(model: PreTrainedModel) -> None:
    """Let layers keep no activations inside, and compute them again when they are needed."""
    how = {"use_reentrant": False}
    newer = getattr(model, "activation_checkpointing_enable", None)
    if newer is not None:  # the older name warns from transformers 5.20 on
        newer(how)
    else:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs=how)


@contextmanager
def _quietly() -> Iterator[None]:
    """Without transformers' progress bars and advice: what matters comes back as values."""
    from transformers.utils import logging

    its_own: Any = logging
    verbosity, bars = its_own.get_verbosity(), its_own.is_progress_bar_enabled()
    its_own.set_verbosity_error()
    its_own.disable_progress_bar()
    try:
        yield
    finally:
        its_own.set_verbosity(verbosity)
        if bars:
            its_own.enable_progress_bar()
