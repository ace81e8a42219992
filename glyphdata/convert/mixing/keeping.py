"""Which members the samples of a mix have: what all sources have, or what is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from glyphdata.convert.mixing.asked import Kept
from glyphdata.convert.mixing.document import OutputsAsked
from glyphdata.convert.mixing.looking import Looked
from glyphdata.recipe.faults import Fault

_FIELDS = {
    "layout.json": "layout",
    "mask.png": "mask",
    "boxes.png": "boxes",
    "glyph.png": "glyph",
    "glyph.jpg": "glyph",
}


def kept_of(
    asked: OutputsAsked, looks: Sequence[Looked], faults: list[Fault]
) -> tuple[Kept, list[str]]:
    """What samples hold, and what to know of it; what is asked for and lacking is a fault."""
    members, notices = _members(asked, looks, faults)
    captions, more = _captions(asked.captions, looks, faults)
    picture, most = _picture(asked, looks)
    image = asked.image
    kept = Kept(
        picture, image.quality, image.subsampling, members, captions, asked.captions is True
    )
    return kept, [*most, *notices, *more]


def _members(
    asked: OutputsAsked, looks: Sequence[Looked], faults: list[Fault]
) -> tuple[tuple[str, ...], list[str]]:
    wanted: dict[str, bool | None] = {
        "layout": asked.layout,
        "mask": asked.mask,
        "boxes": asked.boxes,
        "glyph": asked.glyph,
    }
    every = sorted(frozenset().union(*(look.sampled.members for look in looks)))
    every = [one for one in every if one not in ("json", "txt")]
    kept, notices = [], []
    for member in every:
        field = _FIELDS.get(member, "")
        lacking = list(_lacking(member, looks))
        if wanted.get(field) is False:
            continue
        if not lacking:
            kept.append(member)
        elif wanted.get(field):
            faults.append((f"outputs.{field}", f"{', '.join(lacking)} has no {member}"))
        else:
            notices.append(f"{member} is left out: {', '.join(lacking)} has none")
    for field, choice in wanted.items():
        if choice and not any(_FIELDS.get(member) == field for member in every):
            faults.append((f"outputs.{field}", "no source has it"))
    return tuple(kept), notices


def _lacking(member: str, looks: Sequence[Looked]) -> Iterator[str]:
    return (look.taken.label for look in looks if member not in look.sampled.members)


def _captions(
    wanted: bool | None, looks: Sequence[Looked], faults: list[Fault]
) -> tuple[bool, list[str]]:
    having = [look for look in looks if look.captioned]
    lacking = ", ".join(look.taken.label for look in looks if not look.captioned)
    if wanted and lacking:
        faults.append(("outputs.captions", f"{lacking} has none; run `glyphdata caption` on it"))
    if wanted is False:
        told = [f"{look.taken.label} has captions, which are left out" for look in having]
        return False, told
    if having and lacking:
        return True, [f"captions.json is empty in samples of {lacking}, which has no captions"]
    return bool(having), []


def _picture(asked: OutputsAsked, looks: Sequence[Looked]) -> tuple[str, list[str]]:
    formats = {look.sampled.picture for look in looks}
    form = asked.image.format
    if form == "keep":
        form = "jpg"
        if len(formats) == 1:
            return formats.pop(), []
    return form, [
        f"pictures of {look.taken.label} are encoded as {form}; they were {look.sampled.picture}"
        for look in looks
        if look.sampled.picture != form
    ]
