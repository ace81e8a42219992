"""What does not come, and that it costs nothing else."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faces.pull.conftest import Answer, Server, only, pulled
from tests.faces.pull.forging import OFL, font, sliced, tarball, wheel, whole
from tests.faces.pull.test_woff import bomb

Listed = Callable[..., None]


def _escape() -> bytes:
    return tarball({"a.ttf": font(), "LICENSE_FONT": OFL}, tarfile.TarInfo("../../evil.ttf"))


def _link() -> bytes:
    entry = tarfile.TarInfo("package/b.ttf")
    entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return tarball({"a.ttf": font(), "LICENSE_FONT": OFL}, entry)


@pytest.mark.parametrize(
    ("data", "reason"), [(_escape(), "path-escape"), (_link(), "link"), (b"x", "not-an-archive")]
)
def test_a_tarball_that_is_not_to_be_trusted_stops_its_family(
    home: Path, server: Server, listed: Listed, data: bytes, reason: str
) -> None:
    listed("Alpha")
    server.publish("@expo-google-fonts/alpha", data, "0.4.1")
    server.publish("@fontsource/alpha", sliced("Alpha"))
    failed = only(pulled())
    assert failed.reason == reason
    assert failed.message.startswith("@expo-google-fonts/alpha › ")
    assert "/@fontsource/alpha/latest" not in server.paths()
    assert not list(home.parent.glob("**/evil.ttf"))


def test_a_tarball_of_another_digest_is_not_opened(
    home: Path, server: Server, listed: Listed
) -> None:
    listed("Alpha")
    server.publish("@expo-google-fonts/alpha", whole("Alpha"), "0.4.1")
    server.say("/@expo-google-fonts/alpha/-/0.4.1.tgz", Answer(whole("Alpha", (700,))))
    assert only(pulled()).reason == "integrity"
    assert not [path for path in (home / "cache").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"<html>", "json"),
        (b"[]", "json"),
        (b'{"name": "other", "version": "1.0.0", "dist": {}}', "json"),
        (b'{"name": "@expo-google-fonts/alpha", "version": "../../x", "dist": {}}', "json"),
        (b'{"name": "@expo-google-fonts/alpha", "version": "1.0.0", "dist": null}', "json"),
    ],
)
def test_garbage_from_a_registry_is_told_of(
    home: Path, server: Server, listed: Listed, document: bytes, reason: str
) -> None:
    listed("Alpha")
    server.say("/@expo-google-fonts/alpha/latest", Answer(document))
    assert only(pulled()).reason == reason


@pytest.mark.parametrize("promise", ["", "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "sha512-!", 7])
def test_a_release_without_a_sound_promise_is_passed_over(
    home: Path, server: Server, listed: Listed, promise: object
) -> None:
    listed("Alpha")
    server.publish("@expo-google-fonts/alpha", whole("Alpha"), "0.4.1", integrity=promise)
    assert only(pulled()).reason == "no-integrity"
    assert "/@fontsource/alpha/latest" in server.paths()
    assert "/@expo-google-fonts/alpha/-/0.4.1.tgz" not in server.paths()


def test_a_tarball_elsewhere_by_plain_http_is_not_fetched(
    home: Path, server: Server, listed: Listed
) -> None:
    listed("Alpha")
    place = "http://registry.test/a.tgz"
    server.publish("@expo-google-fonts/alpha", whole("Alpha"), "0.4.1", tarball=place)
    assert only(pulled()).reason == "plain-http"


def test_a_web_font_that_swells_is_not_unpacked(home: Path, server: Server, listed: Listed) -> None:
    listed("Alpha")
    swelling = {"files/alpha-latin-400-normal.woff2": bomb(stated=200_000_000, real=1000)}
    server.publish("@fontsource/alpha", tarball(swelling | {"LICENSE": OFL}))
    failed = only(pulled())
    assert failed.reason == "merge"
    assert "times its size" in failed.message


def test_a_face_of_too_many_slices_is_left_to_whole_files(
    home: Path, server: Server, listed: Listed
) -> None:
    listed("Alpha")
    slices = {f"files/alpha-[{n}]-400-normal.woff2": b"" for n in range(41)}
    server.publish("@fontsource/alpha", tarball(slices))
    assert only(pulled()).reason == "slices"


def test_fonts_without_any_licence_are_the_stores_to_refuse(
    home: Path, server: Server, listed: Listed
) -> None:
    listed("Alpha")
    server.publish("@fontsource/alpha", sliced("Alpha", license=None))
    done = pulled()
    assert only(done).reason == "no-license"
    assert done.taken is not None
    assert [refusal.code for refusal in done.taken.refused] == ["no-license"]


def test_a_broken_font_among_sound_ones_costs_itself_alone(
    home: Path, server: Server, listed: Listed
) -> None:
    listed("Alpha", pypi=True)
    files = {"A-Regular.ttf": font("Alpha"), "A-Bold.ttf": font("Alpha", 700)[:3000]}
    server.offer("fontpkg-alpha", wheel("fontpkg-alpha", files))
    done = pulled()
    assert [one.family.name for one in done.came] == ["Alpha"]
    assert done.taken is not None
    assert [face.weight for face in done.taken.added] == [400]
    assert [refusal.code for refusal in done.taken.refused] == ["unreadable"]
