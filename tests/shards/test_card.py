"""The card tells the truth of its dataset, and whatever words it is given stay words."""

from __future__ import annotations

import re
import statistics as plain
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import fsspec
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from glyphdata.generation import generate
from glyphdata.recipe import Recipe
from glyphdata.review.verify import verify
from glyphdata.shards.card import Told, write_card
from glyphdata.shards.claim import remove
from glyphdata.shards.croissant import write_croissant
from glyphdata.shards.dataset import Dataset
from glyphdata.shards.features import STRING
from glyphdata.shards.grounds import Grounds, credited
from glyphdata.shards.index import SCHEMA, table_of
from glyphdata.shards.keys import Places
from glyphdata.shards.making import Plan
from glyphdata.shards.manifest import FontCredit, Provenance, Totals
from glyphdata.shards.markdown import cell, fenced, words, yaml_of
from glyphdata.shards.record import Record, read_record
from glyphdata.shards.showcase import Shown, chosen
from glyphdata.shards.statistics import Spread, Statistics, count

SMALL: dict[str, Any] = {
    "shard": {"samples": 20},
    "canvas": {"width": 128, "height": 96},
    "boxes": {"count": [1, 3], "size_px": [8, 24]},
}
HOSTILE = (
    "a|b",
    "two\nlines\n---\nlicense: mit",
    "ends in ---",
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "![x](http://example.com/x.png)",
    "http://example.com and someone@example.com",
    "🙂 naïve 漢字 \u202eabc\u2066",
    "nul\0 and \x1b[31mred",
    "`code` ``` ````",
    "*stars* _lines_ ~~gone~~ # not a heading $x$",
    "&lt;b&gt; &amp;",
    "\\ at the end \\",
    "{{ 1 }} %s ${HOME}",
    "x" * 5000,
    "",
    "null",
    "\ud800",
)


@pytest.fixture(scope="module")
def made(recipe_of: Callable[..., Recipe], tmp_path_factory: pytest.TempPathFactory) -> Places:
    folder = tmp_path_factory.mktemp("card") / "out"
    assert generate(recipe_of(samples=50, **SMALL), folder, workers=0).finished
    return Places.at(folder)


def records_of(places: Places) -> list[Record]:
    found = (read_record(places, number) for number in range(len(places.shards())))
    return [one for one in found if one is not None]


def tables(text: str) -> dict[tuple[str, ...], list[tuple[str, ...]]]:
    """The tables of a page by their heads, as a renderer sees them."""
    found: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for table in re.findall(r"<table>(.*?)</table>", rendered(text), re.DOTALL):
        head, *rows = (
            tuple(text_of(one) for one in re.findall(r"<t[hd]>(.*?)</t[hd]>", row, re.DOTALL))
            for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
        )
        found[head] = rows
    return found


def rendered(text: str) -> str:
    """The page as HTML, tags in its source let through as on the Hub."""
    return str(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text))


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def text_of(html: str) -> str:
    parser = _Text()
    parser.feed(html)
    parser.close()
    return "".join(parser.said)


def test_the_statistics_are_those_of_the_samples(made: Places) -> None:
    facts = [record.facts for record in Dataset(made.root)]
    boxes = [box for one in facts for box in one["boxes"]]
    seen = count(made)
    assert seen.samples == 50
    assert seen.empty == 0
    for counts, name in ((seen.levels, "level"), (seen.languages, "language")):
        assert dict(counts) == Counter(one[name] for one in facts)
        assert [number for _, number in counts] == sorted(dict(counts).values(), reverse=True)
    assert dict(seen.backgrounds) == Counter(one["background"]["kind"] for one in facts)
    scripts = Counter(script for one in facts for script in {box["script"] for box in one["boxes"]})
    assert dict(seen.scripts) == scripts
    assert seen.sizes == (("128 × 96", 50),)
    assert dict(seen.faces) == Counter(box["font_token"] for box in boxes)
    numbers = {
        "boxes": [len(one["boxes"]) for one in facts],
        "words": [sum(len(box["text"].split()) for box in one["boxes"]) for one in facts],
        "clusters": [sum(box["clusters"] for box in one["boxes"]) for one in facts],
    }
    for name, values in numbers.items():
        spread = getattr(seen, name)
        assert (spread.least, spread.most) == (min(values), max(values))
        assert spread.median == plain.median_low(values)
        assert spread.mean == pytest.approx(plain.mean(values))
    letters = [sum(len(box["text"].replace("\n", "")) for box in one["boxes"]) for one in facts]
    assert seen.characters == Spread(
        min(letters), plain.median_low(letters), plain.mean(letters), max(letters)
    )
    assert seen.contrast is not None
    faintest = [min(box["contrast"] for box in one["boxes"]) for one in facts]
    assert seen.contrast.least == pytest.approx(min(faintest), abs=0.006)
    assert seen.contrast.median == pytest.approx(plain.median_low(faintest), abs=0.006)
    assert seen.size_px is not None
    assert seen.size_px.most == pytest.approx(max(box["size_px"] for box in boxes), abs=0.051)


