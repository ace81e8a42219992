"""What models say around a caption."""

from __future__ import annotations

import pytest

from glyphdata.caption.honest.clean import cleaned

CASES = {
    'Sure! Here is a caption for the image:\n\nThe image shows a poster with "SALE".': (
        'A poster with "SALE".'
    ),
    "ASSISTANT: The image features a blue poster.": "A blue poster.",
    "USER: <image>\nDescribe it. ASSISTANT: A poster.</s>": "A poster.",
    '**Caption:** A *red* poster with **"SALE"**.\n\nLet me know if you need more!': (
        'A red poster with "SALE".'
    ),
    '"A poster that says "SALE" in white."': 'A poster that says "SALE" in white.',
    "“A nice poster with white letters.”": "A nice poster with white letters.",
    '1. A poster with "SALE".\n2. A sign with "SALE".': 'A poster with "SALE".',
    "Option 1: A poster.\nOption 2: a sign.": "A poster.",
    "In this image, we can see a sign.": "A sign.",
    "This image is a poster with text.": "A poster with text.",
    "Level 3: a poster (12 words)": "A poster",
    "  A   poster\n with text.  ": "A poster with text.",
    '# Poster\n\n- "SALE" in white\n- "50%" in red': 'Poster "SALE" in white "50%" in red',
    'A poster that says \\"SALE\\".': 'A poster that says "SALE".',
    "": "",
}


@pytest.mark.parametrize("said", CASES)
def test_only_the_caption_is_kept(said: str) -> None:
    assert cleaned(said)[0] == CASES[said]


@pytest.mark.parametrize("said", CASES)
def test_a_clean_caption_is_left_as_it_is(said: str) -> None:
    assert cleaned(CASES[said]) == (CASES[said], ())


@pytest.mark.parametrize(
    "caption",
    [
        '"SALE" and "50% OFF"',
        'A sign reading "ASSISTANT: </s>" and "<image>".',
        'A list says "1. eggs" and "**milk**".',
        'The poster shows "SALE".',
        "“SALE”",
        "A poster that says __init__.py",
    ],
)
def test_what_a_caption_quotes_is_left_alone(caption: str) -> None:
    assert cleaned(caption) == (caption, ())


def test_what_was_taken_away_is_told() -> None:
    _, repairs = cleaned("Sure! A *poster*.")
    assert [(repair.what, repair.before, repair.after) for repair in repairs] == [
        ("markup", "*poster*", "poster"),
        ("prefix", "Sure!", ""),
    ]
