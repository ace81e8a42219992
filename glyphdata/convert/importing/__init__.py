"""From other people's pictures to samples of ours: read with care, list, describe, make."""
