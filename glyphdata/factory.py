"""From a recipe and an index to the members of one sample: plan, draw, describe, encode.

The one place where those four meet. `generate` runs a factory in each of its workers, `bench` times
one, `draw` shows what one made.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, replace

import numpy as np
import orjson

from glyphdata.caption.prompt import prompt
from glyphdata.captions.making import Captions
from glyphdata.draw import encode, png
from glyphdata.draw.prove import prove
from glyphdata.faces.catalogue import Catalogue, load
from glyphdata.faces.outlines import Outlines
from glyphdata.faces.spelling import spelled
from glyphdata.recipe import Recipe
from glyphdata.registry import kind_of
from glyphdata.scene.sample import UNIT, Sample
from glyphdata.scene.scene import Scene, TextBox
from glyphdata.scenes import Scenes
from glyphdata.shards.keys import key_of


@dataclass(frozen=True, slots=True)
class Encoded:
    """A sample as it goes into a shard.

    `members` are (extension, bytes) sorted by extension; `row` is its row in the index, less what
    only the shard knows; `rejected` the reasons of drafts and boxes that were given up on the way.
    """

    index: int
    key: str
    members: tuple[tuple[str, bytes], ...]
    row: dict[str, object]
    rejected: tuple[str, ...]


class Factory:
    """Makes the samples of a recipe, in any order; sample i depends on (recipe, i) alone."""

    def __init__(
        self,
        recipe: Recipe,
        catalogue: Catalogue | None = None,
        without: Container[int] = (),
    ) -> None:
        """`without` are the tokens of faces that are quarantined: scenes that draw one are redrawn.

        `InputError` where the recipe's files or faces cannot be used.
        """
        self.recipe = recipe
        self._fingerprint = recipe.fingerprint()
        self._spelling = recipe.faces.tokens
        self._catalogue = load() if catalogue is None else catalogue
        self._outlines = Outlines()
        self.scenes = Scenes(recipe, self._catalogue, self._outlines, without)
        variants = recipe.variants
        self._variants = variants.count if variants.rendered else 0
        captions = recipe.captions
        self._captions = Captions(captions, self._catalogue) if captions.levels else None

    def warm(self) -> None:
        """Open every face of the recipe and fetch the outlines of what western prose is set in."""
        for token in self._catalogue.tokens(self.scenes.faces):
            face = self._catalogue.open(token)
            glyphs = {face.font.get_nominal_glyph(code) for code in _PROSE} - {None, 0}
            known = np.array(sorted(glyphs), np.int32)
            self._outlines.rows(face.token, face.font, face.upem, known)

    def picture(self, index: int, variant: int = 0) -> Sample:
        """Sample `index`, or a variant of it, drawn; its arrays are good until the next is made.

        `Rejection` where no draft of it can be made.
        """
        made = self.scenes.made(index, lambda sample: _kept(sample, variant))
        return made[variant]

    def make(self, index: int) -> Encoded:
        """Sample `index`, encoded. `Rejection` where no draft of it can be made."""
        return self.group(index)[0]

    def group(self, index: int) -> list[Encoded]:
        """Sample `index` and its variants, encoded. `Rejection` where they cannot be made."""
        return self.scenes.made(index, self._encoded)

    def tell(self, in_hand: Callable[[int], None]) -> None:
        """Let `in_hand` hear the token of each face before it is touched, and -1 after drawing."""
        self.scenes.tell(in_hand)

    def prove(self, token: int, mark: Callable[[int], None]) -> None:
        """Draw everything that a face draws; `mark` hears a growing number meanwhile."""
        prove(self._catalogue, token, mark, ligatures=self.recipe.faces.ligatures)

    def _encoded(self, sample: Sample) -> Encoded:
        scene, outputs = sample.scene, self.recipe.outputs
        per_shard = self.recipe.shard.samples
        group = key_of(scene.index, per_shard)
        key = key_of(scene.index, per_shard, scene.variant, variants=self._variants)
        said = prompt((box.text, box.ink.token, self._font(box)) for box in scene.boxes)
        image = outputs.image
        kind = kind_of("backgrounds", type(scene.background))
        facts = encode.facts(
            sample, key=key, group=group, recipe=self._fingerprint, prompt=said, kind=kind
        )
        members = {
            image.format: encode.picture(
                sample.pixels, image.format, image.quality, image.subsampling
            ),
            "json": orjson.dumps(facts),
            "txt": said.encode(),
        }
        if self._captions is not None:
            members["captions.json"], members["txt"] = self._captions.of(
                facts, members["json"], members[image.format], said
            )
        if outputs.layout:
            members["layout.json"] = encode.layout(sample)
        if outputs.mask:
            members["mask.png"] = png.encode(sample.mask)
        if sample.box_mask is not None:
            members["boxes.png"] = png.encode(sample.box_mask)
        if sample.layer is not None:
            members["glyph.png"] = png.encode(sample.layer)
        row = _row(sample, group, kind)
        return Encoded(scene.index, key, tuple(sorted(members.items())), row, scene.rejected)

    def _font(self, box: TextBox) -> str:
        return spelled(self._catalogue, box.face.token, box.script, box.language, self._spelling)


_PROSE = (*range(0x20, 0x7F), *range(0xA1, 0x100), *range(0x2013, 0x201E))


def _kept(sample: Sample, variant: int) -> Sample:
    """The sample, its arrays copied if it is the one that is asked for: the next overwrites them.

    A variant's arrays are those of the original, drawn anew.
    """
    if sample.scene.variant != variant:
        return sample
    layer, box_mask = sample.layer, sample.box_mask
    return replace(
        sample,
        pixels=sample.pixels.copy(),
        mask=sample.mask.copy(),
        layer=None if layer is None else layer.copy(),
        box_mask=None if box_mask is None else box_mask.copy(),
    )


def _row(sample: Sample, group: str, kind: str) -> dict[str, object]:
    scene, labels = sample.scene, sample.annotation.boxes
    boxes, canvas = scene.boxes, scene.canvas
    sizes = [box.size_px for box in boxes]
    return {
        "index": scene.index,
        "group": group,
        "variant": scene.variant,
        "width": canvas.width,
        "height": canvas.height,
        "level": scene.level,
        "language": scene.language,
        "scripts": sorted({box.script for box in boxes}),
        "text": "\n".join([box.text for box in boxes]),
        "boxes": len(boxes),
        "clusters": sum([len(one.clusters) for one in labels]),
        "font_tokens": [box.face.token for box in boxes],
        "color_tokens": [box.ink.token for box in boxes],
        "size_px_min": min(sizes),
        "size_px_max": max(sizes),
        "angle_deg_max": max([abs(box.angle_deg) for box in boxes]),
        "contrast_min": min([one.contrast for one in labels]),
        "signal_min": min([one.signal for one in labels]),
        "edits": [edit.kind for box in boxes for edit in box.edits],
        "effects": _effects(scene),
        "bounds": [value for one in labels for value in _bounds(one.quad.tolist())],
        "background": kind,
        "rejections": len(scene.rejected),
    }


def _bounds(quad: list[int]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a quad, in whole pixels."""
    x, y = quad[::2], quad[1::2]
    low, high = (min(x) // UNIT, min(y) // UNIT), (-(-max(x) // UNIT), -(-max(y) // UNIT))
    return *low, *high


def _effects(scene: Scene) -> list[str]:
    """The kinds of effects in the picture, once each."""
    every = [*scene.effects, *(effect for box in scene.boxes for effect in box.effects)]
    return sorted({kind_of("effects", type(effect)) for effect in every}) if every else []
