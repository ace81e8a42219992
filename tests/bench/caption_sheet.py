"""The examples of docs/captions.md: a picture of each kind of scene, and its six captions.

    python tests/bench/caption_sheet.py [docs] [--show NAME --from 0 --to 12]

Draws every picture with its recipe and writes it beside the page, then the captions into the page,
between its two marks. `--show` prints the captions of other scenes of one of the kinds instead.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
from PIL import Image

from glyphdata.caption.facts import Facts
from glyphdata.caption.grammar import say
from glyphdata.caption.levels import LEVELS
from glyphdata.errors import Rejection
from glyphdata.faces.catalogue import load as load_catalogue
from glyphdata.factory import Factory
from glyphdata.recipe import load_recipe
from glyphdata.scene.scene import Pixels

RECIPES = Path(__file__).parents[2] / "recipes"
BEGIN, END = "<!-- examples -->\n", "<!-- /examples -->\n"
WIDEST = 360


@dataclass(frozen=True, slots=True)
class Example:
    """A kind of scene: a recipe, what is changed of it, and which of its scenes is shown."""

    name: str
    title: str
    recipe: str
    index: int
    changes: tuple[str, ...] = ()


EXAMPLES = (
    Example(
        "photo",
        "Words on a photograph",
        "scene-text",
        3,
        ("boxes.bent=0", "boxes.vertical=0", "boxes.count=[2, 3]", "levels={word: 1}"),
    ),
    Example(
        "sentence",
        "A sentence on one colour",
        "multiscript",
        4,
        (
            "levels={sentence: 1}",
            "boxes.count=[1, 1]",
            "boxes.size_px=[30, 60]",
            "texts=[{kind: sentences, language: en}]",
            "backgrounds=[{kind: solid}]",
        ),
    ),
    Example(
        "paragraph",
        "Paragraphs",
        "multiscript",
        1,
        (
            "levels={paragraph: 1}",
            "boxes.count=[2, 2]",
            "boxes.size_px=[18, 40]",
            "texts=[{kind: paragraphs, language: en}]",
            "backgrounds=[{kind: paper}]",
        ),
    ),
    Example("poster", "A poster", "posters", 2),
    Example(
        "scripts", "Several scripts", "multiscript", 7, ("boxes.mixed=1", "boxes.count=[3, 4]")
    ),
    Example(
        "columns",
        "Columns",
        "multiscript",
        4,
        (
            "boxes.vertical=1",
            "boxes.count=[2, 2]",
            "boxes.turned=0",
            "texts=[{kind: sentences, language: ja}]",
            "levels={sentence: 1}",
        ),
    ),
    Example(
        "bent",
        "Bent lines",
        "scene-text",
        18,
        (
            "boxes.bent=1",
            "boxes.vertical=0",
            "boxes.count=[2, 2]",
            "levels={word: 1}",
            "boxes.size_px=[40, 90]",
            "texts=[{kind: words, language: en, count: [1, 3]}]",
        ),
    ),
    Example(
        "effects",
        "Effects",
        "posters",
        11,
        ("effects=[{kind: shadow, share: 0.6}, {kind: outline, share: 0.6}, {kind: glow}]",),
    ),
)


def scenes(example: Example, numbers: range) -> Iterator[tuple[Pixels, Facts]]:
    """Pictures and facts of those scenes of the example's recipe that can be made."""
    recipe = load_recipe(RECIPES / f"{example.recipe}.yaml", list(example.changes))
    factory = Factory(recipe)
    for number in numbers:
        try:
            sample = factory.picture(number)
            record = orjson.loads(dict(factory.make(number).members)["json"])
        except Rejection as fault:
            raise SystemExit(f"{example.name} {number}: {fault}") from None
        for box, known in zip(record["boxes"], sample.scene.boxes, strict=True):
            box["bend_deg"] = known.bend_deg
        yield factory.picture(number).pixels, Facts.of(record, load_catalogue())


def written(example: Example, docs: Path) -> str:
    """The example as Markdown, its picture saved."""
    pixels, facts = next(scenes(example, range(example.index, example.index + 1)))
    picture = Image.fromarray(pixels)
    picture.thumbnail((WIDEST, WIDEST), Image.Resampling.LANCZOS)
    folder = docs / "captions"
    folder.mkdir(exist_ok=True)
    picture.save(folder / f"{example.name}.jpg", quality=85)
    rows = "\n".join(f"{level}. {shown(say(facts, level).text)}" for level in LEVELS)
    return f"### {example.title}\n\n![{example.title}](captions/{example.name}.jpg)\n\n{rows}\n"


def shown(caption: str) -> str:
    """A caption as Markdown shows it letter by letter."""
    return "".join(f"\\{char}" if char in "\\`*_<>[]#" else char for char in caption)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("docs", type=Path, nargs="?", default=Path("docs"))
    parser.add_argument("--show", choices=[one.name for one in EXAMPLES])
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--to", type=int, default=12)
    asked = parser.parse_args()
    for example in EXAMPLES if asked.show else ():
        if example.name == asked.show:
            numbers = range(asked.first, asked.to)
            for number, (_, facts) in zip(numbers, scenes(example, numbers), strict=True):
                print(number, *(f"{level} {say(facts, level).text}" for level in LEVELS), sep="\n")
    if not asked.show:
        page = asked.docs / "captions.md"
        before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        examples = "\n".join(written(example, asked.docs) for example in EXAMPLES)
        page.write_text(f"{before}{BEGIN}\n{examples}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
