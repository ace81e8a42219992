"""The dataset card: what a person, the Hub and `datasets.load_dataset` need to know."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Literal

import orjson

from glyphdata.shards.durable import write_file
from glyphdata.shards.features import Type, as_card
from glyphdata.shards.grounds import Grounds
from glyphdata.shards.keys import PICTURES, Places
from glyphdata.shards.making import Plan
from glyphdata.shards.manifest import FontCredit, Provenance, Totals
from glyphdata.shards.markdown import cell, fenced, table, words, yaml_of
from glyphdata.shards.showcase import Shown
from glyphdata.shards.statistics import Count, Spread, Statistics

_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"),
    (1_000_000_000, "100M<n<1B"),
)

_MEMBERS = {
    "jpg": "the picture",
    "png": "the picture",
    "webp": "the picture",
    "json": "the facts: canvas, background, and every text box with text, font, colour and quad",
    "txt": "the caption that a trainer reads by default",
    "captions.json": "captions of every level, with where they come from",
    "layout.json": "every line, word and cluster: byte spans and quads in 1/16 px",
    "mask.png": "instance mask: value v is the v-th cluster with ink, 0 is background",
    "boxes.png": "instance mask of the text boxes",
    "glyph.png": "the ink alone, on black",
    "glyph.jpg": "the ink alone, on black",
}
_PICTURES = {
    "generated": "synthetic pictures of rendered text, each with exact labels",
    "imported": "pictures that were imported, with the labels of their source",
    "mixed": "pictures from several datasets, each with the labels of its own",
}
_NO_LANGUAGE = frozenset(("und", "zxx", "mul", "mis"))
_NAMED = 24  # so many names a table of statistics has; families are all named, for their licences


@dataclass(frozen=True, slots=True)
class Told:
    """What a dataset's card and its `croissant.json` tell: all there is to know of it.

    `types` are those of the members of every sample, `shown` the pictures that lie beside.
    """

    name: str
    recipe: Mapping[str, object]
    plan: Plan
    totals: Totals
    types: Mapping[str, Type]
    statistics: Statistics
    grounds: tuple[Grounds, ...]
    shown: tuple[Shown, ...]
    provenance: Provenance

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages as the Hub writes them, sorted: two or three letters, no regions."""
        codes = {code.partition("-")[0] for code, _ in self.statistics.languages}
        sound = {code for code in codes if re.fullmatch(r"[a-z]{2,3}", code)}
        return tuple(sorted(sound - _NO_LANGUAGE))

    @property
    def making(self) -> Literal["generated", "imported", "mixed"]:
        """How its pictures came to be, as its recipe says."""
        if "import" in self.recipe:
            return "imported"
        return "mixed" if "mix" in self.recipe else "generated"

    @property
    def opening(self) -> str:
        """What it is, in one sentence."""
        return f"{self.totals.samples} {_PICTURES[self.making]}."

    @property
    def tags(self) -> tuple[str, ...]:
        """What it is found by."""
        synthetic = ("synthetic",) if self.making == "generated" else ()
        return (*synthetic, "webdataset", "ocr", "text-rendering")

    @property
    def picture(self) -> str:
        """The member that holds the picture; empty where the samples have none."""
        return next((one for one in PICTURES if one in self.types), "")


def write_card(places: Places, scratch: Path, told: Told) -> None:
    """Write `README.md`; the same dataset always gets the same card.

    `OutputError` where it cannot be written.
    """
    # Through JSON: what the recipe holds becomes lists and plain values.
    recipe = orjson.loads(orjson.dumps(told.recipe))
    body = [
        f"---\n{yaml_of(_front(told))}---\n",
        f"# {cell(told.name) or 'A dataset of text in pictures'}\n",
        f"{told.opening}\n",
        *_pictures(told.shown),
        *_loading(told),
        "## What is in a sample\n",
        *table(
            ("member", "content"),
            [(f"`{words(one)}`", _MEMBERS.get(one, "as named")) for one in told.types],
        ),
        *_statistics(told.statistics),
        "## How it was made\n",
        "With glyphdata, from this recipe; `.glyphdata/manifest.json` has the versions, and "
        "`SHA256SUMS` the checksums that the same versions will give again.\n",
        f"Fingerprint of the recipe: `{words(told.plan.fingerprint)}`\n",
        *fenced(yaml_of(recipe), "yaml"),
        *_counts(told.plan, told.totals, imported=told.making == "imported"),
        *_licences(told),
    ]
    content = "\n".join(body).rstrip("\n") + "\n"
    write_file(scratch, places.card, content.encode("utf-8", "replace"))


def _front(told: Told) -> dict[str, object]:
    samples, size = told.totals.samples, told.totals.bytes
    category = next((label for bound, label in _SIZES if samples < bound), "n>1B")
    front: dict[str, object] = {
        "pretty_name": words(told.name),
        "license": "other",
        "license_name": "see-licences",
        "license_link": "README.md#licences",
    }
    if told.languages:
        front["language"] = list(told.languages)
    return front | {
        "size_categories": [category],
        "task_categories": ["text-to-image", "image-to-text"],
        "tags": list(told.tags),
        "configs": [
            {
                "config_name": "default",
                "data_files": [{"split": "train", "path": "data/train-*.tar"}],
            }
        ],
        "dataset_info": {
            "features": as_card(told.types),
            "splits": [{"name": "train", "num_bytes": size, "num_examples": samples}],
            "download_size": size,
            "dataset_size": size,
        },
    }


