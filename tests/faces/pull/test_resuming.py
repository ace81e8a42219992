"""A pull that was stopped and asked for again ends where a quiet one does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from glyphdata.faces.pull.families import families
from glyphdata.faces.pull.order import Came, Failed, Order
from glyphdata.faces.pull.pulling import pull
from tests.faces.pull.conftest import QUICK, Server, pulled
from tests.faces.pull.forging import font, sliced, wheel, whole

Listed = Callable[..., None]


def _many(server: Server, listed: Listed) -> None:
    for number in range(6):
        name = f"Family {'ABCDEF'[number]}"
        slug = name.lower().replace(" ", "-")
        listed(name, pypi=number % 3 == 0)
        files = {f"{name}.ttf": font(name)}
        server.offer(f"fontpkg-{slug}", wheel(f"fontpkg-{slug}", files))
        if number % 2:
            server.publish(f"@expo-google-fonts/{slug}", whole(name), "0.4.1")
        server.publish(f"@fontsource/{slug}", sliced(name))


def test_a_pull_that_was_killed_goes_on_and_gives_the_same_tokens(
    home: Path, server: Server, listed: Listed, monkeypatch: pytest.MonkeyPatch
) -> None:
    _many(server, listed)
    quiet = pulled()
    assert (len(quiet.came), quiet.failed) == (6, ())
    expected = (home / "fonts" / "registry.jsonl").read_bytes()

    monkeypatch.setenv("GLYPHDATA_FONTS", str(home / "again"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "fresh"))
    (home / "again").mkdir()
    (home / "again" / "families.csv").write_bytes((home / "fonts" / "families.csv").read_bytes())
    seen = 0

    def killed(_: Came | Failed) -> None:
        nonlocal seen
        seen += 1
        if seen == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pull(Order(families(), patience=QUICK, jobs=1), killed)
    assert not (home / "again" / "registry.jsonl").exists()
    assert not list((home / "fresh").rglob(".draft-*"))
    before = {path for path in server.paths() if path.endswith((".tgz", ".whl"))}
    server.asked.clear()
    pulled(jobs=3)
    assert (home / "again" / "registry.jsonl").read_bytes() == expected
    assert 0 < len([path for path in server.paths() if path.endswith(".tgz")]) < len(before)
    assert not [path for path in server.paths() if path.endswith(".whl")]


def test_an_archive_that_changed_in_the_cache_is_fetched_again(
    home: Path, server: Server, listed: Listed, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed("Alpha")
    server.publish("@expo-google-fonts/alpha", whole("Alpha"), "0.4.1")
    pulled()
    (kept,) = (home / "cache").rglob("0.4.1=*")
    kept.write_bytes(b"changed")
    monkeypatch.setenv("GLYPHDATA_FONTS", str(home / "again"))
    (home / "again").mkdir()
    (home / "again" / "families.csv").write_bytes((home / "fonts" / "families.csv").read_bytes())
    server.asked.clear()
    assert len(pulled().came) == 1
    assert "/@expo-google-fonts/alpha/-/0.4.1.tgz" in server.paths()
