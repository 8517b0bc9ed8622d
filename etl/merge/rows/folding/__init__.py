"""Folds the rows of a staged table that concern one instance, field by field in their order."""
