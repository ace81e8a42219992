"""`glyphdata fonts catalog` and `pull`: families that can be fetched, and fetching them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from glyphdata.cli.options import AsJson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glyphdata.faces.pull.families import Family
    from glyphdata.faces.pull.order import Came, Failed, Order, Pulled

Scripts = Annotated[
    str, typer.Option("--scripts", "--script", help="Only families of any of these: latin,thai.")
]
Categories = Annotated[
    str,
    typer.Option(
        "--categories", "--category", help="Only sans, serif, mono, display or handwriting."
    ),
]


def attach(app: typer.Typer) -> None:
    """Add the two commands to the group `glyphdata fonts`."""
    app.command("catalog")(catalog)
    app.command("pull")(pull)


def catalog(scripts: Scripts = "", categories: Categories = "", json: AsJson = False) -> None:
    """List the families that can be pulled. Example: glyphdata fonts catalog --script thai"""
    from glyphdata.cli.show import document, note, table
    from glyphdata.faces.incoming import user_folder
    from glyphdata.faces.pull.families import choose, families
    from glyphdata.faces.pull.present import Present

    every = families()
    found = set(choose(every, scripts=_words(scripts), categories=_words(categories), heavy=True))
    shown = [family for family in every if family in found]
    present = Present.of(user_folder())
    if json:
        document([_row(family) | {"status": present.status(family)} for family in shown])
        return
    table(
        ("family", "category", "scripts", "weights", "license", "status"),
        [
            (
                *(family.name, family.category, _scripts(family), _span(family.weights)),
                *(family.license, present.status(family)),
            )
            for family in shown
        ],
    )
    here = sum(present.holds(family) for family in shown)
    note(f"{len(shown)} families, of {len(every)} listed; {here} are here")


def pull(
    count: Annotated[
        int | None, typer.Option(min=1, help="So many families, those here already counted.")
    ] = None,
    scripts: Scripts = "",
    categories: Categories = "",
    families: Annotated[str, typer.Option(help="Only these, by name: Lobster,Alata.")] = "",
    weights: Annotated[str, typer.Option(help="Of static files only these weights: 400,700.")] = "",
    origin: Annotated[
        Literal["auto", "pypi", "npm"], typer.Option("--from", help="Where to fetch from.")
    ] = "auto",
    jobs: Annotated[int, typer.Option(min=1, max=16, help="Downloads at a time.")] = 4,
    max_mb: Annotated[int, typer.Option(min=1, help="Fetch at most so many megabytes.")] = 400,
    dry_run: Annotated[bool, typer.Option(help="Say what would be fetched.")] = False,
    json: AsJson = False,
) -> None:
    """Fetch families of fonts. Example: glyphdata fonts pull --count 100 --scripts latin"""
    from glyphdata.errors import InputError
    from glyphdata.faces.pull import families as listed
    from glyphdata.faces.pull.order import Order

    if not (count or scripts or categories or families):
        raise InputError(
            "nothing says which families", hint="give --count, --scripts or --families"
        )
    chosen = listed.choose(
        listed.families(),
        count=count,
        scripts=_words(scripts),
        categories=_words(categories),
        names=_words(families),
    )
    order = Order(chosen, _weights(weights), origin, jobs, max_mb * 1_000_000)
    if dry_run:
        _plan(order, json)
    else:
        _fetch(order, json)


def _fetch(order: Order, json: bool) -> None:
    from glyphdata.cli.show import document, note
    from glyphdata.errors import PartlyDone
    from glyphdata.faces.incoming import user_folder
    from glyphdata.faces.pull.pulling import pull

    of = len(order.families)
    note(f"into {user_folder()}: {of} families")
    seen = 0

    def tell(result: Came | Failed) -> None:
        nonlocal seen
        seen += 1
        note(f"{seen:>4}  {_line(result)}")

    done = pull(order, tell)
    if json:
        document(_account(done))
    else:
        _summary(done)
    if done.failed:
        raise PartlyDone(
            f"{len(done.failed)} of {of} families did not come: {_reasons(done)}",
            hint="run the same command again to try only those",
        )


def _words(text: str) -> tuple[str, ...]:
    """What stands between the commas."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _scripts(family: Family) -> str:
    """The scripts that faces are told apart by, and how many others there are."""
    from glyphdata.faces.scripts import SCRIPTS

    shown = [script for script in SCRIPTS if script in family.scripts]
    others = len(family.scripts) - len(shown)
    return " ".join([*shown, *([f"+{others}"] if others else [])])


