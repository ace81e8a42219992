"""Weights of networks from local files; nothing that a file says is run, nothing is fetched."""

from __future__ import annotations

import pickle
from pathlib import Path

import torch
from torch import Tensor, nn

from glyphdata.errors import InputError

_SHOWN = 3


def weights(path: Path, needed: str) -> dict[str, Tensor]:
    """The tensors of a `.safetensors` or `.pth` file by name; `needed` names the public file.

    A `.pth` is read without unpickling anything but tensors; a TorchScript file, which is a
    program, is refused. `InputError` where the file cannot be used.
    """
    try:
        if path.suffix == ".safetensors":
            from safetensors import SafetensorError
            from safetensors.torch import load_file

            try:
                return dict(load_file(path))
            except SafetensorError as fault:
                raise InputError(f"no safetensors file: {fault}", hint=needed).inside(
                    str(path)
                ) from None
        if _is_program(path):
            raise InputError(
                "a TorchScript file is a program, and is not run",
                hint=f"give its weights alone: {needed}",
            ).inside(str(path))
        held = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as fault:
        raise InputError(f"it cannot be read: {fault.strerror}", hint=needed).inside(
            str(path)
        ) from None
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError) as fault:
        told = str(fault).splitlines()[0] if str(fault) else type(fault).__name__
        raise InputError(f"no file of weights: {told}", hint=needed).inside(str(path)) from None
    if not isinstance(held, dict) or not all(isinstance(one, Tensor) for one in held.values()):
        raise InputError("it holds more than named tensors", hint=needed).inside(str(path))
    return {str(name): one for name, one in held.items()}


def fill(network: nn.Module, held: dict[str, Tensor], path: Path, needed: str) -> None:
    """Give a network just the weights it names; `InputError` where names or shapes differ."""
    own = network.state_dict()
    # Counters of training steps, which older files leave out and no answer depends on.
    wanted = {name for name in own if not name.endswith(".num_batches_tracked")}
    lacking = sorted(wanted - held.keys())
    foreign = sorted(held.keys() - own.keys())
    other = sorted(name for name in wanted & held.keys() if own[name].shape != held[name].shape)
    for names, fault in (
        (lacking, "lacks"),
        (foreign, "also holds"),
        (other, "has other shapes of"),
    ):
        if names:
            shown = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
            raise InputError(f"it {fault} {len(names)} weights: {shown}", hint=needed).inside(
                str(path)
            )
    network.load_state_dict({name: held[name] for name in wanted}, strict=False)
    network.eval().requires_grad_(False)


def _is_program(path: Path) -> bool:
    """Is it a zip with TorchScript's code or constants in it?"""
    import zipfile

    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as held:
        return any("/code/" in name or name.endswith("/constants.pkl") for name in held.namelist())
