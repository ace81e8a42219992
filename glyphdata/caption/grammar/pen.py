"""What writes a caption: named choices, quotes whose place is known, and the last touches."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

from glyphdata.caption.facts import Facts, TextFact
from glyphdata.caption.grammar.plan import Share, beginning, planned, quoted_words
from glyphdata.caption.record import Mention
from glyphdata.scene.rng import Rng

T = TypeVar("T")

_MARKS = ('""', "“”", "«»", "「」", "‹›", "『』", "‘’", "⟨⟩")
"""Pairs of quotation marks, the usual ones first."""

_PREFERRED = (0, 0, 0, 1)
_SLOT = "\0"
_TRAILING = " ,;:.!?-–—、，。！？"
"""What a quote that is cut short does not end in."""


class Pen:
    """Writes one caption of one level.

    A text is quoted by a slot in the sentence, and the slots are filled at the end: so letter case
    and articles are decided on the grammar's own words alone, and the quotes' byte spans are known
    without a search for them.
    """

    __slots__ = ("_mark", "_rng", "_said", "facts", "flat", "rank", "share", "shares")

    def __init__(self, facts: Facts, level: int, seed: int, variant: int) -> None:
        self.facts = facts
        plan = planned(facts)
        self.flat = plan.flat
        self.rank = plan.rank
        self.shares = plan.shares
        self.share: Share = plan.shares[level - 1]
        self._said: dict[int, str] = {}
        key = blake2b(facts.key.encode("utf-8", "surrogatepass"), digest_size=7).digest()
        self._rng = Rng.of(seed, int.from_bytes(key, "little")).at("caption", level, variant)
        self._mark = self.pick("mark", _PREFERRED)

    def tell_all(self, cap: int) -> None:
        """Tell of every text that is not blank, in reading order, each of `cap` words at most."""
        self.rank = tuple(sorted(self.rank))
        count = len(self.rank)
        self.share = Share(count, count, count, (cap,) * count)
        self._said = {}

    def pick(self, decision: str, options: Sequence[T], number: int = 0) -> T:
        """One of the options; `number` tells apart the texts that the decision is made for."""
        return options[self._rng.at(decision, number).integer(0, len(options))]

    def chance(self, decision: str, share: float, number: int = 0) -> bool:
        """True in `share` of the cases."""
        return self._rng.at(decision, number).random() < share

    def text(self, at: int) -> TextFact:
        """The text of that index."""
        return self.facts.texts[self.rank[at]]

    def quoted(self, at: int) -> str:
        """The slot of the text at that place of the rank."""
        return f"{_SLOT}{at}{_SLOT}"

    def said(self, at: int) -> str:
        """What is quoted of the text at that place of the rank."""
        if at not in self._said:
            self._said[at] = beginning(self.flat[self.rank[at]], self.share.caps[at])
        return self._said[at]

    def whole(self, at: int) -> bool:
        """Is that text quoted to its end?"""
        return len(self.said(at)) == len(self.flat[self.rank[at]])

    def words(self, sentences: str) -> int:
        """How many words there will be, once the slots are filled."""
        parts = sentences.split(_SLOT)
        slots = sum(quoted_words(self.said(int(part))) - 1 for part in parts[1::2])
        return len(sentences.split()) + slots

    def told(self, count: int) -> list[int]:
        """The first `count` of the rank, in reading order or, now and then, as they strike."""
        if count > 1 and not self.chance("as they strike", 0.3):
            return sorted(range(count), key=self.rank.__getitem__)
        return list(range(count))

    def finished(
        self, sentences: str, *, lower: float = 0.0, bare: float = 0.0
    ) -> tuple[str, tuple[Mention, ...]]:
        """The caption and its mentions; `lower` and `bare` are the shares of captions that are
        written in small letters, and without their last full stop."""
        parts = sentences.split(_SLOT)
        if self.chance("bare", bare) and parts[-1].endswith("."):
            parts[-1] = parts[-1][:-1]
        if self.chance("lower", lower):
            parts[0::2] = [part.lower() for part in parts[0::2]]
        out: list[str] = []
        mentions = []
        byte = 0
        for turn, part in enumerate(parts):
            if turn % 2:
                opened, said, closed, status = self._filled(int(part))
                start = byte + len(opened.encode())
                end = start + len(said.encode("utf-8", "surrogatepass"))
                mentions.append(Mention(self.text(int(part)).id, start, end, status))
                out += (opened, said, closed)
                byte = end + len(closed.encode())
            else:
                out.append(part)
                byte += len(part) if part.isascii() else len(part.encode("utf-8", "surrogatepass"))
        return "".join(out), tuple(mentions)

    def _filled(self, at: int) -> tuple[str, str, str, str]:
        """Opening mark, words, closing mark and status of a quote; its marks are none of those
        that the words have themselves."""
        said = self.said(at)
        usual = _MARKS[self._mark]
        pair = next(
            (pair for pair in (usual, *_MARKS) if pair[0] not in said and pair[1] not in said),
            usual,
        )
        if self.whole(at):
            return pair[0], said, pair[1], "exact"
        said = said.rstrip(_TRAILING) or said
        return pair[0], said, "…" + pair[1], "partial"


def capital(sentence: str) -> str:
    """The sentence with a capital at its head; a quote there stays as it is."""
    return sentence[:1].upper() + sentence[1:]
