"""The Unicode Bidirectional Algorithm's rules for one isolating run sequence (UAX #9: W and N).

`run` holds the indices of a sequence's characters, `classes` the current type of every character,
`original` its Bidi_Class; `sos` and `eos` are the types taken to stand before and after.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from fontTools.unicodedata.Mirrored import MIRRORED

ISOLATES = frozenset(("LRI", "RLI", "FSI"))
_NEUTRAL = frozenset(("B", "S", "WS", "ON", "PDI")) | ISOLATES
_MAX_PAIRS = 63
_CANONICAL = {"\u2329": "\u3008", "\u232a": "\u3009"}


def resolve(
    run: list[int],
    text: str,
    original: list[str],
    classes: list[str],
    sides: tuple[str, str, str],
) -> None:
    """Rewrite `classes` of the run to L, R, AN and EN; `sides` are (embedding, sos, eos)."""
    embedding, sos, eos = sides
    _resolve_weak(run, classes, sos)
    _resolve_brackets(run, text, original, classes, embedding, sos)
    _resolve_neutral(run, classes, embedding, sos, eos)


@lru_cache(maxsize=1024)
def _bracket(char: str) -> tuple[str, str]:
    """("o", its closing partner), ("c", itself) in canonical form, or ("", "") for no bracket."""
    if not unicodedata.mirrored(char) or unicodedata.bidirectional(char) != "ON":
        return "", ""
    category = unicodedata.category(char)
    if category == "Ps" and ord(char) in MIRRORED:
        partner = chr(MIRRORED[ord(char)])
        return "o", _CANONICAL.get(partner, partner)
    if category == "Pe" and ord(char) in MIRRORED:
        return "c", _CANONICAL.get(char, char)
    return "", ""


def _resolve_weak(run: list[int], classes: list[str], sos: str) -> None:
    """W1-W7."""
    before, strong = sos, sos
    for i in run:  # W1, W2
        kind = classes[i]
        if kind == "NSM":
            kind = "ON" if before in ISOLATES or before == "PDI" else before
        before = kind
        if kind in ("L", "R", "AL"):
            strong = kind
        elif kind == "EN" and strong == "AL":
            kind = "AN"
        classes[i] = kind
    for before_i, i, after_i in zip(run, run[1:], run[2:], strict=False):  # W4
        kind, sides = classes[i], classes[before_i]
        if sides == classes[after_i] and (
            (kind in ("ES", "CS") and sides == "EN") or (kind == "CS" and sides == "AN")
        ):
            classes[i] = sides
    for i in run:  # W3
        if classes[i] == "AL":
            classes[i] = "R"
    _resolve_signs(run, classes, sos)


def _resolve_signs(run: list[int], classes: list[str], sos: str) -> None:
    """W5-W7: signs beside European numbers, then those numbers after L."""
    at = 0
    while at < len(run):
        end = at
        while end < len(run) and classes[run[end]] == "ET":
            end += 1
        if end > at:
            near = (at > 0 and classes[run[at - 1]] == "EN") or (
                end < len(run) and classes[run[end]] == "EN"
            )
            for i in run[at:end]:
                classes[i] = "EN" if near else "ON"
        at = end + 1
    strong = sos
    for i in run:
        kind = classes[i]
        if kind in ("ES", "CS", "ET"):
            classes[i] = "ON"
        elif kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            classes[i] = "L"


def _pairs(run: list[int], text: str, classes: list[str]) -> list[tuple[int, int]]:
    """BD16: the bracket pairs of a sequence, as positions in it, by their opening."""
    opened: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for position, i in enumerate(run):
        side, partner = _bracket(text[i]) if classes[i] == "ON" else ("", "")
        if side == "o":
            if len(opened) == _MAX_PAIRS:
                break
            opened.append((partner, position))
        elif side == "c":
            for depth in range(len(opened) - 1, -1, -1):
                if opened[depth][0] == partner:
                    pairs.append((opened[depth][1], position))
                    del opened[depth:]
                    break
    return sorted(pairs)


def _strong(kind: str) -> str:
    return "R" if kind in ("R", "AN", "EN") else "L" if kind == "L" else ""


def _resolve_brackets(
    run: list[int], text: str, original: list[str], classes: list[str], embedding: str, sos: str
) -> None:
    """N0: a pair of brackets takes one direction; marks on a bracket follow it."""
    for start, end in _pairs(run, text, classes):
        inside = {_strong(classes[i]) for i in run[start + 1 : end]}
        kind = ""
        if embedding in inside:
            kind = embedding
        elif "L" in inside or "R" in inside:
            before = (_strong(classes[i]) for i in reversed(run[:start]))
            kind = next((found for found in before if found), sos)
        if not kind:
            continue
        for bracket in (start, end):
            classes[run[bracket]] = kind
            for i in run[bracket + 1 :]:
                if original[i] != "NSM":
                    break
                classes[i] = kind


def _resolve_neutral(
    run: list[int], classes: list[str], embedding: str, sos: str, eos: str
) -> None:
    """N1, N2: what has no direction takes that of both its sides, else the embedding's."""
    before, waiting = sos, list[int]()
    for i in run:
        if classes[i] in _NEUTRAL:
            waiting.append(i)
            continue
        after = _strong(classes[i])
        for j in waiting:
            classes[j] = before if before == after else embedding
        waiting.clear()
        before = after
    for j in waiting:
        classes[j] = before if before == eos else embedding
