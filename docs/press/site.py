"""From the repository to the site: pages are put together, built, and read once more."""

from __future__ import annotations

import json
import posixpath
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from docs.press import nav, proof
from docs.press.markdown import title
from docs.press.pages import ROOT, Page, Pages, of_repository
from docs.press.reference import api, commands, kinds, recipes

REFERENCE: Mapping[str, str] = {
    "docs/reference/recipes.md": "Recipes: every field",
    "docs/reference/commands.md": "Commands: every option",
    "docs/reference/kinds.md": "Captioners, checks, formats",
    "docs/reference/python.md": "Python: the public names",
}
"""The pages that are made from the code and kept in the repository."""

_SHIM = re.compile(r"<script[^>]*unpkg\.com/iframe-worker/shim[^>]*></script>")
_WORD = re.compile(r"<code>([^<\s]{1,32})</code>")
_ON_DISK = """\
// A page that is read from a disk may start no worker from a file, but may from its source.
if (location.protocol === "file:") {
  const source = %s
  window.Worker = class extends window.Worker {
    constructor() {
      super(URL.createObjectURL(new Blob([source], { type: "text/javascript" })))
    }
  }
}
"""


_COLOR = re.compile("\x1b\\[[0-9;]*m")


class Faulty(Exception):
    """A site with faults; each of `args` is one."""

    def __str__(self) -> str:
        return "\n".join(map(str, self.args))


def reference() -> dict[str, str]:
    """The reference pages as the code is now: path in the repository to Markdown."""
    made = {"recipes": recipes, "commands": commands, "kinds": kinds, "python": api}
    return {f"docs/reference/{name}.md": module.page() for name, module in made.items()}


def write_reference(root: Path = ROOT) -> None:
    """Write the reference pages that are kept in the repository."""
    for path, text in reference().items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def laid_out(root: Path, made: tuple[Page, ...]) -> tuple[Pages, str]:
    """All pages and the navigation; `Faulty` where it misses a page or names one there is not."""
    pages = of_repository(root, made)
    listed = [page.place for page in pages.by_path.values()]
    asked = nav.sections((root / "docs/nav.toml").read_text(encoding="utf-8"))
    filled, faults = nav.laid_out(asked, listed, unlisted={"readme.md"})
    if faults:
        raise Faulty(*faults)
    titles = {page.place: _short(page) for page in pages.by_path.values()}
    return pages, nav.written(filled, titles)


def build(out: Path, work: Path, root: Path = ROOT) -> int:
    """Build the site in `out` from what is put together in `work`; how many pages it has.

    `Faulty` names every link that leads nowhere, every page that is missing from the navigation,
    and everything that a page would load from elsewhere.
    """
    from docs.press import gallery  # it draws, which the other pages need not

    for folder, ours in ((out, "search.json"), (work, "pages")):
        if folder.exists() and any(folder.iterdir()) and not (folder / ours).exists():
            raise Faulty(f"{folder} was not made by this program, and is not removed")
        shutil.rmtree(folder, ignore_errors=True)
    drawn = work / "pages/gallery"
    made = Page("docs/gallery.md", "gallery.md", gallery.page(drawn))
    pages, navigation = laid_out(root, (made,))
    for picture in drawn.iterdir():
        pages.known.add(f"docs/gallery/{picture.name}")
    pages.written(work / "pages")
    if pages.faults:
        raise Faulty(*pages.faults)
    shutil.copyfile(root / "docs/site.css", work / "pages/site.css")
    settings = (root / "docs/site.toml").read_text(encoding="utf-8")
    settings = settings.replace("[project]\n", f"[project]\n{navigation}", 1)
    (work / "zensical.toml").write_text(settings, encoding="utf-8")
    _built(work)
    _at_home(work / "site")
    if faults := list(proof.faults(work / "site")):
        raise Faulty(*faults)
    out.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(work / "site", out)  # which may lie on another disk
    return len(pages.by_path)


def _built(work: Path) -> None:
    """Run the builder; `Faulty` with what it complains of."""
    command = [sys.executable, "-m", "zensical", "build", "--strict", "-f", "zensical.toml"]
    run = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
    if run.returncode:
        raise Faulty(_COLOR.sub("", run.stdout + run.stderr))


def _at_home(site: Path) -> None:
    """Change what the builder's pages have and ours shall not.

    They load one script from elsewhere, which lends workers to pages that are read from a disk, so
    that search works there: ours stands beside them and does the same. Code of one short word is
    marked, lest a line breaks within `--json`.
    """
    (worker,) = (site / "assets/javascripts/workers").glob("search.*.js")
    source = json.dumps(worker.read_text(encoding="utf-8")).replace("</", "<\\/")
    (site / "assets/disk.js").write_text(_ON_DISK % source, encoding="utf-8")
    for page in site.rglob("*.html"):
        up = posixpath.relpath(".", page.parent.relative_to(site).as_posix())
        text = _SHIM.sub(f'<script src="{up}/assets/disk.js"></script>', page.read_text("utf-8"))
        page.write_text(_WORD.sub(r'<code class="whole">\1</code>', text), encoding="utf-8")


def _short(page: Page) -> str:
    """A page's name in the navigation: its first heading; a file's own name."""
    if page.place == "index.md":
        return "Start"
    return page.path.rpartition("/")[2] if not page.path.endswith(".md") else title(page.text)
