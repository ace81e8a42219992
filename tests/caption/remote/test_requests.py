"""What is asked of a server: words, picture, and the fields of its dialect."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import orjson
import pytest
from PIL import Image

from glyphdata.caption.captioner import Asked
from glyphdata.caption.captioners.endpoint import Endpoint
from glyphdata.caption.remote.chat import Chat
from tests.caption.lessons import Lesson

Ask = Callable[..., Asked]


def body(chat: Chat, asked: Asked) -> dict[str, Any]:
    made = chat.request(asked)
    assert isinstance(made, bytes)
    loaded: dict[str, Any] = orjson.loads(made)
    return loaded


def encoded(image: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def sent(chat: Chat, asked: Asked) -> tuple[str, bytes]:
    """The type of the picture in a request, and its bytes."""
    part = body(chat, asked)["messages"][0]["content"][0]
    head, _, data = part["image_url"]["url"].partition(";base64,")
    return head, base64.b64decode(data, validate=True)


def test_the_picture_stands_before_the_question(ask: Ask) -> None:
    (message,) = body(Chat(model="m"), ask())["messages"]
    assert message["role"] == "user"
    assert [part["type"] for part in message["content"]] == ["image_url", "text"]
    assert message["content"][1]["text"].startswith("Describe this image in detail")


def test_a_judge_is_asked_without_a_picture(ask: Ask) -> None:
    (message,) = body(Chat(model="m"), ask(prompt="Is it red?", picture=b""))["messages"]
    assert message["content"] == [{"type": "text", "text": "Is it red?"}]


@pytest.mark.parametrize(
    ("dialect", "fields"),
    [
        ("openai", {"max_completion_tokens": 384, "temperature": 0.0}),
        ("vllm", {"max_tokens": 384, "temperature": 0.0}),
        ("sglang", {"max_tokens": 384, "temperature": 0.0}),
        ("transformers", {"max_tokens": 384, "temperature": 0.0}),
    ],
)
def test_a_dialect_is_sent_its_own_fields(ask: Ask, dialect: Any, fields: dict[str, Any]) -> None:
    made = body(Chat(model="m", dialect=dialect), ask())
    del made["messages"]
    assert made == {"model": "m", **fields}


def test_another_try_draws_other_words_with_a_seed_of_its_own(ask: Ask) -> None:
    chat = Chat(model="m", dialect="vllm")
    tries = [body(chat, ask(attempt=attempt)) for attempt in (1, 2)]
    assert [made["temperature"] for made in tries] == [0.4, 0.4]
    assert [made["repetition_penalty"] for made in tries] == [1.1, 1.1]
    seeds = {made["seed"] for made in (*tries, body(chat, ask(1, attempt=1)))}
    assert len(seeds) == 3
    assert body(chat, ask(attempt=1)) == tries[0]
    assert body(replace(chat, seed=1), ask(attempt=1))["seed"] not in seeds


def test_further_fields_are_added_and_null_takes_one_away(ask: Ask) -> None:
    extra: dict[str, Any] = {
        "temperature": None,
        "chat_template_kwargs": {"enable_thinking": False},
    }
    made = body(Chat(model="m", extra=extra), ask())
    assert "temperature" not in made
    assert made["chat_template_kwargs"] == {"enable_thinking": False}


@pytest.mark.parametrize(
    "token",
    [
        "<image>",
        "</s>",
        "<s>",
        "<|im_end|>",
        "<bos>",
        "<image_soft_token>",
        "[INST]",
        "[/INST]",
        "<｜end▁of▁sentence｜>",
        "<start_of_turn>",
        "<|begin_of_text|>",
    ],
)
def test_scene_text_that_looks_like_a_token_is_broken_up(
    ask: Ask, lesson: Lesson, token: str
) -> None:
    (text,) = lesson.facts.texts
    facts = replace(lesson.facts, texts=(replace(text, text=f"a{token}b"),))
    said = Chat(model="m", grounding="text").question(ask(facts=facts))
    assert token not in said
    assert f"a{token[0]} {token[1:]}b" in said


def test_text_in_brackets_and_comparisons_is_left_alone(ask: Ask) -> None:
    for said in ("5 < 7 > 3", "[a] [1] [SALE 50%]", "<3", "a <- b"):
        assert Chat(model="m").question(ask(prompt=said)) == said


def test_a_lone_surrogate_does_not_stop_a_request(ask: Ask) -> None:
    made = body(Chat(model="m"), ask(prompt="a\ud800b"))
    assert made["messages"][0]["content"][-1]["text"] == "a?b"


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_picture_that_needs_nothing_is_sent_as_it_lies(ask: Ask, form: str) -> None:
    picture = encoded(Image.new("RGB", (40, 40), (1, 2, 3)), form)
    assert sent(Chat(model="m"), ask(picture=picture)) == (f"data:image/{form.lower()}", picture)


def test_a_wide_picture_is_padded_so_that_nothing_is_cut_off(ask: Ask) -> None:
    banner = Image.new("RGB", (200, 50), (10, 20, 30))
    banner.paste((255, 0, 0), (0, 0, 4, 50))
    banner.paste((0, 255, 0), (196, 0, 200, 50))
    kind, picture = sent(Chat(model="m"), ask(picture=encoded(banner)))
    shown = Image.open(io.BytesIO(picture))
    assert (kind, shown.size) == ("data:image/png", (200, 200))
    assert np.array_equal(np.asarray(shown)[75:125], np.asarray(banner))


def test_a_picture_is_no_larger_than_asked(ask: Ask) -> None:
    chat = Chat(model="m", fit="native", max_side=100)
    _, picture = sent(chat, ask(picture=encoded(Image.new("RGB", (3000, 30)))))
    assert Image.open(io.BytesIO(picture)).size == (100, 1)


@pytest.mark.parametrize("mode", ["RGBA", "P", "LA", "CMYK"])
def test_a_picture_of_an_odd_mode_is_sent_as_rgb(ask: Ask, mode: str) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"
    _, picture = sent(Chat(model="m"), ask(picture=encoded(Image.new(mode, (40, 40)), form)))
    assert Image.open(io.BytesIO(picture)).mode == "RGB"


def test_the_recipe_changes_with_all_that_changes_words_and_with_nothing_else() -> None:
    base = dict(Endpoint(model="m").recipe())
    same: list[dict[str, Any]] = [
        {"base_url": "http://other/v1"},
        {"concurrency": 2},
        {"timeout_s": 5},
        {"key_env": "KEY"},
        {"tries": 2},
    ]
    other: list[dict[str, Any]] = [
        {"revision": "2"},
        {"prompts": {2: "What?"}},
        {"grounding": "text"},
        {"fit": "squash"},
        {"max_side": 700},
        {"max_new_tokens": 9},
        {"temperature": 0.5},
        {"extra": {"top_k": 3}},
        {"seed": 4},
        {"dialect": "vllm"},
    ]
    for fields in same:
        assert dict(Endpoint(model="m", **fields).recipe()) == base
    recipes = [orjson.dumps(dict(Endpoint(model="m", **fields).recipe())) for fields in other]
    assert len({*recipes, orjson.dumps(base)}) == len(other) + 1
