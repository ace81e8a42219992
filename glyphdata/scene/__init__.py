"""What a picture is, as plain frozen values: decided (scene), placed (typeset), drawn (sample)."""
