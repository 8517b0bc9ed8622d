"""The settings of the console itself, as they count now: a faulty edit leaves the last good ones in force."""

import logging
import threading
from collections.abc import Mapping

from etl.config import Tree
from etl.errors import ConfigurationError
from etl.settings.web import WebSettings, web_settings
from etl.web.faults import ConfigurationFault, noted

_log = logging.getLogger("etl.web")


class WebConfiguration:
    """Parses the tree when another one was read."""

    def __init__(self, tree: Tree, environ: Mapping[str, str]) -> None:
        """Raises ConfigurationError for faulty texts: at the start there are no earlier ones."""
        self._environ = environ
        self._tree = tree
        self._current = self._parse(tree)
        self._lock = threading.Lock()
        self.fault: ConfigurationFault | None = None
        """Why the last good settings count; None if those of the tree do."""

    def current(self, tree: Tree) -> WebSettings:
        """The settings of the tree, or the last good ones."""
        with self._lock:
            if tree is not self._tree:
                self._tree = tree
                try:
                    self._current, self.fault = self._parse(tree), None
                except ConfigurationError as error:
                    self.fault = noted(self.fault, error)
                    _log.warning("the last good settings of the console count: %s", error)
            return self._current

    def _parse(self, tree: Tree) -> WebSettings:
        return web_settings(tree.contents, origin=tree.origin, environ=self._environ, open_texts=tree.open_texts)
