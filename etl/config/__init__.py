"""Configuration texts, from a directory or from ZooKeeper, behind one interface.

Receives a URL. Returns one immutable snapshot of the whole tree, and takes texts to write.
Never knows what a text means, and translates every exception of kazoo and the file system.
"""

from etl.config.address import ConfigAddress
from etl.config.directory import DirectorySource
from etl.config.errors_beside import ErrorsBeside
from etl.config.home import default_url, etl_home, log_folder
from etl.config.source import ConfigSource, open_source
from etl.config.transfer import Clash, Transfer, transfer
from etl.config.tree import ChangedTreeError, MissingTreeError, Text, Tree, UnreachableTreeError

__all__ = [
    "ChangedTreeError",
    "Clash",
    "ConfigAddress",
    "ConfigSource",
    "DirectorySource",
    "ErrorsBeside",
    "MissingTreeError",
    "Text",
    "Transfer",
    "Tree",
    "UnreachableTreeError",
    "default_url",
    "etl_home",
    "log_folder",
    "open_source",
    "transfer",
]
