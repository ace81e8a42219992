"""Real faces for the tests of this room, opened once."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.machinery import ExtensionFileLoader
from importlib.metadata import distribution, entry_points
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest
import uharfbuzz as hb

from glyphdata.faces.outlines import Outlines
from glyphdata.scene.color import palette
from glyphdata.scene.geometry import Homography
from glyphdata.scene.scene import Align, Direction, FaceRef, TextBox
from glyphdata.typeset import Fit, Shaped, shape, twin
from glyphdata.typeset.setting import compiled


@dataclass(frozen=True)
class PlainFace:
    """An opened font file as shaping wants it, with the metrics the file states."""

    font: hb.Font
    upem: int
    token: int
    ascent_em: float
    descent_em: float


@cache
def _files() -> dict[str, Path]:
    files: dict[str, Path] = {}
    for point in entry_points(group="fontpkg.family"):
        package = point.value.partition(":")[0].partition(".")[0]
        found = sorted(
            Path(str(point.dist.locate_file(file)))
            for file in point.dist.files or ()
            if str(file).endswith(".ttf") and str(file).startswith(package)
        )
        files[package.removeprefix("fontpkg_")] = found[0]
    cjk = distribution("noto-cjk-sans-otc")
    files["cjk"] = next(
        Path(str(cjk.locate_file(file)))
        for file in cjk.files or ()
        if file.suffix in (".ttc", ".otc")
    )
    return files


@cache
def _open(name: str, index: int) -> PlainFace:
    face = hb.Face(hb.Blob.from_file_path(str(_files()[name])), index)
    font = hb.Font(face)
    extents = font.get_font_extents("ltr")
    token = 16 * sorted(_files()).index(name) + index
    return PlainFace(
        font, face.upem, token, extents.ascender / face.upem, -extents.descender / face.upem
    )


@cache
def _outlines() -> Outlines:
    return Outlines()


@pytest.fixture(scope="session")
def fast(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The installed module, or one built here where there is a compiler."""
    found = compiled()
    if found is not None:
        return found
    compiler = shutil.which("cc") or shutil.which("gcc")
    assert compiler, "install a C compiler to run this test"
    source = Path(twin.__file__).with_name("_setting.c")
    built = tmp_path_factory.mktemp("built") / "_setting.abi3.so"
    flags = ["-O3", "-ffp-contract=off", "-std=c99", "-fPIC", "-shared"]
    flags += ["-DPy_LIMITED_API=0x030B0000", f"-I{sysconfig.get_paths()['include']}"]
    flags += ["-undefined", "dynamic_lookup"] if sys.platform == "darwin" else []
    subprocess.run([compiler, *flags, str(source), "-o", str(built)], check=True)
    loader = ExtensionFileLoader("_setting", str(built))
    spec = spec_from_loader("_setting", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


OpenNamed = Callable[..., PlainFace]


@pytest.fixture(scope="session")
def open_face() -> OpenNamed:
    return lambda name="roboto", index=0: _open(name, index)


@pytest.fixture(scope="session")
def face_names() -> list[str]:
    return sorted(_files())


@pytest.fixture(scope="session")
def outlines() -> Outlines:
    return _outlines()


Setter = Callable[..., Shaped]


@pytest.fixture(scope="session")
def shaped_in() -> Setter:
    """Shape a text in a named face: `shaped_in("amiri", text, "ar", "rtl")`."""

    def run(
        name: str,
        text: str,
        language: str = "en",
        direction: Direction = "ltr",
        ligatures: bool = False,
        index: int = 0,
    ) -> Shaped:
        return shape(
            text,
            _open(name, index),
            _outlines(),
            language=language,
            direction=direction,
            ligatures=ligatures,
        )

    return run


@pytest.fixture(scope="session")
def box_of() -> Callable[..., TextBox]:
    """A text box with the lines and size of a fit."""

    def run(shaped: Shaped, fitted: Fit, align: Align = "left", spacing: float = 1.0) -> TextBox:
        return TextBox(
            id=0,
            level="sentence",
            text=shaped.text,
            source_text=shaped.text,
            language=shaped.wanted.language,
            script="latin",
            direction=shaped.wanted.direction,
            face=FaceRef(shaped.wanted.face.token, "", ""),
            ink=palette().inks[0],
            size_px=fitted.size_px,
            align=align,
            angle_deg=0.0,
            width_px=fitted.width_px,
            height_px=fitted.height_px,
            place=Homography.placed(0.0, 0.0),
            line_ends=fitted.line_ends,
            line_spacing=spacing,
        )

    return run
