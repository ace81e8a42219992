"""What UDiffText trains on (arXiv 2312.04884): masks of characters, and a loss on attention.

Its samples hold one word of at most twelve printable characters with a mask for each of them; its
localized attention loss pulls the attention map of a character into that character's mask.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from glyphdata.errors import InputError, Rejection
from glyphdata.shards.dataset import Record

CHARACTERS = 12
"""The longest word."""

PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
"""The 94 characters: printable ASCII without the blank."""

LEAST_WORD = 0.01
"""The least share of the picture that a word's box takes."""

LEAST_INK = 0.001
"""The least share of the picture that each character takes."""


class Word(NamedTuple):
    """One word of a sample: its box's id, its number in the box, its text and its characters."""

    box: int
    number: int
    text: str
    mask_values: tuple[int, ...]
    """Per character the value of its cluster in `mask.png`, 0 for one without ink."""
    quad: tuple[float, ...]
    """Four corners x, y, in pixels, clockwise from the word's own top left."""


def words(record: Record) -> Iterator[Word]:
    """Every word of a sample, box by box in reading order.

    A cluster of several characters (a ligature) lends its mask to each of them. `InputError` where
    the sample has no `layout.json`, or one that its `json` does not fit.
    """
    texts = {box["id"]: box["text"] for box in record.facts["boxes"]}
    layout = record.layout
    for placed in layout["boxes"]:
        content = texts[placed["id"]].encode("utf-8", "surrogatepass")
        clusters = placed["clusters"]
        owner = np.zeros(len(content) + 1, np.int64)
        for start, end, value in zip(
            clusters["start"], clusters["end"], clusters["mask"], strict=True
        ):
            owner[start:end] = value
        for number, word in enumerate(placed["words"]):
            text = content[word["start"] : word["end"]].decode("utf-8", "surrogatepass")
            at, values = word["start"], []
            for character in text:
                values.append(int(owner[at]))
                at += len(character.encode("utf-8", "surrogatepass"))
            quad = tuple(corner / layout["unit"] for corner in word["quad"])
            yield Word(placed["id"], number, text, tuple(values), quad)


