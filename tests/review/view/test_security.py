"""What the viewer refuses: paths out of the dataset, other names, other pages, who has no token."""

from __future__ import annotations

import html
import itertools
import json
import re
from pathlib import Path
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glyphdata.review.view.exhibit import Exhibit
from glyphdata.review.view.guard import HEADERS, POLICY, host_name
from glyphdata.shards.index import table_of
from glyphdata.shards.keys import Places
from tests.review.view.conftest import Viewer

UPS = (
    "..", "%2e%2e", "%2E%2e", ".%2e", "..%00", "..;", "....", "%252e%252e", "..%c0%af",
    "%c0%ae%c0%ae", "..%ef%bc%8f", "..%5c", "..\\", "~", "%00",
)  # fmt: skip
SLASHES = ("/", "%2f", "%5c", "//", "%252f")
TARGETS = ("etc/passwd", "index/index.parquet", ".glyphdata/manifest.json", "data/train-000000.tar")
DOORS = (
    "/static/{}", "/img/0/{}/picture", "/img/0/{}/thumb", "/img/0/{}/mask", "/img/0/{}/glyph",
    "/api/0/sample/{}", "/sample/0/{}", "/api/0/plots/{}.svg", "/{}", "/api/{}/rows",
)  # fmt: skip


def traversals() -> list[str]:
    """Every way up, after every slash, through every door; the depths and targets take turns."""
    forms = []
    turns = itertools.product(UPS, SLASHES, DOORS)
    for number, (up, slash, door) in enumerate(turns):
        depth, target = 1 + number % 4, TARGETS[number % len(TARGETS)]
        forms.append(door.format(slash.join([up] * depth + target.split("/"))))
    forms += [door.format(f"/{target}") for door in DOORS for target in TARGETS]
    forms += [door.format(quote(f"/{target}", safe="")) for door in DOORS for target in TARGETS]
    forms += [door.format(f"file:///{target}") for door in DOORS for target in TARGETS]
    return forms


FORMS = traversals()


def test_there_are_enough_forms() -> None:
    assert len(set(FORMS)) >= 200


@pytest.mark.parametrize("door", DOORS)
def test_nothing_outside_the_dataset_is_served(viewer: Viewer, door: str, small: Path) -> None:
    secrets = [
        b"root:", b"PAR1", (small / ".glyphdata" / "manifest.json").read_bytes()[:40], b"ustar",
        b"python", b"import ",
    ]  # fmt: skip
    head = door.partition("{")[0]
    tried = 0
    for form in FORMS:
        if not form.startswith(head) or (door == "/{}" and form.startswith(("/api", "/img"))):
            continue
        answer = viewer.ask(form)
        assert answer.status in (404, 400), form
        assert not any(secret in answer.body for secret in secrets), form
        guarded(answer.headers)
        tried += 1
    assert tried >= 20


def guarded(headers: object) -> None:
    assert isinstance(headers, dict)
    for name, value in HEADERS.items():
        assert headers[name.lower()] == value, name


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=20), st.sampled_from(DOORS))
def test_no_key_at_all_is_a_fault_of_the_server(viewer: Viewer, key: str, door: str) -> None:
    encoded = quote(key.encode("utf-8", "replace"), safe="")
    answer = viewer.ask(door.format(encoded))
    assert answer.status in (200, 400, 404)
    guarded(answer.headers)


def test_the_policy_lets_in_nothing_but_the_viewers_own() -> None:
    rules = dict(rule.strip().partition(" ")[::2] for rule in POLICY.split(";"))
    assert rules == {
        "default-src": "'none'", "script-src": "'self'", "style-src": "'self'",
        "img-src": "'self' data: blob:", "connect-src": "'self'", "base-uri": "'none'",
        "form-action": "'none'", "frame-ancestors": "'none'",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200), ("HEAD", "/", 200), ("GET", "/sample/0/000000-0000", 200),
        ("GET", "/sample/0/nothing", 404), ("GET", "/stats/0", 200), ("GET", "/checks/1", 200),
        ("GET", "/compare?a=0&b=1", 200), ("GET", "/static/api.js", 200),
        ("GET", "/static/none.js", 404), ("GET", "/api/datasets", 200), ("GET", "/api/0/rows", 200),
        ("GET", "/api/0/rows?x=1", 400), ("GET", "/img/0/000000-0000/thumb", 200),
        ("GET", "/img/0/000000-0000/picture", 200), ("DELETE", "/api/0/flags", 403),
        ("POST", "/api/0/flags", 403), ("PUT", "/", 403), ("GET", "/api/0/flags.txt", 200),
        ("OPTIONS", "/api/0/flags", 403),
    ],
)  # fmt: skip
def test_every_answer_is_guarded(viewer: Viewer, method: str, path: str, status: int) -> None:
    answer = viewer.ask(path, method)
    assert answer.status == status
    guarded(answer.headers)
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["cache-control"]


