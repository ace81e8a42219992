"""The command line's frame: which commands there are, and what becomes of an error.

A command is one file here, named after it, with a `command` (a function for typer) or an `app` (a
group). Only the command that is asked for is imported, and it imports what it needs when it runs,
so that every `--help` is quick.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated, NoReturn

import typer

from glyphdata.cli import show
from glyphdata.engines.stopping import stoppable
from glyphdata.errors import GlyphdataError, RecipeError

COMMANDS: dict[str, str] = {
    "new": "Write a commented starter recipe.",
    "check": "Is the recipe sound? Every fault at once.",
    "plan": "Print one scene as JSON.",
    "draw": "Draw one scene as a picture.",
    "generate": "Make a dataset from a recipe.",
    "status": "What a dataset holds, what it lacks, what was rejected.",
    "verify": "Check a dataset's integrity and quality.",
    "stats": "Count and measure what a dataset holds.",
    "caption": "Say what is in the pictures, at six levels.",
    "score": "How right captions are, by level and category.",
    "train": "Train an encoder: texts and their pictures in one space.",
    "eval": "What a trained encoder knows of texts it never saw.",
    "encoder": "Encoders as other programs load them, and theirs as ours.",
    "measure": "How right, and how like real ones, generated pictures are.",
    "preview": "Write a contact sheet of a dataset.",
    "view": "Look at datasets in a browser, and flag what is wrong.",
    "export": "Write a dataset as other programs read it.",
    "import": "Make a dataset of other people's pictures and labels.",
    "mix": "Make a dataset of several, in given shares.",
    "fonts": "List, find and add faces.",
    "colors": "List colours, or find the nearest.",
    "kinds": "List every kind of part, captioner, check and format.",
    "doctor": "What this installation can do, and what it lacks.",
    "bench": "Measure samples per second against the encoder's own limit.",
}
"""Every command with its line in `glyphdata --help`, in the order of the work."""

STOPPED = (128 + signal.SIGINT, 128 + signal.SIGTERM)
"""The codes of a command that a signal has stopped."""

BROKEN_PIPE = 141
"""What a shell reports of a program that the reader of its output left: 128 + SIGPIPE."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command line and leave with its exit code; errors become one line and a code."""
    with stoppable():
        code = _told_of(list(sys.argv[1:] if arguments is None else arguments))
    if arguments is None and code in STOPPED:
        # It ends anyway; one more Ctrl-C would only make the interpreter complain on its way out.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(code)


def _told_of(words: list[str]) -> int:
    """The exit code of a command line, once its error is told."""
    printed = show.documents()
    try:
        code, fault = _run(words)
    except GlyphdataError as error:
        show.note(f"glyphdata: error: {error}")
        code, fault = error.exit_code, error
    except Exception as error:  # a bug of ours: said in full, and never as a user's fault
        traceback.print_exc()
        code, fault = 1, error
    if fault is not None and "--json" in words and show.documents() == printed:
        show.document({"error": _told(fault, code)})
    return _flushed(code)


def app(words: Sequence[str]) -> typer.Typer:
    """The command line as typer knows it; of its commands only the one in `words` is imported.

    Where a shell asks for completions all are, for the words then stand elsewhere.
    """
    frame = typer.Typer(
        name="glyphdata",
        help="Synthetic text-image datasets with exact labels.",
        epilog="Example: glyphdata new posters && glyphdata draw posters.yaml -o first.png",
        no_args_is_help=True,
        # Plain help: it is read by pipes too, and comes a third sooner.
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    frame.callback()(_options)
    asked = next((word for word in words if not word.startswith("-")), None)
    completing = "_GLYPHDATA_COMPLETE" in os.environ
    for name, summary in COMMANDS.items():
        if find_spec(f"{__name__}.{name}") is None:
            continue
        if completing or name == asked:
            _add(frame, name)
        else:
            frame.command(name, help=summary)(_unasked)
    return frame


def _add(frame: typer.Typer, name: str) -> None:
    module = import_module(f"{__name__}.{name}")
    if hasattr(module, "app"):
        frame.add_typer(module.app, name=name)
    else:
        frame.command(name)(module.command)


def _unasked() -> None:
    """What stands in the list of commands for one that was not asked for."""
    raise RuntimeError("a command ran that was not imported")


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            show.say(f"glyphdata {version('glyphdata')}")
        except PackageNotFoundError:
            show.say("glyphdata, from a source tree that is not installed")
        raise typer.Exit


def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Options that stand before any command."""


def _run(words: list[str]) -> tuple[int, BaseException | None]:
    """The exit code, and the fault of the user where typer has already told it."""
    if sys.stdout is not None and hasattr(sys.stdout, "reconfigure"):
        # A terminal that cannot show a character shows its number; it is no reason to fail.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        app(words)(args=words, prog_name="glyphdata")
    except BrokenPipeError:
        return BROKEN_PIPE, None
    except SystemExit as leaving:
        told = leaving.__context__
        if isinstance(told, BrokenPipeError):
            return BROKEN_PIPE, None
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
        return code, told if code == 2 else None
    return 0, None


def _told(fault: BaseException, code: int) -> dict[str, object]:
    """An error as programs read it."""
    faults = fault.faults if isinstance(fault, RecipeError) else ()
    # What typer raises for wrong usage puts its words together only when it is asked to.
    wording = getattr(fault, "format_message", None)
    return {
        "type": type(fault).__name__,
        "message": wording() if wording else str(getattr(fault, "message", fault)),
        "hint": str(getattr(fault, "hint", "")),
        "trail": list(getattr(fault, "trail", ())),
        "faults": [{"path": path, "message": message} for path, message in faults],
        "exit_code": code,
    }


def _flushed(code: int) -> int:
    """The code once all is written; a reader who left is told of, and not complained about."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = BROKEN_PIPE
    if code == BROKEN_PIPE:
        # Else the interpreter tries to flush once more while it shuts down, and complains.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code
