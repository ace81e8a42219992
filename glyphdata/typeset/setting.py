"""The arithmetic of typesetting: compiled where the build had a compiler, else numpy, same numbers.

`COMPILED` says which is at work; GLYPHDATA_KERNEL=twin in the environment asks for numpy. What the
functions do is said in `twin`.
"""

from __future__ import annotations

import os
from importlib import import_module
from types import ModuleType

from glyphdata.typeset import twin


def compiled() -> ModuleType | None:
    """The compiled module, or None where the build had no compiler."""
    try:
        return import_module("glyphdata.typeset._setting")
    except ImportError:
        return None


_MODULE = None if os.environ.get("GLYPHDATA_KERNEL") == "twin" else compiled()
COMPILED: bool = _MODULE is not None
"""Is the compiled arithmetic at work?"""

read = twin.read if _MODULE is None else _MODULE.read
gather = twin.gather if _MODULE is None else _MODULE.gather
lay = twin.lay if _MODULE is None else _MODULE.lay
reach = twin.reach if _MODULE is None else _MODULE.reach
