"""What a URL asks for: which samples, in which order, which of them on this page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from glyphdata.errors import InputError
from glyphdata.registry import nearest
from glyphdata.review.where import EVERYTHING, FIELDS, Where, of_query

SORTS = (
    "key",
    "contrast_min",
    "signal_min",
    "size_px_min",
    "size_px_max",
    "angle_deg_max",
    "length",
    "boxes",
    "clusters",
    "rejections",
    "random",
)
"""What samples can be sorted by; `key` is the order of the shards."""

MOST = 1000
"""The most rows of a page."""

_ALONE = ("sort", "order", "seed", "offset", "limit", "originals", "flagged")
_REPEATED = ("reason", "finding")


@dataclass(frozen=True, slots=True)
class Query:
    """Which samples are asked for, and how they stand.

    `where` speaks of the index; `flagged` (None: no matter) and `reasons` of flags, `findings` of
    the codes of checks. `seed` is of the random order, `offset` and `limit` are of the page.
    """

    where: Where = EVERYTHING
    flagged: bool | None = None
    reasons: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    sort: str = "key"
    descending: bool = False
    seed: int = 0
    offset: int = 0
    limit: int = 200

    def without(self, field: str) -> Query:
        """The same samples and more: those that a field shuts out too."""
        return replace(self, where=self.where.without(field))

    @classmethod
    def parse(cls, pairs: Sequence[tuple[str, str]]) -> Query:
        """The query that the pairs of a URL spell; `InputError` names the pair that is wrong."""
        alone: dict[str, str] = {}
        terms: list[tuple[str, str]] = []
        said: dict[str, list[str]] = {name: [] for name in _REPEATED}
        for name, value in pairs:
            if name in said:
                said[name].append(value)
            elif name in FIELDS:
                terms.append((name, value))
            elif name not in _ALONE:
                known = (*_ALONE, *_REPEATED, *FIELDS)
                raise InputError(f"there is no parameter {name!r}", hint=nearest(name, known))
            elif name in alone:
                raise InputError(f"{name!r} comes twice", hint="give it once")
            else:
                alone[name] = value
        if _switch(alone, "originals"):
            terms.append(("variant", "0"))
        flagged = _switch(alone, "flagged")
        return cls(
            of_query(terms),
            flagged,
            tuple(said["reason"]),
            tuple(said["finding"]),
            _one_of(alone, "sort", SORTS),
            _one_of(alone, "order", ("asc", "desc")) == "desc",
            _count(alone, "seed", 0, (1 << 53)),
            _count(alone, "offset", 0, (1 << 53)),
            _count(alone, "limit", 200, MOST),
        )


def _one_of(given: dict[str, str], name: str, known: Sequence[str]) -> str:
    value = given.get(name) or known[0]
    if value not in known:
        raise InputError(f"{name!r} cannot be {value!r}", hint=nearest(value, known))
    return value


def _switch(given: dict[str, str], name: str) -> bool | None:
    value = given.get(name) or ""
    if value not in ("", "0", "1"):
        raise InputError(f"{name!r} cannot be {value!r}", hint="1 or 0")
    return None if not value else value == "1"


def _count(given: dict[str, str], name: str, unless: int, most: int) -> int:
    value = given.get(name) or str(unless)
    if not (value.isascii() and value.isdecimal() and len(value) < 20 and int(value) <= most):
        raise InputError(f"{name!r} cannot be {value!r}", hint=f"a number from 0 to {most}")
    return int(value)
