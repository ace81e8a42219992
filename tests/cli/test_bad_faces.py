"""Faces whose files are gone or changed: said at once, and nothing is made without them."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from glyphdata.faces import load
from glyphdata.shards.index import read_index
from glyphdata.shards.keys import Places
from tests.cli.conftest import Ask

FONTS = Path(__file__).parents[2] / "fonts"


def registry(folder: Path, family: str) -> tuple[Path, Path]:
    """A copy of the registry in which one family's file lies in a folder of its own."""
    shutil.copytree(FONTS, folder / "fonts")
    place = folder / "fonts/registry.jsonl"
    faces = [json.loads(line) for line in place.read_text("utf-8").splitlines()]
    catalogue = load()
    (folder / "files").mkdir()
    for token, face in enumerate(faces):
        if catalogue[token].family == family:
            found = catalogue.path(token)
            assert found is not None
            shutil.copy(found, folder / "files")
            face["source"]["member"] = f"gone/{found.name}"
    place.write_text("".join(json.dumps(face, ensure_ascii=False) + "\n" for face in faces))
    return folder / "fonts", folder / "files"


def test_a_face_whose_file_has_vanished(
    ask: Ask, make: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fonts, files = registry(tmp_path, "Anton")
    monkeypatch.setenv("GLYPHDATA_FONTS", str(fonts))
    (font,) = files.iterdir()
    font.unlink()
    words = ("-s", "faces.families=[Anton]")
    (fault,) = make("out", *words).faults()
    assert fault.startswith("faces: no installed face answers to it (pip install ")
    assert not (tmp_path / "out").exists()
    heard = make("out")
    assert heard.code == 0
    (said,) = heard.err.splitlines()
    assert re.match(r"not on this machine: 1 of \d+ registered faces \(`glyphdata fonts", said)
    told = ask("fonts", "verify")
    assert told.code == 5
    assert "Anton" in told.out


@pytest.mark.parametrize("workers", [0, 1])
def test_a_face_whose_file_has_changed_stops_the_run_and_costs_no_sample(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    fonts, files = registry(tmp_path, "Anton")
    monkeypatch.setenv("GLYPHDATA_FONTS", str(fonts))
    monkeypatch.setenv("GLYPHDATA_FONT_FILES", str(files))
    (font,) = files.iterdir()
    sound = font.read_bytes()
    spoilt = bytearray(sound)
    spoilt[len(sound) // 2] ^= 0xFF
    words = ("generate", "small.yaml", "out", "-w", workers, "-s", "faces.families=[Anton]")
    if workers:
        assert ask(*words, "--shards", "0..1").code == 0
    font.write_bytes(spoilt)
    said = ask(*words).fault()
    assert "Anton" in said
    assert f"{font} has changed since it was registered" in said
    assert "(reinstall fontpkg-anton" in said
    done = sorted(tmp_path.glob("out/data/*.tar"))
    assert len(done) == workers
    font.write_bytes(sound)
    told = ask(*words, "--json").document
    assert (told["samples"], told["quarantined"], told["lost_shards"]) == (4, [], [])
    assert ask("verify", "out").code == 0


def test_a_face_in_quarantine_is_named_and_leaves_with_four(
    ask: Ask, make: Ask, tmp_path: Path
) -> None:
    words = ("-s", "faces.categories=[serif]")
    assert make("out", *words).code == 0
    table = read_index(Places(tmp_path / "out"), ["font_tokens"])
    assert table is not None
    token = table["font_tokens"][3].as_py()[0]
    place = tmp_path / "out/.glyphdata/recipe.json"
    claim = json.loads(place.read_text())
    assert claim["quarantined_faces"] == []
    face = {"token": token, "key": "Bad", "reason": "worker-died", "message": "it crashed"}
    place.write_text(json.dumps(claim | {"quarantined_faces": [face]}))
    told = ask("status", "out", "--json").document
    assert (told["state"], told["missing"], told["quarantined_faces"]) == ("partial", [1], [face])
    heard = make("out", *words)
    assert heard.code == 4
    assert f"made without <font-{token}> Bad, worker-died: it crashed" in heard.out.splitlines()
    again = make("out", *words, "--json")
    assert (again.code, again.document["made"], again.document["samples"]) == (4, 0, 4)
    assert again.document["quarantined_faces"] == [face]
    lines = ask("status", "out").out.splitlines()
    assert lines[lines.index("faces that it does without:") + 3].split() == [
        f"<font-{token}>", "Bad", "worker-died", "it", "crashed",
    ]  # fmt: skip
    assert ask("verify", "out").code == 0
    assert make("out", *words, "--overwrite").code == 0


def test_no_registry_at_all(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLYPHDATA_FONTS", str(tmp_path / "nowhere"))
    (fault,) = ask("check", "small.yaml").faults()
    assert "no registry of fonts in" in fault
    assert "GLYPHDATA_FONTS" in fault
