"""The outputs: where changes of the store go."""
