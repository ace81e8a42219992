"""How do the text boxes of a scene come to be, and their near-misses?"""

from __future__ import annotations

from glyphdata.compositor.boxes import Composed, Compositor, changed
from glyphdata.compositor.rooms import Spread
from glyphdata.compositor.variants import Group, Variants

__all__ = ["Composed", "Compositor", "Group", "Spread", "Variants", "changed"]
