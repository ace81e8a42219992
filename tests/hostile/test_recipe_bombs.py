"""Recipes and settings made to exhaust: rejected within a second and two hundred megabytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.measuring import measured

_NINE = "[" + ", ".join(["*a"] * 9) + "]"
BOMBS = {
    "laughs": "a0: &a [lol]\n" + "".join(f"a{n}: &a {_NINE}\n" for n in range(1, 30)),
    "alias of itself": "name: &a [*a]\n",
    "merge": "base: &b {samples: 3}\n<<: *b\n",
    "long scalar": "name: " + "x" * 10_000_000,
    "long block": "name: |\n" + "  xxxxxxxxx\n" * 900_000,
    "long number": "samples: " + "9" * 999_000,
    "deep flow": "[" * 10_000,
    "deep mappings": "{a: " * 10_000,
    "deep blocks": "".join(" " * at + "a:\n" for at in range(1200)),
    "deep dashes": "- " * 10_000 + "a",
    "same key": "name: a\n" * 100_000,
    "many keys": "".join(f"k{n}: 1\n" for n in range(100_000)),
    "many documents": "---\na: 1\n" * 50_000,
    "many parts": "texts:\n" + "- {kind: words}\n" * 30_000,
    "tags": "name: !!python/object/apply:os.mkdir [marker]\n",
    "wide comment": "#" * 10_000_000,
    "quotes": '"' * 999_999,
    "escapes": 'name: "' + "\\x41" * 240_000 + '"\n',
    "question marks": "? " * 20_000,
}

REJECTED = """
said = {}
for path in sorted(Path(sys.argv[1]).glob("*.yaml")):
    begun = time.process_time()
    try:
        load(path)
        said[path.stem] = "taken"
    except RecipeError:
        said[path.stem] = time.process_time() - begun
return said
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("recipes")
    for name, text in BOMBS.items():
        (place / f"{name}.yaml").write_text(text)
    return place


@pytest.mark.parametrize(
    ("what", "most"),
    [
        ("glyphdata.recipe import load_recipe", 200),
        ("glyphdata.train.loading import load_settings", 0),
    ],
)
def test_every_bomb_is_rejected_within_a_second_and_two_hundred_megabytes(
    what: str, most: int, folder: Path
) -> None:
    setup = (
        f"from pathlib import Path\nfrom glyphdata.errors import RecipeError\nfrom {what} as load"
    )
    found = measured(REJECTED, setup, folder)
    assert sorted(found.said) == sorted(BOMBS)
    slow = {name: told for name, told in found.said.items() if told == "taken" or told >= 1.0}
    assert slow == {}
    assert (found.peak if most else found.grown) < 200, found
    assert not (folder / "marker").exists()
