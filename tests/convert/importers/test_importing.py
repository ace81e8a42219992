"""Imports as a whole: what is kept, refused, left out, gone on with after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import fsspec
import orjson
import pytest

from glyphdata.convert.importing.importing import Manner, import_pictures
from glyphdata.errors import InputError, OutputError
from glyphdata.progress import Notice
from glyphdata.review.verify import verify
from glyphdata.shards.dataset import Dataset
from tests.convert.importers.sourcing import (
    imported,
    importer,
    photo,
    plain_folder,
    put,
    samples,
)


def _bytes(out: Path) -> dict[str, bytes]:
    """All files of a dataset but those that tell the time of a run or its process."""
    skipped = {"log.jsonl", "lock", "lock-finish"}
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name not in skipped
    }


def test_the_number_of_workers_has_no_say(tmp_path: Path) -> None:
    source = plain_folder(tmp_path / "s", 12)
    imported("folder", source, tmp_path / "none", per_shard=3)
    imported("folder", source, tmp_path / "two", per_shard=3, workers=2)
    found = _bytes(tmp_path / "none")
    assert found == _bytes(tmp_path / "two")
    assert {f"data/train-{n:06d}.tar" for n in range(4)} <= found.keys()
    assert not list((tmp_path / "none" / ".glyphdata").glob("listing-*"))


def test_a_source_may_move_and_its_place_is_told_nowhere(tmp_path: Path) -> None:
    source = plain_folder(tmp_path / "hidden-place", 3)
    imported("folder", source, tmp_path / "before")
    source.rename(tmp_path / "moved")
    imported("folder", tmp_path / "moved", tmp_path / "after")
    found = _bytes(tmp_path / "before")
    assert found == _bytes(tmp_path / "after")
    assert not any(b"hidden-place" in content for content in found.values())


def test_a_picture_that_cannot_be_used_is_named_and_the_others_come(tmp_path: Path) -> None:
    source = plain_folder(tmp_path / "s", 4)
    whole = (source / "0001.jpg").read_bytes()
    put(source / "0001.jpg", whole[: len(whole) // 2])
    put(source / "0002.jpg", b"")
    put(source / "metadata.jsonl", "".join(f'{{"file_name": "{n:04d}.jpg"}}\n' for n in range(5)))
    summary = imported("folder", source, tmp_path / "out")
    assert not summary.whole
    told = [(spot.index, spot.reason, spot.message.split(":")[0]) for spot in summary.quarantined]
    assert told == [
        (1, "picture-unreadable", "0001.jpg"),
        (2, "picture-unreadable", "0002.jpg"),
        (4, "picture-missing", "0004.jpg"),
    ]
    assert list(Dataset(tmp_path / "out").keys()) == ["000000-0000", "000000-0003"]
    assert verify(tmp_path / "out", deep=True).ok


def test_pictures_of_one_format_stay_and_of_several_become_jpeg(tmp_path: Path) -> None:
    for name, kind in (("a.png", "PNG"), ("b.png", "PNG")):
        put(tmp_path / "png" / name, photo(format=kind))
    imported("folder", tmp_path / "png", tmp_path / "kept")
    kept = samples(tmp_path / "kept")
    assert kept["a.png"].members["png"] == (tmp_path / "png" / "a.png").read_bytes()
    jpeg = photo(seed=4)
    put(tmp_path / "png" / "c.jpg", jpeg)
    imported("folder", tmp_path / "png", tmp_path / "mixed")
    mixed = samples(tmp_path / "mixed")
    assert [set(one.members) & {"jpg", "png"} for one in mixed.values()] == [{"jpg"}] * 3
    assert mixed["c.jpg"].picture == jpeg
    imported("folder", tmp_path / "png", tmp_path / "asked", image="webp")
    assert all("webp" in one.members for one in samples(tmp_path / "asked").values())


def test_the_endings_of_names_do_not_say_what_a_picture_is(tmp_path: Path) -> None:
    put(tmp_path / "s" / "a.png", photo())
    imported("folder", tmp_path / "s", tmp_path / "out")
    assert samples(tmp_path / "out")["a.png"].members["jpg"] == photo()


def test_a_picture_on_its_side_takes_its_labels_along(tmp_path: Path) -> None:
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6
    put(tmp_path / "s" / "a.jpg", photo(120, 80, exif=exif))
    put(tmp_path / "s" / "gt_a.txt", "10,60,10,20,30,20,30,60,word\n")
    imported("icdar", tmp_path / "s", tmp_path / "out")
    record = samples(tmp_path / "out")["a.jpg"]
    assert (record.facts["width"], record.facts["height"]) == (80, 120)
    assert record.pixels().shape == (120, 80, 3)
    (box,) = record.facts["boxes"]
    assert box["quad"] == [20.0, 10.0, 60.0, 10.0, 60.0, 30.0, 20.0, 30.0]
    assert box["angle_deg"] == 0


def test_texts_that_no_sample_can_have_are_counted(tmp_path: Path) -> None:
    lines = [
        "-20,-20,40,-20,40,20,-20,20,edge",
        "200,10,260,10,260,30,200,30,outside",
        "10,10,10,10,10,10,10,10,nothing",
        "10,40,60,40,60,60,10,60,  ",
    ]
    put(tmp_path / "s" / "a.jpg", photo())
    put(tmp_path / "s" / "gt_a.txt", "\n".join(lines))
    summary = imported("icdar", tmp_path / "s", tmp_path / "out")
    assert dict(summary.rejections) == {
        "text-ignored": 1,
        "text-outside": 1,
        "text-without-area": 1,
    }
    record = samples(tmp_path / "out")["a.jpg"]
    assert [box["quad"] for box in record.facts["boxes"]] == [
        [0.0, 0.0, 40.0, 0.0, 40.0, 20.0, 0.0, 20.0]
    ]
    assert verify(tmp_path / "out", deep=True).ok


def test_a_source_that_has_changed_is_not_gone_on_with(tmp_path: Path) -> None:
    source = plain_folder(tmp_path / "s", 3)
    imported("folder", source, tmp_path / "out")
    before = _bytes(tmp_path / "out")
    assert imported("folder", source, tmp_path / "out").made == 0
    put(source / "0001.txt", "Other words.")
    with pytest.raises(OutputError, match="the source has changed"):
        imported("folder", source, tmp_path / "out")
    assert {k: v for k, v in _bytes(tmp_path / "out").items() if "listing-" not in k} == before
    imported("folder", source, tmp_path / "out", overwrite=True)
    assert samples(tmp_path / "out")["0001.jpg"].text == "Other words."


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    source = plain_folder(tmp_path / "s", 2)
    put(tmp_path / "mine" / "letter.txt", "dear")
    for overwrite in (False, True):
        with pytest.raises(OutputError, match="holds other things"):
            imported("folder", source, tmp_path / "mine", overwrite=overwrite)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]
    imported("folder", source, tmp_path / "out")
    with pytest.raises(OutputError, match="another recipe"):
        imported("folder", source, tmp_path / "out", license="MIT")
    assert not list((tmp_path / "out" / ".glyphdata").glob("listing-*"))


def test_a_dataset_is_not_made_in_its_own_source(tmp_path: Path) -> None:
    source = plain_folder(tmp_path / "s", 2)
    (tmp_path / "link").symlink_to("s")
    for out in (source / "out", tmp_path / "link/deep/out"):
        with pytest.raises(OutputError, match="lies in the source"):
            imported("folder", source, out)
    assert not (source / "out").exists() and not (source / "deep").exists()


def test_a_source_without_pictures_is_refused(tmp_path: Path) -> None:
    put(tmp_path / "s" / "notes.txt", "none here")
    with pytest.raises(InputError, match="the source has no pictures"):
        imported("folder", tmp_path / "s", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_url_gets_the_files_that_a_folder_gets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLYPHDATA_CACHE", str(tmp_path / "cache"))
    source, store = plain_folder(tmp_path / "s", 4), fsspec.filesystem("memory")
    store.store.clear()
    out = "memory://imports/out"
    for made, overwrite in ((2, False), (0, False), (2, True)):
        how = Manner("theirs", per_shard=2)
        told = import_pictures(importer("folder"), source, out, how, workers=0, overwrite=overwrite)
        assert (told.made, told.finished) == (made, True)
    imported("folder", source, tmp_path / "here", per_shard=2)
    found = {
        name.removeprefix("/imports/out/"): file.getvalue()
        for name, file in store.store.items()
        if not name.endswith("log.jsonl")
    }
    store.store.clear()
    assert found == _bytes(tmp_path / "here")


def test_a_name_that_comes_twice_is_refused(tmp_path: Path) -> None:
    put(tmp_path / "s" / "a.jpg", photo())
    put(tmp_path / "s" / "metadata.jsonl", '{"file_name": "a.jpg"}\n' * 2)
    with pytest.raises(InputError, match=r"two pictures 'a\.jpg'"):
        imported("folder", tmp_path / "s", tmp_path / "out")


def test_the_first_pictures_are_taken_and_keys_left_out(tmp_path: Path) -> None:
    source = plain_folder(tmp_path / "s", 6)
    heard: list[object] = []
    summary = import_pictures(
        importer("folder"),
        source,
        tmp_path / "out",
        Manner("few", limit=4),
        workers=0,
        exclude=["000000-0002"],
        on_event=heard.append,
    )
    assert (summary.samples, summary.excluded) == (3, 1)
    assert list(samples(tmp_path / "out")) == ["0000.jpg", "0001.jpg", "0003.jpg"]
    assert not any(isinstance(one, Notice) for one in heard)


def test_the_manifest_tells_how_it_was_made(tmp_path: Path) -> None:
    imported("icdar", plain_folder(tmp_path / "s", 1), tmp_path / "out", "task=mlt", license="MIT")
    told = orjson.loads((tmp_path / "out" / ".glyphdata" / "manifest.json").read_bytes())
    assert told["recipe"] == {
        "name": "theirs",
        "seed": 0,
        "import": {"kind": "icdar", "task": "mlt", "labels": ""},
        "license": "MIT",
        "image": "keep",
        "boxes": True,
        "shard": {"samples": 1000},
        "samples": 1,
    }
    assert told["registries"] == []


_RUN = """
import sys
from pathlib import Path
from glyphdata.convert.importing.importing import Manner, import_pictures
from glyphdata.recipe.open import part_of
if __name__ == "__main__":
    import_pictures(part_of("importers", "folder", ()), Path(sys.argv[1]), Path(sys.argv[2]),
                    Manner("theirs", per_shard=8), workers=2)
"""


@pytest.mark.parametrize("moment", ["listing-*", "data/train-000001.tar"])
def test_a_killed_import_is_gone_on_with(tmp_path: Path, moment: str) -> None:
    source, out = plain_folder(tmp_path / "s", 64, side=200), tmp_path / "out"
    script = put(tmp_path / "run.py", _RUN)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    run = subprocess.Popen(
        [sys.executable, script, source, out], env=environment, start_new_session=True
    )
    pattern = f".glyphdata/{moment}" if "*" in moment else moment
    until = time.monotonic() + 60
    while not list(out.glob(pattern)) and run.poll() is None and time.monotonic() < until:
        time.sleep(0.001)
    os.killpg(run.pid, signal.SIGKILL)
    assert run.wait() == -signal.SIGKILL
    assert not (out / ".glyphdata" / "manifest.json").exists()
    summary = imported("folder", source, out, per_shard=8)
    assert summary.finished
    imported("folder", source, tmp_path / "whole", per_shard=8)
    assert _bytes(out) == _bytes(tmp_path / "whole")
