"""When to give a run up: a server that is gone will fail a million samples one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from glyphdata.errors import InputError

IN_A_ROW = 20
"""So many faults in a row that may pass, and nothing else, mean that the captioner is gone."""

HOPELESS = 200
"""So many captions of which not one could be made mean that none will be."""


@dataclass(slots=True)
class Breaker:
    """Hears of every caption asked of a captioner, in order."""

    row: int = 0
    asked: int = 0
    made: int = 0

    def hear(self, passing: Sequence[bool], made: int) -> None:
        """What came of a batch: per request whether a fault came that may pass; captions made."""
        for one in passing:
            self.row = self.row + 1 if one else 0
        self.asked += len(passing)
        self.made += made

    def hopeless(self, last: str) -> InputError | None:
        """Why there is no sense in going on, if so; `last` is what was wrong last."""
        way_out = "once it is mended run the same command again: what is done is kept"
        if self.row >= IN_A_ROW:
            return InputError(
                f"the captioner failed {self.row} times in a row: {last}", hint=way_out
            )
        if self.asked >= HOPELESS and not self.made:
            return InputError(f"none of {self.asked} captions could be made: {last}", hint=way_out)
        return None
