"""The viewer as its users start it, and what went wrong in its pages."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Dialog, Page, Request


@dataclass
class Watch:
    """What went wrong in a page."""

    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    foreseen: tuple[str, ...] = ()
    hosts: set[str] = field(default_factory=set)

    def over(self, page: Page) -> None:
        page.on("dialog", self._dialog)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._said)
        page.on("request", self._request)

    def unharmed(self) -> None:
        """Nothing went wrong: no error, no dialog, and nobody else was asked."""
        assert self.errors == []
        assert self.dialogs == []
        assert self.hosts <= {"127.0.0.1"}

    def _said(self, said: ConsoleMessage) -> None:
        if said.type == "error" and not any(one in said.text for one in self.foreseen):
            self.errors.append(said.text)

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob"):
            self.hosts.add(url.hostname or url.scheme)


def visit(page: Page, address: str) -> None:
    """Go to another view of the open page as the back button does, without loading it anew."""
    page.evaluate(
        """address => {
          localStorage.clear();
          history.pushState(null, "", address);
          dispatchEvent(new PopStateEvent("popstate"));
        }""",
        address,
    )


@contextmanager
def viewed(*said: object) -> Iterator[str]:
    """The address at which `glyphdata view` serves these datasets, as a user would start it."""
    command = [sys.executable, "-m", "glyphdata", "view", *map(str, said), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip().rstrip("/")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(10)
