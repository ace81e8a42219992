"""What is said of a scene, from truth alone."""

from __future__ import annotations

from glyphdata.caption.prompt import prompt
from glyphdata.scene.sample import Captions
from glyphdata.scene.scene import Scene


def describe(scene: Scene) -> Captions:
    """The prompt of a scene, its faces spelled `<font-N>` by their global tokens."""
    return Captions(
        prompt((box.text, box.ink.token, f"<font-{box.face.token}>") for box in scene.boxes)
    )
