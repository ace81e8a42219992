"""A defect of each kind, planted into a dataset that the tool made, is caught by its code."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from glyphdata.caption.captioners.truth import Truth
from glyphdata.captioning import run
from glyphdata.draw import encode, png
from glyphdata.generation import generate
from glyphdata.recipe import load_recipe
from glyphdata.review.verify import all_checks, verify
from glyphdata.shards import tarread
from glyphdata.shards.dataset import Dataset
from glyphdata.shards.keys import Places
from glyphdata.shards.overlay import folder_of
from glyphdata.shards.ustar import BLOCK, header

RECIPE = """
name: planted
seed: 11
samples: 6
shard: {samples: 3}
canvas: {width: 160, height: 96}
levels: {word: 1}
boxes: {count: 2, size_px: [14, 24]}
texts: [{kind: words, language: en}, {kind: words, language: ru}]
colors: {min_contrast: 4.5, min_signal: 5}
backgrounds: [{kind: gradient}, {kind: paper}]
variants: {count: 2, edits: {replace: 1}}
outputs: {boxes: true, glyph: true}
"""
KEY = "000000-0001-00"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    (folder / "recipe.yaml").write_text(RECIPE)
    generate(load_recipe(folder / "recipe.yaml"), folder / "out", workers=0)
    return folder / "out"


@dataclass
class Planting:
    """A copy of the dataset to spoil; what is changed is signed again, as a forger would."""

    root: Path

    @property
    def places(self) -> Places:
        return Places(self.root)

    def members(self, key: str = KEY) -> dict[str, bytes]:
        return dict(Dataset(self.root)[key].members)

    def put(self, key: str, **members: bytes) -> None:
        """Other members for a sample; index, record and sums are made to agree."""
        self.rewritten({key: {name.replace("_", "."): data for name, data in members.items()}})

    def facts(self, change: Callable[[dict[str, Any]], object]) -> None:
        facts = orjson.loads(self.members()["json"])
        change(facts)
        self.put(KEY, json=orjson.dumps(facts))

    def rewritten(self, others: dict[str, dict[str, bytes]], without: Iterable[str] = ()) -> None:
        """Write shard 0 anew, some members changed and some samples left out."""
        path = self.places.shard(0)
        samples: dict[str, dict[str, bytes]] = {}
        content = path.read_bytes()
        for one in tarread.open_tar(path):
            body = content[one.content : one.content + one.size]
            samples.setdefault(one.key, {})[one.extension] = body
        out, rows = bytearray(), {}
        for key, members in samples.items():
            if key in set(without):
                continue
            start, picture = len(out), (0, 0)
            for extension, body in sorted({**members, **others.get(key, {})}.items()):
                if extension == "jpg":
                    picture = (len(out) + BLOCK, len(body))
                out += header(f"{key}.{extension}", len(body)) + body + bytes(-len(body) % BLOCK)
            rows[key] = (start, len(out) - start, *picture)
        out += bytes(2 * BLOCK)
        path.write_bytes(out)
        self.signed(bytes(out), rows)

    def signed(self, tar: bytes, rows: dict[str, tuple[int, ...]]) -> None:
        digest = hashlib.sha256(tar).hexdigest()
        record = orjson.loads(self.places.record(0).read_bytes())
        before = record["sha256"]
        record |= {"bytes": len(tar), "sha256": digest, "samples": len(rows)}
        self.places.record(0).write_bytes(orjson.dumps(record))
        for file in (self.places.sums, self.places.manifest, self.places.croissant):
            file.write_text(file.read_text().replace(before, digest))
        table = pq.read_table(self.places.index)
        listed = table.to_pylist()
        kept = [row for row in listed if row["shard"] or row["key"] in rows]
        for row in kept:
            if row["key"] in rows:
                names = ("offset", "size", "picture_offset", "picture_size")
                row.update(zip(names, rows[row["key"]], strict=True))
        pq.write_table(pa.Table.from_pylist(kept, table.schema), self.places.index)

    def codes(self, *, deep: bool = True) -> set[str]:
        return {finding.code for finding in verify(self.root, deep=deep).findings}


@pytest.fixture
def planting(sound: Path, tmp_path: Path) -> Planting:
    shutil.copytree(sound, tmp_path / "out")
    return Planting(tmp_path / "out")


Plant = Callable[[Planting], object]
DEEP: dict[str, Plant] = {}
SHALLOW: dict[str, Plant] = {}


def deep(code: str) -> Callable[[Plant], Plant]:
    return lambda plant: DEEP.setdefault(code, plant)


def shallow(code: str) -> Callable[[Plant], Plant]:
    return lambda plant: SHALLOW.setdefault(code, plant)


@deep("member")
def _broken_mask(planting: Planting) -> None:
    planting.put(KEY, mask_png=b"no picture")


@deep("facts")
def _an_integer_that_should_be_a_float(planting: Planting) -> None:
    planting.facts(lambda facts: facts["boxes"][0].update(size_px=12))


@deep("outside-canvas")
def _a_box_beyond_the_edge(planting: Planting) -> None:
    quad = [900.0, 5.0, 950.0, 5.0, 950.0, 30.0, 900.0, 30.0]
    planting.facts(lambda facts: facts["boxes"][0].update(quad=quad))


@deep("ink-outside-box")
def _a_box_beside_its_ink(planting: Planting) -> None:
    quad = [1.0, 1.0, 3.0, 1.0, 3.0, 3.0, 1.0, 3.0]
    planting.facts(lambda facts: facts["boxes"][0].update(quad=quad))


@deep("mask")
def _a_mask_with_a_stray_value(planting: Planting) -> None:
    mask = Dataset(planting.root)[KEY].mask().astype(np.uint8)
    mask[0, 0] = 250
    planting.put(KEY, mask_png=png.encode(mask))


@deep("text")
def _a_text_of_other_length(planting: Planting) -> None:
    planting.facts(lambda facts: facts["boxes"][0].update(text=facts["boxes"][0]["text"] + "s"))


@deep("blank-cluster")
def _a_letter_without_ink(planting: Planting) -> None:
    layout = orjson.loads(planting.members()["layout.json"])
    clusters = layout["boxes"][0]["clusters"]
    clusters["mask"][1], clusters["ink"][4:8] = 0, [0, 0, 0, 0]
    planting.put(KEY, layout_json=orjson.dumps(layout))


@deep("token")
def _a_colour_of_another_token(planting: Planting) -> None:
    planting.facts(lambda facts: facts["boxes"][0].update(color_token=137, color="#000001"))


@deep("not-covered")
def _a_text_that_its_face_lacks(planting: Planting) -> None:
    planting.facts(lambda facts: facts["boxes"][0].update(text="漢字"))


@deep("contrast")
def _a_picture_without_its_text(planting: Planting) -> None:
    grey = np.full((96, 160, 3), 128, np.uint8)
    planting.put(KEY, jpg=encode.picture(grey, "jpg", 92, "420"))


@deep("caption")
def _a_prompt_of_another_text(planting: Planting) -> None:
    said = 'Text "elsewhere" in <color-1>, <font-1>. '
    planting.facts(lambda facts: facts.update(prompt=said))


@deep("row")
def _an_index_of_other_texts(planting: Planting) -> None:
    table = pq.read_table(planting.places.index)
    texts = ["else", *table["text"].to_pylist()[1:]]
    at = table.schema.get_field_index("text")
    pq.write_table(table.set_column(at, "text", pa.array(texts)), planting.places.index)


@shallow("shard")
def _a_shard_cut_short(planting: Planting) -> None:
    path = planting.places.shard(0)
    path.write_bytes(path.read_bytes()[:-700])


@shallow("checksum")
def _a_flipped_bit(planting: Planting) -> None:
    path = planting.places.shard(1)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


@shallow("count")
def _a_count_of_more(planting: Planting) -> None:
    planting.places.sizes.write_text('{"train-000000.tar": 9, "train-000001.tar": 10}')


@shallow("key")
def _shards_that_changed_places(planting: Planting) -> None:
    one, other = planting.places.shard(0), planting.places.shard(1)
    first = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(first)


@shallow("index")
def _an_index_that_lacks_a_sample(planting: Planting) -> None:
    table = pq.read_table(planting.places.index)
    pq.write_table(table.slice(1), planting.places.index)


@shallow("group")
def _a_group_without_a_variant(planting: Planting) -> None:
    planting.rewritten({}, without=["000000-0001-02"])


@shallow("card")
def _a_card_of_another_dataset(planting: Planting) -> None:
    card = planting.places.card
    card.write_text(card.read_text().replace("18 synthetic pictures", "19 synthetic pictures"))


@shallow("croissant")
def _a_croissant_of_other_shards(planting: Planting) -> None:
    told = planting.places.croissant
    told.write_text(told.read_text().replace("data/train-000001.tar", "data/train-000007.tar"))


def test_a_defect_is_planted_for_every_code_there_is() -> None:
    assert {check.code for check in all_checks()} | {"shard"} == {*DEEP, *SHALLOW}
    assert {check.code for check in all_checks(deep=False)} | {"shard"} == {*SHALLOW}


def test_a_clean_dataset_has_no_findings(sound: Path) -> None:
    verdict = verify(sound, deep=True)
    assert (verdict.findings, verdict.samples, verdict.looked_into) == ((), 18, 18)
    assert verify(sound).looked_into == 0


def test_a_dataset_that_is_signed_again_unchanged_is_clean(planting: Planting) -> None:
    planting.rewritten({})
    assert planting.codes() == set()


@pytest.mark.parametrize("code", DEEP)
def test_a_defect_of_samples_is_caught_by_its_code(planting: Planting, code: str) -> None:
    DEEP[code](planting)
    assert planting.codes(deep=False) <= {"index"}
    assert code in planting.codes()


@pytest.mark.parametrize("code", SHALLOW)
def test_a_defect_of_files_is_caught_without_looking_into_samples(
    planting: Planting, code: str
) -> None:
    SHALLOW[code](planting)
    assert code in planting.codes(deep=False)


@pytest.mark.parametrize("name", ["contrast", "signal"])
def test_a_box_recorded_below_the_floor_is_caught(planting: Planting, name: str) -> None:
    planting.facts(lambda facts: facts["boxes"][0].update({name: 1.5}))
    assert planting.codes() == {"contrast"}


def test_captions_beside_the_shards_are_held_against_the_picture(planting: Planting) -> None:
    run(planting.root, Truth())
    assert planting.codes() == set()
    file = folder_of(planting.places) / "train-000000.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    said = orjson.loads(lines[3])
    for one in said["captions"]:
        for mention in one["mentions"]:
            mention["end"] -= 1
    lines[3] = orjson.dumps(said) + b"\n"
    file.write_bytes(b"".join(lines))
    found = verify(planting.root, deep=True).findings
    assert {(one.code, one.key) for one in found} == {("caption", said["key"])}


def test_two_processes_find_what_one_finds(planting: Planting) -> None:
    _a_box_beside_its_ink(planting)
    _a_flipped_bit(planting)
    alone = verify(planting.root, deep=True)
    assert verify(planting.root, deep=True, workers=2) == alone
    assert {"ink-outside-box", "checksum"} <= {one.code for one in alone.findings}


def test_a_share_of_the_samples_can_be_looked_into(sound: Path) -> None:
    assert verify(sound, deep=True, every=4).looked_into == 6


def test_a_picture_of_255_clusters_whose_mask_is_full_is_clean(tmp_path: Path) -> None:
    """255 is the last value of an 8-bit mask; one cluster more needs 16 bits."""
    for count in (255, 256):
        out = dense(tmp_path / str(count), count)
        values = Dataset(out)[0].mask()
        assert values.max() == count
        assert verify(out, deep=True).findings == ()


def dense(folder: Path, letters: int) -> Path:
    """A dataset of one picture with so many clusters, spaces among them."""
    folder.mkdir()
    (folder / "texts.txt").write_text(("etaoin " * 50)[:letters])
    (folder / "recipe.yaml").write_text(
        "name: dense\nsamples: 1\ncanvas: {width: 384, height: 384}\nlevels: {paragraph: 1}\n"
        "boxes: {count: 1, size_px: [12, 20]}\nbackgrounds: [{kind: black}]\n"
        "texts: [{kind: file, path: texts.txt, level: paragraph}]\n"
        "faces: {families: [Roboto]}\n"
    )
    generate(load_recipe(folder / "recipe.yaml"), folder / "out", workers=0)
    return folder / "out"


def test_the_page_of_checks_names_every_code() -> None:
    page = (Path(__file__).parents[2] / "docs" / "checks.md").read_text()
    for check in all_checks():
        when = "--deep" if check.deep() else "always"
        summary = (check.__doc__ or "").partition("\n")[0]
        assert f"| `{check.code}` | {when} | {summary} |" in page
