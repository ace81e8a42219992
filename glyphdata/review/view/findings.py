"""What checks found, as the viewer holds it: read from a file, or found on demand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import orjson

from glyphdata.errors import InputError
from glyphdata.review.evidence import Finding
from glyphdata.shards.keys import Places, number_of

_HINT = "give what `glyphdata verify OUT --json` printed"


@dataclass(frozen=True, slots=True)
class Findings:
    """The findings of one run of the checks, in their order."""

    every: tuple[Finding, ...] = ()

    def codes(self) -> dict[str, int]:
        """How many findings there are of each code, the most frequent first."""
        return dict(Counter(one.code for one in self.every).most_common())

    def of(self, key: str, shard: int) -> list[Finding]:
        """Those of a sample, and of its shard as a whole."""
        return [one for one in self.every if one.key == key or _shard(one.key) == shard]

    def named(self, codes: Iterable[str]) -> tuple[list[str], list[int]]:
        """The keys and the numbers of the shards that findings of these codes name."""
        wanted = set(codes)
        names = {one.key for one in self.every if one.code in wanted and one.key}
        shards = {name: _shard(name) for name in names}
        keys = [name for name in names if shards[name] is None]
        return sorted(keys), sorted(one for one in shards.values() if one is not None)


def read_findings(path: Path) -> Findings:
    """What `verify --json` wrote to a file; `InputError` where that is not what it holds."""
    try:
        told = orjson.loads(path.read_bytes())["findings"]
        found = tuple(
            Finding(str(one["code"]), str(one["key"]), str(one["message"])) for one in told
        )
    except OSError as fault:
        raise InputError(f"cannot be read: {fault.strerror}", hint=_HINT).inside(
            str(path)
        ) from None
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise InputError("holds no findings", hint=_HINT).inside(str(path)) from None
    return Findings(found)


def found_in(places: Places, tell: Callable[[int, int], None]) -> Findings:
    """Ask every check through a dataset; `tell` is told how many of how many shards are done."""
    from glyphdata.review.verify import verify  # a second to import, and seldom asked for

    return Findings(verify(places.root, on_shard=tell).findings)


def _shard(name: str) -> int | None:
    """The number of the shard that a finding names by its file."""
    return number_of(Path(name)) if name.endswith(".tar") and "/" not in name else None
