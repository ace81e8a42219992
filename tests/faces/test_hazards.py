"""Sixteen ways in which fonts of the wild spoil a dataset, each met at the door."""

import os
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
import uharfbuzz as hb
from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable
from fontTools.ttLib.tables.DefaultTable import DefaultTable
from fontTools.ttLib.tables.TupleVariation import TupleVariation
from fontTools.varLib.instancer import instantiateVariableFont

from glyphdata.faces import Catalogue, Face, scan
from glyphdata.faces.face import Source
from glyphdata.faces.incoming import Incoming, Taken, take
from glyphdata.faces.scan import examine
from tests.faces.conftest import LETTERS

Forge = Callable[..., Path]
Offer = Callable[..., Incoming]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "own"


def _codes(taken: Taken) -> list[str]:
    return [one.code for one in taken.refused]


def _only(taken: Taken) -> Face:
    assert taken.refused == ()
    (face,) = taken.added
    return face


def _edit(path: Path, change: Callable[[TTFont], object]) -> Path:
    with TTFont(path) as font:
        change(font)
        font.save(path)
    return path


def _variable(path: Path, instances: int = 4) -> Path:
    """Make a forged font variable: `wght` widens its glyphs, `slnt` lifts a corner of them."""
    with TTFont(path) as font:
        builder = FontBuilder(font=font)
        axes = [("wght", 100, 100, 900, "Weight"), ("slnt", -10, 0, 0, "Slant")]
        weights = [100 + 800 * at // max(instances // 2 - 1, 1) for at in range(instances // 2)]
        builder.setupFvar(
            axes,
            [
                {"location": {"wght": weight, "slnt": slant}, "stylename": f"W{weight}S{slant}"}
                for weight in weights
                for slant in (0, -10)
            ],
        )
        order = font.getGlyphOrder()
        variations = {}
        for name in order:
            size = len(font["glyf"][name].coordinates) if name != ".notdef" else 4
            wide = [(0, 0)] * (size - 1) + [(200, 0)]
            lifted = [(0, 0), (120, 60)] + [(0, 0)] * (size - 2)
            phantoms = [(0, 0), (300, 0), (0, 0), (0, 0)]
            still = [(0, 0)] * 4
            variations[name] = [
                TupleVariation({"wght": (0.0, 1.0, 1.0)}, wide + phantoms),
                TupleVariation({"slnt": (-1.0, -1.0, 0.0)}, lifted + still),
            ]
        builder.setupGvar(variations)
        font.save(path)
    return path


def test_1_a_character_that_is_mapped_to_a_blank_glyph_is_not_covered(
    forge: Forge, offer: Offer, home: Path
) -> None:
    token = _only(take([offer(forge(blank="ёж☃", design=1))], home)).token
    own = Catalogue(home / "registry.jsonl")
    assert own.covering("abc") >> token & 1
    for text in ("ё", "ж", "☃", "abcё"):
        assert not own.covering(text) >> token & 1


def test_2_a_missing_character_is_never_left_to_an_invisible_notdef(
    forge: Forge, offer: Offer, home: Path
) -> None:
    token = _only(take([offer(forge(notdef=False, design=1))], home)).token
    own = Catalogue(home / "registry.jsonl")
    face = own.open(token)
    buffer = hb.Buffer()
    buffer.add_str("aжb")
    buffer.guess_segment_properties()
    hb.shape(face.font, buffer)
    # The font itself would drop the letter without a trace; the catalogue knows beforehand.
    assert [info.codepoint for info in buffer.glyph_infos][1] == 0
    assert own.missing("aжb", 1 << token) == "ж"


def test_3_a_face_of_capitals_is_not_given_small_letters(
    forge: Forge, offer: Offer, home: Path
) -> None:
    face = _only(take([offer(forge(design=1, capitals=True))], home))
    assert face.case == "upper"
    assert not Catalogue(home / "registry.jsonl").where(cases=["mixed"]) >> face.token & 1


def test_4_axes_stand_in_the_file_s_order_and_every_style_draws_its_own(
    forge: Forge, offer: Offer, home: Path
) -> None:
    added = take([offer(_variable(forge("Varies", design=1)))], home).added
    assert len(added) == 4
    assert {tuple(tag for tag, _ in face.axes) for face in added} == {("wght", "slnt")}
    own = Catalogue(home / "registry.jsonl")
    pictures = set()
    for face in added:
        raster, font = hb.RasterDraw(), own.open(face.token).font
        raster.draw_glyph(font, font.get_nominal_glyph(ord("k")))
        image = raster.render()
        pictures.add((str(image.extents), bytes(image.buffer)))
    assert len(pictures) == 4


def test_5_glyphs_that_another_face_draws_get_no_second_token(
    forge: Forge, offer: Offer, home: Path
) -> None:
    first = forge("First", design=1)
    copy = first.with_name("Copy.ttf")
    shutil.copy(first, copy)
    taken = take([offer(first), offer(copy), offer(forge("Second", design=1))], home)
    assert [face.key for face in taken.added] == ["First-Regular"]
    assert taken.known == 1
    (twin,) = taken.refused
    assert twin.code == "twin"
    assert twin.message == "Second-Regular draws latin just as First-Regular does"
    assert len(list((home / "store").glob("*.ttf"))) == 1


def test_6_a_style_of_a_variable_font_is_set_as_if_it_were_a_file_of_its_own(
    forge: Forge, offer: Offer, home: Path
) -> None:
    path = _variable(forge("Varies", design=1))
    added = take([offer(path)], home).added
    own = Catalogue(home / "registry.jsonl")
    for face in added:
        with TTFont(path) as font:
            alone = instantiateVariableFont(font, dict(face.axes))
            advance = alone["hmtx"][alone.getBestCmap()[ord("k")]][0]
        font = own.open(face.token).font
        assert font.get_glyph_h_advance(font.get_nominal_glyph(ord("k"))) == advance
    assert len({own.path(face.token) for face in added}) == 1


def test_7_line_metrics_of_six_em_are_kept_as_stated_and_clamped_for_use(
    forge: Forge, offer: Offer, home: Path
) -> None:
    path = forge(design=1, metrics={"ascent": 5000, "descent": -1600})
    face = _only(take([offer(path)], home))
    assert face.metrics.hhea == (5000, -1600, 0)
    opened = Catalogue(home / "registry.jsonl").open(face.token)
    assert (opened.ascent_em, opened.descent_em) == (1.5, 0.8)


def test_8_icons_and_symbol_fonts_are_refused(forge: Forge, offer: Offer, home: Path) -> None:
    icons = forge("Icons", chars="ab" + "".join(map(chr, range(0xE000, 0xE040))))

    def only_symbols(font: TTFont) -> None:
        table = CmapSubtable.newSubtable(4)
        table.platformID, table.platEncID, table.language = 3, 0, 0
        table.cmap = {0xF000 + code: name for code, name in font.getBestCmap().items()}
        font["cmap"].tables = [table]

    symbols = _edit(forge("Symbols", design=1), only_symbols)
    taken = take([offer(icons), offer(symbols)], home)
    assert taken.added == ()
    assert _codes(taken) == ["icons", "icons"]


def test_8_a_font_without_a_whole_alphabet_is_refused_and_told_what_it_lacks(
    forge: Forge, offer: Offer, home: Path
) -> None:
    taken = take([offer(forge("Gaps", chars=LETTERS.replace("Q", "").replace("7", "")))], home)
    (refusal,) = taken.refused
    assert refusal.code == "no-alphabet"
    assert refusal.message == "Gaps-Regular draws no whole alphabet; of latin it lacks Q 7"


def test_9_fonts_with_colours_of_their_own_are_refused(
    forge: Forge, offer: Offer, home: Path
) -> None:
    fonts = []
    for tag in ("COLR", "SVG ", "CBDT", "sbix"):
        path = forge(tag.strip())
        with TTFont(path) as font:
            table = font[tag] = DefaultTable(tag)
            table.data = bytes(16)
            font.save(path)
        fonts.append(offer(path))
    assert _codes(take(fonts, home)) == ["colour"] * 4


def test_10_a_broken_file_costs_nothing_but_itself(forge: Forge, offer: Offer, home: Path) -> None:
    broken = forge("Broken", design=1)
    data = bytearray(broken.read_bytes())
    at = data.index(b"OS/2")
    data[at + 12 : at + 16] = struct.pack(">L", 9)  # a table of nine bytes, where 78 are least
    broken.write_bytes(data)
    taken = take([offer(broken), offer(forge("Sound", design=2))], home)
    assert [face.key for face in taken.added] == ["Sound-Regular"]
    assert [(one.path, one.code) for one in taken.refused] == [(str(broken), "unreadable")]


def test_11_a_font_that_kills_its_reader_costs_nothing_but_itself(
    forge: Forge, offer: Offer, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A library that such a font crashes, in the child alone: it dies as by a segmentation fault.
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(
        "import os, pathlib, signal, sys\n"
        "if any('guard' in word for word in sys.orig_argv):\n"
        "    whole = pathlib.Path.read_bytes\n"
        "    def read_bytes(path):\n"
        "        if path.name == 'Killer.ttf':\n"
        "            os.kill(os.getpid(), signal.SIGKILL)\n"
        "        return whole(path)\n"
        "    pathlib.Path.read_bytes = read_bytes\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    names = ("Before", "Killer", "After")
    fonts = [forge(name, design=at) for at, name in enumerate(names)]
    taken = take([offer(font) for font in fonts], home)
    assert [face.key for face in taken.added] == ["After-Regular", "Before-Regular"]
    (lost,) = taken.refused
    assert (lost.path, lost.code) == (str(fonts[1]), "unreadable")
    assert "crashed" in lost.message


def test_11_a_font_that_keeps_its_reader_busy_is_given_up(
    forge: Forge, offer: Offer, home: Path
) -> None:
    def a_plane_of_characters(font: TTFont) -> None:
        table = CmapSubtable.newSubtable(12)
        table.platformID, table.platEncID, table.language = 3, 10, 0
        table.format, table.reserved, table.length, table.nGroups = 12, 0, 0, 0
        table.cmap = dict.fromkeys(range(0x20000, 0x30000), "c61")
        font["cmap"].tables = [table]

    bomb = _variable(_edit(forge("Bomb"), a_plane_of_characters), instances=400)
    assert bomb.stat().st_size < 1_000_000
    taken = take([offer(bomb), offer(forge("Sound", design=1))], home, seconds=1.5)
    assert [face.key for face in taken.added] == ["Sound-Regular"]
    (lost,) = taken.refused
    assert lost.message.startswith("was not read within 1.5 s")


def test_12_a_web_font_is_refused_by_its_head_and_never_unpacked(
    offer: Offer, home: Path, tmp_path: Path
) -> None:
    bomb = tmp_path / "Bomb.woff2"
    sizes = struct.pack(">4sLLHHLL", b"wOF2", 0x00010000, 106_000, 9, 0, 210_000_000, 105_000)
    bomb.write_bytes(sizes + bytes(20) + os.urandom(1000))
    (refusal,) = take([offer(bomb)], home).refused
    assert refusal.code == "woff"
    assert ".ttf" in refusal.message


def test_13_embedding_bits_are_kept_and_bar_only_what_no_free_licence_frees(
    forge: Forge, offer: Offer, home: Path
) -> None:
    def restrict(font: TTFont) -> None:
        font["OS/2"].fsType = 2

    free = _edit(forge("Free", design=1), restrict)
    bought = _edit(forge("Bought", design=2, license=""), restrict)
    taken = take([offer(free), offer(bought, "LicenseRef-bought")], home)
    assert [(face.key, face.fstype) for face in taken.added] == [("Free-Regular", 2)]
    assert _codes(taken) == ["restricted"]


def test_14_a_licence_is_what_is_stated_or_what_the_font_itself_says(
    forge: Forge, offer: Offer, home: Path
) -> None:
    cases = [
        ("licensed under the SIL Open Font License, Version 1.1", 13, "", "OFL-1.1"),
        ("https://openfontlicense.org", 14, "", "OFL-1.1"),
        ("http://www.apache.org/licenses/LICENSE-2.0", 14, "", "Apache-2.0"),
        ("", 13, "OFL-1.1", "OFL-1.1"),
        ("", 13, "UFL-1.0", "Ubuntu-font-1.0"),
        ("All rights reserved", 13, "MIT AND OFL-1.1", "MIT AND OFL-1.1"),
        ("All rights reserved", 13, "LicenseRef-bought", "LicenseRef-bought"),
    ]
    fonts = [
        offer(forge(f"Font {at}", design=at, license=words, license_id=where), stated)
        for at, (words, where, stated, _) in enumerate(cases)
    ]
    taken = take(fonts, home)
    assert [face.license for face in taken.added] == [found for *_, found in cases]


def test_14_a_font_under_no_licence_that_is_known_to_be_free_is_not_usable(
    forge: Forge, offer: Offer, home: Path
) -> None:
    cases = [
        ("", "", "no-license"),
        ("All rights reserved", "", "no-license"),
        ("", "Proprietary", "not-free"),
        ("", "MIT AND Proprietary", "not-free"),
    ]
    fonts = [
        offer(forge(f"Font {at}", design=at, license=words), stated)
        for at, (words, stated, _) in enumerate(cases)
    ]
    taken = take(fonts, home)
    assert taken.added == ()
    assert _codes(taken) == [code for *_, code in cases]
    assert all("--license" in one.message for one in taken.refused)


def test_14_a_licence_that_lies_near_a_download_is_not_taken_for_its_own(
    forge: Forge, home: Path, tmp_path: Path
) -> None:
    (tmp_path / "LICENSE").write_text("SIL Open Font License")
    one = Incoming(forge(license=""), Source("npm", "a", "1", "a.ttf"), "", None, "")
    assert _codes(take([one], home)) == ["no-license"]


def test_15_each_language_gets_its_own_shapes_of_han(catalogue: Catalogue) -> None:
    def families(language: str) -> set[str]:
        found = catalogue.script_faces("han", language) & catalogue.covering("骨直")
        return {catalogue[token].family for token in catalogue.tokens(found)}

    assert families("zh") == families("zh-Hans-CN") == {"Noto Sans CJK SC"}
    assert families("zh-TW") == {"Noto Sans CJK TC"}
    assert families("zh-HK") == {"Noto Sans CJK HK"}
    assert families("ja") == {"Noto Sans CJK JP"}
    assert families("ko") == {"Noto Sans CJK KR"}


def test_16_a_face_put_together_from_slices_says_so_for_ever(
    forge: Forge, offer: Offer, home: Path
) -> None:
    whole, merged = forge("Whole", design=1), forge("Merged", design=2)
    taken = take([offer(whole), offer(merged, merged=True)], home)
    assert [(face.key, face.merged) for face in taken.added] == [
        ("Merged-Regular", True),
        ("Whole-Regular", False),
    ]
    lines = (home / "registry.jsonl").read_bytes().splitlines()
    assert [b'"merged":true' in line for line in lines[-2:]] == [True, False]
    assert [face.merged for face in Catalogue(home / "registry.jsonl").faces[-2:]] == [True, False]


def test_a_file_of_countless_styles_does_not_flood_the_registry(
    forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    flood = _variable(forge("Flood"), instances=4)
    assert len(examine(flood).faces) == 4
    monkeypatch.setattr(scan, "_MOST_FACES", 3)
    assert [finding.code for finding in examine(flood).findings] == ["too-many-faces"]
