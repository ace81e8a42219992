"""Photographs: crops of the pictures of a folder."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Annotated, Self

import cv2
import numpy as np
from pydantic import Field

from glyphdata.compiled import compiled
from glyphdata.errors import InputError
from glyphdata.parts.fetched import fetched_folder, is_url
from glyphdata.parts.fields import Share, Unit, pair, rising
from glyphdata.parts.gallery import gallery, is_photo, opened
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Canvas, Pixels

ZOOM_STEP = 0.25
"""Zooms are drawn in steps of this, for each step of each photograph is prepared once on disk."""

Zoom = Annotated[float, Field(ge=1.0, le=8.0)]


_CROP = compiled("glyphdata.parts._crop")


@dataclass(frozen=True, slots=True)
class Photos:
    """Crops of the JPEG, PNG and WebP pictures of a folder.

    Recipe: {kind: photos, package: skimage, folder: data, include: [chelsea.png, "*.jpg"]}

    `folder` starts at the recipe, or at an installed `package`; `include` are patterns that the
    name of a file must match; `license` is what the dataset says of them. `zoom` 1 shows as much
    of a picture as the canvas can cover, 1.5 a crop of it, in steps of 0.25; `flip` is the share of
    crops that are mirrored.
    """

    share: Share = 1.0
    folder: str = ""
    package: str = ""
    include: tuple[str, ...] = ()
    recursive: bool = False
    license: str = ""
    zoom: Annotated[tuple[Zoom, Zoom], pair, rising] = (1.0, 1.5)
    flip: Unit = 0.5

    def ready(self, root: Path) -> Self:
        """The same range, its folder absolute and listed; `InputError` without a photograph."""
        if not self.package and not self.folder:
            raise InputError("photos without a folder", hint="add `folder: photos/`")
        absolute = str(self._place(root).absolute())
        opened(absolute, self.include, self.recursive)
        return replace(self, folder=absolute)

    def _place(self, root: Path) -> Path:
        """The folder here; one behind a URL is fetched."""
        if self.package:
            return _inside(self.package, self.folder)
        if is_url(self.folder):
            return fetched_folder(self.folder, is_photo, recursive=self.recursive)
        return root / self.folder.removeprefix("file://")

    @property
    def identity(self) -> str:
        """What tells the photographs from others: the digest of their names and sizes."""
        return opened(self.folder, self.include, self.recursive).listing

    def choose(self, rng: Rng, canvas: Canvas) -> Photo:
        """A crop of a picture; `Rejection("photo-unreadable")` where that cannot be decoded."""
        pictures = opened(self.folder, self.include, self.recursive)
        name = rng.at("photo").pick(pictures.names)
        crop = rng.at("crop")
        low, high = self.zoom
        steps = int((high - low) / ZOOM_STEP + 1e-9) + 1
        zoom = low + ZOOM_STEP * crop.integer(0, steps)
        pictures.pack(name, canvas, zoom)  # decoded now, so that a broken one is never decided on
        return Photo(
            folder=_named(self.package, self.folder),
            listing=pictures.listing,
            name=name,
            zoom=zoom,
            at=(crop.random(), crop.random()),
            flipped=rng.at("flip").chance(self.flip),
            license=self.license,
        )


@dataclass(frozen=True, slots=True)
class Photo:
    """A crop of one picture.

    `name` is relative to the gallery that `listing` tells from others (`folder` is its name for
    people); `at` is where the crop lies in the room that there is, (0, 0) at the top left, (1, 1)
    at the bottom right.
    """

    folder: str
    listing: str
    name: str
    zoom: float
    at: tuple[float, float]
    flipped: bool
    license: str

    def paint(self, canvas: Canvas, out: Pixels) -> None:
        """Fill `out` with the crop, copied from the prepared pack.

        `InputError` where the range was not made `ready` in this process, `Rejection` where the
        picture has become unreadable.
        """
        pack = gallery(self.listing).pack(self.name, canvas, self.zoom)
        height, width = pack.shape[:2]
        left = _placed(self.at[0], width - canvas.width)
        top = _placed(self.at[1], height - canvas.height)
        if _CROP is None:
            np.copyto(out, pack[top : top + canvas.height, left : left + canvas.width])
        else:
            _CROP.copy(pack, 3 * width, 3 * left, top, out, 3 * canvas.width)
        if self.flipped:
            cv2.flip(out, 1, out)

    @property
    def source(self) -> str:
        """The picture's file: `photos/alley.jpg`."""
        return f"{self.folder}/{self.name}"


@lru_cache(maxsize=64)
def _named(package: str, folder: str) -> str:
    """What people call the folder."""
    return f"{package}/" * bool(package) + PurePosixPath(folder).name


def _placed(share: float, room: int) -> int:
    """One of the room + 1 whole places, each as likely."""
    return min(int(share * (room + 1)), room)


def _inside(package: str, folder: str) -> Path:
    """A folder of an installed package, found without importing it."""
    if not package.isidentifier() or ".." in PurePosixPath(folder).parts:
        raise InputError(
            f"{package}/{folder} is no folder of a package",
            hint="`package` is one plain name, and `folder` lies inside it",
        )
    spec = importlib.util.find_spec(package)
    places = spec.submodule_search_locations if spec is not None else None
    if not places:
        raise InputError(
            f"no package {package!r} is installed", hint="pip install it, or use a folder"
        )
    return Path(next(iter(places))) / folder.lstrip("/")
