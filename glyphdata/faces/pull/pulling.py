"""Pulling families: from where each comes, what came, and why the others did not.

Everything is fetched and unpacked first and given to the store once, in the order of the families'
names; so tokens do not depend on which download was done first, and a pull that was stopped is
simply asked for again: archives that came are in the cache, faces that were taken are in the store.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from glyphdata.errors import InputError
from glyphdata.faces.incoming import Taken, take, user_folder
from glyphdata.faces.pull import npmrc
from glyphdata.faces.pull.cache import Cache, Kept, cache_folder
from glyphdata.faces.pull.families import Family
from glyphdata.faces.pull.fault import Unfetched
from glyphdata.faces.pull.npm import Registry
from glyphdata.faces.pull.order import Came, Failed, Order, Pulled, Purse, failed
from glyphdata.faces.pull.present import Present
from glyphdata.faces.pull.tarballs import Shelf
from glyphdata.faces.pull.unpacking import whole_files
from glyphdata.faces.pull.web import Client
from glyphdata.faces.pull.wheels import download

Tell = Callable[[Came | Failed], None]


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where one pull works: its order, cache, purse, and a folder for the unpacked files."""

    order: Order
    cache: Cache
    folder: Path
    purse: Purse


def pull(order: Order, tell: Tell, folder: Path | None = None) -> Pulled:
    """Fetch every family of an order and give its faces to the store in `folder` (the user's).

    `tell` hears of each family as it comes or does not. One that does not come stops no other.
    """
    folder = folder or user_folder()
    present = Present.of(folder)
    held = tuple(one for one in order.families if present.holds(one, order.weights))
    wanted = [one for one in order.families if one not in held]
    cache = Cache(cache_folder())
    with cache.draft() as draft:
        desk = _Desk(order, cache, draft, Purse(order.limit))
        came, lost = _gathered(desk, wanted, tell)
        files = [file for one in came for file in one.files]
        taken = take(files, folder) if files else None
    refused = _refused(came, taken)
    lost += refused.values()
    return Pulled(
        came=tuple(one for one in came if one.family not in refused),
        held=held,
        failed=tuple(sorted(lost, key=lambda one: one.family.name.casefold())),
        taken=taken,
    )


def _gathered(desk: _Desk, wanted: Sequence[Family], tell: Tell) -> tuple[list[Came], list[Failed]]:
    """What came of the wanted families and what did not, each sorted by name."""
    came: list[Came] = []
    lost: list[Failed] = []
    rest: list[Family] = []
    for result in _from_pypi(desk, wanted):
        if isinstance(result, Failed) and _has_other(desk, result):
            rest.append(result.family)
            continue
        tell(result)
        came.append(result) if isinstance(result, Came) else lost.append(result)
    for result in _from_npm(desk, rest):
        tell(result)
        came.append(result) if isinstance(result, Came) else lost.append(result)
    came.sort(key=lambda one: one.family.name.casefold())
    return came, lost


def _has_other(desk: _Desk, result: Failed) -> bool:
    """May the family come from npm instead?"""
    return desk.order.origin != "pypi" and result.reason != "over-limit" and bool(result.family.npm)


def _from_pypi(desk: _Desk, wanted: Sequence[Family]) -> Iterator[Came | Failed]:
    """What comes of each family as a wheel, in their order; those without one fail first."""
    packages: dict[str, Family] = {}
    for family in wanted:
        if family.pypi and desk.order.origin != "npm":
            packages[family.pypi] = family
        else:
            yield Failed(family, "not-found", "no wheel of it is known")
    for batch in download(list(packages), desk.cache) if packages else ():
        for package, outcome in batch:
            family = packages.pop(package)
            yield (
                failed(family, outcome)
                if isinstance(outcome, Unfetched)
                else _wheel(desk, family, outcome)
            )
        if not desk.purse.left:
            break
    for family in packages.values():
        yield _paid(desk, Failed(family, "", ""))


def _wheel(desk: _Desk, family: Family, kept: Kept) -> Came | Failed:
    try:
        files = whole_files(kept, family, desk.order.weights, desk.folder / kept.package)
    except InputError as fault:
        return failed(family, fault.inside(kept.package))
    return _paid(desk, Came(family, kept.package, kept.version, kept.size, tuple(files)))


def _from_npm(desk: _Desk, wanted: Sequence[Family]) -> Iterator[Came | Failed]:
    """What comes of each family, in their order, while some are fetched ahead."""
    if not wanted:
        return
    npm = npmrc.read()
    client = Client(npm, desk.order.patience)
    shelf = Shelf(Registry(npm, client), desk.cache, desk.order.weights, desk.folder)
    waiting: deque[Future[Came | Failed]] = deque()
    with ThreadPoolExecutor(desk.order.jobs) as pool:
        try:
            for at, family in enumerate(wanted):
                ahead = wanted[at + len(waiting) : at + 2 * desk.order.jobs]
                waiting.extend(pool.submit(shelf.bring, one) for one in ahead)
                if not desk.purse.left:
                    yield _paid(desk, Failed(family, "", ""))
                else:
                    yield _paid(desk, waiting.popleft().result())
        finally:
            # Whoever leaves early, by a signal too, must not wait for the network.
            client.abandon()
            pool.shutdown(cancel_futures=True)


def _paid(desk: _Desk, result: Came | Failed) -> Came | Failed:
    """The same, unless there is no room left for it."""
    try:
        desk.purse.pay(result.size if isinstance(result, Came) else 0)
    except Unfetched as fault:
        return failed(result.family, fault)
    return result


def _refused(came: Sequence[Came], taken: Taken | None) -> dict[Family, Failed]:
    """The families of which the store has taken no face: the first of its reasons, each."""
    if taken is None:
        return {}
    reasons = {refusal.path: refusal for refusal in reversed(taken.refused)}
    added = {face.source.package for face in taken.added}
    found = {}
    for one in came:
        refusals = [reasons.get(str(file.path)) for file in one.files]
        first = refusals[0] if refusals else None
        if first and all(refusals) and one.package not in added:
            message = f"{Path(first.path).name}: {first.message}"
            found[one.family] = Failed(one.family, first.code, message)
    return found
