"""The gate from YAML to a recipe: what passes, and every fault at once for what does not."""

from __future__ import annotations

import json
import pickle
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from glyphdata.errors import RecipeError
from glyphdata.parts.gallery import opened
from glyphdata.recipe import Recipe, load_recipe
from glyphdata.recipe.document import MAX_DEPTH, parse
from glyphdata.recipe.schema import schema
from glyphdata.registry import kind_of, kinds

ROOT = Path(__file__).parent.parent
SMALL = "name: small\nsamples: 10\ntexts: [{kind: words, language: en}]\n"

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def put(text: str) -> Path:
        path = tmp_path / "small.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return put


def faults(path: Path, *overrides: str) -> dict[str, str]:
    with pytest.raises(RecipeError) as caught:
        load_recipe(path, overrides)
    assert caught.value.exit_code == 3
    assert caught.value.trail == (str(path),)
    return dict(caught.value.faults)


# --- what passes ---------------------------------------------------------------------------------


def test_what_a_recipe_leaves_out_has_the_documented_default(write: Write) -> None:
    recipe = load_recipe(write(SMALL))
    assert (recipe.name, recipe.seed, recipe.samples, recipe.shard.samples) == (
        "small",
        0,
        10,
        1000,
    )
    assert (recipe.canvas.width, recipe.canvas.height) == (512, 512)
    assert dict(recipe.levels) == {"word": 0.3, "sentence": 0.5, "paragraph": 0.2}
    assert recipe.boxes.count == (1, 5)
    assert recipe.boxes.size_px == (14.0, 160.0)
    assert recipe.boxes.angle_deg == (0.0, 0.0)
    assert recipe.boxes.line_spacing == (1.0, 1.4)
    assert recipe.boxes.align == ("left", "center", "right")
    assert (recipe.faces.tokens, recipe.faces.ligatures, recipe.faces.scripts) == ("v1", False, ())
    assert (recipe.colors.palette, recipe.colors.names, recipe.colors.min_contrast) == (
        "css3",
        (),
        3,
    )
    assert recipe.resolved()["backgrounds"] == [{"kind": "black", "share": 1.0}]
    assert [kind_of("layouts", type(part)) for part in recipe.layouts] == ["scatter"]
    assert recipe.effects == ()
    image = recipe.outputs.image
    assert (image.format, image.quality, image.subsampling) == ("jpg", 92, "420")
    outputs = recipe.outputs
    assert (outputs.layout, outputs.mask, outputs.boxes, outputs.glyph) == (
        True,
        True,
        False,
        False,
    )
    assert outputs.mask_threshold == 0.25


def test_levels_that_are_not_named_are_not_drawn(write: Write) -> None:
    recipe = load_recipe(write(SMALL + "levels: {word: 1}\n"))
    assert dict(recipe.levels) == {"word": 1.0, "sentence": 0.0, "paragraph": 0.0}


def test_one_number_is_the_range_that_holds_it_alone(write: Write) -> None:
    recipe = load_recipe(write(SMALL + "boxes: {count: 3, angle_deg: 5, size_px: [20, 30.5]}\n"))
    assert recipe.boxes.count == (3, 3)
    assert recipe.boxes.angle_deg == (5.0, 5.0)
    assert recipe.boxes.size_px == (20.0, 30.5)


def test_subsampling_may_be_written_as_the_number_that_it_looks_like(write: Write) -> None:
    recipe = load_recipe(write(SMALL + "outputs: {image: {subsampling: 444}}\n"))
    assert recipe.outputs.image.subsampling == "444"


def test_relative_paths_start_at_the_folder_of_the_recipe(write: Write) -> None:
    path = write(SMALL)
    assert load_recipe(path).root == path.parent
    assert load_recipe(str(path)).root == path.parent


def test_a_recipe_is_frozen(write: Write) -> None:
    recipe = load_recipe(write(SMALL))
    with pytest.raises(ValueError, match="frozen"):
        recipe.samples = 11  # type: ignore[misc]


