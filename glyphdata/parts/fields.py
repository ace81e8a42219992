"""What a recipe may write in a part's field: spans, shares and colours, as types that check."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
)

from glyphdata.errors import InputError
from glyphdata.scene.color import Color


def _color(value: object) -> Color:
    if isinstance(value, str):
        try:
            return Color.parse(value)
        except InputError as fault:
            raise ValueError(str(fault)) from None
    if isinstance(value, list | tuple) and len(value) == 3:
        red, green, blue = value
        if all(type(part) is int and 0 <= part <= 255 for part in value):
            return Color(red, green, blue)
    raise ValueError(f"{value!r} is no colour (use a CSS name such as crimson, or #rrggbb)")


def _pair(value: object) -> object:
    """A single number stands for a span that starts and ends there."""
    return (value, value) if type(value) in (int, float) else value


def _rising(span: tuple[float, float]) -> tuple[float, float]:
    low, high = span
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError("both ends must be finite numbers")
    if low > high:
        raise ValueError(f"the low end {low:g} is above the high end {high:g}")
    return span


ColorField = Annotated[
    Color,
    PlainValidator(_color),
    PlainSerializer(lambda color: Color(*color).hex, return_type=str),
    WithJsonSchema({"type": "string", "description": "a CSS colour name, #rgb or #rrggbb"}),
]
"""A colour as a recipe writes it (`ivory`, `#102030`); a `Color` once it is read."""

Share = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
"""How often a part is chosen beside its neighbours; above 0, and they need not add up to 1."""

Unit = Annotated[float, Field(ge=0.0, le=1.0)]
"""A number from 0 to 1."""

pair = BeforeValidator(_pair)
"""Lets a span be written as one number."""

rising = AfterValidator(_rising)
"""Wants a span's low end at or below its high end, and both finite."""

UnitSpan = Annotated[tuple[Unit, Unit], pair, rising]
"""A number from 0 to 1, or [low, high] of such."""
