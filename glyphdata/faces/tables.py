"""Our faces as tables that Glyph-ByT5's loaders read, and which of them write which language.

Version 1 (arXiv 2403.09622) numbers all faces from 0: `{"OpenSans-Bold": 12}`. Version 2
(arXiv 2406.10208) numbers them per prefix, `{"en-OpenSans-Bold": 7, "cn-…": 0}`, and has beside the
table, for each language, a list of the faces that may write it: `[["en-OpenSans-Bold", 7], …]`.
French, German, Spanish, Italian, Portuguese and Russian share the table `en`.
"""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_letters

from glyphdata.errors import InputError
from glyphdata.faces.catalogue import Catalogue
from glyphdata.faces.ledger import RETIRED
from glyphdata.faces.spelling import PREFIXES, tables
from glyphdata.faces.stored import retired

_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"

ALPHABETS = {
    "fr": ascii_letters + "àâæçéèêëîïôœùûüÿÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ",
    "de": ascii_letters + "äöüßÄÖÜ",
    "es": ascii_letters + "áéíñóúüÁÉÍÑÓÚÜ¡¿",
    "it": ascii_letters + "àèéìíîòóùúÀÈÉÌÍÎÒÓÙÚ",
    "pt": ascii_letters + "ãáâàçéêíóôõúÃÁÂÀÇÉÊÍÓÔÕÚ",
    "ru": _RUSSIAN + _RUSSIAN.upper(),
}
"""What a face must draw to write a language that shares the table `en`."""

LANGUAGES = (*PREFIXES, *ALPHABETS)
"""Every language that has a table or a list of its own."""


def names(catalogue: Catalogue) -> tuple[str, ...]:
    """The name of each face in a table: its key, with `@token` where an earlier face has that."""
    taken: set[str] = set()
    out = []
    for face in catalogue.faces:
        out.append(f"{face.key}@{face.token}" if face.key in taken else face.key)
        taken.add(face.key)
    return tuple(out)


def version_1(catalogue: Catalogue) -> dict[str, int]:
    """Every registered face by its name, with its token: the ids are dense from 0."""
    return {name: token for token, name in enumerate(names(catalogue))}


def version_2(catalogue: Catalogue, languages: Sequence[str]) -> dict[str, int]:
    """The tables of these languages one after another, each numbered from 0.

    `InputError` for a language that has no table.
    """
    called, numbers = names(catalogue), tables(catalogue)
    prefixes = dict.fromkeys(map(prefix_of, languages))
    return {
        f"{prefix}-{called[token]}": number
        for prefix in prefixes
        for token, number in numbers[prefix].items()
    }


def allowed(catalogue: Catalogue, language: str) -> list[tuple[str, int]]:
    """The faces that may write a language, as (name in the table, number), by number.

    For a language with a prefix of its own that is its whole table; for the others, the faces of
    `en` that draw the whole alphabet and are at home in its script. Withdrawn faces are in none.
    """
    prefix = prefix_of(language)
    called, gone = names(catalogue), retired(catalogue.registry.with_name(RETIRED))
    alphabet = ALPHABETS.get(language, "")
    script = "cyrillic" if language == "ru" else "latin"
    fit = catalogue.covering(alphabet)
    return [
        (f"{prefix}-{called[token]}", number)
        for token, number in tables(catalogue)[prefix].items()
        if token not in gone
        and fit >> token & 1
        and (not alphabet or script in catalogue[token].home_scripts)
    ]


def prefix_of(language: str) -> str:
    """The table that a language's faces stand in; `InputError` where it has none."""
    if language in ALPHABETS:
        return "en"
    if language not in PREFIXES:
        raise InputError(
            f"{language!r} has no table of faces", hint=f"there are {', '.join(LANGUAGES)}"
        )
    return language
