"""What a layout is made of: an encoder, and the run that it came from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import T5EncoderModel

from glyphdata.errors import InputError
from glyphdata.train.keeping import DOCUMENT
from glyphdata.train.model import Encoder
from glyphdata.train.tokens import PRINTABLE, Table


@dataclass(frozen=True, slots=True)
class Trained:
    """An encoder with the folder of its run, where it has one."""

    encoder: Encoder
    run: Path | None = None

    @classmethod
    def of(cls, folder: Path) -> Trained:
        """The encoder of a run's folder (`RUN/encoder/`), or of such a folder itself.

        `InputError` where there is none, or a damaged one.
        """
        if (folder / DOCUMENT).is_file():
            whole = (folder.parent / "run.json").is_file()
            return cls(Encoder.load(folder), folder.parent if whole else None)
        if not (folder / "encoder" / DOCUMENT).is_file():
            raise InputError(
                f"there is no encoder in {folder}",
                hint="give a finished RUN of `glyphdata train`; `--resume` finishes one",
            )
        return cls(Encoder.load(folder / "encoder"), folder)

    @property
    def table(self) -> Table:
        """The added tokens in the order of their ids."""
        return Table(self.encoder.lexicon.names)

    @property
    def alphabet(self) -> str:
        """The characters in the order of their classes, from 1 on."""
        return "".join(self.encoder.lexicon.alphabet) or PRINTABLE

    def tower(self, layout: str) -> T5EncoderModel:
        """The T5 encoder that reads; `InputError` where the text tower is of another kind, or where
        its rows are not those of the table.
        """
        if self.encoder.settings.text.tower != "byt5":
            raise InputError(
                f"the layout {layout!r} holds a ByT5 encoder, and the text tower is "
                f"{self.encoder.settings.text.tower!r}",
                hint="train with `-s text.tower=byt5`",
            )
        model: T5EncoderModel = self.encoder.text_tower.model
        if model.config.vocab_size != self.table.size:
            raise InputError(
                f"the tower has {model.config.vocab_size} rows and its table {self.table.size}",
                hint="encoder.json and model.safetensors belong to different encoders",
            )
        return model

    def told(self, name: str) -> dict[str, Any]:
        """What a JSON file of the run says (`run.json`, `eval.json`); empty where there is none.

        `InputError` where it cannot be read.
        """
        if self.run is None or not (self.run / name).is_file():
            return {}
        try:
            found = json.loads((self.run / name).read_bytes())
        except (OSError, ValueError) as fault:
            raise InputError(f"{self.run / name} cannot be read: {fault}") from None
        return found if isinstance(found, dict) else {}
