"""A face that ends workers is found, named and done without; the run goes on."""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import orjson
import pytest

from glyphdata import progress
from glyphdata.cli.generate import document_of, lines_of
from glyphdata.engines import Event, Setup
from glyphdata.engines.local import LocalEngine
from glyphdata.engines.stopping import Stopped
from glyphdata.faces.catalogue import load
from glyphdata.factory import Factory
from glyphdata.generation import Summary, generate
from glyphdata.progress import Notice, Progress
from glyphdata.recipe import Recipe
from glyphdata.shards.claim import quarantined_faces
from glyphdata.shards.dataset import Dataset
from glyphdata.shards.index import read_index
from glyphdata.shards.keys import Places
from glyphdata.shards.manifest import Provenance
from glyphdata.shards.record import QuarantinedFace, read_record
from glyphdata.shards.status import status_of
from tests.engines.citizens import FakeRecipe

RECIPE = FakeRecipe()
CURSED = replace(RECIPE, cursed=((3, "segfault"),), cursed_from=10)
"""Face 3 stands in scenes 6, 7, 16 and 17, is tried in 12, and ends whoever draws 16 or 17."""

SEGFAULT = "the worker was ended by SIGSEGV"


def run(out: Path, recipe: FakeRecipe = CURSED, **how: object) -> Summary:
    how = {
        "workers": 1,
        "factory": "tests.engines.citizens:Typist",
        "provenance": lambda _: Provenance(),
    } | how
    return generate(recipe, out, **how)  # type: ignore[arg-type]


def content(out: Path) -> dict[str, bytes]:
    """Every file but those that tell the time or the process."""
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != "log.jsonl" and not path.name.startswith("lock")
    }


def told_by(heard: list[str]) -> Callable[[Progress | Notice], None]:
    def hear(event: Progress | Notice) -> None:
        if isinstance(event, Notice):
            heard.append(event.text)

    return hear


def shown(out: Path) -> list[str]:
    return [sample.members["txt"].decode() for sample in Dataset(out)]


@pytest.fixture(scope="module")
def caught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset during whose making the face was caught, by one worker."""
    out = tmp_path_factory.mktemp("caught") / "out"
    made = run(out)
    assert (made.samples, made.finished, made.lost_shards, made.quarantined) == (20, True, (), ())
    return out


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker's death is believed at once, to save time."""
    monkeypatch.setattr("glyphdata.engines.local.TRIES", 1)


def test_all_samples_are_made_and_the_face_is_in_none(caught: Path) -> None:
    texts = shown(caught)
    assert len(texts) == 20
    assert not [text for text in texts if text.endswith("face 3")]
    assert texts[6] == "6 in face 4"
    assert texts[5] == "5 in face 2"


def test_two_workers_give_the_same_files_and_name_the_face_once(
    tmp_path: Path, caught: Path
) -> None:
    heard: list[str] = []
    made = run(tmp_path, workers=2, on_event=told_by(heard))
    assert content(tmp_path) == content(caught)
    key = load()[3].key
    named = [text for text in heard if "is quarantined" in text]
    assert named == [f"<font-3> {key} is quarantined: {SEGFAULT}"]
    assert made.quarantined_faces == (QuarantinedFace(3, key, "worker-died", SEGFAULT),)


def test_a_face_known_from_the_start_ends_no_worker_and_gives_the_same_files(
    tmp_path: Path, caught: Path
) -> None:
    (tmp_path / ".glyphdata").mkdir()
    claim = Places(caught).claim.read_bytes()
    Places(tmp_path).claim.write_bytes(claim)
    heard: list[str] = []
    made = run(tmp_path, on_event=told_by(heard))
    assert (heard, made.made) == ([], 4)
    assert content(tmp_path) == content(caught)


def test_without_processes_a_known_face_is_done_without_too(tmp_path: Path, caught: Path) -> None:
    (tmp_path / ".glyphdata").mkdir()
    Places(tmp_path).claim.write_bytes(Places(caught).claim.read_bytes())
    assert run(tmp_path, workers=0).samples == 20
    assert content(tmp_path) == content(caught)


