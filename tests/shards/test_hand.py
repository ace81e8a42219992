"""What a worker has in hand is known after its death, on any file system."""

from __future__ import annotations

import mmap
import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from glyphdata.errors import OutputError
from glyphdata.shards.hand import Hand, Left, left


def unmappable(*_: object) -> mmap.mmap:
    raise OSError(19, "No such device")


@pytest.fixture(params=["mapped", "unmapped"])
def scratch(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    if request.param == "unmapped":
        monkeypatch.setattr(mmap, "mmap", unmappable)
    return tmp_path / "scratch"


def died(work: Callable[[], None]) -> None:
    """Do it in a process that is killed at the end."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize(
    ("taken", "found"),
    [
        ((), Left()),
        ((7,), Left(frozenset({7}), True)),
        ((7, 0, 7, 900), Left(frozenset({0, 7, 900}), True)),
        ((7, 3, -1), Left(frozenset({3, 7}), False)),
        ((7, 3, -1, 7), Left(frozenset({3, 7}), True)),
        ((7, 999, 1000, 6000), Left(frozenset({7, 999, 1000, 6000}), True)),
    ],
)
def test_what_was_taken_is_left(scratch: Path, taken: tuple[int, ...], found: Left) -> None:
    def work() -> None:
        hand = Hand(scratch, 5)
        hand.begin()
        hand.take(11)
        hand.begin()
        for token in taken:
            hand.take(token)

    died(work)
    assert left(scratch, 4) == Left()
    assert left(scratch, 5) == found
    assert left(scratch, 5) == Left()
    assert not list(scratch.iterdir())


def test_a_task_that_ends_leaves_nothing_but_the_faces_it_touched(scratch: Path) -> None:
    with Hand(scratch, 5) as hand:
        for tokens in ((1, 2, -1), (), (2, 1009, 1, -1)):
            hand.begin()
            for token in tokens:
                hand.take(token)
        assert hand.touched() == {1, 2, 1009}
    assert not list(scratch.iterdir())


def test_a_note_that_was_cut_short_says_nothing(tmp_path: Path) -> None:
    for content in (b"", b"\x01\0\0\0\0\0\0\0\x07", b"\1" * 8000):
        (tmp_path / "hand-000005").write_bytes(content)
        assert left(tmp_path, 5) == Left()


def test_a_full_disk_is_said_before_anything_is_taken(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
        with pytest.raises(OutputError, match=r"cannot write .*hand-000005"):
            Hand(tmp_path, 5)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
