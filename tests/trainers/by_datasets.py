"""Loads a dataset as diffusers' `train_text_to_image*.py` do; answers in one JSON line.

python tests/trainers/by_datasets.py OUT CACHE
"""

from __future__ import annotations

import json
import sys
from typing import Any

from datasets import load_dataset

IMAGE, CAPTION = "jpg", "txt"


def main(data: str, cache: str) -> None:
    """Columns first, as the scripts check them; then some rows through a transform."""
    loaded = load_dataset(data, None, cache_dir=cache, data_dir=None)
    rows = loaded["train"]

    def transform(batch: dict[str, list[Any]]) -> dict[str, list[Any]]:
        pictures = [one.convert("RGB") for one in batch[IMAGE]]
        return {"sizes": [one.size for one in pictures], "captions": batch[CAPTION]}

    told = rows.with_transform(transform)
    answers = {
        "splits": list(loaded),
        "columns": rows.column_names,
        "captions": [row["captions"] for row in told],
        "sizes": sorted({row["sizes"] for row in told}),
    }
    print(json.dumps(answers))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
