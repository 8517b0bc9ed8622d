"""Ids of instances and files: 16 characters of `A-Za-z0-9@~`.

The platform draws 12 random bytes. Ids that grow with time serve as well and keep golden rows, their indexes and
those of the out_ tables in one order: an insert fills the last page of an index instead of touching all of them.
"""

import secrets
import time

_ALPHABET = "0123456789@ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz~"  # in the order of their bytes
_CHARACTERS, _RANDOM_BITS = 10, 18


def new_ids() -> str:
    """The prefix of the ids of one statement (`sql/new_id.jinja`): 42 bits of milliseconds since 1970, 18 random
    bits."""
    number = time.time_ns() // 1_000_000 << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    return "".join(_ALPHABET[number >> 6 * digit & 63] for digit in reversed(range(_CHARACTERS)))
