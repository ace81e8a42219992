"""Readers of what people hand over: recipes, lists, texts, boxes, photographs, fonts."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from pathlib import Path

from glyphdata.errors import GlyphdataError
from tests.fuzz.ground import Read, ignored, written


def shipped(pattern: str) -> Callable[[Path], list[bytes]]:
    recipes = Path(__file__).parents[2] / "recipes"
    return lambda _: [path.read_bytes() for path in sorted(recipes.glob(pattern))]


def recipe_of(folder: Path) -> Read:
    from glyphdata.recipe import Recipe, load_recipe

    def read(data: bytes) -> None:
        made = load_recipe(written(folder, "fuzzed.yaml", data))
        again = Recipe.from_resolved(made.resolved(), made.root)
        assert again.fingerprint() == made.fingerprint()

    return read


def settings_of(folder: Path) -> Read:
    from glyphdata.train.loading import load_settings

    def read(data: bytes) -> None:
        load_settings(written(folder, "settings.yaml", data))

    return read


def where_of(folder: Path) -> Read:
    import pyarrow.parquet as pq

    from glyphdata.review.where import parse_where
    from glyphdata.shards.index import read_index
    from glyphdata.shards.keys import Places

    table = read_index(Places(folder / "set"))
    assert isinstance(table, type(pq.read_table(folder / "set/index/index.parquet")))

    def read(data: bytes) -> None:
        where = parse_where(data.decode("utf-8", "surrogateescape").split("\n"))
        assert len(where.mask(table)) == len(table)
        where.sql()

    return read


WHERES = [
    b"level=word\ncontrast<3\nsize=10..20\ntext~hello",
    "char=é\nfont=12\nfont=<font-3>\ncolor=crimson\nedits!=replace\nangle>=-5".encode(),
]


def keys_of(folder: Path) -> Read:
    from glyphdata.shards.keylist import key_lines, read_keys

    def read(data: bytes) -> None:
        found = read_keys(written(folder, "keys.txt", data))
        again = key_lines(found)
        assert list(read_keys(written(folder, "again.txt", again.encode()))) == list(found)

    return read


def texts_in(suffix: str) -> Callable[[Path], Read]:
    def reader(folder: Path) -> Read:
        from glyphdata.parts.textfile import rows

        names = (folder / f"texts-{number}{suffix}" for number in itertools.count())

        def read(data: bytes) -> None:
            path = next(names)
            path.write_bytes(data)
            try:
                found = rows(path, "text")
                for number in range(min(len(found), 40)):
                    try:
                        assert found.text(number).strip()
                    except GlyphdataError:
                        continue
            finally:
                path.unlink()

        return read

    return reader


def boxes_in(suffix: str) -> Callable[[Path], Read]:
    def reader(folder: Path) -> Read:
        from glyphdata.parts.boxfile import opened

        names = (folder / f"boxes-{number}{suffix}" for number in itertools.count())

        def read(data: bytes) -> None:
            path = next(names)
            path.write_bytes(data)
            try:
                found = opened(path)
                assert found[len(found) - 1].shape[1] == 5
            finally:
                path.unlink()

        return read

    return reader


def photo_of(folder: Path) -> Read:
    from glyphdata.parts.photofile import Unreadable, decoded

    def read(data: bytes) -> None:
        try:
            assert decoded(str(written(folder, "photo.jpg", data)), 32, 24, 1.5).shape[2] == 3
        except Unreadable:
            return

    return read


def photos_of(_: Path) -> list[bytes]:
    import numpy as np
    from PIL import Image

    ramp = np.arange(40 * 30 * 3, dtype=np.uint32).reshape(30, 40, 3).astype(np.uint8)
    made = []
    for form, how in (
        ("JPEG", {"progressive": True}),
        ("JPEG", {}),
        ("PNG", {}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
    ):
        out = io.BytesIO()
        Image.fromarray(ramp).save(out, form, **how)  # type: ignore[arg-type]
        made.append(out.getvalue())
    return made


def registry_of(folder: Path) -> Read:
    from glyphdata.faces.catalogue import Catalogue
    from glyphdata.faces.ledger import Ledger

    home = folder / "faces"
    written(home, "coverage.json", b'["0020-007E","0041-005A"]')

    def read(data: bytes) -> None:
        Catalogue(written(home, "registry.jsonl", data))
        Ledger.read(home)

    return read


def registries_of(_: Path) -> list[bytes]:
    from glyphdata.faces.catalogue import load

    lines = load().registry.read_bytes().splitlines(keepends=True)
    return [b"".join(lines[:3]).replace(b'"coverage":', b'"coverage":0'), lines[0]]


def font_of(folder: Path) -> Read:
    from glyphdata.faces.scan import examine

    return lambda data: ignored(examine(written(folder, "font.ttf", data)))


def fonts_of(folder: Path) -> list[bytes]:
    from tests.hostile.fonts import forged

    return [path.read_bytes() for path in forged(folder / "forged")]


def table_of(_: Path) -> Read:
    from glyphdata.faces.foreign import read_table

    return lambda data: ignored(read_table(data))


def woff_of(_: Path) -> Read:
    from glyphdata.faces.pull.woff import sfnt_of

    return lambda data: ignored(sfnt_of(data))


def woffs_of(folder: Path) -> list[bytes]:
    from fontTools.ttLib import TTFont

    made = []
    for data in fonts_of(folder)[:2]:
        with TTFont(io.BytesIO(data)) as font:
            font.flavor = "woff2"
            out = io.BytesIO()
            font.save(out)
            made.append(out.getvalue())
    return made
