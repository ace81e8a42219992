"""`glyphdata view`: look at datasets in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glyphdata.cli.options import AsJson, named, out_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glyphdata.review.view.exhibit import Exhibit

_NEEDED = ("duckdb", "jinja2", "starlette", "uvicorn")


def command(
    outs: Annotated[
        list[Path],
        typer.Argument(
            metavar="OUT...", parser=out_folder, help="The datasets' folders or URLs, one or more."
        ),
    ],
    host: Annotated[
        str, typer.Option(help="Where to listen; beyond this machine only with a token.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any that is free.")] = 8765,
    flags: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Where flags are kept [OUT/.glyphdata/flags.jsonl]; once for each dataset.",
        ),
    ] = None,
    findings: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="What `verify --json` printed, to be shown; once for each dataset."
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """Look at datasets in a browser: filter, sort, zoom, compare, flag what is wrong.

    It prints an address to open, and answers there until Ctrl-C.

    Example: glyphdata view out/ --port 0
    """
    from glyphdata.cli import show
    from glyphdata.engines.stopping import Stopped

    _check_installed()
    from glyphdata.review.view.serving import Stand

    exhibits = _exhibits(outs, flags or (), findings or ())
    stand = Stand.at(host, port)
    if json:
        datasets = [{"d": d, "path": named(path)} for d, path in enumerate(outs)]
        show.document({"url": stand.url, "datasets": datasets})
    else:
        show.say(stand.url)
    for exhibit in exhibits:
        for warning in exhibit.now().source.warnings:
            show.note(f"{exhibit.places.name}: {warning}")
    try:
        stand.serve(exhibits)
    except Stopped as stop:
        raise typer.Exit(stop.exit_code) from None


def _check_installed() -> None:
    from importlib.util import find_spec

    from glyphdata.errors import InputError

    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise InputError(
            f"the viewer needs {', '.join(missing)}", hint="pip install 'glyphdata[view]'"
        )


def _exhibits(
    outs: Sequence[Path], flags: Sequence[Path], findings: Sequence[Path]
) -> list[Exhibit]:
    """The datasets, each with its own file of flags and of findings where these were given."""
    from itertools import zip_longest

    from glyphdata.review.view.exhibit import Exhibit
    from glyphdata.review.view.findings import read_findings

    for option, given in (("--flags", flags), ("--findings", findings)):
        if len(given) > len(outs):
            raise typer.BadParameter("give it once for each dataset", param_hint=option)
    return [
        Exhibit(out, flag, None if found is None else read_findings(found))
        for out, flag, found in zip_longest(outs, flags, findings)
    ]
