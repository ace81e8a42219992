"""Readers of datasets: shards, indexes, and what a dataset says of itself."""

from __future__ import annotations

import io
import itertools
import tarfile
from collections.abc import Callable
from pathlib import Path

from glyphdata.errors import GlyphdataError
from tests.fuzz.ground import Read, bare, ignored, shard_of, written


def tars_of(folder: Path) -> list[bytes]:
    made = [shard_of(folder)]
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=form) as tar:
            for name, kind in (("a", tarfile.DIRTYPE), ("a/b.json", tarfile.REGTYPE)):
                info = tarfile.TarInfo(name)
                info.type, info.size, info.mtime = kind, 3 * (kind == tarfile.REGTYPE), 1.5
                tar.addfile(info, io.BytesIO(b"{} "))
        made.append(out.getvalue()[:3072])
    return made


def signed(data: bytes) -> bytes:
    """A tar whose headers' checksums are right again, so that what they say is read at all."""
    out = bytearray(data)
    for at in range(0, len(out) - 511, 512):
        if out[at + 257 : at + 262] == b"ustar":
            total = sum(out[at : at + 148]) + 256 + sum(out[at + 156 : at + 512])
            out[at + 148 : at + 156] = b"%06o\0 " % total
    return bytes(out)


def tar_of(folder: Path) -> Read:
    from glyphdata.shards import tarread

    def read(data: bytes) -> None:
        for content in (data, signed(data)):
            try:
                for one in tarread.members(lambda at, n, c=content: c[at : at + n], len(content)):
                    assert 0 <= one.content <= one.content + one.size <= len(content)
                    assert not one.key.startswith("/")
                    assert ".." not in one.key.split("/")
            except GlyphdataError:
                continue

    return read


def opened_by_all(root: Path) -> None:
    """Read a dataset whose index is a mutant by each way that there is."""
    from glyphdata.shards.dataset import Dataset

    dataset = Dataset(root)
    for record in itertools.islice(dataset, 4):
        record.facts  # noqa: B018


def index_of(folder: Path) -> Read:
    root = bare(folder, "indexed")

    def read(data: bytes) -> None:
        written(root, "index/index.parquet", data)
        opened_by_all(root)

    return read


def indexes_of(folder: Path) -> list[bytes]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    whole = (folder / "set" / "index" / "index.parquet").read_bytes()
    table = pq.read_table(io.BytesIO(whole))
    odd = [
        table.drop_columns(["shard"]),
        table.set_column(1, "shard", pa.array(["0"] * len(table))),
        table.set_column(1, "shard", pa.array([None] * len(table), pa.int32())),
        table.set_column(0, "key", pa.array(range(len(table)))),
        table.set_column(4, "offset", pa.array([-512] * len(table))),
        table.set_column(5, "size", pa.array([2**62] * len(table))),
        table.set_column(5, "size", pa.array([-1] * len(table))),
        table.slice(0, 0),
    ]
    made = [whole]
    for one in odd:
        out = io.BytesIO()
        pq.write_table(one, out)
        made.append(out.getvalue())
    return made


def part_of(folder: Path) -> Read:
    root = bare(folder, "parted")

    def read(data: bytes) -> None:
        written(root, "index/part-000000.jsonl", data)
        opened_by_all(root)

    return read


def parts_of(folder: Path) -> list[bytes]:
    import orjson
    import pyarrow.parquet as pq

    rows = pq.read_table(folder / "set" / "index" / "index.parquet").to_pylist()
    lines = [orjson.dumps(row) for row in rows if row["shard"] == 0]
    return [b"".join(line + b"\n" for line in lines), lines[0] + b"\n"]


def state(name: str) -> tuple[Callable[[Path], list[bytes]], Callable[[Path], Read]]:
    """A file of `.glyphdata`, read by `status` and by who looks for what is claimed."""

    def seeds(folder: Path) -> list[bytes]:
        return [(folder / "set" / ".glyphdata" / name).read_bytes()]

    def reader(folder: Path) -> Read:
        import shutil

        from glyphdata.review.claimed import Claimed
        from glyphdata.shards.keys import Places
        from glyphdata.shards.status import status_of

        root = folder / f"state-{Path(name).stem}"
        shutil.copytree(folder / "set", root)

        def read(data: bytes) -> None:
            written(root, f".glyphdata/{name}", data)
            Claimed.of(Places(root))
            status_of(root)

        return read

    return seeds, reader


def whole_set(name: str) -> tuple[Callable[[Path], list[bytes]], Callable[[Path], Read]]:
    """A file of a dataset, read by all that tell of a dataset as a whole."""

    def seeds(folder: Path) -> list[bytes]:
        return [(folder / "set" / name).read_bytes()]

    def reader(folder: Path) -> Read:
        import shutil

        from glyphdata.review.stats import stats_of
        from glyphdata.review.verify import verify
        from glyphdata.train.source import Shards

        root = folder / f"whole-{Path(name).stem}"
        shutil.copytree(folder / "set", root)

        def ask(question: Callable[[Path], object]) -> None:
            try:
                question(root)
            except GlyphdataError:
                return

        def read(data: bytes) -> None:
            written(root, name, data)
            ask(lambda root: verify(root, deep=False))
            ask(stats_of)
            ask(_trained_on)

        def _trained_on(root: Path) -> None:
            source = Shards(root)
            ignored((source.registries, source.spelling, source.fingerprint))

        return read

    return seeds, reader


def members_of(*extensions: str) -> Callable[[Path], list[bytes]]:
    def seeds(folder: Path) -> list[bytes]:
        from glyphdata.shards.dataset import Dataset

        return [record.members[one] for record in Dataset(folder / "set") for one in extensions]

    return seeds


def verified(extension: str) -> Callable[[Path], Read]:
    """A sample with one member a mutant, looked into by every check."""

    def reader(folder: Path) -> Read:
        from glyphdata.review.evidence import StoredSample
        from glyphdata.review.verify import all_checks
        from glyphdata.shards.dataset import Dataset

        sample = Dataset(folder / "set")[0]

        def read(data: bytes) -> None:
            stored = StoredSample(sample.key, {**sample.members, extension: data})
            for check in all_checks():
                for _ in check.of_sample(stored):
                    pass

        return read

    return reader


def overlaid_of(folder: Path) -> Read:
    """A sample as preview and viewer draw it, its facts or its layout a mutant."""
    from glyphdata.review.overlay import overlay_record
    from glyphdata.shards.dataset import Dataset, Record

    sample = Dataset(folder / "set")[0]

    def read(data: bytes) -> None:
        for member in ("json", "layout.json"):
            mutant = Record(sample.key, {**sample.members, member: data})
            try:
                overlay_record(sample.pixels(), mutant.facts, mutant.layout, sample.mask())
            except GlyphdataError:
                continue

    return read
