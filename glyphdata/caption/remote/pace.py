"""When a server is asked again, and when no more."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from glyphdata.scene.rng import Rng

LONGEST_S = 30.0
"""The longest wait before another try that a server did not ask for itself."""

LONGEST_ASKED_S = 300.0
"""The longest wait that a server can ask for (`Retry-After`); beyond, the caption is given up."""


def wait_s(rng: Rng, attempt: int, first_s: float) -> float:
    """Seconds to wait after try `attempt` (from 0): doubling, with half of it drawn from `rng`, so
    that a server that comes back is not met by all at once."""
    whole = min(LONGEST_S, first_s * 2.0 ** min(attempt, 32))
    return whole * (0.5 + 0.5 * rng.at("wait", attempt).random())


def asked_s(retry_after: str | None, now: datetime | None = None) -> float:
    """The seconds of a `Retry-After` header: a number, or a date (RFC 9110, 10.2.3); 0 for none."""
    if not retry_after:
        return 0.0
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            date = parsedate_to_datetime(retry_after)
        except ValueError:
            return 0.0
        if date.tzinfo is None:
            date = date.replace(tzinfo=UTC)
        seconds = (date - (now or datetime.now(UTC))).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else 0.0


class Breaker:
    """Counts captions given up in a row; at `most` it is open, and stays so."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.last = ""
        self._row = 0

    @property
    def is_open(self) -> bool:
        """Is nobody to be asked any more?"""
        return self._row >= self.most

    def good(self) -> None:
        """The server answered; faults that were spread out are no reason to stop."""
        if not self.is_open:
            self._row = 0

    def bad(self, message: str) -> None:
        """A caption was given up for a reason that is the server's."""
        self._row += 1
        self.last = message
