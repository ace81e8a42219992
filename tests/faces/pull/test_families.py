"""The list of families: sound, and chosen from as said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from glyphdata.errors import InputError
from glyphdata.faces.catalogue import CATEGORIES
from glyphdata.faces.license import is_free
from glyphdata.faces.locate import core_folder
from glyphdata.faces.pull.families import FILE, Family, choose, families

LISTED = families(core_folder() / FILE)
HEAD = "family,category,subsets,weights,styles,axes,license,pypi,npm,npm_ttf\n"


def test_the_list_has_more_than_512_families_whose_fonts_are_small() -> None:
    assert len(LISTED) == 604
    assert sum(not family.heavy for family in LISTED) == 537


def test_every_package_of_the_release_is_listed() -> None:
    lines = (core_folder() / "core.txt").read_text("utf-8").splitlines()
    core = {line.partition("==")[0] for line in lines if not line.startswith("#")}
    assert core <= {family.pypi for family in LISTED}


def test_every_family_has_what_the_rest_of_the_program_knows() -> None:
    for family in LISTED:
        assert family.category in CATEGORIES, family
        assert is_free(family.license), family
        assert family.subsets == tuple(sorted(set(family.subsets))), family
        assert family.styles in (("normal",), ("italic",), ("italic", "normal")), family
        assert family.weights == tuple(sorted(set(family.weights))), family
        assert all(1 <= weight <= 1000 for weight in family.weights), family


def test_package_names_follow_from_the_familys_and_none_is_said_twice() -> None:
    names = [name for family in LISTED for name in family.packages]
    assert len(names) == len(set(names))
    for family in LISTED:
        assert re.fullmatch(r"[a-z0-9-]+", family.slug), family
        assert family.pypi in ("", f"fontpkg-{family.slug}", "noto-cjk-sans-otc")
        assert family.npm in ("", f"@fontsource/{family.slug}")
        assert family.npm_ttf in ("", f"@expo-google-fonts/{family.slug}")


def test_a_smaller_choice_begins_a_larger_one() -> None:
    many = choose(LISTED, count=300)
    assert choose(LISTED, count=40) == many[:40]
    assert all(family.pypi for family in many[:190])
    initials = {family.name[0] for family in many[:40]}
    assert len(initials) > 12, "an even choice over the alphabet"


def test_families_of_han_kana_and_hangul_come_only_when_asked_for() -> None:
    assert not any(family.heavy for family in choose(LISTED))
    assert {family.name for family in choose(LISTED, scripts=("hangul",))} >= {"Jua", "Gaegu"}
    assert [family.name for family in choose(LISTED, names=("noto sans cjk",))] == ["Noto Sans CJK"]


def test_fields_narrow_a_choice_together_and_values_widen_it() -> None:
    chosen = choose(LISTED, scripts=("thai", "hebrew"), categories=("mono",))
    assert chosen == ()
    thai = choose(LISTED, scripts=("thai",))
    hebrew = choose(LISTED, scripts=("hebrew",))
    assert set(choose(LISTED, scripts=("thai", "hebrew"))) == {*thai, *hebrew}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"scripts": ("latn",)}, "did you mean latin?"),
        ({"categories": ("comic",)}, "the category 'comic'"),
        ({"names": ("Lobstar",)}, "did you mean lobster "),
    ],
)
def test_what_no_family_has_is_told_of(asked: dict[str, tuple[str, ...]], told: str) -> None:
    with pytest.raises(InputError, match=re.escape(told)):
        choose(LISTED, **asked)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("name,category\n", "line 1: the columns are not"),
        (HEAD + "A,sans,latin,400,normal,,OFL-1.1,a\n", "line 2: it has 8 fields, not 10"),
        (HEAD + "A,sans,latin,bold,normal,,OFL-1.1,a,b,c\n", "line 2: invalid literal"),
        (HEAD + "A,sans,latin,400,normal,,OFL-1.1,,,\n", "line 2: it has no name, or no package"),
        (
            HEAD + "B,sans,latin,400,normal,,OFL-1.1,b,,\nb,sans,latin,400,normal,,OFL-1.1,c,,\n",
            "line 3: b does not come after B",
        ),
    ],
)
def test_a_damaged_list_names_its_line(tmp_path: Path, lines: str, told: str) -> None:
    path = tmp_path / "families.csv"
    path.write_text(lines, "utf-8")
    with pytest.raises(InputError, match=re.escape(told)):
        families(path)


def test_packages_of_a_family_stand_in_the_order_they_are_asked_for() -> None:
    family = Family("A B", "sans", (), (), (), ("wght",), "", "fontpkg-a-b", "@f/a-b", "@e/a-b")
    assert family.packages == ("fontpkg-a-b", "@e/a-b", "@f/a-b", "@f-variable/a-b")
