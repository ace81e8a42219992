"""What is taken of a group: which spellings and boxes, what is said of them, what is seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glyphdata.errors import InputError
from glyphdata.scene.rng import Rng
from glyphdata.train import views
from glyphdata.train.heldout import Split, belongs
from glyphdata.train.prompts import Prompter
from glyphdata.train.reading import Box, Picture, picture
from glyphdata.train.settings import Settings
from glyphdata.train.source import Member, Source, Spelling, damage
from glyphdata.train.tokens import Alphabet, Form, Span


class Drawn(NamedTuple):
    """A group whose turn it is: of which source (and that one's number), in which epoch."""

    source: Source
    number: int
    epoch: int
    group: int


class Place(NamedTuple):
    """One box that is taken: where it is said and seen. Numbers count within its part; the view is
    -1 for a spelling that is said only.
    """

    picture: Picture
    box: Box
    family: int
    classes: list[int]
    sequence: int
    span: Span
    view: int
    quad: NDArray[np.float64]
    """[4, 2], in shares of the view."""


@dataclass
class Part:
    """What a group gives to a batch."""

    key: str
    sequences: list[list[int]] = field(default_factory=list)
    views: list[NDArray[np.uint8]] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    families: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    pictures: int = 0


@dataclass(frozen=True)
class Taker:
    """Takes groups; what it takes belongs to (seed, source, epoch, group) and the form alone."""

    settings: Settings
    prompter: Prompter
    spelling: Spelling
    alphabet: Alphabet | None
    split: Split

    def part(self, turn: Drawn, form: Form) -> Part:
        """What a group gives; `Damage` where one of its pictures that are taken cannot be read."""
        rng = Rng.of(self.settings.seed, turn.group).at("read", turn.number, turn.epoch)
        part = Part(turn.source.key(turn.group))
        members = turn.source.pictures(turn.group)
        chosen = self._members(members, rng)
        pictures = [self._read(one, form) for one in chosen]
        families = {box: number for number, box in enumerate(self._picked(pictures, rng))}
        part.families = len(families)
        for one in pictures:
            self._say(one, families, form, turn.epoch, part)
        first, seen = 0, len(part.places)
        for end in range(1, seen + 1):
            if end == seen or part.places[end].picture is not part.places[first].picture:
                self._see(part, first, end, rng)
                first = end
        if seen and self.split == "train" and self.settings.loss.text_hard:
            rest = [self._read(one, form) for one in members if one not in chosen]
            self._say_more([*rest, *_near_misses(pictures, form)], families, form, turn, part, rng)
        return part

    def _read(self, member: Member, form: Form) -> Picture:
        return picture(member, self.spelling, captions=form == "caption")

    def _say_more(
        self,
        pictures: Sequence[Picture],
        families: dict[int, int],
        form: Form,
        turn: Drawn,
        part: Part,
        rng: Rng,
    ) -> None:
        """Say spellings that are not seen, as many as are seen at most; none of them is counted."""
        drawn = rng.at("unseen").shuffled(pictures)[: self.settings.batch.spellings]
        told = part.pictures, part.left_out.copy()
        for one in drawn:
            self._say(one, families, form, turn.epoch, part)
        part.pictures, part.left_out = told

    def _members(self, members: tuple[Member, ...], rng: Rng) -> tuple[Member, ...]:
        """So many of a group's pictures, the original no likelier than any other."""
        most = self.settings.batch.spellings
        if len(members) <= most:
            return members
        places = rng.at("spellings").shuffled(range(len(members)))[:most]
        return tuple(members[place] for place in sorted(places))

    def _picked(self, pictures: Sequence[Picture], rng: Rng) -> list[int]:
        """The ids of the boxes that are taken of a group: in training so many, else all."""
        ids = {box.id for one in pictures for box in one.boxes if self._belongs(box)}
        if self.split != "train":
            return sorted(ids)
        return sorted(rng.at("boxes").shuffled(sorted(ids))[: self.settings.batch.boxes])

    def _belongs(self, box: Box) -> bool:
        share = self.settings.held_out
        return bool(box.text) and belongs(box.text, box.source_text, share, self.split)

    def _say(
        self, one: Picture, families: dict[int, int], form: Form, epoch: int, part: Part
    ) -> None:
        """Say a picture's boxes; those that cannot be said are counted."""
        # In training a text that is held out is not even said beside others.
        said = [box for box in one.boxes if self.split != "train" or self._belongs(box)]
        picked = [n for n, box in enumerate(said) if box.id in families and self._belongs(box)]
        spoken = self.prompter.spoken(one, said, picked, form, epoch)
        before, first = len(part.places), len(part.sequences)
        for number, place in zip(picked, spoken.spans, strict=True):
            box = said[number]
            classes = self._classes(box)
            if place is None:
                part.left_out["unquoted" if form == "caption" else "too-long"] += 1
            elif classes is None:
                part.left_out["foreign-characters"] += 1
            else:
                at, span = first + place[0], place[1]
                nowhere = np.zeros((4, 2))
                part.places.append(
                    Place(one, box, families[box.id], classes, at, span, -1, nowhere)
                )
        if len(part.places) > before:
            part.sequences += spoken.sequences
            part.pictures += 1
        else:
            part.left_out["no-box"] += 1

    def _classes(self, box: Box) -> list[int] | None:
        if self.alphabet is None:
            return []
        return self.alphabet.classes(box.text, self.settings.text.characters)

    def _see(self, part: Part, first: int, end: int, rng: Rng) -> None:
        """See the places from `first` to below `end`, which are in one picture."""
        places = part.places[first:end]
        if self.settings.region.kind == "strip":
            seen = self._strips(places, rng)
        else:
            seen = self._whole(places)
        for number, (view, quad) in enumerate(seen, first):
            fresh = not part.views or view is not part.views[-1]
            if fresh:
                part.views.append(view)
            part.places[number] = part.places[number]._replace(view=len(part.views) - 1, quad=quad)

    def _whole(
        self, places: Sequence[Place]
    ) -> list[tuple[NDArray[np.uint8], NDArray[np.float64]]]:
        """The whole picture at the size of views, and where in it each box is."""
        one, side = places[0].picture, self.settings.vision.size
        view = np.empty((side, side, 3), np.uint8)
        views.whole(_pixels(one, (side, side)), view)
        size = np.array((one.width, one.height))
        return [(view, np.array(place.box.quad).reshape(4, 2) / size) for place in places]

    def _strips(
        self, places: Sequence[Place], rng: Rng
    ) -> list[tuple[NDArray[np.uint8], NDArray[np.float64]]]:
        """The upright strip of each box, and where in it the box itself is."""
        region, one = self.settings.region, places[0].picture
        quads = [np.array(place.box.quad).reshape(4, 2) for place in places]
        around = [
            views.grown(quad, region.margin) + self._jitter(place, rng)
            for quad, place in zip(quads, places, strict=True)
        ]
        smaller = min(views.ratio(quad, region.height, region.width) for quad in around)
        shrunk = np.ceil(np.array((one.height, one.width)) / max(1.0, smaller))
        pixels = _pixels(one, (int(shrunk[0]), int(shrunk[1])))
        scale = np.array((pixels.shape[1] / one.width, pixels.shape[0] / one.height))
        seen = []
        for quad, outer in zip(quads, around, strict=True):
            view = np.empty((region.height, region.width, 3), np.uint8)
            there = views.strip(pixels, outer * scale, view)
            seen.append((view, views.moved(there, quad * scale)))
        return seen

    def _jitter(self, place: Place, rng: Rng) -> NDArray[np.float64]:
        """How far the corners of a box move in training, [4, 2] pixels."""
        jitter = self.settings.region.jitter if self.split == "train" else 0.0
        if not jitter:
            return np.zeros((4, 2))
        far = jitter * place.box.height_px
        drawn = rng.at("jitter", place.picture.number, place.box.id)
        return np.array([drawn.uniform(-far, far) for _ in range(8)]).reshape(4, 2)


def _near_misses(pictures: Sequence[Picture], form: Form) -> list[Picture]:
    """A group's original with the near misses in its facts, which are drawn nowhere.

    The n-th of them says the n-th near miss of every box that has so many. A caption quotes none.
    """
    original = next((one for one in pictures if one.number == 0), None)
    if original is None or form == "caption":
        return []
    most = max((len(box.negatives) for box in original.boxes), default=0)
    return [
        original._replace(boxes=tuple(_missed(box, number) for box in original.boxes))
        for number in range(most)
    ]


def _missed(box: Box, number: int) -> Box:
    if number >= len(box.negatives):
        return box
    text = box.negatives[number]
    return box._replace(text=text, said=box.said._replace(text=text))


def _pixels(one: Picture, least: tuple[int, int]) -> NDArray[np.uint8]:
    try:
        return views.decoded(one.image, one.width, one.height, least)
    except InputError as fault:
        raise damage(fault, one.shard, one.key) from None
