import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from glyphdata.errors import InputError
from glyphdata.faces import Catalogue
from glyphdata.faces.face import Metrics
from glyphdata.faces.locate import locate
from glyphdata.faces.opening import line_extent, opened


def _token(catalogue: Catalogue, key: str) -> int:
    return next(face.token for face in catalogue.faces if face.key == key)


def _advance(catalogue: Catalogue, key: str) -> int:
    font = catalogue.open(_token(catalogue, key)).font
    return font.get_glyph_h_advance(font.get_nominal_glyph(ord("m")))


def test_a_face_opens_at_the_scale_of_its_em(catalogue: Catalogue) -> None:
    face = catalogue.open(_token(catalogue, "Roboto-Regular"))
    assert face.font.scale == (face.upem, face.upem) == (2048, 2048)


def test_an_open_face_stands_on_its_own_place_of_the_axes(catalogue: Catalogue) -> None:
    widths = [
        _advance(catalogue, f"OpenSans-{style}")
        for style in ("CondensedRegular", "Regular", "ExtraBold")
    ]
    assert widths == sorted(set(widths))


def test_the_styles_of_a_file_share_one_font_table(catalogue: Catalogue) -> None:
    light, bold = (catalogue.open(_token(catalogue, key)) for key in ("Lora-Regular", "Lora-Bold"))
    assert light.font.face is bold.font.face
    assert light.font is not bold.font


def test_no_more_faces_stay_open_than_the_bound(catalogue: Catalogue) -> None:
    many = Catalogue(catalogue.registry, open_at_once=16)
    first = many.open(0)
    assert many.open(0) is first
    for token in many.tokens(many.usable)[:16]:
        many.open(token)
    assert many.open(0) is first
    for token in many.tokens(many.usable)[1:17]:
        many.open(token)
    assert many.open(0) is not first


def test_a_file_that_was_changed_is_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    face = catalogue[_token(catalogue, "Anton-Regular")]
    source = catalogue.path(face.token)
    assert source is not None
    copy = tmp_path / face.file
    shutil.copy(source, copy)
    assert opened(face, copy).token == face.token
    data = bytearray(copy.read_bytes())
    data[len(data) // 2] ^= 1
    copy.write_bytes(data)
    with pytest.raises(InputError) as caught:
        opened(face, copy)
    assert f"<font-{face.token}> Anton-Regular" in caught.value.message
    assert str(copy) in caught.value.message
    assert caught.value.hint == "reinstall fontpkg-anton 2.116"


def test_a_file_of_another_size_is_another_file(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    face = catalogue[0]
    elsewhere = replace(face, source=face.source._replace(member="gone/Gone.ttf"))
    path = catalogue.path(0)
    assert path is not None
    shutil.copy(path, tmp_path / face.file)
    assert locate(elsewhere.source, face.file, face.size) is None
    monkeypatch.setenv("GLYPHDATA_FONT_FILES", str(tmp_path))
    assert locate(elsewhere.source, face.file, face.size) == tmp_path / face.file
    assert locate(elsewhere.source, face.file, face.size + 1) is None


def _metrics(hhea: tuple[int, int], typo: tuple[int, int], win: tuple[int, int]) -> Metrics:
    return Metrics(1000, (*hhea, 0), (*typo, 0), win, 700, 500)


@pytest.mark.parametrize(
    ("metrics", "extent"),
    [
        (_metrics((800, -200), (1, -1), (1, 1)), (0.8, 0.2)),
        (_metrics((0, 0), (900, -250), (1, 1)), (0.9, 0.25)),
        (_metrics((0, 0), (0, 0), (950, 300)), (0.95, 0.3)),
        (_metrics((0, 0), (0, 0), (0, 0)), (0.6, 0.15)),
        (_metrics((5000, -1600), (0, 0), (0, 0)), (1.5, 0.8)),
        (_metrics((1000, 0), (0, 0), (0, 0)), (1.0, 0.15)),
    ],
)
def test_stated_line_metrics_are_clamped_to_what_lines_look_like(
    metrics: Metrics, extent: tuple[float, float]
) -> None:
    assert line_extent(metrics) == extent
