"""The gallery: seeing, filtering, sorting, and finding the way back."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from glyphdata.shards.index import read_index
from glyphdata.shards.keys import Places
from tests.review.view.browser.watching import Watch, viewed, visit


@pytest.fixture(scope="module")
def rows(signs: Path) -> list[dict[str, object]]:
    """The rows of the index, which say what must be seen."""
    table = read_index(Places(signs))
    assert table is not None
    return table.to_pylist()


@pytest.fixture
def gallery(opened: Page, url: str) -> Page:
    """The gallery without a filter."""
    if urlsplit(opened.url).path == "/":
        visit(opened, "/")
    else:
        opened.goto(url)
    expect(opened.locator("#total")).to_have_text("36 samples")
    expect(opened.locator(".chip")).to_have_count(0)
    opened.wait_for_selector(".option")
    return opened


def keys(page: Page) -> list[str]:
    """The keys of the tiles, in their order."""
    expect(page.locator("#wall")).to_have_attribute("aria-busy", "false")
    page.wait_for_selector(".tile[href]:visible")
    expect(page.locator(".tile.waits:visible")).to_have_count(0)
    tiles = page.locator(".tile:visible")
    found = tiles.evaluate_all("all => all.map(one => [Number(one.ariaPosInSet), one.dataset.key])")
    return [key for _, key in sorted(found)]


def total(page: Page, count: int) -> None:
    expect(page.locator("#total")).to_have_text(re.compile(rf"^{count} sample"))


def option(page: Page, facet: str, value: object) -> None:
    page.locator(f".set.{facet} .option[data-value='{value}']").click()


def test_pictures_are_shown_in_the_order_of_the_dataset(gallery: Page, rows: list) -> None:
    shown = keys(gallery)
    assert shown == [row["key"] for row in rows][: len(shown)]
    gallery.wait_for_selector(".tile img[src]")
    image = gallery.locator(f".tile[data-key='{shown[0]}'] img")
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("one => one.naturalWidth") > 100


def test_facets_count_and_filter(gallery: Page, rows: list) -> None:
    levels = Counter(row["level"] for row in rows)
    for level, count in levels.items():
        told = gallery.locator(f".set.level .option[data-value='{level}'] .count")
        assert told.inner_text() == str(count)
    option(gallery, "level", "word")
    total(gallery, levels["word"])
    assert "level=word" in gallery.url
    option(gallery, "level", "sentence")
    total(gallery, 36)
    gallery.locator(".chip").first.click()
    total(gallery, levels["sentence"])
    gallery.locator(".chip").click()
    total(gallery, 36)
    assert gallery.locator(".chip").count() == 0


FACETS = {
    "script": "scripts",
    "language": "language",
    "font": "font_tokens",
    "color": "color_tokens",
    "edits": "edits",
    "background": "background",
    "shard": "shard",
}


def test_every_facet_filters(gallery: Page, rows: list) -> None:
    def held(row: dict, column: str) -> list:
        return row[column] if isinstance(row[column], list) else [row[column]]

    for facet, column in FACETS.items():
        value = held(rows[-1], column)[0]
        more = gallery.locator(f".set.{facet} .more")
        if more.count():
            more.click()
        option(gallery, facet, value)
        total(gallery, sum(value in held(row, column) for row in rows))
        expect(gallery.locator(".chip")).to_have_count(1)
        gallery.locator(".chip").click()
        total(gallery, 36)


def test_fonts_and_colours_have_names(gallery: Page) -> None:
    assert re.fullmatch(r".+ · \d+", gallery.locator(".set.font .name").first.inner_text())
    swatch = gallery.locator(".set.color .swatch").first
    assert swatch.evaluate("one => getComputedStyle(one).backgroundColor").startswith("rgb(")
    assert not gallery.locator(".set.color .name").first.inner_text().startswith("colour")


def test_texts_characters_and_measures_filter(gallery: Page, rows: list) -> None:
    word = str(rows[0]["text"]).split()[0]
    gallery.locator("#filter-text").fill(word.lower())
    total(gallery, sum(word.lower() in row["text"].lower() for row in rows))
    gallery.locator("#filter-text").fill("")
    total(gallery, 36)
    gallery.locator("#filter-char").fill("e")
    total(gallery, sum("e" in row["text"] for row in rows))
    gallery.locator(".chip").click()
    middle = sorted(row["contrast_min"] for row in rows)[18]
    gallery.locator("#filter-contrast-least").fill(str(middle))
    gallery.keyboard.press("Enter")
    total(gallery, sum(row["contrast_min"] >= middle for row in rows))
    gallery.locator("#filter-contrast-most").fill(str(middle + 1))
    gallery.keyboard.press("Enter")
    total(gallery, sum(middle <= row["contrast_min"] <= middle + 1 for row in rows))
    gallery.locator(".chip").click()
    gallery.get_by_label("Originals only").check()
    total(gallery, 9)


def test_a_text_that_nowhere_stands_leaves_nothing(gallery: Page) -> None:
    gallery.locator("#filter-text").fill("no such text 123")
    total(gallery, 0)
    expect(gallery.locator(".empty")).to_be_visible()
    assert gallery.locator(".tile:visible").count() == 0


WORST = {"contrast_min": min, "signal_min": min, "size_px_min": min, "angle_deg_max": max}


def test_the_worst_come_first(gallery: Page, rows: list) -> None:
    for column, worst in WORST.items():
        gallery.locator("#sort").select_option(column)
        gallery.wait_for_url(f"**sort={column}**")
        by = {row["key"]: row[column] for row in rows}
        assert by[keys(gallery)[0]] == worst(by.values())
        gallery.locator("#turn").click()
        expect(gallery.locator("#turn")).to_have_text("↑" if worst is min else "↓")
        assert by[keys(gallery)[0]] == (max if worst is min else min)(by.values())


def test_the_back_button_goes_back_through_the_filters(gallery: Page, rows: list) -> None:
    words = sum(row["level"] == "word" for row in rows)
    option(gallery, "level", "word")
    total(gallery, words)
    gallery.locator("#filter-char").fill("a")
    expect(gallery.locator(".chip")).to_have_count(2)
    gallery.go_back()
    total(gallery, words)
    expect(gallery.locator(".chip")).to_have_count(1)
    expect(gallery.locator("#filter-char")).to_have_value("")
    gallery.reload()
    total(gallery, words)
    expect(gallery.locator(".set.level [data-value=word]")).to_have_attribute(
        "aria-pressed", "true"
    )


def test_keys_alone_do(gallery: Page, rows: list) -> None:
    gallery.keyboard.press("ArrowRight")
    expect(gallery.locator(".held")).to_have_attribute("data-key", rows[0]["key"])
    gallery.keyboard.press("ArrowRight")
    gallery.keyboard.press("ArrowDown")
    gallery.keyboard.press("ArrowUp")
    gallery.keyboard.press("g")
    total(gallery, 4)
    gallery.keyboard.press("Escape")
    total(gallery, 36)
    gallery.keyboard.press("?")
    expect(gallery.locator("dialog.keys")).to_contain_text("flag with a reason")
    gallery.keyboard.press("Escape")
    expect(gallery.locator("dialog")).to_have_count(0)
    gallery.keyboard.press("End")
    gallery.keyboard.press("Enter")
    gallery.wait_for_url(re.compile(rf"/sample/0/{rows[-1]['key']}\b"))


def test_the_picture_grows_with_the_slider(gallery: Page) -> None:
    side = gallery.locator(".tile:visible").first.bounding_box()
    gallery.locator("#size").fill("400")
    expect(gallery.locator("#size")).to_have_value("400")
    gallery.wait_for_timeout(100)
    grown = gallery.locator(".tile:visible").first.bounding_box()
    assert side and grown and grown["height"] > side["height"] + 150
    gallery.locator("#size").fill("200")


def test_light_and_dark(gallery: Page) -> None:
    def paper() -> str:
        return str(gallery.evaluate("getComputedStyle(document.body).backgroundColor"))

    light = paper()
    gallery.get_by_title("Light or dark").click()
    dark = paper()
    assert dark != light
    gallery.reload()
    assert paper() == dark


def test_a_wrong_address_is_told(page: Page, url: str, watch: Watch) -> None:
    watch.foreseen = ("400",)
    page.goto(f"{url}/?contrast=high")
    expect(page.locator(".notice.fault")).to_contain_text("contrast")


@pytest.fixture
def wrecks(signs: Path, tmp_path: Path) -> Iterator[str]:
    """Two copies: one with a shard cut short, one without its index."""
    cut, bare = tmp_path / "cut", tmp_path / "bare"
    shutil.copytree(signs, cut)
    shutil.copytree(signs, bare)
    with (cut / "data" / "train-000001.tar").open("r+b") as file:
        file.truncate(20_000)
    shutil.rmtree(bare / "index")
    with viewed(cut, bare) as address:
        yield address


def test_what_is_damaged_says_why_and_the_rest_is_shown(
    page: Page, wrecks: str, watch: Watch
) -> None:
    watch.foreseen = ("422",)
    page.goto(f"{wrecks}/?d=0")
    total(page, 36)
    expect(page.locator(".notice.warnings")).to_contain_text("train-000001")
    page.locator(".set.shard [data-value='1']").click()
    page.wait_for_selector(".tile.broken")
    assert page.locator(".tile.broken .error").last.inner_text()
    page.locator(".tile.broken").last.click()
    expect(page.locator("#error")).not_to_be_empty()
    page.go_back()
    page.locator(".chip").click()
    total(page, 36)
    page.wait_for_selector(".tile:not(.broken) img[src]")

    page.goto(f"{wrecks}/?d=1")
    expect(page.locator(".notice.warnings")).to_contain_text("index")
    total(page, 36)
    assert len(keys(page)) > 9
