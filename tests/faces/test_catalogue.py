from pathlib import Path

import orjson
import pytest

from glyphdata.errors import InputError
from glyphdata.faces import Catalogue, load
from glyphdata.faces.face import from_record, to_record
from glyphdata.faces.locate import fonts_folder


def _families(catalogue: Catalogue, bits: int) -> set[str]:
    return {family for family, _ in catalogue.families(bits)}


def _copy(catalogue: Catalogue, folder: Path, **changes: object) -> Path:
    """The first twenty faces in a registry of their own, the fifth with the given changes."""
    lines = catalogue.registry.read_bytes().splitlines()[:20]
    lines[5] = orjson.dumps(orjson.loads(lines[5]) | changes)
    registry = folder / "registry.jsonl"
    registry.write_bytes(b"".join(line + b"\n" for line in lines))
    ranges = catalogue.registry.with_name("coverage.json").read_bytes()
    (folder / "coverage.json").write_bytes(ranges)
    return registry


def test_the_shipped_registry_has_its_faces_and_families(catalogue: Catalogue) -> None:
    assert len(catalogue) >= 300
    assert len(_families(catalogue, catalogue.everyone)) >= 50
    assert [face.token for face in catalogue.faces] == list(range(len(catalogue)))
    assert len({face.identity for face in catalogue.faces}) == len(catalogue)
    assert len({face.key for face in catalogue.faces}) == len(catalogue)


def test_every_shipped_face_is_free_and_uncoloured(catalogue: Catalogue) -> None:
    assert {face.license for face in catalogue.faces} == {"OFL-1.1", "Apache-2.0"}
    assert not any(face.colour for face in catalogue.faces)


@pytest.mark.parametrize(
    ("text", "script", "language", "expected"),
    [
        ("Съешь ещё этих булок", "cyrillic", "ru", {"Roboto", "Lobster", "Rubik", "Caveat"}),
        ("Ξεσκεπάζω την ψυχή", "greek", "el", {"Roboto", "Comfortaa", "EB Garamond"}),
        ("Thiên hạ đệ nhất phở", "latin", "vi", {"Roboto", "Lora", "Bungee", "Sarabun"}),
        ("שלום עולם", "hebrew", "he", {"Heebo", "Rubik", "Frank Ruhl Libre", "Fredoka"}),
        ("สวัสดีชาวโลก", "thai", "th", {"Sarabun", "Noto Sans Thai"}),
        ("नमस्ते दुनिया", "devanagari", "hi", {"Baloo 2", "Kalam", "Noto Sans Devanagari"}),
        ("你好，世界", "han", "zh", {"Noto Sans CJK SC"}),
        ("你好，世界", "han", "zh-TW", {"Noto Sans CJK TC"}),
        ("今日は良い天気", "han", "ja", {"Noto Sans CJK JP"}),
        ("ひらがなカタカナ", "kana", "ja", {"Noto Sans CJK JP"}),
        ("안녕하세요 세계", "hangul", "ko", {"Noto Sans CJK KR"}),
    ],
)
def test_a_text_finds_the_families_of_its_script_and_language(
    catalogue: Catalogue, text: str, script: str, language: str, expected: set[str]
) -> None:
    found = catalogue.covering(text) & catalogue.script_faces(script, language)
    assert expected <= _families(catalogue, found)
    if script in ("thai", "devanagari", "han", "kana", "hangul"):
        assert expected == _families(catalogue, found)


def test_arabic_finds_its_five_families_and_no_other(catalogue: Catalogue) -> None:
    assert _families(catalogue, catalogue.covering("مرحبا بالعالم")) == {
        "Amiri",
        "Cairo",
        "Noto Sans Arabic",
        "Rubik",
        "Tajawal",
    }


def test_scripts_that_share_no_face_have_no_face_together(catalogue: Catalogue) -> None:
    assert catalogue.covering("नमสวัส") == 0


def test_an_empty_text_is_drawn_by_every_face(catalogue: Catalogue) -> None:
    assert catalogue.covering("") == catalogue.everyone == (1 << len(catalogue)) - 1


@pytest.mark.parametrize(
    "char", ["\t", "\n", "\r", "\u200d", "\u200c", "\u202b", "\u2067", "\ufe0f"]
)
def test_a_character_that_needs_no_glyph_narrows_nothing(catalogue: Catalogue, char: str) -> None:
    assert catalogue.covering(f"Hamburg{char}") == catalogue.covering("Hamburg")


def test_private_use_is_covered_by_no_face(catalogue: Catalogue) -> None:
    # Kalam maps 592 private characters to glyphs.
    assert catalogue.covering("\ue001") == catalogue.covering("\U000f0000") == 0


def test_missing_names_each_lacking_character_once_in_its_order(catalogue: Catalogue) -> None:
    anton = catalogue.where(families=["Anton"])
    assert catalogue.missing("Ж中a中ЖЖ", anton) == "Ж中"
    assert catalogue.missing("a\u200db\n", anton) == ""


def test_where_joins_fields_and_widens_within_one(catalogue: Catalogue) -> None:
    serif = catalogue.where(scripts=["cyrillic"], categories=["serif"])
    families = _families(catalogue, serif)
    assert families == {"EB Garamond", "Lora", "Playfair Display", "Roboto Slab"}
    both = catalogue.where(families=["Anton", "Lora"])
    assert both == catalogue.where(families=["Anton"]) | catalogue.where(families=["Lora"])
    assert catalogue.where(tokens=[3, 5]) == 0b101000
    assert catalogue.where() == catalogue.usable