def character_masks(
    mask: NDArray[np.uint16], word: Word, characters: int = CHARACTERS
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Where each character is: u8 [characters, height, width] of 0 and 1, and which are real, u8
    [characters]; `mask` is the sample's `mask.png`.

    `Rejection` for a word that is too long, has a character that is not one of the 94, or one
    without ink: `too-long`, `foreign-character`, `no-ink`.
    """
    if not 0 < len(word.text) <= characters:
        raise Rejection("too-long", f"{word.text!r} has {len(word.text)} characters")
    foreign = [character for character in word.text if character not in PRINTABLE]
    if foreign:
        raise Rejection("foreign-character", f"{foreign[0]!r} is not one of the 94")
    if not all(word.mask_values):
        raise Rejection("no-ink", f"a character of {word.text!r} has no ink of its own")
    masks = np.zeros((characters, *mask.shape), np.uint8)
    for place, value in enumerate(word.mask_values):
        masks[place] = mask == value
    real = np.zeros(characters, np.uint8)
    real[: len(word.text)] = 1
    return masks, real


def localized_sample(record: Record, word: Word, size: int = 512) -> dict[str, Tensor | str]:
    """A word's sample as UDiffText's dataloader gives it, `size` pixels square.

    `image` f32 [3, size, size] in -1 to 1; `mask` f32 [1, size, size], 1 inside the word's quad;
    `masked`, the image with 0 there; `seg` f32 [12, size, size]; `seg_mask` f32 [12]; `r_bbox` i64
    top, bottom, left, right; `label` the word, `txt` the word in quotes; `original_size_as_tuple`,
    `crop_coords_top_left`, `target_size_as_tuple` i64 [2], height or top first; `name` the key.

    A picture that is not square is cut to the square around the word first. `Rejection` as
    `character_masks` has it, and `too-small` for a word below a hundredth of the picture or a
    character below a thousandth.
    """
    facts = record.facts
    left, top, side = _square(facts["width"], facts["height"], word)
    scale = size / side
    quad = (np.reshape(word.quad, (4, 2)) - (left, top)) * scale
    _check_word(word, quad, size)  # before anything is decoded
    pixels = record.pixels()
    seg, real = character_masks(record.mask(), word)
    seg = _resized(seg.transpose(1, 2, 0)[top : top + side, left : left + side], size)
    region = np.zeros((size, size), np.uint8)
    cv2.fillConvexPoly(region, np.rint(quad).astype(np.int32), 1)
    _check_ink(word, seg)
    cut = pixels[top : top + side, left : left + side]
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    picture = cut if side == size else cv2.resize(cut, (size, size), interpolation=method)
    image = torch.from_numpy(picture.transpose(2, 0, 1) / np.float32(127.5) - np.float32(1))
    mask = torch.from_numpy(region[None].astype(np.float32))
    low = np.clip(np.floor(quad.min(0)), 0, size - 1)
    high = np.clip(np.ceil(quad.max(0)), low + 1, size)
    return {
        "image": image,
        "mask": mask,
        "masked": image * (1 - mask),
        "seg": torch.from_numpy(np.ascontiguousarray(seg.transpose(2, 0, 1), np.float32)),
        "seg_mask": torch.from_numpy(real.astype(np.float32)),
        "r_bbox": torch.tensor([low[1], high[1], low[0], high[0]]).long(),
        "label": word.text,
        "txt": f'"{word.text}"',
        "original_size_as_tuple": torch.tensor(pixels.shape[:2]),
        "crop_coords_top_left": torch.tensor([top, left]),
        "target_size_as_tuple": torch.tensor([size, size]),
        "name": record.key,
    }


def localized_loss(
    maps: Sequence[Tensor], seg: Tensor, real: Tensor, *, least: int = 16, sigma: float = 1.0
) -> Tensor:
    """The localized attention loss: a number, below 0 where characters look at themselves.

    `maps` are the attention of square layers, [N, heads, side · side, at least 12], `seg`
    [N, 12, height, width] and `real` [N, 12] those of the samples. Per layer of a side of at least
    `least`, and with G a Gaussian blur of three by three cells: the mean over characters j of
    max(G(A_j) · (1 - S_j)) - max(G(A_j) · S_j), then the mean over layers and samples (arXiv
    2312.04884, section 3.3; heads are averaged first, masks picked nearest, as the released code
    has it). `InputError` where no layer is large enough.
    """
    taken = [one for one in maps if math.isqrt(one.shape[2]) >= least]
    if not taken:
        raise InputError(f"no attention map has a side of {least}", hint="give larger layers")
    count, characters = real.shape
    total = seg.new_zeros(())
    for layer in taken:
        side = math.isqrt(layer.shape[2])
        looks = layer[..., :characters].mean(1).mT.reshape(count, characters, side, side)
        looks = _blurred(looks, sigma)
        inside = functional.interpolate(seg.to(looks.dtype), (side, side))
        gap = (looks * (1 - inside)).amax((2, 3)) - (looks * inside).amax((2, 3))
        total = total + ((gap * real).sum(1) / real.sum(1)).mean()
    return total / len(taken)


def _blurred(looks: Tensor, sigma: float) -> Tensor:
    offsets = torch.tensor([-1.0, 0.0, 1.0], dtype=looks.dtype, device=looks.device)
    line = torch.exp(-offsets.square() / (2 * sigma * sigma))
    kernel = torch.outer(line, line) / line.sum().square()
    stacked = kernel.expand(looks.shape[1], 1, 3, 3)
    return functional.conv2d(looks, stacked, padding=1, groups=looks.shape[1])


def _square(width: int, height: int, word: Word) -> tuple[int, int, int]:
    """Left, top and side of the largest square of the picture with the word in its middle."""
    side = min(width, height)
    x, y = np.reshape(word.quad, (4, 2)).mean(0)
    left = round(float(np.clip(x - side / 2, 0, width - side)))
    top = round(float(np.clip(y - side / 2, 0, height - side)))
    return left, top, side


def _resized(masks: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    if masks.shape[0] == size:
        return masks
    resized = cv2.resize(masks, (size, size), interpolation=cv2.INTER_NEAREST)
    return np.asarray(resized, np.uint8)


def _check_word(word: Word, quad: NDArray[np.float64], size: int) -> None:
    share = abs(float(cv2.contourArea(quad.astype(np.float32)))) / (size * size)
    if share < LEAST_WORD:
        raise Rejection("too-small", f"{word.text!r} takes {share:.4f} of the picture")


def _check_ink(word: Word, seg: NDArray[np.uint8]) -> None:
    least = seg.mean((0, 1))[: len(word.text)].min()
    if least < LEAST_INK:
        raise Rejection("too-small", f"a character of {word.text!r} takes {least:.5f} of it")
