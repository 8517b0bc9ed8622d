"""Resolves conflicts between rows of in_ tables that concern one instance or want one unique value."""
