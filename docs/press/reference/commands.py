"""The reference of commands: every one with its arguments, options and example."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import typer

from docs.press.reference.typed import cell
from glyphdata.cli import COMMANDS, app

HEAD = """\
# Commands: every option

Made from the code: what `glyphdata COMMAND --help` says. [Commands](../commands.md) is the guide,
with the exit codes.
"""


def page() -> str:
    """The page in Markdown."""
    lines = [HEAD, "", "| command | what it does |", "|---|---|"]
    names = installed()
    lines += [f"| [`{name}`](#{name}) | {COMMANDS[name]} |" for name in names]
    for name in names:
        lines += _told(command(name), (name,))
    return "\n".join(lines).rstrip("\n") + "\n"


def installed() -> tuple[str, ...]:
    """The commands that this installation has, in the order of the work."""
    there = vars(typer.main.get_command(app([])))["commands"]
    return tuple(name for name in COMMANDS if name in there)


def command(name: str) -> Any:
    """The command as click knows it."""
    return vars(typer.main.get_command(app([name])))["commands"][name]


def _told(one: Any, path: tuple[str, ...]) -> Iterator[str]:
    yield from ("", f"{'#' * (1 + len(path))} {' '.join(path)}", *_prose(one.help or ""))
    inside = getattr(one, "commands", None)
    if inside is not None:
        for name, inner in inside.items():
            yield from _told(inner, (*path, name))
        return
    arguments = [param for param in one.params if param.param_type_name == "argument"]
    usage = " ".join(["glyphdata", *path, *map(_argument, arguments), "[OPTIONS]"])
    yield from ("", "```text", usage, "```")
    options = [param for param in one.params if param.param_type_name == "option"]
    rows = [*map(_argument_row, arguments), *map(_option_row, options)]
    rows = [row for row in rows if row]
    if rows:
        yield from ("", "| argument or option | default | meaning |", "|---|---|---|", *rows)


def _prose(help_: str) -> Iterator[str]:
    """The help's paragraphs, unwrapped; its examples as code."""
    for block in re.split(r"\n\n+", help_.replace("\b", "").strip()):
        first, _, rest = block.partition(":")
        if first in ("Example", "Examples"):
            # A long example is wrapped in the source; each one begins with our name.
            lines = re.split(r"(?<!&&) (?=glyphdata )", " ".join(rest.split()))
            yield from ("", "```bash", *lines, "```")
        else:
            yield from ("", " ".join(block.split()))


def _argument(param: Any) -> str:
    shown = str(param.metavar or param.name.upper())
    shown = f"{shown}…" if param.nargs == -1 else shown
    return shown if param.required else f"[{shown.strip('[]')}]"


def _argument_row(param: Any) -> str:
    said = " ".join((getattr(param, "help", None) or "").split())
    return f"| `{_argument(param)}` | {_default(param)} | {cell(said)} |" if said else ""


def _option_row(param: Any) -> str:
    if param.hidden or "--help" in param.opts:
        return ""
    names = [*sorted(param.opts, key=len, reverse=True), *param.secondary_opts]
    takes = "" if param.is_flag else f" {param.metavar or _type(param)}"
    shown = ", ".join(
        f"`{name}{takes}`" if at == 0 else f"`{name}`" for at, name in enumerate(names)
    )
    said = cell(" ".join((param.help or "").split()))
    said += _bounds(param)
    return f"| {shown.replace('|', chr(92) + '|')} | {_default(param)} | {said} |"


def _type(param: Any) -> str:
    """What an option takes: its choices, or a word for its type."""
    annotation = param.type_descriptor.annotation
    choices = [str(one) for one in get_args(annotation) if isinstance(one, str)]
    if choices:
        return "|".join(choices)
    return {int: "N", float: "X", Path: "PATH"}.get(annotation, "TEXT")


def _bounds(param: Any) -> str:
    low, high = param.min, param.max
    if low is None and high is None:
        return ""
    if low is not None and high is not None:
        return f" {low} to {high}."
    return f" {low} or more." if high is None else f" At most {high}."


def _default(param: Any) -> str:
    if param.required:
        return "has to be given"
    default = getattr(param.default, "value", param.default)
    if default in (None, (), []) or default is False or callable(default):
        return ""
    return f"`{default}`" if default is not True else "on"
