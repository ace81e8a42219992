"""Where things are: points, boxes, quads and the maps between frames.

Coordinates are pixels, x to the right, y **down**, the origin at the top left corner of the top
left pixel (so the first pixel's centre is (0.5, 0.5)). Values are frozen and compare by value.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glyphdata.errors import InputError

STEEPEST = 0.6
"""The strongest perspective about one axis: the farther edge is 0.4 times as long as the nearer."""

FINE = 2.0**40
"""Sines are rounded to whole parts of this many: the last bits of a C library's are its own."""


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

    @property
    def area(self) -> float:
        """In square pixels; below 0 where the corners go anticlockwise (the shoelace formula)."""
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = self
        return ((cx - ax) * (dy - by) - (dx - bx) * (cy - ay)) / 2.0

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
        cos, sin = round(math.cos(turn) * FINE) / FINE, round(math.sin(turn) * FINE) / FINE
        return cls(cos, -sin, left_px, sin, cos, top_px)

    @classmethod
    def tilted(
        cls, width_px: float, height_px: float, angle_deg: float, pitch: float, yaw: float
    ) -> Homography:
        """The map of the frame (0, 0) to (`width_px`, `height_px`) seen as a plane in perspective,
        then turned clockwise by `angle_deg`; the frame's middle goes to the origin.

        `pitch` says how much nearer the top is than the bottom, `yaw` the left than the right, each
        -0.6 to 0.6: alone, it makes the farther edge 1 - |strength| times as long as the nearer.
        The frame's quad keeps the frame's area, and every point of the frame a divisor above 0.
        `InputError` for stronger ones.
        """
        if not (abs(pitch) <= STEEPEST and abs(yaw) <= STEEPEST):
            raise InputError(
                f"a plane tilted by {pitch} and {yaw} is too steep",
                hint=f"tilt by strengths between -{STEEPEST} and {STEEPEST}",
            )
        right, down = yaw / (2.0 - abs(yaw)), pitch / (2.0 - abs(pitch))
        x, y = width_px / 2.0, height_px / 2.0
        g, h = right / x if x else 0.0, down / y if y else 0.0
        tilt = cls(1.0, 0.0, -x, 0.0, 1.0, -y, g, h, 1.0 - right - down)
        area = tilt.quad(BBox(0.0, 0.0, width_px, height_px)).area
        scale = math.sqrt(width_px * height_px / area) if area else 1.0
        a, b, _, d, e, *_ = cls.placed(0.0, 0.0, angle_deg)
        return tilt.then(cls(scale * a, scale * b, 0.0, scale * d, scale * e, 0.0))

    def moved(self, right_px: float, down_px: float) -> Homography:
        """This map, and all it maps then moved so far."""
        a, b, c, d, e, f, g, h, i = self
        return Homography(
            a + right_px * g, b + right_px * h, c + right_px * i,
            d + down_px * g, e + down_px * h, f + down_px * i, g, h, i,
        )  # fmt: skip

    def then(self, after: Homography) -> Homography:
        """The map that takes every point where `after` takes what this one makes of it."""
        a, b, c, d, e, f, g, h, i = self
        rows = (after[:3], after[3:6], after[6:])
        return Homography(
            *(
                value
                for p, q, r in rows
                for value in (
                    p * a + q * d + r * g,
                    p * b + q * e + r * h,
                    p * c + q * f + r * i,
                )
            )
        )

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
