"""What lies behind the text: one kind a file."""