def test_a_recipe_survives_the_way_to_another_process(write: Write) -> None:
    recipe = load_recipe(write(SMALL))
    again = pickle.loads(pickle.dumps(recipe))
    assert again == recipe
    assert again.root == recipe.root
    assert again.fingerprint() == recipe.fingerprint()


SHIPPED = [  # the others are mixes
    path
    for path in sorted((ROOT / "recipes").glob("*.yaml"))
    if "\nsources:" not in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_every_shipped_recipe_passes_and_comes_back_from_its_resolved_form(path: Path) -> None:
    recipe = load_recipe(path)
    data = json.loads(json.dumps(recipe.resolved()))
    again = Recipe.from_resolved(data, recipe.root)
    assert again == recipe
    assert again.resolved() == recipe.resolved()


def test_the_quickstart_writes_every_label_for_three_hundred_samples() -> None:
    recipe = load_recipe(ROOT / "recipes" / "quickstart.yaml")
    outputs = recipe.outputs
    assert recipe.samples == 300
    assert (outputs.layout, outputs.mask, outputs.boxes, outputs.glyph) == (True, True, True, True)
    assert min(dict(recipe.levels).values()) > 0


# --- fingerprints --------------------------------------------------------------------------------


def test_the_order_of_keys_does_not_change_the_fingerprint(write: Write) -> None:
    one = load_recipe(write(SMALL + "canvas: {width: 640, height: 480}\nseed: 3\n"))
    other = load_recipe(
        write(
            "seed: 3\ntexts: [{language: en, kind: words}]\n"
            "canvas: {height: 480, width: 640}\nsamples: 10\nname: small\n"
        )
    )
    assert one.fingerprint() == other.fingerprint()
    assert len(one.fingerprint()) == 64


def test_a_default_that_is_written_out_does_not_change_the_fingerprint(write: Write) -> None:
    bare = load_recipe(write(SMALL)).fingerprint()
    full = load_recipe(write(SMALL + "boxes: {count: [1, 5]}\nbackgrounds: [{kind: black}]\n"))
    assert full.fingerprint() == bare


def test_a_longer_run_under_another_name_has_the_same_fingerprint(write: Write) -> None:
    path = write(SMALL)
    bare = load_recipe(path).fingerprint()
    assert load_recipe(path, ("samples=99", "name=other")).fingerprint() == bare


@pytest.mark.parametrize(
    "change",
    [
        "seed=1",
        "shard.samples=999",
        "canvas.width=513",
        "levels.word=0.31",
        "boxes.count=[1, 4]",
        "colors.names=[navy]",
        "texts.0.share=2",
        "texts.0.language=de",
        "backgrounds.0.kind=solid",
        "outputs.image.quality=91",
        "outputs.mask_threshold=0.3",
    ],
)
def test_whatever_changes_a_sample_changes_the_fingerprint(write: Write, change: str) -> None:
    path = write(SMALL + "levels: {word: 0.3, sentence: 0.5, paragraph: 0.2}\n")
    assert load_recipe(path, (change,)).fingerprint() != load_recipe(path).fingerprint()


# --- faults --------------------------------------------------------------------------------------


def test_all_faults_are_told_at_once_with_path_value_and_way_out(write: Write) -> None:
    told = faults(
        write(
            "name: x\nsamples: 0\nsampels: 3\nseed: -1\n"
            "boxes: {count: [5, 2], alig: [left], align: [middle]}\n"
            "outputs: {image: {format: jpeg}, mask: no}\n"
            "colors: {names: [crimsn, navy]}\n"
            "levels: {word: 0}\n"
            "texts:\n- {kind: words, langage: en}\n- {kind: wrods}\n- {language: en}\n"
            "backgrounds:\n- {kind: gradient, share: 0, colors: [ivoryy]}\n- black\n"
        )
    )
    assert told == {
        "samples": "must be at least 1; found 0",
        "sampels": "there is no such field (did you mean 'samples'?)",
        "seed": "must be at least 0; found -1",
        "boxes.count": "must be [low, high], the lower number first; found [5, 2]",
        "boxes.alig": "there is no such field (did you mean 'align'?)",
        "boxes.align.0": "cannot be the text 'middle' (one of center, left, right)",
        "outputs.image.format": "cannot be the text 'jpeg' (did you mean 'jpg'?)",
        "outputs.mask": "must be true or false; found the text 'no'",
        "colors.names.0": "no colour 'crimsn' in css3; did you mean 'crimson'?",
        "levels": "every share is 0; give word, sentence or paragraph a share above 0",
        "texts.0.langage": "there is no such field (did you mean 'language'?)",
        "texts.1.kind": "no texts of kind 'wrods' (did you mean 'words'?)",
        "texts.2.kind": f"is missing (one of {', '.join(kinds('texts'))})",
        "backgrounds.0.share": "must be above 0; found 0",
        "backgrounds.0.colors.0": (
            "'ivoryy' is no colour (use a CSS name such as crimson, or #rrggbb)"
        ),
        "backgrounds.1": "must be a mapping with a kind; found the text 'black'",
    }


def test_faults_stand_in_the_order_of_the_fields(write: Write) -> None:
    told = faults(write("samples: 0\nbackgrounds: []\ntexts: 3\n"))
    assert list(told) == ["name", "samples", "texts", "backgrounds"]


@pytest.mark.parametrize(
    ("text", "path", "fault"),
    [
        ("canvas: {width: 15}", "canvas.width", "must be at least 16; found 15"),
        ("canvas: {height: 8193}", "canvas.height", "must be at most 8192; found 8193"),
        ("canvas: {width: 512.5}", "canvas.width", "must be a whole number; found 512.5"),
        ("canvas: {width: '512'}", "canvas.width", "must be a whole number; found the text '512'"),
        ("canvas: 512", "canvas", "must be a mapping; found 512"),
        ("canvas:", "canvas", "must be a mapping; found nothing"),
        ("shard: {samples: 100001}", "shard.samples", "must be at most 100000; found 100001"),
        ("seed: 1_000", "seed", "must be a whole number; found the text '1_000'"),
        ("seed: 12:30:45", "seed", "must be a whole number; found the text '12:30:45'"),
        ("seed: true", "seed", "must be a whole number; found true"),
        ("boxes: {count: 51}", "boxes.count", "must be at most 50; found 51"),
        ("boxes: {count: [1]}", "boxes.count", "must have more entries"),
        (
            "boxes: {count: [1, 2, 3]}",
            "boxes.count",
            "must have at most 2 entries; found [1, 2, 3]",
        ),
        ("boxes: {angle_deg: [-181, 0]}", "boxes.angle_deg.0", "must be at least -180; found -181"),
        ("boxes: {align: []}", "boxes.align", "must have at least 1 entries; found []"),
        ("colors: {min_contrast: 22}", "colors.min_contrast", "must be at most 21; found 22"),
        ("faces: {ligatures: on}", "faces.ligatures", "must be true or false; found the text 'on'"),
        ("faces: {tokens: v3}", "faces.tokens", "cannot be the text 'v3' (one of v1, v2)"),
        ("levels: {word: -1}", "levels.word", "must be at least 0; found -1"),
        ("backgrounds: {kind: black}", "backgrounds", "must be a list of parts; found a mapping"),
        ("backgrounds: [{kind: 3}]", "backgrounds.0.kind", None),
        ("name: ''", "name", "must have at least 1 characters; found the text ''"),
    ],
)
def test_a_single_fault_is_told_exactly(
    write: Write, text: str, path: str, fault: str | None
) -> None:
    field = text.partition(":")[0]
    kept = "".join(
        line for line in SMALL.splitlines(keepends=True) if not line.startswith(f"{field}:")
    )
    told = faults(write(f"{kept}{text}\n"))
    assert list(told) == [path]
    if fault is not None:
        assert told[path] == fault


def test_more_shards_than_six_digits_can_number_are_refused(write: Write) -> None:
    told = faults(write(SMALL), "samples=1000001", "shard.samples=1")
    assert "raise shard.samples" in told["recipe"]


def test_a_file_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"none\.yaml: cannot be read: No such file"):
        load_recipe(tmp_path / "none.yaml")


