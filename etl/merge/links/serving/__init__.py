"""Links that wait: those whose ends have come are written, those that have waited too long become errors."""
