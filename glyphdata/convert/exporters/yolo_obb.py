"""YOLO with oriented boxes: a text file of corners beside each picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import yaml

from glyphdata.convert.folder import Folder, as_lines
from glyphdata.convert.picture import Corners, Picture
from glyphdata.convert.writing.units import Classes, Size, class_of, units


@dataclass(frozen=True, slots=True)
class YoloObb:
    """YOLO OBB: per picture a file of lines `class x1 y1 x2 y2 x3 y3 x4 y4`, from 0 to 1.

    Export: {kind: yolo_obb, unit: word, classes: text}

    Read by Ultralytics' models of oriented boxes. `unit` is what a box is about. Corners outside
    the picture are put at its edge, for its loader drops a picture that has one; that is counted.
    `classes` is what the classes are: one for all text, or one for each script or language;
    `data.yaml` names them, and gives the same pictures for training and validation: split them, or
    export twice.
    """

    unit: Size = "word"
    classes: Classes = "text"

    def write(self, pictures: Iterable[Picture], folder: Folder) -> None:
        """Write `images/KEY.jpg` and `labels/KEY.txt` of each picture, and `data.yaml`."""
        names: dict[str, int] = {"text": 0} if self.classes == "text" else {}
        for picture in pictures:
            folder.put(f"images/{picture.file_name}", picture.encoded)
            lines = []
            for one in units(picture, self.unit):
                number = names.setdefault(class_of(one, self.classes), len(names))
                corners = self._inside(one.quad, picture, folder)
                lines.append(f"{number} " + " ".join(f"{value:.7g}" for value in corners))
            folder.put(f"labels/{picture.key}.txt", as_lines(lines))
        # Without `path` the folders are looked for beside this file.
        told = {
            "train": "images",
            "val": "images",
            "names": {number: name for name, number in names.items()},
        }
        folder.put("data.yaml", yaml.safe_dump(told, sort_keys=False).encode())

    def _inside(self, quad: Corners, picture: Picture, folder: Folder) -> list[float]:
        shares = quad / (picture.width, picture.height)
        inside = np.clip(shares, 0, 1)
        if (inside != shares).any():
            folder.skip(picture.key, "corner outside the picture, put at its edge")
        return [float(value) for value in inside.ravel()]
