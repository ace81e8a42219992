"""Where texts come from: one kind a file."""
