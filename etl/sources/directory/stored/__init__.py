"""The store's side of a sync: what it has of people and groups, the merge of the differences, and what is noted for the
next sync, in one transaction.

Receives a plan. Never talks to the directory.
"""
