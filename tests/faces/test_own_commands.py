"""`glyphdata fonts add`, `retire`, `lock`, `export`, `import`: own fonts from a shell."""

import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from glyphdata.cli import fonts
from glyphdata.errors import GateFailed, InputError, OutputError, PartlyDone
from glyphdata.faces import Catalogue, load
from glyphdata.faces.catalogue import forget

Forge = Callable[..., Path]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for the user's fonts that each test has for itself."""
    monkeypatch.setenv("GLYPHDATA_FONTS", str(tmp_path / "own"))
    forget()
    yield tmp_path / "own"
    forget()


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry as released, where nothing is written."""
    monkeypatch.delenv("GLYPHDATA_FONTS")


def _ask(*words: object, code: int = 0) -> dict[str, object]:
    result = CliRunner().invoke(fonts.app, [*map(str, words), "--json"])
    assert getattr(result.exception, "exit_code", result.exit_code) == code, result.output
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


def _folder(tmp_path: Path, *files: Path) -> Path:
    folder = tmp_path / "brought"
    folder.mkdir(exist_ok=True)
    for file in files:
        shutil.move(file, folder)
    return folder


def test_a_folder_is_added_and_what_is_unfit_is_named_and_stops_nothing(
    forge: Forge, tmp_path: Path, home: Path
) -> None:
    folder = _folder(tmp_path, forge("Sound", design=1), forge("Bare", design=2, license=""))
    (folder / "Broken.ttf").write_bytes(b"\0\1\0\0 nothing")
    (folder / "notes.txt").write_text("no font")
    told = _ask("add", folder, code=4)
    assert told["added"] == [{"token": 348, "key": "Sound-Regular", "license": "OFL-1.1"}]
    refused = {Path(one["path"]).name: one["code"] for one in told["refused"]}  # type: ignore[attr-defined]
    assert refused == {"Bare.ttf": "no-license", "Broken.ttf": "unreadable"}
    again = _ask("add", folder, "--license", "OFL-1.1", "--category", "serif", code=4)
    assert [one["key"] for one in again["added"]] == ["Bare-Regular"]  # type: ignore[attr-defined]
    assert again["known"] == 1
    assert load()[349].category == "serif"
    assert load().status(349) == "active"
    listed = CliRunner().invoke(fonts.app, ["list", "--family", "Bare"])
    assert f"2 of them your own, in {home}" in listed.stderr


def test_an_archive_is_added_with_the_licence_inside_and_a_bad_one_is_named(
    forge: Forge, tmp_path: Path
) -> None:
    font = forge("Zipped", design=1, license="")
    with zipfile.ZipFile(tmp_path / "good.zip", "w") as archive:
        archive.write(font, "Zipped/static/Zipped-Regular.ttf")
        archive.writestr("Zipped/OFL.txt", "SIL Open Font License, Version 1.1")
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.write(font, "../../evil.ttf")
    (tmp_path / "torn.zip").write_bytes((tmp_path / "good.zip").read_bytes()[:200])
    font.unlink()
    told = _ask("add", *(tmp_path / f"{name}.zip" for name in ("good", "evil", "torn")), code=4)
    assert [one["key"] for one in told["added"]] == ["Zipped-Regular"]  # type: ignore[attr-defined]
    codes = {Path(one["path"]).name: one["code"] for one in told["refused"]}  # type: ignore[attr-defined]
    assert codes == {"evil.zip": "path-escape", "torn.zip": "damaged"}
    face = load()[348]
    assert (face.license, face.source.member) == ("OFL-1.1", "Zipped/static/Zipped-Regular.ttf")
    assert (load().registry.parent / face.license_file).is_file()


def test_what_is_refused_of_an_archive_is_named_as_the_user_knows_it(
    forge: Forge, tmp_path: Path
) -> None:
    font = forge("Zipped", design=1, license="")
    with zipfile.ZipFile(tmp_path / "fonts.zip", "w") as archive:
        archive.write(font, "static/Zipped.ttf")
    (refusal,) = _ask("add", tmp_path / "fonts.zip", code=3)["refused"]  # type: ignore[misc]
    assert (refusal["path"], refusal["code"]) == ("fonts.zip/static/Zipped.ttf", "no-license")


def test_a_name_that_is_no_utf_8_harms_nothing(forge: Forge, tmp_path: Path) -> None:
    folder = _folder(tmp_path, forge("Sound", design=1), forge("Bare", design=2, license=""))
    for name in ("Sound", "Bare"):
        (folder / f"{name}.ttf").rename(folder / os.fsdecode(f"{name}".encode() + b"\xff.ttf"))
    told = _ask("add", folder, code=4)
    assert [one["key"] for one in told["added"]] == ["Sound-Regular"]  # type: ignore[attr-defined]
    assert [Path(one["path"]).name for one in told["refused"]] == ["Bare?.ttf"]  # type: ignore[attr-defined]
    assert load()[348].source.member == "Sound?.ttf"
    assert load().status(348) == "active"
    result = CliRunner().invoke(fonts.app, ["scan", str(folder), "--json"], catch_exceptions=False)
    assert [one["fit"] for one in json.loads(result.stdout)] == [False, True]


def test_a_licence_above_what_was_given_is_about_something_else(
    forge: Forge, tmp_path: Path
) -> None:
    folder = _folder(tmp_path, forge("Bare", design=1, license=""))
    (tmp_path / "LICENSE").write_text("SIL Open Font License, Version 1.1")
    assert _ask("add", folder, code=3)["added"] == []
    assert _ask("add", folder / "Bare.ttf", code=3)["added"] == []
    (folder / "OFL.txt").write_text("SIL Open Font License, Version 1.1")
    (added,) = _ask("add", folder)["added"]  # type: ignore[misc]
    assert added["license"] == "OFL-1.1"


def test_a_file_that_was_taken_away_says_how_to_bring_it_back(forge: Forge) -> None:
    _ask("add", forge("Mine", design=1))
    place = load().path(348)
    assert place is not None
    place.unlink()
    forget()
    with pytest.raises(
        InputError, match=r"Mine-Regular: Mine\.ttf is not on this machine"
    ) as caught:
        load().open(348)
    assert "fonts add" in caught.value.hint


def test_the_registry_says_nothing_of_where_the_files_lay(
    forge: Forge, tmp_path: Path, home: Path
) -> None:
    folder = _folder(tmp_path, forge("Mine", design=1))
    _ask("add", folder)
    assert str(tmp_path).encode() not in (home / "registry.jsonl").read_bytes()


def test_nothing_usable_is_exit_code_3(forge: Forge, tmp_path: Path, home: Path) -> None:
    assert _ask("add", forge(license=""), code=3)["added"] == []
    (tmp_path / "empty").mkdir()
    assert _ask("add", tmp_path / "empty", code=3)["refused"] == []
    with pytest.raises(InputError, match="is not there"):
        CliRunner().invoke(fonts.app, ["add", str(tmp_path / "none")], catch_exceptions=False)
    assert not home.exists()


def test_the_codes_of_add_are_those_of_the_errors(forge: Forge, tmp_path: Path) -> None:
    folder = _folder(tmp_path, forge("Sound", design=1), forge("Bare", license=""))
    result = CliRunner().invoke(fonts.app, ["add", str(folder)])
    assert isinstance(result.exception, PartlyDone)
    assert "no-license" in result.stderr
    assert "Sound" in result.stdout


def test_a_retired_face_is_used_no_more_and_can_come_back(
    forge: Forge, catalogue: Catalogue
) -> None:
    assert _ask("retire", 3, 7, 3, "--reason", "hard\nto read") == {"retired": [3, 7]}
    own = load()
    assert (own.status(3), own.status(7), own.status(8)) == ("retired", "retired", "active")
    assert own.registry.with_name("retired.txt").read_text() == "3 hard to read\n7 hard to read\n"
    assert own.digest() == catalogue.digest()
    assert _ask("retire", 7) == {"retired": []}
    (row,) = [row for row in _rows() if row["token"] == 3]
    assert row["status"] == "retired"
    assert _ask("add", forge("Later", design=1))["added"] != []
    assert load().status(3) == "retired"
    assert _ask("retire", 3, "--undo") == {"undone": [3]}
    assert load().status(3) == "active"
    assert load().status(7) == "retired"
    assert _ask("retire", 348) == {"retired": [348]}


def _rows() -> list[dict[str, object]]:
    result = CliRunner().invoke(fonts.app, ["list", "--json"], catch_exceptions=False)
    rows: list[dict[str, object]] = json.loads(result.stdout)
    return rows


def test_a_token_that_was_never_given_cannot_be_retired(home: Path) -> None:
    with pytest.raises(InputError, match="there is no <font-348>"):
        CliRunner().invoke(fonts.app, ["retire", "3", "348"], catch_exceptions=False)
    assert not (home / "retired.txt").exists()


def test_a_lock_holds_on_the_machine_that_wrote_it_and_is_the_same_every_time(
    forge: Forge, tmp_path: Path
) -> None:
    _ask("add", forge("Mine", design=1))
    lock = tmp_path / "fonts.lock"
    _ask("lock", "-o", lock)
    document = json.loads(lock.read_bytes())
    assert document["registry"] == {"name": "user", "faces": 349, "sha256": load().digest().sha256}
    mine = document["faces"][348]
    assert (mine["key"], mine["file"], mine["status"]) == ("Mine-Regular", "Mine.ttf", "active")
    anton = next(face for face in document["faces"] if face["key"] == "Anton-Regular")
    assert anton["source"] == {
        "kind": "pypi",
        "package": "fontpkg-anton",
        "version": "2.116",
        "member": "fontpkg_anton/files/Anton-Regular.ttf",
        "integrity": "",
    }
    assert _ask("lock", "--check", lock) == {"ok": True, "findings": []}
    printed = CliRunner().invoke(fonts.app, ["lock"], catch_exceptions=False).stdout
    assert printed.encode() == lock.read_bytes()
    # A registry that has grown since holds all that the lock asks for.
    _ask("add", forge("More", design=2))
    assert _ask("lock", "--check", lock)["ok"] is True


def test_a_lock_names_what_a_machine_lacks(forge: Forge, tmp_path: Path) -> None:
    _ask("add", forge("One", design=1), forge("Two", design=2))
    lock = tmp_path / "fonts.lock"
    _ask("lock", "-o", lock)
    one, two = (load().path(token) for token in (348, 349))
    assert one is not None
    assert two is not None
    two.chmod(0o644)
    spoilt = bytearray(two.read_bytes())
    spoilt[-1] ^= 1
    two.write_bytes(spoilt)
    one.unlink()
    _ask("retire", 5)
    findings = _ask("lock", "--check", lock, code=5)["findings"]
    told = [(one["code"], one["token"]) for one in findings]  # type: ignore[attr-defined]
    assert told == [("retired", 5), ("missing", 348), ("changed", 349)]
    with pytest.raises(GateFailed, match="3 findings"):
        CliRunner().invoke(fonts.app, ["lock", "--check", str(lock)], catch_exceptions=False)


def test_a_lock_of_another_registry_says_from_where_they_differ(
    forge: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ask("add", forge("Theirs", design=1))
    lock = tmp_path / "fonts.lock"
    _ask("lock", "-o", lock)
    monkeypatch.setenv("GLYPHDATA_FONTS", str(tmp_path / "another"))
    _ask("add", forge("Ours", design=2))
    (finding,) = _ask("lock", "--check", lock, code=5)["findings"]  # type: ignore[misc]
    assert finding["message"] == "<font-348> is Theirs-Regular in the lock, Ours-Regular here"
    monkeypatch.delenv("GLYPHDATA_FONTS")
    (finding,) = _ask("lock", "--check", lock, code=5)["findings"]  # type: ignore[misc]
    assert finding["code"] == "shorter"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": "lock-0"}', "no JSON"])
@pytest.mark.usefixtures("release")
def test_what_is_no_lock_is_refused(tmp_path: Path, content: str) -> None:
    lock = tmp_path / "fonts.lock"
    lock.write_text(content)
    with pytest.raises(InputError, match="is no lock of fonts"):
        CliRunner().invoke(fonts.app, ["lock", "--check", str(lock)], catch_exceptions=False)


@pytest.mark.usefixtures("release")
def test_a_table_of_version_1_has_every_face_under_its_token(catalogue: Catalogue) -> None:
    table = _ask("export", "--format", "glyphbyt5")
    assert list(table.values()) == list(range(len(catalogue)))
    assert table["Anton-Regular"] == catalogue.tokens(catalogue.where(families=["Anton"]))[0]


@pytest.mark.usefixtures("release")
def test_tables_of_version_2_start_at_0_for_each_prefix_and_lists_name_who_may_write(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    file, lists = tmp_path / "table.json", tmp_path / "lists"
    words = ("--lang", "en,cn,jp,kr,fr,ru", "--allow", str(lists), "-o", str(file))
    assert _ask("export", *words)["written"] == str(file)
    table = json.loads(file.read_bytes())
    for prefix in ("en", "cn", "jp", "kr"):
        numbers = [number for name, number in table.items() if name.startswith(f"{prefix}-")]
        assert numbers == list(range(len(numbers)))
    assert {name[:2] for name in table} == {"en", "cn", "jp", "kr"}
    assert table["cn-NotoSansCJKSC-Regular"] == 1
    french, russian = (json.loads((lists / f"{name}.json").read_bytes()) for name in ("fr", "ru"))
    assert all(table[name] == number for name, number in french + russian)
    keys = {face.key: face for face in catalogue.faces}
    assert {"cyrillic"} <= set.intersection(
        *(set(keys[name[3:]].home_scripts) for name, _ in russian)
    )
    assert ["en-Anton-Regular", table["en-Anton-Regular"]] in french
    assert len(french) > 300 > len(russian) > 150


@pytest.mark.usefixtures("release")
def test_what_cannot_be_exported_is_refused(tmp_path: Path) -> None:
    for words, match in (
        (["--format", "word"], "'word' is no format"),
        (["--lang", "xx"], "'xx' has no table"),
        (["--allow", str(tmp_path)], "by language"),
    ):
        with pytest.raises(InputError, match=match):
            CliRunner().invoke(fonts.app, ["export", *words], catch_exceptions=False)
    with pytest.raises(OutputError, match="cannot write"):
        CliRunner().invoke(fonts.app, ["export", "-o", "/dev/null/x"], catch_exceptions=False)


@pytest.mark.usefixtures("release")
def test_a_foreign_table_is_mapped_by_name_and_the_rest_is_listed(tmp_path: Path) -> None:
    table, mapping = tmp_path / "font_idx.json", tmp_path / "mapping.json"
    theirs = {
        "Montserrat-Regular": 0,
        "OpenSans-ExtraBoldItalic": 3,
        "ANTON": 12,
        "great vibes-Regular": 17,
        "Gotham-Book": 99,
        "OpenSansCondensed-Bold": 5,
        "Sukar Regular": 136,
    }
    table.write_text(json.dumps(theirs))
    told = _ask("import", table, "-o", mapping)
    ours = {one["name"]: load()[one["token"]].key for one in told["mapped"]}  # type: ignore[attr-defined]
    assert ours == {
        "Montserrat-Regular": "Montserrat-Regular",
        "OpenSans-ExtraBoldItalic": "OpenSans-ExtraBoldItalic",
        "ANTON": "Anton-Regular",
        "great vibes-Regular": "GreatVibes-Regular",
        "OpenSansCondensed-Bold": "OpenSans-CondensedBold",
    }
    assert [one["name"] for one in told["unmapped"]] == ["Gotham-Book", "Sukar Regular"]  # type: ignore[attr-defined]
    assert json.loads(mapping.read_bytes())["<font-12>"] == next(
        one["ours"]
        for one in told["mapped"]  # type: ignore[attr-defined]
        if one["name"] == "ANTON"
    )


@pytest.mark.usefixtures("release")
def test_a_foreign_table_of_version_2_is_mapped_within_its_prefixes(tmp_path: Path) -> None:
    table = tmp_path / "multilingual.json"
    names = ("en-Oswald-Regular", "cn-SourceHanSansSC-Regular", "jp-SourceHanSans-Regular")
    table.write_text(json.dumps(dict.fromkeys(names, 40) | {"kr-Oswald-Regular": 2}))
    told = _ask("import", table)
    found = {one["theirs"]: load()[one["token"]].family for one in told["mapped"]}  # type: ignore[attr-defined]
    assert found == {
        "<en-font-40>": "Oswald",
        "<cn-font-40>": "Noto Sans CJK SC",
        "<jp-font-40>": "Noto Sans CJK JP",
    }
    assert all(one["ours"][:4] == one["theirs"][:4] for one in told["mapped"])  # type: ignore[attr-defined]
    assert [one["name"] for one in told["unmapped"]] == ["kr-Oswald-Regular"]  # type: ignore[attr-defined]


@pytest.mark.usefixtures("release")
def test_our_own_tables_come_back_as_ourselves(tmp_path: Path, catalogue: Catalogue) -> None:
    for words in ([], ["--lang", "en,cn,jp,kr"]):
        file = tmp_path / "table.json"
        _ask("export", *words, "-o", file)
        told = _ask("import", file)
        assert told["unmapped"] == []
        mapped = told["mapped"]
        assert isinstance(mapped, list)
        assert all(one["ours"] == one["theirs"] for one in mapped)


@pytest.mark.usefixtures("release")
@pytest.mark.parametrize("content", ["[1]", "{}", '{"a": "b"}', '{"a": true}', '{"a": -1}', "{"])
def test_what_is_no_table_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "table.json").write_text(content)
    with pytest.raises(InputError, match=r"table\.json|is no"):
        CliRunner().invoke(
            fonts.app, ["import", str(tmp_path / "table.json")], catch_exceptions=False
        )


@pytest.mark.parametrize("command", ["add", "retire", "lock", "export", "import"])
def test_every_command_has_an_example(command: str) -> None:
    told = CliRunner().invoke(fonts.app, [command, "--help"], catch_exceptions=False).stdout
    assert f"Example: glyphdata fonts {command}" in " ".join(told.split())
