"""The words by which a text is asked for, and almost the same words that are not in the picture."""

from __future__ import annotations

from unicodedata import category, normalize

from glyphdata.scene.rng import Rng

LONG = 48
"""Characters above which a text is asked for by how it begins."""

_WORDS = 3
_UNSPACED = 8
_EDGES = " ,;:-–—"  # what a quote that stops short leaves out


def plain(text: str) -> str:
    """The text in NFC, on one line, its blanks single."""
    return " ".join(normalize("NFC", text).split())


def opening(text: str) -> str:
    """How a long text begins, the whole of a shorter one: its first three words, or its first eight
    characters where there are no blanks so soon."""
    whole = plain(text)
    if len(whole) <= LONG:
        return whole
    words = " ".join(whole.split(" ", _WORDS)[:_WORDS])
    return (words if len(words) <= LONG else whole[:_UNSPACED]).rstrip(_EDGES) or whole


def altered(text: str, rng: Rng) -> str:
    """The text with one letter or digit replaced by another of its kind, empty where it has none.

    Letters that Unicode numbers side by side are of one script, so the other is a neighbour.
    """
    spots = [at for at, one in enumerate(text) if _others(one)]
    if not spots:
        return ""
    at = rng.at("spot").pick(spots)
    other = rng.at("letter").pick(_others(text[at]))
    return plain(text[:at] + other + text[at + 1 :])


def _others(one: str) -> list[str]:
    """Characters near by that may stand in place of this one."""
    kind = category(one)
    if kind[0] not in "LN":
        return []
    near = (chr(ord(one) + step) for step in (-3, -2, -1, 1, 2, 3) if ord(one) + step > 0)
    return [
        other for other in near if category(other) == kind and normalize("NFKC", other) == other
    ]
