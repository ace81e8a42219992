"""Each check: what it passes, and what it catches by its code."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from glyphdata.draw import png
from glyphdata.errors import InputError
from glyphdata.review.evidence import Check, DatasetSeen, Finding, StoredSample
from glyphdata.review.verify import MOST, all_checks, verify

Spoil = Callable[..., StoredSample]


def codes(sample: StoredSample, *before: StoredSample) -> set[str]:
    """The codes of what all checks find in a sample, once they have seen those before it."""
    checks = all_checks()
    for earlier in before:
        assert not [found for check in checks for found in check.of_sample(earlier)]
    found = [one for check in checks for one in check.of_sample(sample)]
    assert all(one.key == sample.key and one.message for one in found)
    return {one.code for one in found}


def box(number: int, **fields: object) -> Callable[[dict[str, Any]], object]:
    """A change of one box's fields."""
    return lambda document: document["boxes"][number].update(fields)


def cluster(number: int, name: str, place: int, value: int) -> Callable[[dict[str, Any]], object]:
    """A change of one number in the clusters of a box."""

    def change(document: dict[str, Any]) -> None:
        document["boxes"][number]["clusters"][name][place] = value

    return change


def test_every_check_has_a_code_of_its_own() -> None:
    found = [check.code for check in all_checks()]
    assert len(set(found)) == len(found) >= 10
    assert all((check.__doc__ or "").strip() for check in all_checks())


def test_a_sound_sample_passes_all(stored: Spoil) -> None:
    assert codes(stored(), stored()) == set()


@pytest.mark.parametrize(
    "fields",
    [
        {"txt": None},
        {"jpg": None},
        {"png": b"two pictures"},
        {"mask_png": b"no png"},
        {"mask_png": b""},
        {"boxes_png": png.encode(np.zeros((5, 5), np.uint8))},
        {"mask_png": png.encode(np.zeros((96, 160, 3), np.uint8))},
        {"jpg": b"\xff\xd8 broken"},
        {"json": b"{"},
        {"layout_json": b"[1, 2"},
        {"layout_json": b'{"unit": 16, "boxes": []}'},
        {"layout_json": b'{"unit": 64, "boxes": []}'},
        {"txt": b"\xff\xfe"},
    ],
)
def test_members_that_lack_or_do_not_decode(stored: Spoil, fields: dict[str, Any]) -> None:
    assert "member" in codes(stored(**fields))


def test_members_that_others_have_not(stored: Spoil) -> None:
    assert codes(stored(captions_json=b"{}"), stored()) == {"member", "caption"}
    assert codes(stored(boxes_png=None), stored()) == {"member"}


@pytest.mark.parametrize(
    "change",
    [
        lambda facts: facts.pop("seed"),
        lambda facts: facts.update(index="17"),
        lambda facts: facts.update(pwatermark=0),
        lambda facts: facts.update(key="000000-0016"),
        lambda facts: facts["background"].pop("license"),
        lambda facts: facts["boxes"][1].pop("negatives"),
        lambda facts: facts["boxes"][1].update(size_px=12),
        lambda facts: facts["boxes"][1].update(bbox=[1.0, 2.0, 3.0]),
        lambda facts: facts["boxes"][0]["quad"].__setitem__(0, 12),
    ],
)
def test_facts_that_lack_or_have_another_type(stored: Spoil, change: Any) -> None:
    assert codes(stored(facts=change)) == {"facts"}


def test_facts_with_fields_that_others_have_not(stored: Spoil) -> None:
    assert codes(stored(facts=lambda facts: facts.update(extra=1)), stored()) == {"facts"}
    assert codes(stored(facts=box(1, extra=1)), stored()) == {"facts"}


def test_a_box_over_the_edge(stored: Spoil) -> None:
    over = [120.0, 50.0, 161.0, 50.0, 161.0, 82.0, 120.0, 82.0]
    assert "outside-canvas" in codes(stored(facts=box(1, quad=over)))
    assert codes(stored(facts=lambda facts: facts.update(width=100))) >= {"outside-canvas"}


