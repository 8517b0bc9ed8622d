"""The log of a command: the routing of the configuration's `logging/structure.txt`, applied when a command starts."""

import logging
import os
from collections.abc import Callable

from etl.config import Tree, log_folder
from etl.logs import Log
from etl.settings.logging import LOGGING

_log = logging.getLogger(__name__)


def open_log(*, is_service: bool) -> Log:
    """The log of this process, for commands that follow the configuration."""
    return Log(log_folder(os.environ), os.environ, is_service=is_service)


def follow_log() -> Callable[[Tree], None]:
    """For a command that reads the configuration once. A faulty text is reported, and stops no command."""
    log = open_log(is_service=False)

    def follow(tree: Tree) -> None:
        location = f"{tree.origin.removeprefix('file:').rstrip('/')}/{LOGGING}"
        for problem in log.follow(tree.contents, location):
            _log.warning("the built-in log is used: %s", problem)

    return follow
