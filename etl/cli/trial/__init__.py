"""Commands for trials: the demo and the simulated partner.

Receives argv. Writes text or JSON. Never touches a database that is not named for it.
"""
