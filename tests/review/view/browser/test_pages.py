"""Two datasets side by side, the statistics, the checks, and what the banner says."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.review.view.browser.stub import dataset, serving
from tests.review.view.browser.test_flags import one_row


def halves(page: Page, total: str) -> None:
    for half in "ab":
        expect(page.locator(f"#total-{half}")).to_have_text(total)


def test_two_datasets_are_filtered_and_scrolled_together(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("link", name="Compare").click()
    page.wait_for_url("**/compare?**")
    halves(page, "36 samples")
    page.locator("#size").fill("260")
    one, other = page.locator("#wall-a"), page.locator("#wall-b")
    one.locator(".tile[href]").first.wait_for()
    other.locator(".tile[href]").first.wait_for()
    one.hover(position={"x": 200, "y": 100})
    page.mouse.wheel(0, 900)
    expect(other).not_to_have_js_property("scrollTop", 0)
    page.wait_for_timeout(150)
    tops = [half.evaluate("one => one.scrollTop") for half in (one, other)]
    assert tops[0] == pytest.approx(tops[1], abs=1)
    assert tops[0] > 500

    one.hover(position={"x": 220, "y": 260})
    key = one.locator(".tile:hover").get_attribute("data-key")
    expect(other.locator(f".tile.marked[data-key='{key}']")).to_have_count(1)

    page.get_by_label("Originals only").check()
    halves(page, "9 samples")
    page.go_back()
    halves(page, "36 samples")


TOPMOST = """wall => [...wall.querySelectorAll(".tile:not([hidden])")]
  .map(tile => [tile.getBoundingClientRect().top - wall.getBoundingClientRect().top, tile])
  .filter(([top]) => top >= -20)
  .sort(([one], [other]) => one - other)[0][1].dataset.key.slice(0, 11)"""


def test_the_same_scene_stands_at_the_top_though_rows_differ(page: Page, url: str) -> None:
    """The filter leaves other scenes in either: not the row counts but the scene's number."""
    page.goto(f"{url}/compare?a=0&b=1&level=word&side=400")
    one, other = page.locator("#wall-a"), page.locator("#wall-b")
    for wall in (one, other):
        expect(wall).to_have_attribute("aria-busy", "false")
    keys = {}
    for d in (0, 1):
        told = page.request.get(f"{url}/api/{d}/rows?level=word").json()
        keys[d] = [row["key"][:11] for row in told["rows"]]
    assert keys[0] != keys[1]
    one.locator(".tile[href]").first.wait_for()
    one.hover(position={"x": 200, "y": 100})
    page.mouse.wheel(0, 456 * 5)
    page.wait_for_timeout(300)
    scene = one.evaluate(TOPMOST)
    assert scene > keys[0][0]
    after = [key for key in keys[1] if key >= scene]
    assert other.evaluate(TOPMOST) == (after[0] if after else keys[1][-1])


def test_the_halves_can_be_exchanged(page: Page, url: str) -> None:
    page.goto(f"{url}/compare?a=0&b=1")
    halves(page, "36 samples")
    page.locator("#head-a select").select_option("1")
    page.wait_for_url("**a=1**")
    halves(page, "36 samples")
    expect(page.locator("#head-a select")).to_have_value("1")


def test_statistics_are_plots_and_tables(page: Page, url: str) -> None:
    page.goto(f"{url}/stats/0")
    expect(page.locator("#said")).to_contain_text("36 samples")
    expect(page.locator("#said")).to_contain_text("27 variants")
    image = page.locator("#plot-levels img")
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("one => one.naturalWidth") >= 600
    page.locator("#plot-levels summary").click()
    expect(page.locator("#plot-levels table")).to_contain_text("word")
    page.locator("#plot-contrast summary").click()
    expect(page.locator("#plot-contrast table td").first).to_be_visible()


def test_checks_run_and_lead_to_their_samples(page: Page, url: str) -> None:
    page.goto(f"{url}/checks/0")
    expect(page.locator("#said")).to_have_text("The checks have not been run.")
    page.locator("#run").click()
    expect(page.locator("#said")).to_have_text("Nothing was found.", timeout=20_000)


def test_findings_are_counted_by_code_and_lead_to_their_samples(page: Page) -> None:
    findings = [
        {"code": "ink", "key": "000000-0000-00", "message": "no ink at all"},
        {"code": "ink", "key": "000000-0001-00", "message": "too little ink"},
        {"code": "sums", "key": None, "message": "train-000000.tar is not what it was"},
    ]
    told = {"state": "ready", "findings": findings, "codes": {"ink": 2, "sums": 1}}
    with serving(
        [dataset()], lambda path, _: told if path.endswith("checks") else {"flags": {}}
    ) as url:
        page.goto(f"{url}/checks/0")
        expect(page.locator("#said")).to_have_text("3 findings")
        page.locator("#codes .option", has_text="ink").click()
        expect(page.locator("#findings tr")).to_have_count(2)
        assert page.url.endswith("code=ink")
        link = page.locator("#findings a").first
        assert link.get_attribute("href") == "/sample/0/000000-0000-00"
        gallery = page.get_by_text("in the gallery").first.get_attribute("href")
        assert gallery == "/?d=0&finding=ink"
        page.go_back()
        expect(page.locator("#findings tr")).to_have_count(3)


WRONG = {
    "being generated": {"state": "generating", "warnings": ["shard 3 is cut short"]},
    "no index": {"state": "no-index", "writable_flags": False},
    "older than its shards": {"state": "stale-index"},
}


def test_the_banner_says_what_is_wrong(page: Page) -> None:
    sets = [dataset(d=number, **changes) for number, changes in enumerate(WRONG.values())]
    with serving(sets, one_row) as url:
        for number, says in enumerate(WRONG):
            page.goto(f"{url}/?d={number}")
            expect(page.locator("#banner")).to_contain_text(says)
            for words, holds in (("shard 3", number == 0), ("Read-only", number == 1)):
                assert (words in page.locator("#banner").inner_text()) == holds


def test_a_sound_dataset_has_no_banner(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator("#total")).to_have_text(re.compile("36"))
    expect(page.locator("#banner")).to_be_empty()
