"""Reads a built site as a browser would: does every link lead somewhere, and nothing leave home?"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
_NOT_LOADED = {"canonical", "next", "prev", "edit", "alternate"}


@dataclass(slots=True)
class Sheet:
    """What a page of HTML has: its anchors, its links, and what a browser loads for it."""

    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sheet = Sheet()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag names, links to and loads."""
        given = {name: value or "" for name, value in attrs}
        for name in ("id", "name"):
            if given.get(name):
                self.sheet.anchors.add(given[name])
        if tag == "a" and given.get("href"):
            self.sheet.links.append(given["href"])
        source = given.get(_LOADED.get(tag, ""), "")
        if source and given.get("rel", "") not in _NOT_LOADED:
            self.sheet.loaded.append(source)


def read(html: str) -> Sheet:
    """The page's anchors, links and what it loads."""
    reader = _Reader()
    reader.feed(html)
    return reader.sheet


def faults(site: Path) -> Iterator[str]:
    """Every link to nothing and every file loaded from elsewhere, page by page."""
    sheets = {
        path.relative_to(site).as_posix(): read(path.read_text(encoding="utf-8"))
        for path in sorted(site.rglob("*.html"))
    }
    for page, sheet in sheets.items():
        if page == "404.html":  # it is shown at any address, so that its links start at the root
            continue
        for target in sheet.loaded:
            if urlsplit(target).scheme not in ("", "data") or target.startswith("//"):
                yield f"{page} loads {target} from elsewhere"
        for target in (*sheet.links, *sheet.loaded):
            found = _fault(site, sheets, page, target)
            if found:
                yield found


def _fault(site: Path, sheets: dict[str, Sheet], page: str, target: str) -> str:
    """What is wrong with a link within the site; nothing of a link that leaves it."""
    address = urlsplit(target)
    if address.scheme or address.netloc:
        return ""
    path = unquote(address.path)
    place = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
    if (site / place).is_dir():
        place = posixpath.normpath(f"{place}/index.html")
    if not (site / place).is_file():
        return f"{page}: a link leads to {target}, where nothing is"
    anchor = unquote(address.fragment)
    if anchor and place in sheets and anchor not in sheets[place].anchors | {"__top"}:
        return f"{page}: a link leads to {target}, and {place} has no such anchor"
    return ""
