"""The viewer's server: an address of this machine, and what is answered there until it is told."""

from __future__ import annotations

import ipaddress
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

import uvicorn

from glyphdata.errors import OutputError
from glyphdata.review.view.app import application
from glyphdata.review.view.exhibit import Exhibit
from glyphdata.review.view.guard import LOCAL

_GRACE_S = 1


@dataclass(frozen=True, slots=True)
class Stand:
    """A place where the viewer can be asked: a socket that listens, and the address to open.

    `token` is empty on this machine's own addresses; elsewhere who does not have it is refused.
    """

    listener: socket.socket
    host: str
    url: str
    token: str

    @classmethod
    def at(cls, host: str, port: int) -> Stand:
        """Listen at a host and port, 0 for any free one; `OutputError` where that cannot be."""
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            listener = socket.socket(family, kind, protocol)  # or answers wait for acknowledgements
        except (OSError, UnicodeError) as fault:
            raise OutputError(f"there is no host {host!r}: {fault}", hint=_HINT) from None
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(128)
        except OSError as fault:
            listener.close()
            raise OutputError(
                f"cannot listen at {host} port {port}: {fault.strerror}", hint=_HINT
            ) from None
        bound, free = listener.getsockname()[:2]
        token = "" if ipaddress.ip_address(bound.partition("%")[0]).is_loopback else _token()
        shown = f"[{host}]" if ":" in host else quote(host)
        url = f"http://{shown}:{free}/" + (f"?token={token}" if token else "")
        return cls(listener, host, url, token)

    def serve(self, exhibits: Sequence[Exhibit]) -> None:
        """Answer until a signal comes, which is passed on."""
        hosts = {*LOCAL, self.host.lower()}
        if self.token:
            hosts |= {socket.gethostname().lower(), socket.getfqdn().lower()}
        settings = uvicorn.Config(
            application(exhibits, hosts, self.token),
            access_log=False,
            log_config=None,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=_GRACE_S,
        )
        uvicorn.Server(settings).run(sockets=[self.listener])


_HINT = "choose another with --host and --port; --port 0 takes any that is free"


def _token() -> str:
    return secrets.token_urlsafe(24)
