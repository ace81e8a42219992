"""Facts for the tests of captions: real ones, and any that could be."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import orjson
from hypothesis import strategies as st

from glyphdata.caption.facts import Facts, TextFact
from glyphdata.caption.grammar.vocabulary import LANGUAGES, SCRIPTS, TYPEFACES
from glyphdata.errors import Rejection
from glyphdata.faces.catalogue import load
from glyphdata.factory import Factory
from glyphdata.recipe import load_recipe
from glyphdata.scene.color import Color, palette
from glyphdata.scene.geometry import BBox

RECIPES = Path(__file__).parents[2] / "recipes"
EFFECTS = ("shadow", "glow", "outline", "gradient", "texture", "opacity", "neon_tube")


@lru_cache(maxsize=1)
def real() -> tuple[Facts, ...]:
    """The facts of scenes from the recipes that have no photographs."""
    found = []
    for name, count in (("posters", 60), ("multiscript", 60)):
        factory = Factory(load_recipe(RECIPES / f"{name}.yaml", ["canvas.width=256"]))
        for index in range(count):
            try:
                members = dict(factory.make(index).members)
            except Rejection:
                continue
            found.append(Facts.of(orjson.loads(members["json"]), load()))
    return tuple(found)


def text_fact(number: int = 0, **changes: object) -> TextFact:
    """A white word at the top left, with some of its facts replaced."""
    fields: dict[str, object] = {
        "id": number,
        "text": "SALE",
        "level": "word",
        "language": "en",
        "script": "latin",
        "direction": "ltr",
        "family": "Inter",
        "style": "Bold",
        "category": "sans",
        "weight": 700,
        "italic": False,
        "font_token": 7,
        "color": Color(255, 255, 255),
        "color_name": "white",
        "color_token": 0,
        "size_px": 90.0,
        "align": "left",
        "angle_deg": 0.0,
        "bbox": BBox(20.0, 30.0, 220.0, 130.0),
        "lines": 1,
        "contrast": 8.0,
        "effects": (),
    }
    return TextFact(**{**fields, **changes})  # type: ignore[arg-type]


def facts_of(*texts: TextFact, **changes: object) -> Facts:
    """A picture of 1000 × 1000 pixels on solid blue, with some of its facts replaced."""
    fields: dict[str, object] = {
        "key": "000000-0000",
        "width": 1000,
        "height": 1000,
        "level": "word",
        "language": "en",
        "prompt": "",
        "background": "solid",
        "source": "",
        "ground": Color(40, 80, 200),
        "texts": texts,
    }
    return Facts(**{**fields, **changes})  # type: ignore[arg-type]


_PIECES = st.sampled_from(
    (
        *("SALE", "50% OFF", "<image>", "</s>", "*", '"quoted"', "“so”", "«da»", "「え」", "‘x’"),
        *("it's", "今天音乐会真是远近闻名！", "โรงละครเก่า", "مرحبا", "שלום", "नमस्ते दुनिया"),
        *(
            "👩‍👩‍👧‍👦",
            "e\u0301" * 30,
            "…",
            "1942910;",
            "a" * 70,
            "Dear guests, the show will begin",
        ),
    )
)
_GAPS = st.sampled_from((" ", "\n", "\r\n", "  ", "\u2028", "\t"))
_ANY = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Any text: of one piece or sixty, with every mark that a grammar could stumble on."""
    pieces = draw(st.lists(st.one_of(_PIECES, _PIECES, _ANY), min_size=0, max_size=12))
    return draw(_GAPS).join(pieces) * draw(st.sampled_from((1, 1, 1, 5)))


@st.composite
def text_facts(draw: st.DrawFn, number: int) -> TextFact:
    """Any text box."""
    ink = draw(st.sampled_from(palette().inks))
    left, top = draw(st.floats(-50, 900)), draw(st.floats(-50, 900))
    return text_fact(
        number,
        text=draw(texts()),
        level=draw(st.sampled_from(("word", "sentence", "paragraph"))),
        language=draw(st.sampled_from((*LANGUAGES, "und", "xx"))),
        script=draw(st.sampled_from((*SCRIPTS, "common", "zzzz"))),
        direction=draw(st.sampled_from(("ltr", "rtl", "ttb"))),
        family=draw(st.sampled_from(("Inter", "DM Serif Display", "Noto Sans Mono CJK JP", ""))),
        style=draw(st.sampled_from(("Regular", "Condensed ExtraLight Italic", ""))),
        category=draw(st.sampled_from((*TYPEFACES, "", "blackletter"))),
        weight=draw(st.sampled_from((100, 300, 400, 600, 700, 900))),
        italic=draw(st.booleans()),
        color=ink.color,
        color_name=draw(st.sampled_from((ink.name, "my_blue", ""))),
        color_token=draw(st.sampled_from((ink.token, -1))),
        size_px=draw(st.floats(4, 400)),
        align=draw(st.sampled_from(("left", "center", "right", "justify"))),
        angle_deg=draw(st.sampled_from((0.0, 0.4, -1.2, 2.0, 15.0, -45.0, 90.0, 180.0, -179.8))),
        bbox=BBox(left, top, left + draw(st.floats(0, 900)), top + draw(st.floats(0, 300))),
        lines=draw(st.integers(1, 20)),
        contrast=draw(st.floats(1, 21)),
        effects=tuple(draw(st.lists(st.sampled_from(EFFECTS), max_size=4, unique=True))),
    )


@st.composite
def any_facts(draw: st.DrawFn) -> Facts:
    """Any picture: without a text, or with thirty."""
    count = draw(st.one_of(st.integers(0, 4), st.integers(0, 30)))
    return facts_of(
        *(draw(text_facts(number)) for number in range(count)),
        key=draw(st.sampled_from(("000000-0000", "000123-0017-03", "ключ"))),
        background=draw(
            st.sampled_from(
                ("black", "solid", "gradient", "noise", "paper", "shapes", "photos", "film_grain")
            )
        ),
        ground=Color(*draw(st.tuples(*[st.integers(0, 255)] * 3))),
    )
