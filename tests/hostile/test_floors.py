"""No library below its floor: what is installed, what is asked for, and what `doctor` says."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from glyphdata.review import health

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
FLOORS = {name: floor for name, floor, _ in (*health.FLOORS, *health.EXTRA_FLOORS)}


def asked_for(lines: list[str]) -> dict[str, str]:
    """Each library with the floor that is asked for."""
    found = (re.match(r"([a-z0-9-]+)(?:\[.*\])?>=([0-9.]+)", line) for line in lines)
    return {one[1]: one[2] for one in found if one}


def test_doctor_knows_the_floor_of_every_library_that_the_core_needs() -> None:
    assert asked_for(PROJECT["dependencies"]) == {name: floor for name, floor, _ in health.FLOORS}


@pytest.mark.parametrize("extra", ["pull", "caption", "models", "train", "view"])
def test_an_extra_asks_for_no_less_than_the_floor(extra: str) -> None:
    asked = asked_for(PROJECT["optional-dependencies"][extra])
    assert asked
    for name in asked.keys() & FLOORS.keys():
        assert health.versioned(name, asked[name], FLOORS[name], "").state == "ok", name


def test_nothing_that_is_installed_here_is_below_its_floor() -> None:
    found = {one.name: one for one in health.examined()}
    broken = {one.name: one.found for one in found.values() if one.state == "broken"}
    assert broken == {}
    assert found["FreeType in Pillow"].state == "ok"
    for name, _, _ in health.FLOORS:
        assert found[name].found == version(name)


@pytest.mark.parametrize(
    ("name", "installed", "state"),
    [
        ("torch", "2.5.1+cu124", "broken"),
        ("torch", "2.6.0", "ok"),
        ("jinja2", "3.1.5", "broken"),
        ("duckdb", "1.3.9", "worth knowing"),
        ("pillow", "12.3.0", "broken"),
        ("fonttools", "4.60.1", "broken"),
    ],
)
def test_an_old_library_is_told_with_its_way_out(
    name: str, installed: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "version", lambda asked: installed if asked == name else "9999")
    (found,) = (one for one in health.examined() if one.name == name)
    assert (found.state, found.found.startswith(installed)) == (state, True)
    assert (f"{name}>={FLOORS[name]}" in found.way_out) == (state != "ok")


def test_an_old_freetype_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import features

    monkeypatch.setattr(features, "version", lambda _: "2.13.3")
    (found,) = (one for one in health.examined() if one.name == "FreeType in Pillow")
    assert (found.state, found.found) == ("broken", "2.13.3, below 2.14.2")


def test_libraries_that_are_not_installed_and_not_needed_are_not_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    extras = {name for name, _, _ in health.EXTRA_FLOORS} | {"webdataset"}

    def missing(name: str) -> str:
        if name in extras:
            raise PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(health, "version", missing)
    assert extras.isdisjoint(one.name for one in health.examined())


@pytest.mark.parametrize(("said", "state"), [("1", "ok"), ("0", "worth knowing")])
def test_webdataset_is_called_secure_only_where_it_is(
    said: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WDS_SECURE", said)
    (found,) = (one for one in health.examined() if one.name == "webdataset")
    assert found.state == state
