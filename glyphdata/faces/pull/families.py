"""The families that can be fetched, as `fonts/families.csv` lists them."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path

from glyphdata.errors import InputError

FILE = "families.csv"
COLUMNS = (
    *("family", "category", "subsets", "weights", "styles", "axes", "license"),
    *("pypi", "npm", "npm_ttf"),
)
EAST_ASIAN = frozenset(("han", "kana", "hangul"))
"""The scripts whose fonts weigh a hundred times what an alphabet's do."""

# Google's names of subsets, as the project's names of scripts; others are scripts of their own.
_SCRIPTS: dict[str, tuple[str, ...]] = {
    "latin-ext": ("latin",),
    "vietnamese": ("latin",),
    "cyrillic-ext": ("cyrillic",),
    "greek-ext": ("greek",),
    "japanese": ("han", "kana"),
    "korean": ("hangul",),
    "chinese-simplified": ("han",),
    "chinese-traditional": ("han",),
    "chinese-hongkong": ("han",),
}


@dataclass(frozen=True, slots=True)
class Family:
    """A family of faces and the packages that bring it; a package is "" where none is known.

    `pypi` is a wheel of whole files, `npm_ttf` a tarball of whole static files, `npm` one of web
    slices (each subset, weight and style a file of its own). `weights` are CSS weights, `axes` the
    variation axes, `license` an SPDX identifier. What a package says outweighs what stands here.
    """

    name: str
    category: str
    subsets: tuple[str, ...]
    weights: tuple[int, ...]
    styles: tuple[str, ...]
    axes: tuple[str, ...]
    license: str
    pypi: str
    npm: str
    npm_ttf: str

    @property
    def slug(self) -> str:
        """Its name in package names: `Noto Sans Thai` is `noto-sans-thai`."""
        return "-".join("".join(c if c.isalnum() else " " for c in self.name.lower()).split())

    @property
    def npm_variable(self) -> str:
        """The package of its variable web slices, by the naming of the static ones; "" for none."""
        scope, _, name = self.npm.partition("/")
        return f"{scope}-variable/{name}" if self.axes and name else ""

    @property
    def packages(self) -> tuple[str, ...]:
        """Every package that brings it, the best first."""
        names = (self.pypi, self.npm_ttf, self.npm, self.npm_variable)
        return tuple(name for name in names if name)

    @property
    def scripts(self) -> tuple[str, ...]:
        """The scripts that its subsets belong to, by name."""
        return tuple(sorted({s for one in self.subsets for s in _SCRIPTS.get(one, (one,))}))

    @property
    def heavy(self) -> bool:
        """Does it draw Han, kana or Hangul, and so weigh megabytes a face?"""
        return not EAST_ASIAN.isdisjoint(self.scripts)


def list_file() -> Path:
    """Where the list is: beside the registry (`$GLYPHDATA_FONTS`, a checkout), or installed."""
    folders = [Path(__file__).resolve().parents[3] / "fonts"]
    folders.append(Path(sys.prefix) / "share" / "glyphdata" / "fonts")
    if named := os.environ.get("GLYPHDATA_FONTS"):
        folders.insert(0, Path(named))
    for folder in folders:
        if (folder / FILE).is_file():
            return folder / FILE
    raise InputError(
        f"no {FILE} in {', '.join(map(str, folders))}", hint="reinstall glyphdata, or restore it"
    )


def families(path: Path | None = None) -> tuple[Family, ...]:
    """Every family of a list (by default the one shipped), sorted by name without case.

    `InputError` names the line that is damaged, out of order or said twice.
    """
    path = path or list_file()
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError(f"{path}: {fault}", hint="restore the file") from fault
    rows = list(csv.reader(text.splitlines()))
    if not rows or tuple(rows[0]) != COLUMNS:
        raise _damaged(path, 1, f"the columns are not {', '.join(COLUMNS)}")
    read: list[Family] = []
    for number, row in enumerate(rows[1:], start=2):
        family = _family(path, number, row)
        if read and family.name.casefold() <= read[-1].name.casefold():
            raise _damaged(path, number, f"{family.name} does not come after {read[-1].name}")
        read.append(family)
    return tuple(read)


def _family(path: Path, number: int, row: Sequence[str]) -> Family:
    if len(row) != len(COLUMNS):
        raise _damaged(path, number, f"it has {len(row)} fields, not {len(COLUMNS)}")
    name, category, subsets, weights, styles, axes, license_id, pypi, npm, npm_ttf = row
    if not name or not (pypi or npm or npm_ttf):
        raise _damaged(path, number, "it has no name, or no package")
    try:
        numbers = tuple(int(weight) for weight in weights.split())
    except ValueError as fault:
        raise _damaged(path, number, str(fault)) from None
    return Family(
        *(name, category, tuple(subsets.split()), numbers, tuple(styles.split())),
        *(tuple(axes.split()), license_id, pypi, npm, npm_ttf),
    )


def _damaged(path: Path, number: int, what: str) -> InputError:
    return InputError(f"{path}: line {number}: {what}", hint="restore the file")


def choose(
    listed: Sequence[Family],
    *,
    count: int | None = None,
    scripts: Collection[str] = (),
    categories: Collection[str] = (),
    names: Sequence[str] = (),
    heavy: bool = False,
) -> tuple[Family, ...]:
    """The families that match every field given (each by any of its values), the best first.

    Families with a wheel come first, then the rest, each in the order of their names' digests: any
    `count` is an even choice over the alphabet, and a smaller one begins the larger. Families of
    Han, kana or Hangul are left out unless `names`, `scripts` or `heavy` asks for them.
    `InputError` for a script, category or name that no family has.
    """
    _known("script", scripts, {script for family in listed for script in family.scripts})
    _known("category", categories, {family.category for family in listed})
    by_name = {family.name.casefold(): family for family in listed}
    by_name |= {family.slug: family for family in listed}
    _known("name", [name.casefold() for name in names], by_name)
    named = {by_name[name.casefold()] for name in names}
    heavy = heavy or bool(names) or not EAST_ASIAN.isdisjoint(scripts)
    found = [
        family
        for family in listed
        if (not names or family in named)
        and (not scripts or not set(scripts).isdisjoint(family.scripts))
        and (not categories or family.category in categories)
        and (heavy or not family.heavy)
    ]
    return tuple(sorted(found, key=_rank)[:count])


def _rank(family: Family) -> tuple[bool, str]:
    return not family.pypi, sha256(family.slug.encode()).hexdigest()


def _known(field: str, asked: Iterable[str], known: Iterable[str]) -> None:
    names = sorted(known)
    for value in asked:
        if value not in names:
            close = get_close_matches(value, names, n=3, cutoff=0.6)
            hint = (
                f"did you mean {' or '.join(close)}?" if close else "see `glyphdata fonts catalog`"
            )
            raise InputError(f"no listed family has the {field} {value!r}", hint=hint)
