"""Flags: by keys and by dialog, listed, downloaded, and kept here where nobody may write."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.review.view.browser.stub import Json, dataset, serving

KEYS = ("000000-0000-00", "000000-0000-01", "000000-0000-02")


def downloaded(page: Page) -> str:
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the list").click()
    assert waiting.value.suggested_filename == "flags.txt"
    return waiting.value.path().read_text("utf-8")


def flagged(page: Page, key: str) -> None:
    expect(page.locator(f".tile.flagged[data-key='{key}']")).to_be_visible()


def test_flags_come_by_keys_stay_and_go(page: Page, url: str) -> None:
    page.goto(f"{url}/?d=1")
    page.wait_for_selector(".tile[href]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("4")
    flagged(page, KEYS[0])
    page.keyboard.press("ArrowRight")
    page.keyboard.press("f")
    page.locator("dialog.flagging input").fill("the é is\tcut")
    page.keyboard.press("Enter")
    flagged(page, KEYS[1])
    page.keyboard.press("ArrowRight")
    page.keyboard.press("f")
    page.keyboard.press("2")
    flagged(page, KEYS[2])
    expect(page.locator("#flags")).to_have_text("⚑ 3")

    page.reload()
    expect(page.locator("#flags")).to_have_text("⚑ 3")
    expect(page.locator(f"[data-key='{KEYS[1]}'] .flag")).to_contain_text("the é is")
    page.locator("#flags").click()
    lines = downloaded(page).splitlines()
    assert [line.split("\t")[0] for line in lines] == list(KEYS)
    assert lines[0] == f"{KEYS[0]}\tcut off"
    assert lines[2] == f"{KEYS[2]}\twrong text"
    page.get_by_text("Show in the gallery").click()
    expect(page.locator("#total")).to_have_text("3 samples")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("u")
    expect(page.locator(f".tile[data-key='{KEYS[0]}']:not(.flagged)")).to_be_visible()
    page.reload()
    expect(page.locator("#total")).to_have_text("2 samples")
    page.locator("#flags").click()
    for _ in range(2):
        page.get_by_role("button", name="Unflag").first.click()
    expect(page.locator("#flags")).to_have_text("⚑")


def test_a_sample_is_flagged_on_its_page(page: Page, url: str) -> None:
    page.goto(f"{url}/sample/1/{KEYS[0]}")
    expect(page.locator("#key")).to_have_attribute("data-key", KEYS[0])
    page.locator("#flag").click()
    page.locator("dialog button", has_text="wrong label").click()
    expect(page.locator("#flag")).to_contain_text("wrong label")
    page.locator("#flag").click()
    expect(page.locator("dialog button", has_text="wrong label")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_text("Take the flag away").click()
    expect(page.locator("#flag")).to_have_text("⚐ Flag")
    page.keyboard.press("1")
    expect(page.locator("#flag")).to_contain_text("unreadable")
    page.locator("#flags").click()
    page.get_by_role("button", name="Unflag").click()
    expect(page.locator("dialog.flags tr")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#flag")).to_have_text("⚐ Flag")


def test_where_nobody_may_write_the_browser_keeps_them(page: Page) -> None:
    told = [dataset(writable_flags=False, samples=1)]
    with serving(told, one_row) as url:
        page.goto(url)
        expect(page.locator(".notice")).to_contain_text(re.compile("read-only", re.IGNORECASE))
        page.wait_for_selector(".tile[href]")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("6")
        flagged(page, KEYS[0])
        page.reload()
        flagged(page, KEYS[0])
        page.locator("#flags").click()
        assert downloaded(page) == f"{KEYS[0]}\tlow contrast\n"


def one_row(path: str, query: dict[str, list[str]]) -> Json | None:
    """A dataset of one row that was flagged by nobody."""
    name = path.partition("/")[2]
    if name == "rows":
        row = {"key": KEYS[0], "number": 0, "index": 0, "group": KEYS[0], "text": "one"}
        return {"total": 1, "offset": 0, "rows": [row | {"flag": None, "error": None}]}
    if name == "facets":
        return {"total": 1, "facets": {}, "ranges": {}, "names": {}}
    return {"flags": {}} if name == "flags" else None
