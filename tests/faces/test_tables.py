"""What our faces are called in a table of Glyph-ByT5, and how a foreign name finds its face."""

from collections.abc import Callable
from pathlib import Path

import pytest

from glyphdata.errors import InputError
from glyphdata.faces import Catalogue
from glyphdata.faces.foreign import matches
from glyphdata.faces.incoming import Incoming, take
from glyphdata.faces.retire import retire
from glyphdata.faces.tables import ALPHABETS, LANGUAGES, allowed, version_1, version_2
from tests.faces.conftest import LETTERS

Forge = Callable[..., Path]
Offer = Callable[..., Incoming]


def test_two_faces_of_one_name_keep_an_entry_each(
    forge: Forge, offer: Offer, tmp_path: Path
) -> None:
    home = tmp_path / "own"
    for design in (1, 2):
        take([offer(forge("Same", design=design))], home)
    own = Catalogue(home / "registry.jsonl")
    table = version_1(own)
    assert len(table) == len(own)
    assert (table["Same-Regular"], table["Same-Regular@349"]) == (348, 349)


def test_a_face_writes_a_language_only_if_it_draws_its_whole_alphabet(
    forge: Forge, offer: Offer, tmp_path: Path
) -> None:
    home, design = tmp_path / "own", 1
    fonts = []
    for language, alphabet in ALPHABETS.items():
        extra = "".join(char for char in alphabet if char not in LETTERS)
        fonts.append(offer(forge(f"Whole {language}", LETTERS + extra, design=design)))
        fonts.append(offer(forge(f"Gap {language}", LETTERS + extra[1:], design=design + 1)))
        design += 2
    assert take(fonts, home).refused == ()
    own = Catalogue(home / "registry.jsonl")
    for language in ALPHABETS:
        names = {name for name, _ in allowed(own, language)}
        assert f"en-Whole{language}-Regular" in names
        assert f"en-Gap{language}-Regular" not in names


def test_a_list_has_the_numbers_of_the_table_and_no_withdrawn_face(
    forge: Forge, offer: Offer, tmp_path: Path
) -> None:
    home = tmp_path / "own"
    take([offer(forge(design=1))], home)
    before = Catalogue(home / "registry.jsonl")
    table = version_2(before, ["en"])
    assert dict(allowed(before, "en")) == table
    retire([table["en-Anton-Regular"], 0], folder=home)
    after = Catalogue(home / "registry.jsonl")
    assert version_2(after, ["de", "en"]) == table
    assert len(allowed(after, "en")) == len(table) - len({0, table["en-Anton-Regular"]})


def test_a_user_s_faces_come_after_those_of_the_release_in_each_table(
    forge: Forge, offer: Offer, catalogue: Catalogue, tmp_path: Path
) -> None:
    home = tmp_path / "own"
    take([offer(forge("Aaa", design=1))], home)
    grown = version_2(Catalogue(home / "registry.jsonl"), LANGUAGES)
    released = version_2(catalogue, LANGUAGES)
    assert released.items() <= grown.items()
    assert grown["en-Aaa-Regular"] == max(
        number for name, number in grown.items() if name.startswith("en-")
    )


def test_a_language_without_a_table_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(InputError, match="'sv' has no table") as caught:
        version_2(catalogue, ["en", "sv"])
    assert "en, cn, jp, kr" in caught.value.hint


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Anton", "Anton-Regular"),
        ("JosefinSans", "JosefinSans-Regular"),
        ("Lora-Italic", "Lora-Italic"),
        ("Lora-RegularItalic", "Lora-Italic"),
        ("Rubik-Oblique", "Rubik-Italic"),
        ("Montserrat-DemiBold", "Montserrat-SemiBold"),
        ("Roboto_Mono Light", "RobotoMono-Light"),
        ("EBGaramond12pt-Italic", "EBGaramond-Italic"),
        ("SourceHanSansK-Regular", "NotoSansCJKKR-Regular"),
        ("SourceHanSansCN-Regular", "NotoSansCJKSC-Regular"),
        ("SourceHanSansSC-Heavy", ""),
        ("小薇", ""),
        ("-", ""),
        ("Gotham-Book", ""),
    ],
)
def test_a_foreign_name_finds_the_face_it_means_or_none(
    catalogue: Catalogue, theirs: str, ours: str
) -> None:
    (found,) = matches({theirs: 4}, catalogue)
    assert found.theirs == "<font-4>"
    assert (catalogue[found.token].key if found.token >= 0 else "") == ours
    assert found.ours == (f"<font-{found.token}>" if ours else "")
