"""Running a mix: generation with another factory, and the captioners' recipes taken along."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from glyphdata.captions.overlay import recipes, tell
from glyphdata.convert.mixing.asked import Mix
from glyphdata.engines import Engine
from glyphdata.errors import OutputError
from glyphdata.generation import Summary, generate
from glyphdata.progress import Notice, Tell
from glyphdata.shards.claim import Resume, claimed, recorded
from glyphdata.shards.keys import Places

FACTORY = "glyphdata.convert.mixing.factory:Factory"


def mix(  # noqa: PLR0913 - how a mix is run, one keyword each
    asked: Mix,
    out: Path | str,
    *,
    notices: Sequence[str] = (),
    workers: int | None = None,
    resume: Resume = "if_possible",
    overwrite: bool = False,
    shards: range | None = None,
    dry_run: bool = False,
    exclude: Collection[str] | None = None,
    on_event: Tell | None = None,
    on_line: Callable[[bytes], None] | None = None,
    engine: Engine | None = None,
    redraw: str = "glyphdata mix MIX",
) -> Summary:
    """Make the dataset of a mix in the folder `out`, or what is missing of it.

    The options are those of `generation.generate`; `notices` are told first. `OutputError` where
    the folder is another dataset's, one of the sources, or was begun when these held other samples;
    `InputError` where a source has changed, or a sample of it cannot be read.
    """
    _apart(asked, Places.at(out))
    for note in notices:
        if on_event is not None:
            on_event(Notice(note))
    if not overwrite:
        _unchanged(asked, Places.at(out))
    summary = generate(
        asked,
        out,
        workers=workers,
        resume=resume,
        overwrite=overwrite,
        shards=shards,
        dry_run=dry_run,
        exclude=exclude,
        on_event=on_event,
        on_line=on_line,
        engine=engine,
        redraw=redraw,
        factory=FACTORY,
        provenance=asked.provenance,
    )
    if asked.kept.captions and not dry_run:
        _take_along(asked, Places.at(out))
    return summary


def _take_along(asked: Mix, places: Places) -> None:
    """Write down how the captions of the sources were made, where they say so."""
    made_by: dict[str, object] = {}
    for source in asked.sources:
        made_by |= recipes(Places.at(source.place))
    if made_by:
        tell(places, made_by)


def _apart(asked: Mix, places: Places) -> None:
    """`OutputError` where the folder is that of a source, or lies in it."""
    out = places.root.resolve()
    for source in asked.sources:
        root = Places.at(source.place).root.resolve()
        if root == out or root in out.parents:
            within = "is" if root == out else "lies in"
            raise OutputError(
                f"{places.name} {within} what {source.label} is taken from",
                hint="choose another folder",
            )


def _unchanged(asked: Mix, places: Places) -> None:
    """`OutputError` where the folder holds this mix of what the sources held before."""
    owner = claimed(places)
    if owner is None or not recorded(places) or owner.fingerprint != asked.fingerprint():
        return
    if owner.inputs != asked.inputs():
        raise OutputError(
            f"{places.name} was begun when its sources held other samples",
            hint="bring them back, choose another folder, or pass --overwrite",
        )
