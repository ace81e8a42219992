"""Captions stand beside the shards: nothing is said twice, none of a person's is lost."""

from __future__ import annotations

import resource
import shutil
import signal
from collections import Counter
from pathlib import Path

import orjson
import pytest

from glyphdata.caption.captioner import Fault
from glyphdata.captioning import run
from glyphdata.captions.breaker import Breaker
from glyphdata.captions.written import read, written
from glyphdata.errors import InputError, OutputError
from glyphdata.progress import Notice, Progress
from glyphdata.registry import load
from glyphdata.shards.claim import lock
from glyphdata.shards.dataset import Dataset
from tests.captions.citizens import Parrot, captioned, overlay

GONE = Fault("server", "the server has gone", passing=True)


def shards(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (out / "data").iterdir()}


def lines(out: Path, number: int = 0) -> list[dict[str, object]]:
    path = out / f"captions/train-{number:06d}.jsonl"
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def rewrite(out: Path, key: str, **changes: object) -> bytes:
    """Edit the finest caption of a sample as a person would, by hand; the line."""
    path = out / "captions/train-000000.jsonl"
    edited = []
    for line in path.read_bytes().splitlines():
        one = orjson.loads(line)
        if one["key"] == key:
            one["captions"][0] |= changes
            line = written(read(orjson.dumps(one)))
            mine = line
        edited.append(line + b"\n")
    path.write_bytes(b"".join(edited))
    return mine


