"""Whose folder is it? One recipe's, and one driver's at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import orjson

from glyphdata.errors import OutputError
from glyphdata.shards import mirror
from glyphdata.shards.durable import make_folder, withdraw, write_file, writing
from glyphdata.shards.index import merged_counts
from glyphdata.shards.keys import Places
from glyphdata.shards.making import Plan
from glyphdata.shards.part import part_rows
from glyphdata.shards.record import QuarantinedFace, Record, read_record, shard_state

MOST_SHARDS = 1_000_000
"""What six digits can number."""

Resume = Literal["never", "always", "if_possible"]

_OTHER = "choose another folder, or pass --overwrite to remove what is there"


@contextmanager
def held(places: Places, shards: range | None) -> Iterator[Path]:
    """Hold the folder against other drivers; gives the scratch folder that is this driver's own.

    A driver of all shards wants to be alone; drivers of different ranges of shards get along.
    `OutputError` where another driver is at work.
    """
    make_folder(places.state)
    part = "all" if shards is None else f"{shards.start:06d}-{shards.stop:06d}"
    with ExitStack() as locks:
        locks.enter_context(lock(places.state / "lock", shared=shards is not None))
        if shards is not None:
            locks.enter_context(lock(places.state / f"lock-{part}"))
        scratch = places.scratch / part
        # Whatever lies there was left by a driver that is dead: its lock is ours now.
        _clear(places.scratch if shards is None else scratch)
        with writing(places.root):
            mirror.abort_uploads(places.root, shards)
        try:
            yield scratch
        except BaseException:
            with suppress(OSError):  # what ended the run is what is to be told
                mirror.send_log(places.root)
            raise
        finally:
            _clear(scratch)
        with writing(places.log):
            mirror.send_log(places.root)


@contextmanager
def lock(path: Path, *, shared: bool = False, patient: bool = False) -> Iterator[None]:
    """Hold a lock that ends with this process; `OutputError` where another has it (or wait)."""
    with writing(path):
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(file, kind if patient else kind | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(file, 32, 0).decode("ascii", "replace").strip()
            who = f"process {owner} is" if owner else "another process is"
            raise OutputError(
                f"{who} generating into {mirror.told(path.parent.parent)}",
                hint="wait for it, or stop it",
            ) from None
        if not shared:
            with writing(path):
                os.truncate(file, 0)
                os.pwrite(file, b"%d\n" % os.getpid(), 0)
        yield
    finally:
        with suppress(OSError):  # the lock ends in any case, and nothing hangs on what it says
            os.close(file)


def _clear(folder: Path) -> None:
    with writing(folder):
        if folder.exists():
            shutil.rmtree(folder)


def admit(places: Places, plan: Plan, resume: Resume, *, alone: bool = True) -> None:
    """Check, without writing, that the folder may be generated into; `OutputError` if not."""
    if not _used(places):
        return
    owner = claimed(places)
    numbers = recorded(places)
    if not numbers and (owner is None or (alone and mirror.twin(places.root) is None)):
        return  # nothing was made, so the folder is anyone's; behind a URL no lock says so
    if resume == "never":
        raise OutputError(f"{places.name} holds a dataset already", hint=_OTHER)
    foreign = owner is not None and owner.fingerprint != plan.fingerprint
    for number in numbers:
        record = read_record(places, number)
        if record is not None:
            foreign = foreign or record.fingerprint != plan.fingerprint
            if record.fingerprint == plan.fingerprint and record.last >= plan.samples:
                raise OutputError(
                    f"{places.name} holds more than {plan.samples} samples",
                    hint="a dataset grows but never shrinks; choose another folder",
                )
    if foreign:
        raise OutputError(f"{places.name} was made from another recipe", hint=_OTHER)
    if owner is not None and owner.inputs != plan.inputs:
        raise OutputError(
            f"{places.name} was begun with other fonts, photographs or texts than are here now",
            hint=f"bring them back (`glyphdata fonts verify` checks the fonts), or {_OTHER}",
        )


def _used(places: Places) -> bool:
    """Does a dataset lie in the folder? `OutputError` where other things do, or it can be none.

    The mirror of a URL is made to follow what lies there.
    """
    listing = mirror.refresh(places.root)
    if not (_holds_any(places) if listing is None else listing.top):
        return False
    if not (places.state.is_dir() if listing is None else places.state.name in listing.top):
        raise OutputError(
            f"{places.name} holds other things, and no dataset", hint="choose an empty folder"
        )
    return True


def _holds_any(places: Places) -> bool:
    with writing(places.root):
        if places.root.exists() and not places.root.is_dir():
            raise OutputError(f"{places.name} is not a folder", hint="choose another place")
        return places.root.exists() and any(places.root.iterdir())


def claimed(places: Places) -> Plan | None:
    """The plan that the folder belongs to; None where it belongs to none."""
    try:
        found = orjson.loads(places.claim.read_bytes())
        plan = Plan(found["samples"], found["shard_samples"], found["fingerprint"], found["inputs"])
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return None
    numbers = isinstance(plan.samples, int) and isinstance(plan.per_shard, int)
    sound = numbers and plan.samples > 0 and plan.per_shard > 0
    sound = sound and plan.shards <= MOST_SHARDS
    return plan if sound and isinstance(plan.fingerprint, str) else None


def quarantined_faces(places: Places) -> tuple[QuarantinedFace, ...]:
    """The faces that the dataset in the folder does without, by token; none where it has none."""
    try:
        found = orjson.loads(places.claim.read_bytes())
        faces = {one["token"]: QuarantinedFace(**one) for one in found["quarantined_faces"]}
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return ()
    sound = all(isinstance(token, int) and token >= 0 for token in faces)
    return tuple(faces[token] for token in sorted(faces)) if sound else ()


def excluded_scenes(places: Places) -> frozenset[int]:
    """The scenes that are left out of the dataset in the folder on request."""
    try:
        found = frozenset(orjson.loads(places.claim.read_bytes())["excluded"])
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return frozenset()
    return found if all(isinstance(index, int) and index >= 0 for index in found) else frozenset()


def claim(
    places: Places,
    scratch: Path,
    plan: Plan,
    guilty: Sequence[QuarantinedFace] = (),
    excluded: frozenset[int] | None = None,
) -> tuple[QuarantinedFace, ...]:
    """Write down which recipe the folder belongs to, how far it is to go, and without what.

    Faces found `guilty` join those that are known, which are returned; scenes that are `excluded`
    take the place of those that were (None: those stay). What says that the dataset is complete is
    taken back. `OutputError` where another recipe claimed it just before.
    """
    # Drivers of other ranges add to it too, and may be finishing the dataset just now.
    with lock(places.state / "lock-finish", patient=True):
        retract(places)
        for _ in range(3):
            faces, content = _said(places, plan, guilty, excluded)
            if _put(places, scratch, plan, content):
                return faces
    raise OutputError(f"{places.name} is claimed anew all the time", hint="run again")


def _said(
    places: Places,
    plan: Plan,
    guilty: Sequence[QuarantinedFace],
    excluded: frozenset[int] | None,
) -> tuple[tuple[QuarantinedFace, ...], bytes]:
    """The faces that the dataset does without, and what its claim says."""
    owner = claimed(places)
    known = {one.token: one for one in guilty}
    if owner is not None and not _foreign(owner, plan):
        known |= {one.token: one for one in quarantined_faces(places)}
        excluded = excluded_scenes(places) if excluded is None else excluded
    faces = tuple(known[token] for token in sorted(known))
    fields = {
        "format": 1,
        "fingerprint": plan.fingerprint,
        "inputs": plan.inputs,
        "samples": plan.samples,
        "shard_samples": plan.per_shard,
        "quarantined_faces": [asdict(one) for one in faces],
        "excluded": sorted(excluded or ()),
    }
    return faces, orjson.dumps(fields, option=orjson.OPT_INDENT_2) + b"\n"


def _put(places: Places, scratch: Path, plan: Plan, content: bytes) -> bool:
    """Write the claim; False where another machine put one behind the URL just before.

    `OutputError` where that one is of another recipe.
    """
    far = mirror.twin(places.claim)
    if far is None or places.claim.exists():
        if not places.claim.exists() or places.claim.read_bytes() != content:
            write_file(scratch, places.claim, content)
        return True
    with writing(places.claim):
        first = far.remote.create(content, far.name)
    mirror.refresh(places.root)
    owner = claimed(places)
    if not first and owner is not None and _foreign(owner, plan):
        raise OutputError(f"{places.name} was made from another recipe", hint=_OTHER)
    return first


def _foreign(owner: Plan, plan: Plan) -> bool:
    return (owner.fingerprint, owner.inputs) != (plan.fingerprint, plan.inputs)


def recorded(places: Places) -> list[int]:
    """The numbers of the shards that have a record, sound or not."""
    return sorted(int(path.stem) for path in places.records.glob("*.json") if path.stem.isdecimal())


def finished(
    places: Places, plan: Plan, *, excluded: frozenset[int] | None = None, deep: bool = False
) -> dict[int, Record]:
    """The shards that are done and indexed; with `deep`, checksums are compared too.

    A shard that touched a face which the dataset does without is to be made again; so is one that
    was made when other scenes were `excluded` (None: those that the folder remembers).
    """
    mirror.refresh(places.root)
    merged = merged_counts(places)
    excluded = excluded_scenes(places) if excluded is None else excluded
    without = sum(1 << one.token for one in quarantined_faces(places))
    done = {}
    for number in range(plan.shards):
        record = read_record(places, number)
        state = shard_state(
            places,
            record,
            number,
            fingerprint=plan.fingerprint,
            indices=plan.indices(number),
            without=without,
            excluded=excluded,
            deep=deep,
        )
        if record is None or state != "done":
            continue
        rows = part_rows(places, number)
        if rows == record.samples or (rows < 0 and merged.get(number, 0) == record.samples):
            done[number] = record
    return done


def retract(places: Places) -> None:
    """Take back what says that the dataset is complete, since it is about to change."""
    withdraw(places.manifest, places.sums, unseen=True)


def remove(places: Places) -> None:
    """Remove a dataset of ours from its folder, nothing else; `OutputError` for other folders."""
    if not _used(places):
        return
    make_folder(places.state)
    with lock(places.state / "lock"):
        retract(places)
        withdraw(places.claim, unseen=True)
        withdraw(*places.records.glob("*.json"))
        withdraw(*places.shards(), places.sizes, places.card, places.croissant, *places.shown())
        withdraw(*places.index.parent.glob("*.parquet"))
        withdraw(places.log, unseen=True)
        withdraw(*places.state.glob("lock-*"))
        _clear(places.scratch)
