"""A class that open_clip mentions where a backbone with batch norms is frozen."""


class FrozenBatchNorm2d:
    """Refuses: no model here has batch norms."""

    def __init__(self, features: int) -> None:
        raise NotImplementedError("a stand-in: install torchvision")
