"""Where changes of the store go."""
