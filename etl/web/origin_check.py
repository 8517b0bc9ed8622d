"""Whether a request that changes something comes from our own pages (CSRF), without tokens that could run out."""

import ipaddress

from etl.web.incoming import Incoming
from etl.web.problems import RequestProblem
from etl.web.texts.sentence import sentence_of


def is_link_of_ours(incoming: Incoming) -> bool:
    """Whether the browser says that the viewer has followed a link of our own pages, and not asked ahead."""
    is_asked = incoming.method == "GET" and "sec-purpose" not in incoming.headers
    return is_asked and incoming.headers.get("sec-fetch-site") == "same-origin"


def refuse_foreign(incoming: Incoming) -> None:
    """Raises RequestProblem unless the browser says that a page of ours has sent it; programs send a token."""
    if incoming.token.get_secret_value():
        return
    site = incoming.headers.get("sec-fetch-site")
    origin = incoming.headers.get("origin")
    if site == "same-origin" or (site is None and origin == incoming.origin):
        return
    if site is None and origin is None:
        detail: str = "A program must send a token for what changes something: `etl web token add` makes one."
    else:
        detail = sentence_of("sentence.foreign_page")
    raise RequestProblem(403, "foreign_origin", detail)


def refuse_unencrypted(incoming: Incoming) -> None:
    """Raises RequestProblem: passwords and cookies are not sent in the clear but within this machine."""
    if incoming.is_secure or incoming.address == "unix":
        return
    try:
        is_near = ipaddress.ip_address(incoming.address.partition("%")[0]).is_loopback
    except ValueError:
        is_near = False
    if not is_near:
        detail = sentence_of("sentence.unencrypted")
        raise RequestProblem(403, "unencrypted", detail)
