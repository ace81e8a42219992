"""MDS, read from its documented layout; slowly, by MosaicML's own reader too."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from glyphdata.convert.exporting import Choice
from tests.convert.conftest import Ship
from tests.convert.posing import HOSTILE, Truth, files, posed, written

Decoded = dict[str, Any]


def decode(kind: str, content: bytes) -> Any:
    match kind:
        case "int":
            return struct.unpack("<q", content)[0]
        case "str":
            return content.decode()
        case "json":
            return json.loads(content)
    return content


def shard_of(content: bytes, info: dict[str, Any]) -> Iterator[Decoded]:
    """The samples of a shard: count, offsets, the config, then each sample's sizes and columns."""
    (count,) = struct.unpack_from("<I", content)
    offsets = struct.unpack_from(f"<{count + 1}I", content, 4)
    assert (count, offsets[-1]) == (info["samples"], len(content))
    assert info["raw_data"]["bytes"] == len(content)
    config = json.loads(content[4 + 4 * (count + 1) : offsets[0]])
    assert config.items() <= info.items()
    told = (info[f"column_{what}"] for what in ("names", "encodings", "sizes"))
    columns = list(zip(*told, strict=True))
    assert info["column_names"] == sorted(info["column_names"])
    for first, last in pairwise(offsets):
        at, sizes, found = first, [], {}
        for _, _, size in columns:
            if size is None:
                (size,) = struct.unpack_from("<I", content, at)
                at += 4
            sizes.append(size)
        for (name, kind, _), size in zip(columns, sizes, strict=True):
            found[name] = decode(kind, content[at : at + size])
            at += size
        assert at == last
        yield found


def read(place: Path) -> tuple[list[Decoded], list[dict[str, Any]]]:
    index = json.loads((place / "index.json").read_bytes())
    assert index["version"] == 2
    names = [info["raw_data"]["basename"] for info in index["shards"]]
    assert names == [f"shard.{number:05d}.mds" for number in range(len(names))]
    assert sorted(files(place)) == ["index.json", *names]
    shards = index["shards"]
    found = [
        one
        for info in shards
        for one in shard_of((place / info["raw_data"]["basename"]).read_bytes(), info)
    ]
    return found, shards


def test_every_sample_of_a_thousand_pictures_is_read_back(
    ship: Ship, tmp_path: Path, true: tuple[Truth, ...]
) -> None:
    exported = ship("mds", "size_limit_mb=1", 'hashes=["sha1", "sha256"]')
    assert exported.skipped == ()
    found, shards = read(tmp_path / "out")
    assert len(shards) > 2 and all(one["raw_data"]["bytes"] <= 1 << 20 for one in shards)
    for info in shards:
        content = (tmp_path / "out" / info["raw_data"]["basename"]).read_bytes()
        sums = {name: hashlib.new(name, content).hexdigest() for name in ("sha1", "sha256")}
        assert info["raw_data"]["hashes"] == sums
    assert [one["key"] for one in found] == [truth.key for truth in true]
    for one, truth in zip(found, true, strict=True):
        assert one["image"] == truth.members["jpg"]
        assert one["text"] == truth.members["txt"].decode()
        assert (one["width"], one["height"]) == (192, 128)
        facts = [box.facts for box in truth.boxes]
        assert one["objects"]["text"] == [box["text"] for box in facts]
        assert one["objects"]["quad"] == [box["quad"] for box in facts]


def test_a_sample_larger_than_a_shard_has_one_of_its_own(
    tmp_path: Path,
) -> None:
    big, small = (posed(key, "x") for key in ("big", "small"))
    big.record.members["jpg"] += b"\0" * (2 << 20)
    pictures = [small, big, posed("c", *HOSTILE)]
    written("mds", tmp_path, "size_limit_mb=1", of=pictures)
    found, shards = read(tmp_path)
    assert [info["samples"] for info in shards] == [1, 1, 1]
    assert found[1]["image"] == big.encoded
    assert found[2]["objects"]["text"] == list(HOSTILE)


@pytest.mark.parametrize(("form", "kind"), [("jpg", "jpeg"), ("png", "png"), ("webp", "bytes")])
def test_a_picture_is_told_as_what_it_is(form: str, kind: str, tmp_path: Path) -> None:
    written("mds", tmp_path, of=[posed("a", form=form)])
    (sample,), (info,) = read(tmp_path)
    assert dict(zip(info["column_names"], info["column_encodings"], strict=True))["image"] == kind
    assert Image.open(io.BytesIO(sample["image"])).size == (64, 64)
    assert sample["objects"]["text"] == []


BY_MOSAICML = """
import hashlib, io, json, sys, types
home, out = sys.argv[1:]
package = types.ModuleType("streaming")  # its __init__ asks for torchvision, which reading does not
package.__path__ = [home + "/streaming"]
sys.modules["streaming"] = package
from streaming.base.local import LocalDataset
from streaming.base.hashing import get_hash
samples = LocalDataset(out)
for shard in samples.shards:
    for name, one in shard.raw_data.hashes.items():
        assert get_hash(name, open(out + "/" + shard.raw_data.basename, "rb").read()) == one
for number in range(len(samples)):
    one = samples[number]
    picture = one.pop("image")
    print(json.dumps(one | {"image": [picture.format, picture.size]}))
"""


@pytest.mark.slow
def test_mosaicml_reads_it(
    ship: Ship, tmp_path: Path, true: tuple[Truth, ...], elsewhere: Any
) -> None:
    """Slow, for it fetches the reader and what it imports, torch aside."""
    home = tmp_path / "home"
    needs = "mosaicml-streaming==0.13.0 python-snappy cramjam zstd Brotli xxhash catalogue"
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        str(home),
    ]
    subprocess.run([*command, *needs.split()], check=True)
    ship("mds", "size_limit_mb=1", 'hashes=["sha1"]', choice=Choice(limit=300))
    ran = subprocess.run(
        [sys.executable, "-c", BY_MOSAICML, str(home), str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
        env=elsewhere("0", "C.UTF-8", "UTC", PYTHONPATH=str(home)),
    )
    assert ran.returncode == 0, ran.stderr
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [one["key"] for one in found] == [truth.key for truth in true[:300]]
    for one, truth in zip(found, true, strict=False):
        assert one["image"] == ["JPEG", [192, 128]]
        assert one["text"] == truth.members["txt"].decode()
        assert one["objects"]["text"] == [box.text for box in truth.boxes]
