"""What becomes of captions that are there when new ones come: none that a person made is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from glyphdata.caption.record import Caption, Captioned
from glyphdata.captions.written import ordered
from glyphdata.errors import InputError

Wanted = tuple[int, str, str]
"""A caption that is asked for: its level, its style, and the recipe that is to make it."""


@dataclass(frozen=True, slots=True)
class Contents:
    """Which picture and which facts a sample has: the digests of its members."""

    key: str
    image_sha256: str
    scene_sha256: str

    def none(self) -> Captioned:
        """No captions yet."""
        return Captioned(self.key, self.image_sha256, self.scene_sha256, ())

    def owns(self, captioned: Captioned) -> bool:
        """Do these captions belong to this picture and these facts?"""
        told = (captioned.image_sha256, captioned.scene_sha256)
        return told == (self.image_sha256, self.scene_sha256)


def kept(caption: Caption) -> bool:
    """Is it a person's, or locked by one, and never to be replaced?"""
    return caption.locked or caption.source == "human"


def still(captioned: Captioned, contents: Contents) -> Captioned:
    """What of these captions still belongs to the sample: all of them, or none.

    `InputError` where a person's captions would be given up with another picture's.
    """
    if contents.owns(captioned):
        return captioned
    if any(map(kept, captioned.captions)):
        raise InputError(
            f"sample {contents.key} has another picture or other facts than the locked captions "
            "that stand for it",
            hint="move those captions elsewhere, or bring the picture back",
        )
    return contents.none()


def settled(captioned: Captioned, wanted: Wanted, *, skip: bool, retry: bool) -> bool:
    """Need this caption not be asked for?

    It need not where it is there, where a person's stands for it, where it failed before (but with
    `retry`), or, with `skip`, where any recipe's stands there.
    """
    level, style, recipe = wanted
    for one in captioned.captions:
        here = (one.level, one.style) == (level, style)
        if here and (skip or one.recipe == recipe or kept(one)):
            return True
    if retry:
        return False
    return any((one.level, one.recipe) == (level, recipe) for one in captioned.failures)


def alone(captioned: Captioned, wanted: Sequence[Wanted]) -> Captioned:
    """Without the captions of other recipes where the wanted one is there; kept captions stay."""
    here = {(one.level, one.style, one.recipe) for one in captioned.captions}
    taken = {(level, style): recipe for level, style, recipe in wanted}

    def stays(one: Caption) -> bool:
        place = (one.level, one.style)
        recipe = taken.get(place, one.recipe)
        return kept(one) or recipe == one.recipe or (*place, recipe) not in here

    return replace(captioned, captions=tuple(filter(stays, captioned.captions)))


def joined(before: Captioned, new: Captioned, *, redo: bool = False) -> Captioned:
    """`before` with the new captions and failures; both of one sample.

    A new caption takes the place of one of the same level, style and recipe, and of a failure; with
    `redo` of those of every recipe. Kept captions stay.
    """
    made = {(one.level, one.style, one.recipe) for one in new.captions}
    places = {(one.level, one.style) for one in new.captions}
    tried = {(one.level, one.recipe) for one in new.captions}
    tried |= {(one.level, one.recipe) for one in new.failures}

    def gives_way(one: Caption) -> bool:
        same = (one.level, one.style, one.recipe) in made
        return not kept(one) and (same or (redo and (one.level, one.style) in places))

    return ordered(
        replace(
            before,
            captions=(
                *(one for one in before.captions if not gives_way(one)),
                *_addable(before, new),
            ),
            failures=(
                *(one for one in before.failures if (one.level, one.recipe) not in tried),
                *new.failures,
            ),
        )
    )


def _addable(before: Captioned, new: Captioned) -> tuple[Caption, ...]:
    """The new captions that stand in no kept one's place."""
    taken = {(one.level, one.style) for one in before.captions if kept(one)}
    return tuple(one for one in new.captions if (one.level, one.style) not in taken)
