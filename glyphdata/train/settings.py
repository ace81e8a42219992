"""What a training run may be asked for: one YAML file, checked like a recipe.

Defaults are those of Glyph-ByT5 (arXiv 2403.09622, section 3 and Table 9; the released code where
the paper is silent). `preset` names another set of defaults; what the file says comes before them.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from glyphdata.recipe.fields import Part, Share, fault
from glyphdata.recipe.model import Section

Preset = Literal["glyph-byt5", "udifftext", "tiny"]


class Formats(Section):
    """How often a picture's texts are said in which form."""

    styled: Share = Field(default=1.0, description='`Text "…" in <color-K>, <font-N>. `')
    plain: Share = Field(default=0.0, description='`Text "…". `')
    bare: Share = Field(default=0.0, description="The text alone, one sequence a box.")
    caption: Share = Field(default=0.0, description="A caption that quotes the texts.")

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.styled + self.plain + self.bare + self.caption == 0:
            raise fault("every share is 0; give one form a share above 0")
        return self


class Shape(Section):
    """The shape of a tower that is built with random weights."""

    width: int = Field(default=128, ge=8, le=8192, description="Size of a token's vector.")
    depth: int = Field(default=3, ge=1, le=64, description="Layers.")
    heads: int = Field(default=4, ge=1, le=64, description="Heads of attention.")
    feed_forward: int = Field(default=0, ge=0, description="Inner width; 0 is four times width.")
    patch: int = Field(default=14, ge=1, le=64, description="Side of a patch, in pixels.")


class Text(Section):
    """The tower that reads."""

    tower: Literal["byt5", "characters", "tiny"] = Field(default="byt5", description="Its kind.")
    source: str | None = Field(
        default="google/byt5-small", description="A hub id or a folder; null builds `shape`."
    )
    shape: Shape = Field(default=Shape(), description="What is built where `source` is null.")
    tokens: Literal["auto", "v1", "v2", "none"] = Field(
        default="auto", description="Colour and font tokens; auto takes those of the data."
    )
    formats: Formats = Field(default=Formats(), description="In which forms texts are said.")
    caption_levels: dict[Literal["1", "2", "3", "4", "5", "6"], Share] = Field(
        default={}, description="Weights of the levels for `formats.caption`; empty: even."
    )
    caption_blend: Part = Field(
        default=0.95, description="Share of captions that are ours and not the sample's own txt."
    )
    max_tokens: int = Field(default=512, ge=8, le=8192, description="Longest sequence.")
    characters: int = Field(default=12, ge=1, le=512, description="Longest text, for characters.")
    alphabet: Literal["printable", "data"] = Field(
        default="printable", description="Classes of the character tower: 94, or the data's own."
    )
    pool: Literal["text", "phrase"] = Field(
        default="text", description="What is pooled: the text's own bytes, or its whole phrase."
    )
    head: tuple[int, ...] | None = Field(
        default=(1120,),
        description="Hidden widths of the projection; null has none, and `embed` is the tower's.",
    )
    dropout: float = Field(default=0.1, ge=0, lt=1, description="In the tower.")
    frozen: bool = Field(default=False, description="Train the projection only.")


class Vision(Section):
    """The tower that sees."""

    tower: Literal["dinov2", "vitstr", "tiny"] = Field(default="dinov2", description="Its kind.")
    source: str | None = Field(
        default="facebook/dinov2-with-registers-base",
        description="A hub id or a folder; null builds `shape`.",
    )
    shape: Shape = Field(default=Shape(), description="What is built where `source` is null.")
    size: int = Field(default=224, ge=16, le=2048, description="Side of a whole picture, pixels.")
    head: tuple[int, ...] | None = Field(
        default=None, description="Hidden widths of a projection; null has none: LiT."
    )
    frozen: bool = Field(default=True, description="Leave its weights as they are.")


class Region(Section):
    """How a box is taken out of its picture."""

    kind: Literal["align", "mean", "strip"] = Field(
        default="mean",
        description="ROIAlign (the paper), mean of patches (its code), or an upright strip.",
    )
    grid: tuple[int, int] = Field(default=(1, 4), description="Rows and columns of ROIAlign.")
    height: int = Field(default=24, ge=8, le=512, description="Of a strip, in pixels.")
    width: int = Field(default=96, ge=8, le=2048, description="Of a strip, in pixels.")
    margin: float = Field(default=0.1, ge=0, le=1, description="Around a strip, in box heights.")
    jitter: float = Field(
        default=0.0, ge=0, le=0.5, description="How far corners move in training, in box heights."
    )


