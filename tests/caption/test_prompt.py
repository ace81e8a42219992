"""The prompt grammar round-trips, whatever the text holds."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glyphdata.caption.prompt import escape, parse, phrase, prompt, unescape
from glyphdata.errors import InputError

texts = st.one_of(
    st.text(max_size=30),
    st.lists(
        st.sampled_from(
            [
                '"',
                "\\",
                "\n",
                "\r\n",
                "\u2028",
                "<color-1>",
                "</s>",
                "<pad>",
                "<",
                '". ',
                "é",
                "日",
                'Text "',
                '" in <color-1>, <font-2>. ',
                "\\u2028",
                "\\n",
                "<en-font-3>",
            ]
        )
    ).map("".join),
)
boxes = st.tuples(
    texts,
    st.one_of(st.none(), st.integers(0, 137)),
    st.sampled_from(["", "<font-0>", "<font-511>", "<en-font-44>", "<cn-font-3>"]),
)


def test_the_published_form_is_kept() -> None:
    said = prompt([("Hi é日", 1, "<font-2>"), ("plain", None, "")])
    assert said == 'Text "Hi é日" in <color-1>, <font-2>. Text "plain". '


@given(texts)
def test_escaping_is_reversible_and_leaves_no_token_look_alike(text: str) -> None:
    escaped = escape(text)
    assert unescape(escaped) == text
    assert re.search(r"(?<!\\)<(?=/?[A-Za-z][\w-]*>)", escaped) is None
    assert len(escaped.splitlines()) <= 1


@given(st.lists(boxes, max_size=4))
def test_a_prompt_is_read_back_with_byte_spans(chosen: list[tuple[str, int | None, str]]) -> None:
    said = prompt(chosen)
    phrases = parse(said)
    raw = said.encode("utf-8", "surrogatepass")
    assert len(phrases) == len(chosen)
    at = 0
    for (text, color, font), found in zip(chosen, phrases, strict=True):
        assert found.text == text
        assert found.color_token == color
        spelled = f"<{found.font}-{found.font_token}>" if found.font else ""
        assert spelled == font
        start, end = found.text_span
        assert raw[start:end].decode("utf-8", "surrogatepass") == escape(text)
        assert found.span[0] == at
        at = found.span[1]
    assert at == len(raw)


@pytest.mark.parametrize("said", ["Text 'a'. ", 'Text "a".', 'Text "a" in <color-1> <font-2>. x'])
def test_what_is_no_prompt_is_refused_with_its_place(said: str) -> None:
    with pytest.raises(InputError, match="not a prompt"):
        parse(said)


def test_one_phrase() -> None:
    assert phrase("a", 3) == 'Text "a" in <color-3>. '
