"""Exports as a whole: which samples, what becomes of damage, of kills and of what stands there."""

from __future__ import annotations

import gc
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import orjson
import pytest
import yaml

from glyphdata.cli import main
from glyphdata.convert.exporting import Choice, Exporter, export
from glyphdata.convert.folder import MARK, Folder, marked
from glyphdata.convert.picture import Picture
from glyphdata.errors import InputError, OutputError
from glyphdata.progress import Notice, Progress
from glyphdata.recipe.open import part_of, read_parts
from glyphdata.registry import kinds, load
from glyphdata.review.flags import keys_in
from glyphdata.shards.dataset import Dataset, Record
from tests.convert.posing import files, folder_in, posed, shipped

MINE = (
    "anyword",
    "gligen",
    "glyph_byt5",
    "layoutdiffusion",
    "mario",
    "richtext",
    "synthtext",
    "textseg",
    "udifftext",
)
MASKED = ("mario", "textseg", "udifftext")
SETTINGS = {"glyph_byt5": ("canvas=1645",), "synthtext": ("form=npz",)}


class Keys:
    """An exporter of nothing but keys; it may fail, or tell that it has begun."""

    def __init__(self, fails: BaseException | None = None) -> None:
        self.fails = fails
        self.seen: list[str] = []

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        folder.put("begun", b"")
        for picture in pictures:
            self.seen.append(picture.key)
        if self.fails:
            raise self.fails


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Keys]:
    """Makes such exporters, whose mark tells nothing of them."""
    monkeypatch.setattr("glyphdata.convert.exporting.dumped", lambda *_: {"kind": "keys"})
    return Keys


class Told(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def tell(capfdbinary: pytest.CaptureFixture[bytes]) -> Callable[..., Told]:
    """Run a command line in this process."""

    def run(*words: object) -> Told:
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(word) for word in words])
        out, err = capfdbinary.readouterr()
        assert isinstance(left.value.code, int)
        return Told(left.value.code, out.decode(), err.decode())

    return run


@pytest.mark.parametrize("kind", kinds("exporters"))
def test_every_format_opens_with_a_sentence_and_an_example_that_can_be_made(kind: str) -> None:
    told = (load("exporters", kind).__doc__ or "").split("\n\n")
    assert re.fullmatch(r"\S[^\n]*[.:][^\n]*", told[0]), told[0]
    example = re.search(r"^\s*Export: (\{.*\})$", "\n".join(told[1:]), re.MULTILINE)
    assert example
    entry = yaml.safe_load(example[1])
    faults: list[Any] = []
    (part,) = read_parts("exporters", [entry], faults)
    assert (entry["kind"], faults) == (kind, [])
    assert callable(getattr(part, "write", None))


def test_the_samples_are_those_that_are_meant_in_order(
    thousand: Path, tmp_path: Path, keys: Callable[..., Keys]
) -> None:
    table = {
        record.key: orjson.loads(record.members["json"])["boxes"] for record in Dataset(thousand)
    }
    single = [key for key, boxes in table.items() if len(boxes) == 1]
    choice = Choice(
        ("boxes=1",), only=single[5:30], exclude=(*single[6:8], "000009-0001"), limit=10
    )
    exporter, events = keys(), list[Progress | Notice]()
    made = export(thousand, tmp_path / "out", exporter, choice, on_event=events.append)
    assert exporter.seen == [single[5], *single[8:17]]
    assert (made.samples, made.unread, made.whole) == (10, 0, True)
    assert Notice("1 excluded keys are not in the dataset") in events
    assert [(one.samples, one.of) for one in events if isinstance(one, Progress)][-1] == (10, 10)


def test_no_choice_means_all(thousand: Path, tmp_path: Path, keys: Callable[..., Keys]) -> None:
    exporter = keys()
    assert export(thousand, tmp_path / "out", exporter).samples == 1000
    assert exporter.seen == list(Dataset(thousand).keys())


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        (Choice(("boxes>=99",)), "none of the 1000 samples is meant"),
        (Choice(only=["000000-0000", "nobody"]), "there is no sample 'nobody'"),
        (Choice(("nonsense=1",)), "nonsense"),
    ],
)
def test_a_choice_of_nothing_is_refused(
    choice: Choice, says: str, thousand: Path, tmp_path: Path, keys: Callable[..., Keys]
) -> None:
    with pytest.raises(InputError, match=says):
        export(thousand, tmp_path / "out", keys(), choice)
    assert list(tmp_path.iterdir()) == []


