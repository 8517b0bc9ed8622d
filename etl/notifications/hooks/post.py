"""Sends a text to the URL of a hook."""

import urllib.error
import urllib.request
from http.client import HTTPException, HTTPMessage
from typing import IO


def post(url: str, text: str, seconds: float) -> str:
    """Returns why the URL did not receive it; an empty text if it did."""
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "etl"}
    request = urllib.request.Request(url, text.encode(), headers, method="POST")  # noqa: S310
    try:
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=seconds):
            return ""
    except urllib.error.HTTPError as error:
        return f"it answered with status {error.code}"
    except urllib.error.URLError as error:
        return str(getattr(error.reason, "strerror", None) or type(error.reason).__name__)
    except (OSError, HTTPException, ValueError) as error:
        # Their text may repeat the URL, which may hold a token.
        return getattr(error, "strerror", None) or type(error).__name__


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: that would send the event, as a GET, to a URL that is not configured."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """None: the redirect counts as an error."""
