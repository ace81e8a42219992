"""Does any text shout?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from glyphdata.review.evidence import Check, Finding, StoredSample


@dataclass(slots=True)
class Loud(Check):
    """No text of four letters and more is all capitals."""

    code: ClassVar[str] = "loud-text"

    def of_sample(self, sample: StoredSample) -> Iterator[Finding]:
        """Each text that shouts; asked of every sample by `verify --deep`."""
        for text in sample.texts or ():
            said = text.decode("utf-8", "replace")
            if len(said) > 3 and said.isupper():
                yield self.found(sample.key, f"{said!r} shouts")
