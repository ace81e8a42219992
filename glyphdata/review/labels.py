"""Labels from disk: `json` and `layout.json` as the arrays that they were written from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from glyphdata.errors import InputError
from glyphdata.scene.sample import UNIT, BoxLabels
from glyphdata.scene.typeset import Ints

Json = object
"""What a JSON document holds: dicts, lists, texts, numbers, booleans, None."""


_LARGEST = 1 << 24  # a million pixels


def labels(facts: Json, layout: Json) -> tuple[BoxLabels, ...]:
    """The labels of every box, in the order of `layout.json`.

    `InputError` where a field is missing, has the wrong shape, or the two speak of different boxes.
    """
    unit = _field(layout, "unit")
    if unit != UNIT:
        raise InputError(f"layout.json counts in 1/{unit} px, not 1/{UNIT}")
    told = _list(_field(facts, "boxes"))
    laid = _list(_field(layout, "boxes"))
    if [_field(box, "id") for box in told] != [_field(box, "id") for box in laid]:
        raise InputError("json and layout.json speak of different boxes")
    return tuple(_box(fact, box) for fact, box in zip(told, laid, strict=True))


def _box(fact: Json, box: Json) -> BoxLabels:
    lines, words = _list(_field(box, "lines")), _list(_field(box, "words"))
    clusters = _field(box, "clusters")
    columns = [_ints(_field(clusters, name), 1) for name in ("start", "end", "line", "mask")]
    quads, ink = _ints(_field(clusters, "quads"), 8), _ints(_field(clusters, "ink"), 4)
    if len({len(part) for part in (*columns, quads, ink)}) != 1:
        raise InputError("the arrays of layout.json's clusters differ in length")
    quad = np.rint(np.multiply(_floats(_field(fact, "quad"), 8), UNIT)).astype(np.int32)
    return BoxLabels(
        quad=quad,
        lines=_rows(lines, ("start", "end")),
        line_quads=_stacked(lines, "quad", 8),
        baselines=_stacked(lines, "baseline", 4),
        words=_rows(words, ("start", "end", "line")),
        word_quads=_stacked(words, "quad", 8),
        clusters=np.hstack(columns),
        cluster_quads=quads,
        ink=ink,
        contrast=_floats([_field(fact, "contrast")], 1)[0],
        noise=_floats([_field(fact, "noise")], 1)[0],
        signal=_floats([_field(fact, "signal")], 1)[0],
    )


def _field(value: Json, name: str) -> Json:
    if not isinstance(value, Mapping) or name not in value:
        raise InputError(f"there is no field {name!r}")
    return value[name]


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise InputError(f"{value!r:.40} is no list")
    return value


def _ints(value: Json, width: int) -> Ints:
    """A flat list of whole numbers as rows of `width`."""
    listed = _list(value)
    if not listed:
        return np.empty((0, width), np.int32)
    try:
        flat = np.array(listed)
    except ValueError:
        raise InputError("expected a flat list of whole numbers") from None
    if flat.dtype != np.int64 or flat.ndim != 1 or len(flat) % width:
        raise InputError(f"expected whole numbers in groups of {width}")
    if abs(flat).max() > _LARGEST:
        raise InputError(f"a label of {abs(flat).max()} units is off any canvas")
    return flat.astype(np.int32).reshape(-1, width)


def _floats(value: Json, count: int) -> list[float]:
    out = []
    for item in _list(value):
        if not isinstance(item, int | float) or abs(item) > 1e6:
            raise InputError(f"expected {count} numbers")
        out.append(float(item))
    if len(out) != count:
        raise InputError(f"expected {count} numbers, found {len(out)}")
    return out


def _rows(items: Sequence[Json], names: tuple[str, ...]) -> Ints:
    return _ints([_field(item, name) for item in items for name in names], len(names))


def _stacked(items: Sequence[Json], name: str, width: int) -> Ints:
    out = np.empty((len(items), width), np.int32)
    for number, item in enumerate(items):
        found = _ints(_field(item, name), width)
        if len(found) != 1:
            raise InputError(f"field {name!r} needs {width} whole numbers")
        out[number] = found[0]
    return out
