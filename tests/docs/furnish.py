"""What lies in the folder that every page begins with: all that pages name."""

from __future__ import annotations

import json
import shlex
import shutil
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from tests.docs.bench import ROOT, Interpreter


def furnished(folder: Path) -> None:
    """Put into a folder what pages name: recipes, texts, photographs, small datasets."""
    shutil.copytree(ROOT / "recipes", folder / "recipes")
    shutil.copytree(ROOT / "fonts", folder / "fonts", ignore=shutil.ignore_patterns(".lock"))
    examples = ROOT / "docs/press/examples"
    for path in sorted(examples.iterdir()):
        shutil.copyfile(path, folder / path.name)
    _photographs(folder / "photos")
    _fonts(folder / "home/fonts", folder / "kit.zip")
    _lines(folder)
    made(folder, _datasets())
    with tarfile.open(folder / "out/posters/data/train-000000.tar") as tar:
        pictures = [one for one in tar.getmembers() if one.name.endswith(".jpg")]
        tar.extractall(folder / "generated", pictures, filter="data")
    (folder / "laion-tars").mkdir()
    shutil.copyfile(folder / "out/posters/data/train-000000.tar", folder / "laion-tars/00000.tar")


def made(folder: Path, lines: Iterable[str]) -> None:
    """Run commands of ours in a folder, for pages to find there what they make."""
    with Interpreter(folder) as interpreter:
        for line in lines:
            interpreter.command(shlex.split(line), "the workbench")


NARROW = """
from pathlib import Path

from glyphdata.train.tokens import Table
from tests.train.layouts.conftest import narrow

narrow(Table.of("v2")).encoder.save(Path("RUN/encoder"))
"""
MINE = {
    "name": "mine",
    "text": {"tokens": "v2", "head": [24]},
    "vision": {
        "source": None,
        "shape": {"width": 32, "depth": 1, "heads": 2, "patch": 14},
        "size": 56,
        "frozen": False,
    },
    "embed": 32,
    "batch": {"groups": 2, "spellings": 4, "boxes": 2},
    "steps": 1,
    "precision": "fp32",
}


def trained(folder: Path) -> None:
    """Put into a furnished folder what encoders are trained from, and encoders of a few steps."""
    text = (folder / "recipes/train/tiny.yaml").read_text(encoding="utf-8")
    few = text.replace("steps: 400", "steps: 2").replace("save_every: 200", "save_every: 2")
    (folder / "few-steps.yaml").write_text(few, encoding="utf-8")
    (folder / "my.yaml").write_text(yaml.safe_dump(MINE), encoding="utf-8")
    with Interpreter(folder) as interpreter:
        interpreter.python(NARROW, "the workbench")
    made(
        folder,
        (
            "encoder export RUN Glyph-SDXL-v2 --layout glyph-sdxl-v2",
            "generate recipes/train/demo-data.yaml out/demo --workers 0 --samples 40",
            "train few-steps.yaml --data out/demo --out runs/small",
        ),
    )


def _datasets() -> Iterator[str]:
    yield "new posters"
    yield "generate posters.yaml out/posters --workers 0 --samples 8"
    # Three shards, as `train-{000000..000002}.tar` has it.
    yield "generate recipes/quickstart.yaml out/quickstart -w 0 -s shard.samples=4 --samples 12"
    yield "generate posters.yaml out/old --workers 0 --samples 4"
    yield "generate posters.yaml out/new --workers 0 --samples 4 --seed 1"
    yield "generate recipes/glyph-text.yaml out/glyph-text --workers 0 --samples 2"
    yield "generate recipes/glyph-text.yaml out/glyph -w 0 --samples 6 -s outputs.layout=true"


def _photographs(folder: Path) -> None:
    import skimage

    folder.mkdir()
    for name in ("coffee.png", "rocket.jpg"):
        shutil.copyfile(Path(skimage.__file__).parent / "data" / name, folder / name)


def _fonts(folder: Path, kit: Path) -> None:
    """Two faces that nobody has: letters of a free one, narrowed, under names of their own."""
    from fontTools.ttLib import TTFont

    from glyphdata.faces.catalogue import load

    folder.mkdir(parents=True)
    catalogue = load()
    regular = next(face for face in catalogue.faces if face.key == "Lora-Regular")
    for name, share in (("Narrow", 0.8), ("Slim", 0.7)):
        font = TTFont(catalogue.path(regular.token))
        for glyph in font["glyf"].glyphs.values():
            glyph.expand(font["glyf"])
            if hasattr(glyph, "coordinates"):
                glyph.coordinates.scale((share, 1.0))
        for number in (1, 3, 4, 6, 16):
            font["name"].setName(f"Page {name}", number, 3, 1, 0x409)
        font.save(folder / f"Page{name}.ttf")
    with zipfile.ZipFile(kit, "w") as archive:
        archive.write(folder / "PageSlim.ttf", "PageSlim.ttf")
    (folder / "PageSlim.ttf").unlink()


def _lines(folder: Path) -> None:
    """What was asked for and what was read, as `measure` takes it."""
    for name, texts in {
        "prompts.jsonl": ("Fresh bread", "Mind the gap"),
        "read.jsonl": ("Fresh bread", "Mind the cap"),
        "lines.jsonl": ("Fresh bread", "Mind the gap"),
    }.items():
        lines = [json.dumps({"key": str(at), "text": text}) for at, text in enumerate(texts)]
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
