"""The reference pages are those of the code, and leave nothing out."""

from __future__ import annotations

import dataclasses
import re
import shlex

import pytest

import glyphdata
from docs.press.pages import ROOT
from docs.press.reference import commands
from docs.press.reference.kinds import other_rooms, own_kinds
from docs.press.reference.told import told
from docs.press.reference.typed import said, value
from docs.press.site import reference
from glyphdata.recipe import Recipe
from glyphdata.recipe.open import OPEN_ROOMS, field_names
from glyphdata.registry import load

MADE = reference()
RECIPES = MADE["docs/reference/recipes.md"]
KINDS = MADE["docs/reference/kinds.md"]
COMMANDS = MADE["docs/reference/commands.md"]
PYTHON = MADE["docs/reference/python.md"]


@pytest.mark.parametrize("path", MADE)
def test_the_page_that_is_kept_is_the_one_that_the_code_makes(path: str) -> None:
    kept = (ROOT / path).read_text(encoding="utf-8")
    assert kept == MADE[path], "run `python -m docs.press --reference` and commit what it writes"


def test_every_field_of_every_section_has_its_line_with_its_meaning() -> None:
    for name, field in Recipe.model_fields.items():
        inner = getattr(field.annotation, "model_fields", {})
        assert f"`{name}`" in RECIPES
        for key, deep in inner.items():
            more = getattr(deep.annotation, "model_fields", {})
            for path in [f"{name}.{key}.{one}" for one in more] or [f"{name}.{key}"]:
                line = next(one for one in RECIPES.splitlines() if one.startswith(f"| `{path}` |"))
                assert line.rstrip(" |").endswith("."), line


@pytest.mark.parametrize("room", [*OPEN_ROOMS, "edits", *other_rooms()])
def test_every_kind_has_its_docstring_its_example_and_its_fields(room: str) -> None:
    page = RECIPES if room in (*OPEN_ROOMS, "edits") else KINDS
    for kind in own_kinds(room):
        part = load(room, kind)
        words = told(part)
        assert words.summary in page
        if room == "checks":
            continue
        section = page.partition(f"### {room}: {kind}\n")[2].partition("\n##")[0]
        assert words.example in section
        assert words.prose in section
        for name in field_names(part):
            assert f"| `{name}` | " in section, f"{room}.{kind}.{name}"


def test_every_command_has_every_option() -> None:
    for name in commands.installed():
        section = f"\n{COMMANDS}".partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert section
        for one in _leaves(commands.command(name)):
            for param in one.params:
                if (
                    param.param_type_name == "option"
                    and not param.hidden
                    and "--help" not in param.opts
                ):
                    assert all(f"`{opt}" in section for opt in param.opts), (name, param.opts)


def test_every_example_of_a_command_is_one_that_it_takes() -> None:
    lines = [
        line
        for block in re.findall(r"```bash\n(.*?)```", COMMANDS, re.DOTALL)
        for line in re.split(r"\n| && ", block.strip())
    ]
    assert len(lines) > 30
    for line in lines:
        ours, name, *words = shlex.split(line, comments=True)
        assert ours == "glyphdata", line
        one = commands.command(name)
        while getattr(one, "commands", None) is not None:
            one = one.commands[words.pop(0)]
        one.make_context(name, words)


def _leaves(command: object) -> list[object]:
    inside = getattr(command, "commands", None)
    return (
        [command] if inside is None else [leaf for one in inside.values() for leaf in _leaves(one)]
    )


def test_every_public_name_has_its_signature_and_what_it_says() -> None:
    for name in glyphdata.__all__:
        section = PYTHON.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert f"{name}" in section.partition("```python\n")[2].partition("```")[0]
        assert told(getattr(glyphdata, name)).summary in section


def test_types_are_said_in_words() -> None:
    two = {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "number", "minimum": 0}}
    assert said(two, {}) == "[low, high], each a number, 0 or more"
    assert said({"anyOf": [{"type": "integer"}, two, {"type": "null"}]}, {}) == (
        "whole number, [low, high], each a number, 0 or more or null"
    )
    assert said({"$ref": "#/$defs/A"}, {"A": {"enum": ["x", 2]}}) == "`x` or `2`"
    assert said({"type": "number", "exclusiveMinimum": 0, "maximum": 1.0}, {}) == (
        "number, above 0, up to 1"
    )
    assert said({"type": "integer", "maximum": 2**63 - 1, "minimum": 0}, {}) == (
        "whole number, 0 to 2^63 − 1"
    )
    assert value({"a": [1.0, "x"], "b": None}) == "`{a: [1, x], b: null}`"
    assert value("") == '`""`'


def test_docstrings_come_apart_into_summary_example_and_prose() -> None:
    @dataclasses.dataclass
    class Mist:
        """Fog over
        the ground.

        Recipe: {kind: mist}

        It is
        wet.

        >>> 1 + 1  # doctest: +SKIP
        2
        """

    assert told(Mist) == (
        "Fog over the ground.", "{kind: mist}", "It is wet.\n\n```pycon\n>>> 1 + 1\n2\n```"
    )  # fmt: skip