def test_ink_off_the_canvas(stored: Spoil) -> None:
    assert "outside-canvas" in codes(stored(layout=cluster(0, "ink", 0, -1)))


def test_ink_over_its_box(stored: Spoil) -> None:
    shifted = [14.5, 8.0, 54.5, 8.0, 54.5, 24.0, 14.5, 24.0]  # one pixel of ink is within the slack
    assert codes(stored(facts=box(0, quad=shifted))) == {"ink-outside-box"}
    shifted = [value - 0.6 * (1 - at % 2) for at, value in enumerate(shifted)]
    assert codes(stored(facts=box(0, quad=shifted))) == set()


def test_mask_pixels_over_a_turned_box_whose_bounds_hold_them(stored: Spoil) -> None:
    diamond = [32.0, 4.0, 54.0, 16.0, 32.0, 28.0, 10.0, 16.0]
    assert codes(stored(facts=box(0, quad=diamond))) == {"ink-outside-box"}


def test_a_mask_that_differs_from_the_layout(stored: Spoil, sample: Any) -> None:
    lost, stray, moved = sample.mask.copy(), sample.mask.copy(), sample.mask.copy()
    lost[lost == 2] = 0
    stray[0, 0] = 99
    moved[moved == 1] = 0
    moved[11:21, 14:22] = 1  # its ink starts at 13
    for mask in (lost, stray, moved):
        spoilt = stored(mask_png=png.encode(mask.astype(np.uint8)), boxes_png=None)
        assert "mask" in codes(spoilt)


def test_values_and_ink_that_contradict_each_other(stored: Spoil) -> None:
    assert "mask" in codes(stored(layout=cluster(0, "mask", 0, 0)))
    assert "mask" in codes(stored(layout=cluster(0, "mask", 0, 2)))
    assert "mask" in codes(stored(layout=cluster(0, "ink", 2, 0)))


def test_a_box_mask_of_another_mind(stored: Spoil, sample: Any) -> None:
    for place in ((0, 0), (15, 15)):
        spoilt = sample.box_mask.copy()
        spoilt[place] = 2
        assert codes(stored(boxes_png=png.encode(spoilt))) == {"mask"}


@pytest.mark.parametrize(
    "layout",
    [
        cluster(0, "start", 1, 2),  # inside é
        cluster(0, "end", 0, 3),  # overlaps the next
        cluster(0, "end", 3, 6),  # half of 漢
        cluster(0, "end", 3, 700),
        cluster(1, "line", 0, 1),
        cluster(1, "line", 0, 9),
        lambda layout: layout["boxes"][1]["lines"][1].update(start=5),
        lambda layout: layout["boxes"][1]["lines"][1].update(end=7),
        lambda layout: layout["boxes"][1]["words"].pop(),
        lambda layout: layout["boxes"][1]["words"][0].update(end=1),
        lambda layout: layout["boxes"][1]["words"][0].update(end=0),
    ],
)
def test_spans_that_do_not_cover_the_text(stored: Spoil, layout: Any) -> None:
    assert codes(stored(layout=layout)) == {"text"}


def test_another_text_than_the_layouts(stored: Spoil) -> None:
    assert codes(stored(facts=box(0, text="Hello 漢"))) >= {"text", "caption"}


# ------------------------------------------------------------------ the whole


def found(root: Path) -> set[tuple[str, str]]:
    return {(one.code, one.key) for one in verify(root).findings}


def test_a_sound_dataset_passes(dataset: Any) -> None:
    told = []
    verdict = verify(dataset.root, on_shard=lambda done, of: told.append((done, of)))
    assert verdict.ok
    assert (verdict.samples, verdict.findings) == (5, ())
    assert told == [(1, 2), (2, 2)]


def test_what_is_no_dataset_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no shards"):
        verify(tmp_path)


def test_a_flipped_bit_is_found_wherever_it_is(dataset: Any) -> None:
    shard = dataset.places.shard(0)
    data = shard.read_bytes()
    rng = np.random.default_rng(3)
    for at in rng.integers(0, len(data), 12).tolist():
        shard.write_bytes(data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :])
        assert ("checksum", "train-000000.tar") in found(dataset.root)


