"""The directory (Active Directory) as a source of people and their memberships.

Receives what a read of the directory gives, as values. Hands them to the merge as one unit of work: a sync.
`people` decides without I/O, `stored` reads the store, stages the differences and notes who is who.
"""
