"""Who a viewer is: a user of this machine, a user with a password, or whom a trusted proxy names.

Receives the values of a request. Returns a Principal with roles by company. Keeps users, sessions, audit and keys of
actions in the schema `etl_web`. Never knows what a page shows.
"""
