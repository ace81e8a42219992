"""A plain vision transformer as ViTSTR reads words with: grey pictures, patches of 16.

ViTSTR (arXiv 2105.08582) is a ViT that spells a word; UDiffText's encoder learns towards its
features. Any ViT of transformers' kind can be named as its source, with one channel or three.
"""

from __future__ import annotations

from torch import Tensor, nn
from transformers import ViTConfig, ViTModel

from glyphdata.train.settings import Shape
from glyphdata.train.towers.source import Config, Source, checkpoint, told

_LUMA = (0.299, 0.587, 0.114)
"""ITU-R BT.601, as Pillow and torchvision make grey of colours."""


class ViTStr(nn.Module):
    """Patch features [V, width, rows, columns] of views f32 [V, 3, height, width] in -1 to 1.

    They are the last layer's after its norm; the class token, ViTSTR's sign of a beginning, is left
    out. A model of one channel is shown the luma.
    """

    mean = (0.5, 0.5, 0.5)
    std = (0.5, 0.5, 0.5)

    def __init__(self, model: ViTModel) -> None:
        super().__init__()
        self.model = model
        self.width = int(model.config.hidden_size)
        self.patch = int(model.config.patch_size)
        self._grey = int(model.config.num_channels) == 1
        side = model.config.image_size
        self._made_for = (side, side) if isinstance(side, int) else tuple(side)

    def forward(self, views: Tensor) -> Tensor:
        """The features; positions are interpolated for views of another size than it was made."""
        if self._grey:
            views = (views * views.new_tensor(_LUMA)[:, None, None]).sum(1, keepdim=True)
        tokens: Tensor = self.model(
            pixel_values=views,
            interpolate_pos_encoding=tuple(views.shape[2:]) != self._made_for,
        ).last_hidden_state
        rows, columns = (side // self.patch for side in views.shape[2:])
        return tokens[:, 1:].transpose(1, 2).unflatten(2, (rows, columns))

    @property
    def config(self) -> Config:
        """What `made` can build it of again, weights apart."""
        return told(self.model.config)

    @property
    def blocks(self) -> tuple[nn.Module, ...]:
        """Its layers, for compiling one by one."""
        layers = getattr(self.model, "layers", None)  # transformers 4 has them one floor down
        return tuple(self.model.encoder.layer if layers is None else layers)

    def checkpoint(self) -> None:
        """Keep no activations inside a layer."""
        checkpoint(self.model)


def shaped(shape: Shape, size: tuple[int, int]) -> Config:
    """The config of a ViT of one channel for views of (height, width) pixels."""
    return told(
        ViTConfig(
            hidden_size=shape.width,
            num_hidden_layers=shape.depth,
            num_attention_heads=shape.heads,
            intermediate_size=shape.feed_forward or 4 * shape.width,
            patch_size=shape.patch,
            image_size=list(size),
            num_channels=1,
        )
    )


def made(config: Config) -> ViTStr:
    """The tower of a config, with random weights of torch's generator."""
    return ViTStr(ViTModel(ViTConfig(**config), add_pooling_layer=False))


def opened(source: Source) -> ViTStr:
    """The tower of a folder or a hub's name; `InputError` where it cannot be had."""
    config = source.config(ViTConfig)
    return ViTStr(source.weights(ViTModel, config, add_pooling_layer=False))
