"""What a mix may ask for: every fault at once, with its place, before anything is written."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from glyphdata.convert.mixing.document import schema
from glyphdata.convert.mixing.loading import load_mix
from glyphdata.errors import RecipeError
from tests.convert.mixing.conftest import THREE, Blend, Sources

ROOT = Path(__file__).parents[3]
MIXES = [
    path
    for path in sorted((ROOT / "recipes").glob("*.yaml"))
    if "\nsources:" in path.read_text(encoding="utf-8")
]


def faults(path: Path, *overrides: str) -> dict[str, str]:
    with pytest.raises(RecipeError) as caught:
        load_mix(path, overrides)
    assert caught.value.trail[0] == str(path)
    return dict(caught.value.faults)


def test_the_schema_on_disk_is_the_one_of_this_version() -> None:
    written = (ROOT / "recipes/mix.schema.json").read_text(encoding="utf-8")
    assert json.loads(written) == schema(), "glyphdata mix --schema > recipes/mix.schema.json"


def test_all_faults_are_told_at_once_with_their_places(written: Blend) -> None:
    found = faults(
        written(
            [
                {"dataset": "words", "shar": 1},
                {"dataset": "groups", "share": 1.0, "samples": 3},
                {"dataset": "plain", "share": -1, "name": "a/b"},
            ],
            samples="some",
            seed=-1,
            outputs={"image": {"format": "gif"}},
        )
    )
    assert found == {
        "samples": "must be a whole number, or all; found the text 'some'",
        "seed": "must be at least 0; found -1",
        "sources.0.shar": "there is no such field (did you mean 'share'?)",
        "sources.1": "has a share and a count of samples; keep one of the two",
        "sources.2.share": "must be at least 0; found -1",
        "sources.2.name": r"must match ^[^/\x00-\x1f\x7f]*$; found the text 'a/b'",
        "outputs.image.format": "cannot be the text 'gif' (one of jpg, keep, png, webp)",
    }


def test_what_is_wrong_with_the_sources_is_told_of_all_of_them(
    written: Blend, tmp_path: Path
) -> None:
    (tmp_path / "keys.txt").write_text("000000-0003\n000099-0003\n")
    found = faults(
        written(
            [
                {"dataset": "nowhere"},
                {"dataset": "words", "where": ["level=word", "levle=word", "boxes<x"]},
                {"dataset": "words", "name": "w", "only": "keys.txt"},
                {"dataset": "words", "name": "v", "exclude": "no such file.txt"},
                {"dataset": "plain", "where": ["boxes>0"]},
            ]
        )
    )
    assert sorted(found) == [
        "sources.0.dataset",
        "sources.1.where.1",
        "sources.1.where.2",
        "sources.2.only",
        "sources.3.exclude",
        "sources.4",
    ]
    assert "there is no folder" in found["sources.0.dataset"]
    assert "did you mean" in found["sources.1.where.1"]
    assert "such as 000099-0003" in found["sources.2.only"]
    assert found["sources.4"].startswith("none of its 24 groups is meant")


def test_namesakes_and_sources_that_are_too_small_are_refused(written: Blend) -> None:
    found = faults(written([{"dataset": "words"}, {"dataset": "words"}]))
    assert "another source is called 'words'" in found["sources.1.name"]
    found = faults(written(samples=100))
    assert found == {
        "sources.0": "words has 40 groups that are meant, and 50 are asked for; ask for less, or"
        " say repeat: true",
        "sources.1": "groups has 20 groups that are meant, and 25 are asked for; ask for less, or"
        " say repeat: true",
        "sources.2": "plain has 24 groups that are meant, and 25 are asked for; ask for less, or"
        " say repeat: true",
    }


@pytest.mark.parametrize(
    ("of", "samples", "counts"),
    [
        (THREE, 40, [20, 10, 10]),
        (THREE, 41, [21, 10, 10]),
        ([{"dataset": "words"}, {"dataset": "plain"}], "all", [40, 24]),
        ([{"dataset": "words", "samples": 7}, {"dataset": "plain"}], "all", [7, 24]),
        ([{"dataset": "words", "samples": 7}, {"dataset": "plain"}], 27, [7, 20]),
        ([{"dataset": "words", "share": 0.1}, {"dataset": "plain", "share": 0.2}], 30, [10, 20]),
        ([{"dataset": "plain", "repeat": True}], 100, [100]),
        ([{"dataset": "words", "where": ["level=word"]}], "all", [30]),
    ],
)
def test_shares_and_counts_come_out_as_they_are_asked_for(
    written: Blend, of: list[dict[str, object]], samples: object, counts: list[int]
) -> None:
    mix, _ = load_mix(written(of, samples=samples))
    assert mix.schedule().counts == counts
    assert mix.samples == sum(counts)


@pytest.mark.parametrize(
    ("of", "samples", "place"),
    [
        ([{"dataset": "words", "share": 2}], "all", "sources.0.share"),
        ([{"dataset": "words", "samples": 30}], 20, "samples"),
        ([{"dataset": "words", "samples": 10}], 20, "samples"),
        ([{"dataset": "words", "share": 0}], 20, "samples"),
        ([{"dataset": "words", "share": 1e-30}, {"dataset": "plain"}], 20, "sources"),
        ([{"dataset": "words", "repeat": True}], 10**11, "samples"),
    ],
)
def test_shares_and_counts_that_contradict_each_other_are_refused(
    written: Blend, of: list[dict[str, object]], samples: object, place: str
) -> None:
    assert list(faults(written(of, samples=samples))) == [place]


def test_overrides_pass_the_same_gate(written: Blend) -> None:
    mix, _ = load_mix(written(), ["samples=20", "sources.1.share=2", "seed=9"])
    assert (mix.samples, mix.seed, mix.schedule().counts) == (20, 9, [8, 8, 4])
    found = faults(written(), "sources.7.share=1", "sample=3", "nonsense")
    assert list(found) == ["sources.7.share", "nonsense", "sample"]


def test_members_are_those_that_all_sources_have_and_the_others_are_named(written: Blend) -> None:
    mix, notices = load_mix(written())
    assert mix.kept.members == ("layout.json",)
    assert mix.kept.picture == "jpg"
    assert mix.kept.captions
    assert notices == (
        "pictures of plain are encoded as jpg; they were png",
        "boxes.png is left out: groups, plain has none",
        "glyph.png is left out: plain has none",
        "mask.png is left out: plain has none",
        "captions.json is empty in samples of words, groups, which has no captions",
    )


def test_members_that_are_asked_for_and_lacking_are_faults(written: Blend) -> None:
    found = faults(written(outputs={"mask": True, "boxes": True, "captions": True}))
    assert found == {
        "outputs.mask": "plain has no mask.png",
        "outputs.boxes": "groups, plain has no boxes.png",
        "outputs.captions": "words, groups has none; run `glyphdata caption` on it",
    }
    assert faults(written([{"dataset": "plain"}], samples=9, outputs={"glyph": True})) == {
        "outputs.glyph": "no source has it"
    }


def test_members_that_are_not_wanted_are_left_out_without_a_word(written: Blend) -> None:
    of = [{"dataset": "words"}, {"dataset": "groups"}]
    outputs = {"glyph": False, "boxes": False, "layout": False}
    mix, notices = load_mix(written(of, samples=20, outputs=outputs))
    assert (mix.kept.members, notices) == (("mask.png",), ())


Change = Callable[[dict[str, object]], None]


def changed(sources: Sources, to: Path, change: Change) -> Path:
    """A copy of the words whose manifest says something else."""
    folder = sources.copy("words", to)
    manifest = folder / ".glyphdata/manifest.json"
    told = json.loads(manifest.read_text())
    change(told)
    manifest.write_text(json.dumps(told))
    return folder


def test_another_registry_or_spelling_of_tokens_is_refused(
    written: Blend, sources: Sources, tmp_path: Path
) -> None:
    def of_other_faces(told: dict[str, object]) -> None:
        told["registries"] = [{"name": "core", "entries": 3, "sha256": "0" * 64}]

    def spelled(told: dict[str, object]) -> None:
        recipe = told["recipe"]
        assert isinstance(recipe, dict)
        recipe["faces"]["tokens"] = "v2"

    for name, change, place in (
        ("faces", of_other_faces, "sources.1.dataset"),
        ("spelled", spelled, "sources"),
    ):
        other = changed(sources, tmp_path / name, change)
        assert list(faults(written([{"dataset": "words"}, {"dataset": str(other)}]))) == [place]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("registries", [{"name": "core", "entries": "many", "sha256": ""}]),
        ("registries", "core"),
        ("fingerprint", "none"),
        ("shards", None),
    ],
)
def test_a_manifest_that_makes_no_sense_is_a_fault(
    written: Blend, sources: Sources, tmp_path: Path, field: str, value: object
) -> None:
    def senseless(told: dict[str, object]) -> None:
        told[field] = value
        if value is None:
            del told[field]

    odd = changed(sources, tmp_path / "odd", senseless)
    assert list(faults(written([{"dataset": str(odd)}]))) == ["sources.0.dataset"]


def test_a_registry_that_has_grown_since_is_the_same(
    written: Blend, sources: Sources, tmp_path: Path
) -> None:
    from glyphdata.faces.catalogue import load

    def shorter(told: dict[str, object]) -> None:
        digest = load().digest(10)
        told["registries"] = [
            {"name": digest.name, "entries": digest.faces, "sha256": digest.sha256}
        ]

    older = changed(sources, tmp_path / "older", shorter)
    mix, _ = load_mix(written([{"dataset": str(older)}, {"dataset": "words"}]))
    assert [one.entries for one in mix.registries] == [len(load())]


def test_a_dataset_that_is_not_finished_is_no_source(
    written: Blend, sources: Sources, tmp_path: Path
) -> None:
    folder = sources.copy("words", tmp_path / "half")
    (folder / ".glyphdata/manifest.json").unlink()
    found = faults(written([{"dataset": str(folder)}]))
    assert "holds no finished dataset of ours" in found["sources.0.dataset"]


def test_an_index_that_is_damaged_or_out_of_order_is_refused(
    written: Blend, sources: Sources, tmp_path: Path
) -> None:
    import pyarrow.parquet as pq

    folder = sources.copy("words", tmp_path / "odd")
    index = folder / "index/index.parquet"
    with pq.ParquetFile(index) as file:
        table = file.read()
    for content in (table.slice(20).to_pylist() + table.slice(0, 20).to_pylist(), None):
        if content is None:
            index.write_bytes(b"PAR1 this is none")
        else:
            pq.write_table(table.from_pylist(content, table.schema), index)
        said = faults(written([{"dataset": str(folder)}]))["sources.0.dataset"]
        assert "index" in said
        assert "make the dataset again" in said


def test_no_room_for_the_map_of_an_index_is_no_fault_of_the_index(
    written: Blend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    said = faults(written([{"dataset": "words"}]))["sources.0.dataset"]
    assert said.startswith(f"cannot write {tmp_path}/gone")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x\nsources: &a [{dataset: words}]\n", "anchor"),
        ("name: x\nsources: *a\n", "alias"),
        ("name: !!python/object:os.system x\n", "tag"),
        ("- a\n- b\n", "a list of 2"),
        ("name: x\nname: y\n", "a second time"),
        ("[" * 80, "deeper than 32"),
        ("name: \xff\n", "UTF-8"),
        ("a: [" + "1," * 60_000 + "]", "more than 50000 values"),
    ],
)
def test_a_hostile_file_is_refused_with_a_word_of_why(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "mix.yaml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(RecipeError) as caught:
        load_mix(path)
    assert said in str(caught.value)


def test_a_path_is_read_from_the_folder_of_the_mix(written: Blend, sources: Sources) -> None:
    path = sources.root / "near.yaml"
    path.write_text("{name: near, samples: 3, sources: [{dataset: ./words/}]}")
    mix, _ = load_mix(path)
    assert mix.sources[0].label == "words"
    assert mix.resolved()["sources"][0]["dataset"] == "./words/"  # type: ignore[index]


def test_where_a_source_lies_is_no_part_of_the_fingerprint(
    written: Blend, sources: Sources, tmp_path: Path
) -> None:
    sources.copy("words", tmp_path / "elsewhere/words")
    here, _ = load_mix(written([{"dataset": "words"}]))
    there, _ = load_mix(written([{"dataset": str(tmp_path / "elsewhere/words")}]))
    assert here.fingerprint() == there.fingerprint()
    assert here.inputs() == there.inputs()
    for change in ("seed=2", "sources.0.name=x", "shard.samples=8", "outputs.mask=false"):
        assert load_mix(written([{"dataset": "words"}]), [change])[0].fingerprint() != (
            here.fingerprint()
        ), change
    assert load_mix(written([{"dataset": "words"}]), ["samples=7", "name=y"])[0].fingerprint() == (
        here.fingerprint()
    )


@pytest.mark.parametrize("path", MIXES, ids=lambda path: path.stem)
def test_every_mix_on_disk_is_sound_and_opens_with_how_its_sources_are_made(
    path: Path, sources: Sources, tmp_path: Path
) -> None:
    text = path.read_text(encoding="utf-8")
    head = text.split("\nname:")[0]
    assert f"glyphdata mix recipes/{path.name}" in head
    count = text.count("dataset: ")
    alone = tmp_path / "recipes" / path.name
    alone.parent.mkdir()
    alone.write_text(text, encoding="utf-8")
    assert sorted(faults(alone)) == [f"sources.{at}.dataset" for at in range(count)]
    places = [f"sources.{at}.dataset={sources.root / 'plain'}" for at in range(count)]
    mix, _ = load_mix(path, ["samples=60", *places])
    assert mix.schedule().counts == [60 // count] * count
    assert load_mix(path, ["samples=24", *places])[0].fingerprint() == mix.fingerprint()