class Loss(Section):
    """What is minimised: shares of each term, and temperatures."""

    kind: Literal["infonce", "siglip"] = Field(default="infonce", description="Of the box term.")
    box: Share = Field(default=1.0, description="All boxes of the batch against each other.")
    hard: Share = Field(default=1.0, description="The spellings of one box against each other.")
    text_hard: Share = Field(
        default=0.0, le=0.3, description="Spellings that are not drawn; blind models like them."
    )
    characters: Share = Field(default=0.0, description="Cross-entropy of characters, per place.")
    places: Share = Field(default=0.0, description="Cross-entropy of places (UDiffText's code).")
    box_temperature: float = Field(default=0.07, gt=0, le=1, description="It begins there.")
    hard_temperature: float = Field(default=0.07, gt=0, le=1, description="It begins there.")


class BatchShape(Section):
    """What one step is made of; a step's batch is shared among all processes."""

    groups: int = Field(default=96, ge=1, description="Groups in a step, over all processes.")
    spellings: int = Field(default=16, ge=1, le=64, description="Pictures taken of each group.")
    boxes: int = Field(default=5, ge=1, le=50, description="Boxes taken of each picture.")
    chunk: int = Field(
        default=0, ge=0, description="Views and sequences that a tower takes at once; 0: all."
    )


class Optimizer(Section):
    """AdamW and its schedule: a linear rise, then a cosine down to `floor`."""

    rate: float = Field(default=5e-4, gt=0, description="Peak learning rate.")
    body_rate: float | None = Field(
        default=None, description="Peak rate of pretrained weights; null: as `rate`."
    )
    betas: tuple[float, float] = Field(default=(0.9, 0.98), description="Of Adam.")
    epsilon: float = Field(default=1e-6, gt=0, description="Of Adam.")
    weight_decay: float = Field(default=0.2, ge=0, description="Not on vectors and scalars.")
    warmup: int = Field(default=100, ge=0, description="Steps of the rise.")
    schedule: Literal["cosine", "constant"] = Field(default="cosine", description="After it.")
    floor: Part = Field(default=0.0, description="Last rate, as a share of the peak.")
    clip: float = Field(default=1.0, ge=0, description="Longest gradient; 0 clips none.")
    skip: float = Field(
        default=0.0,
        ge=0,
        description="Leave out a step whose gradient is so many times the usual; 0 leaves none.",
    )
    average: float = Field(default=0.0, ge=0, lt=1, description="Decay of the mean of weights.")


class Settings(Section):
    """A whole training run."""

    preset: Preset = Field(default="glyph-byt5", description="Whose defaults.")
    name: str = Field(default="encoder", min_length=1, max_length=200, description="Of the run.")
    seed: int = Field(default=0, ge=0, le=2**63 - 1, description="Of every draw.")
    text: Text = Field(default=Text(), description="The tower that reads.")
    vision: Vision = Field(default=Vision(), description="The tower that sees.")
    region: Region = Field(default=Region(), description="How boxes are taken out of pictures.")
    embed: int = Field(default=768, ge=4, le=8192, description="Size of the shared space.")
    loss: Loss = Field(default=Loss(), description="What is minimised.")
    batch: BatchShape = Field(default=BatchShape(), description="What a step is made of.")
    optimizer: Optimizer = Field(default=Optimizer(), description="How weights move.")
    epochs: float = Field(default=5.0, gt=0, description="Times over the data.")
    steps: int | None = Field(default=None, ge=1, description="Steps; null: from `epochs`.")
    stages: tuple[Share, ...] = Field(
        default=(), description="Shares of the steps for each --data, in turn; empty: one data."
    )
    held_out: float = Field(
        default=0.02, ge=0, lt=1, description="Share of texts that are never trained on."
    )
    precision: Literal["fp32", "bf16", "fp16"] = Field(default="bf16", description="Of towers.")
    compile: bool = Field(default=False, description="Compile the towers' blocks.")
    checkpointing: bool = Field(
        default=False, description="Compute activations again instead of keeping them."
    )
    workers: int = Field(default=2, ge=0, le=256, description="Processes that load, per process.")
    damaged: Literal["stop", "skip"] = Field(
        default="stop", description="What a shard that cannot be read does to the run."
    )
    save_every: int = Field(default=500, ge=1, description="Steps between checkpoints.")
    keep: int = Field(default=2, ge=1, le=100, description="Checkpoints that stay.")
    show_every: int = Field(default=0, ge=0, description="Steps between sample pages; 0: none.")
