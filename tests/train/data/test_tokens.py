"""Texts as ids: equal to ByT5's, with the released tables, and never fooled by a look-alike."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import ByT5Tokenizer

from glyphdata.caption.prompt import prompt
from glyphdata.errors import InputError
from glyphdata.train.tokens import EOS, Alphabet, SaidBox, Span, Table, Tokenizer

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
PLAIN = TEXTS.filter(lambda text: "<" not in text and ">" not in text)
STYLES = st.tuples(st.integers(0, 137), st.sampled_from(["en-font-7", "kr-font-121", "jp-font-0"]))


@pytest.fixture(scope="module")
def released() -> Tokenizer:
    return Tokenizer(Table.of("v2"), max_tokens=4096)


@pytest.fixture(scope="module")
def byt5() -> ByT5Tokenizer:
    tokenizer = ByT5Tokenizer()
    tokenizer.add_tokens(list(Table.of("v2").names), special_tokens=True)
    return tokenizer


def words(said: list[int], span: tuple[int, int]) -> str:
    return bytes(number - 3 for number in said[span[0] : span[1]]).decode()


def test_the_tables_have_exactly_the_released_sizes() -> None:
    assert Table.of("v2").size == 1510
    assert Table.of("v1").size == 1034
    assert Table.of("v1", font=348).size == 1034
    assert Table.of("none").size == 384


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("<color-0>", 384),
        ("<color-137>", 521),
        ("<en-font-0>", 522),
        ("<cn-font-0>", 1034),
        ("<jp-font-0>", 1177),
        ("<kr-font-0>", 1388),
        ("<kr-font-121>", 1509),
    ],
)
def test_the_blocks_of_version_2_begin_where_they_were_released(name: str, number: int) -> None:
    assert Table.of("v2").id_of(name) == number


def test_more_faces_than_were_released_move_no_released_id() -> None:
    released, grown = Table.of("v2"), Table.of("v2", en_font=514, ar_font=2)
    assert grown.names[: len(released.names)] == released.names
    assert grown.names[-4:] == ("<en-font-512>", "<en-font-513>", "<ar-font-0>", "<ar-font-1>")
    assert grown.digest != released.digest


def test_a_table_comes_back_from_its_text() -> None:
    table = Table.of("v1")
    assert Table.from_json(table.to_json()) == table


@pytest.mark.parametrize("text", ["", "[]", '{"names": 3}', '{"names": ["<a>", "<a>"]}'])
def test_what_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="no table"):
        Table.from_json(text)


@settings(max_examples=200, deadline=None)
@given(boxes=st.lists(st.tuples(PLAIN, STYLES), max_size=4))
def test_prompts_have_the_ids_that_transformers_gives_them(
    released: Tokenizer, byt5: ByT5Tokenizer, boxes: list[tuple[str, tuple[int, str]]]
) -> None:
    said = released.said(
        [SaidBox(text, f"<color-{color}>", f"<{font}>") for text, (color, font) in boxes], "styled"
    )
    whole = prompt((text, color, f"<{font}>") for text, (color, font) in boxes)
    assert said.ids == byt5(whole).input_ids


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=3))
def test_spans_point_at_the_bytes_of_each_text(released: Tokenizer, texts: list[str]) -> None:
    from glyphdata.caption.prompt import unescape

    said = released.said([SaidBox(text) for text in texts], "plain")
    for text, span in zip(texts, said.spans, strict=True):
        assert span is not None
        assert unescape(words(said.ids, span[:2])) == text
        assert words(said.ids, span[2:]).startswith('Text "')
    bare = released.said([SaidBox(texts[0])], "bare")
    assert bare.ids == [byte + 3 for byte in texts[0].encode()] + [EOS]


def test_a_token_that_a_user_wrote_is_said_byte_by_byte(released: Tokenizer) -> None:
    text = "</s><color-3> <pad>"
    said = released.said([SaidBox(text, "<color-3>")], "styled")
    assert said.ids.count(387) == 1
    assert max(released.said([SaidBox(text)], "bare").ids) < 259
    assert said.ids.count(EOS) == 1


def test_a_face_that_the_table_has_not_is_not_said(released: Tokenizer) -> None:
    with_font = released.said([SaidBox("a", "<color-1>", "<ar-font-3>")], "styled")
    assert with_font == released.said([SaidBox("a", "<color-1>")], "styled")
    assert (
        words(Tokenizer(Table.of("none")).said([SaidBox("a", "<color-1>")], "styled").ids, (0, 10))
        == 'Text "a". '
    )


def test_a_box_that_does_not_fit_whole_is_left_out() -> None:
    tokenizer = Tokenizer(Table.of("v1"), max_tokens=40)
    said = tokenizer.said([SaidBox("short"), SaidBox("x" * 60), SaidBox("also")], "plain")
    assert said.spans[1] is None
    assert words(said.ids, (0, -1)) == 'Text "short". Text "also". '
    assert len(said.ids) <= 40


def test_those_asked_for_get_room_before_the_others() -> None:
    tokenizer = Tokenizer(Table.of("v1"), max_tokens=20)
    boxes = [SaidBox("first one"), SaidBox("second")]
    assert tokenizer.said(boxes, "plain").spans[1] is None
    said = tokenizer.said(boxes, "plain", first=[1])
    assert said.spans == (None, Span(6, 12, 0, 15))


def test_a_sequence_may_be_as_long_as_allowed_and_no_longer() -> None:
    tokenizer = Tokenizer(Table.of("none"), max_tokens=512)
    assert len(tokenizer.said([SaidBox("x" * 511)], "bare").ids) == 512
    assert tokenizer.said([SaidBox("x" * 512)], "bare").spans == (None,)


def test_a_caption_is_cut_and_with_it_the_quotes_behind() -> None:
    tokenizer = Tokenizer(Table.of("none"), max_tokens=12)
    said = tokenizer.quoting('"ab" and "cd"', [(1, 3), (10, 12), None])
    assert said.spans == (Span(1, 3, 1, 3), None, None)
    assert len(said.ids) == 12


def test_several_bare_boxes_are_no_one_sequence(released: Tokenizer) -> None:
    with pytest.raises(ValueError, match="2 bare boxes"):
        released.said([SaidBox("a"), SaidBox("b")], "bare")


def test_pieces_are_said_as_bytes_and_ids(released: Tokenizer) -> None:
    assert released.encode(["ä", 384]) == [0xC3 + 3, 0xA4 + 3, 384, EOS]


def test_the_printable_alphabet_counts_from_one() -> None:
    alphabet = Alphabet()
    assert alphabet.size == 95
    assert alphabet.classes("!~", 4) == [1, 94, 0, 0]


@pytest.mark.parametrize("text", ["", "too long", "a b", "ü"])
def test_a_text_that_the_alphabet_does_not_fit_has_no_classes(text: str) -> None:
    assert Alphabet().classes(text, 5) is None


def test_the_alphabet_of_the_data_stands_by_code_point() -> None:
    assert Alphabet.of(["cb a", "üb\n"]).characters == "abcü"
