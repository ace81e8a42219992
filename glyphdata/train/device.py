"""Which device a name means."""

from __future__ import annotations

import torch

from glyphdata.errors import InputError


def device(name: str = "auto") -> torch.device:
    """The device of that name as torch has them; `auto` is a GPU where there is one.

    `InputError` where this machine has none such.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.zeros(1, device=name).device
    except (RuntimeError, AssertionError) as fault:
        told = str(fault).splitlines()[0]
        raise InputError(
            f"there is no device {name!r}: {told}", hint="auto, cpu, or cuda where there is a GPU"
        ) from None
