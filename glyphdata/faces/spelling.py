"""How a face is spelled in a prompt: `<font-N>`, or by language as Glyph-ByT5-v2 does.

In version 2 (arXiv 2406.10208) a token names a table of faces and a place in it: `<en-font-44>`,
`<cn-font-3>`. The four tables of the paper are kept (`en` for Latin, Cyrillic and Greek); the other
scripts have tables of their own. A place is the face's rank among the registry's faces for those
scripts, so the tables are append-only because the registry is.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from glyphdata.faces.catalogue import Catalogue
from glyphdata.faces.face import Face

Spelling = Literal["v1", "v2"]

PREFIXES = {
    "en": ("latin", "cyrillic", "greek"),
    "cn": ("han",),
    "jp": ("kana",),
    "kr": ("hangul",),
    "ar": ("arabic",),
    "he": ("hebrew",),
    "hi": ("devanagari",),
    "th": ("thai",),
}
"""The tables of version 2 and the home scripts of their faces."""

_CJK = {"zh": "cn", "ja": "jp", "ko": "kr"}


def spelled(
    catalogue: Catalogue, token: int, script: str, language: str, spelling: Spelling
) -> str:
    """The font token of a text in `script` and `language` (BCP 47) set in face `token`."""
    if spelling == "v1":
        return f"<font-{token}>"
    numbers = tables(catalogue)
    by_language = _CJK.get(language.partition("-")[0], "")
    by_script = next((name for name, scripts in PREFIXES.items() if script in scripts), "en")
    # Digits and symbols are of no script: any table that knows the face will do.
    for prefix in (by_language or by_script, *PREFIXES):
        number = numbers[prefix].get(token)
        if number is not None:
            return f"<{prefix}-font-{number}>"
    return f"<font-{token}>"


@lru_cache(maxsize=4)
def tables(catalogue: Catalogue) -> dict[str, dict[int, int]]:
    """Per prefix the tokens of its table, in their order, each with its number there."""
    return {
        prefix: {
            face.token: number
            for number, face in enumerate(
                face for face in catalogue.faces if _belongs(face, prefix)
            )
        }
        for prefix in PREFIXES
    }


def _belongs(face: Face, prefix: str) -> bool:
    if prefix == "cn":
        return "han" in face.home_scripts and any(
            language.startswith("zh") for language in face.languages
        )
    return any(script in face.home_scripts for script in PREFIXES[prefix])
