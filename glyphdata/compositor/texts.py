"""Which text does a box say?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from glyphdata.errors import InputError, Rejection
from glyphdata.faces.coverage import may_be_blank, needs_no_glyph
from glyphdata.parts import Passage, TextSource
from glyphdata.recipe import Recipe
from glyphdata.recipe.model import Levels
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Level

LEVELS: tuple[Level, ...] = ("word", "sentence", "paragraph")


class _Choice(NamedTuple):
    """Sources to choose among, each as often as its share says."""

    sources: Sequence[TextSource]
    shares: Sequence[float]

    @classmethod
    def among(cls, sources: Sequence[TextSource]) -> _Choice:
        return cls(sources, [source.share for source in sources])

    def pick(self, rng: Rng) -> TextSource:
        return self.sources[rng.weighted(self.shares) if len(self.sources) > 1 else 0]


class Texts:
    """The text sources of a recipe, by level and language."""

    def __init__(self, recipe: Recipe) -> None:
        """`InputError` where a source cannot be used."""
        sources = [source.ready(recipe.root) for source in recipe.texts]
        self._mixed = recipe.boxes.mixed
        self._of: dict[tuple[Level, str], _Choice] = {}
        self._languages: dict[Level, tuple[list[str], list[float]]] = {}
        for level in LEVELS:
            able = [source for source in sources if level in source.levels()]
            spoken = dict.fromkeys(filter(None, map(_language, able)))
            for language in ("", *spoken):
                fit = [one for one in able if not language or _language(one) in ("", language)]
                self._of[level, language] = _Choice.among(fit)
            shares = [
                sum(one.share for one in able if _language(one) == language) for language in spoken
            ]
            self._languages[level] = list(spoken), shares

    def gives(self, level: Level) -> bool:
        """Does any source give texts of that level?"""
        return bool(self._of[level, ""].sources)

    def levels(self, wanted: Levels) -> tuple[list[Level], list[float]]:
        """The levels that are wanted, and how often; `InputError` where no source gives one."""
        levels = [level for level in LEVELS if getattr(wanted, level) > 0]
        for level in levels:
            if not self.gives(level):
                raise InputError(
                    f"no text source gives a {level}", hint=f"add one, or set levels.{level} to 0"
                ).inside("texts")
        return levels, [getattr(wanted, level) for level in levels]

    def language(self, rng: Rng, level: Level) -> str:
        """The language that a scene of that level keeps to; empty where its boxes may differ."""
        languages, shares = self._languages[level]
        if not languages or self._mixed == 1.0 or rng.at("mixed").chance(self._mixed):
            return ""
        return languages[rng.at("language").weighted(shares)]

    def choose(self, rng: Rng, level: Level, language: str) -> Passage:
        """A text of that level and language; `Rejection("empty-text")` where it says nothing."""
        choice = self._of.get((level, language)) or self._of[level, ""]
        passage = choice.pick(rng.at("source")).choose(rng.at("text"), level)
        # Joiners, selectors and fillers are blank too; the first visible character ends the search.
        if all(map(_is_blank, passage.text)):
            raise Rejection("empty-text", "a text without anything to draw")
        return passage


def _language(source: TextSource) -> str:
    """The language of a source; empty where it has none, as numbers and letters at random."""
    language = getattr(source, "language", "und")
    return "" if language == "und" else str(language)


def _is_blank(char: str) -> bool:
    return may_be_blank(ord(char)) or needs_no_glyph(ord(char))
