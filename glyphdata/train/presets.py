"""What the presets set: values that come before the class defaults and behind what a file says.

`glyph-byt5` is Glyph-ByT5 (arXiv 2403.09622): the class defaults. `udifftext` is the character
encoder of UDiffText (arXiv 2312.04884). `tiny` learns on one core within minutes, for a first look
at whether a dataset teaches.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from glyphdata.train.settings import Preset

PRESETS: Mapping[Preset, Mapping[str, Any]] = {
    "glyph-byt5": {},
    "udifftext": {
        "text": {
            "tower": "characters",
            "source": None,
            "shape": {"width": 2048, "depth": 12, "heads": 8, "feed_forward": 2048},
            "tokens": "none",
            "formats": {"styled": 0.0, "bare": 1.0},
            "characters": 12,
            "alphabet": "printable",
            "head": [],
        },
        "vision": {
            "tower": "vitstr",
            "source": None,
            "shape": {"width": 768, "depth": 12, "heads": 12, "patch": 16},
            "size": 224,
            "frozen": False,
        },
        "region": {"kind": "strip", "height": 224, "width": 224, "margin": 0.0},
        "loss": {"box": 1.0, "hard": 1.0, "characters": 0.1, "places": 0.1},
        "batch": {"groups": 16, "spellings": 16, "boxes": 1},
        "optimizer": {"rate": 1e-5},
    },
    "tiny": {
        "text": {
            "tower": "tiny",
            "source": None,
            "shape": {"width": 256, "depth": 1, "heads": 8},
            "tokens": "none",
            "formats": {"styled": 0.0, "bare": 1.0},
            "head": None,
            "dropout": 0.0,
        },
        "vision": {
            "tower": "tiny",
            "source": None,
            "shape": {"width": 256, "depth": 1, "heads": 8},
            "frozen": False,
        },
        "region": {"kind": "strip", "height": 16, "width": 64, "margin": 0.0, "jitter": 0.1},
        "embed": 256,
        "batch": {"groups": 16, "spellings": 4, "boxes": 2},
        "optimizer": {"rate": 4e-3, "weight_decay": 0.05, "warmup": 50},
        "steps": 400,
        "held_out": 0.15,
        "precision": "fp32",
        "workers": 0,
        "save_every": 200,
    },
}
"""Per preset what it sets, as a file would write it."""
