"""A face as a value: one font file at one style, with what was measured of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from glyphdata.scene.scene import FaceRef


class Metrics(NamedTuple):
    """The vertical metrics that the file states, in font units, y up; 0 where it states none.

    Three tables disagree in a quarter of all fonts, so all three are kept: `hhea` and `typo` are
    (ascent, descent, line gap) with the descent negative, `win` is (ascent, descent) both positive.
    """

    upem: int
    hhea: tuple[int, int, int]
    typo: tuple[int, int, int]
    win: tuple[int, int]
    cap_height: int
    x_height: int


class Source(NamedTuple):
    """Where the file comes from: a package, its version, and the file's path inside it.

    `kind` is `pypi`, `npm`, or `file` for what a user brought, which has no package. `integrity` is
    what the package's registry promised of the download (`sha512-…`), empty where it said nothing.
    """

    kind: str
    package: str
    version: str
    member: str
    integrity: str = ""


@dataclass(frozen=True, slots=True)
class Face:
    """One font file at one style: what a font token stands for.

    Its identity is (`sha256`, `index`, `axes`): a changed file is another face with another token.
    `token` is its line in the registry, `key` its name in one word (`OpenSans-CondensedBold`).
    `weight` is 1 to 1000, `width` per cent of normal. `case` says what small letters look like:
    `mixed` (small letters), `upper` (capitals), `small` (small capitals). `home_scripts` are the
    scripts it is used for, `languages` the ones whose Han shapes it draws (empty: no matter).
    `axes` are (tag, value) in the file's own order, `index` the number within a collection,
    `file` and `size` the file's name and bytes, `coverage` a number in `coverage.json`, `prints`
    (script, digest) of a few letters drawn, by which twins are told. `merged` faces were put
    together from slices of the font: kerning from one slice to another is lost.
    """

    token: int
    key: str
    family: str
    style: str
    weight: int
    width: float
    italic: bool
    category: str
    case: str
    home_scripts: tuple[str, ...]
    languages: tuple[str, ...]
    axes: tuple[tuple[str, float], ...]
    index: int
    sha256: str
    size: int
    file: str
    coverage: int
    license: str
    license_file: str
    fstype: int
    colour: bool
    metrics: Metrics
    prints: tuple[tuple[str, str], ...]
    source: Source
    merged: bool = False

    @property
    def ref(self) -> FaceRef:
        """How a scene names the face."""
        return FaceRef(self.token, self.family, self.style)

    @property
    def identity(self) -> tuple[str, int, tuple[tuple[str, float], ...]]:
        """What makes it this face and no other."""
        return (self.sha256, self.index, self.axes)


def to_record(face: Face) -> dict[str, object]:
    """The face as its line of the registry says it (`id` is the token).

    What came to be a field after the first lines were written is left out where it says nothing, so
    that those lines stay as they are.
    """
    record = asdict(face)
    source = face.source._asdict()
    if not face.merged:
        del record["merged"]
    if not face.source.integrity:
        del source["integrity"]
    return (
        {"id": record.pop("token")}
        | record
        | {
            "axes": dict(face.axes),
            "metrics": face.metrics._asdict(),
            "prints": dict(face.prints),
            "source": source,
        }
    )


def from_record(record: Mapping[str, Any]) -> Face:
    """The face that `to_record` wrote down; `KeyError` or `TypeError` where a field is wanting."""
    fields = dict(record)
    metrics = fields.pop("metrics")
    return Face(
        token=fields.pop("id"),
        home_scripts=tuple(fields.pop("home_scripts")),
        languages=tuple(fields.pop("languages")),
        axes=tuple(fields.pop("axes").items()),
        prints=tuple(fields.pop("prints").items()),
        metrics=Metrics(
            metrics["upem"],
            tuple(metrics["hhea"]),
            tuple(metrics["typo"]),
            tuple(metrics["win"]),
            metrics["cap_height"],
            metrics["x_height"],
        ),
        source=Source(**fields.pop("source")),
        **fields,
    )
