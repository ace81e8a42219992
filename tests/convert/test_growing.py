"""Where an export is put: links, other people's folders, the dataset itself, two at a time."""

from __future__ import annotations

import errno
import os
import shutil
import signal
from collections.abc import Iterable
from pathlib import Path

import pytest

from glyphdata.convert.exporting import Choice, export
from glyphdata.convert.folder import MARK, Folder
from glyphdata.convert.growing import BEGUN, growing
from glyphdata.convert.picture import Picture
from glyphdata.engines.stopping import Stopped
from glyphdata.errors import GlyphdataError, OutputError
from glyphdata.progress import Notice, Progress
from glyphdata.shards.durable import writing
from tests.convert.posing import Truth, shipped


@pytest.fixture
def apart(tmp_path: Path) -> Path:
    """The folder of a dataset, as far as anyone looks here."""
    (tmp_path / "dataset/data").mkdir(parents=True)
    return tmp_path / "dataset"


def filled(dest: Path, apart: Path, *, overwrite: bool = False, content: bytes = b"{}") -> None:
    """An export of one file and the mark."""
    with growing(dest, apart=apart, overwrite=overwrite) as folder:
        folder.put("one", content)
        folder.put(MARK, b"{}")


def test_a_finished_export_holds_nothing_but_its_files(tmp_path: Path, apart: Path) -> None:
    filled(tmp_path / "a/b/out", apart)
    assert sorted(one.name for one in (tmp_path / "a/b/out").iterdir()) == [MARK, "one"]
    assert [one.name for one in (tmp_path / "a/b").iterdir()] == ["out"]


def test_a_folder_that_is_called_as_exports_grow_is_left_alone(tmp_path: Path, apart: Path) -> None:
    (tmp_path / "out.part").mkdir()
    (tmp_path / "out.part/mine").write_text("precious")
    with pytest.raises(OutputError, match=r"something stands at .*out\.part") as told:
        filled(tmp_path / "out", apart)
    assert told.value.hint == "move it away, or choose another name"
    assert (tmp_path / "out.part/mine").read_text() == "precious"
    (tmp_path / "file.part").write_text("mine")
    with pytest.raises(OutputError, match="something stands at"):
        filled(tmp_path / "file", apart)


@pytest.mark.parametrize("left", [BEGUN, MARK, None])
def test_what_a_killed_export_left_is_cleared(
    left: str | None, tmp_path: Path, apart: Path
) -> None:
    (tmp_path / "out.part").mkdir()
    if left:
        (tmp_path / "out.part/images").mkdir()
        (tmp_path / "out.part/images/one").touch()
        (tmp_path / "out.part" / left).touch()
    filled(tmp_path / "out", apart)
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == [MARK, "one"]


def test_a_link_to_a_folder_stays_one(tmp_path: Path, apart: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "empty").symlink_to("elsewhere")
    (tmp_path / "dangling").symlink_to("nowhere")
    for link, to in (("empty", "elsewhere"), ("dangling", "nowhere")):
        filled(tmp_path / link, apart, content=b"old")
        with pytest.raises(OutputError, match="stands at"):
            filled(tmp_path / link, apart)
        filled(tmp_path / link, apart, overwrite=True, content=b"new")
        assert (tmp_path / link).is_symlink()
        assert (tmp_path / to / "one").read_bytes() == b"new"


def test_the_dataset_and_what_lies_in_it_are_no_places(tmp_path: Path, apart: Path) -> None:
    (tmp_path / "link").symlink_to("dataset")
    for dest in (apart, apart / "boxes", tmp_path / "link/data/boxes", apart / "data/../x"):
        with pytest.raises(OutputError, match="is in the folder of the dataset"):
            filled(dest, apart, overwrite=True)
    assert [one.name for one in apart.iterdir()] == ["data"]


def test_an_export_with_the_dataset_in_it_is_not_overwritten(tmp_path: Path) -> None:
    filled(tmp_path / "out", tmp_path / "other")
    (tmp_path / "out/dataset").mkdir()
    with pytest.raises(OutputError, match="the dataset lies in"):
        filled(tmp_path / "out", tmp_path / "out/dataset", overwrite=True)
    assert (tmp_path / "out/dataset").is_dir()


