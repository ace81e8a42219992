"""Checkpoints: a folder per step that is whole or does not count, so that a run goes on exactly.

    checkpoints/00000500/model.safetensors       every weight and buffer
                         optimizer.safetensors   Adam's moments and counts
                         average.safetensors     the mean of weights, where there is one
                         state.json              all else; see `State`
                         COMPLETE                sizes of the above; written last

Order, augmentation and dropout are functions of seed, step and place, and learning rates of the
step, so none of them is kept. There are no pickles.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.optim import Optimizer

from glyphdata.errors import InputError, OutputError
from glyphdata.shards.durable import make_folder, publish_path, sync_folder, writing

MODEL, OPTIMIZER, AVERAGE = "model", "optimizer", "average"
"""The names of the files of tensors, without their ending."""

_STATE, _COMPLETE = "state.json", "COMPLETE"
_WAY_OUT = "remove this checkpoint: the run goes on from the one before"


@dataclass(frozen=True, slots=True)
class State:
    """What a run remembers besides tensors."""

    step: int
    """Steps that are done."""
    threads: int
    """Threads of torch, per process: another number sums in another order."""
    processes: int
    norms: tuple[float, ...] = ()
    """The last lengths of the gradient; see `Steady`."""
    skipped: int = 0
    """Steps that were left out."""
    scale: float = 0.0
    """Of the loss under fp16; 0 where it is not scaled."""
    scale_age: int = 0
    """Steps since that scale last changed."""


def write(
    folder: Path, state: State, files: Mapping[str, Mapping[str, Tensor]], keep: int = 2
) -> Path:
    """Put a checkpoint into `folder`, durable and whole, and remove all but the last `keep`.

    `files` are tensors by name for each file. `OutputError` where they cannot be written.
    """
    final = folder / f"{state.step:08d}"
    part = folder / f"{final.name}.part"
    make_folder(folder)
    with writing(final):
        for left in (part, final):  # what a process that was killed left half done
            if left.exists():
                shutil.rmtree(left)
        part.mkdir()
        for name, tensors in files.items():
            _save(tensors, part / f"{name}.safetensors")
        (part / _STATE).write_bytes(orjson.dumps(asdict(state), option=orjson.OPT_INDENT_2))
        sizes = {path.name: path.stat().st_size for path in sorted(part.iterdir())}
        for path in part.iterdir():
            _sync(path)
        sync_folder(part)
        publish_path(part, final)
        mark = final / _COMPLETE
        mark.write_bytes(orjson.dumps(sizes))
        _sync(mark)
        sync_folder(final)
    for old in [*_whole(folder)][:-keep]:
        shutil.rmtree(old)
    return final


def newest(folder: Path) -> Path | None:
    """The last whole checkpoint in `folder`; None where there is none."""
    return next(reversed([*_whole(folder)]), None)


def read_state(checkpoint: Path) -> State:
    """What a checkpoint remembers; `InputError` where that is damaged."""
    try:
        found = orjson.loads((checkpoint / _STATE).read_bytes())
        return State(**{**found, "norms": tuple(found["norms"])})
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise InputError(f"the state cannot be read: {fault}", hint=_WAY_OUT).inside(
            str(checkpoint)
        ) from fault


def read_tensors(checkpoint: Path, name: str) -> dict[str, Tensor]:
    """The tensors of one file, on the CPU; `InputError` where it is missing or damaged."""
    path = checkpoint / f"{name}.safetensors"
    try:
        tensors: dict[str, Tensor] = load_file(path)
        return tensors
    except (OSError, SafetensorError) as fault:
        raise InputError(f"cannot be read: {fault}", hint=_WAY_OUT).inside(str(path)) from fault


def model_tensors(model: nn.Module) -> dict[str, Tensor]:
    """Every weight and lasting buffer of a model, each once: tied ones by their first name."""
    lasting = model.state_dict().keys()
    return {
        **{name: one.detach() for name, one in model.named_parameters()},
        **{name: one for name, one in model.named_buffers() if name in lasting},
    }


def fill_model(model: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Give a model what `model_tensors` took; `InputError` where names or shapes are others."""
    own = model_tensors(model)
    if own.keys() != tensors.keys():
        odd = sorted(own.keys() ^ tensors.keys())
        raise InputError(f"the checkpoint is of another model: {', '.join(odd[:5])}", hint=_WAY_OUT)
    for name, one in own.items():
        if one.shape != tensors[name].shape:
            shapes = f"{tuple(tensors[name].shape)} and not {tuple(one.shape)}"
            raise InputError(f"the checkpoint is of another model: {name} is {shapes}")
        with torch.no_grad():
            one.copy_(tensors[name])


def optimizer_tensors(optimizer: Optimizer, names: Mapping[int, str]) -> dict[str, Tensor]:
    """What an optimizer keeps of each weight, as `exp_avg.NAME`; `names` are by weights' ids."""
    return {
        f"{kind}.{names[id(weight)]}": value
        for weight in _weights(optimizer)
        for kind, value in optimizer.state.get(weight, {}).items()
        if isinstance(value, Tensor)
    }


def fill_optimizer(
    optimizer: Optimizer, names: Mapping[int, str], tensors: Mapping[str, Tensor]
) -> None:
    """Give an optimizer what `optimizer_tensors` took; `InputError` where a name is unknown."""
    weights = {names[id(weight)]: weight for weight in _weights(optimizer)}
    for place, value in tensors.items():
        kind, _, name = place.partition(".")
        if name not in weights:
            raise InputError(f"the checkpoint is of another model: {name}", hint=_WAY_OUT)
        weight = weights[name]
        # Counts of steps stay on the CPU, as AdamW has them.
        optimizer.state[weight][kind] = value.to(weight.device) if value.dim() else value


def _weights(optimizer: Optimizer) -> Iterable[nn.Parameter]:
    return (weight for group in optimizer.param_groups for weight in group["params"])


def _save(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Write a file of tensors; `OutputError` for a full disk and the like."""
    try:
        save_file(_plain(tensors), path)
    except SafetensorError as fault:
        raise OutputError(
            f"cannot write {path}: {fault}",
            hint="free some space, then go on by --resume: the checkpoint before is kept",
        ) from fault


def _plain(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors as safetensors takes them: on the CPU, contiguous, with memory of their own."""
    return {name: one.detach().cpu().contiguous().clone() for name, one in tensors.items()}


def _whole(folder: Path) -> Iterator[Path]:
    """The checkpoints that were written to their end, by their step."""
    for path in sorted(folder.glob("[0-9]*[0-9]")):
        if path.name.isdecimal() and _is_whole(path):
            yield path


def _is_whole(checkpoint: Path) -> bool:
    try:
        sizes = orjson.loads((checkpoint / _COMPLETE).read_bytes())
        return all((checkpoint / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, AttributeError):
        return False


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
