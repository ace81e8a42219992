"""What a finished dataset holds, counted from its index alone, a row group at a time.

Only counts of distinct values are kept, so the memory does not grow with the samples.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from glyphdata.shards.keys import Places

_COLUMNS = (
    *("variant", "picture_offset", "width", "height", "level", "language", "scripts", "text"),
    *("boxes", "clusters", "font_tokens", "size_px_min", "size_px_max", "contrast_min"),
    *("background", "edits", "effects"),
)
_MOST_SIZES = 10_000
"""So many different canvas sizes are told apart; those met later count as one."""

OTHER_SIZES = "other sizes"
"""What canvases beyond the first 10,000 sizes are called."""

Count = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Spread:
    """How the values of a number spread over the samples: the extremes, the median, the mean."""

    least: float
    median: float
    mean: float
    most: float

    @classmethod
    def of(cls, counts: Counter[int], step: float = 1.0) -> Self | None:
        """The spread of values given as counted multiples of `step`; None where there are none.

        The median of an even number of values is the lower of the two in the middle.
        """
        total = counts.total()
        if not total:
            return None
        before, median = 0, 0
        for value in sorted(counts):
            before += counts[value]
            if 2 * before >= total:
                median = value
                break
        mean = sum(value * count for value, count in counts.items()) / total
        return cls(min(counts) * step, median * step, mean * step, max(counts) * step)


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the index says of a dataset; counts by name come with the largest first.

    `scripts`, `effects` and `edits` count the samples that have one at least, `faces` the boxes by
    font token. `size_px` is of the smallest and the largest box of each sample, `contrast` the
    WCAG ratio of its faintest. A spread is None where no sample has the number. `standing` is, for
    each row group of the index, how many samples of each level could stand for the dataset: those
    that are no variants, and whose picture the index places.
    """

    samples: int
    empty: int
    levels: tuple[Count, ...]
    languages: tuple[Count, ...]
    scripts: tuple[Count, ...]
    backgrounds: tuple[Count, ...]
    sizes: tuple[Count, ...]
    effects: tuple[Count, ...]
    edits: tuple[Count, ...]
    faces: tuple[tuple[int, int], ...]
    boxes: Spread | None
    words: Spread | None
    characters: Spread | None
    clusters: Spread | None
    size_px: Spread | None
    contrast: Spread | None
    standing: tuple[tuple[Count, ...], ...]


@dataclass(slots=True)
class _Tally:
    """The counts so far."""

    samples: int = 0
    names: dict[str, Counter[str]] = field(default_factory=dict)
    numbers: dict[str, Counter[int]] = field(default_factory=dict)
    standing: list[tuple[Count, ...]] = field(default_factory=list)

    def add(self, rows: pa.Table) -> None:
        """Count a row group's rows."""
        self.samples += len(rows)
        for column in ("level", "language", "background"):
            self._name(column, rows[column])
        for column in ("scripts", "effects", "edits"):
            self._name(column, _once_each(rows[column]))
        self._name("size", _sizes(rows))
        texts = rows.filter(pc.greater(rows["boxes"], 0))["text"]
        self._number("words", pc.count_substring_regex(texts, r"[^\s\p{Z}]+"))
        self._number("characters", pc.utf8_length(pc.replace_substring(texts, "\n", "")))
        self._number("boxes", rows["boxes"])
        self._number("clusters", rows["clusters"])
        self._number("faces", pc.list_flatten(rows["font_tokens"]))
        self._steps("size_px", rows["size_px_min"], 10)
        self._steps("size_px", rows["size_px_max"], 10)
        self._steps("contrast", rows["contrast_min"], 100)
        self.standing.append(tuple(sorted(_names(standing_levels(rows)))))

    def _name(self, what: str, values: pa.ChunkedArray) -> None:
        counts = self.names.setdefault(what, Counter())
        for name, count in _names(values):
            room = what != "size" or name in counts or len(counts) < _MOST_SIZES
            counts[name if room else OTHER_SIZES] += count

    def _number(self, what: str, values: pa.ChunkedArray) -> None:
        counts = self.numbers.setdefault(what, Counter())
        for one in pc.value_counts(values.drop_null()).to_pylist():
            counts[one["values"]] += one["counts"]

    def _steps(self, what: str, values: pa.ChunkedArray, parts: int) -> None:
        sound = values.filter(pc.is_finite(values))
        self._number(what, pc.round(pc.multiply(sound.cast(pa.float64()), parts)).cast(pa.int64()))


def standing_levels(rows: pa.Table) -> pa.ChunkedArray:
    """The level of each of these rows of the index; null for a sample that stands for no others.

    Such are variants, and samples whose picture the index does not place.
    """
    original = pc.equal(pc.fill_null(rows["variant"], 0), 0)
    stands = pc.and_(original, pc.is_valid(rows["picture_offset"]))
    return pc.if_else(stands, pc.fill_null(rows["level"], ""), pa.scalar(None, pa.string()))


def count(places: Places) -> Statistics:
    """What the merged index says of the dataset; `OSError` where there is none."""
    tally = _Tally()
    with pq.ParquetFile(places.index) as file:
        for number in range(file.num_row_groups):
            tally.add(file.read_row_group(number, columns=list(_COLUMNS)))
    numbers = {name: Spread.of(counts) for name, counts in tally.numbers.items()}
    named = {name: _ranked(counts) for name, counts in tally.names.items()}
    faces = tally.numbers.get("faces", Counter())
    return Statistics(
        samples=tally.samples,
        empty=tally.numbers.get("boxes", Counter())[0],
        levels=named.get("level", ()),
        languages=named.get("language", ()),
        scripts=named.get("scripts", ()),
        backgrounds=named.get("background", ()),
        sizes=named.get("size", ()),
        effects=named.get("effects", ()),
        edits=named.get("edits", ()),
        faces=tuple(sorted(faces.items())),
        boxes=numbers.get("boxes"),
        words=numbers.get("words"),
        characters=numbers.get("characters"),
        clusters=numbers.get("clusters"),
        size_px=Spread.of(tally.numbers.get("size_px", Counter()), 0.1),
        contrast=Spread.of(tally.numbers.get("contrast", Counter()), 0.01),
        standing=tuple(tally.standing),
    )


def _ranked(counts: Counter[str]) -> tuple[Count, ...]:
    return tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def _names(values: pa.ChunkedArray) -> list[Count]:
    """How often each name comes, nulls left out."""
    found = pc.value_counts(values.drop_null()).to_pylist()
    return [(one["values"], one["counts"]) for one in found]


def _once_each(lists: pa.ChunkedArray) -> pa.ChunkedArray:
    """The items of all lists, an item once for each list that has it."""
    whole = lists.combine_chunks()
    items = pc.list_flatten(whole)
    coded = items.drop_null().dictionary_encode()
    rows = pc.list_parent_indices(whole).filter(pc.is_valid(items)).to_numpy()
    many = max(1, len(coded.dictionary))
    codes = np.unique(rows * many + coded.indices.to_numpy()) % many
    return pa.chunked_array([coded.dictionary.take(pa.array(codes))], pa.string())


def _sizes(rows: pa.Table) -> pa.ChunkedArray:
    """Width × height, in words."""
    sides = [pc.fill_null(rows[one], 0).to_numpy() for one in ("width", "height")]
    both, inverse = np.unique(np.stack(sides, 1), axis=0, return_inverse=True)
    named = pa.array([f"{one} × {other}" for one, other in both.tolist()], pa.string())
    return pa.chunked_array([named.take(pa.array(inverse.reshape(-1)))], pa.string())
