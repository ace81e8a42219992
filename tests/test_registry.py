"""The registry of kinds: found by looking, imported when asked for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from glyphdata.errors import InputError
from glyphdata.parts import Background, Layout, TextSource
from glyphdata.registry import ROOMS, kind_of, kinds, load, nearest, outcome, summary

FOG = '''
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fogs:
    """Fog of one thickness.

    Recipe: {kind: fog}
    """

    share: float = 1.0

    def ready(self, root):
        return self

    def choose(self, rng, canvas):
        return Fog(0.5)


@dataclass(frozen=True, slots=True)
class Fog:
    thickness: float
    source = ""
    license = ""

    def paint(self, canvas, out):
        out.fill(round(255 * self.thickness))
'''

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a package of another maker on the import path, with its entry points."""

    def put(module: str, source: str, room: str, kind: str) -> None:
        (tmp_path / f"{module}.py").write_text(source)
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[glyphdata.parts.{room}]\n{kind} = {module}\n")
        monkeypatch.syspath_prepend(tmp_path)

    return put


def test_every_kind_of_every_room_has_its_classes_and_a_summary() -> None:
    for room in ROOMS:
        for kind in kinds(room):
            part = load(room, kind)
            assert kind_of(room, part) == kind
            line = summary(room, kind)
            assert line.endswith(".")
            assert line == (part.__doc__ or "").partition("\n")[0]


@pytest.mark.parametrize(
    ("room", "contract"),
    [("texts", TextSource), ("backgrounds", Background), ("layouts", Layout)],
)
def test_what_is_loaded_keeps_the_contract_of_its_room(room: str, contract: type) -> None:
    deeds = {name for name in dir(contract) if not name.startswith("_")} - {"share"}
    assert deeds
    for kind in kinds(room):
        assert deeds <= set(dir(load(room, kind)))


def test_the_singular_of_a_background_is_what_it_paints_with() -> None:
    assert outcome("backgrounds", "black").__name__ == "Black"
    assert load("backgrounds", "black").__name__ == "Blacks"
    assert kind_of("backgrounds", outcome("backgrounds", "black")) == "black"


def test_texts_have_no_outcome_of_their_own() -> None:
    with pytest.raises(InputError, match="no outcome"):
        outcome("texts", "words")


def test_a_misspelt_kind_is_told_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        load("backgrounds", "gradiant")
    assert str(caught.value) == "no backgrounds of kind 'gradiant' (did you mean 'gradient'?)"


def test_a_misspelt_room_is_told_the_nearest() -> None:
    with pytest.raises(InputError, match=r"no room 'background' \(did you mean 'backgrounds'\?\)"):
        kinds("background")


def test_a_word_unlike_all_others_is_told_all_of_them() -> None:
    assert nearest("zzz", ("two", "one")) == "one of one, two"
    assert nearest("zzz", ()) == "there are none"


def test_a_stranger_has_no_kind() -> None:
    with pytest.raises(InputError, match=r"pathlib\.Path is none of the backgrounds"):
        kind_of("backgrounds", Path)


def test_a_foreign_kind_stands_among_our_own(install: Install) -> None:
    install("foreign_fog", FOG, "backgrounds", "fog")
    assert "fog" in kinds("backgrounds")
    assert "black" in kinds("backgrounds")
    assert load("backgrounds", "fog").__name__ == "Fogs"
    assert outcome("backgrounds", "fog")(0.5).thickness == 0.5
    assert kind_of("backgrounds", load("backgrounds", "fog")) == "fog"
    assert summary("backgrounds", "fog") == "Fog of one thickness."


def test_a_foreign_kind_may_not_take_one_of_our_names(install: Install) -> None:
    install("foreign_black", FOG, "backgrounds", "black")
    with pytest.raises(InputError, match="foreign_black both call themselves 'black'"):
        kinds("backgrounds")


def test_a_file_without_a_range_is_refused(install: Install) -> None:
    install("foreign_empty", "X = 1\n", "backgrounds", "empty")
    with pytest.raises(InputError, match="foreign_empty: holds 0 public dataclasses"):
        load("backgrounds", "empty")


def test_a_file_with_two_ranges_is_refused(install: Install) -> None:
    twice = (
        FOG.replace("Fogs", "Mists")
        + FOG.partition("@dataclass")[1]
        + FOG.partition("@dataclass")[2].partition("@dataclass")[0]
    )
    install("foreign_twice", twice, "backgrounds", "twice")
    with pytest.raises(InputError, match="holds 2 public dataclasses with a method choose"):
        load("backgrounds", "twice")


def test_listing_kinds_with_their_summaries_imports_none_of_them() -> None:
    script = (
        "import sys; from glyphdata.registry import ROOMS, kinds, summary\n"
        "lines = [summary(room, kind) for room in ROOMS for kind in kinds(room)]\n"
        "assert len(lines) >= 6 and all(lines)\n"
        "print([m for m in sys.modules if m.count('.') > 2 and m.startswith('glyphdata.parts.')])\n"
        "print([m for m in ('numpy', 'cv2', 'pydantic', 'torch') if m in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    kinds_imported, heavy = done.stdout.splitlines()
    assert kinds_imported == "[]"
    assert "cv2" not in heavy
    assert "torch" not in heavy
