"""Which face a text is set in, of those that a recipe allows."""

from __future__ import annotations

from functools import lru_cache

from glyphdata.errors import Rejection
from glyphdata.faces.catalogue import Catalogue
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import FaceRef


class Chooser:
    """Chooses among the faces of a set, a bitset of their tokens."""

    def __init__(self, catalogue: Catalogue, faces: int) -> None:
        self._catalogue = catalogue
        self._faces = faces
        self._mixed = catalogue.where(cases=("mixed",))
        self._refs = [face.ref for face in catalogue.faces]
        self._drawn: set[str] = set()  # characters that every face of the set draws
        self._suited = lru_cache(maxsize=256)(self._at_home)

    def choose(self, rng: Rng, text: str, language: str, scripts: frozenset[str]) -> FaceRef:
        """A face that truly covers a text in these scripts, family first, lest many weights drown
        the rest; `Rejection("no-face")` where there is none.
        """
        bits = self._suited(scripts, language, _has_small_letters(text))
        for char in set(text) - self._drawn:
            drawing = self._catalogue.drawing(char)
            if self._faces & ~drawing:
                bits &= drawing
            else:
                self._drawn.add(char)
        if not bits:
            raise Rejection(
                "no-face",
                f"no face covers {text[:40]!r}",
                hint="install more fonts, widen `faces`, or narrow the texts",
            )
        family = rng.at("family").pick(self._catalogue.families(bits))
        return self._refs[rng.at("face").pick(family[1])]

    def _at_home(self, scripts: frozenset[str], language: str, small: bool) -> int:
        """The faces for texts in these scripts, with `small` letters or without."""
        bits = self._faces
        for script in scripts:
            bits &= self._catalogue.script_faces(script, language)
        return bits & self._mixed if small else bits  # capitals only would belie the label


def _has_small_letters(text: str) -> bool:
    if text.isascii():
        return text != text.upper()
    return not text.isupper() and any(character.islower() for character in text)
