"""Opening a training config: one YAML file, a preset under it, overrides over it, every fault told.

The text is read as recipes are (YAML 1.2 scalars, no aliases, size and depth capped).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from glyphdata.errors import RecipeError
from glyphdata.recipe.document import Value, described, read
from glyphdata.recipe.faults import Fault, faults_of
from glyphdata.recipe.model import Section
from glyphdata.recipe.overrides import override
from glyphdata.registry import nearest
from glyphdata.train.presets import PRESETS
from glyphdata.train.settings import Preset, Settings, Shape

Json = dict[str, Any]


def load_settings(path: Path | str, overrides: Sequence[str] = ()) -> Settings:
    """The settings in a YAML file, changed by overrides such as `batch.groups=32`.

    What neither names comes from the preset, then from the class defaults. `RecipeError` names
    every fault at once: its path, what stands there and what may.
    """
    path = Path(path)
    values = read(path)
    faults: list[Fault] = []
    chosen = [text for text in overrides if text.partition("=")[0].strip() == "preset"]
    for text in chosen:
        faults += override(values, text)
    whole = _under(values, faults)
    for text in overrides:
        if text not in chosen:
            faults += override(whole, text)
    try:
        settings = settings_of(whole)
    except RecipeError as error:
        raise _broken([*faults, *error.faults]).inside(str(path)) from None
    if faults:
        raise _broken(faults).inside(str(path))
    return settings


def settings_of(values: Mapping[str, Value]) -> Settings:
    """The settings that plain values describe, no preset under them; as RUN/settings.json has them.

    `RecipeError` with every fault, those of fields that do not go together among them.
    """
    try:
        settings = Settings.model_validate_json(json.dumps(values))
    except ValidationError as error:
        found = dict.fromkeys(faults_of(error, values, _fields(Settings, ())))
        raise _broken(list(found)) from None
    faults = list(_disagreements(settings))
    if faults:
        raise _broken(faults)
    return settings


def schema() -> Json:
    """The JSON schema (draft 2020-12) of a training config, for an editor's completion."""
    drawn = Settings.model_json_schema(mode="validation")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **drawn,
        "title": "A training config of glyphdata",
    }


def _under(values: dict[str, Value], faults: list[Fault]) -> dict[str, Value]:
    """The values with those of their preset beneath them."""
    name = values.get("preset", "glyph-byt5")
    known: tuple[Preset, ...] = get_args(Preset)
    if name not in known:
        choice = nearest(name, known) if isinstance(name, str) else f"one of {', '.join(known)}"
        faults.append(("preset", f"cannot be {described(name)} ({choice})"))
        return {**values, "preset": "glyph-byt5"}
    return _merged(PRESETS[name], values)


def _merged(below: Mapping[str, Any], above: Mapping[str, Value]) -> dict[str, Value]:
    """Both, `above` first; a mapping of a section is joined, anything else replaced whole."""
    out: dict[str, Value] = {
        name: _merged(value, {}) if isinstance(value, Mapping) else value
        for name, value in below.items()
    }
    for name, value in above.items():
        under = out.get(name)
        both = isinstance(under, dict) and isinstance(value, dict)
        out[name] = _merged(under or {}, value) if both else value
    return out


def _disagreements(settings: Settings) -> Iterator[Fault]:
    """What is wrong between fields that are each right."""
    yield from _of_towers(settings)
    yield from _of_losses(settings)
    if settings.stages and not any(settings.stages):
        yield "stages", "every share is 0; give one a share above 0"
    if settings.text.tower == "characters" and settings.text.formats.bare == 0:
        yield (
            "text.formats",
            "the tower of characters reads texts alone; give `bare` a share above 0",
        )


def _of_towers(settings: Settings) -> Iterator[Fault]:
    text, vision = settings.text, settings.vision
    for name, source, frozen in (
        ("text", text.source, text.frozen),
        ("vision", vision.source, vision.frozen),
    ):
        if source is None and frozen:
            yield (
                f"{name}.frozen",
                f"a tower of random weights cannot stay as it is; set {name}.frozen=false, or give"
                f" {name}.source",
            )
    yield from _of_shape("text", text.source, text.shape)
    yield from _of_shape("vision", vision.source, vision.shape)
    pooled = settings.region.kind != "strip" and vision.tower == "dinov2"
    if pooled and vision.source is None and vision.size % vision.shape.patch:
        yield (
            "vision.size",
            f"must be a multiple of the patch, {vision.shape.patch}; found {vision.size}",
        )


def _of_shape(name: str, source: str | None, shape: Shape) -> Iterator[Fault]:
    if source is None and shape.width % shape.heads:
        yield f"{name}.shape.heads", f"{shape.heads} heads do not divide a width of {shape.width}"


def _of_losses(settings: Settings) -> Iterator[Fault]:
    loss = settings.loss
    if loss.box + loss.hard + loss.characters + loss.places == 0:
        yield "loss", "every share is 0; nothing would be learned"
    if loss.hard and settings.batch.spellings < 2:
        yield (
            "batch.spellings",
            "must be at least 2 where loss.hard is above 0: one spelling has none beside it",
        )
    for term, share in (("characters", loss.characters), ("places", loss.places)):
        if share and settings.text.tower == "byt5":
            yield (
                f"loss.{term}",
                "needs text.tower=characters: byt5 says no characters; set it to 0",
            )


def _fields(
    section: type[Section], at: tuple[str | int, ...]
) -> dict[tuple[str | int, ...], tuple[str, ...]]:
    """The field names of a section and of those inside it, by their place."""
    known = {at: tuple(section.model_fields)}
    for name, field in section.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            known |= _fields(field.annotation, (*at, name))
    return known


def _broken(faults: list[Fault]) -> RecipeError:
    count = "one fault" if len(faults) == 1 else f"{len(faults)} faults"
    return RecipeError(f"cannot be trained, {count}", faults=tuple(faults))
