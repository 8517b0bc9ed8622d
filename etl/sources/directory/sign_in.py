"""Signing in to a directory: what is guarded, and how a refusal is said."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from etl.errors import EnvironmentFault
from etl.settings import DirectorySettings

SignInGuard = Callable[[DirectorySettings, str], AbstractContextManager[None]]
"""Around a sign-in of the account of the settings at a controller; may raise instead of letting it begin."""


class AccountRefused(EnvironmentFault):
    """A controller refuses the account of the settings. `spends_try`: it may have counted a wrong password."""

    def __init__(self, message: str, reason: str, *, spends_try: bool) -> None:
        super().__init__(message)
        self.reason, self.spends_try = reason, spends_try
