"""Errors of the library as errors of etl: what failed, who must act, what to do, and no secret."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import ldap

from etl.errors import ConfigurationError, EnvironmentFault, EtlError, Problem, TransientFault
from etl.settings import DirectorySettings
from etl.sources.directory.sign_in import AccountRefused

AWAY: Final = (
    ldap.SERVER_DOWN,
    ldap.CONNECT_ERROR,
    ldap.TIMEOUT,
    ldap.UNAVAILABLE,
    ldap.BUSY,
)
"""The controller cannot be reached, or is about to stop: another one may answer."""

_CUT: Final = (ldap.SIZELIMIT_EXCEEDED, ldap.TIMELIMIT_EXCEEDED, ldap.ADMINLIMIT_EXCEEDED)
_SUB_CODE: Final = re.compile(r"\bdata ([0-9a-f]+)", re.IGNORECASE)
# MS-ADTS and winerror.h: what stands behind `data` in the text of error 49.
_REASONS: Final = {
    "525": "there is no such account",
    "52e": "the password is wrong",
    "530": "it may not sign in at this hour",
    "531": "it may not sign in from this computer",
    "532": "its password has expired",
    "533": "it is disabled",
    "701": "it has expired",
    "773": "its password must be changed first",
    "775": "it is locked",
}
# After a right password, or while tries do not count: nothing is lost by another one. 530 to 533 and 701 to 773 say so
# after a right password only.
_KEEPS_TRY: Final = frozenset(_REASONS) - {"525", "52e"}


@contextmanager
def translated(doing: str, settings: DirectorySettings, host: str) -> Iterator[None]:
    """Raises what the library raises as an error of etl. `doing`: what failed, as the beginning of a sentence."""
    try:
        yield
    except ldap.LDAPError as error:
        raise fault_of(error, doing, settings, host) from None


def fault_of(error: ldap.LDAPError, doing: str, settings: DirectorySettings, host: str) -> EtlError:
    where = f"{host}:{settings.port}"
    what = f"{doing} ({where}): {_text(error)}"
    if isinstance(error, ldap.INVALID_CREDENTIALS):
        reason = refusal(error)
        message = f"{where} refuses {settings.username}: {reason}; correct adUsername or adPassword in {settings.path}"
        return AccountRefused(message, reason, spends_try=_sub_code(error) not in _KEEPS_TRY)
    if isinstance(error, ldap.STRONG_AUTH_REQUIRED | ldap.CONFIDENTIALITY_REQUIRED):
        return EnvironmentFault(
            f"{where} takes no password without TLS: set useSSL=true or adStartTls=true in {settings.path}, "
            "or adBind=gssapi"
        )
    if settings.uses_kerberos and isinstance(error, ldap.LOCAL_ERROR):
        return EnvironmentFault(
            f"{where}: Kerberos gives no ticket for it: {_text(error)}; get one by kinit for the user that runs etl, "
            "and let adHost be the name by which the domain knows the controller"
        )
    if settings.uses_kerberos and isinstance(error, ldap.AUTH_UNKNOWN):
        return EnvironmentFault(
            f"this machine cannot sign in by Kerberos: {_text(error)}; install SASL's module for GSSAPI "
            "(libsasl2-modules-gssapi-mit)"
        )
    if isinstance(error, AWAY):
        return TransientFault(what)
    if isinstance(error, _CUT):
        return EnvironmentFault(
            f"{what}; the controller cuts the answer, and a part counts as nothing: have its limits raised for the "
            f"account of adUsername, or lower adPageSize in {settings.path}"
        )
    if isinstance(error, ldap.NO_SUCH_OBJECT | ldap.INVALID_DN_SYNTAX):
        return EnvironmentFault(f"{where} has no {settings.base!r}: correct adBase in {settings.path}")
    if isinstance(error, ldap.FILTER_ERROR):
        return ConfigurationError(Problem("is no LDAP filter: correct it", settings.path, None, "adUserFilter"))
    if isinstance(error, ldap.INSUFFICIENT_ACCESS | ldap.OPERATIONS_ERROR):
        return EnvironmentFault(f"{what}; let the account of adUsername read below adBase")
    return EnvironmentFault(what)


def refusal(error: ldap.LDAPError) -> str:
    """Why an account is refused, with the controller's number."""
    code = _sub_code(error)
    if not code:
        return _text(error)
    return f"{_REASONS.get(code, 'the controller says no more')} (49, data {code})"


def _sub_code(error: ldap.LDAPError) -> str:
    found = _SUB_CODE.search(_detail(error, "info"))
    return found[1].lower() if found else ""


def _text(error: ldap.LDAPError) -> str:
    """The library's words."""
    described = _detail(error, "desc") or type(error).__name__
    info = _detail(error, "info")
    return f"{described} ({info.strip()})" if info and info != described else described


def _detail(error: ldap.LDAPError, key: str) -> str:
    found: Any = error.args[0] if error.args else ""
    return str(found.get(key) or "") if isinstance(found, dict) else str(found)
