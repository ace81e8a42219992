"""The npm configuration, read as npm reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from glyphdata.errors import InputError
from glyphdata.faces.pull.fault import Unfetched
from glyphdata.faces.pull.npmrc import Npm, read

HERE = "https://one.test/npm/"


def configured(tmp_path: Path, user: str = "", project: str = "", **environment: str) -> Npm:
    home, work = tmp_path / "home", tmp_path / "work" / "deep"
    home.mkdir()
    work.mkdir(parents=True)
    (home / ".npmrc").write_text(user, "utf-8")
    (work.parent / ".npmrc").write_text(project, "utf-8")
    (work.parent / "package.json").write_text("{}", "utf-8")
    return read({"HOME": str(home), **environment}, work)


def test_the_environment_outweighs_the_project_and_that_the_user(tmp_path: Path) -> None:
    user = "registry=https://user.test/\ncafile=/user.pem\n@a:registry=https://a.test/"
    npm = configured(tmp_path, user, "registry = https://project.test/x")
    assert npm.registry("lobster") == "https://project.test/x/"
    assert npm.registry("@a/lobster") == "https://a.test/"
    assert npm.registry("@b/lobster") == "https://project.test/x/"
    assert npm.cafile == "/user.pem"


def test_variables_of_the_environment_are_settings_in_any_case(tmp_path: Path) -> None:
    npm = configured(
        tmp_path,
        "registry=https://user.test/",
        npm_config_registry="https://env.test/",
        NPM_CONFIG_HTTPS_PROXY="http://proxy.test:3128",
    )
    assert npm.registry("lobster") == "https://env.test/"
    assert npm.proxy("one.test") == "http://proxy.test:3128"


def test_another_user_file_may_be_named(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("registry=https://other.test/", "utf-8")
    npm = configured(tmp_path, "registry=https://user.test/", npm_config_userconfig=str(other))
    assert npm.registry("lobster") == "https://other.test/"


def test_variables_are_put_in_and_comments_left_out(tmp_path: Path) -> None:
    user = """
; a comment = 1
# another = 2
[section]
registry = "${PLACE}"
//one.test/npm/:_authToken=${TOKEN}
//two.test/:_authToken=${UNSET}
//three.test/:_authToken=x${UNSET?}
"""
    npm = configured(tmp_path, user, PLACE=HERE, TOKEN="s3cret")
    assert npm.registry("lobster") == HERE
    assert npm.credential(f"{HERE}lobster/latest", HERE) == "Bearer s3cret"
    assert npm.credential("https://two.test/a", HERE) == "Bearer ${UNSET}"
    assert npm.credential("https://three.test/a", HERE) == "Bearer x"


def test_a_token_goes_below_its_path_and_to_its_registrys_host(tmp_path: Path) -> None:
    npm = configured(tmp_path, "//one.test/npm/:_authToken=t\n//two.test/:_auth=dTpw")
    assert npm.credential("https://one.test/npm/a/b", HERE) == "Bearer t"
    assert npm.credential("https://one.test/files/a.tgz", HERE) == "Bearer t"
    assert npm.credential("https://two.test/files/a.tgz", HERE) == "Basic dTpw"
    assert npm.credential("https://one.test/files/a.tgz", "https://three.test/") == ""
    assert npm.credential("https://one.test.evil.test/npm/a", HERE) == ""
    assert npm.credential("https://one.test:8443/npm/a", HERE) == ""


def test_a_configuration_shows_no_credential(tmp_path: Path) -> None:
    npm = configured(tmp_path, "//one.test/:_authToken=s3cret", SECRET="s3cret")
    assert "s3cret" not in repr(npm)


def test_hosts_that_a_proxy_is_not_for_are_reached_directly(tmp_path: Path) -> None:
    npm = configured(
        tmp_path,
        "proxy=http://own.test:1\nnoproxy=inner.test, .corp.test",
        https_proxy="http://inherited.test:2",
    )
    assert npm.proxy("one.test") == "http://own.test:1"
    assert npm.proxy("inner.test") == ""
    assert npm.proxy("a.corp.test") == ""
    assert npm.proxy("notinner.test") == "http://own.test:1"


def test_the_proxy_of_the_environment_is_the_fallback(tmp_path: Path) -> None:
    npm = configured(tmp_path, HTTPS_PROXY="http://a.test:2", no_proxy="*")
    assert npm.proxy("one.test") == ""
    assert Npm({}, {"HTTPS_PROXY": "http://a.test:2"}).proxy("one.test") == "http://a.test:2"


def test_without_a_configuration_and_npm_the_way_out_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unfetched, match="set npm_config_registry") as raised:
        configured(tmp_path).registry("lobster")
    assert raised.value.reason == "no-registry"


def test_without_a_configuration_an_installed_npm_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text('#!/bin/sh\ntest "$*" = "config get registry" && echo https://own.test/\n')
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{npm.parent}:/usr/bin:/bin")
    assert configured(tmp_path).registry("lobster") == "https://own.test/"


def test_a_file_that_is_no_text_is_told_of_by_name(tmp_path: Path) -> None:
    (tmp_path / ".npmrc").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match=r"\.npmrc cannot be read"):
        read({"HOME": str(tmp_path)}, tmp_path)
