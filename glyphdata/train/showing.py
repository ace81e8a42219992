"""Pages of samples: what an encoder reads out of a few pictures, as training goes on.

The same boxes every time, of texts that are never trained on where there are such, so that pages
can be laid side by side.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Self

import torch

from glyphdata.shards.durable import write_file
from glyphdata.train.batch import Batch
from glyphdata.train.evaluate.crops import Crops
from glyphdata.train.evaluate.page import marked
from glyphdata.train.model import Encoder
from glyphdata.train.rows import first_boxes

SHOWN = 32
"""Boxes on a page."""

_BOXES = 256
"""Boxes whose texts are compared."""

_NEAREST = 5


@dataclass(frozen=True, slots=True)
class Showing:
    """Writes pages into `folder` about the boxes of one batch, which has facts."""

    encoder: Encoder
    batch: Batch
    folder: Path
    crops: Crops

    @classmethod
    def of(cls, encoder: Encoder, batch: Batch, folder: Path) -> Self:
        """Pages about the first boxes of a batch that says its facts."""
        some = first_boxes(batch, _BOXES)
        crops = Crops(encoder.settings.region.kind == "strip")
        crops.keep(some, list(range(min(SHOWN, len(some)))))
        return cls(encoder, some.to(encoder.device), folder, crops)

    def page(self, step: int) -> Path:
        """Write the page of a step, RUN/samples/00000500.html; the encoder stays as it is."""
        place = self.folder / f"{step:08d}.html"
        cards = "".join(self._cards()) or "<p>There is no box to be shown.</p>"
        title = escape(f"{self.encoder.settings.name}, step {step}")
        write_file(self.folder, place, _PAGE.format(title=title, cards=cards).encode())
        return place

    def _cards(self) -> Iterator[str]:
        if not len(self.batch):
            return
        was = self.encoder.training
        self.encoder.eval()
        with torch.no_grad():
            seen, read = self.encoder.see(self.batch), self.encoder.read(self.batch).vectors
        self.encoder.train(was)
        cosines = (seen @ read.T).cpu()
        # One column for each different text: boxes that say the same are one answer.
        first = {text: at for at, text in reversed([*enumerate(self._said())])}
        columns = sorted(first.values())
        for box in range(len(self.crops)):
            yield self._card(box, cosines[box, columns].tolist(), columns)

    def _card(self, box: int, scores: list[float], columns: list[int]) -> str:
        said = self._said()
        order = sorted(range(len(columns)), key=lambda at: (-scores[at], columns[at]))
        names = [said[columns[at]] for at in order]
        place = names.index(said[box]) + 1
        rows = "".join(
            f"<tr{' class=right' if name == said[box] else ''}><td>{scores[at]:.3f}</td>"
            f"<td><bdi>{marked(said[box], name)[1]}</bdi></td></tr>"
            for at, name in zip(order[:_NEAREST], names, strict=False)
        )
        picture = base64.b64encode(self.crops[box]).decode()
        right = marked(said[box], said[box])[0]
        return (
            f'<article><img src="data:image/jpeg;base64,{picture}" alt="the box">'
            f"<p><bdi>{right}</bdi> <small>place {place} of {len(names)}</small></p>"
            f"<table>{rows}</table></article>"
        )

    def _said(self) -> list[str]:
        return [fact.text for fact in self.batch.facts]


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title><style>
:root{{color-scheme:light dark}}
body{{font:15px/1.45 system-ui,sans-serif;max-width:76rem;margin:2rem auto;padding:0 1rem}}
main{{display:grid;grid-template-columns:repeat(auto-fill,minmax(19rem,1fr));gap:1rem}}
article{{border:1px solid #8886;border-radius:6px;padding:.7rem;overflow:hidden}}
img{{max-width:100%;display:block}}p{{margin:.5rem 0;overflow-wrap:anywhere}}
small{{opacity:.6}}td{{padding-right:.7rem;overflow-wrap:anywhere}}
td:first-child{{font-variant-numeric:tabular-nums;opacity:.7}}.right{{font-weight:600}}
</style></head><body><h1>{title}</h1><main>{cards}</main></body></html>
"""
