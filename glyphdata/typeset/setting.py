"""The arithmetic of typesetting: compiled where the build had a compiler, else numpy, same numbers.

`COMPILED` says which is at work; GLYPHDATA_KERNEL=twin in the environment asks for numpy. What the
functions do is said in `twin` and `twin_lines`.
"""

from __future__ import annotations

import os
from importlib import import_module
from types import ModuleType

from glyphdata.typeset import twin, twin_lines


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
plain = twin.plain if _MODULE is None else _MODULE.plain
set_plainly = twin.set_plainly if _MODULE is None else _MODULE.set_plainly
unsafe = twin.unsafe if _MODULE is None else _MODULE.unsafe
gather = twin.gather if _MODULE is None else _MODULE.gather
place = twin.place if _MODULE is None else _MODULE.place
breaks = twin_lines.breaks if _MODULE is None else _MODULE.breaks
stretch = twin_lines.stretch if _MODULE is None else _MODULE.stretch
widest = twin_lines.widest if _MODULE is None else _MODULE.widest
fit_prose = twin_lines.fit_prose if _MODULE is None else _MODULE.fit_prose
largest = twin_lines.largest if _MODULE is None else _MODULE.largest
wrap = twin_lines.wrap if _MODULE is None else _MODULE.wrap
