"""Passwords as scrypt: how they are kept and checked. Two at once; who comes when ten wait is sent away."""

import base64
import hashlib
import hmac
import secrets
import threading
from typing import Final

from etl.errors import ConfigurationError
from etl.web.problems import RequestProblem
from etl.web.texts.sentence import sentence_of

_N, _R, _P = 1 << 15, 8, 1
_MEMORY = 64 << 20  # above the 32 MiB that n and r ask for
_SALT_BYTES = 16
_KEY_BYTES = 32
SHORTEST: Final = 10
_LONGEST: Final = 1_000

_AT_ONCE = 2
_WAITING = 10

_hashing = threading.BoundedSemaphore(_AT_ONCE)
_admitted = threading.BoundedSemaphore(_AT_ONCE + _WAITING)


def hash_of(password: str) -> str:
    """`scrypt$n$r$p$salt$key`. Raises ConfigurationError for a password that is too short or too long."""
    if not SHORTEST <= len(password) <= _LONGEST:
        raise ConfigurationError(f"the password must have at least {SHORTEST} characters, and at most {_LONGEST:,}")
    salt = secrets.token_bytes(_SALT_BYTES)
    return "$".join(("scrypt", str(_N), str(_R), str(_P), _text(salt), _text(_key(password, salt, _N, _R, _P))))


def is_right(password: str, kept: str) -> bool:
    """Whether it is the password; an unknown user takes the same time (`kept` is then `NO_PASSWORD`).

    Raises RequestProblem (503) when too many wait: hashing must not become a weapon.
    """
    if len(password) > _LONGEST:
        password = ""
    if not _admitted.acquire(blocking=False):
        raise RequestProblem(503, "busy", sentence_of("sentence.busy"), {"Retry-After": "5"})
    try:
        with _hashing:
            _, n, r, p, salt, key = kept.split("$")
            found = _key(password, base64.b64decode(salt), int(n), int(r), int(p))
            return hmac.compare_digest(found, base64.b64decode(key))
    finally:
        _admitted.release()


def _key(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    data = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(data, salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=_KEY_BYTES)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


# Of a user that does not exist: no password has this key.
NO_PASSWORD: Final = "$".join(
    ("scrypt", str(_N), str(_R), str(_P), _text(bytes(_SALT_BYTES)), _text(bytes(_KEY_BYTES)))
)
