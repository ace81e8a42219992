"""How a text becomes nearly itself: one kind a file."""
