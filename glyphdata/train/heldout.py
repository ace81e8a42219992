"""Which texts are never trained on: those whose hash says so, in every dataset and run alike.

A text is compared as people read it: NFC, letter case aside. The originals decide for their near
misses: in training a box stays away when its original text is held out, and so does a single
spelling that an edit has made into a held-out text; in a test only boxes whose original text is
held out are asked. So no text that a test asks for was ever trained on. A group trains whole iff
none of its originals is held out, and tests whole iff all of them are.
"""

from __future__ import annotations

import hashlib
import unicodedata
from functools import lru_cache
from typing import Literal

Split = Literal["train", "test", "all"]
"""Which boxes are read: those to learn from, those held out, or both."""


@lru_cache(maxsize=1 << 16)
def is_held_out(text: str, share: float) -> bool:
    """Is this text one of the `share` (0 to below 1) of all texts that are never trained on?

    A larger share holds out all that a smaller one does. SHA-256 of the folded text, its first 64
    bits as a share of all there are.
    """
    if share <= 0:
        return False
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    digest = hashlib.sha256(folded.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") < share * 2.0**64


def belongs(text: str, source_text: str, share: float, split: Split) -> bool:
    """Does a box with this text, made of this original, belong to the split?"""
    if split == "all":
        return True
    if split == "test":
        return is_held_out(source_text, share)
    return not (is_held_out(source_text, share) or is_held_out(text, share))
