"""An encoder in a folder: model.safetensors and encoder.json, no pickles."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_model, save_model
from torch import nn

from glyphdata.errors import InputError, OutputError
from glyphdata.train.settings import Settings
from glyphdata.train.towers.source import Config

WEIGHTS = "model.safetensors"
DOCUMENT = "encoder.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What an encoder's ids and classes mean."""

    names: tuple[str, ...] = ()
    """The added tokens in the order of their ids, which begin at 384."""
    alphabet: tuple[str, ...] = ()
    """The characters in the order of their classes, which begin at 1."""
    registries: tuple[tuple[str, str], ...] = ()
    """Name and digest of each registry that the tokens are of."""


@dataclass(frozen=True, slots=True)
class Document:
    """What an encoder can be built of again, its weights apart."""

    settings: Settings
    vocabulary: int
    classes: int
    text_config: Config | None
    vision_config: Config | None
    lexicon: Lexicon


def save(encoder: nn.Module, document: Document, folder: Path) -> None:
    """Write both files, each under another name first; the document last, so it vouches for both.

    `OutputError` where the folder cannot be written.
    """
    told = {
        "format": _FORMAT,
        "settings": document.settings.model_dump(mode="json"),
        "vocabulary": document.vocabulary,
        "classes": document.classes,
        "text_config": document.text_config,
        "vision_config": document.vision_config,
        **asdict(document.lexicon),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        weights, words = folder / f".{WEIGHTS}.part", folder / f".{DOCUMENT}.part"
        save_model(encoder, str(weights))  # tied weights are written once
        words.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")
        for part, name in ((weights, WEIGHTS), (words, DOCUMENT)):
            with part.open("rb") as data:
                os.fsync(data.fileno())
            part.replace(folder / name)
    except (OSError, SafetensorError) as fault:
        raise OutputError(
            f"the encoder cannot be written: {fault}", hint="is there room, and leave to write?"
        ).inside(str(folder)) from fault


def document(folder: Path) -> Document:
    """What a folder's encoder.json says; `InputError` where it is missing or says else."""
    path = folder / DOCUMENT
    told = _told(path)
    try:
        return Document(
            Settings.model_validate_json(json.dumps(told["settings"])),
            int(told["vocabulary"]),
            int(told["classes"]),
            told["text_config"],
            told["vision_config"],
            Lexicon(
                tuple(told["names"]),
                tuple(told["alphabet"]),
                tuple((name, digest) for name, digest in told["registries"]),
            ),
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise InputError(
            f"no document of an encoder: {fault!r}", hint="name a folder that training wrote"
        ).inside(str(path)) from fault


def fill(encoder: nn.Module, folder: Path) -> None:
    """Give an encoder the weights of a folder, every one it has and no other.

    `InputError` where the file is missing, damaged, or holds weights of other names or shapes.
    """
    path = folder / WEIGHTS
    try:
        load_model(encoder, str(path), strict=True)
    except (OSError, RuntimeError, SafetensorError) as fault:
        raise InputError(
            f"the weights do not fit {DOCUMENT}: {' '.join(str(fault).split())[:200]}",
            hint="copy the folder again; a ViT saved under transformers 4 does not load into 5",
        ).inside(str(path)) from fault


def _told(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_bytes())
    except OSError as fault:
        raise InputError(
            f"cannot be read: {fault.strerror}", hint="name a folder that training wrote"
        ).inside(str(path)) from fault
    except ValueError as fault:
        raise InputError(f"no JSON: {fault}", hint="copy the folder again").inside(
            str(path)
        ) from fault
    if not isinstance(told, dict) or told.get("format") != _FORMAT:
        raise InputError(
            "written by another version of glyphdata", hint=f"this one reads format {_FORMAT}"
        ).inside(str(path))
    return told
