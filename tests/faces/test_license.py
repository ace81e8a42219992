from pathlib import Path

import pytest

from glyphdata.faces.license import is_free, license_beside, license_in, spdx


@pytest.mark.parametrize(
    ("expression", "free"),
    [
        ("OFL-1.1", True),
        ("OFL", True),
        ("UFL-1.0", True),
        ("MIT AND OFL-1.1", True),
        ("(OFL-1.1 AND MIT)", True),
        ("Proprietary OR OFL-1.1", True),
        ("Proprietary AND OFL-1.1", False),
        ("LicenseRef-bought", False),
        ("unknown", False),
        ("", False),
    ],
)
def test_an_expression_is_free_if_what_it_joins_or_offers_is(expression: str, free: bool) -> None:
    assert is_free(expression) is free


def test_common_names_of_licences_are_told_as_spdx_writes_them() -> None:
    assert [spdx(name) for name in ("ofl", "UFL-1.0", "apache2", "CC0-1.0")] == [
        *("OFL-1.1", "Ubuntu-font-1.0", "Apache-2.0", "CC0-1.0")
    ]


def test_a_licence_is_known_by_its_words_however_they_are_broken() -> None:
    assert license_in("This Font Software is licensed under the SIL\n  Open Font License") == (
        "OFL-1.1"
    )
    assert license_in("All rights reserved.") == ""


def test_a_licence_is_looked_for_no_higher_than_what_was_given(tmp_path: Path) -> None:
    font = tmp_path / "kit" / "static" / "Sans.ttf"
    font.parent.mkdir(parents=True)
    (tmp_path / "kit" / "OFL.txt").write_text("SIL Open Font License")
    assert license_beside(font) == ("OFL-1.1", str(tmp_path / "kit" / "OFL.txt"))
    assert license_beside(font, tmp_path / "kit")[0] == "OFL-1.1"
    assert license_beside(font, font.parent) == ("", "")
