"""Which faces there are, what each truly draws, and which token stands for it."""

from glyphdata.faces.catalogue import Catalogue, Digest, load
from glyphdata.faces.face import Face
from glyphdata.faces.opening import OpenFace

__all__ = ["Catalogue", "Digest", "Face", "OpenFace", "load"]
