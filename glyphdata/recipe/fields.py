"""What a recipe may write in its closed fields: ranges, names and shares, as types that check."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from glyphdata.registry import kinds, nearest
from glyphdata.scene.color import palette


def fault(message: str) -> PydanticCustomError:
    """A fault in our own words, as a validator raises it."""
    return PydanticCustomError("fault", "{message}", {"message": message})


def _pair(value: Any) -> Any:
    """One number is the range that holds it alone."""
    if isinstance(value, list):
        return tuple(value)
    return (value, value) if isinstance(value, int | float) else value


def _ordered(pair: tuple[float, float]) -> tuple[float, float]:
    if pair[0] > pair[1]:
        raise fault(f"must be [low, high], the lower number first; found [{pair[0]}, {pair[1]}]")
    return pair


def _colour(name: str) -> str:
    if name not in palette().by_name:
        raise fault(f"no colour {name!r} in css3; {nearest(name, palette().by_name)}")
    return name


def _edit(kind: str) -> str:
    if kind not in kinds("edits"):
        raise fault(f"no edit of kind {kind!r}; {nearest(kind, kinds('edits'))}")
    return kind


def _script(name: str) -> str:
    if name not in LEAST_PX:
        raise fault(f"no script {name!r}; {nearest(name, LEAST_PX)}")
    return name


def _range_schema(number: str, low: float, high: float) -> WithJsonSchema:
    one = {"type": number, "minimum": low, "maximum": high}
    both = {"type": "array", "items": one, "minItems": 2, "maxItems": 2}
    return WithJsonSchema({"anyOf": [one, both]}, mode="validation")


Count = Annotated[int, Field(ge=1, le=50)]
Degrees = Annotated[float, Field(ge=-180, le=180)]
Size = Annotated[float, Field(ge=4, le=2048)]
Spacing = Annotated[float, Field(ge=0.5, le=4)]
Letters = Annotated[float, Field(ge=-0.1, le=1)]
Tilt = Annotated[float, Field(ge=0, le=0.6)]
Share = Annotated[float, Field(ge=0)]
Part = Annotated[float, Field(ge=0, le=1)]
Side = Annotated[int, Field(ge=16, le=8192)]

_RANGE = (BeforeValidator(_pair), AfterValidator(_ordered))
CountRange = Annotated[tuple[Count, Count], *_RANGE, _range_schema("integer", 1, 50)]
AngleRange = Annotated[tuple[Degrees, Degrees], *_RANGE, _range_schema("number", -180, 180)]
SizeRange = Annotated[tuple[Size, Size], *_RANGE, _range_schema("number", 4, 2048)]
SpacingRange = Annotated[tuple[Spacing, Spacing], *_RANGE, _range_schema("number", 0.5, 4)]
LettersRange = Annotated[tuple[Letters, Letters], *_RANGE, _range_schema("number", -0.1, 1)]
TiltRange = Annotated[tuple[Tilt, Tilt], *_RANGE, _range_schema("number", 0, 0.6)]
Subsampling = Annotated[
    Literal["420", "444"],
    # `subsampling: 420` is a number in YAML, and what everybody writes.
    BeforeValidator(lambda value: str(value) if value in (420, 444) else value),
    WithJsonSchema({"enum": ["420", "444", 420, 444]}, mode="validation"),
]
ColorName = Annotated[str, AfterValidator(_colour)]
EditName = Annotated[str, AfterValidator(_edit)]
ScriptName = Annotated[str, AfterValidator(_script)]

LEAST_PX = {
    "latin": 7.0,
    "cyrillic": 7.0,
    "greek": 7.0,
    "hebrew": 8.0,
    "arabic": 9.0,
    "devanagari": 10.0,
    "thai": 10.0,
    "kana": 9.0,
    "hangul": 10.0,
    "han": 11.0,
}
"""The smallest size of each script, in pixels per em: about a pixel for each stroke and gap."""
