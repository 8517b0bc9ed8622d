"""The PostgreSQL that needs no administrator: made, started, shared and stopped.

Receives a data folder. Hands on a running server with its socket. Never connects to it, and knows no table.
"""

from etl.embedded.server import VERSION, EmbeddedServer, packaged_binaries
from etl.embedded.upgrade import UpgradedServer, delete_old_data, upgrade_server

__all__ = ["VERSION", "EmbeddedServer", "UpgradedServer", "delete_old_data", "packaged_binaries", "upgrade_server"]
