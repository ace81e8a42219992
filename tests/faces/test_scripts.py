import pytest

from glyphdata.faces.scripts import EXEMPLARS, drawn_languages, han_language, home_scripts


@pytest.mark.parametrize(
    ("language", "shapes"),
    [
        ("zh", "zh"),
        ("zh-CN", "zh"),
        ("zh_Hans_SG", "zh"),
        ("cn", "zh"),
        ("zh-TW", "zh-tw"),
        ("zh-Hant", "zh-tw"),
        ("zh-Hant-HK", "zh-hk"),
        ("yue", "zh-hk"),
        ("ja-JP", "ja"),
        ("jp", "ja"),
        ("ko", "ko"),
        ("en", ""),
        ("", ""),
    ],
)
def test_a_language_is_written_with_the_han_shapes_of_its_region(
    language: str, shapes: str
) -> None:
    assert han_language(language) == shapes


def _covers(*scripts: str):
    chars = set("".join(EXEMPLARS[script] for script in scripts))
    return lambda text: chars.issuperset(text)


def test_a_family_named_after_a_script_is_at_home_there_alone() -> None:
    covers = _covers("latin", "arabic")
    assert home_scripts("Noto Sans Arabic", covers, ()) == ("arabic",)
    assert home_scripts("Cairo", covers, ()) == ("latin", "arabic")


def test_a_family_that_borrows_its_latin_is_not_at_home_in_latin() -> None:
    assert home_scripts("Heebo", _covers("latin", "hebrew"), ()) == ("hebrew",)


def test_one_missing_letter_is_enough_to_be_a_stranger() -> None:
    chars = set(EXEMPLARS["greek"]) - {"ξ"}
    assert home_scripts("Any", chars.issuperset, ()) == ()


def test_a_han_face_is_at_home_in_what_its_language_is_written_with() -> None:
    covers = _covers("latin", "han", "kana", "hangul")
    assert home_scripts("Any CJK JP", covers, ("ja",)) == ("han", "kana")
    assert home_scripts("Any CJK KR", covers, ("ko",)) == ("han", "hangul")
    assert home_scripts("Any CJK SC", covers, ("zh",)) == ("han",)


def test_the_language_is_read_from_the_name_and_else_from_the_code_pages() -> None:
    assert drawn_languages("Noto Sans CJK TC", 1 << 17) == ("zh-tw",)
    assert drawn_languages("Some Gothic", 1 << 17) == ("ja",)
    assert drawn_languages("Roboto", 0b11) == ()
