"""How right the texts of generated pictures are: what was asked for against what was read."""
