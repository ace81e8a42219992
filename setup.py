"""The compiled parts; everything else about the build stands in pyproject.toml.

Each extension is optional: without a C compiler the install still succeeds and the numpy twins,
slower and byte-identical, do the work (`glyphdata doctor` says so).
"""

import sys
from pathlib import Path

from setuptools import Extension, setup

# No fast-math and no contraction: the bytes that come out must not depend on the CPU.
GCC = ["-O3", "-ffp-contract=off", "-std=c99"]
FLAGS = ["/O2", "/fp:precise"] if sys.platform == "win32" else GCC


def compiled(name: str, source: str) -> Extension:
    return Extension(
        name,
        [source],
        depends=[str(header) for header in Path(source).parent.glob("*.h")],
        extra_compile_args=FLAGS,
        define_macros=[("Py_LIMITED_API", "0x030B0000")],
        py_limited_api=True,
        optional=True,
    )


setup(
    ext_modules=[
        compiled("glyphdata.scene._stream", "glyphdata/scene/_stream.c"),
        compiled("glyphdata.draw._kernel", "glyphdata/draw/_kernel.c"),
        compiled("glyphdata.draw._labels", "glyphdata/draw/_labels.c"),
        compiled("glyphdata.parts._crop", "glyphdata/parts/_crop.c"),
        compiled("glyphdata.parts._places", "glyphdata/parts/_places.c"),
        compiled("glyphdata.compositor._ground", "glyphdata/compositor/_ground.c"),
        compiled("glyphdata.typeset._setting", "glyphdata/typeset/_setting.c"),
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
