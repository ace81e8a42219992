"""The folder `Glyph-SDXL-v2/` as HunyuanImage-2.1, HunyuanVideo-1.5 and Glyph-SDXL-v2 read it.

They build the tokens from two tables, colours first and then faces in the order of their keys, on
top of google/byt5-small's tokenizer, and load the weights over byt5-small's shape with 1510 rows.
"""

from __future__ import annotations

from pathlib import Path

from glyphdata.errors import InputError
from glyphdata.faces import load
from glyphdata.faces.spelling import tables
from glyphdata.faces.tables import names
from glyphdata.scene.color import palette
from glyphdata.train.layouts.folder import write_json, write_pickle
from glyphdata.train.layouts.stack import check_rows, stack_state
from glyphdata.train.layouts.trained import Trained
from glyphdata.train.tokens import COLORS, RELEASED

WEIGHTS = Path("checkpoints/byt5_model.pt")
COLOR_TABLE = Path("assets/color_idx.json")
FACE_TABLE = Path("assets/multilingual_10-lang_idx.json")


def export(trained: Trained, folder: Path, dtype: str) -> tuple[str, ...]:
    """Write the weights and both tables; `InputError` unless the encoder has 1510 rows in the
    order of these tables.
    """
    model = trained.tower("glyph-sdxl-v2")
    remarks = check_rows(model, "Glyph-SDXL-v2")
    colors, faces = color_table(), face_table(_known(trained))
    if tokens_of(colors, faces) != trained.table.names:
        raise InputError(
            "the encoder's tokens are not those of Glyph-ByT5-v2 in their order",
            hint="train with `-s text.tokens=v2`",
        )
    write_json(colors, folder / COLOR_TABLE)
    write_json(faces, folder / FACE_TABLE)
    write_pickle(stack_state(model, dtype), folder / WEIGHTS)
    return remarks


def color_table() -> dict[str, int]:
    """The names of the 138 colours with their tokens."""
    return {ink.name: ink.token for ink in palette().inks[:COLORS]}


def face_table(known: int | None = None) -> dict[str, int]:
    """Our faces in the slots of the released table, `{"en-…": 0, …}`: 512, 143, 211 and 122 of
    them; slots without a face are called `en-unused-317`. `known` is how many of the registered
    faces have a slot; all of them where it is None.
    """
    catalogue = load()
    called, numbers = names(catalogue), tables(catalogue)
    table: dict[str, int] = {}
    for block, size in RELEASED["v2"].items():
        prefix = block.partition("-")[0]
        slots = {
            number: called[token]
            for token, number in numbers[prefix].items()
            if known is None or token < known
        }
        table |= {f"{prefix}-{slots.get(n, f'unused-{n}')}": n for n in range(size)}
    return table


def tokens_of(colors: dict[str, int], faces: dict[str, int]) -> tuple[str, ...]:
    """The tokens that readers of the two tables add, in their order."""
    said = [f"<color-{number}>" for number in range(len(colors))]
    said += [f"<{name[:2]}-font-{number}>" for name, number in faces.items()]
    return tuple(said)


def _known(trained: Trained) -> int | None:
    """How many of the faces registered here the encoder was trained on; None where it says nothing.

    `InputError` where it was trained on another registry: the names would be of other faces.
    """
    digests = {digest for _, digest in trained.encoder.lexicon.registries}
    if not digests:
        return None
    catalogue = load()
    for faces in range(len(catalogue), 0, -1):
        if catalogue.digest(faces).sha256 in digests:
            return faces
    raise InputError(
        f"the encoder was trained on another registry of faces ({', '.join(sorted(digests))})",
        hint="name the folder of that registry in GLYPHDATA_FONTS",
    )
