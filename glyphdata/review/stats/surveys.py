"""All that is asked about a dataset, in the order in which it is told.

One more statistic is one more entry: `Counted` or `Measured` of a column, or a class of its own
with `columns`, `add` and `answers` (`survey.py` says what those mean).
"""

from __future__ import annotations

from glyphdata.review.stats.places import Middles
from glyphdata.review.stats.styles import Styles
from glyphdata.review.stats.survey import Counted, Measured, Survey
from glyphdata.review.stats.texts import Texts
from glyphdata.review.stats.twins import Twins

_REDRAWN = "a draft that cannot be made is drawn again, level and all: what seldom fits comes less"
_RETRIED = (
    "an edit that cannot be made, or makes nothing new, is drawn again: short texts allow few"
)


def surveys() -> tuple[Survey, ...]:
    """A fresh one of every survey."""
    return (
        Counted("levels", "level", "Levels", asked="levels", note=_REDRAWN),
        Counted("languages", "language", "Languages"),
        Counted("scripts", "scripts", "Scripts"),
        Counted("backgrounds", "background", "Backgrounds", asked="backgrounds", note=_REDRAWN),
        Measured("boxes", "boxes", "Boxes in a picture", "boxes"),
        Texts(),
        Measured("clusters", "clusters", "Clusters in a picture", "clusters"),
        Measured("smallest", "size_px_min", "Smallest text of a picture", "px per em"),
        Measured("largest", "size_px_max", "Largest text of a picture", "px per em"),
        Measured("angle", "angle_deg_max", "Greatest turn in a picture", "degrees", step=0.5),
        Measured("contrast", "contrast_min", "Least contrast in a picture", "WCAG ratio", step=0.1),
        Measured("signal", "signal_min", "Least signal to noise in a picture", "deviations"),
        Measured("picture_size", "picture_size", "Size of the picture", "kB", scale=1000.0),
        Middles(),
        Styles(),
        Twins(),
        Counted("effects", "effects", "Effects"),
        Counted(
            "edits", "edits", "Edits", of="edits", asked="variants.edits", note=_RETRIED, drawn=True
        ),
        Measured("rejections", "rejections", "Drafts given up for a picture", "drafts"),
    )
