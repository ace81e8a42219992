"""Groups in, batch out: the parts of a step's groups, joined as the tensors of a batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np
import torch
from numpy.typing import NDArray

from glyphdata.scene.rng import Rng
from glyphdata.train import views
from glyphdata.train.batch import Batch, BoxFacts
from glyphdata.train.reading import Box
from glyphdata.train.source import Damage
from glyphdata.train.taking import Drawn, Part, Place, Taker
from glyphdata.train.tokens import Form

_PAD_TO = 8  # sequences are padded to a multiple of it, so that few lengths occur


@dataclass
class Tally:
    """What was read for a batch, and what was left out and why.

    `left_out` counts boxes (`too-long`, `unquoted`, `foreign-characters`), pictures (`no-box`) and
    groups (`damaged`); `damage` says of each damaged group what is wrong.
    """

    pictures: int = 0
    boxes: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    damage: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Count what another counted, too."""
        self.pictures += other.pictures
        self.boxes += other.boxes
        self.left_out.update(other.left_out)
        self.damage += other.damage


@dataclass(frozen=True)
class Collator:
    """Makes batches of groups; a batch belongs to its step and groups, and to nothing before it."""

    taker: Taker
    grid: tuple[int, int] | None
    facts: bool

    def batch(self, step: int, turns: Sequence[Drawn]) -> tuple[Batch, Tally]:
        """The batch of a step, made of these groups in their order.

        All sequences of a step are said in one form. A damaged group raises `Damage`, or is counted
        and left out whole, as the settings say.
        """
        settings, tally = self.taker.settings, Tally()
        form = self.taker.prompter.form(Rng.of(settings.seed, step).at("form").random())
        parts: list[Part] = []
        for turn in turns:
            try:
                part = self.taker.part(turn, form)
            except Damage as fault:
                if settings.damaged == "stop":
                    raise
                tally.left_out["damaged"] += 1
                tally.damage.append(str(fault))
                continue
            seen = sum(place.view >= 0 for place in part.places)
            tally.add(Tally(part.pictures, seen, part.left_out))
            if part.places:
                parts.append(part)
        return self._joined(parts, form), tally

    def _joined(self, parts: Sequence[Part], form: Form) -> Batch:
        places = [place for part in parts for place in part.places]
        ids, lengths = _padded([one for part in parts for one in part.sequences])
        quads = np.array([place.quad for place in places], np.float32).reshape(-1, 4, 2)
        drawn = np.array([place.view >= 0 for place in places], bool)
        spans = [self._span(place) for place in places]
        classes = [place.classes for place in places]
        return Batch(
            views=torch.from_numpy(self._views(parts)).permute(0, 3, 1, 2),
            view_of=_numbered(parts, [len(part.views) for part in parts], "view"),
            quads=torch.from_numpy(quads),
            cover=torch.from_numpy(self._cover(quads, drawn)),
            ids=torch.from_numpy(ids),
            lengths=torch.from_numpy(lengths),
            sequence_of=_numbered(parts, [len(part.sequences) for part in parts], "sequence"),
            spans=_whole(spans).reshape(-1, 2),
            family=_numbered(parts, [part.families for part in parts], "family"),
            alike=_whole([_alike(place.box, form) for place in places]),
            characters=_whole(classes).reshape(len(places), self._characters),
            groups=tuple(part.key for part in parts),
            facts=tuple(map(_facts, places)) if self.facts else (),
        )

    @property
    def _characters(self) -> int:
        return self.taker.settings.text.characters if self.taker.alphabet is not None else 0

    def _views(self, parts: Sequence[Part]) -> NDArray[np.uint8]:
        """All views, u8 [V, height, width, 3]."""
        seen = [view for part in parts for view in part.views]
        if seen:
            return np.stack(seen)
        return np.zeros((0, *view_size(self.taker), 3), np.uint8)

    def _cover(self, quads: NDArray[np.float32], drawn: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Shares of patches, f32 [B, P], 0 for a spelling that is not drawn."""
        if self.grid is None:
            return np.zeros((len(quads), 0), np.float32)
        return np.where(drawn[:, None], views.cover(quads, *self.grid), np.float32(0))

    def _span(self, place: Place) -> tuple[int, int]:
        if self.taker.settings.text.pool == "phrase":
            return place.span.phrase_first, place.span.phrase_end
        return place.span.text_first, place.span.text_end


def view_size(taker: Taker) -> tuple[int, int]:
    """Height and width of the views that a taker's settings ask for, in pixels."""
    region, side = taker.settings.region, taker.settings.vision.size
    return (region.height, region.width) if region.kind == "strip" else (side, side)


def _numbered(parts: Sequence[Part], sizes: Sequence[int], field_name: str) -> torch.Tensor:
    """What the places of the parts count within their part, counted over all parts; -1 stays."""
    numbers, before = [], 0
    for part, size in zip(parts, sizes, strict=True):
        inside = [getattr(place, field_name) for place in part.places]
        numbers += [number if number < 0 else before + number for number in inside]
        before += size
    return _whole(numbers)


def _padded(sequences: Sequence[list[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The sequences as i64 [S, L], padded with 0 to a multiple of eight, and their lengths."""
    lengths = np.array([len(one) for one in sequences], np.int64)
    longest = int(lengths.max()) if len(lengths) else 1
    ids = np.zeros((len(sequences), -(-longest // _PAD_TO) * _PAD_TO), np.int64)
    for number, one in enumerate(sequences):
        ids[number, : len(one)] = one
    return ids, lengths


def _whole(values: Sequence[object]) -> torch.Tensor:
    return torch.from_numpy(np.array(values, np.int64))


def _alike(box: Box, form: Form) -> int:
    """A number that boxes share whose visible words are the same: 63 bits of their hash."""
    words = "\0".join(box.said) if form == "styled" else box.text
    digest = blake2b(words.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1


def _facts(place: Place) -> BoxFacts:
    one, box = place.picture, place.box
    return BoxFacts(
        key=one.key,
        box=box.id,
        text=box.text,
        source_text=box.source_text,
        level=box.level,
        language=box.language,
        script=box.script,
        font_token=box.font_token,
        color_token=box.color_token,
        edits=box.edits,
        member=one.number,
        height_px=box.height_px,
        background=one.background,
    )
