"""Files sent to a console, as a browser or a program sends them."""

import secrets
from typing import Any

from tests.fix_company import Site, until
from tests.fix_web import Reply, Web

FILL = "/c/demo/fill"
API = f"/api/v1{FILL}"
BOUNDARY = "boundary-of-the-test"
KIND = f"multipart/form-data; boundary={BOUNDARY}"
CONFIG = "configs/WebConfig.txt"


def configure(site: Site, **keys: object) -> None:
    """The console's settings, with a spool of the test's own."""
    lines = {"spoolFolder": site.home / "spool", "spoolFreeMegabytes": 0, "uploadMegabytes": 1, **keys}
    site.write(CONFIG, "\n".join(f"{key}={value}" for key, value in lines.items()))


def body_of(name: str, content: bytes, **fields: str) -> bytes:
    """A form with fields and a file."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in fields.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    return b"".join([*parts, head, content, f"\r\n--{BOUNDARY}--\r\n".encode()])


def send(web: Web, name: str, content: bytes, **fields: str) -> Reply:
    """Sends a file; with a new key unless one is given."""
    body = body_of(name, content, **{"key": secrets.token_hex(8)} | fields)
    return web.ask("POST", API, body, Sec_Fetch_Site="same-origin", Content_Type=KIND)


def act(web: Web, path: str, **form: str) -> Reply:
    """An action of the API, with a new key unless one is given."""
    return web.post(path, {"key": secrets.token_hex(8)} | form)


def uploaded(reply: Reply) -> str:
    """The path of the upload that was made."""
    assert reply.status == 200, reply.text
    return f"{API}/{reply.json['values']['upload']}"


def checked(web: Web, path: str) -> Any:
    """The page of an upload whose check has ended."""

    def ended() -> Any:
        reply = web.get(path)
        assert reply.status == 200, reply.text
        return reply.json["upload"]["step"] != "checking" and reply.json

    return until(ended, "the file is checked")


def filled(web: Web, name: str, content: bytes, **fields: str) -> tuple[str, Any]:
    """Sends a file and waits for its check: (path of the upload, its page)."""
    path = uploaded(send(web, name, content, **fields))
    return path, checked(web, path)


def in_spool(site: Site) -> list[str]:
    """All files and folders of the spool."""
    spool = site.home / "spool"
    return sorted(str(path.relative_to(spool)) for path in spool.rglob("*")) if spool.exists() else []
