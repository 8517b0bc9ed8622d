"""Writes the reference pages that come from the code.

python -m scripts.reference         writes docs/reference/*.md
"""
