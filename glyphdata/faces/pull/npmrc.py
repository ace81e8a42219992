"""The user's npm configuration: which registry to ask, as whom, through what, trusting whom.

Only what fetching a public or a private package needs is read; credentials stay in this value and
in the one header that carries them, and are never part of a message.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from glyphdata.errors import InputError
from glyphdata.faces.pull.fault import Unfetched

_PREFIX = "npm_config_"
_VARIABLE = re.compile(r"(?<!\\)\$\{([^${}?]+)(\??)\}")


@dataclass(frozen=True, slots=True)
class Npm:
    """The settings in force, by their npm names; `environment` is where variables come from."""

    settings: Mapping[str, str] = field(repr=False)
    environment: Mapping[str, str] = field(repr=False)

    def registry(self, package: str) -> str:
        """The registry of a package, by its scope or else the common one; ends in a slash.

        `Unfetched` (`no-registry`) where none is configured and no npm is installed to be asked.
        """
        scope = package.partition("/")[0] if package.startswith("@") else ""
        address = self.settings.get(f"{scope}:registry") or self.settings.get("registry")
        address = address or _asked_of_npm()
        if not address:
            raise Unfetched(
                "no-registry",
                "no npm registry is configured, and npm is not installed to tell its own",
                hint="set npm_config_registry, or write `registry=` in ~/.npmrc",
            )
        return address.rstrip("/") + "/"

    def credential(self, url: str, registry: str) -> str:
        """The `Authorization` header for an address; "" where none is meant for it.

        A credential belongs to a host and a path (`//host/path/:_authToken`) and to what lies
        below; one of the registry goes for that host's tarballs too, wherever they lie on it.
        """
        found = self._below(url)
        if not found and urlsplit(url).netloc == urlsplit(registry).netloc:
            found = self._below(registry)
        return found

    def _below(self, url: str) -> str:
        parts = urlsplit(url)
        path = parts.path
        while True:
            key = f"//{parts.netloc}{path.rstrip('/')}/"
            if token := self.settings.get(f"{key}:_authToken"):
                return f"Bearer {token}"
            if basic := self.settings.get(f"{key}:_auth"):
                return f"Basic {basic}"
            if not path.strip("/"):
                return ""
            path = path.rstrip("/").rpartition("/")[0]

    @property
    def cafile(self) -> str:
        """A file of certificates to trust in place of the system's; "" for the system's."""
        return self.settings.get("cafile", "")

    def proxy(self, host: str) -> str:
        """The proxy through which a host is reached by https; "" where it is reached directly."""
        names = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY")
        inherited = (self.environment.get(name, "") for name in names)
        own = self.settings.get("https-proxy") or self.settings.get("proxy")
        address = own or next(filter(None, inherited), "")
        spared = self.settings.get("noproxy") or self.environment.get(
            "no_proxy", self.environment.get("NO_PROXY", "")
        )
        if address in ("", "null", "false") or _spared(host, spared):
            return ""
        return address


def read(environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Npm:
    """The configuration that npm would have in `folder` (by default the working one).

    The environment outweighs the project's `.npmrc`, which outweighs the user's, then the global
    one (where `npm_config_globalconfig` names it). `${NAME}` stands for a variable.
    """
    env = dict(os.environ) if environment is None else dict(environment)
    given = dict(_from_environment(env))
    own = given.get("userconfig", "")
    files = [Path(given["globalconfig"])] if "globalconfig" in given else []
    files.append(Path(own) if own else Path(env.get("HOME") or Path.home()) / ".npmrc")
    files.append(_project(folder or Path.cwd()) / ".npmrc")
    settings: dict[str, str] = {}
    for file in files:
        settings.update(_from_file(file, env))
    return Npm({**settings, **given}, env)


def _from_environment(env: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in env.items():
        if not name.lower().startswith(_PREFIX) or not value:
            continue
        key = name[len(_PREFIX) :]
        if not key.startswith(("//", "@")):
            key = key.lower()
            key = key[:1] + key[1:].replace("_", "-")
        yield key, _expanded(value, env)


def _from_file(path: Path, env: Mapping[str, str]) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError(f"{path} cannot be read", hint="check what npm reads there") from fault
    found: dict[str, str] = {}
    for line in lines:
        key, sign, value = line.partition("=")
        key, value = key.strip(), value.strip()
        if sign and key and key[0] not in "#;[":
            if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
                value = value[1:-1]
            found[_expanded(key, env)] = _expanded(value, env)
    return found


def _expanded(text: str, env: Mapping[str, str]) -> str:
    """With every `${NAME}` replaced; one that is not set stays, `${NAME?}` becomes empty."""
    return _VARIABLE.sub(lambda m: env.get(m[1], "" if m[2] else m[0]), text)


def _project(folder: Path) -> Path:
    """The nearest folder upwards that npm takes for a project; else the folder itself."""
    for one in (folder, *folder.parents):
        if (one / "package.json").is_file() or (one / "node_modules").is_dir():
            return one
    return folder


def _spared(host: str, spared: str) -> bool:
    names = [name.strip().lstrip("*").lstrip(".").lower() for name in spared.split(",")]
    return spared.strip() == "*" or any(
        host == name or host.endswith(f".{name}") for name in names if name
    )


def _asked_of_npm() -> str:
    """The registry that an installed npm goes to by itself; "" where there is no npm."""
    npm = shutil.which("npm")
    if npm is None:
        return ""
    try:
        told = subprocess.run(
            [npm, "config", "get", "registry"],
            capture_output=True,
            check=False,
            timeout=30,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    address = told.stdout.decode("utf-8", "replace").strip()
    return address if address.startswith("https://") else ""


def basic(user: str, password: str) -> str:
    """A header of HTTP basic authentication (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
