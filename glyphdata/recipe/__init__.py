"""What may be asked for: the gate from YAML to a frozen `Recipe`.

All faults are found at once and said with the path, the value found and what is allowed. After this
gate there is no checking: a `Recipe` that exists is sound.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from pydantic import ConfigDict, Field, PrivateAttr, SkipValidation, ValidationError

from glyphdata.errors import GlyphdataError, RecipeError
from glyphdata.faces.locate import INSTALL
from glyphdata.parts import Background, EffectRange, Layout, TextSource
from glyphdata.recipe.document import Value, read
from glyphdata.recipe.faults import Fault, faults_of
from glyphdata.recipe.model import Closed, Section
from glyphdata.recipe.open import DEFAULTS, OPEN_ROOMS, dumped, read_parts
from glyphdata.recipe.overrides import override

__all__ = ["Recipe", "load_recipe"]


class Recipe(Closed):
    """What a dataset is made of: validated, frozen, and equal in every process it is sent to."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    texts: SkipValidation[tuple[TextSource, ...]] = Field(description="Where texts come from.")
    backgrounds: SkipValidation[tuple[Background, ...]] = Field(description="What lies behind.")
    layouts: SkipValidation[tuple[Layout, ...]] = Field(description="Where boxes may lie.")
    effects: SkipValidation[tuple[EffectRange, ...]] = Field(description="Changes of the pixels.")
    _root: Path = PrivateAttr(default=Path())

    @classmethod
    def from_resolved(cls, data: Mapping[str, Value], root: Path) -> Self:
        """The recipe that `resolved` described; `RecipeError` with every fault otherwise."""
        values = {**{room: list(parts) for room, parts in DEFAULTS.items()}, **data}
        faults: list[Fault] = []
        parts = {
            room: read_parts(room, values.pop(room), faults) if room in values else ()
            for room in OPEN_ROOMS
        }
        if "texts" not in data:
            faults.append(("texts", "is missing, and has no default"))
        closed = _closed(values, faults)
        if closed is None or faults:
            order = list(cls.model_fields)
            raise _broken(sorted(faults, key=lambda fault: _rank(fault[0], order)))
        fields: dict[str, Any] = {**dict(closed), **parts}
        made = cls.model_construct(None, **fields)
        made._root = root
        return made

    @property
    def root(self) -> Path:
        """The folder that relative paths in the recipe start from."""
        return self._root

    def resolved(self) -> dict[str, object]:
        """The whole recipe as plain values, defaults included: it makes the same again."""
        closed = self.model_dump(mode="json", exclude=set(OPEN_ROOMS))
        return {
            **closed,
            **{room: [dumped(room, part) for part in getattr(self, room)] for room in OPEN_ROOMS},
        }

    def fingerprint(self) -> str:
        """The SHA-256, in hex, of all that decides what scene i looks like.

        `name` and `samples` are left out: a longer run of a recipe extends a shorter one. So are
        `captions` where none are asked for: they change no picture.
        """
        unimportant = {"name", "samples"} | (set() if self.captions.levels else {"captions"})
        decisive = {
            field: value for field, value in self.resolved().items() if field not in unimportant
        }
        canonical = json.dumps(decisive, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def inputs(self) -> str:
        """The SHA-256, in hex, of what the recipe draws from beside itself.

        The installed faces, and the `identity` of each part that reads files. Two machines that
        share a dataset must agree on it. `RecipeError` where something cannot be found.
        """
        from glyphdata.faces.catalogue import load  # reads the registry, which a gate need not

        catalogue, ready = load(), self.ready()
        told: list[object] = [list(catalogue.digest()), f"{catalogue.usable:x}"]
        for room in OPEN_ROOMS:
            told += [getattr(part, "identity", "") for part in getattr(ready, room)]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def ready(self) -> Self:
        """The same recipe with the files of its parts found; `RecipeError` with every fault.

        That no installed face answers to `faces` is one of them.
        """
        faults = self._without_faces()
        found: dict[str, tuple[object, ...]] = {"texts": (), "backgrounds": (), "layouts": ()}
        for room in found:
            for number, part in enumerate(getattr(self, room)):
                try:
                    found[room] += (part.ready(self.root),)
                except GlyphdataError as error:
                    faults.append((f"{room}.{number}", str(error)))
        made = self
        if not faults:
            made = self.model_copy(update=found)
            made._without_source(faults)
        if faults:
            raise _broken(faults)
        return made

    def _without_faces(self) -> list[Fault]:
        from glyphdata.faces.catalogue import load  # reads the registry, which a gate need not

        try:
            found = load().where(
                scripts=self.faces.scripts,
                families=self.faces.families,
                categories=self.faces.categories,
            )
        except GlyphdataError as error:
            return [("faces", str(error))]
        if found:
            return []
        return [("faces", f"no installed face answers to it ({INSTALL}, or ask for less)")]

    def _without_source(self, faults: list[Fault]) -> None:
        given = {level for source in self.texts for level in source.levels()}
        for level, share in self.levels:
            if share > 0 and level not in given:
                faults.append((f"levels.{level}", f"no text source gives a {level}"))


def load_recipe(path: Path | str, overrides: Sequence[str] = ()) -> Recipe:
    """The recipe in a YAML file, changed by overrides such as `canvas.width=1024`.

    `RecipeError` names every fault at once: its path, what stands there and what may.
    """
    path = Path(path)
    values = read(path)
    for room, parts in DEFAULTS.items():
        values.setdefault(room, [dict(part) for part in parts])
    faults = [fault for text in overrides for fault in override(values, text)]
    try:
        recipe = Recipe.from_resolved(values, path.parent)
    except RecipeError as error:
        raise _broken([*faults, *error.faults]).inside(str(path)) from None
    if faults:
        raise _broken(faults).inside(str(path))
    return recipe


def _closed(values: Mapping[str, Value], faults: list[Fault]) -> Closed | None:
    try:
        return Closed.model_validate_json(json.dumps(values))
    except ValidationError as error:
        known = {**_known_fields(Closed, ()), (): tuple(Recipe.model_fields)}
        faults.extend(dict.fromkeys(faults_of(error, values, known)))
    return None


def _rank(path: str, order: list[str]) -> int:
    """The place of a path's field among all fields; those that there are not come last."""
    field = path.partition(".")[0]
    return order.index(field) if field in order else len(order)


def _known_fields(
    section: type[Section], at: tuple[str | int, ...]
) -> dict[tuple[str | int, ...], tuple[str, ...]]:
    """The field names of a section and of those inside it, by their place."""
    known = {at: tuple(section.model_fields)}
    for name, field in section.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            known |= _known_fields(field.annotation, (*at, name))
    return known


def _broken(faults: list[Fault]) -> RecipeError:
    count = "one fault" if len(faults) == 1 else f"{len(faults)} faults"
    return RecipeError(f"cannot be made, {count}", faults=tuple(faults))
