import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from glyphdata.errors import InputError
from glyphdata.faces.guard import font_files, scan, scan_all
from glyphdata.faces.scan import examine

Forge = Callable[..., Path]


def test_a_guarded_scan_says_what_an_unguarded_one_says(forge: Forge) -> None:
    path = forge(blank="ё")
    assert scan(path) == (examine(path),)


def test_a_broken_file_does_not_stop_the_rest(forge: Forge, tmp_path: Path) -> None:
    sound = forge("B")
    (tmp_path / "A.ttf").write_bytes(sound.read_bytes()[:500])
    shutil.copy(sound, tmp_path / "C.otf")
    (tmp_path / "notes.txt").write_text("no font")
    reports = scan(tmp_path)
    assert [(Path(report.path).name, report.fit) for report in reports] == [
        ("A.ttf", False),
        ("B.ttf", True),
        ("C.otf", True),
    ]


def test_a_file_that_never_ends_is_given_up_and_the_next_is_read(
    forge: Forge, tmp_path: Path
) -> None:
    sound = forge()
    pipe = tmp_path / "pipe.ttf"
    os.mkfifo(pipe)
    given_up, read = scan_all([(pipe, None), (sound, None)], seconds=2.0)
    assert [finding.message for finding in given_up.findings] == ["was not read within 2 s"]
    assert read.fit


def test_only_files_that_may_be_fonts_are_looked_at(forge: Forge, tmp_path: Path) -> None:
    sound = forge()
    (tmp_path / "deep").mkdir()
    shutil.copy(sound, tmp_path / "deep" / "Z.TTF")
    os.mkfifo(tmp_path / "pipe.ttf")
    assert font_files(tmp_path) == (sound, tmp_path / "deep" / "Z.TTF")


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not there"):
        scan(tmp_path / "none")
