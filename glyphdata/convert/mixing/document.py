"""What a mix may say: its fields with their bounds and defaults, for the gate and the schema."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from glyphdata.recipe.fields import Share, Subsampling, fault
from glyphdata.recipe.model import Section, Shard

MOST = 10**11
"""The most scenes that a mix may have, as a recipe may."""

ALL = 0
"""What stands for `samples: all` once it is read."""

Json = dict[str, Any]


def _all(value: Any) -> Any:
    """`all` as a number that no one can write."""
    if value == "all":
        return ALL
    if isinstance(value, str):
        raise fault(f"must be a whole number, or all; found the text {value[:40]!r}")
    if type(value) is int and value < 1:
        raise fault(f"must be at least 1, or all; found {value}")
    return value


Scenes = Annotated[
    int,
    Field(le=MOST),
    BeforeValidator(_all),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 1, "maximum": MOST}, {"const": "all"}]},
        mode="validation",
    ),
]


class SourceAsked(Section):
    """A dataset that is mixed in, which of its groups, and how many."""

    dataset: str = Field(
        min_length=1, max_length=4000, description="A dataset's folder, from the mix's, or a URL."
    )
    name: str = Field(
        default="",
        max_length=100,
        pattern=r"^[^/\x00-\x1f\x7f]*$",
        description="What samples call it in `origin`; empty: its folder's name.",
    )
    share: Share | None = Field(
        default=None, description="Its part of what no source counts in `samples`; 1 if left out."
    )
    samples: int | None = Field(
        default=None, ge=1, le=MOST, description="How many scenes of it, in place of a share."
    )
    where: tuple[str, ...] = Field(
        default=(),
        max_length=100,
        description="Only groups all of whose samples meet these, as --where: level=word.",
    )
    only: str | None = Field(
        default=None, description="A file of keys, or of flags: only groups with one of them."
    )
    exclude: str | None = Field(
        default=None, description="A file of keys, or of flags: no group with one of them."
    )
    repeat: bool = Field(
        default=False, description="Begin again where the source has too few groups."
    )

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if self.share is not None and self.samples is not None:
            raise fault("has a share and a count of samples; keep one of the two")
        return self


class ImageAsked(Section):
    """How pictures are encoded that are not in the mix's format yet."""

    format: Literal["keep", "jpg", "png", "webp"] = Field(
        default="keep", description="keep: the sources' own, jpg where they differ."
    )
    quality: int = Field(default=95, ge=1, le=100, description="Of jpg and webp.")
    subsampling: Subsampling = Field(default="420", description="Chroma subsampling of jpg.")


class OutputsAsked(Section):
    """Which members samples have beside picture, `json` and `txt`: null is all that can be."""

    image: ImageAsked = Field(default=ImageAsked(), description="The picture.")
    layout: bool | None = Field(default=None, description="layout.json; null: if all have it.")
    mask: bool | None = Field(default=None, description="mask.png; null: if all have it.")
    boxes: bool | None = Field(default=None, description="boxes.png; null: if all have it.")
    glyph: bool | None = Field(default=None, description="glyph.png or .jpg; null: if all have it.")
    captions: bool | None = Field(
        default=None,
        description="captions.json; null: if any has captions, empty for samples without.",
    )


class MixAsked(Section):
    """A dataset made of several."""

    name: str = Field(min_length=1, max_length=200, description="The name of the dataset.")
    seed: int = Field(default=0, ge=0, le=2**63 - 1, description="What the choice starts from.")
    samples: Scenes = Field(
        default=ALL, description="How many scenes; all: every group of every source."
    )
    shard: Shard = Field(default=Shard())
    sources: tuple[SourceAsked, ...] = Field(
        min_length=1, max_length=100, description="What is mixed."
    )
    outputs: OutputsAsked = Field(default=OutputsAsked())


def schema() -> Json:
    """The JSON schema (draft 2020-12) of a mix, for an editor's completion."""
    drawn = MixAsked.model_json_schema(mode="validation")
    drawn["properties"]["samples"]["default"] = "all"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **drawn,
        "title": "A mix of glyphdata",
    }
