"""What a folder says of its encoder: `glyphdata.json` for programs, `README.md` for people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from glyphdata.train.layouts.stack import BYT5_SMALL
from glyphdata.train.layouts.trained import Trained

_HUB = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")
"""A model's name on the hub: an owner and a name."""

FORMAT = "glyphdata.encoder/1"

_USE = """```python
from transformers import AutoTokenizer, T5EncoderModel

tokenizer = AutoTokenizer.from_pretrained("THIS FOLDER")
encoder = T5EncoderModel.from_pretrained("THIS FOLDER")
tokens = encoder(**tokenizer('{prompt}', return_tensors="pt")).last_hidden_state
```"""


def facts(trained: Trained) -> dict[str, Any]:
    """What cannot be read off the weights: tokens, prompts, pooling, heads, data, metrics."""
    encoder = trained.encoder
    settings = encoder.settings
    run = _without_paths(trained.told("run.json"))
    return {
        "format": FORMAT,
        "name": settings.name,
        "preset": settings.preset,
        "tokens": {
            "rows": trained.table.size,
            "added": len(trained.table.names),
            "sha256": trained.table.digest,
        },
        "registries": dict(encoder.lexicon.registries),
        "prompt": {
            "forms": settings.text.formats.model_dump(),
            "max_tokens": settings.text.max_tokens,
            "pool": settings.text.pool,
        },
        "space": {
            "size": settings.embed,
            "text_head": settings.text.head,
            "vision_head": settings.vision.head,
        },
        "region": settings.region.model_dump(mode="json"),
        "view": {
            "height": encoder.view_size[0],
            "width": encoder.view_size[1],
            "mean": list(encoder.vision_tower.mean),
            "std": list(encoder.vision_tower.std),
        },
        "run": run or None,
        "eval": _report_without_paths(trained.told("eval.json")) or None,
    }


def page(trained: Trained) -> str:
    """The model card: only what is known of this encoder; what was not measured it says so."""
    settings = trained.encoder.settings
    front = ["library_name: transformers", "pipeline_tag: feature-extraction"]
    source = settings.text.source or ""
    if _HUB.fullmatch(source) and not Path(source).exists():
        front.append(f"base_model: {source}")
    parts = [
        "---\n" + "\n".join(front) + "\n---",
        f"# {settings.name}",
        "A ByT5 text encoder trained with glyphdata: the vectors of a text agree with those of its "
        f"picture. {_shape(trained)}",
        "## Use",
        _USE.format(prompt=_prompt(trained)),
        "`projection.safetensors` and `vision/` are what it was trained with: the head that brings "
        "pooled tokens into the shared space, and the tower that sees. `glyphdata.json` says how "
        "tokens are pooled and boxes taken out of pictures.",
        "## Data",
        *_data(trained.told("run.json")),
        "## Measured",
        *_measured(trained.told("eval.json")),
    ]
    return "\n\n".join(parts) + "\n"


def _shape(trained: Trained) -> str:
    config, rows = trained.encoder.text_tower.model.config, trained.table.size
    small = all(getattr(config, name) == value for name, value in BYT5_SMALL.items())
    shape = (
        "byt5-small's shape"
        if small
        else f"{config.num_layers} layers of width {config.d_model} (not byt5-small's shape)"
    )
    return f"It has {shape} and {rows} rows of embeddings, {rows - 384} of them for style tokens."


def _prompt(trained: Trained) -> str:
    forms = trained.encoder.settings.text.formats
    named = set(trained.table.names)
    font = next((one for one in ("<en-font-20>", "<font-20>") if one in named), "")
    if forms.styled and "<color-7>" in named and font:
        return f'Text "Hello" in <color-7>, {font}. '
    return "Hello" if forms.bare and not forms.plain else 'Text "Hello". '


def _without_paths(run: Mapping[str, Any]) -> dict[str, Any]:
    """The run's record with the names of its datasets alone: where they lay is private."""
    data = [{**one, "path": Path(str(one["path"])).name} for one in run.get("data", ())]
    return {**run, "data": data} if run else {}


def _report_without_paths(report: Mapping[str, Any]) -> dict[str, Any]:
    asked = report.get("asked")
    if not isinstance(asked, Mapping):
        return dict(report)
    data = [Path(str(one)).name for one in asked.get("data", ())]
    return {**report, "asked": {**asked, "data": data}}


def _data(run: Mapping[str, Any]) -> Iterator[str]:
    data = _without_paths(run).get("data")
    if not data:
        yield "The run's record of its data is not here."
        return
    yield "\n".join(
        f"- {one['path']}: {one.get('groups', 'unknown')} groups, fingerprint "
        f"`{one.get('fingerprint', 'unknown')}`"
        for one in data
    )
    yield f"{run.get('steps', 'An unknown number of')} steps."


def _measured(report: Mapping[str, Any]) -> Iterator[str]:
    retrieval, group = report.get("retrieval"), report.get("in_group")
    if not isinstance(retrieval, Mapping):
        yield "Nothing: the run has no `eval.json`."
        return
    lines = ["| question | R@1 | R@5 | R@10 | of |", "|---|---|---|---|---|"]
    for way, words in (("text_to_box", "a box by its text"), ("box_to_text", "a text by its box")):
        found = retrieval.get(way) or {}
        cells = " | ".join(_number(found.get(key)) for key in ("r1", "r5", "r10", "of"))
        lines.append(f"| {words} | {cells} |")
    yield "\n".join(lines)
    if isinstance(group, Mapping):
        yield (
            f"The right one of {_number(group.get('of'))} drawn spellings: "
            f"{_number(group.get('accuracy'))}; asked with the wrong picture (the blind control): "
            f"{_number(group.get('blind'))}."
        )


def _number(value: object) -> str:
    return (
        f"{value:.3f}"
        if isinstance(value, float)
        else "not measured"
        if value is None
        else str(value)
    )
