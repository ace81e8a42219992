"""The compiled parts, where the build had a compiler; each has a numpy twin that agrees."""

from __future__ import annotations

import importlib
import os
from types import ModuleType

PARTS = (
    "glyphdata.scene._stream",
    "glyphdata.draw._kernel",
    "glyphdata.draw._labels",
    "glyphdata.parts._crop",
    "glyphdata.parts._places",
    "glyphdata.compositor._ground",
    "glyphdata.typeset._setting",
)
"""All of them, as setup.py builds them."""


def compiled(name: str) -> ModuleType | None:
    """The extension module of that name; None where it was not built, or GLYPHDATA_KERNEL=twin."""
    if os.environ.get("GLYPHDATA_KERNEL") == "twin":
        return None
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