def _pictures(shown: Sequence[Shown]) -> list[str]:
    """Three pictures a row, with their keys and levels below them."""
    lines: list[str] = []
    for start in range(0, len(shown), 3):
        row = shown[start : start + 3]
        lines.append(f"| {' | '.join(f'![{one.key}](samples/{one.name})' for one in row)} |")
        lines.append(f"|{'---|' * len(row)}")
        below = ((f"`{one.key}`", cell(one.level), cell(one.language)) for one in row)
        lines += [f"| {' | '.join(' '.join(filter(None, one)) for one in below)} |", ""]
    return lines


def _loading(told: Told) -> list[str]:
    last = max(told.plan.shards - 1, 0)
    code = (
        "from datasets import load_dataset\n\n"
        'dataset = load_dataset("path/to/this/folder", split="train", streaming=True)\n\n'
        "import webdataset\n\n"
        f'shards = "data/train-{{000000..{last:06d}}}.tar"\n'
        "samples = webdataset.WebDataset(shards, shardshuffle=False)"
        + (f'.decode(webdataset.imagehandler("pil", ["{told.picture}"]))' if told.picture else "")
        + "\n\nimport glyphdata\n\n"
        'for record in glyphdata.Dataset("path/to/this/folder"):\n'
        "    record.pixels(), record.text, record.facts"
    )
    return [
        "## How to load it\n",
        *fenced(code, "python"),
        "`croissant.json` says the same for readers of Croissant. Captions of every level are the "
        "member `captions.json`, or lie beside the shards in `captions/`, a line per sample, where "
        "they were written later; `glyphdata.Dataset` joins them.\n"
        if "captions.json" in told.types
        else "`croissant.json` says the same for readers of Croissant. Where captions were written "
        "later they lie beside the shards in `captions/`, a line per sample; `glyphdata.Dataset` "
        "joins them.\n",
    ]


def _statistics(seen: Statistics) -> list[str]:
    spreads = (
        ("text boxes", seen.boxes),
        ("words (between white space)", seen.words),
        ("characters (code points)", seen.characters),
        ("clusters (stretches with ink of their own)", seen.clusters),
        ("em of the smallest and the largest box, px", seen.size_px),
        ("contrast of the faintest box (WCAG ratio)", seen.contrast),
    )
    counts = (
        ("level", seen.levels),
        ("language", seen.languages),
        ("script", seen.scripts),
        ("canvas, px", seen.sizes),
        ("background", seen.backgrounds),
        ("effect", seen.effects),
        ("edit", seen.edits),
    )
    lines = [
        "## Statistics\n",
        *table(
            ("per picture", "least", "median", "mean", "most"),
            [(what, *_numbers(one)) for what, one in spreads if one is not None],
        ),
    ]
    if seen.empty:
        lines.append(f"{seen.empty} pictures have no text box.\n")
    for what, names in counts:
        lines += table((what, "pictures"), _named(names))
    return lines


def _numbers(one: Spread) -> tuple[str, ...]:
    return tuple(f"{value:.2f}".rstrip("0").rstrip(".") for value in _values(one))


def _values(one: Spread) -> tuple[float, ...]:
    return one.least, one.median, one.mean, one.most


def _named(counts: Sequence[Count]) -> list[tuple[str, str]]:
    """A row per name, the rest in one."""
    rows = [(cell(name) or "none", str(count)) for name, count in counts[:_NAMED]]
    rest = counts[_NAMED:]
    if rest:
        rows.append((f"{len(rest)} others", str(sum(count for _, count in rest))))
    return rows


def _counts(plan: Plan, totals: Totals, *, imported: bool) -> list[str]:
    rows = [(cell(reason), str(count)) for reason, count in totals.rejections]
    return [
        f"{plan.samples} scenes were asked for; {totals.samples} samples of them are here, "
        f"in {plan.shards} shards of {totals.bytes} bytes in all.\n",
        *table(("left out", "labels") if imported else ("given up on the way", "drafts"), rows),
    ]


def _licences(told: Told) -> list[str]:
    """Whose pictures and whose letters are shown: a row per family and licence."""
    lines = [
        "## Licences\n",
        "Backgrounds made from pictures carry their licence in the `json` of each sample.\n",
    ]
    for ground in told.grounds:
        looked = sum(count for _, count in ground.licences)
        lines += table(
            (f"background: {cell(ground.kind)}, licence", f"of {looked} looked at"),
            [(cell(name) or "none given", str(count)) for name, count in ground.licences],
        )
    boxes = dict(told.statistics.faces)
    nameless = sum(count for token, count in boxes.items() if token < 0)
    if nameless:
        lines.append(f"{nameless} text boxes are in faces that are not known.\n")
    return lines + _families(told.provenance.fonts, Counter(boxes))


def _families(fonts: Sequence[FontCredit], boxes: Counter[int]) -> list[str]:
    def kind(one: FontCredit) -> tuple[str, str]:
        return one.family, one.license

    rows = []
    for (family, license), grouped in groupby(sorted(fonts, key=kind), kind):
        faces = list(grouped)
        shown = sum(boxes[one.token] for one in faces)
        rows.append((cell(family), str(len(faces)), cell(license) or "unknown", str(shown)))
    return table(("family", "faces", "licence", "text boxes"), rows)
