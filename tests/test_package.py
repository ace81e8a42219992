"""The public face: quick to import, at most twenty names, each of them real."""

import subprocess
import sys

import glyphdata


def test_every_public_name_is_there_and_they_are_few() -> None:
    assert len(glyphdata.__all__) <= 20
    for name in glyphdata.__all__:
        assert getattr(glyphdata, name) is not None


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
