"""The site, built once for all tests that look at it."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.press.site import build


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site of this repository."""
    folder = tmp_path_factory.mktemp("site")
    assert build(folder / "site", folder / "work") > 40
    return folder / "site"