@pytest.mark.usefixtures("hasty")
def test_only_shards_that_had_touched_the_face_are_made_again(tmp_path: Path, caught: Path) -> None:
    first = run(tmp_path, shards=range(3))
    assert (first.made, first.quarantined_faces) == (3, ())
    places = Places(tmp_path)
    assert "6 in face 3" in places.shard(1).read_bytes().decode("latin-1")
    touched = [read_record(places, number) for number in range(3)]
    assert [one.faces >> 3 & 1 for one in touched if one] == [0, 1, 1]
    before = [places.shard(number).stat().st_mtime_ns for number in range(3)]
    resumed = run(tmp_path)
    after = [places.shard(number).stat().st_mtime_ns for number in range(3)]
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, False]
    assert (resumed.made, resumed.samples, resumed.finished) == (3, 20, True)
    assert content(tmp_path) == content(caught)


@pytest.mark.usefixtures("hasty")
def test_a_finished_dataset_still_says_what_it_does_without_and_grows_without_it(
    tmp_path: Path, caught: Path
) -> None:
    half = replace(CURSED, samples=18)
    run(tmp_path, half)
    again = run(tmp_path, half)
    assert (again.made, again.whole, len(again.quarantined_faces)) == (0, False, 1)
    heard: list[str] = []
    grown = run(tmp_path, on_event=told_by(heard))
    assert (heard, grown.made) == ([], 1)
    assert content(tmp_path) == content(caught)


def test_everyone_is_told(caught: Path) -> None:
    (face,) = quarantined_faces(Places(caught))
    made = run(caught)
    assert document_of(made)["quarantined_faces"] == [asdict(face)]
    assert f"made without <font-3> {face.key}, worker-died: {SEGFAULT}" in lines_of(made, caught)
    manifest = json.loads(Places(caught).manifest.read_bytes())
    assert manifest["quarantined_faces"] == [asdict(face)]
    status = status_of(caught)
    assert (status.state, status.quarantined_faces) == ("finished", (face,))


def test_shards_that_touched_a_face_another_run_has_quarantined_are_missing(
    tmp_path: Path, caught: Path
) -> None:
    run(tmp_path, RECIPE)
    Places(tmp_path).claim.write_bytes(Places(caught).claim.read_bytes())
    status = status_of(tmp_path)
    assert (status.state, status.done, status.missing) == ("partial", (0,), (1, 2, 3))
    assert run(tmp_path).made == 3
    assert content(tmp_path) == content(caught)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("what", "reason", "message"),
    [
        ("kill", "worker-died", "the worker was ended by SIGKILL"),
        ("hang", "worker-stuck", "no progress in 0.5 s"),
    ],
)
def test_however_it_ends_workers(tmp_path: Path, what: str, reason: str, message: str) -> None:
    recipe = replace(CURSED, cursed=((3, what),))
    made = run(tmp_path, recipe, engine=LocalEngine(1, patience_s=0.5))
    ((token, _, code, told),) = [tuple(asdict(one).values()) for one in made.quarantined_faces]
    assert (token, code) == (3, reason)
    assert str(told).startswith(message)
    assert (made.samples, made.finished) == (20, True)


@pytest.mark.usefixtures("hasty")
def test_two_faces_are_found_one_after_the_other(tmp_path: Path) -> None:
    both = replace(CURSED, cursed=((3, "segfault"), (0, "kill")))
    for workers in (1, 2):
        made = run(tmp_path / f"{workers}", both, workers=workers)
        assert [one.token for one in made.quarantined_faces] == [0, 3]
        assert made.samples == 20
    assert content(tmp_path / "1") == content(tmp_path / "2")


@pytest.mark.usefixtures("hasty")
def test_a_face_is_not_blamed_for_a_scene_that_ends_workers(tmp_path: Path) -> None:
    heard: list[str] = []
    recipe = replace(RECIPE, trouble=((7, "segfault"), (11, "kill")))
    made = run(tmp_path, recipe, workers=2, on_event=told_by(heard))
    assert made.quarantined_faces == ()
    assert [(one.index, one.reason) for one in made.quarantined] == [
        (7, "worker-died"),
        (11, "worker-died"),
    ]
    assert made.samples == 18
    assert sum("is left out" in text for text in heard) == 2


