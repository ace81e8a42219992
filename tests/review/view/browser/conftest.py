"""A real browser, and what it saw that it should not have seen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from glyphdata.generation import generate
from glyphdata.recipe import load_recipe
from tests.review.view.browser.watching import Watch, viewed

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
RECIPE = """
name: signs
seed: {seed}
samples: 9
shard: {{samples: 3}}
canvas: {{width: 240, height: 160}}
levels: {{word: 0.6, sentence: 0.4}}
boxes: {{count: [2, 3], angle_deg: [-8, 8], size_px: [14, 40]}}
texts:
  - {{kind: words, language: en, share: 2}}
  - {{kind: words, language: ru}}
  - {{kind: words, language: ar}}
  - {{kind: sentences, language: en}}
backgrounds: [{{kind: gradient}}, {{kind: paper}}]
variants: {{count: 3}}
outputs: {{mask: true, boxes: true, glyph: true}}
captions: {{levels: 6}}
"""
"""Nine originals with three variants each: 36 small pictures in three shards."""

MISSING = "there is no Chromium to test the viewer with: `make browser`, or `apt install chromium`"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; of a module, for the driver's event loop must end before others begin."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail(MISSING)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def watch() -> Watch:
    """What the page of this test did."""
    return Watch()


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[BrowserContext]:
    """What the pages of a module share: the browser's cache, and the scripts in it."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(8_000)
    yield context
    context.close()


@pytest.fixture(scope="module")
def opened(window: BrowserContext) -> Iterator[Page]:
    """One page for a module's tests, which go where they will."""
    watch = Watch()
    made = window.new_page()
    watch.over(made)
    yield made
    made.close()
    watch.unharmed()


@pytest.fixture
def page(window: BrowserContext, watch: Watch) -> Iterator[Page]:
    """A page that remembers nothing; at the end nothing may have gone wrong in it."""
    made = window.new_page()
    watch.over(made)
    yield made
    if made.url.startswith("http"):
        made.evaluate("localStorage.clear()")
    made.close()
    watch.unharmed()


def _signs(folder: Path, seed: int) -> Path:
    recipe = folder / "signs.yaml"
    recipe.write_text(RECIPE.format(seed=seed), encoding="utf-8")
    generate(load_recipe(recipe), folder / f"signs-{seed}", workers=0)
    return folder / f"signs-{seed}"


@pytest.fixture(scope="session")
def signs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset with groups, captions and every label there is."""
    return _signs(tmp_path_factory.mktemp("signs"), 5)


@pytest.fixture(scope="session")
def others(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another of the same recipe."""
    return _signs(tmp_path_factory.mktemp("others"), 6)


@pytest.fixture(scope="session")
def url(signs: Path, others: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where both are served, their flags kept elsewhere; people flag the second one only."""
    folder = tmp_path_factory.mktemp("flags")
    flags = [word for name in "ab" for word in ("--flags", folder / f"{name}.jsonl")]
    with viewed(signs, others, *flags) as address:
        yield address
