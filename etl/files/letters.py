"""Letters that the database's encoding lacks: a row with one is rejected, the others are loaded."""

import codecs
import re

import pyarrow as pa

_REASON = "holds {letter!r}, which the database's encoding {encoding} lacks"


def codec_of(encoding: str) -> str:
    """Python's codec for PostgreSQL's encoding; empty where every letter has its place, or none is known."""
    name = re.sub(r"^WIN", "cp", encoding)
    try:
        return "" if encoding == "UTF8" else codecs.lookup({"KOI8R": "koi8_r", "KOI8U": "koi8_u"}.get(name, name)).name
    except LookupError:
        return ""


def lacking_letters(texts: pa.Array, encoding: str) -> dict[int, str]:
    """Row -> reason, for the rows of a column of texts that the encoding cannot hold."""
    codec = codec_of(encoding)
    if not codec or texts.buffers()[-1] is None or _misfit("".join(filter(None, texts.to_pylist())), codec) is None:
        return {}
    faults = {}
    for row, text in enumerate(texts.to_pylist()):
        letter = _misfit(text or "", codec)
        if letter is not None:
            faults[row] = _REASON.format(letter=letter, encoding=encoding)
    return faults


def _misfit(text: str, codec: str) -> str | None:
    """The first letter that the encoding lacks."""
    try:
        text.encode(codec)
    except UnicodeEncodeError as error:
        return text[error.start]
    return None
