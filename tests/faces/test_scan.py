import random
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont, newTable

from glyphdata.faces import Catalogue
from glyphdata.faces.coverage import codes_in, parsed
from glyphdata.faces.scan import Report, examine

Forge = Callable[..., Path]


def _codes(report: Report) -> set[str]:
    return {finding.code for finding in report.findings}


def _covered(report: Report) -> set[str]:
    return {chr(code) for code in codes_in(parsed(report.faces[0].covered))}


def _file_of(catalogue: Catalogue, family: str) -> Path:
    path = catalogue.path(catalogue.tokens(catalogue.where(families=[family]))[0])
    assert path is not None
    return path


def test_a_sound_font_gives_its_face_and_no_finding(forge: Forge) -> None:
    report = examine(forge("Sound Sans"))
    assert report.fit
    assert report.findings == ()
    face = report.faces[0].face
    assert (face.key, face.family, face.category) == ("SoundSans-Regular", "Sound Sans", "sans")
    assert face.home_scripts == ("latin",)
    assert face.license == "OFL-1.1"
    assert face.metrics.hhea == (800, -200, 0)


def test_a_letter_behind_a_blank_glyph_is_not_covered(forge: Forge) -> None:
    report = examine(forge(blank="ёж "))
    assert _covered(report).isdisjoint("ёж")
    assert " " in _covered(report)
    messages = [one.message for one in report.findings if one.code == "blank-letters"]
    assert messages == ["maps letters to blank glyphs: U+0436 U+0451"]


def test_a_blank_mark_is_not_covered_though_it_is_no_letter(forge: Forge) -> None:
    assert _covered(examine(forge(blank="%☃"))).isdisjoint("%☃")


def test_a_glyph_whose_header_lies_about_its_box_is_blank(forge: Forge) -> None:
    path = forge(chars="ab")
    with TTFont(path, recalcBBoxes=False) as font:
        glyph = font["glyf"]["c62"]
        glyph.coordinates[:] = [(0, 0)] * len(glyph.coordinates)
        glyph.xMin, glyph.yMin, glyph.xMax, glyph.yMax = 0, 0, 500, 500
        font.save(path)
    assert _covered(examine(path)) == {"a"}


def test_a_missing_character_that_leaves_no_trace_is_found(forge: Forge) -> None:
    assert "blank-notdef" in _codes(examine(forge(notdef=False)))


def test_a_shipped_font_with_a_blank_notdef_is_found(catalogue: Catalogue) -> None:
    assert "blank-notdef" in _codes(examine(_file_of(catalogue, "Pacifico")))
    assert "blank-notdef" not in _codes(examine(_file_of(catalogue, "Anton")))


@pytest.mark.parametrize(
    ("family", "case"),
    [
        ("Bebas Neue", "upper"),
        ("Bungee", "upper"),
        ("Luckiest Guy", "upper"),
        ("Cinzel", "small"),
        ("Press Start 2P", "mixed"),
        ("Alfa Slab One", "mixed"),
        ("Great Vibes", "mixed"),
    ],
)
def test_what_small_letters_look_like_is_measured(
    catalogue: Catalogue, family: str, case: str
) -> None:
    report = examine(_file_of(catalogue, family))
    assert {one.face.case for one in report.faces} == {case}
    assert ("one-case" in _codes(report)) == (case != "mixed")


def test_private_use_counts_as_no_coverage(forge: Forge) -> None:
    report = examine(forge(chars="ab\ue000\U000f0001"))
    assert _covered(report) == {"a", "b"}


def test_an_icon_font_is_refused(forge: Forge) -> None:
    report = examine(forge(chars="ab" + "".join(map(chr, range(0xE000, 0xE010)))))
    assert not report.fit
    assert [finding.message for finding in report.findings if finding.fatal] == [
        "16 of its 18 characters are in private use"
    ]


def test_a_font_with_colours_of_its_own_is_refused(forge: Forge) -> None:
    path = forge()
    with TTFont(path) as font:
        table = font["COLR"] = newTable("COLR")
        table.version, table.ColorLayers = 0, {}
        font.save(path)
    report = examine(path)
    assert _codes(report) == {"colour"}
    assert not report.fit


def test_a_font_without_a_licence_is_refused(forge: Forge) -> None:
    report = examine(forge(license=""))
    assert "no-license" in _codes(report)
    assert not report.fit


def test_a_licence_beside_the_font_counts_and_a_contradiction_is_told(
    forge: Forge, tmp_path: Path
) -> None:
    path = forge()
    (tmp_path / "LICENSE.txt").write_text("Apache License\nVersion 2.0, January 2004\n")
    report = examine(path)
    assert report.faces[0].face.license == "Apache-2.0"
    assert "licence-differs" in _codes(report)


def test_line_metrics_out_of_the_ordinary_are_told(forge: Forge) -> None:
    path = forge(metrics={"ascent": 5000, "descent": -1600})
    assert "metrics" in _codes(examine(path))


def test_embedding_bits_that_forbid_are_told(forge: Forge) -> None:
    path = forge()
    with TTFont(path) as font:
        font["OS/2"].fsType = 2
        font.save(path)
    report = examine(path)
    assert "restricted" in _codes(report)
    assert report.faces[0].face.fstype == 2


@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 0.9, 0.999])
def test_a_font_that_was_cut_off_is_reported(forge: Forge, share: float) -> None:
    path = forge()
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    report = examine(path)
    assert _codes(report) == {"unreadable"}
    assert not report.fit


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<!doctype html><title>404</title>", "is no font file"),
        (b"wOF2" + bytes(60), "is compressed for the web"),
        (b"wOFF" + bytes(60), "is compressed for the web"),
        (b"ttcf\x00\x01\x00\x00" + struct.pack(">L", 2**32 - 1), "is cut off"),
    ],
)
def test_what_is_no_usable_file_is_told_apart(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "odd.ttf"
    path.write_bytes(data)
    (finding,) = examine(path).findings
    assert finding.fatal
    assert words in finding.message


def test_no_mutation_of_a_font_raises(forge: Forge, tmp_path: Path) -> None:
    sound = forge().read_bytes()
    dice = random.Random(11)
    for number in range(60):
        data = bytearray(sound)
        for _ in range(dice.choice((1, 8, 64))):
            data[dice.randrange(len(data))] = dice.randrange(256)
        path = tmp_path / f"mutant{number}.ttf"
        path.write_bytes(data)
        report = examine(path)
        assert report.faces or any(finding.fatal for finding in report.findings)


def test_every_named_style_of_a_variable_font_is_a_face(catalogue: Catalogue) -> None:
    faces = [one.face for one in examine(_file_of(catalogue, "Cairo")).faces]
    assert [dict(face.axes)["wght"] for face in faces] == [face.weight for face in faces]
    assert {face.style: face.weight for face in faces}["ExtraLight"] == 200
    # The axes stand in the file's own order, not in the alphabet's.
    assert {tuple(tag for tag, _ in face.axes) for face in faces} == {("wght", "slnt")}
