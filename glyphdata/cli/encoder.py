"""`glyphdata encoder`: trained encoders as other programs load them, and theirs as ours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glyphdata.cli.options import AsJson

if TYPE_CHECKING:
    from glyphdata.train.layouts.giving import Given

app = typer.Typer(
    no_args_is_help=True,
    help="Encoders as other programs load them. Example: glyphdata encoder export RUN out",
)

_LAYOUT = "hf, glyph-sdxl-v2, comfyui, openclip or udifftext."


@app.command("export")
def export_encoder(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A finished run, or its encoder/.")],
    dest: Annotated[Path, typer.Argument(metavar="DEST", help="A new folder.")],
    layout: Annotated[str, typer.Option(help=_LAYOUT)] = "hf",
    dtype: Annotated[str, typer.Option(help="fp32, bf16 or fp16.")] = "fp32",
    json: AsJson = False,
) -> None:
    """Write a trained encoder in the layout that another program loads.

    Example: glyphdata encoder export RUN out --layout glyph-sdxl-v2 --dtype bf16
    """
    from glyphdata.train.layouts import module_of

    module_of(layout)
    from glyphdata.train.layouts.giving import export
    from glyphdata.train.layouts.trained import Trained

    _tell(export(Trained.of(run), dest, layout, dtype), dest, layout, json)


@app.command("import")
def import_encoder(
    source: Annotated[Path, typer.Argument(metavar="SRC", help="A file or folder of weights.")],
    dest: Annotated[Path, typer.Argument(metavar="DEST", help="A new folder.")],
    layout: Annotated[str | None, typer.Option(help=f"{_LAYOUT} Left out, it is told.")] = None,
    json: AsJson = False,
) -> None:
    """Make a folder that training begins from, out of an encoder of other people's.

    Pickles are read as weights alone; those that would run code are refused.

    Example: glyphdata encoder import byt5_model.pt out && glyphdata train tiny.yaml -s
    text.source=out --data DATA --out RUN
    """
    from glyphdata.train.layouts.taking import bring

    _tell(bring(source, dest, layout), dest, layout, json)


@app.command("layouts")
def list_layouts(json: AsJson = False) -> None:
    """List the layouts and who reads them. Example: glyphdata encoder layouts --json"""
    from glyphdata.cli.show import document, table
    from glyphdata.train.layouts import LAYOUTS

    if json:
        document([{"layout": name, "summary": line} for name, line in LAYOUTS.items()])
        return
    table(("layout", "what it is"), list(LAYOUTS.items()))


def _tell(given: Given, dest: Path, layout: str | None, json: bool) -> None:
    from glyphdata.cli.show import document, many, note, say, size

    for remark in given.remarks:
        note(remark)
    if json:
        document({"folder": str(dest), "layout": layout, **given._asdict()})
        return
    for name in given.files:
        say(name)
    note(f"{many(len(given.files), 'file')} of {size(given.size)} in {dest}")
