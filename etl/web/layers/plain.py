"""A refusal before the console is asked: a sentence as plain text."""

from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send


async def refuse(
    status: int, sentence: str, scope: Scope, receive: Receive, send: Send, headers: dict[str, str] | None = None
) -> None:
    """Answers with the sentence."""
    await PlainTextResponse(f"{sentence}\n", status, headers)(scope, receive, send)
