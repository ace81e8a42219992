"""Where boxes lie: one kind a file."""
