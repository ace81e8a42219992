"""A loaded and tested model that answers what a run asks."""

from __future__ import annotations

from collections.abc import Sequence

from glyphdata.caption.captioner import Answer, Asked, Fault
from glyphdata.caption.hf import generate, selftest
from glyphdata.caption.hf.batching import MOST, START, Pace, TooLarge, in_batches
from glyphdata.caption.hf.loading import Loaded, load
from glyphdata.caption.hf.pictures import Fit, fitted, opened
from glyphdata.caption.hf.prompts import harmless, question
from glyphdata.caption.hf.settings import Settings
from glyphdata.parts.photofile import Unreadable
from glyphdata.scene.rng import Rng


class Engine:
    """A model on its device, which has passed its self-test; `InputError` where it does not."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        loaded = load(settings)
        self._fit: Fit = selftest.settled(loaded, settings.fit)
        self._loaded: Loaded = selftest.tested(loaded, self._fit)
        size = settings.batch or START
        self._pace = Pace(size, settings.batch or MOST)

    def answers(self, asked: Sequence[Asked]) -> list[Answer | Fault]:
        """An answer or a fault for each, in the same order, whatever batches they went in."""
        out: dict[int, Answer | Fault] = {}
        groups: dict[tuple[bool, bool], list[tuple[int, generate.Question]]] = {}
        for number, one in enumerate(asked):
            ready = self._question(one)
            if isinstance(ready, Fault):
                out[number] = ready
            else:
                group = (ready.picture is None, ready.again)
                groups.setdefault(group, []).append((number, ready))
        for waiting in groups.values():
            # Like lengths side by side: all of a batch are padded to the longest.
            waiting.sort(key=lambda pair: (len(pair[1].text), pair[0]))
            made = in_batches([ready for _, ready in waiting], self._made, _spoilt, self._pace)
            out.update(zip((number for number, _ in waiting), made, strict=True))
        return [out[number] for number in range(len(asked))]

    def _made(self, questions: Sequence[generate.Question]) -> list[Answer | Fault]:
        return [*generate.answered(self._loaded, self._settings, questions)]

    def _question(self, asked: Asked) -> generate.Question | Fault:
        settings, loaded = self._settings, self._loaded
        picture = None
        if asked.picture or not asked.prompt:
            try:
                picture = fitted(opened(asked.picture), self._fit)
            except Unreadable as fault:
                return Fault("bad-picture", f"{asked.key}: {fault}")
        elif settings.kind == "blip2":
            return Fault("bad-picture", f"{asked.key}: blip2 answers about pictures only")
        prompt = asked.prompt or question(
            settings.prompts[asked.level - 1], asked.facts, asked.level, settings.grounding
        )
        text = loaded.family.asked(
            loaded.processor, harmless(prompt, loaded.specials), picture is not None
        )
        rng = Rng.of(settings.seed, asked.level).at(f"caption {asked.key}", asked.attempt)
        return generate.Question(text, picture, rng, asked.attempt > 0)


_OPEN: dict[Settings, Engine] = {}


def engine(settings: Settings) -> Engine:
    """The engine of these settings, loaded and tested the first time it is asked for."""
    if settings not in _OPEN:
        _OPEN[settings] = Engine(settings)
    return _OPEN[settings]


def shut(settings: Settings) -> None:
    """Let go of the engine of these settings, and of its memory."""
    if _OPEN.pop(settings, None) is not None:
        import torch

        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def _spoilt(fault: Exception) -> Answer | Fault:
    if isinstance(fault, TooLarge):
        return Fault("oom", f"memory does not hold one picture: {fault}")
    return Fault("model", str(fault))