def test_keys_are_read_from_lists_and_from_flags(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("000000-0001\n\n000000-0002\n")
    assert set(keys_in(tmp_path / "a.txt")) == {"000000-0001", "000000-0002"}
    (tmp_path / "b.jsonl").write_text('{"key": "000000-0003", "reason": "dim"}\n')
    assert set(keys_in(tmp_path / "b.jsonl")) == {"000000-0003"}


@pytest.mark.parametrize("name", ["none.txt", "none.jsonl", "none\0.txt"])
def test_a_list_of_keys_that_is_not_there_is_refused_and_leaves_nothing_out_unseen(
    name: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=re.escape(repr(name)[1:-1])):
        keys_in(tmp_path / name)


def test_a_fault_while_writing_leaves_nothing(
    thousand: Path, tmp_path: Path, keys: Callable[..., Keys]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        export(thousand, tmp_path / "out", keys(KeyboardInterrupt()), Choice(limit=2))
    assert list(tmp_path.iterdir()) == []


def test_a_killed_export_leaves_nothing_under_its_name_and_the_next_one_is_whole(
    thousand: Path, tmp_path: Path
) -> None:
    words = ("export", thousand, tmp_path / "out", "-f", "richtext")
    child = subprocess.Popen(
        [sys.executable, "-m", "glyphdata", *map(str, words)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while child.poll() is None and not (tmp_path / "out.part/richtext.jsonl").exists():
        os.sched_yield()
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    assert [one.name for one in tmp_path.iterdir()] == ["out.part"]
    shipped("richtext", tmp_path / "out", of=thousand, choice=Choice(limit=3))
    assert [one.name for one in tmp_path.iterdir()] == ["out"]
    assert len((tmp_path / "out/richtext.jsonl").read_bytes().splitlines()) == 3
    assert len(files(tmp_path / "out")) == 4


def test_only_an_export_of_ours_is_overwritten_and_only_if_asked(
    thousand: Path, tmp_path: Path, keys: Callable[..., Keys]
) -> None:
    out, two = tmp_path / "out", Choice(limit=2)
    out.mkdir()
    export(thousand, out, keys(), two)  # an empty folder is no export, and no loss
    with pytest.raises(OutputError, match="something stands at"):
        export(thousand, out, keys(), two)
    (out / "begun").write_bytes(b"old")
    export(thousand, out, keys(), two, overwrite=True)
    assert (out / "begun").read_bytes() == b""
    (out / MARK).unlink()
    with pytest.raises(OutputError, match="is no export of ours, and is not removed"):
        export(thousand, out, keys(), two, overwrite=True)
    with pytest.raises(OutputError, match="is no export of ours"):
        export(thousand, Path(__file__), keys(), two, overwrite=True)
    assert Path(__file__).exists()


def test_the_mark_tells_what_was_exported_and_by_what(thousand: Path, tmp_path: Path) -> None:
    shipped("mario", tmp_path / "out", "segments=512", of=thousand, choice=Choice(limit=2))
    told = marked(tmp_path / "out")
    manifest = orjson.loads((thousand / ".glyphdata/manifest.json").read_bytes())
    assert told == {
        "schema": "glyphdata.export/1",
        "dataset": {"name": "thousand", "fingerprint": manifest["fingerprint"]["value"]},
        "exporter": {"kind": "mario", "segments": 512, "level": 0},
        "samples": 2,
    }


@pytest.mark.parametrize("kind", MINE)
def test_the_same_export_is_the_same_bytes(kind: str, thousand: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        settings = SETTINGS.get(kind, ())
        shipped(kind, tmp_path / name, *settings, of=thousand, choice=Choice(limit=12))
    ours, theirs = (files(tmp_path / name) for name in ("a", "b"))
    assert ours == theirs
    assert len(ours) > 12
    assert (tmp_path / "a" / MARK).read_bytes() == (tmp_path / "b" / MARK).read_bytes()


@pytest.mark.parametrize("kind", MINE)
def test_members_that_a_format_needs_and_the_samples_lack_are_named(
    kind: str, bare: Path, tmp_path: Path
) -> None:
    if kind in ("gligen", "glyph_byt5", "layoutdiffusion", "richtext"):  # facts are enough
        assert shipped(kind, tmp_path / "out", of=bare).samples == 3
        return
    with pytest.raises(InputError, match=r"the samples have no (layout\.json|mask\.png)") as told:
        shipped(kind, tmp_path / "out", of=bare)
    assert re.fullmatch(r"make them with `outputs\.(layout|mask): true`", told.value.hint)
    assert list(tmp_path.iterdir()) == []


def damaged(dataset: Path, copy: Path, key: str, member: str) -> Path:
    """A copy of the first shard's dataset in which a member of a sample is rubbish."""
    shutil.copytree(dataset, copy)
    shard = copy / "data/train-000000.tar"
    content = bytearray(shard.read_bytes())
    at = content.index(f"{key}.{member}\0".encode()) + 512
    content[at : at + 32] = b"rubbish " * 4
    shard.write_bytes(content)
    return copy


@pytest.mark.parametrize(
    ("kind", "member"), [("richtext", "json"), ("richtext", "layout.json")]
    + [(kind, "mask.png") for kind in MASKED]
)  # fmt: skip
def test_a_sample_that_cannot_be_read_is_left_out_and_the_exit_code_is_4(
    kind: str, member: str, thousand: Path, tmp_path: Path, tell: Callable[..., Told]
) -> None:
    broken = damaged(thousand, tmp_path / "broken", "000000-0001", member)
    words = ("export", broken, tmp_path / "out", "-f", kind, "--limit", 4)
    told = tell(*words, "--json")
    assert told.code == 4
    document = json.loads(told.out)
    assert (document["samples"], document["unread"]) == (3, 1)
    (fault,) = document["faults"]
    assert fault["key"] == "000000-0001"
    assert not any("000000-0001" in name for name in files(tmp_path / "out"))
    told = tell(*words, "--overwrite")
    assert told.code == 4
    assert "left out: 000000-0001: " in told.out


def test_where_none_can_be_read_there_is_no_export(thousand: Path, tmp_path: Path) -> None:
    broken = damaged(thousand, tmp_path / "broken", "000000-0000", "json")
    with pytest.raises(InputError, match="none of the samples could be read"):
        shipped("richtext", tmp_path / "out", of=broken, choice=Choice(limit=1))
    assert [one.name for one in tmp_path.iterdir()] == ["broken"]


def test_the_command_tells_what_was_written_and_what_the_format_cannot_say(
    thousand: Path, tmp_path: Path, tell: Callable[..., Told]
) -> None:
    (tmp_path / "only.txt").write_text("\n".join(f"000000-000{at}" for at in range(8)))
    (tmp_path / "no.txt").write_text("000000-0003\n")
    words = (
        "export", thousand, tmp_path / "out", "-f", "anyword", "-s", "max_chars=1",
        "--only", tmp_path / "only.txt", "--exclude", tmp_path / "no.txt", "--where", "boxes>=1",
    )  # fmt: skip
    told = tell(*words, "--json")
    document = json.loads(told.out)
    assert (told.code, document["format"], document["samples"]) == (0, "anyword", 7)
    assert document["skipped"][0]["first"] == "000000-0000"
    assert document["faults"] == []
    told = tell(*words, "--overwrite")
    assert told.code == 0
    assert re.search(r"out: 7 samples in \d+\.\d s\n", told.out)
    assert re.search(r"not written: \d+ × line too long", told.out)


def test_wrong_settings_and_formats_are_told_at_once(
    thousand: Path, tmp_path: Path, tell: Callable[..., Told]
) -> None:
    words = ("export", thousand, tmp_path / "out", "-f")
    told = tell(*words, "mario", "-s", "segments=300", "-s", "level=9", "-s", "nobody=1")
    assert told.code == 3
    assert all(name in told.err for name in ("segments", "level", "nobody"))
    told = tell(*words, "marjo")
    assert (told.code, "did you mean 'mario'" in told.err) == (3, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", MINE)
def test_memory_does_not_grow_with_the_samples(kind: str, tmp_path: Path) -> None:
    exporter: Exporter = part_of("exporters", kind, ())  # type: ignore[assignment]
    members = posed("k", "so on", "and so").record.members
    held = []

    def stream() -> Iterator[Picture]:
        for number in range(80):
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
            yield Picture(Record(f"k{number:03d}", members))

    gc.freeze()  # what other tests hold is not looked through eighty times
    tracemalloc.start()
    try:
        exporter.write(stream(), folder_in(tmp_path))
    finally:
        tracemalloc.stop()
        gc.unfreeze()
    grown = [held[at] - held[at - 16] for at in range(36, 80)]
    assert median(grown) < 16 * 400  # bytes; what is made once, whenever, does not count


@pytest.mark.slow
@pytest.mark.parametrize("kind", kinds("exporters"))
def test_resident_memory_is_flat_from_200_to_2000_samples(
    kind: str, thousand: Path, tmp_path: Path
) -> None:
    code = (
        "import re, sys; from pathlib import Path\n"
        "from tests.convert.posing import pictures_of, written\n"
        "kind, of, out, count = sys.argv[1:]\n"
        "written(kind, Path(out), of=pictures_of(Path(of), int(count)))\n"
        "print(re.search(r'VmHWM:\\s*(\\d+)', Path('/proc/self/status').read_text())[1])"
    )

    def resident(count: int) -> int:
        words = [kind, str(thousand), str(tmp_path / str(count)), str(count)]
        told = subprocess.run(
            [sys.executable, "-c", code, *words],
            check=True,
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        return int(told.stdout)

    assert resident(2000) < resident(200) + 8_000  # kilobytes