def test_the_card_has_them_and_every_family_with_its_licence(made: Places) -> None:
    page = made.card.read_text("utf-8").split("---\n", 2)[2]
    found, seen = tables(page), count(made)
    assert found["level", "pictures"] == [(name, str(many)) for name, many in seen.levels]
    (row,) = [one for one in found["per picture", "least", "median", "mean", "most"][:1]]
    assert seen.boxes is not None
    assert row[:2] == ("text boxes", f"{seen.boxes.least:g}")
    families = found["family", "faces", "licence", "text boxes"]
    boxes = [box for record in Dataset(made.root) for box in record.facts["boxes"]]
    assert {one[0]: int(one[3]) for one in families} == Counter(
        box["face"]["family"] for box in boxes
    )
    photos = sum(record.facts["background"]["kind"] == "photos" for record in Dataset(made.root))
    assert found["background: photos, licence", f"of {photos} looked at"] == [
        ("none given", str(photos))
    ]


def test_six_pictures_stand_beside_it_byte_for_byte_and_are_of_all_levels(made: Places) -> None:
    page = made.card.read_text("utf-8")
    links = re.findall(r"!\[([0-9-]+)\]\((samples/[0-9-]+\.jpg)\)", page)
    dataset = Dataset(made.root)
    assert len(links) == 6
    for key, link in links:
        assert (made.root / link).read_bytes() == dataset[key].picture
    assert {dataset[key].facts["level"] for key, _ in links} == {"word", "sentence", "paragraph"}
    assert sorted(made.root / link for _, link in links) == list(made.shown())


def test_pictures_are_shared_out_over_levels_and_row_groups() -> None:
    assert chosen([[("a", 2)], [("a", 1), ("b", 1)]]) == [
        [("a", 0), ("a", 1)],
        [("a", 0), ("b", 0)],
    ]
    spread = chosen([[("a", 50), ("b", 50)]] * 10)  # of 500 each the 84th, the 251st, the 417th
    assert [picks for picks in spread if picks] == [
        [("a", 33), ("b", 33)],
        [("a", 0), ("b", 0)],
        [("a", 16), ("b", 16)],
    ]
    assert [group for group, picks in enumerate(spread) if picks] == [1, 5, 8]
    assert chosen([[("a", 1000), ("b", 1)]]) == [
        [("a", 100), ("a", 300), ("a", 500), ("a", 700), ("a", 900), ("b", 0)]
    ]
    assert chosen([[]]) == [[]]


def test_a_dataset_that_grows_shows_others_and_one_that_is_removed_leaves_none(
    recipe_of: Callable[..., Recipe], tmp_path: Path
) -> None:
    places = Places.at(tmp_path / "out")
    shown = []
    for samples in (10, 40):
        generate(recipe_of(samples=samples, **SMALL), places.root, workers=0)
        shown.append({path.name for path in places.shown()})
        assert len(shown[-1]) == 6
        assert verify(places.root).findings == ()
    assert shown[0] != shown[1]
    kept = places.showcase / "mine.jpg"
    kept.write_bytes(b"mine")
    remove(places)
    left = {str(one.relative_to(places.root)) for one in places.root.rglob("*") if one.is_file()}
    assert left - {".glyphdata/lock"} == {"samples/mine.jpg"}


