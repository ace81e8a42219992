"""DINOv2, with registers or without: the features of a picture's patches."""

from __future__ import annotations

from torch import Tensor, nn
from transformers import (
    Dinov2Config,
    Dinov2Model,
    Dinov2WithRegistersConfig,
    Dinov2WithRegistersModel,
)

from glyphdata.train.settings import Shape
from glyphdata.train.towers.source import Config, Source, checkpoint, told

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
"""Of ImageNet, as DINOv2 was trained."""

_KINDS = {
    Dinov2Config.model_type: (Dinov2Config, Dinov2Model),
    Dinov2WithRegistersConfig.model_type: (Dinov2WithRegistersConfig, Dinov2WithRegistersModel),
}


class DinoV2(nn.Module):
    """Patch features [V, width, rows, columns] of views f32 [V, 3, height, width].

    They are the last layer's after its norm; the class token and the registers are left out.
    """

    mean = MEAN
    std = STD

    def __init__(self, model: Dinov2Model | Dinov2WithRegistersModel) -> None:
        super().__init__()
        self.model = model
        self.width = int(model.config.hidden_size)
        self.patch = int(model.config.patch_size)
        self._first = 1 + int(getattr(model.config, "num_register_tokens", 0))

    def forward(self, views: Tensor) -> Tensor:
        """The features; sides that are no multiple of a patch lose what is left over."""
        tokens: Tensor = self.model(pixel_values=views).last_hidden_state
        rows, columns = (side // self.patch for side in views.shape[2:])
        return tokens[:, self._first :].transpose(1, 2).unflatten(2, (rows, columns))

    @property
    def config(self) -> Config:
        """What `made` can build it of again, weights apart."""
        return told(self.model.config)

    @property
    def blocks(self) -> tuple[nn.Module, ...]:
        """Its layers, for compiling one by one."""
        return tuple(self.model.encoder.layer)

    def checkpoint(self) -> None:
        """Keep no activations inside a layer."""
        checkpoint(self.model)


def shaped(shape: Shape, side: int) -> Config:
    """The config of a DINOv2 with four registers for pictures of `side` pixels.

    Its inner width is a whole number of widths, as DINOv2's is: `feed_forward` is rounded up.
    """
    inner = shape.feed_forward or 4 * shape.width
    return told(
        Dinov2WithRegistersConfig(
            hidden_size=shape.width,
            num_hidden_layers=shape.depth,
            num_attention_heads=shape.heads,
            mlp_ratio=-(-inner // shape.width),
            patch_size=shape.patch,
            image_size=side,
        )
    )


def made(config: Config) -> DinoV2:
    """The tower of a config, with random weights of torch's generator."""
    kind, model = _KINDS[config["model_type"]]
    return DinoV2(_plain(model(kind(**config))))


def opened(source: Source) -> DinoV2:
    """The tower of a folder or a hub's name; `InputError` where it cannot be had."""
    config = source.config(*(kind for kind, _ in _KINDS.values()))
    return DinoV2(_plain(source.weights(_KINDS[config.model_type][1], config)))


def _plain(model: Dinov2Model) -> Dinov2Model:
    """Without the mask token, which stands for hidden patches and never has a gradient here."""
    model.embeddings.mask_token.requires_grad_(False)
    return model
