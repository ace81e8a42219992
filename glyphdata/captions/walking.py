"""Walking through the samples of a shard, each with the members that are looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from glyphdata.caption.facts import Facts
from glyphdata.captions.joining import Contents
from glyphdata.captions.written import sha256
from glyphdata.errors import InputError
from glyphdata.faces.catalogue import Catalogue
from glyphdata.shards import tarread
from glyphdata.shards.dataset import Record
from glyphdata.shards.keys import PICTURES
from glyphdata.shards.overlay import MEMBER
from glyphdata.shards.stretches import Stretches

LOOKED_AT = frozenset({"json", MEMBER, *PICTURES})
"""The members that captioning reads."""


def walked(path: Path, only: frozenset[str] | None = LOOKED_AT) -> Iterator[Record]:
    """The samples of a shard in order, with all their members or `only` some.

    `InputError` where the tar is damaged, after the samples before the damage.
    """
    try:
        file = Stretches(path)
    except OSError as fault:
        raise InputError(f"cannot read {path}: {fault.strerror}") from fault
    with file:
        key, members = "", dict[str, bytes]()
        for member in tarread.walk(file, path):
            if member.key != key and key:
                yield Record(key, members)
                members = {}
            key = member.key
            if only is None or member.extension in only:
                members[member.extension] = _content(file, member, path)
        if key:
            yield Record(key, members)


def _content(file: Stretches, member: tarread.Member, path: Path) -> bytes:
    try:
        return file.read(member.content, member.size)
    except OSError as fault:
        raise InputError(f"cannot read {path}: {fault.strerror}") from fault


def contents_of(record: Record) -> Contents:
    """What the captions of a sample belong to; `InputError` where it has no picture or no facts."""
    if "json" not in record.members:
        raise InputError(
            f"sample {record.key} has no json", hint="caption datasets that glyphdata made"
        )
    return Contents(record.key, sha256(record.picture), sha256(record.members["json"]))


def facts_of(record: Record, catalogue: Catalogue) -> Facts:
    """What is true of a sample's picture; `InputError` naming the sample where that is unknown."""
    try:
        return Facts.of(record.facts, catalogue)
    except InputError as fault:
        raise fault.inside(record.key) from None
