"""Lines along an arc: rigid pieces, the same as the straight line where it hardly bends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glyphdata.errors import InputError, Rejection
from glyphdata.scene.scene import TextBox
from glyphdata.scene.typeset import Moved, SetBox
from glyphdata.typeset import Fit, Shaped, bendable, bent_size, fit, place

Setter = Callable[..., Shaped]
BoxOf = Callable[..., TextBox]
LINES = {
    "latin": ("roboto", "Over the hills", "en", "ltr"),
    "hebrew": ("heebo", "שלום עולם 12", "he", "rtl"),
    "arabic": ("noto_sans_arabic", "مرحبا بالعالم", "ar", "rtl"),
    "thai": ("noto_sans_thai", "ที่นี่น้ำ", "th", "ltr"),
}


def line_of(shaped: Shaped, size: float = 30.0) -> Fit:
    found = fit(shaped, width_px=9e3, height_px=300, size_px=(size, size), line_spacing=1.0)
    assert found is not None
    return found


def bent(found: Fit, box_of: BoxOf, degrees: float) -> tuple[TextBox, SetBox, Moved]:
    width, height = bent_size(found, degrees)
    box = replace(box_of(found.shaped, found), bend_deg=degrees, width_px=width, height_px=height)
    placed = place(found.shaped, box)
    assert placed.moved is not None
    return box, placed, placed.moved


@pytest.mark.parametrize("script", LINES)
def test_a_slight_bend_is_nearly_straight(shaped_in: Setter, box_of: BoxOf, script: str) -> None:
    found = line_of(shaped_in(*LINES[script]))
    straight = place(found.shaped, box_of(found.shaped, found))
    for degrees in (1e-9, -1e-9, 1e-300):
        box, _, moved = bent(found, box_of, degrees)
        assert (box.width_px, box.height_px) == pytest.approx((found.width_px, found.height_px))
        assert moved.glyphs[:, 2:] == pytest.approx(straight.pens, abs=1e-6)
        assert moved.glyphs[:, 0] == pytest.approx(1.0) and np.abs(moved.glyphs[:, 1]).max() < 1e-9
        assert moved.clusters[:, 0, 0] == pytest.approx(straight.cluster_spans[:, 0], abs=1e-6)
        assert moved.words[:, 1, 0] == pytest.approx(straight.word_spans[:, 1], abs=1e-6)
        assert moved.baselines[0, :, 1] == pytest.approx(straight.line_rows[0, 1], abs=1e-6)


def test_no_bend_is_the_straight_line(shaped_in: Setter, box_of: BoxOf) -> None:
    found = line_of(shaped_in(*LINES["latin"]))
    assert bent_size(found, 0.0) == (found.width_px, found.height_px)
    assert place(found.shaped, replace(box_of(found.shaped, found), bend_deg=0.0)).moved is None


@settings(deadline=None, max_examples=40)
@given(
    degrees=st.floats(-180, 180).filter(lambda d: abs(d) > 1e-6),
    script=st.sampled_from(list(LINES)),
)
def test_clusters_keep_their_shape_and_glyphs_their_place_in_it(
    shaped_in: Setter, box_of: BoxOf, degrees: float, script: str
) -> None:
    found = line_of(shaped_in(*LINES[script]))
    straight = place(found.shaped, box_of(found.shaped, found))
    _, placed, moved = bent(found, box_of, degrees)
    widths = straight.cluster_spans[:, 1] - straight.cluster_spans[:, 0]
    quads = moved.clusters
    assert np.hypot(*(quads[:, 1] - quads[:, 0]).T) == pytest.approx(widths, abs=1e-6)
    assert np.hypot(*(quads[:, 3] - quads[:, 0]).T) == pytest.approx(found.height_px)
    owners = placed.glyph_clusters
    cos, sin, x, y = moved.glyphs.T
    aside = np.stack((x, y), axis=1) - quads[owners, 0]
    back = np.stack((cos * aside[:, 0] + sin * aside[:, 1], cos * aside[:, 1] - sin * aside[:, 0]))
    before = straight.pens - np.stack(
        (straight.cluster_spans[owners, 0], np.zeros(len(owners))), axis=1
    )
    assert np.abs(back.T - before).max() < 1e-6


@pytest.mark.parametrize("degrees", [40.0, 120.0, 180.0, -40.0, -120.0, -180.0])
def test_the_ends_of_the_line_stand_at_half_the_angle(
    shaped_in: Setter, box_of: BoxOf, degrees: float
) -> None:
    found = line_of(shaped_in("roboto", "ooooooooooooooooooooooooooooooooooooooo"))
    box, _, moved = bent(found, box_of, degrees)
    turns = np.degrees(np.arctan2(moved.glyphs[:, 1], moved.glyphs[:, 0]))
    assert (np.diff(turns) * np.sign(degrees) > 0).all()
    assert turns[-1] - turns[0] == pytest.approx(degrees * 38 / 39, rel=0.01)
    assert turns[19] == pytest.approx(0.0, abs=0.5)
    middle, ends = moved.clusters[19, 0, 1], moved.clusters[[0, -1], 0, 1]
    assert (ends > middle).all() == (degrees > 0)
    start, end = moved.baselines[0]
    assert start[1] == pytest.approx(end[1]) and start[0] + end[0] == pytest.approx(box.width_px)


@pytest.mark.parametrize("degrees", [170.0, -170.0])
def test_letters_do_not_meet_on_the_inner_side(
    shaped_in: Setter, box_of: BoxOf, degrees: float
) -> None:
    found = line_of(shaped_in("roboto", "HIHHIHH"))
    straight = place(found.shaped, box_of(found.shaped, found))
    _, _, moved = bent(found, box_of, degrees)
    # Capitals reach from the baseline to the cap height of the face, 0.711 em.
    level = straight.pens[0, 1] - (0.0 if degrees > 0 else 0.711 * 30.0)
    down = (moved.clusters[:, 3] - moved.clusters[:, 0]) / found.height_px
    left, right = (moved.clusters[:, corner] + level * down for corner in (0, 1))
    turns = np.arctan2(-down[:, 0], down[:, 1])
    for one in range(6):
        along = np.array((np.cos(turns[one]), np.sin(turns[one])))
        assert (left[one + 1] - right[one]) @ along > -0.1


def test_only_one_line_across_with_some_width_can_be_bent(shaped_in: Setter, box_of: BoxOf) -> None:
    one = line_of(shaped_in("roboto", "one"))
    two = line_of(shaped_in("roboto", "one\ntwo"))
    column = line_of(shaped_in("cjk", "日本", "ja", "ttb"))
    blank = line_of(shaped_in("roboto", "  "))
    assert [bendable(found) for found in (one, two, column, blank)] == [True, False, False, False]
    for found in (two, column, blank):
        with pytest.raises(InputError):
            bent_size(found, 30.0)
    for found in (two, column):
        with pytest.raises(InputError):
            place(found.shaped, replace(box_of(found.shaped, found), bend_deg=30.0))
    for degrees in (181.0, -200.0, float("nan")):
        with pytest.raises(InputError):
            bent_size(one, degrees)
    lone = place(blank.shaped, replace(box_of(blank.shaped, blank), bend_deg=30.0))
    assert lone.moved is None and not len(lone.words)


def test_the_line_stands_in_the_middle_of_a_larger_frame(shaped_in: Setter, box_of: BoxOf) -> None:
    found = line_of(shaped_in("roboto", "middle"))
    box, _, moved = bent(found, box_of, 60.0)
    larger = replace(box, width_px=box.width_px + 20.0, height_px=box.height_px + 8.0)
    again = place(found.shaped, larger).moved
    assert again is not None
    assert again.clusters - moved.clusters == pytest.approx(
        np.broadcast_to((10.0, 4.0), moved.clusters.shape)
    )


@settings(deadline=None, max_examples=60)
@given(
    text=st.text("abé \tfj\u0301\u200d\u00adאבم١1(", min_size=1, max_size=12),
    degrees=st.floats(-180, 180),
)
def test_any_line_is_bent_or_refused(
    shaped_in: Setter, box_of: BoxOf, text: str, degrees: float
) -> None:
    for direction in ("ltr", "rtl"):
        try:
            found = line_of(shaped_in("cairo", text, "en", direction))
        except Rejection as fault:
            assert fault.reason == "missing-glyph"
            return
        if not bendable(found) or not degrees:
            continue
        box, placed, moved = bent(found, box_of, degrees)
        frame = np.array((box.width_px, box.height_px)) + 1e-6
        assert np.isfinite(moved.glyphs).all() and len(moved.words) == len(placed.words)
        assert (moved.clusters >= -1e-6).all() and (moved.clusters <= frame).all()
