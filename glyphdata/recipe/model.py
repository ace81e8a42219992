"""The closed part of a recipe: its fields with their bounds, defaults and units.

What is said here is said once: defaults, bounds and help texts reach the gate, the JSON schema and
the docs from these annotations.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from glyphdata.registry import nearest
from glyphdata.scene.color import palette
from glyphdata.scene.scene import Align

MAX_SHARDS = 1_000_000
"""Shards are numbered with six digits."""


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


def _range_schema(number: str, low: float, high: float) -> WithJsonSchema:
    one = {"type": number, "minimum": low, "maximum": high}
    both = {"type": "array", "items": one, "minItems": 2, "maxItems": 2}
    return WithJsonSchema({"anyOf": [one, both]}, mode="validation")


Count = Annotated[int, Field(ge=1, le=50)]
Degrees = Annotated[float, Field(ge=-180, le=180)]
Size = Annotated[float, Field(ge=4, le=2048)]
Spacing = Annotated[float, Field(ge=0.5, le=4)]
Share = Annotated[float, Field(ge=0)]
Side = Annotated[int, Field(ge=16, le=8192)]

_RANGE = (BeforeValidator(_pair), AfterValidator(_ordered))
CountRange = Annotated[tuple[Count, Count], *_RANGE, _range_schema("integer", 1, 50)]
AngleRange = Annotated[tuple[Degrees, Degrees], *_RANGE, _range_schema("number", -180, 180)]
SizeRange = Annotated[tuple[Size, Size], *_RANGE, _range_schema("number", 4, 2048)]
SpacingRange = Annotated[tuple[Spacing, Spacing], *_RANGE, _range_schema("number", 0.5, 4)]
Subsampling = Annotated[
    Literal["420", "444"],
    # `subsampling: 420` is a number in YAML, and what everybody writes.
    BeforeValidator(lambda value: str(value) if value in (420, 444) else value),
    WithJsonSchema({"enum": ["420", "444", 420, 444]}, mode="validation"),
]
ColorName = Annotated[str, AfterValidator(_colour)]


class Section(BaseModel):
    """A frozen part of a recipe that knows all its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Shard(Section):
    """How many scenes lie in one shard."""

    samples: int = Field(default=1000, ge=1, le=100_000, description="Scenes in one shard.")


class CanvasSize(Section):
    """The size of a picture."""

    width: Side = Field(default=512, description="Pixels.")
    height: Side = Field(default=512, description="Pixels.")


class Levels(Section):
    """How often each level of text is drawn; what a recipe leaves out is never drawn."""

    word: Share = Field(default=0.0, description="Share of scenes with single words.")
    sentence: Share = Field(default=0.0, description="Share of scenes with sentences.")
    paragraph: Share = Field(default=0.0, description="Share of scenes with paragraphs.")

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.word + self.sentence + self.paragraph == 0:
            raise fault("every share is 0; give word, sentence or paragraph a share above 0")
        return self


class Boxes(Section):
    """How many text boxes a picture has, and how they stand."""

    count: CountRange = Field(
        default=(1, 5), description="Boxes in a picture: a number or [low, high]."
    )
    overlap: float = Field(
        default=0.0, ge=0, le=1, description="Share of a box that others may cover."
    )
    angle_deg: AngleRange = Field(default=(0.0, 0.0), description="Turn, in degrees, clockwise.")
    turned: float = Field(
        default=1.0, ge=0, le=1, description="Share of boxes that are turned; the rest lie level."
    )
    size_px: SizeRange = Field(default=(14.0, 160.0), description="Font size, in pixels per em.")
    align: tuple[Align, ...] = Field(
        default=("left", "center", "right"),
        min_length=1,
        description="Which alignments of lines occur.",
    )
    line_spacing: SpacingRange = Field(
        default=(1.0, 1.4), description="Distance of baselines, in line heights of the face."
    )


class Faces(Section):
    """Which faces are drawn with; empty lists mean all that are installed."""

    scripts: tuple[str, ...] = Field(
        default=(), description="Only faces for these scripts (latin, …)."
    )
    families: tuple[str, ...] = Field(default=(), description="Only faces of these families.")
    categories: tuple[str, ...] = Field(
        default=(), description="Only faces of these categories (serif, …)."
    )
    tokens: Literal["v1", "v2"] = Field(default="v1", description="How font tokens are spelled.")
    ligatures: bool = Field(default=False, description="Draw optional ligatures.")


class Colors(Section):
    """Which inks are drawn with."""

    palette: Literal["css3"] = Field(default="css3", description="The colour vocabulary.")
    names: tuple[ColorName, ...] = Field(
        default=(), description="Only these colours; empty means all."
    )
    min_contrast: float = Field(
        default=3.0, ge=1, le=21, description="Least WCAG contrast ratio of ink to background."
    )


class Image(Section):
    """How the picture is encoded."""

    format: Literal["jpg", "png", "webp"] = Field(default="jpg", description="File format.")
    quality: int = Field(default=92, ge=1, le=100, description="Quality of jpg and webp.")
    subsampling: Subsampling = Field(default="420", description="Chroma subsampling of jpg.")


class Outputs(Section):
    """Which members every sample has beside `json` and `txt`."""

    image: Image = Field(default=Image(), description="The picture.")
    layout: bool = Field(default=True, description="layout.json: lines, words and clusters.")
    mask: bool = Field(default=True, description="mask.png: whose cluster each pixel is.")
    boxes: bool = Field(default=False, description="boxes.png: whose text box each pixel is.")
    glyph: bool = Field(default=False, description="glyph.png: the ink alone, on black.")
    mask_threshold: float = Field(
        default=0.25,
        gt=0,
        le=1,
        description="Least coverage of a pixel that counts as ink in a mask.",
    )


DEFAULT_LEVELS = Levels(word=0.3, sentence=0.5, paragraph=0.2)
"""What a recipe that says nothing of levels gets."""


class Closed(Section):
    """All fields of a recipe but the lists of parts."""

    name: str = Field(min_length=1, max_length=200, description="The name of the dataset.")
    seed: int = Field(default=0, ge=0, le=2**63 - 1, description="What every draw starts from.")
    samples: int = Field(ge=1, le=10**11, description="How many scenes.")
    shard: Shard = Field(default=Shard())
    canvas: CanvasSize = Field(default=CanvasSize())
    levels: Levels = Field(default=DEFAULT_LEVELS)
    boxes: Boxes = Field(default=Boxes())
    faces: Faces = Field(default=Faces())
    colors: Colors = Field(default=Colors())
    outputs: Outputs = Field(default=Outputs())

    @model_validator(mode="after")
    def _numbered(self) -> Self:
        if self.samples > self.shard.samples * MAX_SHARDS:
            raise fault(
                f"{self.samples} samples make more than {MAX_SHARDS} shards; raise shard.samples"
            )
        return self
