"""Everything about one sample, as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson

from glyphdata.errors import InputError
from glyphdata.review.view.exhibit import Exhibit, Hung
from glyphdata.review.view.pictures import members_at
from glyphdata.review.view.query import Query
from glyphdata.review.view.rows import Spot
from glyphdata.shards.overlay import MEMBER

Document = dict[str, object]

_LARGEST = 32 << 20  # bytes of a JSON member that is sent to a browser


def sample(exhibit: Exhibit, hung: Hung, key: str, query: Query) -> Document | None:
    """The document of a sample; None where there is none of that key.

    A sample that cannot be read is told as far as the index knows it, with its fault as `error`.
    """
    spot = hung.rows.spot(key)
    if spot is None:
        return None
    row = hung.rows.row(spot.number)
    if row["key"] != key:
        raise InputError("the index was written anew while it was read", hint="ask again")
    error = hung.fault(key, spot.shard, spot.offset + spot.size)
    findings = [
        {"code": one.code, "message": one.message}
        for one in (exhibit.checks.result.of(key, spot.shard) if exhibit.checks.result else ())
    ]
    members: Mapping[str, bytes] = {}
    if error is None:
        try:
            members = members_at(hung.source.places, spot, key)
        except InputError as fault:
            error = hung.broken[key] = str(fault)
    faults: list[str] = []
    captions = _captions(hung, spot, key, members, findings)
    document: Document = {
        "key": key,
        "version": hung.version,
        "row": row,
        "facts": _object(members, "json", faults),
        "layout": _object(members, "layout.json", faults),
        "captions": captions,
        "text": members.get("txt", b"").decode("utf-8", "replace"),
        "members": {name: len(content) for name, content in members.items()},
        "group": _group(hung, row),
        "flag": exhibit.flags.reason(key),
        "findings": findings,
        "error": "; ".join(one for one in (error, *faults) if one) or None,
    }
    return document | _making(hung, row) | _neighbours(exhibit, hung, spot.number, query)


def _making(hung: Hung, row: Mapping[str, Any]) -> Document:
    """How the sample is made again."""
    made = hung.made
    index, variant = row["index"], row["variant"]
    effects = [one for one in row["effects"] or () if isinstance(one, str)]
    return {
        "command": None if index is None else made.command(row["key"], index, variant or 0),
        "recipe": made.slice(row["background"] or "", effects),
        "seed": made.recipe.get("seed"),
        "names": {
            "font": made.fonts(row["font_tokens"] or ()),
        },
    }


def _group(hung: Hung, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    return hung.rows.group(row["group"]) if row["group"] and hung.groups else []


def _neighbours(exhibit: Exhibit, hung: Hung, number: int, query: Query) -> Document:
    """The samples before and behind in the list that a query asks for, and the place in it."""
    order = exhibit.chosen(hung, query)
    found = np.flatnonzero(order == number)
    if not len(found):
        return {"previous": None, "next": None, "place": None, "of": len(order)}
    place = int(found[0])
    beside = [one for one in (place - 1, place + 1) if 0 <= one < len(order)]
    keys = dict(zip(beside, hung.rows.keys([int(order[one]) for one in beside]), strict=True))
    return {
        "previous": keys.get(place - 1),
        "next": keys.get(place + 1),
        "place": place,
        "of": len(order),
    }


def _captions(
    hung: Hung, spot: Spot, key: str, members: Mapping[str, bytes], findings: list[dict[str, str]]
) -> object:
    """The captions, those beside the shards before all; a finding where they are another's."""
    if not members:
        return None
    try:
        with hung.overlay_lock:
            joined = hung.overlay.joined(spot.shard, key, dict(members))
    except InputError as fault:
        findings.append({"code": "captions", "message": str(fault)})
        joined = dict(members)
    return _object(joined, MEMBER, [])


def _object(members: Mapping[str, bytes], member: str, faults: list[str]) -> object:
    """A member that is a JSON object; None, and a fault, where it is none."""
    content = members.get(member)
    if content is None:
        return None
    if len(content) > _LARGEST:
        faults.append(f"{member} is too large to be shown")
        return None
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as fault:
        faults.append(f"{member} is no JSON: {fault}")
        return None
    if not isinstance(value, dict):
        faults.append(f"{member} is no JSON object")
        return None
    return value
