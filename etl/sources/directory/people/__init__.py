"""What a sync with the directory changes, as values; no I/O.

Receives the entries of a read and what the store has of people and groups. Hands on identities, differences and what
the guards say. Never reads a server or a table.
"""
