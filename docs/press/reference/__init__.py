"""Pages made from the code: what may stand in a recipe, every command, the public names."""
