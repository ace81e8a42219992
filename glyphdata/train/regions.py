"""Which cell of a latent belongs to which text box: the index maps of region-wise attention.

Glyph-SDXL (arXiv 2403.09622, section 3) lets a cell inside a box see that box's tokens and no
others. Its masks are made once and made smaller by picking every second cell, which loses half of
all lines of 12 to 16 pixels at 32 × 32. Here each level is made from the geometry: the share of
every cell that a box covers, exactly, and no box without a cell at any level.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glyphdata.errors import InputError
from glyphdata.scene.sample import UNIT
from glyphdata.train.tokens import Said

LEVELS = ((64, 64), (32, 32))
"""Rows and columns of the levels at which SDXL looks at a prompt, for 1024 × 1024 pixels."""

MOST = 255
"""As many boxes as one byte can tell apart from the background."""

_UPRIGHT = 1e-9
"""A piece of an edge that is narrower than this, in cells, counts as upright."""

Floats = NDArray[np.float64]
Owners = NDArray[np.uint8]


def level_sizes(
    canvas: tuple[int, int], latent_scale: int = 8, strides: Sequence[int] = (2, 4)
) -> tuple[tuple[int, int], ...]:
    """Rows and columns of a model's levels for a canvas of (width, height) pixels.

    `latent_scale` is how many pixels a latent stands for: 8 (SDXL), 16 (packed latents as in Flux),
    32 (HunyuanImage's VAE); `strides` how many latents a cell of each level does: 2 and 4 in
    SDXL, 1 where the model looks at every latent. `InputError` for one below 1.
    """
    if min(*canvas, latent_scale, *strides) < 1:
        raise InputError("a canvas, a latent scale or a stride below 1", hint="give pixels, from 1")
    width, height = canvas
    steps = [latent_scale * stride for stride in strides]
    return tuple((-(-height // step), -(-width // step)) for step in steps)


def region_masks(
    quads: Sequence[ArrayLike],
    canvas: tuple[int, int],
    latent_sizes: Sequence[tuple[int, int]] = LEVELS,
) -> tuple[Owners, ...]:
    """Per level the owner of each cell: u8 [rows, columns], 0 the background, i + 1 box i.

    `quads` are the boxes from the bottom to the top, each one quad [4, 2] or the union of several
    [k, 4, 2] (a bent line is that of its clusters), in pixels of a canvas of (width, height).

    A box lays claim to the cells of which it covers at least half as much as of its best one, so
    that a line thinner than a cell keeps its whole length; where claims meet, the upper box wins.
    A box that is left without a cell is given the one it covers most of that no other box has as
    its last. So every box owns a cell at every level. `InputError` for a box off the canvas, for
    corners that are no numbers, and for more boxes than 255 or than a level has cells.
    """
    boxes = [_checked(one, number, canvas) for number, one in enumerate(quads)]
    fewest = min([MOST, *(rows * columns for rows, columns in latent_sizes)])
    if len(boxes) > fewest:
        raise InputError(
            f"{len(boxes)} boxes do not fit an index map for {fewest}",
            hint="give fewer boxes, or larger levels",
        )
    return tuple(_owners(boxes, canvas, size) for size in latent_sizes)


def box_quads(
    facts: dict[str, object], layout: dict[str, object] | None = None
) -> tuple[Floats, ...]:
    """The quads of a sample's boxes for `region_masks`, [k, 4, 2] pixels each, by box id.

    `facts` is its `json`, `layout` its `layout.json`: with it a bent box is the union of its
    clusters' quads, without it the quad around them. `InputError` where a field is missing.
    """
    try:
        boxes = list(facts["boxes"])  # type: ignore[call-overload]
        bent = {box["id"]: bool(box.get("bend_deg")) for box in boxes}
        quads = {box["id"]: np.asarray(box["quad"], np.float64).reshape(1, 4, 2) for box in boxes}
        for placed in list(layout["boxes"]) if layout else ():  # type: ignore[call-overload]
            clusters = np.asarray(placed["clusters"]["quads"], np.float64).reshape(-1, 4, 2)
            if bent.get(placed["id"]) and len(clusters):
                quads[placed["id"]] = clusters / UNIT
    except (KeyError, TypeError, ValueError) as fault:
        raise InputError(
            f"these are no facts of a sample: {fault!r}", hint="give its json and layout.json"
        ) from None
    return tuple(quads[number] for number in sorted(quads))


def token_spans(said: Said) -> NDArray[np.int64]:
    """The tokens that a box's cells may see, i64 [boxes, 2]: the first and behind the last of its
    whole phrase; 0, 0 for a box that the prompt leaves out, whose cells count as background.
    """
    spans = [(one.phrase_first, one.phrase_end) if one else (0, 0) for one in said.spans]
    return np.array(spans, np.int64).reshape(-1, 2)


def coverage(quad: ArrayLike, canvas: tuple[int, int], size: tuple[int, int]) -> Floats:
    """The share of each cell that a quad covers, 0 to 1: f64 [rows, columns], exactly.

    Green's theorem, cell by cell: an edge covers of a cell what lies to its right, between the
    heights at which it crosses the cell's row.
    """
    rows, columns = size
    corners = np.asarray(quad, np.float64).reshape(4, 2) * (columns / canvas[0], rows / canvas[1])
    tops, rights = np.arange(rows)[:, None], np.arange(1, columns + 1)[None, :]
    area = np.zeros(size)
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, 0), strict=True):
        if ay == by:
            continue
        first, last = np.clip((ay, by), tops, tops + 1).T[..., None]
        slope = (bx - ax) / (by - ay)
        near, far = ax + (first - ay) * slope, ax + (last - ay) * slope
        area += (last - first) * _mean_right_of(near, far, rights)
    return np.clip(np.abs(area), 0.0, 1.0)


def _mean_right_of(near: Floats, far: Floats, rights: NDArray[np.int64]) -> Floats:
    """How much of a cell's width lies right of a piece of an edge, on average along it.

    The width right of x is g(x) = clip(right - x, 0, 1); its mean between two places is the
    difference of its antiderivative by their distance.
    """

    def antiderivative(x: Floats) -> Floats:
        left = np.clip(rights - x, 0.0, 1.0)
        summed: Floats = np.minimum(x, rights - 1.0) - left * left / 2.0
        return summed

    span = far - near
    upright = np.abs(span) < _UPRIGHT
    mean = (antiderivative(far) - antiderivative(near)) / np.where(upright, 1.0, span)
    middle = np.clip(rights - (near + far) / 2.0, 0.0, 1.0)
    chosen: Floats = np.where(upright, middle, mean)
    return chosen


def _checked(quads: ArrayLike, number: int, canvas: tuple[int, int]) -> Floats:
    corners = np.asarray(quads, np.float64)
    if corners.size % 8 or not corners.size or not np.isfinite(corners).all():
        raise InputError(f"box {number} has no quads of four corners", hint="give [k, 4, 2] pixels")
    corners = corners.reshape(-1, 4, 2)
    low, high = corners.min((0, 1)), corners.max((0, 1))
    if (high < 0).any() or (low > canvas).any():
        raise InputError(
            f"box {number} lies off the canvas of {canvas[0]} × {canvas[1]}",
            hint="leave out boxes that cannot be seen",
        )
    return corners


def _owners(boxes: list[Floats], canvas: tuple[int, int], size: tuple[int, int]) -> Owners:
    owners = np.zeros(size, np.uint8)
    shares = []
    for number, box in enumerate(boxes, 1):
        share = np.minimum(sum(coverage(quad, canvas, size) for quad in box), 1.0)
        best = share.max()
        if best > 0.0:
            owners[share >= best / 2.0] = number
        shares.append(share)
    for number, (share, box) in enumerate(zip(shares, boxes, strict=True), 1):
        if not (owners == number).any():
            owners[_given(share, box, owners, canvas)] = number
    return owners


def _given(share: Floats, box: Floats, owners: Owners, canvas: tuple[int, int]) -> tuple[int, int]:
    """The cell for a box that has none: its best, else the nearest, that no box has as its last."""
    held = np.bincount(owners.ravel(), minlength=MOST + 1)
    held[0] = owners.size  # the background may lose its last cell
    free = held[owners] > 1
    rows, columns = owners.shape
    x, y = box.mean((0, 1)) * (columns / canvas[0], rows / canvas[1])
    down, right = np.indices(owners.shape) + 0.5
    distance = np.hypot(down - y, right - x)
    # A share is at most 1, and a cell that the box covers goes before all that it does not.
    worth = np.where(share > 0.0, share, -1.0 - distance)
    row, column = np.unravel_index(int(np.where(free, worth, -np.inf).argmax()), owners.shape)
    return int(row), int(column)
