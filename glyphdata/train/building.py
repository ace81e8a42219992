"""The towers that settings ask for: of a source, of a shape, or as they were saved."""

from __future__ import annotations

from torch import nn

from glyphdata.errors import InputError
from glyphdata.train.settings import Settings
from glyphdata.train.towers.source import Config, Source


def reader(settings: Settings, vocabulary: int, classes: int, saved: Config | None) -> nn.Module:
    """The text tower for `vocabulary` token rows, or `classes` of characters.

    `saved` is the config of an encoder that was saved; without one, the tower is opened from
    `text.source`, or built of `text.shape` where that is null.
    """
    text = settings.text
    if text.tower == "byt5":
        from glyphdata.train.towers import byt5

        if saved is not None:
            return byt5.made(saved)
        if text.source is not None:
            source = Source(text.source, "text.source")
            return byt5.opened(source, vocabulary, text.dropout, settings.seed)
        return byt5.made(byt5.shaped(text.shape, vocabulary, text.dropout))
    if text.tower == "characters":
        from glyphdata.train.towers import characters

        _divides(text.shape.width, text.shape.heads, "text")
        tower = characters.Characters(text.shape, classes, text.characters, text.dropout)
        if saved is None and text.source is not None:
            return characters.opened(Source(text.source, "text.source"), tower)
        return tower
    _no_source(text.source, text.tower, "text")
    from glyphdata.train.towers.tiny import TinyText

    return TinyText(text.shape, vocabulary, text.dropout)


def seer(settings: Settings, size: tuple[int, int], saved: Config | None) -> nn.Module:
    """The vision tower for views of (height, width) pixels; `saved` as for `reader`."""
    vision = settings.vision
    if vision.tower == "tiny":
        from glyphdata.train.towers.tiny import TinyVision

        _no_source(vision.source, vision.tower, "vision")
        return TinyVision(vision.shape, size)
    if vision.source is None:
        _divides(vision.shape.width, vision.shape.heads, "vision")
    source = Source(vision.source, "vision.source") if vision.source is not None else None
    if vision.tower == "dinov2":
        from glyphdata.train.towers import dinov2

        if saved is None and source is not None:
            return dinov2.opened(source)
        return dinov2.made(saved or dinov2.shaped(vision.shape, max(size)))
    from glyphdata.train.towers import vitstr

    if saved is None and source is not None:
        return vitstr.opened(source)
    return vitstr.made(saved or vitstr.shaped(vision.shape, size))


def view_size(settings: Settings) -> tuple[int, int]:
    """Height and width of a view in pixels: a strip's, or a whole picture's."""
    region = settings.region
    if region.kind == "strip":
        return region.height, region.width
    return settings.vision.size, settings.vision.size


def _no_source(source: str | None, tower: str, part: str) -> None:
    if source is not None:
        raise InputError(
            f"the tower {tower!r} has no weights to be fetched, and {source!r} is named",
            hint=f"-s {part}.source=null, and say its size in {part}.shape",
        ).inside(f"{part}.source")


def _divides(width: int, heads: int, part: str) -> None:
    if width % heads:
        raise InputError(
            f"a width of {width} does not part into {heads} heads",
            hint=f"a multiple of {heads}, such as {-(-width // heads) * heads}",
        ).inside(f"{part}.shape")
