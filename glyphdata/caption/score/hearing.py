"""What a caption says, found by its grammar alone: which looks belong to which quoted text.

A lower bound: whoever words things in ways that are not known here is not understood. What is
understood is meant so.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from glyphdata.caption.grammar.vocabulary import COLORS, NUMBERS, PLACES, SIZES, TYPEFACES
from glyphdata.caption.honest.quotes import quoted
from glyphdata.caption.score.lexicon import NAMED, STAND_IN, Token, listened
from glyphdata.caption.score.opening import plain
from glyphdata.caption.score.question import Matter

_LOOKS: dict[str, Matter] = {
    "color": "color",
    "place": "place",
    "size": "size",
    "font": "font",
    "face": "font",
}
_SCENE: dict[str, Matter] = {
    "count": "count",
    "ground": "ground",
    "kind": "kind",
    "image": "image",
}
_NAME = re.compile(r"(?<=[\w,:;)] )[A-Z][\w-]*(?: (?:[A-Z][\w-]*|\d\w*))+")
_BACK = re.compile(
    r"\s*(?:it|its|they|this|that|these|(?:the|all|both)\s+"
    r"(?:text|texts|letters|lettering|words?|font|typeface|type|line|inscription)s?)\b"
)
_ORDINARY = frozenset(
    word
    for table in (COLORS, PLACES, SIZES, TYPEFACES)
    for phrases in table.values()
    for phrase in phrases
    for word in phrase.lower().split()
) | frozenset((*NUMBERS, "text", "texts", "word", "words", "letters", "picture", "image"))


@dataclass(frozen=True, slots=True)
class Mention:
    """One text that a caption says stands in the picture.

    `words` are plain (one line, single blanks); `cut` says that they end in dots; `looks` holds
    what is said of it by matter, in canonical words.
    """

    words: str
    cut: bool
    quoted: bool
    looks: dict[Matter, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a caption says: its mentions from left to right, the relations between them (which,
    which way, of which), and by matter what it says of the picture as a whole."""

    mentions: tuple[Mention, ...]
    relations: tuple[tuple[int, str, int], ...]
    scene: dict[Matter, frozenset[str]]


class _Span(NamedTuple):
    start: int
    end: int
    quoted: bool


def heard(text: str, known: Iterable[str] = ()) -> Heard:
    """What a caption says. `known` are texts that it may also say without quotation marks; they are
    looked for as whole words in the very case."""
    text = text.replace(STAND_IN, " ").replace(NAMED, " ")
    texts = dict.fromkeys(plain(one) for one in known)
    spans = _spans(text, texts)
    mentions = [_mention(text[span.start : span.end], texts, span.quoted) for span in spans]
    tokens = list(listened(_masked(text, spans)))
    relations: list[tuple[int, str, int]] = []
    scene: dict[Matter, set[str]] = {}
    numbers = {span.start: number for number, span in enumerate(spans)}
    current: int | None = None
    for sentence, back in _sentences(tokens, _masked(text, spans)):
        parts = [(token, numbers.get(token.start, -1)) for token in sentence]
        held = [number for _, number in parts if number >= 0]
        if held:
            _attach(parts, mentions)
            relations += _related(parts, current)
            current = held[-1]
        elif back and current is not None:
            _look(mentions[current], [token for token, _ in parts])
        for token in sentence:
            if token.sort in _SCENE and token.value:
                scene.setdefault(_SCENE[token.sort], set()).add(token.value)
    _written(tokens, bool(mentions), scene)
    told = {matter: frozenset(values) for matter, values in scene.items()}
    return Heard(tuple(mentions), tuple(relations), told)


def _spans(text: str, known: Iterable[str]) -> list[_Span]:
    spans = [_Span(one.start, one.end, True) for one in quoted(text)]
    said = {plain(text[span.start : span.end]) for span in spans}
    for words in known:
        if words in said or words not in text or not _telling(words):
            continue
        pattern = rf"(?<!\w){re.escape(words)}(?!\w)"
        for found in re.finditer(pattern, text):
            free = all(found.end() <= span.start or span.end <= found.start() for span in spans)
            if free and (" " in words or words.isupper() or not _first(text, found.start())):
                spans.append(_Span(found.start(), found.end(), False))
    return sorted(spans)


def _telling(words: str) -> bool:
    """Would a caption hardly say these words unless it meant the text? Three characters or a digit,
    and no lower-case or ordinary word."""
    if any(one.isdigit() for one in words):
        return True
    if len(words) < 3 or words.lower() in _ORDINARY:
        return False
    return not words.isascii() or " " in words or words != words.lower()


def _first(text: str, at: int) -> bool:
    """Does a sentence start here, so that a capital says nothing?"""
    before = text[:at].rstrip()
    return not before or before[-1] in ".!?:"


def _mention(words: str, known: Container[str], marked: bool) -> Mention:
    said = plain(words)
    bare = said.removesuffix("…").removesuffix("...").rstrip()
    if said not in known and said[:-1] in known and said[-1:] in ",.;":
        return Mention(said[:-1], False, marked)  # American usage puts its commas inside
    return Mention(bare or said, bool(bare) and bare != said, marked)


