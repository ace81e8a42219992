"""Captions as bytes: a line of an overlay and the member `captions.json` are the same object.

Every field is written, defaults included, so that all lines have one shape; no time and no path is,
so that the same captions are the same bytes. What is read may leave defaults out: people edit it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache

import orjson
from pydantic import TypeAdapter, ValidationError

from glyphdata.caption.record import SCHEMA, Caption, Captioned, Failure
from glyphdata.errors import InputError


def identity(recipe: Mapping[str, object]) -> str:
    """The first 12 hex digits of the SHA-256 of a captioner's recipe as canonical JSON."""
    canonical = json.dumps(recipe, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def sha256(content: bytes) -> str:
    """The checksum of a member, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def ordered(captioned: Captioned) -> Captioned:
    """The same captions as they are kept: by level, style, source and recipe; failures likewise."""

    def of_caption(one: Caption) -> tuple[int, str, str, str, str]:
        return one.level, one.style, one.source, one.recipe, one.text

    def of_failure(one: Failure) -> tuple[int, str, str]:
        return one.level, one.recipe, one.code

    return Captioned(
        captioned.key,
        captioned.image_sha256,
        captioned.scene_sha256,
        tuple(sorted(captioned.captions, key=of_caption)),
        tuple(sorted(captioned.failures, key=of_failure)),
    )


def written(captioned: Captioned) -> bytes:
    """One line of JSON, without its end."""
    return orjson.dumps(
        {
            "schema": SCHEMA,
            "key": captioned.key,
            "image_sha256": captioned.image_sha256,
            "scene_sha256": captioned.scene_sha256,
            "captions": captioned.captions,
            "failures": captioned.failures,
        }
    )


def read(line: bytes) -> Captioned:
    """The captions that `written` wrote, or a person edited; `InputError` saying what is wrong."""
    try:
        return _adapter().validate_json(line, strict=True)
    except ValidationError as fault:
        first = fault.errors()[0]
        at = ".".join(map(str, first["loc"]))
        raise InputError(
            f"these are no captions: {at or 'the line'}: {first['msg']}",
            hint="mend the line, or remove it and caption again",
        ) from None


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Captioned]:
    return TypeAdapter(Captioned)
