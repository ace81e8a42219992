"""The user's own fonts: what is taken in, under which tokens, and that nothing is lost by it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import orjson
import pytest

from glyphdata.errors import InputError, OutputError
from glyphdata.faces import Catalogue, load
from glyphdata.faces.catalogue import forget
from glyphdata.faces.face import Source
from glyphdata.faces.incoming import Incoming, held, take, user_folder
from glyphdata.faces.locate import core_folder, font_packages, fonts_folder
from glyphdata.faces.store import alone, lineage

Forge = Callable[..., Path]
Offer = Callable[..., Incoming]

TAKE = """
import sys
from pathlib import Path
from glyphdata.faces.face import Source
from glyphdata.faces.incoming import Incoming, take
home, *fonts = map(Path, sys.argv[1:])
take([Incoming(font, Source("file", "", "", font.name), "", None, "") for font in fonts], home)
"""


def _child(home: Path, *fonts: Path) -> subprocess.Popen[bytes]:
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(
        [sys.executable, "-c", TAKE, str(home), *map(str, fonts)],
        env={**os.environ, "PYTHONPATH": root},
    )


def _lines(home: Path) -> list[bytes]:
    return (home / "registry.jsonl").read_bytes().splitlines(keepends=True)


def test_own_faces_come_after_the_release_and_leave_its_tokens_alone(
    forge: Forge, offer: Offer, catalogue: Catalogue, tmp_path: Path
) -> None:
    home = tmp_path / "own"
    taken = take([offer(forge("Zebra", design=1)), offer(forge("Aardvark", design=2))], home)
    count = len(catalogue)
    assert [(face.token, face.key) for face in taken.added] == [
        (count, "Aardvark-Regular"),
        (count + 1, "Zebra-Regular"),
    ]
    assert (taken.known, taken.refused) == (0, ())
    own = Catalogue(home / "registry.jsonl")
    assert own.digest(count) == catalogue.digest()
    assert own.digest().name == "user"
    assert [own.status(token) for token in (0, count, count + 1)] == ["active"] * 3
    assert own.open(count).token == count
    assert lineage(home).kind == "grown"


def test_the_same_files_give_the_same_registry_in_any_order(
    forge: Forge, offer: Offer, tmp_path: Path
) -> None:
    fonts = [offer(forge(f"Font {name}", design=at)) for at, name in enumerate("CADB")]
    for home, order in (("one", fonts), ("other", fonts[::-1])):
        take(order, tmp_path / home)
    for name in ("registry.jsonl", "coverage.json", "parent.json"):
        one, other = ((tmp_path / home / name).read_bytes() for home in ("one", "other"))
        assert one == other


def test_taking_the_same_files_again_adds_nothing(
    forge: Forge, offer: Offer, tmp_path: Path
) -> None:
    home = tmp_path / "own"
    fonts = [offer(forge("One", design=1)), offer(forge("Two", design=2))]
    take(fonts, home)
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()}
    again = take(fonts, home)
    assert (again.added, again.known, again.refused) == ((), 2, ())
    after = {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()}
    assert after == before


def test_the_store_keeps_read_only_copies_by_their_sum(
    forge: Forge, offer: Offer, tmp_path: Path
) -> None:
    home, font = tmp_path / "own", forge(design=1)
    words = tmp_path / "OFL.txt"
    words.write_text("SIL Open Font License, Version 1.1\n")
    source = Source("npm", "@fonts/forged", "1.0.0", "package/forged.ttf")
    (face,) = take(
        [Incoming(font, source, "", words, "display", integrity="sha512-abc=")], home
    ).added
    data = font.read_bytes()
    font.unlink()
    words.unlink()
    kept = home / "store" / f"{sha256(data).hexdigest()}.ttf"
    assert kept.read_bytes() == data
    assert kept.stat().st_mode & 0o777 == 0o444
    assert (home / face.license_file).read_text() == "SIL Open Font License, Version 1.1\n"
    assert (face.license, face.category) == ("OFL-1.1", "display")
    assert face.source == source._replace(integrity="sha512-abc=")
    own = Catalogue(home / "registry.jsonl")
    assert own.path(face.token) == kept
    assert own[face.token] == face
    assert held(home) >= {("@fonts/forged", "1.0.0"), ("fontpkg-anton", "2.116")}
    kept.unlink()
    assert ("@fonts/forged", "1.0.0") not in held(home)


def test_a_missing_face_of_the_release_comes_back_with_its_file(
    catalogue: Catalogue, offer: Offer, tmp_path: Path
) -> None:
    home = tmp_path / "own"
    home.mkdir()
    lines = catalogue.registry.read_bytes().replace(b"fontpkg_anton/files", b"gone/files")
    shutil.copy(catalogue.registry.with_name("coverage.json"), home)
    (home / "registry.jsonl").write_bytes(lines)
    anton = next(face for face in catalogue.faces if face.family == "Anton")
    assert Catalogue(home / "registry.jsonl").status(anton.token) == "missing"
    file = catalogue.path(anton.token)
    assert file is not None
    taken = take([offer(file, "OFL-1.1")], home)
    assert (taken.added, taken.known) == ((), 1)
    assert Catalogue(home / "registry.jsonl").status(anton.token) == "active"
    assert (home / "registry.jsonl").read_bytes() == lines


def test_what_is_refused_alone_founds_no_registry(
    forge: Forge, offer: Offer, tmp_path: Path
) -> None:
    home = tmp_path / "own"
    taken = take([offer(forge(license=""))], home)
    assert [(one.code, "--license OFL-1.1" in one.message) for one in taken.refused] == [
        ("no-license", True)
    ]
    assert not home.exists()


def test_the_user_s_folder_is_preferred_once_it_has_a_registry(
    forge: Forge, offer: Offer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    home = tmp_path / "data" / "glyphdata" / "fonts"
    assert user_folder() == home
    assert fonts_folder() == core_folder()
    (face,) = take([offer(forge("Mine", design=3))]).added
    assert fonts_folder() == home
    assert load()[face.token].key == "Mine-Regular"
    monkeypatch.setenv("GLYPHDATA_FONTS", str(tmp_path / "named"))
    assert user_folder() == tmp_path / "named"
    monkeypatch.delenv("GLYPHDATA_FONTS")
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert user_folder().is_absolute()


def test_a_run_under_way_keeps_its_faces_when_another_process_adds_the_first(
    forge: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    before = load()
    assert _child(user_folder(), forge("Mine", design=3)).wait(60) == 0
    assert len(fonts_folder().joinpath("registry.jsonl").read_bytes().splitlines()) == 349
    assert load() is before
    forget()
    assert len(load()) == 349


def test_the_release_s_own_folder_takes_no_fonts(
    forge: Forge, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLYPHDATA_FONTS", str(core_folder()))
    with pytest.raises(OutputError, match="takes no font files"):
        take([offer(forge())])


def test_a_folder_that_cannot_be_written_is_said(
    forge: Forge, offer: Offer, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OutputError, match=r"cannot write .*file") as caught:
        take([offer(forge(design=1))], tmp_path / "file" / "own")
    assert "GLYPHDATA_FONTS" in caught.value.hint


def test_an_unknown_category_is_refused_before_anything_is_read(
    forge: Forge, tmp_path: Path
) -> None:
    one = Incoming(forge(), Source("file", "", "", "a.ttf"), "", None, "gothic")
    with pytest.raises(InputError, match="'gothic' is no category"):
        take([one], tmp_path / "own")


def test_a_release_that_grew_is_taken_over_while_the_user_has_nothing_of_his_own(
    forge: Forge, offer: Offer, catalogue: Catalogue, tmp_path: Path
) -> None:
    home = tmp_path / "own"
    home.mkdir()
    core = _lines(core_folder())
    (home / "registry.jsonl").write_bytes(b"".join(core[:300]))
    shutil.copy(core_folder() / "coverage.json", home)
    found = lineage(home)
    assert (found.kind, found.ahead) == ("behind", 48)
    assert "48 more faces" in found.remark
    (face,) = take([offer(forge(design=1))], home).added
    assert face.token == len(catalogue)
    assert _lines(home)[:-1] == core


def test_a_release_that_grew_another_way_renumbers_nothing(
    forge: Forge, offer: Offer, catalogue: Catalogue, tmp_path: Path
) -> None:
    home = tmp_path / "own"
    take([offer(forge("Mine", design=1))], home)
    core = _lines(core_folder())
    mine = orjson.loads(_lines(home)[-1]) | {"id": 340}
    lines = [*core[:340], orjson.dumps(mine) + b"\n"]
    (home / "registry.jsonl").write_bytes(b"".join(lines))
    parent = {"name": "core", "faces": 340, "sha256": sha256(b"".join(core[:340])).hexdigest()}
    (home / "parent.json").write_bytes(orjson.dumps(parent))
    found = lineage(home)
    assert (found.kind, found.common, found.own, found.ahead) == ("apart", 340, 1, 8)
    assert "<font-340>" in found.remark
    take([offer(forge("Later", design=2))], home)
    assert _lines(home)[:341] == lines
    own = Catalogue(home / "registry.jsonl")
    assert (own[340].key, own[341].key) == ("Mine-Regular", "Later-Regular")
    assert own.digest(340) == catalogue.digest(340)


def test_a_registry_whose_first_lines_were_changed_is_not_added_to(
    forge: Forge, offer: Offer, tmp_path: Path
) -> None:
    home = tmp_path / "own"
    take([offer(forge("One", design=1))], home)
    changed = (home / "registry.jsonl").read_bytes().replace(b'"weight":400', b'"weight":401', 1)
    (home / "registry.jsonl").write_bytes(changed)
    with pytest.raises(OutputError, match="has changed in lines already written"):
        take([offer(forge("Two", design=2))], home)
    assert (home / "registry.jsonl").read_bytes() == changed


def test_a_file_that_changes_between_scan_and_copy_is_refused_alone(
    forge: Forge, offer: Offer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from glyphdata.faces import incoming

    home, sound, shifty = tmp_path / "own", forge("Sound", design=1), forge("Shifty", design=2)

    def meanwhile(folder: Path) -> object:
        shifty.write_bytes(shifty.read_bytes()[:-4] + b"else")
        return alone(folder)

    monkeypatch.setattr(incoming, "alone", meanwhile)
    taken = take([offer(sound), offer(shifty)], home)
    assert [face.key for face in taken.added] == ["Sound-Regular"]
    assert [(one.path, one.code) for one in taken.refused] == [(str(shifty), "changed")]
    assert len(list((home / "store").glob("*.ttf"))) == 1


def test_two_processes_that_add_at_once_both_get_their_tokens(
    forge: Forge, catalogue: Catalogue, tmp_path: Path
) -> None:
    home = tmp_path / "own"
    children = [_child(home, forge(f"Own {at}", design=at)) for at in (1, 2)]
    assert [child.wait(60) for child in children] == [0, 0]
    own = Catalogue(home / "registry.jsonl")
    count = len(catalogue)
    assert {own[count].key, own[count + 1].key} == {"Own1-Regular", "Own2-Regular"}
    assert own.usable >> count == 0b11


def test_drafts_of_killed_processes_are_swept_and_nothing_else(
    forge: Forge, offer: Offer, tmp_path: Path
) -> None:
    home = tmp_path / "own"
    (home / "store").mkdir(parents=True)
    drafts = [home / ".registry.jsonl.abc.part", home / "store" / ".0123.ttf.xyz.part"]
    others = [home / ".gitignore", home / "notes.part", home / "store" / "mine.ttf"]
    for file in (*drafts, *others):
        file.write_text("half")
    take([offer(forge(design=1))], home)
    assert [file.exists() for file in drafts] == [False, False]
    assert all(file.read_text() == "half" for file in others)


def test_who_waits_too_long_for_another_process_is_told(tmp_path: Path) -> None:
    with (
        alone(tmp_path),
        pytest.raises(OutputError, match="another process is adding fonts"),
        alone(tmp_path, patience_s=0.1),
    ):
        raise AssertionError("two held it")


@pytest.mark.parametrize("files_before_the_kill", [2])
def test_a_kill_half_way_leaves_a_whole_registry_and_the_next_run_the_same_one(
    forge: Forge, offer: Offer, tmp_path: Path, files_before_the_kill: int
) -> None:
    fonts = [forge(f"Own {at}", design=at) for at in range(1, 6)]
    home, quiet = tmp_path / "own", tmp_path / "quiet"
    child = _child(home, *fonts)
    while child.poll() is None and len([*home.glob("store/*.ttf")]) < files_before_the_kill:
        time.sleep(0.002)
    child.send_signal(signal.SIGKILL)
    child.wait(60)
    if (home / "registry.jsonl").exists():
        assert len(Catalogue(home / "registry.jsonl")) in (348, 353)
    take([offer(font) for font in fonts], home)
    take([offer(font) for font in fonts], quiet)
    for name in ("registry.jsonl", "coverage.json", "parent.json"):
        assert (home / name).read_bytes() == (quiet / name).read_bytes()
    assert {path.name for path in home.glob("store/*.ttf")} == {
        path.name for path in quiet.glob("store/*.ttf")
    }


def test_packages_are_registered_in_the_user_s_registry_without_copies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from glyphdata.faces.register import append, known_of
    from glyphdata.faces.scan import examine

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    package = next(one for one in font_packages() if one.name == "fontpkg-anton")
    reports = [examine(path, known_of(package, member)) for member, path in package.files]
    assert append(reports, user_folder(), inherit=True).added == ()
    assert not (user_folder() / "registry.jsonl").exists()
