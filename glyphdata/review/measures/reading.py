"""Reading pictures: Tesseract, as one process over a list of files."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from glyphdata.errors import InputError
from glyphdata.review.measures.pairs import Place

PICTURES = (".jpg", ".jpeg", ".png", ".webp")
"""What is taken for a picture."""

_AT_ONCE = 100
_PAGE_S = 60.0
"""Seconds a page may take, on the average of its batch, before the reader counts as stuck."""


def pictures(folder: Path) -> list[Path]:
    """The pictures of a folder, by name; `InputError` where there are none, or two of one key."""
    if not folder.is_dir():
        raise InputError("there is no such folder", hint="give a folder of pictures").inside(
            str(folder)
        )
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURES)
    if not found:
        raise InputError("it holds no pictures", hint=f"{', '.join(PICTURES)} are read").inside(
            str(folder)
        )
    keys: dict[str, Path] = {}
    for path in found:
        if path.stem in keys:
            raise InputError(
                f"{keys[path.stem].name} and {path.name} have one key", hint="rename one of them"
            ).inside(str(folder))
        keys[path.stem] = path
    return found


def read(folder: Path, language: str = "eng", mode: int = 3) -> dict[Place, str]:
    """What Tesseract reads in each picture of a folder, by the file's name without its ending.

    `language` names its models (`eng`, `eng+deu`), `mode` is its page segmentation (`--psm`): 3
    finds lines by itself, 7 takes a picture for one line, 8 for one word. `InputError` where there
    is no Tesseract, or where it does not read.
    """
    found = pictures(folder)
    texts: dict[Place, str] = {}
    for first in range(0, len(found), _AT_ONCE):
        batch = found[first : first + _AT_ONCE]
        for path, text in zip(batch, _pages(batch, language, mode), strict=True):
            texts[path.stem, None] = text.strip()
    return texts


def _pages(batch: Sequence[Path], language: str, mode: int) -> Iterator[str]:
    """The texts of some pictures, in their order."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as listed:
        listed.writelines(f"{path.resolve()}\n" for path in batch)
        listed.flush()
        asked = ["tesseract", listed.name, "-", "-l", language, "--psm", str(mode)]
        try:
            done = subprocess.run(
                asked, capture_output=True, check=False, timeout=_PAGE_S * len(batch)
            )
        except FileNotFoundError:
            raise InputError(
                "there is no `tesseract` on this machine", hint="install it, or give an OCR file"
            ) from None
        except subprocess.TimeoutExpired:
            raise InputError(
                f"tesseract read no picture in {_PAGE_S:.0f} s", hint="give smaller pictures"
            ).inside(str(batch[0].parent)) from None
    pages = done.stdout.decode("utf-8", "replace").split("\f")
    if len(pages) == len(batch) + 1 and not pages[-1].strip():
        # Version 4 ends each page with a form feed, version 5 has one between two pages.
        pages.pop()
    if done.returncode or len(pages) != len(batch):
        told = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["it said nothing"]
        raise InputError(
            f"tesseract gave {len(pages)} of {len(batch)} pages: {told[-1]}",
            hint="is its model of that language installed, and is every file a picture?",
        ).inside(str(batch[0].parent))
    yield from pages
