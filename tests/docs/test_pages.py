"""What the docs say is there: every command, field and kind, and every example passes the gate."""

import re
from pathlib import Path

import pytest
import yaml

from glyphdata.cli import COMMANDS
from glyphdata.recipe import Recipe, load_recipe
from glyphdata.registry import kinds

ROOT = Path(__file__).parents[2]
RECIPES = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
ON_DISK = [  # the others are mixes, which tests/convert/mixing reads
    path
    for path in sorted((ROOT / "recipes").glob("*.yaml"))
    if "\nsources:" not in path.read_text(encoding="utf-8")
]
EXAMPLES = re.findall(r"`(\{kind: .*?\})`", RECIPES)


@pytest.mark.parametrize("room", ["texts", "backgrounds", "layouts"])
def test_every_kind_has_an_example(room: str) -> None:
    shown = {yaml.safe_load(example)["kind"] for example in EXAMPLES}
    assert set(kinds(room)) <= shown


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_passes_the_gate(example: str) -> None:
    kind = yaml.safe_load(example)["kind"]
    room = next(room for room in ("texts", "backgrounds", "layouts") if kind in kinds(room))
    recipe = {"name": "t", "samples": 1, "texts": [{"kind": "numbers"}]}
    recipe[room] = [yaml.safe_load(example)]
    assert Recipe.from_resolved(recipe, ROOT).name == "t"


def test_every_field_is_described() -> None:
    for name, field in Recipe.model_fields.items():
        inner = getattr(field.annotation, "model_fields", {})
        for path in [f"{name}.{key}" for key in inner] or [name]:
            last = path.rpartition(".")[2]
            said = (f"`{path}`", f"`.{last}`", f"`{path}.")
            assert any(one in RECIPES for one in said), path


def test_every_command_is_in_the_readme_or_the_docs() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "fonts/README.md"]
    said = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    for command in COMMANDS:
        assert f"glyphdata {command}" in said, command


@pytest.mark.parametrize("path", ON_DISK, ids=lambda p: p.stem)
def test_every_recipe_on_disk_is_sound_and_opens_with_its_purpose(path: Path) -> None:
    assert load_recipe(path).samples > 0
    head = path.read_text(encoding="utf-8").split("\nname:")[0]
    assert "glyphdata generate" in head
