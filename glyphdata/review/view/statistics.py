"""The statistics of a dataset as the viewer tells and draws them.

What makes them takes a second to import, so this is imported once they are asked for.
"""

from __future__ import annotations

from glyphdata.review.plots import plotted
from glyphdata.review.stats import stats_of
from glyphdata.review.stats.values import Answer, Fit
from glyphdata.review.view.exhibit import Exhibit, Told

Document = dict[str, object]


def survey(exhibit: Exhibit) -> None:
    """Begin to make the statistics, unless they are those of this state or are being made."""
    version = exhibit.now().version
    told = exhibit.stats.result
    if told is None or told.version != version:
        exhibit.stats.start(lambda _: Told(stats_of(exhibit.places.root), version))


def plot(exhibit: Exhibit, name: str) -> str | None:
    """A plot as an SVG document; None where there is none of that name, or none yet."""
    told = exhibit.stats.result
    for answer in told.stats.answers if told is not None else ():
        if plot_name(answer) == name:
            return plotted(answer)
    return None


def stats(exhibit: Exhibit) -> Document:
    """The statistics, as far as they are made: `glyphdata stats --json`, and the plots' names."""
    job = exhibit.stats
    told = job.result
    found = told.stats if told is not None else None
    return {
        "state": job.state,
        "error": job.fault if job.state == "failed" else None,
        "stats": None if found is None else found.document(),
        "plots": [] if found is None else [plot_name(one) for one in found.answers],
    }


def plot_name(answer: Answer) -> str:
    """What a plot is called, as `glyphdata stats --plots` calls its file."""
    return f"{answer.name}-fit" if isinstance(answer, Fit) else answer.name
