import uharfbuzz as hb
from hypothesis import given
from hypothesis import strategies as st

from glyphdata.faces import Catalogue
from glyphdata.faces.coverage import (
    codes_in,
    is_private,
    may_be_blank,
    needs_no_glyph,
    parsed,
    ranges_of,
    written,
)


@given(st.sets(st.integers(0, 0x10FFFF)))
def test_ranges_survive_writing_and_reading(codes: set[int]) -> None:
    assert codes_in(parsed(written(ranges_of(codes)))) == codes


def test_ranges_are_written_short() -> None:
    assert written(ranges_of(map(ord, "abcz~"))) == "61-63 7a 7e"


def test_spaces_and_fillers_may_be_blank_and_letters_may_not() -> None:
    assert all(may_be_blank(ord(char)) for char in " \u00a0\u3000\u3164\u2800\u200b")
    assert not any(may_be_blank(ord(char)) for char in "aЯ中ก.")


def test_private_use_is_known_in_all_its_planes() -> None:
    assert all(map(is_private, (0xE000, 0xF8FF, 0xF0000, 0x10FFFD)))
    assert not any(map(is_private, (0xDFFF, 0xF900, 0x20000)))


def test_what_needs_no_glyph_is_hidden_by_harfbuzz_in_a_face_that_lacks_it(
    catalogue: Catalogue,
) -> None:
    face = catalogue.open(catalogue.families(catalogue.where(families=["Anton"]))[0][1][0])
    room = {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029}  # blanks before HarfBuzz sees it
    codes = [code for code in range(0x30000) if needs_no_glyph(code) and code not in room]
    assert len(codes) > 40
    for code in codes:
        buffer = hb.Buffer()
        buffer.add_str(f"a{chr(code)}b")
        buffer.guess_segment_properties()
        hb.shape(face.font, buffer)
        assert all(info.codepoint for info in buffer.glyph_infos), f"U+{code:04X}"
        advance = sum(position.x_advance for position in buffer.glyph_positions)
        plain = hb.Buffer()
        plain.add_str("ab")
        plain.guess_segment_properties()
        hb.shape(face.font, plain, {"kern": False})
        hb_advance = sum(position.x_advance for position in plain.glyph_positions)
        assert abs(advance - hb_advance) < 100, f"U+{code:04X}"
