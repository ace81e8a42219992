"""The page about trainers names every example, and every example says how it is run."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.trainers.conftest import EXAMPLES, ROOT
from tests.trainers.packages import ENERGON, LIGHTNING, OPEN_CLIP

PAGE = (ROOT / "docs" / "trainers.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.stem)
def test_an_example_is_named_and_says_its_command(path: Path) -> None:
    assert f"(examples/{path.name})" in PAGE
    head = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert f"python docs/examples/{path.name} OUT" in head
    assert re.search(r"prints|logs", head)


@pytest.mark.parametrize("package", [OPEN_CLIP[0], OPEN_CLIP[1], ENERGON[0], LIGHTNING[0]])
def test_the_versions_of_the_page_are_those_of_the_tests(package: str) -> None:
    assert package.replace("==", " ") in PAGE
