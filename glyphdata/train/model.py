"""The encoder: texts and pictures of texts as vectors of one space.

    see(batch)  -> a unit vector for each box, of what its picture shows
    read(batch) -> a unit vector for each box, of what its text says

The towers run under autocast at the settings' precision; what is pooled, projected and compared is
fp32.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Self

import torch
from torch import Tensor, nn

from glyphdata.errors import InputError
from glyphdata.train import building, keeping, roi
from glyphdata.train.batch import Batch
from glyphdata.train.heads import Collapse, Spelling, projection, unit
from glyphdata.train.keeping import Document, Lexicon
from glyphdata.train.losses import Read, Scales, chosen
from glyphdata.train.settings import Settings
from glyphdata.train.towers.source import Config

LARGEST_SCALE = math.log(100)
"""No logit is scaled by more than 100 (CLIP, arXiv 2103.00020, section 2.5)."""

_SIGLIP_BIAS = -10.0
"""Where SigLIP's bias begins (arXiv 2303.15343, section 3): most pairs are wrong ones."""

_PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


class Encoder(nn.Module):
    """A tower that reads, a tower that sees, their heads, and the scales of the losses.

    `box_scale` and `hard_scale` are ln(1/temperature), learned; `box_bias` is that of the SigLIP
    loss. `lexicon` says what ids and classes mean; whoever trains sets it.
    """

    def __init__(
        self,
        settings: Settings,
        vocabulary: int,
        classes: int,
        text_config: Config | None = None,
        vision_config: Config | None = None,
    ) -> None:
        super().__init__()
        self.settings, self.vocabulary, self.classes = settings, vocabulary, classes
        self.lexicon = Lexicon()
        self.view_size = building.view_size(settings)
        self.text_tower = building.reader(settings, vocabulary, classes, text_config)
        self.vision_tower = building.seer(settings, self.view_size, vision_config)
        self.text_head, self.spelling = _text_heads(settings, self.text_tower.width, classes)
        self.vision_head = self._vision_head()
        loss = settings.loss
        self.box_scale = nn.Parameter(torch.tensor(-math.log(loss.box_temperature)))
        self.hard_scale = nn.Parameter(torch.tensor(-math.log(loss.hard_temperature)))
        self.box_bias = nn.Parameter(torch.tensor(_SIGLIP_BIAS), loss.kind == "siglip")
        if settings.text.frozen:
            self.text_tower.requires_grad_(False)
        if settings.vision.frozen:
            self.vision_tower.requires_grad_(False)
        self.clamp()
        self.train()

    @property
    def patch_grid(self) -> tuple[int, int] | None:
        """Rows and columns of a view's patches; None where the tower gives a vector a strip."""
        patch = self.vision_tower.patch
        return (self.view_size[0] // patch, self.view_size[1] // patch) if patch else None

    @property
    def scales(self) -> Scales:
        """What the losses scale cosines with."""
        return Scales(self.box_scale, self.hard_scale, self.box_bias)

    @property
    def device(self) -> torch.device:
        """Where its weights are."""
        return self.box_scale.device

    def train(self, mode: bool = True) -> Self:
        """As torch's, but frozen towers stay as they are used: without dropout."""
        super().train(mode)
        if self.settings.text.frozen:
            self.text_tower.eval()
        if self.settings.vision.frozen:
            self.vision_tower.eval()
        return self

    def see(self, batch: Batch) -> Tensor:
        """Unit vectors f32 [B, embed] of what each box's picture shows.

        With `loss.text_hard` boxes may have no view, -1, and are zeros.
        """
        if self.settings.loss.text_hard:
            drawn = (batch.view_of >= 0).nonzero().squeeze(1)
            vectors = self._seen(chosen(batch, drawn))
            nowhere = vectors.new_zeros((len(batch), vectors.shape[1]))
            return nowhere.index_copy(0, drawn, vectors)
        return self._seen(batch)

    def _seen(self, batch: Batch) -> Tensor:
        if not len(batch):
            return self._nothing(self.settings.embed)
        tower, frozen = self.vision_tower, self.settings.vision.frozen
        mean, std = (
            torch.tensor(of, device=batch.views.device)[:, None, None]
            for of in (tower.mean, tower.std)
        )
        with torch.set_grad_enabled(torch.is_grad_enabled() and not frozen), self._autocast():
            features = tower((batch.views.to(torch.float32) / 255 - mean) / std)
        return unit(self.vision_head(self._of_boxes(features, batch)))

    def read(self, batch: Batch) -> Read:
        """Unit vectors of what each box's text says, and its characters if the tower knows them."""
        if not len(batch):
            return self._nothing_read(batch)
        frozen = self.settings.text.frozen
        with torch.set_grad_enabled(torch.is_grad_enabled() and not frozen), self._autocast():
            vectors = self._text_vectors(batch)
        if self.spelling is None:
            return Read(unit(self.text_head(vectors)))
        vectors = vectors.to(torch.float32)
        return Read(unit(self.text_head(vectors)), *self.spelling(vectors))

    def clamp(self) -> None:
        """Bring the scales back to 0 to ln 100; to be called after each step of the optimizer."""
        with torch.no_grad():
            self.box_scale.clamp_(0, LARGEST_SCALE)
            self.hard_scale.clamp_(0, LARGEST_SCALE)

    def parts(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """What is trained: the weights of pretrained towers, and all that began at random."""
        text, vision = self.settings.text, self.settings.vision
        towers = ((text.source, self.text_tower), (vision.source, self.vision_tower))
        old = {id(one) for source, tower in towers if source for one in tower.parameters()}
        trained = [one for one in self.parameters() if one.requires_grad]
        return [p for p in trained if id(p) in old], [p for p in trained if id(p) not in old]

    def save(self, folder: Path) -> None:
        """Write model.safetensors and encoder.json; `OutputError` where that cannot be."""
        document = Document(
            self.settings,
            self.vocabulary,
            self.classes,
            getattr(self.text_tower, "config", None),
            getattr(self.vision_tower, "config", None),
            self.lexicon,
        )
        keeping.save(self, document, folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The encoder of a folder that `save` wrote, in evaluation mode, on the CPU.

        `InputError` where a file is missing or damaged, or where weights are missing or too many.
        """
        told = keeping.document(folder)
        encoder = cls(
            told.settings, told.vocabulary, told.classes, told.text_config, told.vision_config
        )
        keeping.fill(encoder, folder)
        encoder.lexicon = told.lexicon
        encoder.eval()
        return encoder

    def _autocast(self) -> torch.autocast:
        precision = _PRECISIONS[self.settings.precision]
        kind = self.device.type if self.device.type != "meta" else "cpu"
        return torch.autocast(kind, precision, enabled=precision is not torch.float32)

    def _text_vectors(self, batch: Batch) -> Tensor:
        if self.spelling is not None:
            vectors: Tensor = self.text_tower(batch.characters)
            return vectors
        if self.text_tower.pools:
            of_boxes: Tensor = self.text_tower(
                batch.ids, batch.lengths, batch.sequence_of, batch.spans
            )
            return of_boxes.to(torch.float32)
        tokens = self.text_tower(batch.ids, batch.lengths)
        with torch.autocast(tokens.device.type, enabled=False):
            return roi.span_mean(tokens, batch.spans, batch.sequence_of)

    def _of_boxes(self, features: Tensor, batch: Batch) -> Tensor:
        """The features of each box: f32 [B, width], or [B, patches, width] to be collapsed."""
        region, headless = self.settings.region, self.settings.vision.head is None
        if features.dim() == 2:
            return features.to(torch.float32)[batch.view_of]
        if region.kind == "mean":
            return roi.cover_mean(features, batch.cover, batch.view_of)
        if region.kind == "align":
            cells = roi.aligned(features, batch.quads, batch.view_of, region.grid)
            return cells.mean((2, 3)) if headless else cells.flatten(1)
        patches = features.to(torch.float32)[batch.view_of].flatten(2).transpose(1, 2)
        return patches if isinstance(self.vision_head, Collapse) else patches.mean(1)

    def _nothing_read(self, batch: Batch) -> Read:
        vectors, places = self._nothing(self.settings.embed), batch.characters.shape[1]
        if self.spelling is None:
            return Read(vectors)
        return Read(vectors, self._nothing(places, self.classes), self._nothing(places, places))

    def _nothing(self, *shape: int) -> Tensor:
        """No vectors, but with a graph: other processes wait for this one's gradient."""
        return self.box_scale.new_zeros((0, *shape)) + self.box_scale

    def _vision_head(self) -> nn.Module:
        """What follows the vision tower; `InputError` where its vectors do not fit."""
        settings, tower, grid = self.settings, self.vision_tower, self.patch_grid
        kind, head = settings.region.kind, settings.vision.head
        if grid is None and kind != "strip":
            raise InputError(
                f"the tower {settings.vision.tower!r} sees strips, not whole pictures",
                hint="-s region.kind=strip",
            ).inside("region.kind")
        if grid is not None and any(side % tower.patch for side in self.view_size):
            raise InputError(
                f"views of {self.view_size[0]} × {self.view_size[1]} do not part into patches of "
                f"{tower.patch}",
                hint="make both sides multiples of a patch",
            ).inside("region" if kind == "strip" else "vision.size")
        if head is None and settings.vision.tower == "vitstr" and kind == "strip" and grid:
            return Collapse(math.prod(grid), tower.width, settings.embed)
        cells = math.prod(settings.region.grid) if kind == "align" and head is not None else 1
        return projection(cells * tower.width, head, settings.embed, "vision.head")


def build(settings: Settings, vocabulary: int, classes: int = 0) -> Encoder:
    """The encoder that settings ask for, of `vocabulary` token rows and `classes` of characters.

    Weights are the sources', and where there is none random by `settings.seed` alone; torch's own
    generator is left as it was. `InputError` where a source cannot be had or shapes do not fit.
    """
    with torch.random.fork_rng(devices=[]):
        torch.random.default_generator.manual_seed(settings.seed % 2**63)
        encoder = Encoder(settings, vocabulary, classes)
    prepare(encoder)
    return encoder


def prepare(encoder: Encoder) -> None:
    """Make ready for training: activation checkpointing and compiled layers, where asked for."""
    settings = encoder.settings
    towers = (
        (encoder.text_tower, settings.text.frozen),
        (encoder.vision_tower, settings.vision.frozen),
    )
    for tower, frozen in towers:
        keeps = getattr(tower, "checkpoint", None)
        if settings.checkpointing and keeps is not None and not frozen:
            keeps()
        if settings.compile:
            for block in getattr(tower, "blocks", ()):
                block.compile()


def _text_heads(settings: Settings, width: int, classes: int) -> tuple[nn.Module, Spelling | None]:
    text = settings.text
    if text.tower != "characters":
        return projection(width, text.head, settings.embed, "text.head"), None
    collapse = Collapse(text.characters, width, settings.embed)
    return collapse, Spelling(width, classes, text.characters)
