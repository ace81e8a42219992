"""The public face: quick to import, at most twenty names, each of them real."""

import inspect
import pydoc
import re
import subprocess
import sys
from pathlib import Path
from typing import get_type_hints

import glyphdata
from glyphdata.compiled import PARTS


def test_every_public_name_is_there_and_they_are_few() -> None:
    assert len(glyphdata.__all__) <= 20
    for name in glyphdata.__all__:
        assert getattr(glyphdata, name) is not None


def test_help_tells_of_every_public_name() -> None:
    told = pydoc.plain(pydoc.render_doc(glyphdata))
    described = told[: told.index("PACKAGE CONTENTS")]
    for name in glyphdata.__all__:
        assert re.search(rf"\b{name}\b", described), name  # in the overview
        entry = rf"^    (class )?{name}\b"
        assert re.search(entry, told[len(described) :], re.MULTILINE), name  # and in full


def test_every_public_name_has_types_and_says_what_it_is() -> None:
    for name in glyphdata.__all__:
        thing = getattr(glyphdata, name)
        assert len((thing.__doc__ or "").strip()) > 20, name
        if inspect.isfunction(thing):
            hints = get_type_hints(thing)
            assert set(inspect.signature(thing).parameters) | {"return"} == set(hints), name


def test_the_verbs_stay_functions_whatever_was_imported() -> None:
    code = (
        "import glyphdata.scenes, glyphdata.generation, glyphdata as gd;"
        "assert all(callable(v) and not hasattr(v, '__path__') for v in"
        " (gd.plan, gd.generate, gd.render, gd.describe, gd.kinds))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_core_loads_no_torch_and_importing_the_package_loads_almost_nothing() -> None:
    code = (
        "import sys, glyphdata;"
        "assert not {'numpy', 'cv2', 'pyarrow', 'pydantic'} & set(sys.modules);"
        "[getattr(glyphdata, name) for name in glyphdata.__all__];"
        "assert not {'torch', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_build_and_the_package_name_the_same_compiled_parts() -> None:
    setup = (Path(__file__).parent.parent / "setup.py").read_text(encoding="utf-8")
    built = re.findall(r'compiled\("([\w.]+)", "([\w/.]+)"\)', setup)
    assert tuple(name for name, _ in built) == PARTS
    for name, source in built:
        assert source == name.replace(".", "/") + ".c"
        assert (Path(__file__).parent.parent / source).exists()
