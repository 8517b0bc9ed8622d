"""Writes the reference pages that come from the code.

python -m scripts.reference         writes docs/reference/*.md, and the made parts of docs/business-object.md
"""
