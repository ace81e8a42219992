"""A run's folder: what lies where, whose it is, and what a run that goes on may change.

RUN/settings.json     the settings, whole
    run.json          the data with fingerprints and registries, versions, steps
    metrics.jsonl     a row per step, nothing in it but what is the same every time
    timing.jsonl      rates, memory: what is not
    checkpoints/      see `checkpoint`
    encoder/          what came out
    samples/          pages of what it reads
    nan.json          the step at which a run could not go on
"""

from __future__ import annotations

import fcntl
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import orjson

from glyphdata.errors import InputError, OutputError
from glyphdata.shards.durable import make_folder, write_file, writing
from glyphdata.train.settings import Settings

FREE = frozenset({"name", "workers", "save_every", "keep", "show_every", "damaged"})
"""What changes nothing about the weights."""

BENT = frozenset({"steps", "epochs", "batch.chunk", "checkpointing", "compile"})
"""What may change in a run that goes on, though it is then no longer bit for bit the same."""


@dataclass(frozen=True, slots=True)
class Data:
    """A dataset as a run remembers it."""

    path: str
    fingerprint: str
    groups: int
    registries: tuple[tuple[str, int, str], ...] = ()
    """Name, entries and SHA-256 of each registry of its tokens."""


@dataclass(frozen=True, slots=True)
class About:
    """What a run is of, besides its settings."""

    data: tuple[Data, ...]
    steps: int
    processes: int
    device: str
    excluded: str = ""
    """SHA-256 of the keys that are left out; empty for none."""


@dataclass(frozen=True, slots=True)
class Run:
    """The folder of a run."""

    root: Path

    @property
    def settings(self) -> Path:
        """RUN/settings.json."""
        return self.root / "settings.json"

    @property
    def about(self) -> Path:
        """RUN/run.json."""
        return self.root / "run.json"

    @property
    def metrics(self) -> Path:
        """RUN/metrics.jsonl."""
        return self.root / "metrics.jsonl"

    @property
    def timing(self) -> Path:
        """RUN/timing.jsonl."""
        return self.root / "timing.jsonl"

    @property
    def checkpoints(self) -> Path:
        """RUN/checkpoints."""
        return self.root / "checkpoints"

    @property
    def encoder(self) -> Path:
        """RUN/encoder."""
        return self.root / "encoder"

    @property
    def samples(self) -> Path:
        """RUN/samples."""
        return self.root / "samples"

    @property
    def broken(self) -> Path:
        """RUN/nan.json."""
        return self.root / "nan.json"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Make the folder, and hold it against other processes; `OutputError` if one is at work."""
        make_folder(self.root)
        path = self.root / ".lock"
        with writing(path):
            file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                # Not flock: a loader's workers would inherit it, and outlive a killed run.
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except (BlockingIOError, PermissionError):
                owner = os.pread(file, 32, 0).decode("ascii", "replace").strip() or "another"
                raise OutputError(
                    f"process {owner} is training into {self.root}",
                    hint="wait for it, or stop it",
                ) from None
            os.truncate(file, 0)
            os.pwrite(file, b"%d\n" % os.getpid(), 0)
            yield
        finally:
            os.close(file)

    def admit(self, *, resume: bool) -> bool:
        """Does a run go on here? False for one that begins; nothing is written.

        To go on where nothing is yet is to begin. `OutputError` where a run is here and none was to
        go on, or where other things are.
        """
        if self.root.exists() and not self.root.is_dir():
            raise OutputError(f"{self.root} is not a folder", hint="choose another place")
        there = self.settings.exists()
        if there and not resume:
            raise OutputError(
                f"{self.root} holds a run already",
                hint="go on with it by --resume, or choose another folder",
            )
        others = self.root.exists() and any(
            path.name not in (".lock", "settings.json") for path in self.root.iterdir()
        )
        if not there and others:
            raise OutputError(
                f"{self.root} holds other things, and no run", hint="choose an empty folder"
            )
        return there

    def begin(self, settings: Settings, about: About) -> None:
        """Write down what the run is of; the settings last, which make the folder a run's."""
        scratch = self.root / ".scratch"
        told = {"format": 1, **asdict(about), "versions": versions()}
        write_file(scratch, self.about, orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n")
        values = orjson.dumps(settings.model_dump(mode="json"), option=orjson.OPT_INDENT_2)
        write_file(scratch, self.settings, values + b"\n")
        scratch.rmdir()

    def agree(self, settings: Settings, about: About) -> tuple[str, ...]:
        """What is bent in a run that goes on: fields, and other things, for people to know.

        `InputError` naming every field that may not change, or the data that is another.
        """
        before, known = _read(self.settings), _read(self.about)
        changed = _differences(before, settings.model_dump(mode="json"))
        refused = [name for name in changed if name not in FREE | BENT]
        if refused:
            told = "; ".join(f"{name} was {changed[name][0]}" for name in refused)
            raise InputError(
                f"{self.root} was begun with other settings: {told}",
                hint="take these again, or begin in another folder",
            )
        _same_data(self.root, known, about)
        bent = [f"{name} was {changed[name][0]}" for name in changed if name in BENT]
        for name, now in (("processes", about.processes), ("device", about.device)):
            if known.get(name) != now:
                bent.append(f"{name} was {known.get(name)}")
        return tuple(bent)


def versions() -> dict[str, str]:
    """The versions of what a run's numbers depend on."""
    found = {"python": platform.python_version()}
    for name in ("glyphdata", "torch", "transformers", "numpy", "opencv-python-headless"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _same_data(root: Path, known: Mapping[str, object], about: About) -> None:
    before = known.get("data")
    data = [one["fingerprint"] for one in before] if isinstance(before, list) else []
    now = [one.fingerprint for one in about.data]
    if data != now:
        told = ", ".join(mark[:16] for mark in data)
        raise InputError(
            f"{root} was begun with other data: fingerprint {told}, and not "
            + ", ".join(mark[:16] for mark in now),
            hint="name the same datasets in the same order, unchanged; or begin in another folder",
        )
    if known.get("excluded") != about.excluded:
        raise InputError(
            f"{root} was begun with another list of excluded keys",
            hint="pass the same --exclude, or begin in another folder",
        )


def _read(path: Path) -> dict[str, object]:
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, ValueError) as fault:
        raise InputError(f"cannot be read: {fault}", hint="begin again in another folder").inside(
            str(path)
        ) from fault
    if not isinstance(found, dict):
        raise InputError("is no JSON object", hint="begin again in another folder").inside(
            str(path)
        )
    return found


def _differences(
    before: Mapping[str, object], now: Mapping[str, object], at: Sequence[str] = ()
) -> dict[str, tuple[object, object]]:
    """Where two trees of settings differ: what stood there and what stands there now."""
    found: dict[str, tuple[object, object]] = {}
    for name in sorted(before.keys() | now.keys()):
        old, new = before.get(name), now.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            found |= _differences(old, new, (*at, name))
        elif old != new:
            found[".".join((*at, name))] = (old, new)
    return found
