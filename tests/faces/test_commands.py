import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from glyphdata.cli import colors, fonts
from glyphdata.errors import GateFailed, InputError
from glyphdata.faces import Catalogue, load

Forge = Callable[..., Path]


def _asked(*words: str) -> object:
    result = CliRunner().invoke(fonts.app, [*words, "--json"], catch_exceptions=False)
    assert result.exit_code == 0
    return json.loads(result.stdout)


def test_list_has_a_row_per_face(catalogue: Catalogue) -> None:
    rows = _asked("list")
    assert isinstance(rows, list)
    assert [row["token"] for row in rows] == list(range(len(catalogue)))
    wanted = {"token", "family", "style", "category", "scripts", "license", "status"}
    assert all(wanted <= set(row) for row in rows)
    assert {row["status"] for row in rows} == {"active"}


def test_list_narrows_by_script_family_and_category() -> None:
    rows = _asked("list", "--script", "hebrew", "--category", "serif")
    assert isinstance(rows, list)
    assert {row["family"] for row in rows} == {"Frank Ruhl Libre"}
    assert len(_asked("list", "--family", "Anton")) == 1  # type: ignore[arg-type]


def test_which_names_the_faces_that_draw_a_text() -> None:
    rows = _asked("which", "สวัสดี")
    assert isinstance(rows, list)
    assert {row["family"] for row in rows} == {"Noto Sans Thai", "Sarabun"}


def test_which_says_what_no_face_draws() -> None:
    result = CliRunner().invoke(fonts.app, ["which", "a\U00013000"], catch_exceptions=False)
    assert "no face draws \U00013000" in result.stderr


def test_show_tells_all_and_draws_a_specimen(catalogue: Catalogue, tmp_path: Path) -> None:
    token = catalogue.tokens(catalogue.where(families=["Kalam"]))[0]
    picture = tmp_path / "specimen.png"
    record = _asked("show", str(token), "-o", str(picture))
    assert isinstance(record, dict)
    assert (record["id"], record["key"], record["status"]) == (token, "Kalam-Bold", "active")
    with Image.open(picture) as image:
        pixels = np.asarray(image)
    rows = (pixels < 128).any(axis=1)
    lines = int((np.diff(rows.astype(int)) == 1).sum())
    assert lines >= 3
    assert pixels[:20].min() == 255


def test_show_refuses_a_token_that_was_never_given() -> None:
    with pytest.raises(InputError, match="no <font-99999>"):
        CliRunner().invoke(fonts.app, ["show", "99999"], catch_exceptions=False)


def test_scan_reports_each_file(forge: Forge, tmp_path: Path) -> None:
    sound = forge("Sound")
    (tmp_path / "Broken.ttf").write_bytes(sound.read_bytes()[:99])
    broken, fine = _asked("scan", str(tmp_path))  # type: ignore[misc]
    assert (broken["fit"], broken["findings"][0]["code"]) == (False, "unreadable")
    assert fine == {"path": str(sound), "fit": True, "faces": ["Sound-Regular"], "findings": []}


def test_verify_passes_the_installed_files(catalogue: Catalogue) -> None:
    assert _asked("verify") == {"ok": True, "faces": len(catalogue), "findings": []}


def test_verify_fails_with_5_when_a_file_is_gone(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = catalogue.registry.read_bytes().splitlines(keepends=True)[:3]
    lines[1] = lines[1].replace(b"fontpkg_alfa_slab_one/files", b"fontpkg_gone/files")
    (tmp_path / "registry.jsonl").write_bytes(b"".join(lines))
    ranges = catalogue.registry.with_name("coverage.json").read_bytes()
    (tmp_path / "coverage.json").write_bytes(ranges)
    monkeypatch.setenv("GLYPHDATA_FONTS", str(tmp_path))
    with pytest.raises(GateFailed, match="1 faces are missing or changed") as caught:
        CliRunner().invoke(fonts.app, ["verify"], catch_exceptions=False)
    assert caught.value.exit_code == 5
    assert load()[1].key == "AlfaSlabOne-Regular"


def test_colors_list_and_nearest() -> None:
    listed = CliRunner().invoke(colors.app, ["list", "--json"], catch_exceptions=False)
    rows = json.loads(listed.stdout)
    assert [row["token"] for row in rows] == list(range(138))
    assert rows[0] == {"token": 0, "name": "white", "hex": "#ffffff"}
    near = CliRunner().invoke(colors.app, ["nearest", "#fe0101"], catch_exceptions=False)
    assert "> red #ff0000" in near.stdout
    with pytest.raises(InputError, match="is no colour"):
        CliRunner().invoke(colors.app, ["nearest", "blurple"], catch_exceptions=False)
