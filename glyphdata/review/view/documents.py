"""What the viewer tells of datasets, lists, facets and findings, as JSON will hold it."""

from __future__ import annotations

from glyphdata.review.view.exhibit import Exhibit, Hung
from glyphdata.review.view.facets import Facets
from glyphdata.review.view.made import colors
from glyphdata.review.view.query import Query

Document = dict[str, object]


def dataset(number: int, exhibit: Exhibit) -> Document:
    """What there is to know of a dataset before anything is asked."""
    hung = exhibit.now()
    source = hung.source
    return {
        "d": number,
        "name": exhibit.name,
        "path": exhibit.places.name,
        "samples": hung.rows.total,
        "groups": hung.groups,
        "recipe": hung.made.name,
        "warnings": list(source.warnings),
        "writable_flags": exhibit.flags.writable,
        "state": source.state,
        "members": hung.members,
        "version": hung.version,
    }


def rows(exhibit: Exhibit, hung: Hung, query: Query) -> Document:
    """A page of a list."""
    order = exhibit.chosen(hung, query)
    flags = exhibit.flags.all()
    shown = hung.rows.page(order[query.offset : query.offset + query.limit].tolist())
    for row in shown:
        end = row.pop("offset") + row.pop("size")
        row["flag"] = flags.get(row["key"])
        row["error"] = hung.fault(row["key"], row["shard"], end)
    return {
        "total": len(order),
        "offset": query.offset,
        "version": hung.version,
        "rows": shown,
    }


def facets(hung: Hung, found: Facets) -> Document:
    """Facets, with the names of the tokens in them."""
    fonts = [int(token) for token, _ in found.counts["font"]]
    inks = [int(token) for token, _ in found.counts["color"]]
    return {
        "total": found.total,
        "facets": found.counts,
        "ranges": {name: list(reach) for name, reach in found.ranges.items()},
        "names": {"font": hung.made.fonts(fonts), "color": colors(inks)},
        "version": hung.version,
    }


def checks(exhibit: Exhibit) -> Document:
    """The findings, as far as they are found."""
    job = exhibit.checks
    found = job.result
    return {
        "state": job.state,
        "done": job.done,
        "of": job.of,
        "error": job.fault if job.state == "failed" else None,
        "findings": [] if found is None else [one._asdict() for one in found.every],
        "codes": {} if found is None else found.codes(),
    }
