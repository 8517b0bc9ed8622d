"""A webhook on the loopback: what is posted to it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Listener:
    """`answer` is the status of the next answers; `look` is called while the poster waits."""

    url: str = ""
    answer: int = 204
    look: Callable[[], object] = lambda: None
    events: list[Any] = field(default_factory=list)
    looks: list[Any] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return [event["event"] for event in self.events]


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            listener.events.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            listener.looks.append(listener.look())
            self.send_response(listener.answer)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.url = f"http://127.0.0.1:{server.server_port}/hook/t0ken"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield listener
    server.shutdown()
    server.server_close()
    thread.join()
