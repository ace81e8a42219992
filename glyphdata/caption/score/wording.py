"""How a question is put to a judge."""

from __future__ import annotations

from glyphdata.caption.grammar.vocabulary import SIZES, TYPEFACES, number
from glyphdata.caption.score.question import Matter

KIND_WORDS = {
    "plain": "plain, of a single color",
    "gradient": "a color gradient",
    "noise": "a mottled or cloudy texture",
    "paper": "paper",
    "shapes": "made of flat geometric shapes",
    "photos": "a photograph",
}
"""What people see of a background."""

_WAYS = {
    "above": "above",
    "below": "below",
    "left": "to the left of",
    "right": "to the right of",
}


def worded(matter: Matter, value: str, names: tuple[str, ...], part: bool = False) -> str:
    """The question after a matter, in words; `names` are the texts it is about, `part` says that
    the value is only how a text begins."""
    if matter == "text":
        return f'Is there a text that {"begins with" if part else "reads"} "{value}"?'
    return _of_a_text(matter, value, names) if names else _of_the_picture(matter, value)


def _of_the_picture(matter: Matter, value: str) -> str:
    match matter:
        case "any":
            return f"Does the picture show {'any' if value == 'some' else 'no'} writing at all?"
        case "count":
            texts = "text" if value == "1" else "texts"
            return f"Does the picture show exactly {number(int(value))} {texts}?"
        case "image":
            what = "photograph" if value == "photo" else "graphic without any photograph"
            return f"Is the picture a {what}?"
        case "kind":
            return f"Is the background {KIND_WORDS[value]}?"
        case _:
            return f"Is the background mainly {value}?"


def _of_a_text(matter: Matter, value: str, names: tuple[str, ...]) -> str:
    text = f'Is the text "{names[0]}"'
    match matter:
        case "place":
            return f"{text} {_where(value)} of the picture?"
        case "size":
            return f"{text} {SIZES[value][0]}?"
        case "font":
            return f"{text} set in a {TYPEFACES[value][0]} typeface?"
        case "relation":
            return f'{text} {_WAYS[value]} the text "{names[1]}"?'
        case _:
            return f"{text} {value}?"


def _where(cell: str) -> str:
    """A cell of the grid such that "of the picture" may follow."""
    row, _, column = cell.partition("-")
    if not column:
        return "in the center"
    if row == "center":
        return f"at the {column} edge, half-way down,"
    if column == "center":
        return f"at the {row} edge, in the middle,"
    return f"in the {row} {column}"
