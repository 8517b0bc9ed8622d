"""Masks secrets in events: in messages and tracebacks, in any quoting."""

import json
import logging
import re
import threading
import traceback
from urllib.parse import quote

from etl.settings.origin import MASK

# A secret this short would be found inside ordinary words; it is masked where it stands alone.
_SHORT = 4


class Redaction(logging.Filter):
    """Masks every secret that it was given, for the whole process: a replaced password may still appear later."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._forms: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def keep(self, *secrets: str) -> None:
        with self._lock:
            self._forms.update(form for secret in secrets if secret for form in _forms(secret))
            # The longest first: of two secrets one may hold the other.
            ordered = sorted(filter(None, self._forms), key=len, reverse=True)
            self._pattern = re.compile("|".join(map(_matching, ordered))) if ordered else None

    def masked(self, text: str) -> str:
        return self._pattern.sub(MASK, text) if self._pattern else text

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets every event pass, without its secrets."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError, KeyError):
            message = str(record.msg)  # the event's own arguments do not fit; that is no reason to lose it
        record.msg, record.args = self.masked(message), None
        if record.exc_info and record.exc_info[0] and not record.exc_text:
            record.exc_text = "".join(traceback.format_exception(*record.exc_info))
        if record.exc_text:
            record.exc_text = self.masked(record.exc_text).rstrip("\n")
        if record.stack_info:
            record.stack_info = self.masked(record.stack_info)
        return True


def _forms(secret: str) -> set[str]:
    """The secret as it is, and as URLs, JSON, Python, SQL and connection strings write it."""
    escaped = secret.replace("\\", "\\\\").replace("'", "\\'")
    plain = {secret, secret.strip(), quote(secret, safe=""), quote(secret), repr(secret)[1:-1], escaped}
    quoted = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], secret.replace("'", "''")}
    return plain | quoted


def _matching(form: str) -> str:
    pattern = re.escape(form)
    return pattern if len(form) >= _SHORT else rf"(?<![^\W_]){pattern}(?![^\W_])"


REDACTION = Redaction()
if logging.lastResort:  # where nothing is configured yet
    logging.lastResort.addFilter(REDACTION)


def keep_secret(*secrets: str) -> None:
    """Masks these texts in all events of this process from now on."""
    REDACTION.keep(*secrets)
