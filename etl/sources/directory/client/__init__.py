"""The client of LDAP: connections, pages, the schema. Only this package knows its library, python-ldap.

Receives settings. Returns accounts and groups, whole or not at all. Turns every error of the library into one of
etl.errors, without passwords.
"""

from etl.errors import ConfigurationError

try:
    import ldap as _library  # noqa: F401
except ImportError as error:
    raise ConfigurationError("a directory needs a further package: pip install 'etl[directory]'") from error

from etl.sources.directory.client.directory import connected

__all__ = ["connected"]