def _span(weights: Sequence[int]) -> str:
    return " ".join(map(str, weights)) if len(weights) < 3 else f"{weights[0]}–{weights[-1]}"


def _weights(text: str) -> tuple[int, ...]:
    from glyphdata.errors import InputError

    try:
        weights = tuple(sorted({int(word) for word in _words(text)}))
    except ValueError:
        weights = (0,)
    if not all(1 <= weight <= 1000 for weight in weights):
        raise InputError(f"{text!r} are no weights", hint="give numbers of 1 to 1000: 400,700")
    return weights


def _row(family: Family) -> dict[str, object]:
    return {
        "family": family.name,
        "category": family.category,
        "scripts": family.scripts,
        "subsets": family.subsets,
        "weights": family.weights,
        "styles": family.styles,
        "axes": family.axes,
        "license": family.license,
        "pypi": family.pypi,
        "npm": family.npm,
        "npm_ttf": family.npm_ttf,
    }


def _plan(order: Order, json: bool) -> None:
    from glyphdata.cli.show import document, note, table
    from glyphdata.faces.incoming import user_folder
    from glyphdata.faces.pull.present import Present

    present = Present.of(user_folder())
    rows = []
    for family in order.families:
        names = {"pypi": family.pypi, "npm": family.npm_ttf or family.npm}
        likely = names["pypi"] or names["npm"] if order.origin == "auto" else names[order.origin]
        rows.append((family.name, "" if present.holds(family, order.weights) else likely))
    if json:
        document({"families": [{"family": name, "package": package} for name, package in rows]})
        return
    table(("family", "first asked for"), [(name, package or "held") for name, package in rows])
    note(f"{sum(bool(package) for _, package in rows)} of {len(rows)} families would be fetched")


def _line(result: Came | Failed) -> str:
    from glyphdata.cli.show import many, size
    from glyphdata.faces.pull.order import Came

    if not isinstance(result, Came):
        return f"{result.family.name}: {result.reason}: {result.message}"
    files = many(len(result.files), "file")
    package = f"{result.package} {result.version}"
    return f"{result.family.name}: {package}, {files}, {size(result.size)}"


def _account(done: Pulled) -> dict[str, object]:
    """What a pull did, as programs read it."""
    taken = done.taken
    return {
        "families": {
            "came": len(done.came),
            "held": len(done.held),
            "failed": len(done.failed),
        },
        "faces": {
            "added": len(taken.added) if taken else 0,
            "known": taken.known if taken else 0,
            "refused": len(taken.refused) if taken else 0,
        },
        "bytes": sum(one.size for one in done.came),
        "came": [
            {
                "family": one.family.name,
                "package": one.package,
                "version": one.version,
                "bytes": one.size,
                "files": len(one.files),
                "merged": any(file.merged for file in one.files),
            }
            for one in done.came
        ],
        "held": [family.name for family in done.held],
        "failed": [
            {"family": one.family.name, "reason": one.reason, "message": one.message}
            for one in done.failed
        ],
        "refused": [
            {"file": one.path.rpartition("/")[2], "code": one.code, "message": one.message}
            for one in (taken.refused if taken else ())
        ],
    }


def _summary(done: Pulled) -> None:
    from collections import Counter

    from glyphdata.cli.show import many, note, say, size

    taken = done.taken
    for refusal in taken.refused if taken else ():
        note(f"{refusal.path.rpartition('/')[2]}: {refusal.code}: {refusal.message}")
    kinds = Counter(one.files[0].source.kind for one in done.came)
    origins = ", ".join(f"{count} from {kind}" for kind, count in sorted(kinds.items()))
    fetched = size(sum(one.size for one in done.came))
    say(f"{len(done.came)} families came ({origins or 'none'}; {fetched})")
    say(f"{len(done.held)} were here already, {len(done.failed)} did not come")
    if taken:
        new = many(len(taken.added), "new face")
        say(f"{new}, {taken.known} known, {len(taken.refused)} refused")


def _reasons(done: Pulled) -> str:
    from collections import Counter

    counted = Counter(one.reason for one in done.failed)
    return ", ".join(f"{count} {reason}" for reason, count in sorted(counted.items()))
