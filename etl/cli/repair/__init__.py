"""The commands that take something back for good."""
