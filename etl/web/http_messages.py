"""Requests of Starlette as the console sees them, and its answers as Starlette sends them."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from etl.web.incoming import Incoming, Outgoing
from etl.web.layers.state import state_of
from etl.web.problems import RequestProblem, bad_request

_BLOCK_BYTES = 1 << 18
_LOOKED_AT = re.compile(rb'(?<=\A\{"zone":)"[^"]*","looked_at":"[^"]*"')


async def form_of(request: Request) -> dict[str, str]:
    """The parameters of an action: of a form, or the texts of a JSON object. Raises RequestProblem for others."""
    return form_of_body(request.headers.get("content-type", ""), await request.body())


def form_of_body(content_type: str, body: bytes) -> dict[str, str]:
    """The same for a body that was read."""
    kind = content_type.partition(";")[0].strip().lower()
    if not body:
        return {}
    try:
        if kind == "application/x-www-form-urlencoded":
            pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=1000)
            return _checked(_joined(pairs))
        if kind == "application/json":
            return _checked(_of_texts(json.loads(body)))
    except (ValueError, RecursionError) as error:
        raise bad_request(f"The body cannot be read as {kind}.") from error
    raise RequestProblem(415, "media_type", "Send a form (application/x-www-form-urlencoded) or application/json.")


def _joined(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """The fields of a form. What is given several times, as rows that are marked, is one text with spaces between."""
    found: dict[str, str] = {}
    for name, value in pairs:
        found[name] = f"{found[name]} {value}" if name in found else value
    return found


def _of_texts(found: object) -> dict[str, str]:
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise bad_request("The body must be a JSON object whose values are texts, numbers among them.")
    return found


def _checked(found: dict[str, str]) -> dict[str, str]:
    if not all(is_text(text) for pair in found.items() for text in pair):
        raise bad_request("The body has a character that no text may have: U+0000, or half of a surrogate pair.")
    return found


def is_text(value: str) -> bool:
    """Whether it can be kept: PostgreSQL has no U+0000, and half of a surrogate pair is no character."""
    return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)


def incoming_of(request: Request, form: Mapping[str, str] | None = None) -> Incoming:
    """The request as the console sees it."""
    state = state_of(request.scope)
    prefix = state.prefix
    path = request.scope["path"]
    return Incoming(
        method=request.method,
        path=path.removeprefix(prefix) if path.startswith(f"{prefix}/") else path,
        query=dict(request.query_params),
        values=dict(request.path_params),
        form=form or {},
        headers={**dict(request.headers), **state.user_headers},
        cookies=request.cookies,
        token=state.token,
        address=state.address,
        origin=state.origin,
        prefix=prefix,
        request_id=state.request_id,
    )


def response_of(request: Request, found: Outgoing) -> Response:
    """The answer as Starlette sends it."""
    state_of(request.scope).viewer = found.viewer
    if found.path:
        response: Response = StreamingResponse(_content(found.path), found.status, media_type=found.media_type)
    else:
        response = Response(found.body, found.status, media_type=found.media_type)
    if found.status == 200 and not found.path and _is_asked_again(found) and request.method in ("GET", "HEAD"):
        # A page as JSON says first when it was looked at: that alone is no change.
        tag = f'"{hashlib.sha256(_LOOKED_AT.sub(b"", found.body)).hexdigest()[:32]}"'
        if request.headers.get("if-none-match") == tag:
            response = Response(status_code=304)
        response.headers["ETag"] = tag
    for name, value in found.headers:
        response.headers.append(name, value)
    return response


def _is_asked_again(found: Outgoing) -> bool:
    """Pages without a stream ask for their JSON every few seconds, programs now and then for files of the contract."""
    return found.media_type == "application/json" or any(name == "Content-Disposition" for name, _ in found.headers)


def _content(path: Path) -> Iterator[bytes]:
    """The blocks of a file, which is open from now on: it may be removed while it is sent."""
    file = path.open("rb")

    def blocks() -> Iterator[bytes]:
        with file:
            while block := file.read(_BLOCK_BYTES):
                yield block

    return blocks()
