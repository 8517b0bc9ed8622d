"""Sentences that are kept and shown later: in English for audit, API and log, on pages in the viewer's language."""

from collections.abc import Mapping
from typing import Any

from etl.web.texts import language


class Sentence(str):
    """A text in English that knows its key and values, and so how it is said in the other languages."""

    key: str
    values: Mapping[str, str | int]


def sentence_of(key: str, /, **values: str | int) -> Sentence:
    """The sentence of a key; see `Language`."""
    found = Sentence(language("en")(key, **values))
    found.key, found.values = key, values
    return found


def kept(text: str) -> dict[str, Any] | None:
    """Key and values as JSON keeps them beside the English text; None for a text that is not ours."""
    return {"key": text.key, "values": dict(text.values)} if isinstance(text, Sentence) else None


def restored(text: str, of: Mapping[str, Any] | None) -> str:
    """A kept sentence; the English text alone where another version of the console has kept it."""
    try:
        return sentence_of(of["key"], **of["values"]) if of else text
    except (KeyError, ValueError, IndexError):
        return text
