"""Who captions a picture: one kind a file."""
