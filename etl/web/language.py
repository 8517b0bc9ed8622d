"""Which language a page has: that of the address, of the cookie, of the user, of the browser, else English."""

import re
from typing import Final
from urllib.parse import quote, urlencode

from etl.web.identity.principal import Principal
from etl.web.incoming import Incoming, Outgoing, redirect

LANGUAGES: Final = ("en", "ru", "kk")
COOKIE: Final = "etl-language"
_YEAR_SECONDS: Final = 31_536_000

_ACCEPTED = re.compile(r"\s*([A-Za-z]{2})[A-Za-z0-9-]*\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*(?:,|$)")


def has_cookie(incoming: Incoming) -> bool:
    """Whether this browser remembers a language."""
    return incoming.cookies.get(COOKIE, "") in LANGUAGES


def language_of(incoming: Incoming, principal: Principal | None = None) -> str:
    """The language of the answer."""
    known = (incoming.cookies.get(COOKIE, ""), principal.language if principal else "")
    asked = (incoming.query.get("language", ""), *known, *_accepted(incoming))
    return next((one for one in asked if one in LANGUAGES), LANGUAGES[0])


def _accepted(incoming: Incoming) -> list[str]:
    """The browser's languages, the best first."""
    found = _ACCEPTED.findall(incoming.headers.get("accept-language", "")[:200])
    return [code.lower() for code, _ in sorted(found, key=lambda one: -float(one[1] or 1))]


def chosen_language(incoming: Incoming) -> Outgoing | None:
    """A link of ours chooses a language by `?language=`: a cookie remembers it, and the page follows without it."""
    if incoming.is_api or incoming.query.get("language") not in LANGUAGES:
        return None
    rest = urlencode({name: value for name, value in incoming.query.items() if name != "language"})
    location = f"{incoming.prefix}{quote(incoming.path)}{'?' if rest else ''}{rest}"
    return redirect(location, language_cookie(incoming, incoming.query["language"]))


def language_cookie(incoming: Incoming, code: str) -> tuple[str, str]:
    """The header by which the browser remembers a language."""
    secure = "; Secure" if incoming.is_secure else ""
    cookie = f"{COOKIE}={code}; Path={incoming.prefix or '/'}; Max-Age={_YEAR_SECONDS}"
    return "Set-Cookie", f"{cookie}; SameSite=Lax; HttpOnly{secure}"
