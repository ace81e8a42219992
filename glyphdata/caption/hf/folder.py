"""Where a model lies on this disk, and what it is: the digest of its settings and weights."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from hashlib import file_digest, sha256
from pathlib import Path

from glyphdata.errors import InputError

_SETTINGS = ("*.json", "*.jinja", "*.model", "*.txt")
_WEIGHTS = ("*.safetensors",)
_DESCRIPTION = ("README.md", "LICENSE*", "*.index.json")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def located(model: str, revision: str = "") -> Path:
    """The folder of a model: the folder itself, or a hub's model in the local cache.

    What the cache lacks is downloaded, unless the hub is switched off (`HF_HUB_OFFLINE=1`).
    `InputError` where there is no such model, naming it and the cache's folder.
    """
    path = Path(model).expanduser()
    if path.is_dir():
        return _complete(path, model)
    if not model or path.is_absolute() or model.startswith((".", "~")) or model.count("/") > 1:
        raise InputError(
            f"there is no model folder {model!r}" if model else "no model is named",
            hint="--model takes a folder, or a hub's name such as llava-hf/llava-1.5-7b-hf",
        ).inside("model")
    return _complete(_cached(model, revision), model)


def digest(folder: Path) -> str:
    """The SHA-256 of what decides a model's words: the name and bytes of every settings and weights
    file, in the order of their names."""
    whole = sha256()
    for path in sorted(_files(folder)):
        stat = path.stat()
        whole.update(f"{path.name}\0{_sha256(path, stat.st_size, stat.st_mtime_ns)}\n".encode())
    return whole.hexdigest()


def model_type(folder: Path) -> str:
    """The architecture that `config.json` names; `InputError` where it names none."""
    try:
        config = json.loads((folder / "config.json").read_bytes())
    except ValueError as fault:
        raise InputError(f"config.json is no JSON: {fault}").inside(str(folder)) from None
    kind = config.get("model_type") if isinstance(config, dict) else None
    if not isinstance(kind, str):
        raise InputError("config.json names no model_type").inside(str(folder))
    return kind


def _cached(model: str, revision: str) -> Path:
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    def snapshot(*, local: bool) -> Path:
        wanted = [*_SETTINGS, *_WEIGHTS]
        return Path(
            snapshot_download(
                model, revision=revision or None, allow_patterns=wanted, local_files_only=local
            )
        )

    try:
        return _weighed(snapshot(local=True))
    except HFValidationError as fault:
        raise InputError(f"{model!r} is neither a folder nor a hub's model").inside(
            "model"
        ) from fault
    except LocalEntryNotFoundError:
        pass  # not there yet: ask the hub, if it may be asked
    at = f"{model} at {revision}" if revision else model
    try:
        return snapshot(local=False)
    except (OSError, ValueError) as fault:
        why = "" if constants.HF_HUB_OFFLINE else f": {str(fault).splitlines()[0]}"
        raise InputError(
            f"{at} is not in the local cache {constants.HF_HUB_CACHE}{why}",
            hint="run `hf download` with its name where there is a network, or name a folder",
        ).inside("model") from fault


def _weighed(folder: Path) -> Path:
    """The folder of a snapshot that is all there."""
    from huggingface_hub.errors import LocalEntryNotFoundError

    if _missing(folder):
        raise LocalEntryNotFoundError("the download was cut short")
    return folder


def _complete(folder: Path, model: str) -> Path:
    missing = _missing(folder)
    if missing:
        raise InputError(
            f"{model} lacks {missing}",
            hint="a model needs config.json and its weights as safetensors",
        ).inside("model")
    return folder


def _missing(folder: Path) -> str:
    """The first file that a model's folder cannot do without and does not have, or nothing."""
    if not (folder / "config.json").is_file():
        return "config.json"
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        parts = sorted(set(json.loads(index.read_bytes())["weight_map"].values()))
        return next((part for part in parts if not (folder / part).is_file()), "")
    return "" if any(folder.glob("*.safetensors")) else "model.safetensors"


def _files(folder: Path) -> list[Path]:
    kept = [path for pattern in (*_SETTINGS, *_WEIGHTS) for path in folder.glob(pattern)]
    return [path for path in kept if not any(path.match(name) for name in _DESCRIPTION)]


@lru_cache(maxsize=256)
def _sha256(path: Path, size: int, changed_ns: int) -> str:
    """The SHA-256 of a file as it was at `changed_ns`; the hub's cache names large files by it."""
    real = path.resolve()
    if path.is_symlink() and _SHA256.fullmatch(real.name):
        return real.name
    with real.open("rb") as data:
        return file_digest(data, "sha256").hexdigest()
