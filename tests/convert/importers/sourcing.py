"""Pictures and sources as other people have them, made by hand, and imports of them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from glyphdata.cli import main
from glyphdata.convert.importing.importing import Importer, Manner, import_pictures
from glyphdata.convert.item import Item
from glyphdata.generation import Summary
from glyphdata.recipe.open import part_of
from glyphdata.shards.dataset import Dataset, Record


def photo(
    width: int = 120,
    height: int = 80,
    *,
    seed: int = 0,
    format: str = "JPEG",
    mode: str = "RGB",
    **saved: Any,
) -> bytes:
    """A picture of coarse coloured squares, as a file."""
    rng = np.random.default_rng(seed)
    squares = rng.integers(0, 256, (max(1, height // 10), max(1, width // 10), 3), np.uint8)
    image = Image.fromarray(squares).resize((width, height), Image.Resampling.NEAREST)
    out = io.BytesIO()
    image.convert(mode).save(out, format, **saved)
    return out.getvalue()


def put(path: Path, content: bytes | str) -> Path:
    """A file with this content, its folders made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def importer(kind: str, *settings: str) -> Any:
    """The importer of a kind, with settings as the command line has them."""
    return part_of("importers", kind, settings)


def read(kind: str, source: Path, *settings: str) -> dict[str, Item]:
    """The items of a source, by name."""
    items = list(importer(kind, *settings).read(source))
    found = {one.name: one for one in items}
    assert len(found) == len(items)
    return found


def imported(
    kind: str | Importer,
    source: Path,
    out: Path,
    *settings: str,
    workers: int = 0,
    overwrite: bool = False,
    **manner: Any,
) -> Summary:
    """What came of an import."""
    one = importer(kind, *settings) if isinstance(kind, str) else kind
    how = Manner(**{"name": "theirs", **manner})
    return import_pictures(one, source, out, how, workers=workers, overwrite=overwrite)


def samples(out: Path) -> dict[str, Record]:
    """The samples of a dataset, by their names in their source."""
    return {record.facts["origin"]["key"]: record for record in Dataset(out)}


def quads(record: Record) -> list[tuple[str, list[float]]]:
    """The texts and quads of a sample, in order."""
    return [(box["text"], box["quad"]) for box in record.facts["boxes"]]


def upright(left: float, top: float, right: float, bottom: float) -> list[float]:
    """A quad without turn."""
    return [left, top, right, top, right, bottom, left, bottom]


def plain_folder(root: Path, count: int, *, side: int = 48) -> Path:
    """A folder of so many JPEGs, every other with a caption."""
    for number in range(count):
        put(root / f"{number:04d}.jpg", photo(side, side, seed=number, quality=90))
        if number % 2:
            put(root / f"{number:04d}.txt", f"Squares, the {number}th of them.")
    return root


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """The exit code, output and notes of a command line."""
    with pytest.raises(SystemExit) as left:
        main(words)
    said, noted = capsys.readouterr()
    return int(left.value.code or 0), said, noted
