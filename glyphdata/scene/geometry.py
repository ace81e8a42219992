"""Where things are: points, boxes, quads and the maps between frames.

Coordinates are pixels, x to the right, y **down**, the origin at the top left corner of the top
left pixel (so the first pixel's centre is (0.5, 0.5)). Values are frozen and compare by value.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_FINE = 2.0**40


class Point(NamedTuple):
    """A place, in pixels."""

    x: float
    y: float


class BBox(NamedTuple):
    """An upright rectangle: left, top, right, bottom, in pixels; right and bottom are exclusive."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right, in pixels."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom, in pixels."""
        return self.bottom - self.top

    @property
    def area(self) -> float:
        """In square pixels; 0 where the box is inside out."""
        return max(self.width, 0.0) * max(self.height, 0.0)

    def meets(self, other: BBox, gap_px: float = 0.0) -> bool:
        """Do the two share any area, once grown apart by `gap_px`?"""
        return (
            self.left < other.right + gap_px
            and other.left < self.right + gap_px
            and self.top < other.bottom + gap_px
            and other.top < self.bottom + gap_px
        )


class Quad(NamedTuple):
    """Four corners, clockwise from the text's *own* top left, whatever way the text is turned."""

    a: Point
    b: Point
    c: Point
    d: Point

    def bbox(self) -> BBox:
        """The smallest upright rectangle around the quad."""
        xs = (self.a.x, self.b.x, self.c.x, self.d.x)
        ys = (self.a.y, self.b.y, self.c.y, self.d.y)
        return BBox(min(xs), min(ys), max(xs), max(ys))

    def separates(self, other: Quad, gap_px: float = 0.0) -> bool:
        """Does a straight line keep the two convex quads at least `gap_px` apart?

        The separating axis theorem over the edge normals of both.
        """
        for quad in (self, other):
            for start, end in zip(quad, (*quad[1:], quad[0]), strict=True):
                nx, ny = end.y - start.y, start.x - end.x
                length = math.hypot(nx, ny)
                if length == 0.0:
                    continue
                mine = [(p.x * nx + p.y * ny) / length for p in self]
                theirs = [(p.x * nx + p.y * ny) / length for p in other]
                if min(theirs) - max(mine) >= gap_px or min(mine) - max(theirs) >= gap_px:
                    return True
        return False


class Homography(NamedTuple):
    """A map of the plane, row by row: (x, y) goes to ((a·x + b·y + c) / w, (d·x + e·y + f) / w)
    with w = g·x + h·y + i. An affine map has g = h = 0 and i = 1.
    """

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float
    g: float = 0.0
    h: float = 0.0
    i: float = 1.0

    @classmethod
    def placed(cls, left_px: float, top_px: float, angle_deg: float = 0.0) -> Homography:
        """The map that turns a frame clockwise by `angle_deg`, then moves its origin there.

        Sine and cosine are rounded to 2^-40: the last bits of a C library's are its own.
        """
        turn = math.radians(angle_deg)
        cos, sin = round(math.cos(turn) * _FINE) / _FINE, round(math.sin(turn) * _FINE) / _FINE
        return cls(cos, -sin, left_px, sin, cos, top_px)

    @property
    def is_affine(self) -> bool:
        """Do parallels stay parallel, so that no division is needed?"""
        return self.g == 0.0 and self.h == 0.0 and self.i == 1.0

    def at(self, x: float, y: float) -> Point:
        """Where the point (x, y) goes."""
        w = self.g * x + self.h * y + self.i
        return Point((self.a * x + self.b * y + self.c) / w, (self.d * x + self.e * y + self.f) / w)

    def quad(self, box: BBox) -> Quad:
        """Where the corners of an upright rectangle of this frame go."""
        left, top, right, bottom = box
        return Quad(
            self.at(left, top), self.at(right, top), self.at(right, bottom), self.at(left, bottom)
        )

    def points(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where each row of `xy` (shape (..., 2), pixels) goes; the same shape."""
        x, y = xy[..., 0], xy[..., 1]
        out = np.empty(xy.shape, np.float64)
        out[..., 0] = self.a * x + self.b * y + self.c
        out[..., 1] = self.d * x + self.e * y + self.f
        if not self.is_affine:
            out /= (self.g * x + self.h * y + self.i)[..., None]
        return out
