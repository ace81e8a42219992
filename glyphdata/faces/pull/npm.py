"""Packages of an npm registry: the latest release, and its tarball, verified."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha512
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, urlsplit

import orjson

from glyphdata.faces.pull.fault import Unfetched
from glyphdata.faces.pull.npmrc import Npm
from glyphdata.faces.pull.web import Client

_LARGEST_DOCUMENT = 4 << 20
_LARGEST_TARBALL = 256 << 20
_VERSION = re.compile(r"\d+\.\d+\.\d+[0-9A-Za-z.+-]{0,64}")


@dataclass(frozen=True, slots=True)
class Release:
    """One version of a package: where its tarball is, and the sha512 that was promised of it."""

    package: str
    version: str
    tarball: str
    sha512: bytes

    @property
    def numbers(self) -> tuple[int, ...]:
        """Its version for comparing: (major, minor, patch)."""
        return tuple(int(part) for part in re.findall(r"\d+", self.version)[:3])


class Registry:
    """The registries of the user's npm configuration, one for each scope."""

    def __init__(self, npm: Npm, client: Client) -> None:
        self._npm = npm
        self._client = client

    def latest(self, package: str) -> Release:
        """The latest release of a package.

        `Unfetched` with the reason `not-found`, `json` (what came is no package's description),
        `no-integrity` (no sha512 is promised), or one of `Client.get`.
        """
        registry = self._npm.registry(package)
        url = f"{registry}{quote(package, safe='@')}/latest"
        text = BytesIO()
        credential = self._npm.credential(url, registry)
        self._client.get(url, text, limit=_LARGEST_DOCUMENT, authorization=credential)
        try:
            said = orjson.loads(text.getvalue())
            version, dist = said["version"], said["dist"]
            if said["name"] != package or not _VERSION.fullmatch(version):
                raise ValueError
            tarball = _same_host(dist["tarball"], registry)
            return Release(package, version, tarball, _promised(dist))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Unfetched(
                "json", "the registry's answer describes no such package", hint="check the registry"
            ) from None

    def fetch(self, release: Release, into: Path) -> None:
        """Write a release's tarball to a file; `Unfetched` (`integrity`) where it is another's."""
        registry = self._npm.registry(release.package)
        credential = self._npm.credential(release.tarball, registry)
        with into.open("w+b") as file:
            self._client.get(
                release.tarball, file, limit=_LARGEST_TARBALL, authorization=credential
            )
            file.seek(0)
            digest = sha512()
            while chunk := file.read(1 << 20):
                digest.update(chunk)
        if digest.digest() != release.sha512:
            into.unlink()
            raise Unfetched(
                "integrity",
                "its tarball has not the sha512 that the registry promises",
                hint="do not use it; try another registry",
            )


def _promised(dist: Mapping[str, object]) -> bytes:
    """The sha512 of a list of digests as npm writes them (W3C Subresource Integrity)."""
    for one in str(dist.get("integrity", "")).split():
        kind, _, value = one.partition("-")
        if kind == "sha512":
            try:
                digest = base64.b64decode(value.partition("?")[0], validate=True)
            except binascii.Error:
                break
            if len(digest) == 64:
                return digest
    raise Unfetched("no-integrity", "the registry promises no sha512 of it", hint="leave it out")


def _same_host(tarball: str, registry: str) -> str:
    """A tarball's address; old ones of a secure registry still say http, and mean https."""
    here, there = urlsplit(registry), urlsplit(tarball)
    if there.scheme == "http" and there.netloc == here.netloc:
        return there._replace(scheme=here.scheme).geturl()
    if there.scheme == "http" and here.scheme == "https":
        raise Unfetched("plain-http", "its tarball is not at an https address", hint="leave it out")
    return tarball
