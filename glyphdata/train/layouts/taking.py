"""Other people's encoders as folders that training begins from (`-s text.source=FOLDER`).

Nothing in their files is run: pickles are read as weights alone, and refused where they hold more.
"""

from __future__ import annotations

import json
import pickle
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor
from transformers import T5EncoderModel

from glyphdata.errors import InputError
from glyphdata.train.layouts import module_of, openclip, udifftext
from glyphdata.train.layouts.folder import WEIGHTS, write_json, write_tower, write_weights
from glyphdata.train.layouts.giving import Given, fresh
from glyphdata.train.layouts.glyph_sdxl_v2 import WEIGHTS as V2_WEIGHTS
from glyphdata.train.layouts.stack import EMBEDDED, SHARED, State, tower_of
from glyphdata.train.tokens import FIRST_ADDED, PRINTABLE, Table

_PICKLED = "pytorch_model.bin"
_ADDED = "added_tokens.json"


class Found(NamedTuple):
    """Weights of a source, under the keys of the layout that it is in."""

    layout: str
    state: State


def bring(source: Path, dest: Path, layout: str | None = None) -> Given:
    """Write the text tower of `source` into `dest`, a new folder; `layout` is told by its keys.

    A ByT5 encoder becomes a folder of transformers with as many rows as it has; UDiffText's
    character encoder becomes `config.json` and `model.safetensors` with our order of characters.
    `InputError` where the source is in no layout, in another one, or would run code.
    """
    if layout is not None:
        module_of(layout)
    found = read(source)
    if layout is not None and found.layout != layout:
        raise InputError(
            f"{source} is in the layout {found.layout!r}, not {layout!r}",
            hint="leave --layout out",
        )
    with fresh(dest) as folder:
        if found.layout == "udifftext":
            remarks = _write_characters(found.state, folder, source)
        else:
            remarks = _write_byt5(tower_of(found.state, str(source)), folder, source)
    files = sorted(path for path in dest.rglob("*") if path.is_file())
    names = tuple(str(path.relative_to(dest)) for path in files)
    return Given(names, sum(path.stat().st_size for path in files), remarks)


def read(source: Path) -> Found:
    """The text tower's weights of a file or folder, T5's under the stack's own keys.

    `InputError` where there are none.
    """
    path, of_folder = _file(source)
    state = _loaded(path)
    if any(name.startswith(openclip.PREFIX) for name in state):
        return Found("openclip", _without(openclip.PREFIX, state))
    if udifftext.ROWS in state:
        wanted = {name: one for name, one in state.items() if name.startswith(udifftext.KEYS)}
        return Found("udifftext", wanted)
    if SHARED in state:
        stack = _without("encoder.", state)
        stack.setdefault(EMBEDDED, state[SHARED])
        return Found("hf" if of_folder else "comfyui", stack)
    if EMBEDDED in state:
        return Found("glyph-sdxl-v2", state)
    raise InputError(
        f"{path} is in none of the layouts: it begins with {', '.join(sorted(state)[:3])}",
        hint="`glyphdata encoder layouts` lists them",
    )


def names_of(rows: int, source: Path) -> tuple[str, ...]:
    """The added tokens of a table of so many rows: those that stand in the source's folder, else
    those of a released table of that size; `InputError` where there is neither.
    """
    listed = source / _ADDED
    if listed.is_file():
        ids = {number: name for name, number in json.loads(listed.read_bytes()).items()}
        if all(number in ids for number in range(FIRST_ADDED, rows)):
            return tuple(ids[number] for number in range(FIRST_ADDED, rows))
    spellings = {Table.of(one).size: Table.of(one) for one in ("none", "v1", "v2")}
    if rows not in spellings:
        sizes = ", ".join(map(str, sorted(spellings)))
        raise InputError(
            f"a table of {rows} rows is none of ByT5's or Glyph-ByT5's ({sizes})",
            hint="there is no telling what its added rows mean",
        )
    return spellings[rows].names


def _file(source: Path) -> tuple[Path, bool]:
    """The file with the weights, and whether it stands in a folder of transformers."""
    if source.is_file():
        return source, False
    for name in (WEIGHTS, _PICKLED, V2_WEIGHTS):
        if (source / name).is_file():
            return source / name, name != V2_WEIGHTS
    raise InputError(
        f"{source} is no file, and no folder with {WEIGHTS}, {_PICKLED} or {V2_WEIGHTS}",
        hint="a folder with weights in several files: load and save it with transformers first",
    )


def _loaded(path: Path) -> State:
    try:
        if path.suffix == ".safetensors":
            weights: State = load_file(path)
            return weights
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of pickles that torch did not write
            found = torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as fault:
        raise InputError(
            f"{path} is no plain weights: reading it could run code",
            hint="where you trust it, load it there and save its state_dict alone",
        ) from fault
    except (OSError, SafetensorError, EOFError, RuntimeError, ValueError) as fault:
        first = (str(fault).splitlines() or [type(fault).__name__])[0]
        raise InputError(f"{path} cannot be read: {first}", hint="fetch it again") from fault
    inner = found.get("state_dict", found) if isinstance(found, Mapping) else found
    if not isinstance(inner, Mapping) or not all(isinstance(one, Tensor) for one in inner.values()):
        raise InputError(f"{path} holds no weights by name", hint="is it an optimizer's state?")
    return dict(inner)


def _without(prefix: str, state: Mapping[str, Tensor]) -> State:
    return {
        name.removeprefix(prefix): weight
        for name, weight in state.items()
        if name.startswith(prefix)
    }


def _write_byt5(model: T5EncoderModel, folder: Path, source: Path) -> tuple[str, ...]:
    rows = model.config.vocab_size
    write_tower(model, names_of(rows, source), folder, "fp32")
    if rows == FIRST_ADDED:
        return ()
    return (
        f"its {rows - FIRST_ADDED} style tokens mean the colours and fonts that it was trained on: "
        "ours have other fonts at the same numbers",
    )


def _write_characters(state: State, folder: Path, source: Path) -> tuple[str, ...]:
    rows, width = state[udifftext.ROWS].shape
    if rows != len(udifftext.THEIRS) + 1 or udifftext.PLACES not in state:
        raise InputError(f"{source} has {rows} classes, not UDiffText's 95")
    ours = {name: weight.float().contiguous() for name, weight in state.items()}
    ours[udifftext.ROWS] = udifftext.in_order(ours[udifftext.ROWS], udifftext.THEIRS, PRINTABLE)
    write_weights(ours, folder / WEIGHTS)
    inner = state["encoder.layers.0.linear1.weight"].shape[0]
    layers = {name.split(".")[2] for name in state if name.startswith("encoder.layers.")}
    depth, places = len(layers), state[udifftext.PLACES].shape[0]
    shape = {"width": width, "depth": depth, "feed_forward": inner}
    write_json(
        {"model_type": "characters", "alphabet": PRINTABLE, **shape, "characters": places},
        folder / "config.json",
    )
    said = " ".join(f"-s text.shape.{name}={value}" for name, value in shape.items())
    return (
        f"train with -s text.tower=characters -s text.characters={places} {said}; the heads of "
        "attention are not in the weights, the released encoder has 8",
    )
