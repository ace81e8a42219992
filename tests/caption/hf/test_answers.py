"""What the models say: taught four pictures, they name those, whatever they stand beside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from glyphdata import registry
from glyphdata.caption.captioner import Answer, Asked, Captioner, Fault
from glyphdata.caption.captioners.blip2 import Blip2
from glyphdata.caption.captioners.llava import Llava
from glyphdata.caption.hf import engine
from tests.caption.hf.conftest import LEVELS
from tests.caption.lessons import lessons

Taught = Callable[[str], Path]
MODELS = tuple(LEVELS)


@pytest.fixture(autouse=True)
def put_away() -> Iterator[None]:
    """No test leaves a model open for the next."""
    yield
    engine._OPEN.clear()


def captioner(taught: Taught, name: str, **settings: Any) -> Llava | Blip2:
    kind = registry.load("captioners", name.partition("_")[0])
    made: Llava | Blip2 = kind(**{"model": str(taught(name)), "max_new_tokens": 48} | settings)
    return made


def asked(level: int, order: Sequence[int] = (0, 1, 2, 3)) -> list[Asked]:
    return [
        Asked(one.facts.key, one.facts, level, picture=one.picture)
        for one in (lessons()[number] for number in order)
    ]


def said(answers: Sequence[Answer | Fault]) -> list[str]:
    return [
        one.text if isinstance(one, Answer) else f"{one.code}: {one.message}" for one in answers
    ]


TRUTH = [lesson.caption for lesson in lessons()]


@pytest.mark.parametrize("name", MODELS)
def test_a_taught_model_says_the_four_captions_exactly(taught: Taught, name: str) -> None:
    model = captioner(taught, name)
    model.check()
    for level in LEVELS[name]:
        assert said(model.caption(asked(level))) == TRUTH


@pytest.mark.parametrize("name", MODELS)
def test_one_by_one_says_what_four_at_once_say(taught: Taught, name: str) -> None:
    single = captioner(taught, name, batch=1).caption(asked(2))
    assert single == captioner(taught, name, batch=4).caption(asked(2))


@pytest.mark.parametrize("name", MODELS)
def test_pictures_in_another_order_give_captions_in_that_order(taught: Taught, name: str) -> None:
    order = (2, 0, 3, 1)
    assert said(captioner(taught, name).caption(asked(2, order))) == [TRUTH[n] for n in order]


@pytest.mark.parametrize("name", MODELS)
def test_questions_of_unlike_length_do_not_disturb_each_other(taught: Taught, name: str) -> None:
    short, long = LEVELS[name]
    mixed = [one for pair in zip(asked(short), asked(long), strict=True) for one in pair]
    assert said(captioner(taught, name, batch=8).caption(mixed)) == [
        caption for caption in TRUTH for _ in range(2)
    ]


def test_an_answer_names_its_model_and_how_it_ended(taught: Taught) -> None:
    whole = captioner(taught, "llava").caption(asked(2))[0]
    cut = captioner(taught, "llava", max_new_tokens=5).caption(asked(2))[0]
    assert isinstance(whole, Answer) and isinstance(cut, Answer)
    assert (whole.finish, whole.model) == ("stop", taught("llava").name)
    assert cut.finish == "length" and TRUTH[0].startswith(cut.text)


def test_captioners_are_what_a_run_takes_them_for(taught: Taught) -> None:
    model = captioner(taught, "llava")
    assert isinstance(model, Captioner) and model.needs_picture
    assert {"llava", "blip2"} <= set(registry.kinds("captioners"))
    model.check()
    assert len(engine._OPEN) == 1
    model.close()
    assert not engine._OPEN


def test_a_broken_picture_costs_nobody_else(taught: Taught) -> None:
    items = asked(2)
    items[1] = replace(items[1], picture=items[1].picture[:60])
    items[2] = replace(items[2], picture=b"GIF89a, or so it says")
    answers = captioner(taught, "llava").caption(items)
    broken, foreign = answers[1], answers[2]
    assert isinstance(broken, Fault) and isinstance(foreign, Fault)
    assert (broken.code, foreign.code) == ("bad-picture", "bad-picture")
    assert foreign.message == f"{items[2].key}: it is no JPEG, PNG or WebP"
    assert said([answers[0], answers[3]]) == [TRUTH[0], TRUTH[3]]


@pytest.mark.parametrize("name", ["llava", "llava_next", "blip2_opt"])
@pytest.mark.parametrize("text", ["<image>", "</s><s>", "<<image>image>", "<pad>", 'a "b" {count}'])
@pytest.mark.parametrize("grounding", ["text", "full"])
def test_scene_text_is_never_read_as_a_command(
    taught: Taught, name: str, text: str, grounding: str
) -> None:
    hostile = [
        replace(one, facts=replace(one.facts, texts=(replace(one.facts.texts[0], text=text),)))
        for one in asked(2)
    ]
    answers = captioner(taught, name, grounding=grounding, max_new_tokens=4).caption(hostile)
    assert all(isinstance(answer, Answer) for answer in answers)


def test_a_question_of_ones_own_takes_the_place_of_the_level(taught: Taught) -> None:
    from glyphdata.caption.hf.prompts import CHAT

    model = captioner(taught, "llava", prompts={2: "What?"})
    own = [replace(one, prompt=CHAT[1]) for one in asked(2)]
    assert said(model.caption(own)) == TRUTH
    assert model.recipe()["prompts"][1] == "What?"  # type: ignore[index]


def test_a_chat_answers_questions_without_a_picture_too(taught: Taught) -> None:
    one = replace(asked(2)[0], picture=b"", prompt="Shorten this.")
    (answer,) = captioner(taught, "llava", max_new_tokens=4).caption([one])
    assert isinstance(answer, Answer)
    (refused,) = captioner(taught, "blip2_opt", max_new_tokens=4).caption([one])
    assert isinstance(refused, Fault) and refused.code == "bad-picture"


def test_another_attempt_is_another_draw_and_always_the_same_one(taught: Taught) -> None:
    model = captioner(taught, "llava", temperature=1.5, batch=4)
    again = [replace(one, attempt=1) for one in asked(2)]
    first, second = said(model.caption(asked(2))), said(model.caption(again))
    assert first != second
    assert second == said(captioner(taught, "llava", temperature=1.5, batch=1).caption(again))
    assert first != said(captioner(taught, "llava", temperature=1.5, seed=1).caption(asked(2)))


def test_draws_keep_to_the_likely_words(taught: Taught) -> None:
    model = captioner(taught, "llava", temperature=1.0, top_p=0.01)
    assert said(model.caption(asked(2))) == TRUTH


@pytest.mark.parametrize("name", ["llava", "blip2_opt", "blip2_t5"])
def test_beams_find_the_captions_too(taught: Taught, name: str) -> None:
    assert said(captioner(taught, name, num_beams=2).caption(asked(2))) == TRUTH


def _forgetful(model: Any, most: int, sizes: list[int], fault: type[Exception]) -> Any:
    generate = model.generate

    def limited(**inputs: Any) -> Any:
        sizes.append(len(inputs["input_ids"]))
        if sizes[-1] > most:
            raise fault("CUDA out of memory. Tried to allocate 2.00 GiB")
        return generate(**inputs)

    return limited


@pytest.mark.parametrize("fault", [torch.OutOfMemoryError, RuntimeError])
def test_a_batch_too_large_is_halved_and_nothing_is_lost(
    taught: Taught, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    model = captioner(taught, "llava", batch=4)
    loaded = engine.engine(model.settings())._loaded.model
    sizes: list[int] = []
    monkeypatch.setattr(loaded, "generate", _forgetful(loaded, 2, sizes, fault))
    assert said(model.caption(asked(2) + asked(1))) == TRUTH * 2
    assert sizes[:3] == [4, 2, 2] and max(sizes[1:]) == 2  # and never tried so large again


def test_a_picture_that_fits_in_no_memory_is_a_fault_of_its_own(
    taught: Taught, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = captioner(taught, "llava", batch=4)
    loaded = engine.engine(model.settings())._loaded.model
    monkeypatch.setattr(loaded, "generate", _forgetful(loaded, 0, [], torch.OutOfMemoryError))
    faults = model.caption(asked(2))
    assert [one.code for one in faults if isinstance(one, Fault)] == ["oom"] * 4


def test_a_batch_that_fails_is_searched_for_the_guilty_one(
    taught: Taught, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = captioner(taught, "llava", batch=4)
    loaded = engine.engine(model.settings())._loaded
    guilty = engine.engine(model.settings())._question(asked(2)[2])
    assert not isinstance(guilty, Fault)
    pixels = loaded.processor.image_processor(guilty.picture, return_tensors="pt")["pixel_values"]
    generate = loaded.model.generate

    def picky(**inputs: Any) -> Any:
        if any(torch.equal(one, pixels[0]) for one in inputs["pixel_values"]):
            raise ValueError("not this one")
        return generate(**inputs)

    monkeypatch.setattr(loaded.model, "generate", picky)
    answers = model.caption(asked(2))
    assert answers[2] == Fault("model", "ValueError: not this one")
    assert said([answers[n] for n in (0, 1, 3)]) == [TRUTH[n] for n in (0, 1, 3)]


def test_bfloat16_says_the_same(taught: Taught) -> None:
    model = captioner(taught, "llava", dtype="bfloat16")
    assert said(model.caption(asked(2))) == TRUTH
    assert engine.engine(model.settings())._loaded.model.dtype == torch.bfloat16


@pytest.mark.parametrize("quant", ["int8", "nf4"])
def test_quantized_models_load_and_answer(taught: Taught, quant: str) -> None:
    model = captioner(taught, "llava", quant=quant, max_new_tokens=8)
    assert all(isinstance(one, Answer) for one in model.caption(asked(2)))
    loaded = engine.engine(model.settings())._loaded.model
    quantized = [
        name
        for name, module in loaded.named_modules()
        if type(module).__module__.startswith("bitsandbytes")
    ]
    assert quantized
    assert not any(
        part in name for name in quantized for part in ("vision", "projector", "lm_head")
    )
