"""What pages and actions do with uploads. What reads files needs the extra `files`, and is imported on first use."""

import logging
import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Final

from etl.engine import Runtime
from etl.errors import EtlError
from etl.web.filling.loads import Loads
from etl.web.filling.spool import Spool, SpoolSettings
from etl.web.filling.upload import Step, Upload

if TYPE_CHECKING:
    from etl.web.filling.checker import Checker, OpenRuntime


_log = logging.getLogger("etl.web")

_SWEEP_SECONDS: Final = 30.0


class Uploads:
    """The uploads of a console. `open_runtime`: for checks, which outlive the request that asks for them."""

    def __init__(self, settings: Callable[[], SpoolSettings], open_runtime: "OpenRuntime") -> None:
        self.spool = Spool(settings)
        self.loads = Loads()
        self._open_runtime = open_runtime
        self._is_used = False
        self._next_sweep = 0.0

    @cached_property
    def checker(self) -> "Checker":
        """The checks. Raises ConfigurationError without the extra `files`."""
        from etl.web.filling.checker import Checker

        self._is_used = True
        return Checker(self.spool, self._open_runtime)

    def begin(self) -> None:
        """Checks what another process has left, at the start and now and then: it may have been killed."""
        try:
            if any(one.step is Step.CHECKING for one in self.spool.uploads()):
                self.checker.resume()
        except (OSError, EtlError) as error:
            _log.warning("uploads that wait are not checked: %s", error)

    def sweep(self) -> None:
        """Removes what is too old; most calls, of one a second, do nothing."""
        if time.monotonic() >= self._next_sweep:
            self._next_sweep = time.monotonic() + _SWEEP_SECONDS
            try:
                self.spool.sweep()
            except OSError as error:
                _log.warning("the spool cannot be swept: %s", error)
            self.begin()

    def load(
        self, runtime: Runtime, upload: Upload, check_id: str, *, viewer: str, takes_newest: bool, hands_over: bool
    ) -> Upload:
        """See `etl.web.filling.loading.Loading`. `viewer`: who begins it."""
        from etl.web.filling.loading import Loading

        return Loading(runtime, self.spool, self.loads, viewer).load(
            upload, check_id, takes_newest=takes_newest, hands_over=hands_over
        )

    def end(self) -> None:
        """Ends all checks."""
        if self._is_used:
            self.checker.end()
