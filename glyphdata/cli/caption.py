"""`glyphdata caption`: say what is in the pictures of a dataset, or merge what was said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from glyphdata.cli.options import AsJson, OutFolder, named, out_folder

if TYPE_CHECKING:
    from glyphdata.caption.captioner import Captioner
    from glyphdata.captioning import Shown, Summary
    from glyphdata.captions.merge import Merged
    from glyphdata.progress import Tell
    from glyphdata.shards.blending import Blender

_NAMED = 20  # what is left out is named so often, and then counted


def command(
    out: OutFolder,
    *,
    captioner: Annotated[
        str | None,
        typer.Option(
            "--captioner",
            "-c",
            metavar="KIND",
            help="Who says it: truth (the default), or one of `glyphdata kinds captioners`.",
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="A folder, a hub's name, or the name on the server.")
    ] = None,
    levels: Annotated[
        str, typer.Option(help="1 (fine) to 6 (coarse), short (5), descriptive (2): 1-3,short.")
    ] = "1-6",
    styles: Annotated[
        str, typer.Option("--styles", help="Of plain, glyph, anytext, gligen, with commas.")
    ] = "plain",
    lower: Annotated[
        Literal["truth", "shorten", "ask"],
        typer.Option(help="Where the levels come from that a model is not good at."),
    ] = "truth",
    existing: Annotated[
        Literal["add", "skip", "redo"],
        typer.Option(help="What becomes of captions by another captioner; locked ones stay."),
    ] = "add",
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Ask again for what could not be said before.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Only the first samples, so many.")
    ] = None,
    shards: Annotated[
        str | None, typer.Option(metavar="A..B", help="Only the shards from A up to, not with, B.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show three prompts and captions; write nothing.")
    ] = False,
    merge: Annotated[
        Path | None,
        typer.Option(
            metavar="DEST",
            parser=out_folder,
            help="Write new shards with the captions inside; alone, it asks no captioner.",
        ),
    ] = None,
    blend: Annotated[
        float, typer.Option(min=0, max=1, help="With --merge: share of txt that are captions.")
    ] = 0.95,
    own: Annotated[
        Path | None,
        typer.Option(help='With --merge: your captions, lines of {"key": …, "text": …}.'),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="With --merge: what the draw starts from.")] = 0,
    settings: Annotated[
        list[str] | None,
        typer.Option("-s", "--set", metavar="KEY=VALUE", help="A field of the captioner."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Caption a dataset, or what is missing of it; nothing in the shards is touched.

    Example: glyphdata caption out/ --captioner llava --model models/llava-1.5-7b-hf --levels 1-6
    """
    from glyphdata.cli import show
    from glyphdata.cli.generate import shard_range
    from glyphdata.cli.telling import teller

    part = None if shards is None else shard_range(shards)
    asked = captioner is not None or merge is None or dry_run
    chosen, phrased = levels_of(levels), tuple(one.strip() for one in styles.split(","))
    summary, merged = None, None
    with teller() as tell:
        if asked:
            from glyphdata.captioning import run

            kind = captioner or "truth"
            made = captioner_of(kind, model, settings or ())
            summary = run(
                out,
                made,
                chosen,
                phrased,
                kind=kind,
                lower=lower,
                existing=existing,
                retry_failed=retry_failed,
                dry_run=dry_run,
                limit=limit,
                shards=part,
                on_event=tell,
            )
        if merge is not None and not dry_run:
            merged = _merged(out, merge, _blender(blend, phrased, seed, own), tell)
    if json:
        show.document(_document(summary, merged))
    else:
        show.say("\n".join([*_lines_of(summary, out), *_lines_of_merged(merged, merge)]))
    if summary is not None and not summary.whole and not dry_run:
        raise typer.Exit(4)


def levels_of(text: str) -> tuple[int, ...]:
    """The levels that `1-3,5` or `short,descriptive` spells; a usage error otherwise."""
    from glyphdata.caption.levels import NAMES

    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = (str(NAMES.get(one.strip(), one.strip())) for one in _cut(part))
        last = last if dash else first
        if not (first.isdecimal() and last.isdecimal() and 1 <= int(first) <= int(last) <= 6):
            raise typer.BadParameter(
                f"{part!r} is no level such as 2, 1-6, short or descriptive",
                param_hint="--levels",
            )
        found.update(range(int(first), int(last) + 1))
    return tuple(sorted(found))


