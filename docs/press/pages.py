"""Which pages the site has, where they lie in it, and where their links lead."""

from __future__ import annotations

import posixpath
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from docs.press.markdown import for_site, relinked, title

ROOT = Path(__file__).parents[2]
"""The repository."""

PICTURES = (".jpg", ".jpeg", ".png", ".svg", ".webp", ".gif")
_OUTSIDE = ("README.md", "fonts/README.md")
_LANGUAGES = {".py": "python", ".yaml": "yaml", ".toml": "toml", ".json": "json", ".sh": "bash"}
_MOST_SHOWN = 400_000  # bytes of a file that is shown as a page


@dataclass(frozen=True, slots=True)
class Page:
    """A page: the repository's path that its links start from, its place in the site, its text.

    A page that is made at the build has a path too, at which no file lies.
    """

    path: str
    place: str
    text: str


@dataclass(slots=True)
class Pages:
    """All pages of the site by their path in the repository, and what is wrong with their links.

    `known` are paths of pictures that were put into the site already.
    """

    root: Path
    by_path: dict[str, Page] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def place_of(self, path: str) -> str:
        """Where a path of the repository lies in the site."""
        if path == "README.md":
            return "readme.md" if "docs/index.md" in self.by_path else "index.md"
        if path == "fonts/README.md":
            return "fonts/readme.md"
        within = path.removeprefix("docs/")
        return within if path.endswith((".md", *PICTURES)) else f"{within}.md"

    def led(self, page: Page, target: str) -> str:
        """The target of a page's link as the site has it; what leads nowhere is a fault."""
        if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|#", target):
            return target
        there, mark, anchor = target.partition("#")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page.path), there))
        place = self._found(path)
        if place is None:
            self.faults.append(f"{page.path}: a link leads to {target}, where nothing is")
            return target
        return posixpath.relpath(place, posixpath.dirname(page.place) or ".") + mark + anchor

    def _found(self, path: str) -> str | None:
        """The place of what lies at a path, which becomes a page or a picture of the site."""
        if path in self.by_path:
            return self.by_path[path].place
        if f"{path}/index.md" in self.by_path:
            return self.by_path[f"{path}/index.md"].place
        if path in self.known:
            return self.place_of(path)
        here = self.root / path
        if path.startswith("..") or not here.exists():
            return None
        if here.is_dir():
            self.add([_files(self, path)])
            return self.by_path[f"{path}/index.md"].place
        if path.endswith(PICTURES):
            self.pictures[path] = self.place_of(path)
            return self.pictures[path]
        self.add([shown(self.root, path, self.place_of(path))])
        return self.by_path[path].place

    def add(self, pages: Iterable[Page]) -> None:
        """Take these pages up."""
        self.by_path.update((page.path, page) for page in pages)

    def written(self, folder: Path) -> None:
        """Write every page, its links led, and every picture that they show."""
        done: set[str] = set()
        while left := [page for page in self.by_path.values() if page.path not in done]:
            for page in left:  # a link may have made a page of a file
                done.add(page.path)
                text = relinked(for_site(page.text), partial(self.led, page))
                place = folder / page.place
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, encoding="utf-8")
        for path, where in self.pictures.items():
            (folder / where).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.root / path, folder / where)


def of_repository(root: Path, made: Iterable[Page] = ()) -> Pages:
    """The pages of the repository and those that were made: docs, readmes and recipes."""
    pages = Pages(root)
    found = sorted(path.relative_to(root).as_posix() for path in (root / "docs").rglob("*.md"))
    kept = [path for path in (*found, *_OUTSIDE) if (root / path).exists()]
    pages.by_path = {
        path: Page(path, "", "") for path in kept
    }  # whether there is an index is known
    pages.add(
        Page(path, pages.place_of(path), (root / path).read_text(encoding="utf-8")) for path in kept
    )
    pages.add(made)
    for path in sorted((root / "recipes").rglob("*.yaml")):
        name = path.relative_to(root).as_posix()
        pages.add([shown(root, name, pages.place_of(name))])
    if "docs/decisions/index.md" not in pages.by_path:
        pages.add([_listed(pages, "docs/decisions", "Decisions")])
    return pages


def shown(root: Path, path: str, place: str) -> Page:
    """The page that shows a file of the repository as it is; `ValueError` for one too large."""
    file = root / path
    if file.stat().st_size > _MOST_SHOWN:
        raise ValueError(f"{path} is too large to be a page; link to what describes it")
    code = file.read_text(encoding="utf-8").rstrip("\n")
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", code)), default=0))
    language = _LANGUAGES.get(file.suffix, "text")
    return Page(path, place, f"# {path}\n\n{fence}{language}\n{code}\n{fence}\n")


def _listed(pages: Pages, folder: str, name: str) -> Page:
    """The page that stands for a folder: a line for each of its pages."""
    lines = [
        f"- [{title(page.text)}]({posixpath.relpath(page.path, folder)})"
        for page in pages.by_path.values()
        if page.path.startswith(f"{folder}/")
    ]
    path = f"{folder}/index.md"
    return Page(path, pages.place_of(path), "\n".join([f"# {name}", "", *lines, ""]))


def _files(pages: Pages, folder: str) -> Page:
    """The page that stands for a folder of files: their names, each leading to what it holds."""
    found = sorted(one.name for one in (pages.root / folder).iterdir() if one.is_file())
    lines = [f"- [{name}]({name})" for name in found if not name.startswith(".")]
    path = f"{folder}/index.md"
    return Page(path, pages.place_of(path), "\n".join([f"# {folder}", "", *lines, ""]))
