"""Families from loopback registries into a user's store: from where, in which order, or why not."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from glyphdata.faces.catalogue import Catalogue
from glyphdata.faces.pull import wheels
from tests.faces.pull.conftest import Answer, Server, only, own, pulled
from tests.faces.pull.forging import OFL, font, sliced, tarball, variable, web, wheel, whole

Listed = Callable[..., None]


# --- from where ----------------------------------------------------------------------------------


def test_a_wheel_comes_through_pip_and_is_not_installed(
    home: Path, server: Server, listed: Listed
) -> None:
    listed("Alpha", pypi=True)
    server.offer("fontpkg-alpha", wheel("fontpkg-alpha", {"Alpha-Regular.ttf": font("Alpha")}))
    done = pulled()
    assert [one.package for one in done.came] == ["fontpkg-alpha"]
    (record,) = own(home)
    data = server.answers["/files/fontpkg_alpha-1.0-py3-none-any.whl"][0]
    assert isinstance(data, Answer)
    assert record["source"] == {
        "kind": "pypi",
        "package": "fontpkg-alpha",
        "version": "1.0",
        "member": "fontpkg_alpha/files/Alpha-Regular.ttf",
        "integrity": f"sha256={hashlib.sha256(data.body).hexdigest()}",
    }
    assert (record["license"], record["category"]) == ("OFL-1.1", "sans")


def test_whole_files_come_before_slices_and_are_not_merged(
    home: Path, server: Server, listed: Listed
) -> None:
    listed("Alpha")
    server.publish("@expo-google-fonts/alpha", whole("Alpha"), "0.4.1")
    server.publish("@fontsource/alpha", sliced("Alpha"))
    done = pulled()
    assert [one.package for one in done.came] == ["@expo-google-fonts/alpha"]
    (record,) = own(home)
    assert record["source"]["member"] == "400W/Alpha_400.ttf"  # type: ignore[index]
    assert str(record["source"]["integrity"]).startswith("sha512-")  # type: ignore[index]
    assert "merged" not in record
    assert "/@fontsource/alpha/latest" not in server.paths()


@pytest.mark.parametrize(
    ("version", "license"),
    [("0.2.3", OFL), ("0.4.1", None)],
    ids=["an old version", "no licence of the fonts"],
)
def test_whole_files_without_their_licence_give_way_to_slices(
    home: Path, server: Server, listed: Listed, version: str, license: bytes | None
) -> None:
    listed("Alpha")
    server.publish("@expo-google-fonts/alpha", whole("Alpha", license=license), version)
    server.publish("@fontsource/alpha", sliced("Alpha"))
    done = pulled()
    assert [one.package for one in done.came] == ["@fontsource/alpha"]
    (record,) = own(home)
    assert record["merged"] is True
    assert record["license"] == "OFL-1.1"
    face = Catalogue(home / "fonts" / "registry.jsonl")
    assert face.covering("Halläöü") >> int(str(record["id"])) & 1


def test_what_no_wheel_brings_comes_from_npm(home: Path, server: Server, listed: Listed) -> None:
    for name in ("Alpha", "Beta"):
        listed(name, pypi=True)
    server.offer("fontpkg-beta", wheel("fontpkg-beta", {"Beta.ttf": font("Beta")}))
    server.publish("@expo-google-fonts/alpha", whole("Alpha"), "0.4.1")
    done = pulled()
    came = {one.family.name: one.package for one in done.came}
    assert came == {"Alpha": "@expo-google-fonts/alpha", "Beta": "fontpkg-beta"}
    assert done.failed == ()


def test_one_source_may_be_asked_for_alone(home: Path, server: Server, listed: Listed) -> None:
    listed("Alpha", pypi=True)
    listed("Beta")
    server.publish("@expo-google-fonts/alpha", whole("Alpha"), "0.4.1")
    server.publish("@expo-google-fonts/beta", whole("Beta"), "0.4.1")
    done = pulled(origin="pypi")
    assert {one.family.name: one.reason for one in done.failed} == {
        "Alpha": "not-found",
        "Beta": "not-found",
    }
    assert all(path.startswith("/simple/") for path in server.paths())
    server.asked.clear()
    assert len(pulled(origin="npm").came) == 2
    assert not any(path.startswith("/simple/") for path in server.paths())


def test_an_index_that_nobody_answers_for_is_asked_once(
    home: Path, server: Server, listed: Listed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Alpha", "Beta"):
        listed(name, pypi=True)
    monkeypatch.setattr(wheels, "AT_ONCE", 1)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple/")
    monkeypatch.setenv("PIP_RETRIES", "1")
    assert {one.reason for one in pulled(origin="pypi").failed} == {"connection"}


def test_pips_own_words_are_handed_on(home: Path, server: Server, listed: Listed) -> None:
    listed("Alpha", pypi=True)
    server.offer("fontpkg-alpha", b"no wheel")
    failed = only(pulled(origin="pypi"))
    assert failed.reason == "pip"
    assert "fontpkg-alpha" in failed.message


def test_a_python_without_pip_is_told_of(
    home: Path, listed: Listed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    listed("Alpha", pypi=True)
    bare = tmp_path / "python"
    bare.write_text('#!/bin/sh\necho "$0: No module named pip" >&2; exit 1\n', "utf-8")
    bare.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(bare))
    assert only(pulled(origin="pypi")).reason == "no-pip"


def test_a_scope_of_its_own_has_its_own_registry_and_token(
    home: Path, server: Server, second: Server, listed: Listed, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed("Alpha")
    monkeypatch.setenv("SECRET", "s3cret")
    place = f"127.0.0.1:{second.server_port}"
    (home / ".npmrc").write_text(
        f"@fontsource:registry=http://{place}/\n//{place}/:_authToken=${{SECRET}}\n", "utf-8"
    )
    second.publish("@fontsource/alpha", sliced("Alpha"))
    assert [one.package for one in pulled().came] == ["@fontsource/alpha"]
    assert {token for _, token in second.asked} == {"Bearer s3cret"}
    assert server.asked == [("/@expo-google-fonts/alpha/latest", "")]


def test_variable_slices_are_set_at_each_weight(home: Path, server: Server, listed: Listed) -> None:
    listed("Alpha", weights="400 700")
    text = (home / "fonts" / "families.csv").read_text("utf-8")
    (home / "fonts" / "families.csv").write_text(text.replace("normal,,", "normal,wght,"), "utf-8")
    members = {
        "files/alpha-latin-wght-normal.woff2": web(variable("Alpha")),
        "LICENSE": OFL,
    }
    server.publish("@fontsource-variable/alpha", tarball(members))
    done = pulled()
    assert [one.package for one in done.came] == ["@fontsource-variable/alpha"]
    styles = {(record["style"], record["weight"], record["merged"]) for record in own(home)}
    assert styles == {("Regular", 400, True), ("Bold", 700, True)}


# --- what is asked for ---------------------------------------------------------------------------


def test_of_static_files_the_nearest_weights_come(
    home: Path, server: Server, listed: Listed
) -> None:
    listed("Alpha", weights="300 400 800")
    listed("Beta", weights="300")
    server.publish("@expo-google-fonts/alpha", whole("Alpha", (300, 400, 800)), "0.4.1")
    server.publish("@fontsource/beta", sliced("Beta", (300,)))
    pulled(weights=(400, 700))
    weights = {(record["family"], record["weight"]) for record in own(home)}
    assert weights == {("Alpha", 400), ("Alpha", 800), ("Beta", 300)}


def test_a_family_that_is_here_is_not_asked_for(home: Path, server: Server, listed: Listed) -> None:
    listed("Alpha", weights="400 700")
    listed("Roboto", pypi=True)  # the release has it, and it is installed
    server.publish("@expo-google-fonts/alpha", whole("Alpha", (400, 700)), "0.4.1")
    pulled(weights=(400,))
    server.asked.clear()
    again = pulled(weights=(400,))
    assert [family.name for family in again.held] == ["Alpha", "Roboto"]
    assert (again.came, again.taken, server.asked) == ((), None, [])
    more = pulled(weights=(400, 700))
    assert [one.family.name for one in more.came] == ["Alpha"]
    assert more.taken is not None
    assert [face.weight for face in more.taken.added] == [700]
    assert server.asked == []  # out of the cache


def test_a_limit_leaves_out_what_comes_after_it(home: Path, server: Server, listed: Listed) -> None:
    sizes = {}
    for name in ("Alpha", "Beta", "Gamma"):
        listed(name)
        data = whole(name)
        sizes[name] = len(data)
        server.publish(f"@expo-google-fonts/{name.lower()}", data, "0.4.1")
    done = pulled(limit=sizes["Alpha"] + sizes["Beta"] - 1, jobs=1)
    assert [one.family.name for one in done.came] == ["Alpha"]
    assert {one.family.name: one.reason for one in done.failed} == {
        "Beta": "over-limit",
        "Gamma": "over-limit",
    }
    assert len(pulled(limit=sizes["Beta"] + sizes["Gamma"]).came) == 2


def test_a_limit_holds_for_wheels_too(home: Path, server: Server, listed: Listed) -> None:
    for name in ("Alpha", "Beta"):
        listed(name, pypi=True)
        package = f"fontpkg-{name.lower()}"
        server.offer(package, wheel(package, {f"{name}.ttf": font(name)}))
    done = pulled(limit=10)
    assert [one.reason for one in done.failed] == ["over-limit", "over-limit"]
    assert not any("@" in path for path in server.paths())
