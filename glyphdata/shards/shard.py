"""Writing one shard: it grows out of sight and appears whole, its record last of all."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from glyphdata.errors import OutputError
from glyphdata.shards.durable import (
    discard,
    make_folder,
    publish_path,
    scratch_file,
    withdraw,
    writing,
)
from glyphdata.shards.keys import PICTURES, Key, Places, shard_name
from glyphdata.shards.part import write_part
from glyphdata.shards.record import Quarantined, Record, write_record
from glyphdata.shards.tarread import RUNNABLE
from glyphdata.shards.ustar import UstarWriter


class ShardWriter:
    """One shard under way. `close` publishes it; `abandon` leaves no trace.

    The order of publishing is what makes a kill at any instant harmless: an old record goes first,
    then the tar comes, then the part of the index, then the new record. Each step is durable before
    the next.
    """

    def __init__(self, places: Places, number: int, *, fingerprint: str, scratch: Path) -> None:
        """`OutputError` where nothing can be written there."""
        self._places = places
        self._number = number
        self._fingerprint = fingerprint
        self._scratch = scratch
        self._file, self._grown = scratch_file(scratch, shard_name(number))
        self._open = True
        self._tar = UstarWriter(self._file)
        self._rows: list[Mapping[str, object]] = []
        self._extensions: tuple[str, ...] = ()
        self._picture = 0

    def add(
        self, key: str, members: Sequence[tuple[str, bytes]], row: Mapping[str, object]
    ) -> None:
        """Append a sample: its members, (extension, bytes) sorted by extension, and its index row.

        `OutputError` where the members are not those of the samples before.
        """
        extensions, contents = zip(*members, strict=True)
        if extensions != self._extensions:
            self._settle(key, extensions)
        start = self._tar.size
        with writing(self._grown):
            offsets = self._tar.add(key, extensions, contents)
        self._rows.append(
            {
                **row,
                "key": key,
                "shard": self._number,
                "offset": start,
                "size": self._tar.size - start,
                "picture_offset": offsets[self._picture],
                "picture_size": len(contents[self._picture]),
            }
        )

    def close(
        self,
        indices: range,
        rejections: Counter[str],
        quarantined: Sequence[Quarantined],
        faces: int = 0,
        excluded: tuple[int, ...] = (),
        beat: Callable[[], None] | None = None,
    ) -> Record:
        """Publish the shard, which stands for the scenes `indices`, and its record.

        `faces` is the bitset of the tokens that the scenes touched, `excluded` those that were left
        out on request. `beat` is called now and then while the shard is on its way to a URL.
        """
        with writing(self._grown):
            self._tar.end()
            os.fsync(self._file)
        record = Record(
            self._number,
            self._fingerprint,
            indices[0],
            indices[-1],
            len(self._rows),
            self._tar.size,
            self._tar.sha256(),
            tuple(sorted(rejections.items())),
            tuple(quarantined),
            faces,
            excluded,
        )
        places = self._places
        withdraw(places.record(self._number))
        make_folder(places.data)
        publish_path(self._grown, places.shard(self._number), beat)
        self._open = False
        with writing(places.shard(self._number)):
            os.close(self._file)
        write_part(places, self._scratch, self._number, self._rows)
        write_record(places, self._scratch, record)
        return record

    def abandon(self) -> None:
        """Give the shard up; what is published stays as it was."""
        if self._open:
            self._open = False
            discard(self._file, self._grown)

    def _settle(self, key: str, extensions: tuple[str, ...]) -> None:
        """The first sample says which members all have."""
        if self._extensions:
            raise OutputError(
                f"sample {key} has the members {', '.join(extensions)}, "
                f"those before it {', '.join(self._extensions)}"
            )
        if list(extensions) != sorted(set(extensions)):
            raise OutputError(f"the members of sample {key} are not sorted, or come twice")
        for extension in extensions:
            if not RUNNABLE.isdisjoint(extension.split(".")) or extension != extension.lower():
                raise OutputError(f"no sample may have a member {extension!r}")
        pictures = [place for place, one in enumerate(extensions) if one in PICTURES]
        if len(pictures) != 1:
            raise OutputError(f"sample {key} needs exactly one of {', '.join(PICTURES)}")
        Key.parse(key)
        self._picture = pictures[0]
        self._extensions = extensions
