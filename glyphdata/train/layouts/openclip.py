"""One checkpoint as Glyph-ByT5's own training writes it: what BizGen and Ming load.

The text tower alone, under `module.text_tower.encoder.`: readers that put `encoder.` before every
other key fail on those of a vision tower or a head.
"""

from __future__ import annotations

from pathlib import Path

from glyphdata.train.layouts.folder import write_pickle
from glyphdata.train.layouts.stack import check_rows, stack_state
from glyphdata.train.layouts.trained import Trained

PREFIX = "module.text_tower.encoder."
FILE = "base.pt"


def export(trained: Trained, folder: Path, dtype: str) -> tuple[str, ...]:
    """Write `base.pt`: epoch, name and state_dict; `InputError` unless it has 1510 rows."""
    model = trained.tower("openclip")
    remarks = check_rows(model, "BizGen")
    state = {PREFIX + name: weight for name, weight in stack_state(model, dtype).items()}
    settings = trained.encoder.settings
    write_pickle({"epoch": 0, "name": settings.name, "state_dict": state}, folder / FILE)
    return remarks
