"""Models that would speak of something else than their picture are refused, each in its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from glyphdata.caption.captioner import Answer
from glyphdata.caption.captioners.blip2 import Blip2
from glyphdata.caption.captioners.llava import Llava
from glyphdata.caption.hf import engine, selftest
from glyphdata.caption.hf.loading import Loaded, load
from glyphdata.errors import InputError
from tests.caption.hf.test_answers import TRUTH, asked, said

Taught = Callable[[str], Path]
Planted = Callable[..., Path]
PROCESSOR = "processor_config.json"


@pytest.fixture(autouse=True)
def put_away() -> Iterator[None]:
    """No test leaves a model open for the next."""
    yield
    engine._OPEN.clear()


def loaded(kind: type[Llava | Blip2], folder: Path) -> Loaded:
    return load(kind(model=str(folder)).settings())


@pytest.mark.parametrize("name", ["blip2_opt", "blip2_t5"])
def test_blip2_without_its_number_of_queries_is_refused(planted: Planted, name: str) -> None:
    folder = planted(name, PROCESSOR, num_query_tokens=None)
    with pytest.raises(InputError, match="no place for the picture") as refused:
        Blip2(model=str(folder)).check()
    assert "num_query_tokens" in refused.value.hint


@pytest.mark.parametrize("name", ["blip2_opt", "blip2_t5"])
def test_blip2_with_too_few_queries_is_refused(planted: Planted, name: str) -> None:
    folder = planted(name, PROCESSOR, num_query_tokens=6)
    with pytest.raises(InputError, match="6 places for a picture, of which the model makes 8"):
        Blip2(model=str(folder)).check()


def test_padding_at_the_right_is_refused(taught: Taught) -> None:
    model = loaded(Llava, taught("llava"))
    model.processor.tokenizer.padding_side = "right"
    with pytest.raises(InputError, match="pads at the right") as refused:
        selftest.tested(model, "pad")
    assert "padding_side" in refused.value.hint


def test_a_checkpoint_saved_with_right_padding_is_asked_with_left(planted: Planted) -> None:
    folder = planted("llava", "tokenizer_config.json", padding_side="right")
    model = Llava(model=str(folder), max_new_tokens=48, batch=8)
    mixed = [one for pair in zip(asked(1), asked(2), strict=True) for one in pair]
    assert said(model.caption(mixed)) == [caption for caption in TRUTH for _ in range(2)]


def test_a_processor_that_cuts_wide_pictures_is_refused(taught: Taught) -> None:
    with pytest.raises(InputError, match="cuts off the ends of wide pictures") as refused:
        Llava(model=str(taught("llava")), fit="native").check()
    assert "fit: auto or pad" in refused.value.hint


@pytest.mark.parametrize(
    ("name", "kind", "fit"),
    [
        ("llava", Llava, "pad"),
        ("llava_next", Llava, "native"),
        ("blip2_opt", Blip2, "native"),
    ],
)
def test_auto_pads_for_those_alone_that_cut(
    taught: Taught, name: str, kind: type[Llava | Blip2], fit: str
) -> None:
    assert selftest.settled(loaded(kind, taught(name)), "auto") == fit


def test_whoever_wants_the_middle_alone_gets_it(taught: Taught) -> None:
    selftest.tested(loaded(Llava, taught("llava")), "crop")


@pytest.mark.parametrize(("name", "kind"), [("llava", Llava), ("blip2_opt", Blip2)])
def test_pictures_that_change_places_are_refused(
    taught: Taught, name: str, kind: type[Llava | Blip2], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = loaded(kind, taught(name))
    inner = type(model.processor.image_processor).__call__

    def swapped(self: Any, images: Any, **more: Any) -> Any:
        pictures = (
            [images[1], images[0], *images[2:]]
            if isinstance(images, list) and len(images) > 1
            else images
        )
        return inner(self, pictures, **more)

    monkeypatch.setattr(type(model.processor.image_processor), "__call__", swapped)
    with pytest.raises(InputError, match="the pictures of a batch change places"):
        selftest.tested(model, "pad")


def test_a_model_blind_to_its_picture_is_refused(taught: Taught) -> None:
    model = loaded(Llava, taught("llava"))
    with torch.no_grad():
        for weight in model.model.model.multi_modal_projector.parameters():
            weight.zero_()
    with pytest.raises(InputError, match="the same of a black and of a white picture"):
        selftest.tested(model, "pad")


def test_a_row_disturbed_by_its_neighbours_is_refused(taught: Taught) -> None:
    model = loaded(Llava, taught("llava"))
    model.model.model.multi_modal_projector.register_forward_hook(
        lambda _module, _inputs, rows: rows + 0.05 * rows[:1] if len(rows) > 1 else rows
    )
    with pytest.raises(InputError, match="read differently alone and beside another"):
        selftest.tested(model, "pad")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("patch_size", 7),
        ("num_additional_image_tokens", 0),
        ("vision_feature_select_strategy", "full"),
    ],
)
@pytest.mark.parametrize("name", ["llava", "llava_next"])
def test_a_processor_that_does_not_fit_its_model_is_refused(
    planted: Planted, name: str, field: str, value: Any
) -> None:
    folder = planted(name, PROCESSOR, **{field: value})
    with pytest.raises(InputError) as refused:
        Llava(model=str(folder)).check()
    assert field in refused.value.hint and refused.value.trail == ("processor",)


def test_a_processor_of_before_2025_is_told_what_it_lacks(planted: Planted) -> None:
    folder = planted(
        "llava",
        PROCESSOR,
        patch_size=None,
        vision_feature_select_strategy=None,
        num_additional_image_tokens=None,
    )
    assert loaded(Llava, folder).filled == (
        "patch_size",
        "vision_feature_select_strategy",
        "num_additional_image_tokens",
    )
    assert said(Llava(model=str(folder), max_new_tokens=48).caption(asked(2))) == TRUTH


def test_the_first_llava_is_asked_without_a_template(planted: Planted) -> None:
    folder = planted("llava", PROCESSOR)
    (folder / "chat_template.jinja").unlink()
    answers = Llava(model=str(folder), max_new_tokens=48).caption(asked(2))
    assert all(isinstance(one, Answer) for one in answers)


def test_a_later_llava_without_a_template_is_refused(planted: Planted) -> None:
    folder = planted("llava_next", PROCESSOR)
    (folder / "chat_template.jinja").unlink()
    with pytest.raises(InputError, match="no chat template"):
        Llava(model=str(folder)).check()


def test_every_batch_is_counted_again(taught: Taught) -> None:
    model = Blip2(model=str(taught("blip2_opt")), max_new_tokens=8)
    model.check()
    engine.engine(model.settings())._loaded.processor.num_query_tokens = 6
    (fault, *_) = model.caption(asked(5))
    assert not isinstance(fault, Answer)
    assert fault.code == "model" and "hold [6] places for a picture, not 8" in fault.message
