"""From an answer to a caption: clean, look for faults, ask again if need be, repair, keep.

A captioner's answer is never believed: what it says of the scene is held against the facts. What
it was, and every change, stay with the caption.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from glyphdata.caption.captioner import Answer, Asked, Fault
from glyphdata.caption.facts import Facts
from glyphdata.caption.grammar import say
from glyphdata.caption.honest.clauses import parsed
from glyphdata.caption.honest.clean import cleaned
from glyphdata.caption.honest.faults import FOREIGN, echo, foreign, full_sentences, refused
from glyphdata.caption.honest.loops import loop
from glyphdata.caption.honest.matching import spoken
from glyphdata.caption.honest.quotes import masked
from glyphdata.caption.honest.repair import repaired
from glyphdata.caption.levels import BUDGETS, GOALS, LEVELS, words
from glyphdata.caption.record import Caption, Failure, Mention, Repair
from glyphdata.errors import InputError

TRIES = 2
"""How often a captioner is asked again at most."""

_OPEN_END = re.compile(r"(?:[\s,;:–—-]|\b(?:and|or|with|a|an|the|in|on|of|at|that|is|to)\b)+$")
_SPELLED = (1, 2, 3)  # levels that say every text


@dataclass(frozen=True, slots=True)
class _Draft:
    """An answer without what surrounds it; `fault` names what is wrong with it as a whole."""

    text: str
    repairs: tuple[Repair, ...]
    flags: tuple[str, ...]
    fault: str = ""


def settle(
    answer: Answer,
    asked: Asked,
    again: Callable[[int], Answer | Fault],
    *,
    source: str = "",
    recipe: str = "",
    tries: int = TRIES,
    prompt: str = "",
) -> Caption | Failure:
    """The caption that an answer comes to, or why it comes to none.

    A refusal, an echo of the prompt, a loop, another script or nothing at all is asked for again
    with `again(attempt)`, `tries` times at most. A loop that stays is cut and flagged; anything
    else is a `Failure` of the code `refused`, `echo`, `foreign`, `empty` or `loop`. `prompt` is
    what the captioner was asked, if not `asked.prompt`. Never raises, whatever the answer is.
    """
    known = _as_known(answer, asked)
    if known is not None:
        return replace(known, source=source, recipe=recipe)
    question = prompt or asked.prompt
    draft = _draft(answer, asked.facts, question)
    heard, made = answer, 1
    for attempt in range(asked.attempt + 1, asked.attempt + 1 + tries):
        if not draft.fault:
            break
        other = again(attempt)
        made += 1
        if isinstance(other, Fault):
            if not other.passing:
                break
            continue
        heard, draft = other, _draft(other, asked.facts, question)
    if draft.fault:
        draft = _salvaged(draft, asked.facts)
    if draft.fault:
        message = f"{_SAID[draft.fault]}: {heard.text[:80]!r}"
        return Failure(recipe, asked.level, draft.fault, message, made)
    caption = _kept(draft, heard, asked)
    return replace(caption, source=source, recipe=recipe)


_SAID = {
    "refused": "it refuses",
    "echo": "it repeats the question",
    "foreign": "it answers in another script",
    "empty": "it says nothing",
    "loop": "it goes round in a loop",
}


def _as_known(answer: Answer, asked: Asked) -> Caption | None:
    """The caption of an answer that knows where it says which text, each span verified."""
    if not answer.spans or answer.finish != "stop":
        return None
    said = answer.text.encode("utf-8", "surrogatepass")
    texts = {box.id: spoken(box.text) for box in asked.facts.texts}
    mentions = []
    for ref, start, end in answer.spans:
        words = said[start:end].decode("utf-8", "replace")
        truth = texts.get(ref)
        if truth is None or not words or words not in truth:
            return None
        mentions.append(Mention(ref, start, end, "exact" if words == truth else "partial"))
    return Caption(asked.level, answer.text, "", "", style=asked.style, mentions=tuple(mentions))


def _draft(answer: Answer, facts: Facts, prompt: str) -> _Draft:
    """The answer cleaned, with the first fault that it has as a whole."""
    text, repairs = cleaned(answer.text)
    flags: tuple[str, ...] = ()
    if answer.finish == "filter":
        return _Draft(text, repairs, (), "refused")
    text, echoes = _unechoed(text, prompt)
    repairs += echoes
    if not any(letter.isalnum() for letter in text):
        return _Draft(text, repairs, (), "echo" if echoes else "empty")
    if refused(text, facts):
        return _Draft(text, repairs, (), "refused")
    share = foreign(text, facts)
    if share > FOREIGN:
        return _Draft(text, repairs, (), "foreign")
    if share > 0.0:
        flags += ("foreign-script",)
    if loop(text, tuple(spoken(box.text) for box in facts.texts)) is not None:
        return _Draft(text, repairs, flags, "loop")
    if answer.finish == "length":
        whole = full_sentences(text)
        if whole != text:
            kept = len(whole) if text.startswith(whole) else len(whole) - 1
            repairs += (Repair("length", text[kept:].strip(" ,;"), ""),)
        flags += ("truncated",)
        return _Draft(whole, repairs, flags, "" if whole else "empty")
    return _Draft(text, repairs, flags)


def _unechoed(text: str, prompt: str) -> tuple[str, tuple[Repair, ...]]:
    """The text without what it repeats of the prompt."""
    repairs: tuple[Repair, ...] = ()
    for _ in range(8):
        said = echo(text, prompt)
        if said is None:
            break
        start, end = said
        repairs += (Repair("prefix", text[start:end].strip(), ""),)
        text = (text[:start] + " " + text[end:]).strip()
    return text, repairs


def _salvaged(draft: _Draft, facts: Facts) -> _Draft:
    """A loop with something said before it: its first copy is kept, and flagged."""
    if draft.fault != "loop":
        return draft
    text, removed = draft.text, ""
    texts = tuple(spoken(box.text) for box in facts.texts)
    for _ in range(4):
        found = loop(text, texts)
        if found is None:
            break
        removed = text[found.kept :] + removed
        text = text[: found.kept]
    whole = full_sentences(text) or _OPEN_END.sub("", text) + "."
    if found is not None or words(whole) < max(3, GOALS[6]):
        return draft
    repairs = (*draft.repairs, Repair("loop", removed.strip(), ""))
    return _Draft(whole, repairs, (*draft.flags, "loop"))


def _kept(draft: _Draft, answer: Answer, asked: Asked) -> Caption:
    """The draft repaired against the facts, with its flags."""
    text, repairs, mentions, found = repaired(draft.text, asked.facts)
    flags = {*draft.flags, *found}
    count = words(text)
    if count > BUDGETS.get(asked.level, count):
        flags.add("too-long")
    if 2 * count < GOALS.get(asked.level, 0):
        flags.add("too-short")
    said = {mention.ref for mention in mentions}
    if asked.level in _SPELLED and any(box.id not in said for box in asked.facts.texts):
        flags.add("missing")
    return Caption(
        asked.level,
        text,
        "",
        "",
        style=asked.style,
        mentions=mentions,
        finish=answer.finish,
        flags=tuple(sorted(flags)),
        raw=answer.text if answer.text != text else "",
        repairs=draft.repairs + repairs,
    )


def lower(caption: Caption, facts: Facts, level: int) -> Caption:
    """A coarser caption from a finer one: whole sentences of it where they fill the level's budget,
    else what the grammar says from truth.

    `InputError` where the level asked for is finer than the caption's.
    """
    if level < caption.level:
        raise InputError(
            f"a caption of level {caption.level} holds too little for level {level}",
            hint="shorten captions of a finer level only",
        )
    if level == caption.level and words(caption.text) <= BUDGETS[level]:
        return caption
    kept = _shortened(caption.text, BUDGETS[level])
    if level == LEVELS[-1] or words(kept) < GOALS[level]:
        return say(facts, level)
    text, repairs, mentions, flags = repaired(kept, facts)
    if facts.texts and not mentions:
        return say(facts, level)
    cut = () if kept == caption.text else (Repair("length", caption.text, kept),)
    return replace(
        caption,
        level=level,
        text=text,
        mentions=mentions,
        flags=tuple(sorted({*flags, *(set(caption.flags) & {"truncated", "loop"})})),
        raw=caption.raw or (caption.text if text != caption.text else ""),
        repairs=(*caption.repairs, *cut, *repairs),
        locked=False,
    )


def _shortened(text: str, budget: int) -> str:
    """Sentences of a text in their order, as many as the budget has words for: the first one, then
    those that quote, then the others."""
    caption = parsed(text)
    spans = caption.sentences
    shown = masked(text, caption.quotes)
    rank = sorted(
        range(len(spans)),
        key=lambda number: (number > 0, "\ufffc" not in shown[slice(*spans[number])], number),
    )
    kept: list[int] = []
    left = budget
    for number in rank:
        count = words(text[slice(*spans[number])])
        if count > left:
            if number == 0:
                return ""
            continue
        kept.append(number)
        left -= count
    return " ".join(text[slice(*spans[number])] for number in sorted(kept))