def test_a_folder_is_no_recipe(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="cannot be read: Is a directory"):
        load_recipe(tmp_path)


@pytest.mark.parametrize(
    ("text", "found"), [("", "nothing"), ("- a", "a list of 1"), ("no", "the text 'no'")]
)
def test_a_recipe_is_a_mapping(write: Write, text: str, found: str) -> None:
    with pytest.raises(RecipeError, match=f"holds {found} where a recipe is a mapping"):
        load_recipe(write(text))


# --- overrides -----------------------------------------------------------------------------------


def test_overrides_set_values_through_the_same_gate(write: Write) -> None:
    recipe = load_recipe(
        write(SMALL),
        (
            "canvas.width=1024",
            "backgrounds.0.kind=solid",
            "texts.0.share=2",
            "boxes.count=[2, 3]",
            "outputs.image={format: png}",
            "name=no",
        ),
    )
    assert recipe.canvas.width == 1024
    assert type(recipe.backgrounds[0]).__name__ == "Solids"
    assert recipe.texts[0].share == 2.0
    assert recipe.boxes.count == (2, 3)
    assert recipe.outputs.image.format == "png"
    assert recipe.name == "no"


@pytest.mark.parametrize(
    ("text", "path", "fault"),
    [
        ("canvas.width", "canvas.width", "sets nothing; write KEY=VALUE"),
        ("=3", "=3", "sets nothing; write KEY=VALUE"),
        ("canvas..width=3", "canvas..width=3", "sets nothing; write KEY=VALUE"),
        ("samples.x=3", "samples.x", "leads nowhere: samples is 10, which has no 'x' inside"),
        ("texts.1.share=3", "texts.1.share", "leads nowhere: texts has 1 entries"),
        ("texts.-1.share=3", "texts.-1.share", "leads nowhere: texts has 1 entries"),
        ("texts.one=3", "texts.one", "leads nowhere: texts has 1 entries"),
        ("canvas.width=[", "canvas.width", "cannot be set: line 2, column 1: "),
        ("canvas.width=*a", "canvas.width", "cannot be set: line 1, column 1: uses the alias"),
        ("canvas.widht=3", "canvas.widht", "there is no such field (did you mean 'width'?)"),
        ("canva.width=3", "canva", "there is no such field (did you mean 'canvas'?)"),
    ],
)
def test_an_override_that_leads_nowhere_says_why(
    write: Write, text: str, path: str, fault: str
) -> None:
    told = faults(write(SMALL), text)
    assert list(told) == [path]
    assert told[path].startswith(fault)


