"""A million rows: only the tiles in sight exist, and any row is a moment away."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.review.view.browser.stub import Json, dataset, serving

ROWS = 1_000_000
MOST = 60  # tiles: more are never in sight in a window of this size


class Million:
    """A million rows, and which of them were asked for."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, path: str, query: dict[str, list[str]]) -> Json | None:
        name = path.partition("/")[2]
        if name == "rows":
            first, limit = int(query["offset"][0]), int(query["limit"][0])
            self.asked.append(first)
            numbers = range(first, min(first + limit, ROWS))
            return {"total": ROWS, "offset": first, "rows": [row(one) for one in numbers]}
        if name == "facets":
            return {"total": ROWS, "facets": {"level": [["word", ROWS]]}, "ranges": {}, "names": {}}
        if name.startswith("sample/"):
            return {"key": name.partition("/")[2], "row": row(0)}
        return {"flags": {}} if name == "flags" else None


def row(number: int) -> Json:
    return {
        "key": key(number),
        "number": number,
        "shard": number // 1000,
        "index": number,
        "variant": 0,
        "group": key(number),
        "width": 64,
        "height": 48,
        "level": "word",
        "language": "en",
        "text": f"text {number}",
        "boxes": 1,
        "contrast_min": 4.5,
        "signal_min": 9.0,
        "size_px_min": 20.0,
        "angle_deg_max": 0.0,
        "flag": None,
        "error": None,
    }


def key(number: int) -> str:
    return f"{number // 1000:06d}-{number % 1000:04d}"


@pytest.fixture(scope="module")
def million() -> Million:
    return Million()


@pytest.fixture(scope="module")
def url(million: Million) -> Iterator[str]:
    with serving([dataset(samples=ROWS)], million) as address:
        yield address


@pytest.fixture
def wall(opened: Page, url: str) -> Page:
    """The wall at its first row."""
    if not opened.url.startswith(url):
        opened.goto(url)
    expect(opened.locator("#total")).to_have_text("1,000,000 samples")
    opened.keyboard.press("Home")
    expect(opened.locator(".tile.held")).to_have_attribute("data-key", key(0))
    return opened


def numbers(page: Page) -> list[int]:
    """The rows whose tiles stand in the window, in their order; all of them are filled."""
    expect(page.locator(".tile.waits:visible")).to_have_count(0)
    found = page.locator(".tile:visible").evaluate_all(
        "all => all.map(one => Number(one.getAttribute('aria-posinset')) - 1)"
    )
    return sorted(found)


TOP = """() => {
  const wall = document.querySelector("#wall").getBoundingClientRect();
  const tiles = [...document.querySelectorAll(".tile:not([hidden])")]
    .map(tile => ({ n: tile.ariaPosInSet - 1, box: tile.getBoundingClientRect() }))
    .sort((one, other) => one.n - other.n);
  const first = tiles[0];
  const columns = tiles.filter(({ box }) => box.top === first.box.top).length;
  return (first.n / columns) * (first.box.height + 10) + (wall.top - first.box.top);
}"""


def top(page: Page) -> float:
    """How far the wall is scrolled, in pixels of its true height, whatever the bar says."""
    return float(page.evaluate(TOP))


def test_only_what_is_in_sight_exists(wall: Page) -> None:
    assert wall.locator(".tile").count() <= MOST
    assert wall.evaluate("document.querySelectorAll('*').length") < 900


def test_the_track_is_shorter_than_a_browser_allows(wall: Page) -> None:
    assert wall.evaluate("document.querySelector('.track').offsetHeight") == 8_000_000


def test_the_scroll_bar_leads_anywhere(wall: Page, million: Million) -> None:
    for share in (0.25, 0.5, 0.9):
        wall.evaluate(
            "share => { const w = document.querySelector('#wall');"
            " w.scrollTop = share * (w.scrollHeight - w.clientHeight) }",
            share,
        )
        wall.wait_for_timeout(120)
        middle = numbers(wall)
        assert abs(middle[0] / ROWS - share) < 0.0002
        assert middle == list(range(middle[0], middle[0] + len(middle)))
        assert (
            wall.locator(f".tile[data-key='{key(middle[9])}'] .says").inner_text()
            == f"text {middle[9]}"
        )
    assert wall.locator(".tile").count() <= MOST


def test_the_wheel_moves_by_pixels_though_the_bar_is_scaled(wall: Page) -> None:
    wall.keyboard.press("End")
    wall.wait_for_timeout(100)
    wall.keyboard.press("PageUp")
    wall.wait_for_timeout(100)
    before = top(wall)
    wall.mouse.move(700, 400)
    wall.mouse.wheel(0, -37)
    wall.wait_for_timeout(150)
    assert top(wall) == pytest.approx(before - 37, abs=1)


def test_the_last_row_is_whole(wall: Page) -> None:
    wall.keyboard.press("End")
    held = wall.locator(".tile.held")
    expect(held).to_have_attribute("data-key", key(ROWS - 1))
    frame, edge = held.bounding_box(), wall.locator("#wall").bounding_box()
    assert frame and edge
    assert frame["y"] + frame["height"] <= edge["y"] + edge["height"] + 1
    wall.keyboard.press("Home")
    expect(wall.locator(".tile.held")).to_have_attribute("data-key", key(0))


def test_a_drag_through_all_of_it_asks_for_little(wall: Page, million: Million) -> None:
    million.asked.clear()
    wall.evaluate(
        """async () => {
          const w = document.querySelector("#wall");
          for (let step = 1; step <= 60; step += 1) {
            w.scrollTop = step * w.scrollHeight / 61;
            await new Promise(requestAnimationFrame);
          }
        }"""
    )
    assert numbers(wall)[0] > 900_000
    assert len(million.asked) < 40


def test_a_row_has_an_address(page: Page, url: str) -> None:
    page.goto(f"{url}/?row=654321")
    page.wait_for_selector(f".tile[data-key='{key(654321)}']")
    assert numbers(page)[0] <= 654_321
    page.mouse.move(700, 400)
    page.mouse.wheel(0, 5000)
    expect(page).to_have_url(re.compile(r"row=6544\d\d"))


def test_the_way_back_leads_to_where_one_was(page: Page, url: str) -> None:
    page.goto(f"{url}/?row=700000")
    page.locator(f".tile[data-key='{key(700_002)}']").wait_for()
    page.mouse.move(700, 400)
    page.mouse.wheel(0, 2560)
    page.locator(f".tile[data-key='{key(700_042)}']").click()
    page.wait_for_url("**/sample/**")
    page.go_back()
    page.locator(f".tile[data-key='{key(700_042)}']").wait_for()
    assert abs(numbers(page)[0] - 700_042) < 30


def test_the_slider_keeps_the_place(page: Page, url: str) -> None:
    page.goto(f"{url}/?row=500000")
    page.wait_for_selector(f".tile[data-key='{key(500_000)}']")
    page.locator("#size").fill("120")
    page.wait_for_selector(f".tile[data-key='{key(500_000)}']:visible")
    small = numbers(page)
    page.locator("#size").fill("400")
    page.wait_for_timeout(100)
    assert len(numbers(page)) < len(small)
    assert any(abs(one - 500_000) < 20 for one in numbers(page))