def test_truth_captions_every_sample_on_every_level_and_leaves_the_shards_alone(out: Path) -> None:
    before = shards(out)
    done = run(out, load("captioners", "truth")())
    assert (done.tally.behind, done.tally.made, done.tally.there, done.whole) == (24, 144, 0, True)
    assert shards(out) == before
    for number, key in enumerate(Dataset(out).keys()):
        one = lines(out, number // 8)[number % 8]
        assert one["key"] == key
        told = [(caption["level"], caption["source"]) for caption in one["captions"]]  # type: ignore[attr-defined]
        assert told == [(level, "truth") for level in range(1, 7)]
    manifest = orjson.loads((out / "captions/manifest.json").read_bytes())
    assert list(manifest["recipes"]) == list(done.recipes)
    first, again = overlay(out), run(out, load("captioners", "truth")())
    assert (again.tally.made, again.tally.there) == (0, 144)
    assert overlay(out) == first


def test_a_model_says_what_it_is_good_at_and_truth_the_rest(out: Path) -> None:
    captioned(out, levels=range(1, 7), styles=("plain", "glyph"))
    for one in lines(out):
        told = [(c["level"], c["style"], c["source"]) for c in one["captions"]]  # type: ignore[attr-defined]
        truth = [(level, "plain", "truth") for level in range(3, 7)]
        finest = [(1, "glyph", "truth"), (1, "plain", "parrot"), (2, "plain", "parrot")]
        assert told == finest + truth


def test_lower_levels_may_be_cut_from_what_the_model_said(out: Path) -> None:
    done = captioned(out, levels=(2, 5), lower="shorten")
    recipes = orjson.loads((out / "captions/manifest.json").read_bytes())["recipes"]
    assert sorted(one.get("lower", "") for one in recipes.values()) == ["", "shorten"]
    for one in lines(out):
        fine, coarse = one["captions"]  # type: ignore[misc]
        assert (fine["level"], coarse["level"]) == (2, 5)
        assert fine["recipe"] != coarse["recipe"]
    assert done.tally.made == 48


def test_another_recipe_adds_skips_or_redoes(out: Path) -> None:
    captioned(out)
    other = Parrot("A picture with the words")
    assert captioned(out, other, existing="skip").tally.made == 0
    assert captioned(out, other).tally.made == 48
    assert {len(one["captions"]) for one in lines(out)} == {4}  # type: ignore[arg-type]
    captioned(out, other, existing="redo")
    assert {c["text"][:9] for one in lines(out) for c in one["captions"]} == {"A picture"}  # type: ignore[attr-defined]
    assert captioned(out, Parrot("Third:"), existing="redo").tally.made == 48
    assert {len(one["captions"]) for one in lines(out)} == {2}  # type: ignore[arg-type]


@pytest.mark.parametrize("mark", [{"locked": True}, {"source": "human"}])
@pytest.mark.parametrize("existing", ["add", "skip", "redo"])
def test_what_a_person_wrote_or_locked_is_never_touched(
    out: Path, mark: dict[str, object], existing: str
) -> None:
    captioned(out)
    mine = orjson.loads(rewrite(out, "000000-0003", text="Just so.", **mark))["captions"][0]
    done = captioned(out, Parrot("Anew:"), existing=existing)
    assert done.tally.made == (0 if existing == "skip" else 47)
    now = lines(out)[3]["captions"]
    assert isinstance(now, list)
    assert mine in now
    assert [one["level"] for one in now].count(1) == 1


def test_a_changed_picture_is_captioned_anew_but_never_over_locked_captions(out: Path) -> None:
    captioned(out)
    captions = out / "captions/train-000000.jsonl"
    stale = captions.read_bytes().replace(
        orjson.dumps(lines(out)[3]["image_sha256"]), b'"' + b"0" * 64 + b'"'
    )
    captions.write_bytes(stale)
    assert captioned(out).tally.made == 2
    captions.write_bytes(stale)
    mine = rewrite(out, "000000-0003", locked=True)
    done = captioned(out)
    assert [name for name, _ in done.lost] == ["train-000000.tar"]
    assert "locked captions" in done.lost[0][1]
    assert not done.whole
    assert mine in captions.read_bytes().splitlines()


def test_failures_are_kept_with_their_reason_and_asked_again_on_request(
    out: Path, tmp_path: Path
) -> None:
    captioned(out)
    clean = overlay(out)
    shutil.rmtree(out / "captions")
    log = tmp_path / "log"
    broken = Parrot(log=log, faults={"0002": Fault("bad-picture", "it is upside down")})
    done = captioned(out, broken)
    assert (done.tally.made, dict(done.tally.failures), done.whole) == (
        42,
        {"bad-picture": 6},
        False,
    )
    failure = lines(out)[2]["failures"][0]  # type: ignore[index]
    assert (failure["message"], failure["attempts"]) == ("it is upside down", 1)
    log.unlink()
    assert dict(captioned(out, broken).tally.failures) == {"bad-picture": 6}
    assert not log.exists()
    mended = captioned(out, Parrot(log=log), retry_failed=True)
    assert (mended.tally.made, mended.whole) == (6, True)
    assert overlay(out) == clean
    assert len(log.read_text().splitlines()) == 6


def test_a_captioner_that_is_gone_stops_the_run_and_costs_nothing(out: Path) -> None:
    gone = Parrot(faults={"": GONE})
    with pytest.raises(InputError, match=r"failed 24 times in a row: server: the server has gone"):
        captioned(out, gone, levels=range(1, 7), lower="ask", batch=4)
    assert not (out / "captions/train-000000.jsonl").exists()
    done = captioned(out, levels=range(1, 7), lower="ask")
    assert (done.tally.made, done.whole) == (144, True)


def test_a_captioner_of_which_nothing_comes_is_given_up() -> None:
    breaker = Breaker()
    breaker.hear([False] * 199, 0)
    assert breaker.hopeless("refused") is None
    breaker.hear([False], 0)
    assert "none of 200 captions" in str(breaker.hopeless("refused: I cannot"))
    breaker.hear([True] * 19, 1)
    assert breaker.hopeless("") is None


def test_what_an_offline_engine_has_yet_to_answer_is_no_failure(out: Path, tmp_path: Path) -> None:
    asks = load("captioners", "batchfile")(model="m", requests=str(tmp_path / "requests.jsonl"))
    first = run(out, asks, (1, 3))
    assert (first.tally.waiting, first.tally.made, first.whole) == (24, 24, False)
    assert dict(first.tally.failures) == {}
    asked = [orjson.loads(line) for line in (tmp_path / "requests.jsonl").read_bytes().splitlines()]
    answers = [
        {
            "custom_id": one["custom_id"],
            "response": {
                "status_code": 200,
                "body": {
                    "model": "m",
                    "choices": [{"message": {"content": "A plain sign."}, "finish_reason": "stop"}],
                },
            },
            "error": None,
        }
        for one in asked
    ]
    results = tmp_path / "results.jsonl"
    results.write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in answers))
    reads = load("captioners", "batchfile")(model="m", results=str(results))
    second = run(out, reads, (1, 3))
    assert (second.tally.waiting, second.tally.made, second.tally.there) == (0, 24, 24)
    assert second.whole
    assert {one["captions"][0]["text"] for one in lines(out)} == {"A plain sign."}  # type: ignore[index]


def test_a_damaged_shard_is_named_and_the_others_are_captioned(out: Path) -> None:
    tar = out / "data/train-000001.tar"
    tar.write_bytes(tar.read_bytes()[:20_000])
    told: list[str] = []
    done = captioned(out, on_event=lambda one: told.append(getattr(one, "text", "")))
    assert [name for name, _ in done.lost] == ["train-000001.tar"]
    assert sorted(overlay(out)) == ["manifest.json", "train-000000.jsonl", "train-000002.jsonl"]
    assert any(text.startswith("train-000001.tar is left out") for text in told)
    for number in (0, 2):
        (out / f"data/train-{number:06d}.tar").write_bytes(b"no tar")
    with pytest.raises(InputError, match=r"train-000000\.tar"):
        captioned(out)


