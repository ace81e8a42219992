"""`glyphdata encoder` as a user meets it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from glyphdata.train.layouts import LAYOUTS
from glyphdata.train.tokens import Table
from tests.cli.conftest import Ask
from tests.train.layouts.conftest import narrow


def test_an_encoder_goes_out_and_comes_back(ask: Ask, tmp_path: Path) -> None:
    narrow(Table.of("v2")).encoder.save(tmp_path / "RUN/encoder")
    told = ask("encoder", "export", "RUN", "out", "--layout", "comfyui", "--dtype", "fp16")
    assert (told.code, told.out) == (0, "byt5_small_glyphxl_fp16.safetensors\n")
    assert "d_model 32, not 1472" in told.err and "1 file of 16" in told.err
    back = ask("encoder", "import", "out/byt5_small_glyphxl_fp16.safetensors", "in", "--json")
    assert back.code == 0
    assert back.document["folder"] == "in" and "config.json" in back.document["files"]


def test_faults_are_one_line_and_code_3(ask: Ask, tmp_path: Path) -> None:
    assert "mean 'comfyui'" in ask("encoder", "export", "RUN", "out", "--layout", "comfy").fault()
    assert "no encoder in RUN" in ask("encoder", "export", "RUN", "out").fault()
    assert "is no file" in ask("encoder", "import", "nowhere", "in").fault()
    narrow(Table.of("v1")).encoder.save(tmp_path / "RUN/encoder")
    told = ask("encoder", "export", "RUN", "out", "--layout", "openclip").fault()
    assert "exactly 1510 rows" in told and "has 1034" in told


def test_layouts_are_listed_without_torch(ask: Ask) -> None:
    listed = ask("encoder", "layouts", "--json").document
    assert {one["layout"] for one in listed} == set(LAYOUTS)
    code = (
        "import sys; from glyphdata.cli import main\n"
        "try: main(['encoder', 'layouts'])\n"
        "except SystemExit: assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
