"""The files of `static/`: a fixed list, each at an address with its digest, so that it may be kept for ever."""

import hashlib
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Final

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "ico": "image/x-icon",
}
_DIGITS = 12


@dataclass(frozen=True)
class Asset:
    """One file: its content, its type, and its name with a digest."""

    address: str
    media_type: str
    content: bytes = field(repr=False)


def _read() -> dict[str, Asset]:
    found = {}
    for one in sorted(files("etl.web").joinpath("static").iterdir(), key=lambda file: file.name):
        stem, _, ending = one.name.rpartition(".")
        if ending in _TYPES:
            content = one.read_bytes()
            digest = hashlib.sha256(content).hexdigest()[:_DIGITS]
            found[one.name] = Asset(f"{stem}.{digest}.{ending}", _TYPES[ending], content)
    return found


ASSETS: Final = _read()
BUILD: Final = hashlib.sha256("".join(one.address for one in ASSETS.values()).encode()).hexdigest()[:_DIGITS]
"""Of all of them: an open page of an earlier program has another one."""

BY_ADDRESS: Final = {asset.address: asset for asset in ASSETS.values()}
