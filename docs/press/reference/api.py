"""The reference of the package's public names: signatures and what their docstrings say."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import glyphdata
from docs.press.reference.told import told
from docs.press.reference.typed import cell

HEAD = """\
# Python: the public names

Made from the code. `import glyphdata as gd` loads none of them before it is used; what is not named
here may change from one release to the next.
"""

_LONG = 88  # columns


def page() -> str:
    """The page in Markdown."""
    names = sorted(glyphdata.__all__, key=str.casefold)
    lines = [HEAD, "", "| name | what it is |", "|---|---|"]
    for name in names:
        summary = told(getattr(glyphdata, name)).summary
        lines.append(f"| [`{name}`](#{name.lower()}) | {cell(summary)} |")
    for name in names:
        value = getattr(glyphdata, name)
        lines += ["", f"## {name}"]
        lines += _class(name, value) if inspect.isclass(value) else _function(name, value)
    return "\n".join(lines).rstrip("\n") + "\n"


def _function(name: str, value: object) -> Iterator[str]:
    summary, _, prose = told(value)
    yield from ("", "```python", signature(name, value), "```", "", summary)
    if prose:
        yield from ("", prose)


def _class(name: str, owner: type) -> Iterator[str]:
    summary, _, prose = told(owner)
    made = signature(name, owner) if _is_made(owner) else f"class {name}"
    yield from ("", "```python", made, "```", "", summary)
    if prose:
        yield from ("", prose)
    rows = list(_members(owner))
    if rows:
        yield from ("", "| member | what it is |", "|---|---|", *rows)


def _is_made(owner: type) -> bool:
    """Do users call the class? Recipes are loaded, streams come of one another."""
    return not hasattr(owner, "model_fields") and (
        "__init__" in vars(owner) or hasattr(owner, "_fields")
    )


def _members(owner: type) -> Iterator[str]:
    """The public fields, methods and properties of a class that say what they are."""
    if hasattr(owner, "model_fields"):
        names = ", ".join(f"`.{field}`" for field in owner.model_fields)
        yield f"| {names} | Its sections and lists, [field by field](recipes.md). |"
    for name, member in vars(owner).items():
        if name.startswith(("_", "model_")):
            continue
        if isinstance(member, property):
            yield f"| `.{name}` | {cell(told(member).summary)} |"
        elif isinstance(member, classmethod | staticmethod):
            shown = signature(name, getattr(owner, name)).removeprefix("def ")
            yield f"| `{owner.__name__}.{cell(_flat(shown))}` | {cell(told(member).summary)} |"
        elif inspect.isfunction(member):
            shown = _flat(signature(name, member)).removeprefix("def ").replace("(self, ", "(")
            yield f"| `.{cell(shown.replace('(self)', '()'))}` | {cell(told(member).summary)} |"


def signature(name: str, value: object) -> str:
    """The signature as a `def` or a call would have it, an argument a line where it is long."""
    drawn = inspect.signature(value)  # type: ignore[arg-type]
    made = inspect.isclass(value)
    back = "" if made or drawn.return_annotation is drawn.empty else _type(drawn.return_annotation)
    tail = f" -> {back}" if back else ""
    head = name if made else f"def {name}"
    arguments = list(_arguments(drawn))
    shown = f"{head}({', '.join(arguments)}){tail}"
    if len(shown) <= _LONG:
        return shown
    return "\n".join([f"{head}(", *(f"    {one}," for one in arguments), f"){tail}"])


def _arguments(drawn: inspect.Signature) -> Iterator[str]:
    starred = False
    for one in drawn.parameters.values():
        if one.kind is one.KEYWORD_ONLY and not starred:
            starred = True
            yield "*"
        starred |= one.kind is one.VAR_POSITIONAL
        name = f"*{one.name}" if one.kind is one.VAR_POSITIONAL else one.name
        kind = "" if one.annotation is one.empty else f": {_type(one.annotation)}"
        equals = " = " if kind else "="
        yield name + kind + ("" if one.default is one.empty else f"{equals}{one.default!r}")


def _type(annotation: object) -> str:
    """An annotation as its module writes it, names without their modules."""
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    text = re.sub(r"ForwardRef\('([^']*)'\)", r"\1", text)
    return re.sub(r"\b(?:[a-z_]\w*\.)+(?=[A-Za-z])", "", text)


def _flat(shown: str) -> str:
    return re.sub(r"\s+", " ", shown).replace("( ", "(").replace(", )", ")")
