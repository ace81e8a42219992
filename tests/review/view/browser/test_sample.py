"""One sample: the picture to the pixel, its labels, its words, its group, and flags."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from playwright.sync_api import Locator, Page, expect

import glyphdata as gd
from tests.review.view.browser.watching import visit


@pytest.fixture(scope="module")
def records(signs: Path) -> list[Any]:
    return list(gd.Dataset(signs))


@pytest.fixture
def sample(opened: Page, url: str, records: list[Any]) -> Page:
    """The page of the fifth sample: the original of the second group."""
    address = f"/sample/0/{records[4].key}"
    if opened.url.startswith(f"{url}/sample/"):
        opened.locator("#key").evaluate("one => delete one.dataset.key")
        visit(opened, address)
    else:
        opened.goto(f"{url}{address}")
    here(opened, records[4].key)
    return opened


def arrived(page: Page, url: str, key: str) -> None:
    page.goto(url)
    here(page, key)


def here(page: Page, key: str) -> None:
    expect(page.locator("#key")).to_have_attribute("data-key", key)
    page.evaluate("new Promise(requestAnimationFrame)")  # the stage has its size


def pointed(page: Page, across: float, down: float) -> None:
    """The mouse at a point of the picture, in its pixels."""
    frame = page.locator(".paper").bounding_box()
    assert frame
    scale = frame["width"] / 240
    page.mouse.move(frame["x"] + across * scale, frame["y"] + down * scale)


def scale(page: Page) -> float:
    frame = page.locator(".paper").bounding_box()
    assert frame
    return frame["width"] / 240


def test_the_whole_picture_is_shown_in_whole_pixels(sample: Page) -> None:
    image = sample.locator(".picture")
    expect(image).to_have_js_property("naturalWidth", 240)
    assert scale(sample) == round(scale(sample)) >= 2
    assert image.evaluate("one => getComputedStyle(one).imageRendering") == "pixelated"


def test_the_wheel_enlarges_about_the_mouse(sample: Page) -> None:
    before = scale(sample)
    frame = sample.locator(".paper").bounding_box()
    assert frame
    pointed(sample, 60, 40)
    for _ in range(4):
        sample.mouse.wheel(0, -100)
    sample.wait_for_timeout(50)
    assert scale(sample) == pytest.approx(before * 1.25**4, rel=0.01)
    after = sample.locator(".paper").bounding_box()
    assert after
    assert after["x"] + 60 * scale(sample) == pytest.approx(frame["x"] + 60 * before, abs=1.5)
    assert after["y"] + 40 * scale(sample) == pytest.approx(frame["y"] + 40 * before, abs=1.5)


def test_keys_enlarge_shrink_move_and_fit(sample: Page) -> None:
    fitted = scale(sample)
    sample.keyboard.press("+")
    assert scale(sample) == pytest.approx(fitted * 1.25, rel=0.01)
    sample.keyboard.press("z")
    assert scale(sample) == pytest.approx(1, abs=0.01)
    before = sample.locator(".paper").bounding_box()
    sample.keyboard.press("Shift+ArrowRight")
    after = sample.locator(".paper").bounding_box()
    assert before and after and after["x"] == before["x"] - 60
    sample.keyboard.press("0")
    assert scale(sample) == fitted


def test_the_picture_is_dragged(sample: Page) -> None:
    before = sample.locator(".paper").bounding_box()
    pointed(sample, 10, 10)
    sample.mouse.down()
    pointed(sample, 30, 22)
    sample.mouse.up()
    after = sample.locator(".paper").bounding_box()
    assert before and after
    assert after["x"] - before["x"] == pytest.approx(20 * scale(sample), abs=1)
    assert after["y"] - before["y"] == pytest.approx(12 * scale(sample), abs=1)


def test_every_outline_lies_where_the_layout_says(sample: Page, records: list[Any]) -> None:
    boxes = orjson.loads(records[4].members["layout.json"])["boxes"]
    quad = [one * 16 for one in orjson.loads(records[4].members["json"])["boxes"][0]["quad"]]
    lines = [line for box in boxes for line in box["lines"]]
    expected = {
        "boxes": (len(boxes), quad),
        "clusters": (
            sum(len(box["clusters"]["start"]) for box in boxes),
            boxes[0]["clusters"]["quads"],
        ),
        "words": (sum(len(box["words"]) for box in boxes), boxes[0]["words"][0]["quad"]),
        "lines": (len(lines), lines[0]["quad"]),
        "baselines": (len(lines), lines[0]["baseline"]),
    }
    for kind, (count, first) in expected.items():
        path = sample.locator(f".overlay .{kind}")
        button = sample.locator(f"#layers .{kind}")
        if button.get_attribute("aria-pressed") == "false":
            expect(path).to_be_hidden()
            button.click()
        expect(path).to_be_visible()
        way = path.get_attribute("d") or ""
        assert way.count("M") == count
        assert [float(one) for one in re.findall(r"[-\d.]+", way)[:4]] == first[:4]
    assert sample.locator(".overlay").get_attribute("viewBox") == "0 0 3840 2560"


def test_a_cluster_under_the_mouse_is_told(sample: Page, records: list[Any]) -> None:
    layout = orjson.loads(records[4].members["layout.json"])["boxes"][0]
    box = orjson.loads(records[4].members["json"])["boxes"][0]
    quad = layout["clusters"]["quads"][8:16]
    pointed(sample, sum(quad[0::2]) / 64, sum(quad[1::2]) / 64)
    start, end = layout["clusters"]["start"][1], layout["clusters"]["end"][1]
    tip = sample.locator("#tip")
    expect(tip.locator(".glyph")).to_have_text(box["text"].encode()[start:end].decode())
    expect(tip).to_contain_text(box["face"]["family"])
    expect(tip).to_contain_text("px")
    expect(tip).to_contain_text(f"bytes {start}–{end}")
    expect(sample.locator(".box.lit")).to_have_attribute("data-box", "0")
    sample.mouse.move(2, 2)
    expect(tip).to_be_hidden()


def test_image_layers_fade(sample: Page) -> None:
    for kind in ("mask", "boxmask", "glyph"):
        layer = sample.locator(f".layer.{kind}")

        def opacity(layer: Locator = layer) -> float:
            return float(layer.evaluate("one => one.style.opacity"))

        expect(layer).to_be_hidden()
        sample.locator(f"#layers .{kind}").click()
        expect(layer).to_be_visible()
        expect(layer).to_have_js_property("naturalWidth", 240)
        before = opacity()
        sample.keyboard.press("]")
        assert opacity() == pytest.approx(before + 0.1)
        sample.keyboard.press("[")
        sample.keyboard.press("[")
        assert opacity() == pytest.approx(before - 0.1)
        sample.keyboard.press("o")
        expect(layer).to_be_hidden()
        sample.keyboard.press("o")
        expect(layer).to_be_visible()


def test_the_address_restores_layers_and_zoom(sample: Page, records: list[Any]) -> None:
    sample.locator("#layers .words").click()
    sample.keyboard.press("]")
    for _ in range(5):
        sample.keyboard.press("+")
    expect(sample).to_have_url(re.compile("view="))
    address, seen = sample.url, scale(sample)
    sample.goto("about:blank")
    arrived(sample, address, records[4].key)
    expect(sample.locator(".overlay .words")).to_be_visible()
    assert scale(sample) == pytest.approx(seen, rel=0.01)


def test_texts_faces_and_captions_are_told(sample: Page, records: list[Any]) -> None:
    facts = orjson.loads(records[4].members["json"])
    for box in facts["boxes"]:
        card = sample.locator(f".box[data-box='{box['id']}']")
        expect(card.locator(".text")).to_have_text(box["text"])
        expect(card).to_contain_text(f"{box['face']['family']} {box['face']['style']}")
        expect(card).to_contain_text(box["color_name"])
        expect(card).to_contain_text("contrast")
    captions = orjson.loads(records[4].members["captions.json"])["captions"]
    assert len(captions) == 6
    for caption in captions:
        told = sample.locator(".caption", has_text=f"level {caption['level']}")
        expect(told.locator("p")).to_have_text(caption["text"])
        expect(told).to_contain_text("truth")
    assert sample.locator(".caption mark").count() > 0


def test_the_command_makes_the_same_sample(sample: Page, records: list[Any]) -> None:
    command = sample.locator(".command").inner_text()
    assert command.startswith("glyphdata draw ")
    assert "--index 1" in command
    sample.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sample.locator("#copy").click()
    expect(sample.locator(".copied")).to_have_text("copied")
    assert sample.evaluate("navigator.clipboard.readText()") == command
    assert "seed 5" in sample.locator("#side").inner_text()
    sample.locator("summary", has_text="Recipe").click()
    expect(sample.locator("#side pre")).to_contain_text('"name": "signs"')
    for member, content in records[4].members.items():
        row = sample.locator("dt", has_text=re.compile(f"^{re.escape(member)}$"))
        assert row.count() == 1, (member, len(content))


def test_previous_and_next_follow_the_list_that_one_came_from(
    page: Page, url: str, records: list[Any]
) -> None:
    originals = [record.key for record in records if record.key.endswith("-00")]
    page.goto(f"{url}/?originals=1")
    page.locator(f".tile[data-key='{originals[3]}']").click()
    here(page, originals[3])
    page.keyboard.press("ArrowRight")
    here(page, originals[4])
    expect(page.locator("#place")).to_have_text("5 of 9")
    page.locator("#previous").click()
    here(page, originals[3])
    page.go_back()
    here(page, originals[4])
    page.keyboard.press("Escape")
    expect(page.locator("#total")).to_have_text("9 samples")


def test_an_original_stands_beside_its_variants(sample: Page, records: list[Any]) -> None:
    group = [record for record in records if record.key.startswith(records[4].key[:-3])]
    members = sample.locator("#group .member")
    expect(members).to_have_count(len(group))
    expect(members.first).to_contain_text("original")
    first = orjson.loads(group[0].members["json"])["boxes"]
    for place, record in enumerate(group[1:], start=1):
        boxes = orjson.loads(record.members["json"])["boxes"]
        tile = members.nth(place)
        expect(tile.locator("p").first).to_be_visible()
        changed = [
            (old["text"], new["text"])
            for old, new in zip(first, boxes, strict=True)
            if old["text"] != new["text"]
        ]
        told = tile.locator("p:has(bdi.edited)")
        assert told.count() == len(changed)
        for line, (old, new) in zip(told.all(), changed, strict=True):
            parts = line.evaluate(
                "one => [...one.firstChild.childNodes].map(n => [n.nodeName, n.textContent])"
            )
            assert "".join(text for kind, text in parts if kind != "INS") == old
            assert "".join(text for kind, text in parts if kind != "DEL") == new
    members.nth(2).click()
    here(sample, group[2].key)
    expect(sample.locator(".member[aria-current]")).to_have_attribute("data-key", group[2].key)
