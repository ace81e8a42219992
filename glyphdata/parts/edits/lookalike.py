"""One character replaced by one that looks nearly like it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from glyphdata.parts.changing import Change, made, visible
from glyphdata.parts.edits._letters import belongs, has_small_letters, nearest_script, script_of
from glyphdata.parts.fields import Unit
from glyphdata.parts.lookalikes import PAIRS, lookalikes, spelt_with_two
from glyphdata.parts.phrase import Phrase
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Edit


@dataclass(frozen=True, slots=True)
class Lookalike:
    """One character replaced by one of its script that looks nearly like it.

    Example: 白天 -> 自天

    Of a character with marks the letter changes, or one of the marks. In Latin letters two may
    stand for one, as rn for m: in `pairs` of the cases where they could.
    """

    pairs: Unit = 0.25

    def choose(self, rng: Rng, phrase: Phrase, draws: Callable[[str], bool]) -> Edit:
        """One edit; `Rejection("no-edit")` for a text where nothing has a likeness."""
        changes = self._changes(rng, phrase)
        return made("lookalike", phrase, draws, lambda: next(changes, None))

    def _changes(self, rng: Rng, phrase: Phrase) -> Iterator[Change]:
        """A change for every character that has a likeness, once around from a random one."""
        clusters = phrase.clusters
        count = len(clusters)
        first = rng.integer(0, count) if count else 0
        small = has_small_letters(phrase.text)
        for at in (*range(first, count), *range(first)):
            if not visible(clusters[at]):
                continue
            pair = self._pair(rng, clusters, at)
            if pair is not None:
                yield pair
            else:
                options = _alike(phrase, at, small)
                if options:
                    yield Change(at, at + 1, (options[rng.integer(0, len(options))],))

    def _pair(self, rng: Rng, clusters: tuple[str, ...], at: int) -> Change | None:
        """Two letters for the one at `at`, or one for the two that begin there."""
        one, following = clusters[at], clusters[at + 1 : at + 2]
        two = spelt_with_two(one)
        whole = PAIRS.get(one + following[0], "") if following else ""
        if not (two or whole) or not rng.chance(self.pairs):
            return None
        return Change(at, at + 2, (whole,)) if whole else Change(at, at + 1, tuple(two))


def _alike(phrase: Phrase, at: int, small: bool) -> list[str]:
    """What differs from cluster `at` in one character that looks nearly the same."""
    cluster, language = phrase.clusters[at], phrase.language
    letters = not cluster.isdecimal() or nearest_script(phrase, at) == "Latn"
    out = []
    for index, old in enumerate(cluster):
        script = "Latn" if old.isascii() else script_of(old)
        for new in lookalikes(old, script, language):
            fits = (small or not new.islower()) and (letters or new.isdecimal())
            if fits and belongs(new, script, language):
                out.append(cluster[:index] + new + cluster[index + 1 :])
    return out