def test_a_cut_shard_is_found_and_the_rest_still_checked(dataset: Any) -> None:
    shard = dataset.places.shard(0)
    shard.write_bytes(shard.read_bytes()[:-9000])
    other = dataset.places.shard(1)
    damaged = bytearray(other.read_bytes())
    damaged[-1200] ^= 255
    other.write_bytes(damaged)
    seen = found(dataset.root)
    assert {("shard", shard.name), ("checksum", shard.name), ("checksum", other.name)} <= seen
    assert ("count", shard.name) in seen


def test_an_empty_and_a_missing_shard(dataset: Any) -> None:
    dataset.places.shard(0).write_bytes(b"")
    assert ("shard", "train-000000.tar") in found(dataset.root)
    dataset.places.shard(0).unlink()
    seen = found(dataset.root)
    assert {("checksum", "train-000000.tar"), ("count", "train-000000.tar")} <= seen
    assert {("count", "manifest.json"), ("index", "index.parquet")} <= seen


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        ("sums", ("checksum", "SHA256SUMS")),
        ("sizes", ("count", "sizes.json")),
        ("manifest", ("count", "manifest.json")),
        ("index", ("index", "index.parquet")),
    ],
)
@pytest.mark.parametrize("damage", ["gone", "garbage"])
def test_a_file_about_the_dataset_that_is_gone_or_broken(
    dataset: Any, name: str, finding: tuple[str, str], damage: str
) -> None:
    path = getattr(dataset.places, name)
    path.unlink() if damage == "gone" else path.write_bytes(b"\xff{[")
    assert finding in found(dataset.root)


def test_a_record_that_is_gone_or_counts_otherwise(dataset: Any) -> None:
    path = dataset.places.record(1)
    record = orjson.loads(path.read_bytes())
    path.write_bytes(orjson.dumps(record | {"samples": 9}))
    assert found(dataset.root) == {("count", "train-000001.tar")}
    path.unlink()
    assert found(dataset.root) == {("checksum", "train-000001.tar")}


def test_counts_and_sums_that_were_edited(dataset: Any) -> None:
    dataset.places.sizes.write_bytes(b'{"train-000000.tar": 3, "train-000001.tar": 3}')
    assert found(dataset.root) == {("count", "train-000001.tar")}
    lines = dataset.places.sums.read_text().splitlines()
    dataset.places.sums.write_text("\n".join([lines[0], lines[0].replace("000000", "000007")]))
    assert {("checksum", "train-000001.tar"), ("checksum", "train-000007.tar")} <= found(
        dataset.root
    )


def test_shards_that_changed_places(dataset: Any) -> None:
    one, other = dataset.places.shard(0), dataset.places.shard(1)
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    seen = found(dataset.root)
    assert {("key", "000001-0000"), ("key", "000000-0002"), ("index", one.name)} <= seen


def test_an_index_that_points_elsewhere(dataset: Any) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(dataset.places.index)
    shifted = pa.array([value + 512 for value in table["offset"].to_pylist()])
    at = table.schema.get_field_index("offset")
    pq.write_table(table.set_column(at, "offset", shifted), dataset.places.index)
    assert {code for code, _ in found(dataset.root)} == {"index"}
    pq.write_table(table.slice(1), dataset.places.index)
    assert found(dataset.root) == {("index", "train-000000.tar")}


def test_findings_of_one_code_are_counted_beyond_the_first_hundred(dataset: Any) -> None:
    class Fussy(Check):
        code = "fussy"

        def of_dataset(self, dataset: DatasetSeen) -> Iterator[Finding]:
            return (self.found(str(number), "no") for number in range(MOST + 23))

    findings = verify(dataset.root, [Fussy()]).findings
    assert len(findings) == MOST + 1
    assert findings[-1].message == "and 23 more of this code"


def test_verifying_writes_nothing(dataset: Any) -> None:
    def state() -> dict[str, str]:
        files = (path for path in sorted(dataset.root.rglob("*")) if path.is_file())
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    before = state()
    verify(dataset.root)
    assert state() == before
