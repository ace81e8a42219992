"""Where a server is, and the key to it: named here, held by the environment alone."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from glyphdata.errors import InputError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEY = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Address:
    """A server's address up to its version (`http://127.0.0.1:8000/v1`), and the name of the
    environment variable that holds its key, empty for none."""

    base_url: str
    key_env: str = ""

    @property
    def completions(self) -> str:
        """Where chat requests go."""
        return self.base_url.rstrip("/") + "/chat/completions"

    @property
    def is_loopback(self) -> bool:
        """Is the server on this machine?"""
        host = urlsplit(self.base_url).hostname or ""
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")

    def tested(self) -> None:
        """`InputError` where the address is none, or holds what belongs to `key_env`.

        It is not repeated in the message: a key may stand in it.
        """
        parts = _split(self.base_url)
        if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
            raise InputError(
                "is no address of a server", hint="such as http://127.0.0.1:8000/v1"
            ).inside("base_url")
        if parts.username is not None or parts.password is not None:
            raise InputError(
                "holds a user or password", hint="name the variable of a key in key_env"
            ).inside("base_url")
        if parts.query or parts.fragment:
            raise InputError("goes on after its path", hint="leave out what follows ? or #").inside(
                "base_url"
            )

    def secret(self) -> str:
        """The key, empty where none is named; `InputError` where the variable holds none.

        What stands in `key_env` is never repeated either: it may be the key itself, by mistake.
        """
        if not self.key_env:
            return ""
        if _NAME.fullmatch(self.key_env) is None:
            raise InputError(
                "is no name of an environment variable",
                hint="key_env takes the variable's name, such as OPENAI_API_KEY, not the key",
            ).inside("key_env")
        key = os.environ.get(self.key_env, "").strip()
        if not key:
            raise InputError(
                "the environment variable that it names is not set", hint="export it first"
            ).inside("key_env")
        if _KEY.fullmatch(key) is None:
            raise InputError(
                "the variable holds spaces or letters that no key has", hint="export it anew"
            ).inside("key_env")
        return key


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - a port that is none raises here, not in the middle of a run
    except ValueError:
        return None
    return None if re.search(r"\s", url) else parts