def test_the_current_folder_and_mounts_are_not_replaced(
    tmp_path: Path, apart: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    with pytest.raises(OutputError, match=r"\. is the current folder"):
        filled(Path(), apart)
    with pytest.raises(OutputError, match="/ is where something is mounted"):
        filled(Path("/"), apart, overwrite=True)


@pytest.mark.parametrize("url", ["s3://bucket/out", "file:///tmp/out", "hf://datasets/me/out"])
def test_a_url_is_no_folder(
    url: str, tmp_path: Path, apart: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError, match="is a URL, and exports are written to folders"):
        filled(Path(url), apart)
    assert [one.name for one in tmp_path.iterdir()] == ["dataset"]


def test_two_exports_to_one_place_do_not_mingle(tmp_path: Path, apart: Path) -> None:
    with growing(tmp_path / "out", apart=apart) as folder:
        folder.put("one", b"first")
        with pytest.raises(OutputError, match="another process is exporting to") as told:
            filled(tmp_path / "out", apart, content=b"second")
        folder.put(MARK, b"{}")
    assert told.value.hint == "wait for it, or stop it"
    assert (tmp_path / "out/one").read_bytes() == b"first"


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_is_written_to(
    number: int, tmp_path: Path, apart: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("glyphdata.convert.growing.fcntl.flock", none)
    filled(tmp_path / "out", apart)
    assert (tmp_path / "out/one").is_file()


def full() -> None:
    with writing(Path("x")):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def worn() -> None:
    with writing(Path("x")):
        raise OSError(errno.EIO, os.strerror(errno.EIO))


def locked() -> None:
    with writing(Path("x")):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))


def stopped() -> None:
    raise Stopped(signal.SIGINT)


@pytest.mark.parametrize(
    ("fails", "hint"),
    [
        (full, "make room, then run the same command again: it begins anew"),
        (worn, "run the same command again: it begins anew"),
        (stopped, "run the same command again: it begins anew"),
        (locked, "choose a folder that you may write to"),
    ],
)
def test_no_fault_promises_that_something_is_kept(
    fails: object, hint: str, tmp_path: Path, apart: Path
) -> None:
    assert callable(fails)
    with (
        pytest.raises(GlyphdataError) as told,
        growing(tmp_path / "out", apart=apart) as folder,
    ):
        folder.put("deep/down/one", b"")
        fails()
    assert told.value.hint == hint
    assert [one.name for one in tmp_path.iterdir()] == ["dataset"]


class Counting:
    """An exporter that counts."""

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        folder.json("count.json", sum(1 for _ in pictures))


def test_an_unfinished_dataset_is_exported_as_far_as_it_is_and_named(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("glyphdata.convert.exporting.dumped", lambda *_: {"kind": "counting"})
    events: list[Progress | Notice] = []
    place = tmp_path / "bare"
    shutil.copytree(bare, place)
    export(place, tmp_path / "a", Counting(), on_event=events.append)
    assert not any(isinstance(one, Notice) for one in events)
    (place / ".glyphdata/manifest.json").unlink()
    assert export(place, tmp_path / "b", Counting(), on_event=events.append).samples == 3
    (notice,) = (one for one in events if isinstance(one, Notice))
    assert notice.text == f"{place} is unfinished: what it has so far is exported"


def test_the_blanks_where_a_line_is_broken_are_not_of_its_text(
    thousand: Path, true: tuple[Truth, ...], tmp_path: Path
) -> None:
    shipped(
        "paddleocr",
        tmp_path / "out",
        "task=rec",
        "unit=line",
        of=thousand,
        choice=Choice(limit=200),
    )
    lines = (tmp_path / "out/rec_gt.txt").read_text().splitlines()
    texts = [line.partition("\t")[2] for line in lines]
    lines_of_boxes = [line.text for one in true[:200] for box in one.boxes for line in box.lines]
    assert sum(text.endswith(" ") for text in lines_of_boxes) > 20
    assert [text for text in texts if text != text.rstrip()] == []
