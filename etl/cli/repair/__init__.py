"""Commands for what no run can repair: instances that are joined, split or erased.

Receives argv. Writes text or JSON. Without --apply nothing is written to a database.
"""