def _masked(text: str, spans: Sequence[_Span]) -> str:
    """The caption in small letters without its texts and names, every character in its place."""
    parts: list[str] = []
    at = 0
    for start, end, _ in spans:
        parts += (text[at:start], STAND_IN * (end - start))
        at = end
    bare = "".join((*parts, text[at:]))
    named = _NAME.sub(lambda found: NAMED * len(found[0]), bare)
    small = named.lower()
    if len(small) == len(named):
        return small
    return "".join(low if len(low := one.lower()) == 1 else one for one in named)


def _sentences(tokens: Sequence[Token], said: str) -> Iterator[tuple[list[Token], bool]]:
    """The tokens of each sentence, and whether it speaks of what the last one spoke of."""
    sentence: list[Token] = []
    start = 0
    for token in tokens:
        if token.sort == "end":
            yield sentence, _BACK.match(said, start) is not None
            sentence, start = [], token.start + 1
        else:
            sentence.append(token)
    yield sentence, _BACK.match(said, start) is not None


def _attach(parts: Sequence[tuple[Token, int]], mentions: Sequence[Mention]) -> None:
    """Give each mention of a sentence what is said of it."""
    at = [place for place, (_, number) in enumerate(parts) if number >= 0]
    spoken = [mentions[parts[place][1]] for place in at]
    owned: list[list[Token]] = [[token for token, _ in parts[: at[0]]]]
    joined = [False] * (len(at) + 1)
    for turn in range(1, len(at)):
        between = [token for token, _ in parts[at[turn - 1] + 1 : at[turn]]]
        before, after, way = _split(between)
        looks = [token for token in between if token.sort in _LOOKS]
        joined[turn] = not looks and not way and _listed(between)
        owned[-1] += before
        owned.append(after)
    tail = [token for token, _ in parts[at[-1] + 1 :]]
    _look_in_turn(spoken, tail)
    owned[-1] += tail
    shared = tail if any(token.sort == "all" for token in tail) else []
    for turn in range(len(at) - 1, -1, -1):
        if joined[turn + 1]:
            owned[turn] += owned[turn + 1]
        _look(spoken[turn], [*owned[turn], *shared])


def _related(
    parts: Sequence[tuple[Token, int]], current: int | None
) -> Iterator[tuple[int, str, int]]:
    """How the mentions of a sentence lie, as it says; `current` is what was spoken of before.

    `"A" above "B"`, `"A" and, below it, "B"`, `"A" with "B" below it`.
    """
    earlier, last = None, current
    way = waiting = ""
    led = True  # does what follows lead on to another mention?
    for place, (token, number) in enumerate(parts):
        if number >= 0:
            if way and last is not None:
                yield last, way, number
            if waiting and last is not None:
                yield number, waiting, last
            earlier, last, way, waiting, led = last, number, "", "", False
        elif token.sort == "lead":
            led = True
        elif token.sort == "way":
            way = token.value
        elif token.sort == "way_it":
            follows = any(other >= 0 for _, other in parts[place:])
            if led and follows:
                waiting = token.value
            elif last is not None and earlier is not None:
                yield last, token.value, earlier


def _look_in_turn(spoken: Sequence[Mention], tail: Sequence[Token]) -> None:
    """`"A" and "B" are white and yellow respectively`: a look for each, in their order."""
    if not any(token.sort == "respectively" for token in tail):
        return
    for sort in _LOOKS:
        looks = [token for token in tail if token.sort == sort]
        if len(looks) == len(spoken):
            for mention, look in zip(spoken, looks, strict=True):
                _look(mention, [look])


def _split(between: Sequence[Token]) -> tuple[list[Token], list[Token], str]:
    """What stands between two mentions: what belongs to the first, what to the second, and how the
    first lies from the second, if that is said."""
    for place, token in enumerate(between):
        if token.sort == "way":
            return list(between[:place]), list(between[place + 1 :]), token.value
    leads = [place for place, token in enumerate(between) if token.sort == "lead"]
    cut = leads[-1] if leads else len(between)
    return list(between[:cut]), list(between[cut:]), ""


def _listed(between: Sequence[Token]) -> bool:
    return any(token.sort == "lead" and token.value in (",", "and") for token in between)


def _look(mention: Mention, tokens: Iterable[Token]) -> None:
    """Note the first that is said of each look; a typeface that is called one counts before a word
    that may be one."""
    firm = mention.looks.get("font") is not None
    for token in tokens:
        matter = _LOOKS.get(token.sort)
        if matter is None or not token.value:
            continue
        if token.sort == "font" and not firm:
            mention.looks["font"] = token.value
            firm = True
        else:
            mention.looks.setdefault(matter, token.value)


def _written(tokens: Sequence[Token], any_mention: bool, scene: dict[Matter, set[str]]) -> None:
    """Does it say that there is writing, or that there is none?"""
    sorts = {token.sort for token in tokens}
    if any_mention or "count" in sorts or ("writing" in sorts and "bare" not in sorts):
        scene["any"] = {"some"}
    elif "bare" in sorts:
        scene["any"] = {"none"}