# --- YAML ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("off", "off"),
        ("Yes", "Yes"),
        ("010", 10),
        ("0o17", 15),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2024-01-01", "2024-01-01"),
        ("true", True),
        ("~", None),
        ("", None),
        ("'true'", "true"),
        ("1e3", 1000.0),
        ("-.5", -0.5),
        ("+7", 7),
        ("<<", "<<"),
        ("=", "="),
        ("{no: 1}", {"no": 1}),
        ("{1: a}", {"1": "a"}),
        ("[a, [b, {c: d}]]", ["a", ["b", {"c": "d"}]]),
        ("|\n  12\n", "12\n"),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    read = parse(text.encode())
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: 1\na: 2", "line 2, column 1: the key 'a' stands here a second time"),
        ("a: 1\n'a': 2", "line 2, column 1: the key 'a' stands here a second time"),
        ("a: &x 1\nb: 2", "line 1, column 4: sets the anchor &x"),
        ("a: *x", "line 1, column 4: uses the alias *x"),
        ("a: !!python/object:os.system ls", "carries the tag tag:yaml.org,2002:python"),
        ("a: !thing 3", "carries the tag !thing"),
        ("a: !!str 3", "carries the tag tag:yaml.org,2002:str"),
        ("? [a]\n: 1", "a key is a list or a mapping"),
        ("a: .inf", ".inf is no finite number"),
        ("a: .NaN", ".NaN is no finite number"),
        ("a: 1e999", "is too large a number"),
        ("a: " + 400 * "9", "is too large a number"),
        ("a: 1\n---\nb: 2", "a second document starts here"),
        ("a: [1", "line 2, column 1: "),
        ("a: \x01", "is no YAML"),
    ],
)
def test_what_is_not_plain_data_is_refused_where_it_stands(text: str, fault: str) -> None:
    with pytest.raises(RecipeError) as caught:
        parse(text.encode())
    assert fault in str(caught.value)


