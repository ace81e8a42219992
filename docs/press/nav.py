"""The order of the pages: `docs/nav.toml`, and what is wrong with it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple


class Section(NamedTuple):
    """A part of the navigation: its title, and the places of its pages in the site."""

    title: str
    pages: tuple[str, ...]


def sections(toml: str) -> tuple[Section, ...]:
    """The sections as the file has them, patterns and all."""
    return tuple(
        Section(one["title"], tuple(one["pages"])) for one in tomllib.loads(toml)["section"]
    )


def laid_out(
    asked: Sequence[Section], places: Collection[str], unlisted: Collection[str] = ()
) -> tuple[tuple[Section, ...], tuple[str, ...]]:
    """The sections with their patterns filled, and the faults.

    `places` are all pages, of which those in `unlisted` need not stand anywhere. A pattern gives,
    sorted, the pages that no line names outright; a line that ends in `?` may be without its page.
    """
    asked = [Section(one.title, tuple(_there(one.pages, places))) for one in asked]
    named = {page for section in asked for page in section.pages if "*" not in page}
    faults = [f"nav.toml names {page}, and there is no such page" for page in named - set(places)]
    seen: set[str] = set()
    filled = []
    for section in asked:
        pages: list[str] = []
        for line in section.pages:
            pages += _matching(line, places, named) if "*" in line else [line]
        faults += [f"nav.toml names {page} twice" for page in pages if page in seen]
        seen.update(pages)
        if pages:
            filled.append(Section(section.title, tuple(pages)))
    for page in sorted(set(places) - seen - set(unlisted)):
        faults.append(f"{page} stands nowhere in nav.toml; add it to the section it belongs to")
    return tuple(filled), tuple(sorted(faults))


def written(filled: Sequence[Section], titles: dict[str, str]) -> str:
    """The line of the site's settings that holds the navigation; pages go by their titles."""
    told = []
    for section in filled:
        pages = [f"{{{json.dumps(titles[page])} = {json.dumps(page)}}}" for page in section.pages]
        told.append(f"  {{{json.dumps(section.title)} = [{', '.join(pages)}]}},")
    return "\n".join(["nav = [", *told, "]", ""])


def _there(pages: Sequence[str], places: Collection[str]) -> Iterator[str]:
    """The lines without those that wait for a page."""
    for line in pages:
        if not line.endswith("?") or line[:-1] in places:
            yield line.removesuffix("?")


def _matching(pattern: str, places: Collection[str], named: Collection[str]) -> list[str]:
    """The pages of a folder, those in folders within it left out."""
    like = re.compile(re.escape(pattern).replace(r"\*", "[^/]*"))
    return sorted(page for page in places if page not in named and like.fullmatch(page))