def test_a_damaged_overlay_is_never_written_over(out: Path) -> None:
    captioned(out)
    path = out / "captions/train-000002.jsonl"
    path.write_bytes(path.read_bytes() + b'{"key": "000002-0000"}\n')
    before = path.read_bytes()
    done = captioned(out, Parrot("Anew:"))
    assert [name for name, _ in done.lost] == ["train-000002.tar"]
    assert "line 9" in done.lost[0][1]
    assert path.read_bytes() == before


def test_a_limit_looks_at_the_first_samples_and_the_next_run_at_the_rest(
    out: Path, tmp_path: Path
) -> None:
    first = captioned(out, limit=10)
    assert (first.tally.behind, first.tally.made) == (10, 20)
    assert sum(len(lines(out, number)) for number in (0, 1)) == 10
    rest = captioned(out)
    assert (rest.tally.made, rest.tally.there) == (28, 20)
    bare = captioned(out, limit=3)
    assert (bare.tally.made, bare.tally.there) == (0, 6)
    assert len(lines(out)) == 8


def test_a_dry_run_shows_three_prompts_and_captions_and_writes_nothing(out: Path) -> None:
    done = captioned(out, dry_run=True)
    assert [(one.key, one.level) for one in done.shown] == [
        ("000000-0000", 1),
        ("000000-0001", 2),
        ("000000-0002", 1),
    ]
    assert done.shown[0].prompt == "What does the picture of 000000-0000 say?"
    assert done.shown[0].text.startswith("A sign that says")
    short = captioned(out, dry_run=True, levels=(2, 4, 5), lower="shorten")
    assert [one.level for one in short.shown] == [2, 4, 5]
    assert all(one.text and not one.fault for one in short.shown)
    silent = Parrot(faults={"": Fault("bad-picture", "it is upside down")})
    assert captioned(out, silent, dry_run=True).shown[0].fault == "it is upside down"
    assert not (out / "captions").exists()


def test_a_full_disk_is_one_clear_line_and_the_next_run_goes_on(out: Path, made: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, hard))
        with pytest.raises(OutputError, match=r"cannot write .*journal-000000") as caught:
            captioned(out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert caught.value.hint
    journal = (out / ".glyphdata/captions/journal-000000.jsonl").read_bytes()
    assert journal.endswith(b"\n")
    assert captioned(out).whole
    assert not list((out / ".glyphdata/captions").glob("journal*"))


def test_a_torn_line_of_the_journal_is_dropped_and_said_again(out: Path, tmp_path: Path) -> None:
    captioned(out)
    clean = overlay(out)
    content = (out / "captions/train-000000.jsonl").read_bytes()
    shutil.rmtree(out / "captions")
    journal = out / ".glyphdata/captions/journal-000000.jsonl"
    ends = [at + 1 for at, one in enumerate(content) if one == ord("\n")]
    journal.write_bytes(content[: ends[3]] + content[ends[3] : ends[4] - 40])
    log = tmp_path / "log"
    assert captioned(out, Parrot(log=log)).tally.made == 40
    asked = Counter(line.split()[0] for line in log.read_text().splitlines())
    assert not asked.keys() & {f"000000-{place:04d}" for place in range(4)}
    assert set(asked.values()) == {2}
    assert overlay(out) == clean


def test_two_runs_at_once_are_refused(out: Path) -> None:
    with lock(out / ".glyphdata/lock-captions"), pytest.raises(OutputError, match="wait for it"):
        captioned(out)


def test_runs_of_different_shards_get_along_and_make_the_whole(out: Path, made: Path) -> None:
    first = captioned(out, shards=range(1, 3))
    assert (first.tally.behind, first.tally.made) == (16, 32)
    assert not (out / "captions/train-000000.jsonl").exists()
    with lock(out / ".glyphdata/lock-captions", shared=True):
        assert captioned(out, shards=range(1)).tally.made == 16
        with pytest.raises(OutputError, match="wait for it"):
            captioned(out)
    assert captioned(out).tally.made == 0


def test_progress_is_told_to_the_end(out: Path) -> None:
    seen: list[Progress | Notice] = []
    captioned(out, on_event=seen.append)
    counts = [one.samples for one in seen if isinstance(one, Progress)]
    assert counts == sorted(counts)
    assert seen[-1] == Progress(24, 24)


@pytest.mark.parametrize(
    ("how", "fault"),
    [({"levels": (0,)}, "level 0"), ({"styles": ("glpyh",)}, "did you mean 'glyph'")],
)
def test_a_level_or_a_style_there_is_not_is_refused(
    out: Path, how: dict[str, object], fault: str
) -> None:
    with pytest.raises(InputError, match=fault):
        captioned(out, **how)
    assert not (out / "captions").exists()
