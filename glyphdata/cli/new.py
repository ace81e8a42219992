"""`glyphdata new`: a commented starter recipe."""

from __future__ import annotations

import json as _json
from pathlib import Path
from typing import Annotated

import typer

from glyphdata.cli.options import AsJson
from glyphdata.cli.show import document, say
from glyphdata.errors import OutputError

STARTER = """\
# A starter recipe: 1000 pictures of English words, sentences and paragraphs.
#
#   glyphdata check {file}                     is it sound?
#   glyphdata draw {file} --index 3 -o 3.png   what does scene 3 look like?
#   glyphdata generate {file} out              make them all
#
# What is left out has a default; `glyphdata check {file} --json` shows them all.

name: {name}
seed: 0                # another seed, other pictures; the same seed, the same bytes
samples: 1000          # how many scenes
canvas: {{width: 512, height: 512}}                     # pixels

levels: {{word: 0.3, sentence: 0.5, paragraph: 0.2}}    # shares; what is not named is not drawn

boxes:
  count: [1, 5]        # text boxes in a picture: a number, or [low, high]
  angle_deg: [-15, 15] # turned clockwise
  size_px: [14, 160]   # font size
  align: [left, center, right]

# Where texts come from; `glyphdata kinds texts` lists every kind. Languages besides en: ar de el es
# fr he hi it ja ko pl pt ru th tr vi zh and others.
texts:
  - {{kind: words, language: en}}
  - {{kind: sentences, language: en}}
  - {{kind: paragraphs, language: en}}
  # - {{kind: file, path: slogans.txt, level: sentence, share: 2}}   # drawn twice as often

colors:
  palette: css3        # 138 colours, each a token
  min_contrast: 3.0    # WCAG ratio of ink to background, 1 to 21

# What lies behind; `glyphdata kinds backgrounds` lists every kind.
backgrounds:
  - {{kind: black, share: 0.5}}
  - {{kind: gradient}}
  - {{kind: noise}}
  # - {{kind: photos, folder: photos/}}

outputs:
  image: {{format: jpg, quality: 92}}
  layout: true         # layout.json: lines, words, clusters
  mask: true           # mask.png: whose cluster each pixel is
  glyph: false         # glyph.png: the ink alone, on black
"""


def command(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The recipe's name; the file is NAME.yaml.")
    ] = "recipe",
    json: AsJson = False,
) -> None:
    """Write a commented starter recipe to NAME.yaml; a file that is there is left alone.

    Example: glyphdata new posters
    """
    path = Path(name) if name.endswith((".yaml", ".yml")) else Path(f"{name}.yaml")
    # A JSON text is a YAML text, whatever characters the name has.
    text = STARTER.format(file=path.name, name=_json.dumps(path.stem, ensure_ascii=False))
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise OutputError("is there already", hint="choose another name").inside(
            str(path)
        ) from None
    except OSError as error:
        raise OutputError(
            f"cannot be written: {error.strerror}", hint="choose another place"
        ).inside(str(path)) from None
    if json:
        document({"path": str(path)})
        return
    say(f"{path} written; next: glyphdata draw {path} -o first.png")