def test_where_by_case_parts_the_capitals_from_the_rest(catalogue: Catalogue) -> None:
    upper = _families(catalogue, catalogue.where(cases=["upper"]))
    assert upper == {"Bebas Neue", "Bungee", "Luckiest Guy"}
    assert "Cinzel" in _families(catalogue, catalogue.where(cases=["small"]))
    mixed = _families(catalogue, catalogue.where(cases=["mixed"]))
    assert {"Press Start 2P", "Anton", "Alfa Slab One", "Roboto"} <= mixed


def test_languages_narrow_only_the_faces_that_draw_han(catalogue: Catalogue) -> None:
    found = _families(catalogue, catalogue.where(languages=["zh-Hans"]))
    assert "Noto Sans CJK SC" in found
    assert "Roboto" in found
    assert not {"Noto Sans CJK JP", "Noto Sans CJK TC"} & found


@pytest.mark.parametrize(
    ("field", "value", "hint"),
    [
        ("families", "Robotto", "did you mean Roboto"),
        ("scripts", "latn", "did you mean latin"),
        ("categories", "blackletter", "there are display"),
        ("cases", "lower", "there are mixed"),
    ],
)
def test_a_value_that_no_face_could_have_is_refused_with_a_way_out(
    catalogue: Catalogue, field: str, value: str, hint: str
) -> None:
    with pytest.raises(InputError) as caught:
        catalogue.where(**{field: [value]})
    assert value in caught.value.message
    assert hint in caught.value.hint


def test_families_part_a_set_into_its_tokens(catalogue: Catalogue) -> None:
    bits = catalogue.where(categories=["mono"])
    families = catalogue.families(bits)
    assert [name for name, _ in families] == sorted(name for name, _ in families)
    assert sorted(token for _, tokens in families for token in tokens) == list(
        catalogue.tokens(bits)
    )
    assert catalogue.families(0) == ()
    assert catalogue.tokens(0) == ()


def test_a_face_survives_its_record(catalogue: Catalogue) -> None:
    for face in catalogue.faces[::37]:
        assert from_record(orjson.loads(orjson.dumps(to_record(face)))) == face


def test_a_ref_names_the_face_for_people(catalogue: Catalogue) -> None:
    face = catalogue[catalogue.tokens(catalogue.where(families=["Bungee"]))[0]]
    assert face.ref == (face.token, "Bungee", "Regular")


@pytest.mark.parametrize("token", [-1, 10**6])
def test_a_token_beyond_the_registry_is_refused(catalogue: Catalogue, token: int) -> None:
    with pytest.raises(InputError, match=f"no <font-{token}>"):
        catalogue[token]


def test_a_longer_registry_has_the_digest_of_its_beginning(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    shorter = Catalogue(_copy(catalogue, tmp_path))
    assert shorter.digest() == catalogue.digest(20)
    assert shorter.digest().sha256 != catalogue.digest(19).sha256
    assert catalogue.digest()[:2] == ("core", len(catalogue))
    with pytest.raises(InputError, match="has 20 faces, not 21"):
        shorter.digest(21)


def test_a_changed_line_changes_the_digest(catalogue: Catalogue, tmp_path: Path) -> None:
    changed = Catalogue(_copy(catalogue, tmp_path, weight=401))
    assert changed.digest(5) == catalogue.digest(5)
    assert changed.digest(6).sha256 != catalogue.digest(6).sha256


def test_a_face_whose_package_is_absent_keeps_its_token(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    source = {"kind": "pypi", "package": "fontpkg-gone", "version": "1", "member": "gone/Gone.ttf"}
    lacking = Catalogue(_copy(catalogue, tmp_path, source=source, file="Gone.ttf"))
    assert lacking.status(5) == "missing"
    assert lacking[5].key == catalogue[5].key
    assert [face.token for face in lacking.faces] == list(range(20))
    assert not lacking.usable >> 5 & 1
    assert not lacking.where(tokens=[5])
    with pytest.raises(InputError, match=r"fontpkg-gone 1\) is not on this machine") as caught:
        lacking.open(5)
    assert "pip install 'glyphdata[fonts]'" in caught.value.hint


def test_a_retired_face_keeps_its_token_and_leaves_the_digest_alone(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    registry = _copy(catalogue, tmp_path)
    (tmp_path / "retired.txt").write_text("# withdrawn\n5 drawn by mistake\n")
    smaller = Catalogue(registry)
    assert smaller.status(5) == "retired"
    assert smaller.usable == (1 << 20) - 1 - (1 << 5)
    assert smaller.digest() == catalogue.digest(20)


def test_a_damaged_line_is_named(catalogue: Catalogue, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 6 is damaged: it has the id 7, not 5"):
        Catalogue(_copy(catalogue, tmp_path, id=7))
    registry = tmp_path / "registry.jsonl"
    registry.write_bytes(registry.read_bytes()[:-40])
    with pytest.raises(InputError, match="line 6 is damaged"):
        Catalogue(registry)


def test_a_coverage_that_does_not_parse_is_named(catalogue: Catalogue, tmp_path: Path) -> None:
    registry = _copy(catalogue, tmp_path)
    (tmp_path / "coverage.json").write_text('["20-7x"]')
    with pytest.raises(InputError, match=r"coverage\.json"):
        Catalogue(registry)


def test_the_folder_of_the_registry_can_be_named(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _copy(catalogue, tmp_path)
    monkeypatch.setenv("GLYPHDATA_FONTS", str(tmp_path))
    assert len(load()) == 20
    monkeypatch.setenv("GLYPHDATA_FONTS", str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="no registry of fonts"):
        fonts_folder()
