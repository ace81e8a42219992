"""What stands in for what: where a page's command would take hours, or names what no test has.

A page says what its readers want to do; here stands, for all to see, what is done instead. Every
line is used, or a test fails.
"""

from __future__ import annotations

STANDINS: dict[str, tuple[tuple[str, str], ...]] = {
    "README.md": (
        ("--samples 1000000", "--samples 8"),
        ("train recipes/train/glyph-byt5.yaml", "train few-steps.yaml"),
    ),
    "docs/training.md": (
        ("CONFIG --data OUT --out RUN", "few-steps.yaml --data out/demo --out runs/demo"),
        ("eval RUN --data OUT", "eval runs/demo --data out/demo"),
    ),
    "fonts/README.md": (("font_idx_512.json", "font_idx.json"),),
    "docs/recipes.md": (("posters.yaml out -s", "posters.yaml out/wide -s"),),
    "docs/encoders.md": (("--data out/glyph --out RUN", "--data out/glyph --out runs/mine"),),
    "docs/importers.md": (
        ("pictures=imgs", "pictures=images"),
        ("train_label.txt", "Label.txt"),
        ("ICDAR2015/train out/icdar ", "ICDAR2015 out/icdar-train "),
    ),
    "docs/tutorial.md": (
        ("out/posters --samples 200", "out/posters --samples 8"),
        ("out/groups --samples 20 ", "out/groups --samples 8 "),
        ("--samples 1000", "--samples 40"),
        ("steps=150", "steps=2"),
    ),
    "docs/view.md": (("/mnt/readonly/set", "out/old"),),
    "docs/measures.md": (
        ("runs/tiny --data out/ ", "runs/small --data out/demo "),
        (" --least text_to_box.r1=0.8", " --least text_to_box.r1=0"),
        ("measure words out/ ", "measure words out/posters "),
    ),
}
"""By page: text in its commands, and what is run in its place."""

PREPARED: dict[str, tuple[str, ...]] = {
    # In place of other people's data sets: ours, written in their form.
    "docs/importers.md": (
        "export out/posters ICDAR2015 -f icdar",
        "export out/posters AnyWord-3M/laion -f anyword",
        "export out/posters coco -f coco_text",
        "export out/posters mario-laion -f mario",
        "export out/posters train_data/det -f paddleocr",
        "export out/posters TextSeg -f textseg",
    ),
}
"""By page: commands of ours that are run before its blocks, to make what it reads."""

APPENDED: dict[str, tuple[tuple[str, str], ...]] = {
    "generate": (("--workers", "0"), ("--samples", "8")),
    "verify": (("--workers", "1"),),
    "import": (("--workers", "0"),),
    "mix": (("--workers", "0"),),
    "view": (("--port", "0"),),
}
"""By command: options that a line gets which does not give them. A dataset of eight is one too."""

SLOW = ("train ", "eval ", "encoder export ", "encoder import ", "fonts register ")
"""How commands begin that load torch, or measure every font there is.

Only the slow test of a page runs them, and what follows them in their block.
"""

STORES = "docs/storage.md"
"""The page that needs an object store; it is run by a slow test of its own."""
