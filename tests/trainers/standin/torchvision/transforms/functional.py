"""The one function of this module that a run of open_clip's trainer calls."""

import numpy as np
import torch
from PIL import Image
from torch import Tensor


def to_tensor(picture: Image.Image) -> Tensor:
    """A picture as channels × height × width numbers from 0 to 1."""
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1).float() / 255
