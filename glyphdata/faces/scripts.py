"""Which scripts a face is at home in, and which language's Han shapes it draws."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

_GREEK = "αβγδεζηθικλμνξοπρστυφχψως"
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяё"

# A face is at home in a script when it draws all of these: what an everyday text is written with.
EXEMPLARS: dict[str, str] = {
    "latin": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,!?'-:",
    "cyrillic": _CYRILLIC + _CYRILLIC.upper(),
    "greek": _GREEK + _GREEK.upper() + "άέήίόύώΆΈΉΊΌΎΏ",
    "arabic": "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي،؟",
    "hebrew": "אבגדהוזחטיךכלםמןנסעףפץצקרשת",
    "devanagari": "अआइईउऊऋएऐओऔकखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसहािीुूृेैोौं्ः।",
    "thai": "กขคฆงจฉชซญฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหอฮะาำิีึืุูเแโใไ่้๊๋็์",
    "han": "一人大中小天日月火水木金土山川上下左右子女男好心手口目足生年今何行言文字立石王白百千",
    "kana": "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほ"
    "まみむめもやゆよらりるれろわをんアイウエオカキクケコサシスセソタチツテトナニヌネノ"
    "ハヒフヘホマミムメモヤユヨラリルレロワヲンー",
    "hangul": "가나다라마바사아자차카타파하각난달람밥상엔종책컵탄품힘뷁읽없있했",
}

SCRIPTS = tuple(EXEMPLARS)

# A few letters per script that tell designs apart; for Han, ones that each region draws its way.
TELLING: dict[str, str] = {
    "latin": "aegkRQSy25&",
    "cyrillic": "абджэяДЖФ",
    "greek": "αβγδθξφΩΞ",
    "arabic": "عغهكسم",
    "hebrew": "אבגלםש",
    "devanagari": "अकगजटभ",
    "thai": "กขชฐณห",
    "han": "骨直今言天海",
    "kana": "あきさアキサ",
    "hangul": "가달없했",
}

_VARIANTS = {"SC": "zh", "TC": "zh-tw", "HK": "zh-hk", "JP": "ja", "KR": "ko"}
_ALIASES = {
    "cn": "zh",
    "zh-cn": "zh",
    "zh-sg": "zh",
    "zh-hans": "zh",
    "cmn": "zh",
    "tw": "zh-tw",
    "zh-hant": "zh-tw",
    "zh-mo": "zh-hk",
    "hk": "zh-hk",
    "yue": "zh-hk",
    "jp": "ja",
    "kr": "ko",
}
# Bits of OS/2's ulCodePageRange1 that name an East Asian code page (OpenType, OS/2 table).
_CODE_PAGES = ((17, "ja"), (18, "zh"), (19, "ko"), (20, "zh-tw"), (21, "ko"))
_EAST_ASIAN = frozenset(("han", "kana", "hangul"))
_HOMES = {
    "zh": ("han",),
    "zh-tw": ("han",),
    "zh-hk": ("han",),
    "ja": ("han", "kana"),
    "ko": ("han", "hangul"),
}
# Families that borrow an alphabet from another one, nearly but not exactly: drawn at 40 px, Heebo's
# Latin differs from Roboto's by 0.03 % of its ink, where two unrelated families differ by 6 %.
_BORROWED = {"heebo": frozenset(("latin",))}


def han_language(language: str) -> str:
    """Whose Han shapes a BCP 47 language is written with (`zh-Hant` gives `zh-tw`); "" for none."""
    tag = language.lower().replace("_", "-")
    pieces = tag.split("-")
    for size in range(len(pieces), 0, -1):
        prefix = "-".join(pieces[:size])
        found = _ALIASES.get(prefix, prefix)
        # A region outweighs the script before it: zh-Hant-HK is Hong Kong's.
        if size == 2 and pieces[0] == "zh" and pieces[-1] in ("hk", "mo"):
            return "zh-hk"
        if found in _HOMES:
            return found
    return ""


def drawn_languages(family: str, code_pages: int) -> tuple[str, ...]:
    """Whose Han shapes a face draws: by the end of its family's name, else by its code pages."""
    suffix = _VARIANTS.get(family.rsplit(" ", 1)[-1].upper())
    if suffix:
        return (suffix,)
    found = [language for bit, language in _CODE_PAGES if code_pages >> bit & 1]
    return tuple(dict.fromkeys(found))


def home_scripts(
    family: str, covers: Callable[[str], bool], languages: Collection[str]
) -> tuple[str, ...]:
    """The scripts a face is to be used for.

    It must draw the exemplar alphabet (`covers` tells of a string), and the family must be meant
    for it: a family named after a script (Noto Sans Arabic) borrows its Latin from another family,
    and so does a Han face, whose Han, kana and Hangul are its language's alone.
    """
    borrowed = _BORROWED.get(family.lower(), frozenset())
    drawn = tuple(
        script
        for script, exemplar in EXEMPLARS.items()
        if script not in borrowed and covers(exemplar)
    )
    named = tuple(script for script in drawn if re.search(rf"\b{script}\b", family.lower()))
    if named:
        return named
    if "han" in drawn and languages:
        meant = {script for language in languages for script in _HOMES.get(language, ())}
        return tuple(script for script in drawn if script in meant)
    return tuple(script for script in drawn if script not in _EAST_ASIAN or not languages)
