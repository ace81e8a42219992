"""How ink is laid on, and what befalls the finished picture: one kind a file."""