def test_bytes_that_are_not_utf8_are_refused() -> None:
    with pytest.raises(RecipeError, match="is not UTF-8 at byte 3"):
        parse(b"a: \xff")


BOMBS = {
    "aliases": b"a: &a [x,x]\n"
    + b"".join(b"%c: &%c [*%c,*%c]\n" % (98 + n, 98 + n, 97 + n, 97 + n) for n in range(24)),
    "scalar": b"a: " + 10_000_000 * b"x",
    "lists": 10_000 * b"[",
    "mappings": b"".join(n * b" " + b"a:\n" for n in range(1000)),
    "closed lists": 10_000 * b"[" + 10_000 * b"]",
    "values": b"[" + 400_000 * b"1," + b"]",
    "keys": b"".join(b"k%d: 1\n" % n for n in range(90_000)),
    "quotes": b'a: "' + 400_000 * b"\\x41",
    "merge": b"<<: " + 5_000 * b"{<<: ",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_in_less_than_a_second(tmp_path: Path, bomb: str) -> None:
    path = tmp_path / "bomb.yaml"
    path.write_bytes(BOMBS[bomb])
    start = time.process_time()
    with pytest.raises(RecipeError):
        load_recipe(path)
    assert time.process_time() - start < 1.0


def test_the_deepest_list_that_is_read_is_as_deep_as_promised() -> None:
    assert parse(MAX_DEPTH * b"[" + MAX_DEPTH * b"]") is not None
    with pytest.raises(RecipeError, match=f"deeper than {MAX_DEPTH}"):
        parse((MAX_DEPTH + 1) * b"[" + (MAX_DEPTH + 1) * b"]")


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@`,?\n 01.e~\t", max_size=60))
def test_any_text_is_a_value_or_a_recipe_error(text: str) -> None:
    try:
        value = parse(text.encode())
    except RecipeError:
        return
    json.dumps(value, allow_nan=False)


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["words", "black", "scatter", "navy", "en", "", "v1", "jpg"]),
)
KEYS = st.sampled_from(
    [*Recipe.model_fields, "kind", "share", "count", "width", "image", "names", "language", "x"]
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4)
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(KEYS, VALUES, max_size=6))
def test_any_mapping_is_a_recipe_or_a_recipe_error(data: dict[str, Any]) -> None:
    base = {"name": "x", "samples": 3, "texts": [{"kind": "words"}]}
    try:
        recipe = Recipe.from_resolved(base | data, Path())
    except RecipeError as error:
        assert error.faults
        return
    assert Recipe.from_resolved(recipe.resolved(), Path()) == recipe


# --- parts with files ----------------------------------------------------------------------------


def test_parts_find_their_files_beside_the_recipe(write: Write) -> None:
    path = write(SMALL + "levels: {word: 1}\n")
    (path.parent / "slogans.txt").write_text("one\ntwo\n", encoding="utf-8")
    recipe = load_recipe(path, ("texts.0={kind: file, path: slogans.txt, level: word}",))
    assert recipe.ready().texts[0].levels() == ("word",)
    assert recipe.ready().root == path.parent


def test_every_missing_file_is_told_at_once(write: Write) -> None:
    path = write(
        SMALL.replace("{kind: words, language: en}", "{kind: file, path: none.txt}")
        + "backgrounds: [{kind: black}, {kind: photos, folder: nowhere/}]\n"
    )
    with pytest.raises(RecipeError) as caught:
        load_recipe(path).ready()
    assert [place for place, _ in caught.value.faults] == ["texts.0", "backgrounds.1"]


def test_a_level_that_no_text_source_gives_is_told(write: Write) -> None:
    path = write(SMALL + "levels: {paragraph: 1}\n")
    with pytest.raises(RecipeError) as caught:
        load_recipe(path).ready()
    assert caught.value.faults == (("levels.paragraph", "no text source gives a paragraph"),)


def test_a_fault_that_a_part_finds_when_it_is_made_is_told_with_its_place(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "foreign_wave.py").write_text(
        "from dataclasses import dataclass\n"
        "@dataclass(frozen=True, slots=True)\n"
        "class Waves:\n"
        "    '''Waves.'''\n"
        "    length_px: int\n"
        "    share: float = 1.0\n"
        "    _drawn: int = 0\n"
        "    def __post_init__(self):\n"
        "        if self.length_px % 2: raise ValueError('length_px must be even')\n"
        "    def ready(self, root): return self\n"
        "    def choose(self, rng, canvas): return Wave()\n"
        "@dataclass(frozen=True, slots=True)\n"
        "class Wave:\n"
        "    source = license = ''\n"
        "    def paint(self, canvas, out): out.fill(1)\n"
    )
    info = tmp_path / "foreign_wave-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign-wave\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[glyphdata.parts.backgrounds]\nwave = foreign_wave\n")
    monkeypatch.syspath_prepend(tmp_path)
    told = faults(
        write(
            SMALL + "backgrounds:\n- {kind: wave, length_px: 3}\n- {kind: wave}\n"
            "- {kind: wave, length_px: 2, _drawn: 1}\n- {kind: wave, length_px: 2.0}\n"
        )
    )
    assert told == {
        "backgrounds.0": "length_px must be even",
        "backgrounds.1.length_px": "is missing, and has no default",
        "backgrounds.2._drawn": "there is no such field (one of length_px, share)",
        "backgrounds.3.length_px": "must be a whole number; found 2.0",
    }
    recipe = load_recipe(write(SMALL + "backgrounds: [{kind: wave, length_px: 4}]\n"))
    assert recipe.resolved()["backgrounds"] == [{"kind": "wave", "length_px": 4, "share": 1.0}]
    assert replace(recipe.backgrounds[0], length_px=6).length_px == 6  # type: ignore[type-var]
    assert "wave" in json.dumps(schema())


# --- the schema ----------------------------------------------------------------------------------


def test_the_schema_on_disk_is_the_one_of_this_version() -> None:
    written = json.loads((ROOT / "recipes" / "recipe.schema.json").read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(schema())), (
        "glyphdata check --schema > recipes/recipe.schema.json"
    )


def test_the_schema_knows_every_field_and_every_kind() -> None:
    drawn = schema()
    assert set(drawn["properties"]) == set(Recipe.model_fields)
    assert drawn["additionalProperties"] is False
    assert drawn["required"] == ["name", "samples", "texts"]
    for room in ("texts", "backgrounds", "layouts", "effects"):
        for kind in kinds(room):
            part = drawn["$defs"][f"{room}.{kind}"]
            assert part["properties"]["kind"] == {"const": kind}
            assert part["additionalProperties"] is False
            assert "share" in part["properties"]


def test_every_reference_of_the_schema_is_defined() -> None:
    drawn = schema()
    text = json.dumps(drawn)
    for name in text.split('"#/$defs/')[1:]:
        assert name.partition('"')[0] in drawn["$defs"]


def test_what_a_recipe_draws_from_is_told_from_other_files(tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_text("one\ntwo\n")
    (tmp_path / "photos").mkdir()
    picture = tmp_path / "photos" / "a.png"
    Image.new("RGB", (40, 30), "navy").save(picture)
    recipe = Recipe.from_resolved(
        {
            "name": "t",
            "samples": 1,
            "texts": [{"kind": "file", "path": "lines.txt"}],
            "backgrounds": [{"kind": "photos", "folder": "photos"}],
        },
        tmp_path,
    )
    first = recipe.inputs()
    assert recipe.inputs() == first
    (tmp_path / "lines.txt").write_text("one\ntwx\n")
    second = recipe.inputs()
    assert second != first
    Image.new("RGB", (40, 30), "teal").save(tmp_path / "photos" / "b.png")
    opened.cache_clear()
    assert recipe.inputs() != second
    assert recipe.fingerprint() == Recipe.from_resolved(recipe.resolved(), tmp_path).fingerprint()
