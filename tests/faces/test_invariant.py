"""What the catalogue promises of every text that it finds a face for."""

import numpy as np
import pytest
import uharfbuzz as hb

from glyphdata.faces import Catalogue, OpenFace
from glyphdata.faces.coverage import may_be_blank
from glyphdata.faces.scripts import EXEMPLARS
from glyphdata.scene.rng import Rng

TEXTS = {
    "latin": "“Zażółć gęślą jaźń” – façade, naïve & Øresund: 100 % Þór?",
    "cyrillic": "Съешь же ещё этих мягких французских булок, да выпей чаю. Їжак, ґанок",
    "greek": "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία· γάτα;",
    "arabic": "نص حكيم له سر قاطع وذو شأن عظيم، مكتوب على ثوب أخضر",
    "hebrew": "דג סקרן שט בים מאוכזב ולפתע מצא חברה",
    "devanagari": "ऋषियों को सताने वाले दुष्ट राक्षसों के राजा, क्षत्रिय श्री ज्ञान द्वार",
    "thai": "เป็นมนุษย์สุดประเสริฐเลิศคุณค่า กว่าบรรดาฝูงสัตว์ น้ำ ที่ปู่",
    "han": "天地玄黃宇宙洪荒日月盈昃辰宿列張骨直令今海",
    "kana": "いろはにほへと、ちりぬるを。ヴァイオリンのパーティー",
    "hangul": "다람쥐 헌 쳇바퀴에 타고파. 값을 읽었다",
}


def _shaped(face: OpenFace, text: str) -> tuple[list[int], list[int]]:
    """The text's glyphs, and for each the index of the character it begins with."""
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    hb.shape(face.font, buffer)
    infos = buffer.glyph_infos
    return [info.codepoint for info in infos], [info.cluster for info in infos]


def _has_ink(raster: hb.RasterDraw, face: OpenFace, glyph: int) -> bool:
    raster.scale_factor = (face.upem / 64, face.upem / 64)
    raster.draw_glyph(face.font, glyph)
    image = raster.render()
    return bool(np.frombuffer(image.buffer, np.uint8).any())


def _words(rng: Rng, text: str) -> str:
    start = rng.at("start").integer(0, len(text))
    return text[start : start + rng.at("length").integer(1, 24)].strip() or text


@pytest.mark.parametrize("script", EXEMPLARS)
def test_what_a_face_is_given_it_draws(catalogue: Catalogue, script: str) -> None:
    raster = hb.RasterDraw()
    seen = 0
    for number in range(60):
        rng = Rng.of(7, number).at(script)
        text = _words(rng, TEXTS[script] if number % 2 else EXEMPLARS[script])
        if text[0] != text[0].strip() or not text[0].isalnum():
            text = f"{EXEMPLARS[script][0]}{text}"  # a mark wants a letter to stand on
        bits = catalogue.covering(text) & catalogue.script_faces(script)
        if not bits:
            continue
        token = rng.at("face").pick(catalogue.tokens(bits))
        face = catalogue.open(token)
        glyphs, clusters = _shaped(face, text)
        place = f"{catalogue[token].key}: {text!r}"
        assert 0 not in glyphs, place
        inked = {
            at for at, glyph in zip(clusters, glyphs, strict=True) if _has_ink(raster, face, glyph)
        }
        for at in set(clusters):
            assert at in inked or may_be_blank(ord(text[at])), place
        seen += 1
    assert seen > 40


def test_every_face_draws_the_alphabets_it_is_at_home_in(catalogue: Catalogue) -> None:
    for face in catalogue.faces:
        opened = catalogue.open(face.token)
        for script in face.home_scripts:
            glyphs = {opened.font.get_nominal_glyph(ord(char)) for char in EXEMPLARS[script]}
            assert not glyphs & {0, None}, f"{face.key}: {script}"


def test_every_face_of_a_family_renders_differently(catalogue: Catalogue) -> None:
    raster = hb.RasterDraw()
    for family, tokens in catalogue.families(catalogue.usable):
        pictures = set()
        for token in tokens:
            face = catalogue.open(token)
            letter = EXEMPLARS[(catalogue[token].home_scripts or ("han",))[0]][0]
            raster.scale_factor = (face.upem / 96, face.upem / 96)
            raster.draw_glyph(face.font, face.font.get_nominal_glyph(ord(letter)))
            pictures.add(bytes(raster.render().buffer))
        assert len(pictures) == len(tokens), family
