from collections.abc import Callable
from pathlib import Path

import orjson

from glyphdata.faces import Catalogue
from glyphdata.faces.guard import scan_all
from glyphdata.faces.locate import font_packages
from glyphdata.faces.register import append, known_of
from glyphdata.faces.scan import Known, Report, examine

Forge = Callable[..., Path]


def _reports(*packages: str) -> list[Report]:
    jobs: list[tuple[Path, Known | None]] = [
        (path, known_of(package, member))
        for package in font_packages()
        if package.name in packages
        for member, path in package.files
    ]
    return list(scan_all(jobs))


def test_the_same_files_give_the_same_tokens_in_any_order(tmp_path: Path) -> None:
    reports = _reports("fontpkg-cinzel", "fontpkg-amiri", "fontpkg-anton")
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    append(reports, one)
    append(reports[::-1], other)
    lines = (one / "registry.jsonl").read_bytes().splitlines()
    keys = [orjson.loads(line)["key"] for line in lines]
    assert keys == sorted(keys)
    assert len(keys) == 8
    for name in ("registry.jsonl", "coverage.json"):
        assert (one / name).read_bytes() == (other / name).read_bytes()


def test_a_second_registration_appends_only_what_is_new(tmp_path: Path) -> None:
    append(_reports("fontpkg-cinzel"), tmp_path)
    before = (tmp_path / "registry.jsonl").read_bytes()
    digest = Catalogue(tmp_path / "registry.jsonl").digest()
    result = append(_reports("fontpkg-cinzel", "fontpkg-anton"), tmp_path)
    # Anton sorts before Cinzel, and yet comes after it: tokens are never given anew.
    assert [(face.token, face.key) for face in result.added] == [(3, "Anton-Regular")]
    assert (tmp_path / "registry.jsonl").read_bytes().startswith(before)
    assert Catalogue(tmp_path / "registry.jsonl").digest(3) == digest
    again = (tmp_path / "registry.jsonl").read_bytes()
    assert append(_reports("fontpkg-cinzel", "fontpkg-anton"), tmp_path).added == ()
    assert (tmp_path / "registry.jsonl").read_bytes() == again


def test_a_changed_file_is_a_new_face_under_a_new_token(forge: Forge, tmp_path: Path) -> None:
    append([examine(forge("Same", blank=""))], tmp_path)
    result = append([examine(forge("Same", blank="%"))], tmp_path)
    (face,) = result.added
    assert (face.token, face.key) == (1, "Same-Regular")


def test_a_twin_is_not_at_home_where_it_cannot_be_told_apart(forge: Forge, tmp_path: Path) -> None:
    one, other = examine(forge("First")), examine(forge("Second"))
    added = append([one, other], tmp_path).added
    assert [(face.key, face.home_scripts) for face in added] == [
        ("First-Regular", ("latin",)),
        ("Second-Regular", ()),
    ]


def test_what_is_unfit_or_not_free_gets_no_token(forge: Forge, tmp_path: Path) -> None:
    unfit = examine(forge("Unfit", license=""))
    result = append([unfit], tmp_path)
    assert result.added == ()
    assert result.refused == (unfit,)


def test_lines_that_are_written_stay_as_they_are_to_the_byte(forge: Forge, tmp_path: Path) -> None:
    append([examine(forge("One"))], tmp_path)
    registry = tmp_path / "registry.jsonl"
    edited = registry.read_bytes().replace(b'{"id":0,', b'{"id": 0,')
    registry.write_bytes(edited)
    append([examine(forge("Two", chars="abc"))], tmp_path)
    first, second = registry.read_bytes().splitlines(keepends=True)
    assert first == edited
    assert orjson.loads(second)["key"] == "Two-Regular"


def test_the_shipped_registry_is_what_its_packages_measure(catalogue: Catalogue) -> None:
    shipped = {face.identity: face for face in catalogue.faces}
    ranges = orjson.loads(catalogue.registry.with_name("coverage.json").read_bytes())
    for report in _reports("fontpkg-cairo", "fontpkg-bungee", "fontpkg-kalam"):
        for scanned in report.faces:
            face = shipped[scanned.face.identity]
            assert ranges[face.coverage] == scanned.covered
            assert (face.key, face.case, face.prints) == (
                scanned.face.key,
                scanned.face.case,
                scanned.face.prints,
            )


def test_the_collection_has_a_face_per_region_and_its_mono_twins_are_homeless(
    catalogue: Catalogue,
) -> None:
    found = {
        face.family.removeprefix("Noto Sans "): (face.index, face.home_scripts, face.languages)
        for face in catalogue.faces
        if " CJK " in face.family
    }
    assert found["CJK JP"] == (0, ("han", "kana"), ("ja",))
    assert found["CJK KR"] == (1, ("han", "hangul"), ("ko",))
    assert found["CJK SC"] == (2, ("han",), ("zh",))
    assert found["CJK TC"] == (3, ("han",), ("zh-tw",))
    assert found["CJK HK"] == (4, ("han",), ("zh-hk",))
    assert {homes for name, (_, homes, _) in found.items() if name.startswith("Mono")} == {()}
    assert len(found) == 10


def test_no_two_faces_draw_a_script_alike(catalogue: Catalogue) -> None:
    prints = [(script, mark) for face in catalogue.faces for script, mark in face.prints]
    assert len(set(prints)) == len(prints) > 700


def test_the_pinned_packages_are_those_that_the_faces_come_from(catalogue: Catalogue) -> None:
    pinned = catalogue.registry.with_name("core.txt").read_text("utf-8").splitlines()
    assert {line for line in pinned if not line.startswith("#")} == {
        f"{face.source.package}=={face.source.version}" for face in catalogue.faces
    }
