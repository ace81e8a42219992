"""What a sample becomes in the mix: new names in its facts and captions, all else as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

import orjson

from glyphdata.caption.record import Captioned
from glyphdata.captions.written import read, sha256, written
from glyphdata.convert.mixing.asked import Kept
from glyphdata.convert.mixing.sampled import filled
from glyphdata.draw.encode import picture as encoded
from glyphdata.errors import InputError
from glyphdata.recipe.document import Value
from glyphdata.shards.dataset import Record
from glyphdata.shards.keys import PICTURES
from glyphdata.shards.overlay import MEMBER

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Named:
    """What a sample of the mix is called: key, scene and group, and the mix's fingerprint."""

    key: str
    index: int
    group: str
    recipe: str


def members_of(
    record: Record,
    line: bytes | None,
    named: Named,
    label: str,
    kept: Kept,
    blank: Mapping[str, Value],
) -> tuple[tuple[str, bytes], ...]:
    """The members of a sample, (extension, content) sorted by extension.

    `line` are captions that stand beside the sample. `InputError` where a member is missing or
    damaged, or the captions are another sample's.
    """
    told = record.facts
    facts = orjson.dumps(_facts(told, named, label, record.key, blank))
    before = next((one for one in PICTURES if one in record.members), "")
    own = record.picture
    shown = own if before == kept.picture else _encoded(record, kept)
    members = {kept.picture: shown, "json": facts, "txt": _taken(record, "txt")}
    for extension in kept.members:
        members[extension] = _taken(record, extension)
    if kept.captions:
        said = _captioned(record, line or record.members.get(MEMBER), own, must=kept.must)
        members[MEMBER] = written(
            replace(said, key=named.key, image_sha256=sha256(shown), scene_sha256=sha256(facts))
        )
    elif MEMBER in record.members:
        # Its txt was drawn from captions that are gone; the prompt is what can be held against it.
        members["txt"] = str(told.get("prompt", "")).encode()
    return tuple(sorted(members.items()))


def _facts(told: Facts, named: Named, label: str, key: str, blank: Mapping[str, Value]) -> Facts:
    """The facts under their new names, with every field that the mix's other samples have."""
    inner = told.get("origin")
    before = inner if isinstance(inner, dict) else {}
    ground = told.get("background")
    license = before.get("license", ground.get("license", "") if isinstance(ground, dict) else "")
    source = f"{label}/{before['source']}" if before.get("source") else label
    renamed = {
        **told,
        "key": named.key,
        "index": named.index,
        "group": named.group,
        "recipe": named.recipe,
        "origin": {**before, "source": source, "key": key, "license": license},
    }
    whole: Facts = filled(renamed, blank)
    return whole


def _captioned(record: Record, said: bytes | None, picture: bytes, *, must: bool) -> Captioned:
    """The captions of a sample as its source has them; none where it has none and need not."""
    contents = sha256(picture), sha256(record.members["json"])
    if said is None:
        if must:
            raise InputError(f"sample {record.key} has no captions", hint="run `glyphdata caption`")
        return Captioned(record.key, *contents, ())
    found = read(said)
    if (found.key, found.image_sha256, found.scene_sha256) != (record.key, *contents):
        raise InputError(
            f"the captions of sample {record.key} are another picture's",
            hint="run `glyphdata caption` on the source again",
        )
    return found


def _encoded(record: Record, kept: Kept) -> bytes:
    form = cast(Literal["jpg", "png", "webp"], kept.picture)
    sampling = cast(Literal["420", "444"], kept.subsampling)
    return encoded(record.pixels(), form, kept.quality, sampling)


def _taken(record: Record, extension: str) -> bytes:
    if extension not in record.members:
        raise InputError(
            f"sample {record.key} has no {extension}, which the samples before it have",
            hint="`glyphdata verify` the source",
        )
    return record.members[extension]
