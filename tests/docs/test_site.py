"""The site is whole: each page is in it, each link leads somewhere, all is loaded from home."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from docs.press import nav, proof
from docs.press.markdown import for_site, relinked, targets, title
from docs.press.pages import ROOT, Page, Pages, of_repository, shown
from docs.press.site import Faulty, build, laid_out

WRITTEN = [ROOT / "README.md", ROOT / "fonts/README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_every_page_stands_in_the_site_under_its_title(site: Path) -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        place = page.relative_to(ROOT / "docs").with_suffix(".html")
        heading = title(page.read_text(encoding="utf-8"))
        assert heading
        html = (site / place).read_text(encoding="utf-8")
        assert re.search(r"<h1[^>]*>(.*?)<a class=\"headerlink\"", html, re.DOTALL), place


def test_files_that_pages_link_to_are_pages_themselves(site: Path) -> None:
    text = (site / "recipes/posters.yaml.html").read_text(encoding="utf-8")
    assert "posters" in text
    assert "<code>" in text
    assert (site / "fonts/readme.html").exists()
    assert (site / "decisions/index.html").exists()


def test_every_section_of_the_navigation_has_pages_and_follows_the_work() -> None:
    sections = nav.sections((ROOT / "docs/nav.toml").read_text(encoding="utf-8"))
    titles = [section.title for section in sections]
    order = ["What it is", "Recipes", "Datasets", "Captions", "Quality", "Training", "Scale"]
    assert [one for one in titles if one in order] == order
    assert all(section.pages for section in sections)


def test_a_page_outside_the_navigation_and_a_line_without_a_page_are_faults() -> None:
    asked = (nav.Section("A", ("a.md", "gone.md", "later.md?")), nav.Section("B", ("b/*", "a.md")))
    filled, faults = nav.laid_out(asked, ("a.md", "b/2.md", "b/1.md", "b/c/3.md", "x.md"), {"x.md"})
    assert filled[1].pages == ("b/1.md", "b/2.md", "a.md")
    assert faults == (
        "b/c/3.md stands nowhere in nav.toml; add it to the section it belongs to",
        "nav.toml names a.md twice",
        "nav.toml names gone.md, and there is no such page",
    )


def test_the_navigation_is_written_as_the_builder_reads_it() -> None:
    text = nav.written((nav.Section('A "b"', ("a.md",)),), {"a.md": "One: two"})
    assert tomllib.loads(text) == {"nav": [{'A "b"': [{"One: two": "a.md"}]}]}


def test_a_new_page_without_a_line_fails_the_build(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text("# Here\n")
    (tmp_path / "docs/new.md").write_text("# New\n")
    (tmp_path / "docs/nav.toml").write_text('[[section]]\ntitle = "A"\npages = ["index.md"]\n')
    with pytest.raises(Faulty, match=r"new\.md stands nowhere in nav\.toml"):
        laid_out(tmp_path, (Page("docs/decisions/index.md", "index.md", "# D\n"),))


def test_a_link_to_nothing_is_a_fault_and_one_to_a_file_makes_it_a_page(tmp_path: Path) -> None:
    (tmp_path / "docs/deep").mkdir(parents=True)
    (tmp_path / "LICENSE").write_text("free\n")
    (tmp_path / "docs/deep/p.png").write_bytes(b"png")
    text = (
        "# A\n[x](../../LICENSE) ![p](p.png) [g](gone.md#a) [o](https://a.example/) `[c](no.md)`\n"
    )
    (tmp_path / "docs/deep/a.md").write_text(text)
    pages = of_repository(tmp_path)
    pages.written(tmp_path / "out")
    assert pages.faults == ["docs/deep/a.md: a link leads to gone.md#a, where nothing is"]
    assert (tmp_path / "out/deep/a.md").read_text() == text.replace(
        "../../LICENSE", "../LICENSE.md"
    )
    assert "free" in (tmp_path / "out/LICENSE.md").read_text()
    assert (tmp_path / "out/deep/p.png").read_bytes() == b"png"


def test_a_link_out_of_the_repository_is_a_fault(tmp_path: Path) -> None:
    pages = Pages(tmp_path)
    page = Page("README.md", "index.md", "")
    assert pages.led(page, "../secret.txt") == "../secret.txt"
    assert len(pages.faults) == 1


def test_a_file_with_fences_is_shown_within_longer_ones(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('"""\n````\n"""\n')
    assert (
        shown(tmp_path, "a.py", "a.py.md").text == '# a.py\n\n`````python\n"""\n````\n"""\n`````\n'
    )


def test_lists_and_pipes_are_told_as_the_builder_reads_them() -> None:
    said = "Said:\n- one\n  more\n- two\n\n| a |\n|---|\n| `x\\|y` |\n```\nSaid:\n- code\n```\n"
    want = "Said:\n\n- one\n  more\n- two\n\n| a |\n|---|\n| `x|y` |\n```\nSaid:\n- code\n```\n"
    assert for_site(said) == want


def test_links_are_those_outside_code() -> None:
    text = '[a](b.md) [![i](i.png)](c.md)\n```\n[d](d.md)\n```\n`[e](e.md)` <img src="f.png">\n'
    assert list(targets(text)) == ["b.md", "i.png", "c.md", "f.png"]
    assert relinked(text, str.upper).count("D.MD") == 0


def test_what_is_wrong_in_a_built_site_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<h1 id="here">A</h1><a href="b.html#there">1</a><a href="b.html#gone">2</a>'
        '<a href="c.html">3</a><a href="#here">4</a><a href="#nowhere">5</a>'
        '<script src="https://cdn.example/x.js"></script><img src="//cdn.example/x.png">'
        '<link rel="canonical" href="https://here.example/">'
    )
    (tmp_path / "b.html").write_text('<a name="there"></a><a href="mailto:a@b.example">m</a>')
    assert list(proof.faults(tmp_path)) == [
        "a.html loads https://cdn.example/x.js from elsewhere",
        "a.html loads //cdn.example/x.png from elsewhere",
        "a.html: a link leads to b.html#gone, and b.html has no such anchor",
        "a.html: a link leads to c.html, where nothing is",
        "a.html: a link leads to #nowhere, and a.html has no such anchor",
    ]


@pytest.mark.parametrize("page", WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_to_the_world_are_well_formed(page: Path) -> None:
    for target in targets(page.read_text(encoding="utf-8")):
        address = urlsplit(target)
        if address.scheme:
            assert address.scheme in ("https", "http", "mailto"), target
            assert address.scheme == "mailto" or "." in (address.hostname or ""), target
            assert not re.search(r"[\s<>\"]", target), target


def test_a_folder_of_other_things_is_not_taken_for_an_old_site(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    letter = tmp_path / "letters/dear.txt"
    letter.write_text("dear")
    with pytest.raises(Faulty, match="letters was not made by this program"):
        build(tmp_path / "letters", tmp_path / "work")
    assert letter.read_text() == "dear"
