"""A connection to one controller: options of the library, TLS, signing in."""

import logging
import ssl
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

import ldap
import ldap.sasl
from ldap.ldapobject import SimpleLDAPObject

from etl.errors import EnvironmentFault, TransientFault
from etl.settings import DirectorySettings, Encryption
from etl.sources.directory.certificates import why_not_trusted
from etl.sources.directory.client.faults import fault_of, refusal, translated
from etl.sources.directory.sign_in import SignInGuard

# The category of the configuration's own logging.
_log = logging.getLogger("AdMigration")
_log.addHandler(logging.NullHandler())

_CANNOT_BE_REACHED: Final = "the controller cannot be reached"
# Strength of a Kerberos connection from which on it is encrypted, not only signed.
_ENCRYPTED: Final = 56


def connect(settings: DirectorySettings, guard: SignInGuard) -> tuple[SimpleLDAPObject, str]:
    """A signed-in connection to the first controller that can be reached, and that controller.

    A refused password is tried once only: each try counts towards the lock of the account.
    """
    last: TransientFault | None = None
    for host in settings.hosts:
        try:
            _prove_tls(settings, host)
            return _signed_in(settings, host, guard), host
        except TransientFault as fault:
            _log.warning("%s%s", fault, "" if host == settings.hosts[-1] else "; the next controller is asked")
            last = fault
    raise last or EnvironmentFault("no domain controller is named: write adHost")


def refusal_of(settings: DirectorySettings, host: str, dn: str, password: str) -> str:
    """Why a controller refuses an account with its password, with the controller's number; empty: it does not."""
    if not password:
        raise ValueError("an empty password signs in without an account, and controllers accept it")
    if settings.uses_kerberos:
        # The ticket of the operating system's user encrypts nothing here.
        settings = replace(settings, encryption=Encryption.START_TLS)
    _prove_tls(settings, host)
    connection = _prepared(settings, host)
    try:
        if settings.encryption is Encryption.START_TLS:
            connection.start_tls_s()
        connection.simple_bind_s(dn, password)
    except ldap.INVALID_CREDENTIALS as error:
        return refusal(error)
    except ldap.LDAPError as error:
        raise fault_of(error, "a password cannot be checked", settings, host) from None
    finally:
        with suppress(ldap.LDAPError):
            connection.unbind_ext()
    return ""


def _prove_tls(settings: DirectorySettings, host: str) -> None:
    """A first handshake by Python: that of the library waits for a silent controller for ever, and says of a refused
    certificate only that the controller cannot be reached."""
    if settings.encryption is Encryption.NONE:
        return
    try:
        reason = why_not_trusted(settings, host)
    except OSError as error:
        what = f"{_CANNOT_BE_REACHED} ({host}:{settings.port}): {error.strerror or error}"
        raise TransientFault(what) from None
    if reason:
        raise EnvironmentFault(f"{host}:{settings.port}: {reason}; its certificate must be good, see adCaFile")


def _signed_in(settings: DirectorySettings, host: str, guard: SignInGuard) -> SimpleLDAPObject:
    connection = _prepared(settings, host)
    is_in = False
    try:
        # Before the guard, which lets one at a time through.
        with translated(_CANNOT_BE_REACHED, settings, host):
            _begin(connection, settings)
        with guard(settings, host), translated(_CANNOT_BE_REACHED, settings, host):
            _sign_in(connection, settings)
        is_in = True
    finally:
        if not is_in:
            with suppress(ldap.LDAPError):
                connection.unbind_ext()
    return connection


def _prepared(settings: DirectorySettings, host: str) -> SimpleLDAPObject:
    """Not yet connected; options of the machine's own files and of the environment do not count."""
    scheme = "ldaps" if settings.encryption is Encryption.LDAPS else "ldap"
    connection = SimpleLDAPObject(f"{scheme}://{host}:{settings.port}", bytes_strictness="silent")
    options: list[tuple[int, Any]] = [
        (ldap.OPT_PROTOCOL_VERSION, ldap.VERSION3),
        (ldap.OPT_REFERRALS, 0),
        (ldap.OPT_NETWORK_TIMEOUT, float(settings.connect_seconds)),
        (ldap.OPT_TIMEOUT, float(settings.connect_seconds)),
        (ldap.OPT_X_SASL_NOCANON, 1),
        (ldap.OPT_X_SASL_SSF_MIN, _ENCRYPTED if settings.uses_kerberos else 0),
        (ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND),
        (ldap.OPT_X_TLS_PROTOCOL_MIN, ldap.OPT_X_TLS_PROTOCOL_TLS1_2),
    ]
    if authorities := settings.ca_file or ssl.get_default_verify_paths().cafile:
        options.append((ldap.OPT_X_TLS_CACERTFILE, authorities))
    # The last: what was set before counts from here on.
    options.append((ldap.OPT_X_TLS_NEWCTX, 0))
    for option, value in options:
        connection.set_option(option, value)
    return connection


def _begin(connection: SimpleLDAPObject, settings: DirectorySettings) -> None:
    """Connects; the library does so with the first question, which anyone may ask."""
    if settings.encryption is Encryption.START_TLS:
        connection.start_tls_s()
    connection.search_ext_s("", ldap.SCOPE_BASE, "(objectClass=*)", ["1.1"], timeout=settings.connect_seconds)


def _sign_in(connection: SimpleLDAPObject, settings: DirectorySettings) -> None:
    if settings.uses_kerberos:
        connection.sasl_interactive_bind_s("", ldap.sasl.gssapi())
    else:
        connection.simple_bind_s(settings.username, settings.password.get_secret_value())