def test_a_bug_of_ours_is_guarded_and_tells_nothing(small: Path) -> None:
    viewer = Viewer(Exhibit(small))
    viewer.exhibits[0].now().rows.table._database.close()
    answer = viewer.ask("/api/0/rows?level=word")
    assert answer.status == 500
    assert answer.json["error"] == "a bug of ours"
    guarded(answer.headers)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8765", "localhost.evil.example", "", "127.0.0.1.nip.io",
     "localhost@evil.example", "192.168.0.5", "[::1]evil", "localhost:evil", "127.0.0.1:80:80",
     "localhost:8765, evil.example", "10.0.0.1:8765", "[::2]"],
)  # fmt: skip
def test_another_name_is_not_answered(viewer: Viewer, host: str) -> None:
    answer = viewer.ask("/api/datasets", headers={"Host": host})
    assert answer.status == 421
    assert "error" in answer.json
    guarded(answer.headers)


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:1", "127.0.0.1:8765", "[::1]:8765", "[::1]", "localhost:9"]
)
def test_this_machines_names_are_answered_at_any_port(viewer: Viewer, host: str) -> None:
    assert viewer.ask("/api/datasets", headers={"Host": host}).status == 200


def test_names_are_read_from_hosts() -> None:
    assert host_name(" A.b:80 ") == "a.b"
    assert host_name("[::1]:80") == "::1"
    assert host_name("a:b") == host_name("[::1") == host_name("") == host_name("a:") == ""


BODY = json.dumps({"key": "000000-0000", "reason": "dark"}).encode()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"X-Glyphdata": "0"},
        {"X-Glyphdata": "1", "Origin": "http://evil.example"},
        {"X-Glyphdata": "1", "Origin": "null"},
        {"X-Glyphdata": "1", "Origin": "http://localhost:9999"},
        {"X-Glyphdata": "1", "Sec-Fetch-Site": "cross-site"},
        {"X-Glyphdata": "1", "Sec-Fetch-Site": "same-site"},
    ],
)
def test_other_pages_change_nothing(viewer: Viewer, headers: dict[str, str]) -> None:
    for path in ("/api/0/flags", "/api/0/checks"):
        assert viewer.ask(path, "POST", BODY, headers).status == 403
    assert viewer.get("/api/0/flags") == {"flags": {}}


def test_the_viewers_own_page_changes_something(copy: Path) -> None:
    viewer = Viewer(Exhibit(copy))
    own = {"X-Glyphdata": "1", "Origin": "http://localhost:8765", "Sec-Fetch-Site": "same-origin"}
    answer = viewer.ask("/api/0/flags", "POST", BODY, own)
    assert (answer.status, answer.json) == (200, {"flags": {"000000-0000": "dark"}})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"[]", 400), (b"{}", 400), (b'{"key": 1, "reason": "x"}', 400),
        (b'{"key": "000000-0000"}', 400), (b"{" * 1000, 400), (b"\xff\xfe", 400),
        (b'{"key": "two words", "reason": "x"}', 400),
        (b'{"key": "../../etc/passwd", "reason": "x"}', 404),
        (b'{"key": "000009-0000", "reason": "x"}', 404), (b" " * 70_000, 413),
    ],
)  # fmt: skip
def test_a_body_that_is_no_flag_is_refused(copy: Path, body: bytes, status: int) -> None:
    viewer = Viewer(Exhibit(copy))
    answer = viewer.ask("/api/0/flags", "POST", body, {"X-Glyphdata": "1"})
    assert answer.status == status
    assert not (copy / ".glyphdata" / "flags.jsonl").exists()


