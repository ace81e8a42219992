"""The captions of a sample that is being made: said from truth, and one drawn for its `txt`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, cast

from glyphdata.caption.captioner import Captioner
from glyphdata.caption.facts import Facts
from glyphdata.caption.record import LEVELS
from glyphdata.captions.joining import Contents
from glyphdata.captions.scribe import Scribe, Work
from glyphdata.captions.written import ordered, sha256, written
from glyphdata.errors import Rejection
from glyphdata.faces.catalogue import Catalogue
from glyphdata.registry import load
from glyphdata.scene.rng import Rng
from glyphdata.shards.blending import Blend, Spoken


class Asked(Protocol):
    """The recipe's section about captions."""

    @property
    def levels(self) -> int:
        """How many, the finest first."""
        ...

    @property
    def blend(self) -> float:
        """The share of samples whose `txt` is a caption."""
        ...

    @property
    def styles(self) -> tuple[str, ...]:
        """How they are phrased."""
        ...

    @property
    def seed(self) -> int:
        """What their words start from."""
        ...


class Captions:
    """Captions the samples of a recipe as they are made; they belong to (seed, key) and the facts.

    They are those that `glyphdata caption` with `truth` and the same seed writes afterwards.
    """

    def __init__(self, asked: Asked, catalogue: Catalogue) -> None:
        truth = cast(Captioner, load("captioners", "truth")(seed=asked.seed))
        self._scribe = Scribe(truth, "truth", LEVELS[: asked.levels], asked.styles)
        self._blend = Blend(asked.blend, styles=asked.styles)
        self._seed = asked.seed
        self._catalogue = catalogue

    def of(
        self, facts: Mapping[str, object], json: bytes, picture: bytes, own: str
    ) -> tuple[bytes, bytes]:
        """`captions.json` and `txt` of the sample with these facts, members and prompt.

        `Rejection` where nothing true can be said of it.
        """
        told = Facts.of(facts, self._catalogue)
        contents = Contents(told.key, sha256(picture), sha256(json))
        work = Work(contents, told, b"", contents.none(), self._scribe.wanted)
        said = self._scribe.said([work])[0].captioned
        if said.failures:
            raise Rejection("no-caption", f"it cannot be captioned: {said.failures[0].message}")
        spoken = [Spoken(one.level, one.style, one.text) for one in ordered(said).captions]
        rng = Rng.of(self._seed, 0).at(f"caption {told.key}")
        txt = self._blend.draw(spoken, own, rng)
        return written(ordered(said)), (own if txt is None else txt).encode()
