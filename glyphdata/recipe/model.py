"""The closed part of a recipe: its fields with their bounds, defaults and units.

What is said here is said once: defaults, bounds and help texts reach the gate, the JSON schema and
the docs from these annotations.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from glyphdata.recipe.fields import (
    AngleRange,
    ColorName,
    CountRange,
    EditName,
    LettersRange,
    Part,
    ScriptName,
    Share,
    Side,
    Size,
    SizeRange,
    SpacingRange,
    Subsampling,
    TiltRange,
    fault,
)
from glyphdata.scene.scene import Align

MAX_SHARDS = 1_000_000
"""Shards are numbered with six digits."""


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
    turned: Part = Field(
        default=1.0, description="Share of boxes that are turned; the rest lie level."
    )
    size_px: SizeRange = Field(default=(14.0, 160.0), description="Font size, in pixels per em.")
    least_px: dict[ScriptName, Size] = Field(
        default={}, description="Least size per script, where it is not to be the usual one."
    )
    align: tuple[Align, ...] = Field(
        default=("left", "center", "right"),
        min_length=1,
        description="Which alignments of lines occur.",
    )
    line_spacing: SpacingRange = Field(
        default=(1.0, 1.4), description="Distance of baselines, in line heights of the face."
    )
    letter_spacing_em: LettersRange = Field(
        default=(0.0, 0.25), description="Room between letters that stand apart, in em."
    )
    spaced: Part = Field(default=0.0, description="Share of boxes whose letters stand apart.")
    bend_deg: AngleRange = Field(
        default=(-90.0, 90.0), description="Arc of a bent line: over a hill if above 0."
    )
    bent: Part = Field(default=0.0, description="Share of boxes of one line that are bent.")
    tilt: TiltRange = Field(
        default=(0.1, 0.4), description="How much shorter the far edge of a tilted box is."
    )
    tilted: Part = Field(default=0.0, description="Share of boxes seen in perspective.")
    mixed: Part = Field(
        default=1.0, description="Share of scenes whose boxes may differ in language."
    )
    prompt_tokens: int = Field(
        default=0,
        ge=0,
        description="Most ByT5 tokens that the boxes' prompt may have; 0 sets no limit.",
    )
    vertical: Part = Field(
        default=0.0, description="Share of CJK boxes that are set in columns, where they can be."
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
    min_signal: float = Field(
        default=2.0,
        ge=0,
        le=50,
        description="Least difference in luma of ink and background, in deviations of the latter.",
    )


class Variants(Section):
    """The near-misses of every scene: the same picture with its texts, fonts or colours changed."""

    count: int = Field(default=0, ge=0, le=99, description="Variants of every scene.")
    rendered: bool = Field(
        default=True, description="Draw them; else only write their texts, as `negatives`."
    )
    per: Literal["box", "variant", "group"] = Field(
        default="box",
        description="What draws the sort of change: each box, each variant, or each group.",
    )
    edits: dict[EditName, Share] = Field(
        default=dict.fromkeys(
            ("replace", "repeat", "add", "drop", "garble", "repeat_word", "drop_word"), 1.0
        ),
        description="How often each kind of edit is made.",
    )
    font: Part = Field(default=0.1, description="Share of changes that swap the font.")
    color: Part = Field(default=0.05, description="Share of changes that swap the colour.")

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.font + self.color > 1:
            raise fault("font and color make up more than 1")
        if not sum(self.edits.values()) and (self.font + self.color < 1 or not self.rendered):
            raise fault("every share of edits is 0; give one kind a share above 0")
        return self


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


class CaptionsAsked(Section):
    """Which captions are written from truth beside the prompt; none unless levels are asked for."""

    levels: int = Field(
        default=0,
        ge=0,
        le=6,
        description="Levels of detail in captions.json, the finest first; 0: no captions.",
    )
    blend: Part = Field(
        default=0.95,
        description="Share of samples whose txt is a caption; else the prompt.",
    )
    styles: tuple[Literal["plain", "glyph", "anytext", "gligen"], ...] = Field(
        default=("plain",), min_length=1, description="How captions are phrased."
    )
    seed: int = Field(default=0, ge=0, le=2**63 - 1, description="What their words start from.")


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
    variants: Variants = Field(default=Variants())
    outputs: Outputs = Field(default=Outputs())
    captions: CaptionsAsked = Field(default=CaptionsAsked())

    @model_validator(mode="after")
    def _numbered(self) -> Self:
        if self.samples > self.shard.samples * MAX_SHARDS:
            raise fault(
                f"{self.samples} samples make more than {MAX_SHARDS} shards; raise shard.samples"
            )
        return self