def test_what_a_page_begins_with_cannot_break_out_of_its_script(
    tmp_path: Path, small: Path
) -> None:
    hostile = "</script><script>alert(1)</script>\u2028<!--&"
    places = Places(tmp_path / "a<b>&")
    places.index.parent.mkdir(parents=True)
    rows = pq.read_table(Places(small).index).to_pylist()
    pq.write_table(table_of([rows[0] | {"key": hostile}]), places.index)
    viewer = Viewer(Exhibit(places.root))
    page = viewer.ask(f"/sample/0/{quote(hostile, safe='')}").body.decode()
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)
    boot = next(one for one in scripts if one.startswith("{"))
    assert "alert" not in re.sub(re.escape(boot), "", page)
    assert not set(boot) & set("<>&\u2028")
    told = json.loads(boot)
    assert (told["key"], told["page"], told["d"]) == (hostile, "sample", 0)
    assert told["datasets"][0]["name"] == "a<b>&"
    assert html.unescape(boot) == boot


def test_no_page_has_a_script_or_style_of_its_own(viewer: Viewer) -> None:
    for path in ("/", "/sample/0/000000-0000", "/stats/0", "/checks/0", "/compare?a=0&b=1"):
        page = viewer.ask(path).body.decode()
        for tag in re.findall(r"<script[^>]*>", page):
            assert 'src="/static/' in tag or 'type="application/json"' in tag, tag
        assert "<style" not in page
        assert not re.search(r"\s(style|on[a-z]+)=", page)
        for address in re.findall(r'(?:src|href)="([^"]*)"', page):
            assert address.startswith("/"), address


TOKEN = "t0ken-of_the-test"


@pytest.fixture(scope="module")
def guarded_viewer(small: Path) -> Viewer:
    return Viewer(Exhibit(small), hosts=["box.lan"], token=TOKEN)


@pytest.mark.parametrize(
    "path",
    ["/", "/api/datasets", "/img/0/000000-0000/thumb", "/static/api.js", "/?token=wrong",
     "/?token=", "/api/0/rows?token=t0ken-of_the-tes"],
)  # fmt: skip
def test_without_the_token_nothing_is_told(guarded_viewer: Viewer, path: str) -> None:
    answer = guarded_viewer.ask(path, headers={"Host": "box.lan:8765"})
    assert answer.status == 403
    assert "set-cookie" not in answer.headers
    guarded(answer.headers)


def test_the_address_that_was_printed_lets_in_and_is_taken_away(guarded_viewer: Viewer) -> None:
    path = f"/sample/0/000000-0000?level=a%20b&token={TOKEN}"
    answer = guarded_viewer.ask(path, headers={"Host": "10.0.0.7:8765"})
    assert answer.status == 303
    assert answer.headers["location"] == "/sample/0/000000-0000?level=a+b"
    crumb = answer.headers["set-cookie"]
    assert "HttpOnly" in crumb
    assert "SameSite=Strict" in crumb
    guarded(answer.headers)
    cookie = {"Host": "10.0.0.7:8765", "Cookie": f"other=1; {crumb.partition(';')[0]}"}
    assert guarded_viewer.ask("/api/datasets", headers=cookie).status == 200


def test_it_leads_to_no_other_host(guarded_viewer: Viewer) -> None:
    for path in ("//evil.example/", "/\\evil.example", "///evil.example"):
        answer = guarded_viewer.ask(f"{path}?token={TOKEN}", headers={"Host": "box.lan"})
        assert re.match(r"/(?![/\\])", answer.headers["location"])


def test_a_foreign_name_is_refused_even_with_the_token(guarded_viewer: Viewer) -> None:
    headers = {"Host": "evil.example", "Cookie": f"glyphdata-token={TOKEN}"}
    assert guarded_viewer.ask("/api/datasets", headers=headers).status == 421


@pytest.mark.parametrize("cookie", ["glyphdata-token=x", "glyphdata-token", ";;==", "\xff"])
def test_a_wrong_cookie_is_none(guarded_viewer: Viewer, cookie: str) -> None:
    headers = {"Host": "box.lan", "Cookie": cookie}
    assert guarded_viewer.ask("/api/datasets", headers=headers).status == 403
