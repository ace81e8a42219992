"""What lies behind the text: every kind keeps one contract, photographs survive real folders."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydantic import TypeAdapter, ValidationError

from glyphdata.errors import InputError, OutputError, Rejection
from glyphdata.parts import Background
from glyphdata.parts.backgrounds.gradient import Gradient
from glyphdata.parts.backgrounds.noise import Noise
from glyphdata.parts.backgrounds.paper import Paper
from glyphdata.parts.backgrounds.photos import Photo, Photos
from glyphdata.parts.backgrounds.solid import Solid, Solids
from glyphdata.parts.codec import decode, encode
from glyphdata.parts.gallery import cache_folder
from glyphdata.parts.ramp import grain, piece, ramp
from glyphdata.recipe import load_recipe
from glyphdata.registry import kinds, load
from glyphdata.scene.color import Color
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Backdrop, Canvas, Scene

KINDS = kinds("backgrounds")
CANVAS = Canvas(96, 64)
Pixels = NDArray[np.uint8]


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("GLYPHDATA_CACHE", str(place))
    return place / "photos"


def texture(width: int, height: int, seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "photos"
    place.mkdir()
    for number, size in enumerate(((200, 120), (120, 200), (40, 30))):
        Image.fromarray(texture(*size, number)).save(place / f"{number}.png")
    return place


def ranged(kind: str, folder: Path, **fields: object) -> Background:
    fields |= {"folder": str(folder)} if kind == "photos" else {}
    made: Background = TypeAdapter[Any](load("backgrounds", kind)).validate_python(fields)
    return made.ready(folder)


def painted(backdrop: Backdrop, canvas: Canvas = CANVAS, fill: int = 0) -> Pixels:
    out = np.full((canvas.height, canvas.width, 3), fill, np.uint8)
    backdrop.paint(canvas, out)
    return out


def scene_on(backdrop: Backdrop) -> Scene:
    return Scene(7, 1, 0, CANVAS, "word", "en", backdrop, ())


# ------------------------------------------------------------------ every kind


def test_the_kinds_that_the_recipe_promises_are_there() -> None:
    assert {"black", "solid", "gradient", "noise", "paper", "photos"} <= set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_stream_chooses_the_same(kind: str, folder: Path) -> None:
    part = ranged(kind, folder)
    first = [part.choose(Rng.of(1, index), CANVAS) for index in range(20)]
    assert first == [part.choose(Rng.of(1, index), CANVAS) for index in range(20)]
    assert kind == "black" or len(set(map(repr, first))) > 5


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_chosen_survives_json_and_paints_the_same(kind: str, folder: Path) -> None:
    part = ranged(kind, folder)
    for index in range(8):
        scene = scene_on(part.choose(Rng.of(2, index), CANVAS))
        again = decode(encode(scene))
        assert again == scene
        assert np.array_equal(painted(again.background), painted(scene.background))


@pytest.mark.parametrize("kind", KINDS)
def test_painting_fills_every_pixel(kind: str, folder: Path) -> None:
    part = ranged(kind, folder)
    for canvas in (CANVAS, Canvas(1, 1), Canvas(17, 200), Canvas(1300, 3)):
        for index in range(3):
            backdrop = part.choose(Rng.of(3, index), canvas)
            assert np.array_equal(painted(backdrop, canvas, 0), painted(backdrop, canvas, 255))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_touches_the_global_random_numbers(kind: str, folder: Path) -> None:
    random.seed(5)
    legacy = np.random.get_state()[1].copy()  # type: ignore[index, union-attr] # noqa: NPY002
    before = random.getstate()
    painted(ranged(kind, folder).choose(Rng.of(4, 0), CANVAS))
    assert random.getstate() == before
    assert np.array_equal(np.random.get_state()[1], legacy)  # type: ignore[index] # noqa: NPY002


@pytest.mark.parametrize("kind", KINDS)
def test_each_tells_its_source_and_licence_as_text(kind: str, folder: Path) -> None:
    backdrop = ranged(kind, folder).choose(Rng.of(5, 0), CANVAS)
    assert isinstance(backdrop.source, str)
    assert isinstance(backdrop.license, str)
    assert bool(backdrop.source) == (kind == "photos")


@pytest.mark.parametrize("kind", KINDS)
def test_the_recipe_line_of_its_help_is_sound(kind: str, tmp_path: Path) -> None:
    doc = load("backgrounds", kind).__doc__ or ""
    (line,) = (line for line in doc.splitlines() if line.strip().startswith("Recipe:"))
    recipe = tmp_path / "recipe.yaml"
    entry = line.partition("Recipe:")[2]
    recipe.write_text(
        f"name: t\nsamples: 1\ntexts: [{{kind: charset}}]\nbackgrounds:\n  -{entry}\n"
    )
    assert type(load_recipe(recipe).backgrounds[0]) is load("backgrounds", kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0, -1, float("nan")])
def test_a_share_is_above_zero(kind: str, share: float) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter[Any](load("backgrounds", kind)).validate_python({"share": share})


# ------------------------------------------------------------------ made by rule


def test_colours_are_written_as_names_or_digits() -> None:
    solids = TypeAdapter(Solids).validate_python({"colors": ["ivory", "#102030", "#fff"]})
    assert solids.colors == (Color(255, 255, 240), Color(16, 32, 48), Color(255, 255, 255))
    assert TypeAdapter(Solids).dump_python(solids)["colors"] == ("#fffff0", "#102030", "#ffffff")


@pytest.mark.parametrize("color", ["ivroy", "#12345", 7, [1, 2], [1, 2, 256], [True, 0, 0], None])
def test_what_is_no_colour_is_refused(color: object) -> None:
    with pytest.raises(ValidationError, match="is no colour"):
        TypeAdapter(Solids).validate_python({"colors": [color]})


def test_a_solid_is_one_colour() -> None:
    assert (painted(Solid(Color(1, 2, 3))) == (1, 2, 3)).all()


def test_a_linear_gradient_runs_from_its_first_colour_to_its_last() -> None:
    across = painted(Gradient("linear", (Color(0, 0, 0), Color(200, 100, 50)), 0.0, (0.5, 0.5)))
    assert across[0, 0].tolist() == [0, 0, 0]
    assert across[0, -1].tolist() == [200, 100, 50]
    assert (across == across[0]).all()
    assert (np.diff(across[0].astype(int), axis=0) >= 0).all()
    up = painted(Gradient("linear", (Color(0, 0, 0), Color(200, 100, 50)), 270.0, (0.5, 0.5)))
    assert up[-1, 0].tolist() == [0, 0, 0]
    assert up[0, 0].tolist() == [200, 100, 50]


@pytest.mark.parametrize("angle", [0, 17, 45, 90, 135, 180, 200, 270, 301, 360])
def test_a_gradient_never_wraps_round(angle: float) -> None:
    ends = (Color(0, 0, 0), Color(255, 255, 255))
    out = painted(Gradient("linear", ends, float(angle), (0.5, 0.5)), Canvas(511, 257)).astype(int)
    for axis in (0, 1):
        steps = np.diff(out[:, :, 0], axis=axis)
        assert np.abs(steps).max() <= 2
        assert (steps >= 0).all() or (steps <= 0).all()
    assert (out.min(), out.max()) == (0, 255)


def test_a_radial_gradient_ends_at_the_farthest_corner() -> None:
    out = painted(Gradient("radial", (Color(9, 9, 9), Color(250, 0, 0)), 0.0, (0.0, 0.0)))
    assert out[0, 0].tolist() == [9, 9, 9]
    assert out[-1, -1].tolist() == [250, 0, 0]


def test_a_ramp_of_three_colours_passes_the_middle_one() -> None:
    table = ramp([Color(0, 0, 0), Color(100, 200, 50), Color(255, 255, 255)])[:, 0]
    assert table[[0, 255]].tolist() == [[0, 0, 0], [255, 255, 255]]
    assert np.abs(table[127:129].astype(int) - (100, 200, 50)).max() <= 1


def test_noise_reaches_from_one_colour_to_the_other_and_no_further() -> None:
    out = painted(Noise((Color(10, 0, 90), Color(60, 0, 20)), 40.0, 12345), Canvas(256, 256))
    assert 10 <= out[..., 0].min() <= 13
    assert 57 <= out[..., 0].max() <= 60
    assert (out[..., 1] == 0).all()
    assert not np.array_equal(out, painted(Noise((Color(10, 0, 90), Color(60, 0, 20)), 40.0, 1)))


def test_noise_and_paper_are_these_bytes_for_ever() -> None:
    def digest(backdrop: Backdrop) -> str:
        return hashlib.sha256(painted(backdrop, Canvas(300, 200)).tobytes()).hexdigest()[:16]

    assert digest(Noise((Color(0, 0, 0), Color(255, 255, 255)), 64.0, 7)) == NOISE
    assert digest(Paper(Color(240, 230, 210), 0.2, (1000, 900), (40, -40))) == PAPER


NOISE, PAPER = "746fd29b84634991", "46cd788424a6e410"


def test_paper_keeps_to_its_tint_without_wrapping() -> None:
    tint = Color(240, 230, 210)
    for light in ((40, 40), (-40, -40), (40, -40)):
        out = painted(Paper(tint, 0.2, (0, 0), light), Canvas(512, 512)).astype(int)
        assert np.abs(out.mean(axis=(0, 1)) - tint).max() < 30
        assert np.abs(np.diff(out, axis=0)).max() < 40


def test_a_piece_of_grain_goes_round_its_edges() -> None:
    tile = grain()
    wide = piece(1000, 1020, 1100, 10)
    assert wide.shape == (10, 1100)
    assert np.array_equal(wide[:, :24], np.vstack((tile[1020:, 1000:], tile[:6, 1000:])))
    assert np.array_equal(wide[:, 24:1048], np.vstack((tile[1020:], tile[:6])))


# ------------------------------------------------------------------ photographs


def photos(folder: Path, **fields: Any) -> Photos:
    return Photos(folder=str(folder), **fields).ready(folder)


def only(folder: Path, save: Callable[[Path], None], name: str = "one.png") -> Pixels:
    """The one photograph of an emptied folder, painted at zoom 1, unflipped."""
    shutil.rmtree(folder)
    folder.mkdir()
    save(folder / name)
    part = photos(folder, zoom=(1.0, 1.0), flip=0.0)
    return painted(part.choose(Rng.of(0, 0), CANVAS))


def test_a_crop_at_full_size_is_the_photographs_own_pixels(folder: Path) -> None:
    whole = texture(CANVAS.width, CANVAS.height, 9)
    assert np.array_equal(only(folder, Image.fromarray(whole).save), whole)
    part = photos(folder, zoom=(1.0, 1.0), flip=1.0)
    assert np.array_equal(painted(part.choose(Rng.of(0, 0), CANVAS)), whole[:, ::-1])


def test_the_crop_moves_over_the_whole_photograph(folder: Path) -> None:
    only(folder, Image.fromarray(texture(CANVAS.width + 3, CANVAS.height)).save)
    part = photos(folder, zoom=(1.0, 1.0), flip=0.0)
    seen = {painted(part.choose(Rng.of(0, i), CANVAS)).tobytes() for i in range(60)}
    assert len(seen) == 4


def test_zooms_come_in_steps_and_show_less(folder: Path) -> None:
    part = photos(folder, zoom=(1.0, 1.5))
    chosen = [part.choose(Rng.of(0, index), CANVAS) for index in range(60)]
    assert {one.zoom for one in chosen} == {1.0, 1.25, 1.5}
    assert {one.name for one in chosen} == {"0.png", "1.png", "2.png"}
    assert 15 < sum(one.flipped for one in chosen) < 45


def test_a_photograph_smaller_than_the_canvas_covers_it(folder: Path) -> None:
    out = only(folder, Image.new("RGB", (7, 5), (200, 100, 50)).save)
    assert (out == (200, 100, 50)).all()


def test_a_photograph_on_its_side_is_stood_up(folder: Path) -> None:
    lying = Image.new("RGB", (CANVAS.height, CANVAS.width), (255, 255, 255))
    lying.paste((255, 0, 0), (0, 0, CANVAS.height, CANVAS.width // 2))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise: the upper half comes to stand right
    out = only(folder, lambda path: lying.save(path, exif=exif, quality=95), "one.jpg")
    assert out[:, 10].mean(axis=0)[1] > 250
    assert out[:, -10].mean(axis=0)[1] < 10


def test_transparent_parts_lie_on_mid_grey(folder: Path) -> None:
    clear = Image.new("RGBA", (CANVAS.width, CANVAS.height), (255, 0, 0, 0))
    clear.paste((255, 0, 0, 255), (0, 0, 48, 64))
    out = only(folder, clear.save)
    assert (out[:, :48] == (255, 0, 0)).all()
    assert (out[:, 48:] == 128).all()


@pytest.mark.parametrize(
    ("mode", "value", "expected"),
    [
        ("L", 77, (77, 77, 77)),
        ("1", 1, (255, 255, 255)),
        ("LA", (77, 255), (77, 77, 77)),
        ("P", 0, (0, 0, 0)),
        ("I;16", 0x4D12, (77, 77, 77)),
    ],
)
def test_grey_and_deep_photographs_become_rgb(
    folder: Path, mode: str, value: Any, expected: tuple[int, int, int]
) -> None:
    size = (CANVAS.width, CANVAS.height)
    if mode == "I;16":
        image = Image.fromarray(np.full(size[::-1], value, np.uint16))
    else:
        image = Image.new(mode, size, value)
        if mode == "P":
            image.putpalette(bytes(768))
    assert (only(folder, image.save) == expected).all()


@pytest.mark.parametrize("suffix", ["jpg", "webp"])
def test_other_formats_are_read(folder: Path, suffix: str) -> None:
    out = only(folder, Image.new("RGB", (300, 300), (200, 100, 50)).save, f"one.{suffix}")
    assert np.abs(out.astype(int) - (200, 100, 50)).max() <= 6


def test_a_cmyk_jpeg_is_read(folder: Path) -> None:
    out = only(folder, Image.new("CMYK", (300, 300), (0, 255, 255, 0)).save, "one.jpg")
    assert out[..., 0].min() > 200
    assert out[..., 1:].max() < 60


def png_claiming(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1 << 20), 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def cut_jpeg() -> bytes:
    import io

    out = io.BytesIO()
    Image.fromarray(texture(300, 300)).save(out, "JPEG")
    return out.getvalue()[: len(out.getvalue()) // 2]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.png", b""),
        ("garbage.jpg", b"\xff\xd8\xff\xe0" + bytes(range(256)) * 9),
        ("cut.jpg", cut_jpeg()),
        ("text.webp", b"RIFF\x00\x00\x00\x00WEBPnothing"),
        ("gif.png", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
        ("over-our-cap.png", png_claiming(9400, 9000)),
        ("over-the-warning.png", png_claiming(10000, 10000)),
        ("over-the-error.png", png_claiming(30000, 30000)),
        ("cut.png", png_claiming(2000, 2000)),
        ("thread.png", png_claiming(200000, 1)),
    ],
)
def test_a_broken_or_huge_photograph_is_a_rejection(folder: Path, name: str, data: bytes) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / name).write_bytes(data)
    part = photos(folder)
    for _ in range(2):  # the second time it is remembered
        with pytest.raises(Rejection, match=name) as fault:
            part.choose(Rng.of(0, 0), CANVAS)
        assert fault.value.reason == "photo-unreadable"


def test_a_folder_without_photographs_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no photo")
    with pytest.raises(InputError, match="no photograph lies here"):
        photos(tmp_path)
    with pytest.raises(InputError, match="No such file"):
        photos(tmp_path / "nowhere")
    with pytest.raises(InputError, match="without a folder"):
        Photos().ready(tmp_path)


def test_a_package_brings_its_photographs() -> None:
    part = Photos(package="skimage", folder="data", include=("chelsea.png",), license="CC0-1.0")
    chosen = part.ready(Path("/nowhere")).choose(Rng.of(0, 0), CANVAS)
    assert (chosen.source, chosen.license) == ("skimage/data/chelsea.png", "CC0-1.0")


@pytest.mark.parametrize(
    ("package", "folder"), [("no_such_package", ""), ("os.path", ""), ("skimage", "../..")]
)
def test_a_package_that_is_none_is_an_input_error(package: str, folder: str) -> None:
    with pytest.raises(InputError):
        Photos(package=package, folder=folder).ready(Path())


def test_patterns_and_depth_choose_the_files(folder: Path) -> None:
    (folder / "deep").mkdir()
    shutil.copy(folder / "0.png", folder / "deep" / "4.png")
    shutil.copy(folder / "0.png", folder / ".hidden.png")

    def names(**fields: Any) -> set[str]:
        part = photos(folder, **fields)
        return {part.choose(Rng.of(0, index), CANVAS).name for index in range(40)}

    assert names() == {"0.png", "1.png", "2.png"}
    assert names(recursive=True) == {"0.png", "1.png", "2.png", "deep/4.png"}
    assert names(include=("[12].png",)) == {"1.png", "2.png"}
    assert names(include=("deep/*",), recursive=True) == {"deep/4.png"}
    with pytest.raises(InputError, match=r"'\*\.jpg'"):
        photos(folder, include=("0.png", "*.jpg"))


def test_a_photo_names_no_path_of_this_machine(folder: Path) -> None:
    scene = scene_on(photos(folder).choose(Rng.of(0, 0), CANVAS))
    assert str(folder.parent).encode() not in encode(scene)
    assert b"photos" in encode(scene)


def test_a_photo_of_a_folder_that_is_not_open_says_so() -> None:
    photo = Photo("photos", "0" * 16, "a.png", 1.0, (0.0, 0.0), False, "")
    with pytest.raises(InputError, match="not open in this process"):
        painted(photo)


def test_a_cache_that_cannot_be_written_is_one_clear_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLYPHDATA_CACHE", str(folder / "0.png"))
    with pytest.raises(OutputError, match="GLYPHDATA_CACHE"):
        photos(folder).choose(Rng.of(0, 0), CANVAS)


def test_the_cache_lies_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GLYPHDATA_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache_folder() == Path("/somewhere/glyphdata/photos")


PAINT = """
import hashlib, sys
from pathlib import Path
import numpy as np
from glyphdata.parts.backgrounds.photos import Photos
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Canvas
canvas, digest = Canvas(96, 64), hashlib.sha256()
part = Photos(folder=sys.argv[1]).ready(Path())
out = np.empty((64, 96, 3), np.uint8)
for index in range(60):
    part.choose(Rng.of(1, index), canvas).paint(canvas, out)
    digest.update(out)
print(digest.hexdigest())
"""


def start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PAINT, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
    )


def said(process: subprocess.Popen[str]) -> str:
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return out


def test_pixels_do_not_depend_on_the_cache_nor_on_who_fills_it(folder: Path, cache: Path) -> None:
    racing = [start(folder), start(folder)]
    first, second = map(said, racing)
    packs = {pack.name: pack.read_bytes() for pack in cache.iterdir()}
    assert len(packs) == 9  # three photographs at three zooms, and no draft left behind
    for number, pack in enumerate(sorted(cache.iterdir())):
        pack.write_bytes(pack.read_bytes()[: 10 + number * 1000])  # torn: each is made again
    torn = said(start(folder))
    assert {pack.name: pack.read_bytes() for pack in cache.iterdir()} == packs
    warm = said(start(folder))
    assert first == second == torn == warm
