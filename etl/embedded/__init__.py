"""The PostgreSQL that needs no administrator: made, started, shared and stopped.

Receives a data folder. Hands on a running server with its socket. Never connects to it, and knows no table.
"""

from etl.embedded.server import VERSION, EmbeddedServer, packaged_binaries

__all__ = ["VERSION", "EmbeddedServer", "packaged_binaries"]
