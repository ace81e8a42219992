"""A word put in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from glyphdata.parts.changing import Change, any_word, gap, made
from glyphdata.parts.edits._letters import has_small_letters, letter
from glyphdata.parts.lexicon import LANGUAGES, Language, lexicon
from glyphdata.parts.phrase import Phrase, segmented
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Edit

_KNOWN: dict[str, Language] = {language: language for language in LANGUAGES}


@dataclass(frozen=True, slots=True)
class AddWord:
    """A word of the language put in between two others, or at either end.

    Example: hello world -> hello brave world

    In a language without a lexicon it is made up of its letters.
    """

    def choose(self, rng: Rng, phrase: Phrase, draws: Callable[[str], bool]) -> Edit:
        """One edit; `Rejection("no-edit")` for a text that has no words."""
        small = has_small_letters(phrase.text)

        def propose() -> Change | None:
            word = any_word(rng, phrase)
            if word is None:
                return None
            new = _word(rng, phrase, word, small)
            if not new:
                return None
            room = gap(phrase, word)
            start, end = phrase.words[word]
            # One more place than there are words: after the last.
            if word == len(phrase.words) - 1 and rng.chance(0.5):
                return Change(end, end, (*room, *new), word + 1)
            return Change(start, start, (*new, *room), word)

        return made("add_word", phrase, draws, propose)


def _word(rng: Rng, phrase: Phrase, beside: int, small: bool) -> tuple[str, ...]:
    """The clusters of a word, in capitals where the text is; none where there are no letters."""
    known = _KNOWN.get(phrase.language.partition("-")[0])
    if known is not None:
        words = lexicon(known)
        spelt = words.words if small else words.capitals
        return segmented(spelt[rng.integer(0, len(spelt))])
    start, end = phrase.words[beside]
    made_up = [letter(rng, phrase, start, not small, 0.0) for _ in range(min(end - start, 8))]
    return tuple(one for one in made_up if one is not None)
