"""The dataset card: what a person, the Hub and `datasets.load_dataset` need to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

import orjson
import yaml

from glyphdata.shards.durable import write_file
from glyphdata.shards.features import Type, as_card
from glyphdata.shards.keys import Places
from glyphdata.shards.making import Plan
from glyphdata.shards.manifest import FontCredit, Provenance, Totals

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


def write_card(  # noqa: PLR0913 - one keyword per thing that the card tells
    places: Places,
    scratch: Path,
    *,
    name: str,
    recipe: Mapping[str, object],
    plan: Plan,
    totals: Totals,
    types: Mapping[str, Type],
    languages: Sequence[str],
    provenance: Provenance,
) -> None:
    """Write `README.md`; the same dataset always gets the same card."""
    front = yaml.safe_dump(
        _front(name, totals, types, languages), sort_keys=False, allow_unicode=True
    )
    # Through JSON: tuples become lists, and nothing is shared that YAML would write as an alias.
    plain = orjson.loads(orjson.dumps(recipe))
    told = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True)
    body = [
        f"---\n{front}---\n",
        f"# {name}\n",
        f"{totals.samples} synthetic pictures of rendered text, each with exact labels.\n",
        "```python",
        "from datasets import load_dataset",
        "",
        'dataset = load_dataset("path/to/this/folder", split="train", streaming=True)',
        "```\n",
        "## What is in a sample\n",
        "| member | content |\n|---|---|",
        *(f"| `{one}` | {_MEMBERS.get(one, 'as named')} |" for one in types),
        "\n## How it was made\n",
        "With glyphdata, from this recipe; `.glyphdata/manifest.json` has the versions, and "
        "`SHA256SUMS` the checksums that the same versions will give again.\n",
        f"Fingerprint of the recipe: `{plan.fingerprint}`\n",
        f"```yaml\n{told}```\n",
        *_counts(plan, totals),
        *_licences(provenance.fonts),
    ]
    write_file(scratch, places.card, ("\n".join(body).rstrip("\n") + "\n").encode())


def _front(
    name: str, totals: Totals, types: Mapping[str, Type], languages: Sequence[str]
) -> dict[str, object]:
    size = next((label for bound, label in _SIZES if totals.samples < bound), "n>1B")
    front: dict[str, object] = {
        "pretty_name": name,
        "license": "other",
        "license_name": "see-licences",
        "license_link": "README.md#licences",
    }
    if languages:
        front["language"] = list(languages)
    return front | {
        "size_categories": [size],
        "task_categories": ["text-to-image", "image-to-text"],
        "tags": ["synthetic", "webdataset", "ocr", "text-rendering"],
        "configs": [
            {
                "config_name": "default",
                "data_files": [{"split": "train", "path": "data/train-*.tar"}],
            }
        ],
        "dataset_info": {"features": as_card(types)},
    }


def _counts(plan: Plan, totals: Totals) -> list[str]:
    lines = [
        f"{plan.samples} scenes were asked for; {totals.samples} samples of them are here, "
        f"in {plan.shards} shards of {totals.bytes} bytes in all.\n"
    ]
    if totals.rejections:
        lines.append("| given up on the way | drafts |\n|---|---|")
        lines += [f"| {_cell(reason)} | {count} |" for reason, count in totals.rejections]
        lines.append("")
    return lines


def _licences(fonts: Sequence[FontCredit]) -> list[str]:
    """A table of the families shown, one row per family and licence."""
    lines = [
        "## Licences\n",
        "Backgrounds made from pictures carry their licence in the `json` of each sample.\n",
    ]
    if not fonts:
        return lines

    def kind(one: FontCredit) -> tuple[str, str]:
        return one.family, one.license

    lines.append("| family | faces | licence |\n|---|---|---|")
    for (family, license), faces in groupby(sorted(fonts, key=kind), kind):
        lines.append(f"| {_cell(family)} | {len(list(faces))} | {_cell(license) or 'unknown'} |")
    return lines


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
