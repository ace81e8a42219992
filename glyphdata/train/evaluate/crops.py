"""The boxes that an evaluation saw, as small pictures for its page."""

from __future__ import annotations

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from glyphdata.train.batch import Batch

_MARGIN = 0.25
_HEIGHTS_PX = (32, 96)
_WIDEST_PX = 720


class Crops:
    """JPEGs of boxes by number, in the order in which they were seen."""

    def __init__(self, whole: bool) -> None:
        """`whole` where a view is the strip of one box, and not a picture with boxes in it."""
        self._whole = whole
        self._kept: list[bytes] = []

    def __len__(self) -> int:
        return len(self._kept)

    def __getitem__(self, number: int) -> bytes:
        return self._kept[number]

    def keep(self, batch: Batch, rows: list[int]) -> None:
        """Cut some boxes of a batch out of their views."""
        views = batch.views.cpu().numpy()
        quads, view_of = batch.quads.cpu().numpy(), batch.view_of.tolist()
        for row in rows:
            view = np.ascontiguousarray(views[view_of[row]].transpose(1, 2, 0))
            cut = view if self._whole else _cut(view, quads[row])
            self._kept.append(simplejpeg.encode_jpeg(_scaled(cut), quality=85, colorspace="RGB"))


def _cut(view: NDArray[np.uint8], quad: NDArray[np.float32]) -> NDArray[np.uint8]:
    """What lies about a quad, its corners in shares of the view."""
    height, width = view.shape[:2]
    corners = quad * (width, height)
    low, high = corners.min(axis=0), corners.max(axis=0)
    margin = _MARGIN * (high - low).min()
    left, top = np.clip(np.floor(low - margin), 0, (width - 1, height - 1)).astype(int)
    right, bottom = np.clip(np.ceil(high + margin), 1, (width, height)).astype(int)
    return view[top : max(bottom, top + 1), left : max(right, left + 1)]


def _scaled(cut: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Tall enough to be read, and not too large for a page."""
    height, width = cut.shape[:2]
    least, most = _HEIGHTS_PX
    scale = min(max(least / height, 1.0), most / height, _WIDEST_PX / width)
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    how = cv2.INTER_CUBIC if scale > 1.0 else cv2.INTER_AREA
    resized = cv2.resize(np.ascontiguousarray(cut), size, interpolation=how)
    return np.ascontiguousarray(resized, np.uint8)