@pytest.mark.usefixtures("hasty")
def test_a_lost_scene_that_had_touched_a_face_is_tried_again_without_it(tmp_path: Path) -> None:
    killing = replace(RECIPE, samples=15, trouble=((6, "segfault"),))
    assert [one.index for one in run(tmp_path, killing).quarantined] == [6]
    record = read_record(Places(tmp_path), 1)
    assert record is not None
    assert record.faces >> 3 & 1
    made = run(tmp_path)
    assert (made.quarantined, made.samples) == ((), 20)


@pytest.mark.usefixtures("hasty")
def test_beyond_so_many_inquests_only_scenes_are_cut_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "INQUESTS", 1)
    both = replace(CURSED, cursed=((0, "segfault"), (3, "segfault")))
    made = run(tmp_path, both)
    assert [one.token for one in made.quarantined_faces] == [0]
    assert [one.index for one in made.quarantined] == [16, 17]
    assert made.samples == 18


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(("at", "done", "known"), [(2, (0, 1, 2), 0), (3, (0,), 1)])
def test_stopped_while_or_after_a_face_is_tested_it_goes_on_to_the_same_files(
    tmp_path: Path, caught: Path, at: int, done: tuple[int, ...], known: int
) -> None:
    class Stopping:
        """Is told to stop when it begins with that round; the second is the test of faces."""

        rounds = 0

        def run(
            self, setup: Setup, tasks: Sequence[int], on_event: Callable[[Event], None]
        ) -> None:
            self.rounds += 1
            if self.rounds == at:
                signal.raise_signal(signal.SIGTERM)
            LocalEngine(1).run(setup, tasks, on_event)

    with pytest.raises(Stopped):
        run(tmp_path, engine=Stopping())
    status = status_of(tmp_path)
    assert (status.done, len(status.quarantined_faces)) == (done, known)
    assert run(tmp_path).samples == 20
    assert content(tmp_path) == content(caught)


# --- with real fonts ------------------------------------------------------------------------------


def real(out: Path, recipe: Recipe, **how: object) -> Summary:
    how = {"workers": 1, "factory": "tests.engines.haunted:Haunted"} | how
    return generate(recipe, out, **how)  # type: ignore[arg-type]


def test_a_scene_that_never_touched_a_face_is_the_same_without_it(mixed: Recipe) -> None:
    touched: list[set[int]] = []
    everyone = Factory(mixed)
    everyone.tell(lambda token: touched[-1].add(token))
    scenes = []
    for index in range(24):
        touched.append(set())
        scenes.append([one.members for one in everyone.group(index)])
    often = Counter(token for tokens in touched for token in tokens if token >= 0)
    for face, times in often.most_common(3):
        without, taken = Factory(mixed, without={face}), set[int]()
        without.tell(taken.add)
        here = [index for index in range(24) if face in touched[index]]
        assert len(here) == times
        for index in range(24):
            made = [one.members for one in without.group(index)]
            assert (made == scenes[index]) or index in here
        assert face not in taken


def tokens(out: Path) -> list[list[int]]:
    """The faces of each sample."""
    table = read_index(Places(out), ["font_tokens"])
    assert table is not None
    return [row["font_tokens"] for row in table.to_pylist()]


def test_a_font_that_crashes_is_done_without(
    tmp_path: Path, recipe_of: Callable[..., Recipe], monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = recipe_of(
        samples=6,
        shard={"samples": 2},
        canvas={"width": 128, "height": 96},
        levels={"word": 1},
        boxes={"count": [1, 3], "size_px": [10, 30]},
        variants={"count": 2, "font": 0.5},
    )
    sound = generate(recipe, tmp_path / "sound", workers=0)
    assert (sound.samples, sound.whole) == (18, True)
    token = tokens(tmp_path / "sound")[-1][0]
    monkeypatch.setenv("CURSED", f"{token} segfault")
    made = real(tmp_path / "caught", recipe)
    assert [one.token for one in made.quarantined_faces] == [token]
    assert (made.samples, made.finished, made.whole) == (18, True, False)
    assert not [shown for shown in tokens(tmp_path / "caught") if token in shown]
    (tmp_path / "known/.glyphdata").mkdir(parents=True)
    claim = Places(tmp_path / "caught").claim.read_bytes()
    Places(tmp_path / "known").claim.write_bytes(claim)
    generate(recipe, tmp_path / "known", workers=0)
    assert content(tmp_path / "known") == content(tmp_path / "caught")
    assert orjson.loads(claim)["quarantined_faces"][0]["key"] == load()[token].key