def test_behind_a_url_the_pictures_take_no_room_here_and_go_with_the_dataset(
    recipe_of: Callable[..., Recipe], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = fsspec.filesystem("memory")
    url = f"memory://{tmp_path.name}/out"
    generate(recipe_of(samples=10, **SMALL), url, workers=0)
    monkeypatch.setenv("GLYPHDATA_CACHE", str(tmp_path / "another machine"))
    places = Places.at(url)
    far = {record.key: record.picture for record in Dataset(url)}
    assert len(places.shown()) == 6
    for path in places.shown():
        assert store.cat_file(f"/{tmp_path.name}/out/samples/{path.name}") == far[path.stem]
        assert path.read_bytes() == bytes(len(far[path.stem]))
        assert path.stat().st_blocks == 0
    assert places.croissant.read_bytes() == store.cat_file(f"/{tmp_path.name}/out/croissant.json")
    remove(places)
    assert [name for name in store.store if name.startswith(f"/{tmp_path.name}/")] == []
    assert places.shown() == ()


def test_finishing_again_writes_what_is_missing_and_the_same(
    recipe_of: Callable[..., Recipe], tmp_path: Path
) -> None:
    recipe, places = recipe_of(samples=5, **SMALL), Places.at(tmp_path)
    generate(recipe, tmp_path, workers=0)
    beside = (places.card, places.croissant, places.manifest, *places.shown())
    before = {path: path.read_bytes() for path in beside}
    assert len(before) == 3 + 5
    for missing in ((places.card,), (places.croissant,), (places.manifest, *places.shown())):
        for path in missing:
            path.unlink()
        generate(recipe, tmp_path, workers=0)
        assert {path: path.read_bytes() for path in before} == before


def test_the_hub_and_datasets_understand_the_front(made: Places) -> None:
    from datasets.info import DatasetInfosDict
    from datasets.utils.metadata import MetadataConfigs
    from huggingface_hub import DatasetCard

    card = DatasetCard.load(made.card)
    told = card.data.to_dict()
    assert told["license"] == "other"
    assert told["size_categories"] == ["n<1K"]
    assert set(told["language"]) <= {
        "en",
        "de",
        "el",
        "ru",
        "ar",
        "he",
        "hi",
        "th",
        "zh",
        "ja",
        "ko",
    }
    info = DatasetInfosDict.from_dataset_card_data(card.data)["default"]
    assert info.splits is not None
    assert info.splits["train"].num_examples == 50
    tars = sum(path.stat().st_size for path in made.shards())
    assert info.splits["train"].num_bytes == info.download_size == info.dataset_size == tars
    configs = MetadataConfigs.from_dataset_card_data(card.data)
    assert configs["default"]["data_files"] == [{"split": "train", "path": "data/train-*.tar"}]


def test_what_the_page_on_the_hub_says_to_upload_is_whole(made: Places, tmp_path: Path) -> None:
    from huggingface_hub.utils import DEFAULT_IGNORE_PATTERNS, filter_repo_objects

    page = (Path(__file__).parents[2] / "docs/hub.md").read_text("utf-8")
    left_out = re.findall(r"--exclude '([^']+)'", page)
    assert len(left_out) == 3
    files = [str(one.relative_to(made.root)) for one in made.root.rglob("*") if one.is_file()]
    patterns = [*DEFAULT_IGNORE_PATTERNS, *left_out]
    kept = set(filter_repo_objects(files, ignore_patterns=patterns))
    assert set(files) - kept == {
        ".glyphdata/lock",
        ".glyphdata/lock-finish",
        ".glyphdata/log.jsonl",
    }
    for name in kept:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((made.root / name).read_bytes())
    assert verify(tmp_path).findings == ()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_break_neither_card_nor_croissant(
    made: Places, tmp_path: Path, text: str
) -> None:
    import orjson
    from huggingface_hub import DatasetCard

    places = Places.at(tmp_path)
    told = hostile(made, text)
    places.index.parent.mkdir()
    places.index.write_bytes(made.index.read_bytes())
    write_card(places, tmp_path / "tmp", told)
    write_croissant(places, tmp_path / "tmp", told, records_of(made))
    page = places.card.read_text("utf-8")
    front = DatasetCard.load(places.card).data.to_dict()
    assert front["pretty_name"] == words(text)
    assert front["dataset_info"]["features"][0]["name"] == "jpg"
    assert front == yaml.safe_load(page.split("---\n", 2)[1])
    html = rendered(page.split("---\n", 2)[2])
    assert "<script" not in html
    assert not re.search(r"<a |<img (?!src=\"samples/)|<h2>(?!How|What|Stat|Lic)", html)
    found = tables(page.split("---\n", 2)[2])
    said = " ".join(words(text).split())
    assert found["level", "pictures"] == [(said or "none", "3")]
    assert found["family", "faces", "licence", "text boxes"] == [
        (said, "1", said or "unknown", "7")
    ]
    assert [row for head, row in found.items() if head[0].startswith("background: ")] == [
        [(said or "none given", "2")]
    ]
    assert orjson.loads(places.croissant.read_bytes())["name"] == words(text) or not words(text)


def hostile(made: Places, text: str) -> Told:
    """What is told of a dataset in which every name is `text`."""
    one = Spread(1.0, 2.0, 2.5, 4.0)
    names = ((text, 3),)
    seen = Statistics(
        samples=3,
        empty=1,
        levels=names,
        languages=names,
        scripts=names,
        backgrounds=names,
        sizes=names,
        effects=names,
        edits=names,
        faces=((-1, 2), (4, 7)),
        boxes=one,
        words=one,
        characters=None,
        clusters=one,
        size_px=None,
        contrast=one,
        standing=(),
    )
    recipe = {"name": text.encode("utf-8", "replace").decode(), "nested": [{"deep": "```\n---"}]}
    return Told(
        name=text,
        recipe=recipe,
        plan=Plan(3, 2, "f" * 64),
        totals=Totals(3, 1000, ((text, 1),), ()),
        types={"jpg": STRING, "json": STRING, "txt": STRING},
        statistics=seen,
        grounds=(Grounds(text, 3, ((text, 2),)),),
        shown=(Shown("000000-0000", text, text, "000000-0000.jpg"),),
        provenance=Provenance((), (FontCredit(4, text, text, text),)),
    )


@given(st.text(st.characters(), max_size=60))
def test_a_cell_shows_the_words_and_nothing_else(text: str) -> None:
    page = rendered(f"| a | b |\n|---|---|\n| {cell(text)} | x |\n")
    (row,) = tables(f"| a | b |\n|---|---|\n| {cell(text)} | x |\n")["a", "b"]
    assert row == (words(text), "x")
    assert set(re.findall(r"</?(\w+)", page)) <= {"table", "thead", "tbody", "tr", "th", "td"}
    heading = rendered(f"# {cell(text) or 'x'}\n\nend\n")
    assert text_of(heading).strip() == f"{words(text) or 'x'}\nend"


@given(st.text(max_size=80))
def test_yaml_keeps_every_string_on_one_line_and_as_it_is(text: str) -> None:
    value = {"a": text, "b": [{text: 1.0}, None, True]}
    spelled = yaml_of(value)
    assert yaml.safe_load(spelled) == value
    assert spelled.count("\n") in (5, 6)  # some keys are marked as such, on a line of their own
    assert "---\n" not in spelled


@given(st.text("`\na ", max_size=40))
def test_code_stays_within_its_fence(text: str) -> None:
    page = "\n".join([*fenced(text, "yaml"), "behind"])
    assert re.fullmatch(r"<pre><code.*</code></pre>\n<p>behind</p>\n", rendered(page), re.DOTALL)


def index_of(places: Places, rows: list[dict[str, object]]) -> None:
    places.index.parent.mkdir(parents=True)
    pq.write_table(table_of(rows), places.index, row_group_size=2)


def test_an_index_of_nulls_and_unknown_faces_is_counted_too(tmp_path: Path) -> None:
    places = Places.at(tmp_path)
    bare: dict[str, object] = {"key": "000000-0000", "shard": 0, "offset": 0, "size": 512}
    full = bare | {
        "boxes": 2,
        "text": "a b\nc\u3000d",
        "level": "word",
        "font_tokens": [-1, -1],
        "scripts": ["latin", None],
        "contrast_min": float("nan"),
        "size_px_min": 10.04,
        "size_px_max": 10.06,
        "background": "black",
    }
    index_of(places, [bare, bare | {"boxes": 0, "text": "", "font_tokens": []}, full])
    seen = count(places)
    assert (seen.samples, seen.empty) == (3, 1)
    assert seen.faces == ((-1, 2),)
    assert seen.scripts == (("latin", 1),)
    assert seen.words == Spread(4, 4, 4, 4)
    assert seen.characters == Spread(6, 6, 6, 6)
    assert seen.contrast is None
    assert seen.size_px is not None
    assert (seen.size_px.least, seen.size_px.most) == pytest.approx((10.0, 10.1))
    assert chosen(seen.standing) == [[], []]


def test_an_empty_index_is_no_fault(tmp_path: Path) -> None:
    places = Places.at(tmp_path)
    places.index.parent.mkdir()
    pq.write_table(SCHEMA.empty_table(), places.index)
    seen = count(places)
    assert (seen.samples, seen.levels, seen.boxes, seen.sizes) == (0, (), None, ())
    assert credited(places, seen.backgrounds) == ()


def test_at_most_64_samples_of_a_background_are_looked_at(
    recipe_of: Callable[..., Recipe], tmp_path: Path
) -> None:
    photos = {"kind": "photos", "package": "skimage", "folder": "data", "include": ["coffee.png"]}
    tiny = {"samples": 90, "shard": {"samples": 45}, "canvas": {"width": 64, "height": 32}}
    recipe = recipe_of(
        **tiny,
        levels={"word": 1},
        boxes={"count": 1, "size_px": [8, 12]},
        backgrounds=[{**photos, "license": "CC0-1.0", "share": 9}, {"kind": "black"}],
    )
    generate(recipe, tmp_path / "out", workers=0)
    places = Places.at(tmp_path / "out")
    seen = count(places)
    number = dict(seen.backgrounds)["photos"]
    assert number > 64
    assert credited(places, seen.backgrounds) == (
        Grounds("photos", number, (("CC0-1.0", 64),)),
        Grounds("black", 90 - number, ()),
    )