def _cut(part: str) -> tuple[str, str, str]:
    return part.partition("-")


def captioner_of(kind: str, model: str | None, settings: Sequence[str]) -> Captioner:
    """The captioner of a kind with these fields (`KEY=VALUE`, as in a recipe).

    `InputError` for a kind there is not, `RecipeError` with every field that is wrong.
    """
    from typing import cast

    from glyphdata.recipe.open import part_of

    given = {} if model is None else {"model": model}
    return cast("Captioner", part_of("captioners", kind, settings, given))


def _blender(share: float, styles: tuple[str, ...], seed: int, own: Path | None) -> Blender:
    from glyphdata.shards.blending import Blend, Blender, own_captions

    mine = None if own is None else own_captions(own)
    return Blender(Blend(share, styles=styles), seed, own=mine)


def _merged(out: Path, dest: Path, blender: Blender, tell: Tell) -> Merged:
    from glyphdata.captions.merge import merge
    from glyphdata.progress import Progress

    return merge(out, dest, blender, lambda done, of: tell(Progress(done, of)))


def _document(summary: Summary | None, merged: Merged | None) -> dict[str, object]:
    """What came of it as programs read it."""
    found: dict[str, object] = {}
    if summary is not None:
        tally = summary.tally
        found = {
            "out": named(summary.out),
            "captioner": summary.kind,
            "recipes": list(summary.recipes),
            "dry_run": summary.dry_run,
            "samples": tally.behind,
            "made": tally.made,
            "there": tally.there,
            "waiting": tally.waiting,
            "failures": dict(sorted(tally.failures.items())),
            "flags": dict(sorted(tally.flags.items())),
            "repairs": dict(sorted(tally.repairs.items())),
            "lost_shards": [{"shard": name, "message": why} for name, why in summary.lost],
            "shown": [asdict(one) for one in summary.shown],
            "seconds": round(summary.seconds, 3),
        }
    if merged is not None:
        found["merged"] = {
            "out": named(merged.dest),
            "samples": merged.samples,
            "shards": merged.shards,
            "made": merged.made,
        }
    return found


def _lines_of(summary: Summary | None, out: Path) -> Iterator[str]:
    """What came of captioning as people read it, of the folder as they named it."""
    from glyphdata.cli.show import many

    if summary is None:
        return
    if summary.dry_run:
        for one in summary.shown:
            yield from _shown(one)
        yield "nothing was written"
        return
    tally = summary.tally
    rate = f", {tally.made / summary.seconds:,.0f}/s" if summary.seconds > 0 else ""
    did = f"{many(tally.made, 'caption')} said in {summary.seconds:.1f} s{rate}"
    there = f", {tally.there:,} there before" if tally.there else ""
    samples = many(tally.behind, "sample")
    yield f"{named(out)}: {samples}; {did if tally.made else 'nothing was left to say'}{there}"
    for what, counts in (("flagged", tally.flags), ("mended", tally.repairs)):
        if counts:
            yield f"{what}: {_counted(counts)}"
    if tally.waiting:
        yield f"{many(tally.waiting, 'caption')} yet to be answered"
    if tally.failures:
        yield f"not said: {_counted(tally.failures)} (`--retry-failed` asks again)"
    for name, why in summary.lost[:_NAMED]:
        yield f"left out: {name}: {why}"
    if len(summary.lost) > _NAMED:
        yield f"and {len(summary.lost) - _NAMED:,} more shards"


def _counted(counts: Mapping[str, int]) -> str:
    most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{count:,} × {name}" for name, count in most)


def _shown(one: Shown) -> Iterator[str]:
    yield f"{one.key}, level {one.level}, {one.style}:"
    if one.prompt:
        yield f"  asked: {one.prompt}"
    yield f"  fault: {one.fault}" if one.fault else f"  said:  {one.text}"


def _lines_of_merged(merged: Merged | None, dest: Path | None) -> Iterator[str]:
    from glyphdata.cli.show import many

    if merged is None or dest is None:
        return
    samples, shards = many(merged.samples, "sample"), many(merged.shards, "shard")
    yield f"{named(dest)}: {samples} with captions inside, in {shards}, {merged.made:,} of them new"
    yield f"check it: glyphdata verify {named(dest)}"
