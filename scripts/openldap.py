"""OpenLDAP's server as a directory for tests: it shows what the domain controllers of tests (scripts/domain.py) do not.

It cuts answers by its limits, hides an attribute from an account, takes an empty password for no account at all, and
has two accounts with one login. The server is that of the machine or, if it lacks one, Debian's package slapd, unpacked
into .services/ of the checkout. Nothing needs root, and nothing is installed.
"""

import base64
import subprocess
from pathlib import Path
from typing import Final

from scripts.services import (
    READY_SECONDS,
    SERVICES,
    UNPACKED,
    Program,
    alone,
    fail,
    first,
    free_ports,
    install,
    run,
    wait_for,
)

BASE: Final = "dc=corp,dc=test"
PASSWORD: Final = "Passw0rd-1"
READER: Final = f"cn=reader,{BASE}"
LIMITED: Final = f"cn=limited,{BASE}"
"""Its reads are cut behind LIMIT entries."""
BLIND: Final = f"cn=blind,{BASE}"
"""It sees no memberOf."""
LIMIT: Final = 7
PEOPLE: Final = 20
GROUP: Final = f"CN=Central,OU=Groups,{BASE}"

_SCHEMA: Final = f"cn=schema,{BASE}"
# Attribute -> the rule by which values are equal, and the syntax (RFC 4517) behind its common beginning.
_TEXT, _NUMBER, _BYTES = ("caseIgnoreMatch", "15"), ("integerMatch", "27"), ("octetStringMatch", "40")
_ATTRIBUTES: Final = {
    "defaultNamingContext": _TEXT,
    "schemaNamingContext": _TEXT,
    "lDAPDisplayName": _TEXT,
    "objectCategory": _TEXT,
    "objectGUID": _BYTES,
    "objectSid": _BYTES,
    "sAMAccountName": _TEXT,
    "sAMAccountType": _NUMBER,
    "isCriticalSystemObject": ("booleanMatch", "7"),
    "userAccountControl": _NUMBER,
    "accountExpires": _NUMBER,
    "displayName": _TEXT,
    "memberOf": _TEXT,
    "primaryGroupID": _NUMBER,
}
_OF_CORE: Final = ("sn", "givenName", "title")
# Numbers for private use, which no registry gives (the arc of examples).
_ARC: Final = "2.999"
_CONFIG: Final = """\
modulepath {modules}
moduleload back_mdb
include {schemas}/core.schema
include {folder}/directory.schema
rootDSE {folder}/root.ldif
allow bind_anon_dn
database mdb
suffix {base}
directory {folder}/data
limits dn.exact="{limited}" size.pr={limit} size.prtotal={limit}
access to attrs=userPassword by anonymous auth by * none
access to attrs=memberOf by dn.exact="{blind}" none by * read
access to * by * read
"""


class OpenLdap(Program):
    """The server of a folder. `port`: on the loopback address, without TLS."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "slapd.conf")
        self.port = 0
        self._started: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Fills it and starts it."""
        with alone(SERVICES):
            install(_found, "install OpenLDAP's server")
        (self.folder / "data").mkdir(parents=True)
        (self.folder / "directory.schema").write_text(_schema())
        (self.folder / "root.ldif").write_text(_entry("", "defaultNamingContext", BASE, "schemaNamingContext", _SCHEMA))
        words = {"folder": self.folder, "base": BASE, "limited": LIMITED, "limit": LIMIT, "blind": BLIND}
        self.settings.write_text(_CONFIG.format(modules=_modules(), schemas=_schemas(), **words))
        content = self.folder / "content.ldif"
        content.write_text("\n".join(_content()))
        run(_program(), "-Ta", "-q", "-f", self.settings, "-l", content, environ=_libraries())
        [self.port] = free_ports(1)
        libraries = (f"{name}={value}" for name, value in _libraries().items())
        at = f"ldap://127.0.0.1:{self.port}"
        # Any level of debugging keeps it in the foreground.
        started = self.launch("env", *libraries, str(_program()), "-f", str(self.settings), "-h", at, "-d", "0")
        wait_for(lambda: self._answers() or started.poll() is not None, READY_SECONDS)
        self._started = started
        if not self._answers():
            self.stop()
            fail(f"slapd did not start:\n{self.log()}")

    def stop(self) -> None:
        """Ends it, if it has begun."""
        if self._started:
            self._started.terminate()
            self._started.wait(READY_SECONDS)

    def _answers(self) -> bool:
        question = ("ldapsearch", "-x", "-H", f"ldap://127.0.0.1:{self.port}", "-s", "base", "-b", "", "1.1")
        return subprocess.run(question, capture_output=True, check=False).returncode == 0

    @property
    def config(self) -> dict[str, str]:
        """Keys of configs/AdConfig.txt for it."""
        return {
            "adHost": "127.0.0.1",
            "adPort": str(self.port),
            "adUsername": READER,
            "adPassword": PASSWORD,
            "adBase": BASE,
            "adPageSize": "5",
        }


def _found() -> dict[str, Path | None]:
    return {"slapd": first(UNPACKED / "usr/sbin/slapd", Path("/usr/sbin/slapd"))}


def _program() -> Path:
    return _found()["slapd"] or fail("slapd is not there")


def _root() -> Path:
    """Below which its modules and schemas lie."""
    return _program().parent.parent.parent


def _modules() -> Path:
    return _root() / "usr/lib/ldap"


def _schemas() -> Path:
    return _root() / "etc/ldap/schema"


def _libraries() -> dict[str, str]:
    """Where an unpacked program finds its libraries."""
    folders = [str(one) for one in _root().glob("usr/lib/*-linux-gnu")] if _root() == UNPACKED else []
    return {"LD_LIBRARY_PATH": ":".join(folders)} if folders else {}


def _schema() -> str:
    lines = [
        f"attributetype ( {_ARC}.1.{number} NAME '{name}' EQUALITY {rule} SYNTAX 1.3.6.1.4.1.1466.115.121.1.{syntax} )"
        for number, (name, (rule, syntax)) in enumerate(_ATTRIBUTES.items(), 1)
    ]
    some = " $ ".join((*_ATTRIBUTES, *_OF_CORE, "userPassword"))
    lines.append(f"objectclass ( {_ARC}.2.1 NAME 'account' SUP top STRUCTURAL MUST cn MAY ( {some} ) )")
    lines.append(f"objectclass ( {_ARC}.2.2 NAME 'attributeSchema' SUP top STRUCTURAL MUST ( cn $ lDAPDisplayName ) )")
    return "\n".join(lines) + "\n"


def _content() -> list[str]:
    """Entries: the base, the schema, accounts that sign in, people."""
    made = [_entry(BASE, "objectClass", "organization", "objectClass", "dcObject", "o", "corp", "dc", "corp")]
    made.append(_account(_SCHEMA))
    for name in (*_ATTRIBUTES, *_OF_CORE):
        values = ("objectClass", "attributeSchema", "cn", name, "lDAPDisplayName", name)
        made.append(_entry(f"cn={name},{_SCHEMA}", *values))
    made += [_account(dn, "userPassword", PASSWORD) for dn in (READER, LIMITED, BLIND)]
    for number in range(PEOPLE):
        login = f"user{number:02}"
        made.append(_person(f"cn={login},{BASE}", number, login, *(("memberOf", GROUP) if number % 2 else ())))
    made += [_person(f"cn=twice {one},{BASE}", PEOPLE + one, "twice") for one in (1, 2)]
    return made


def _person(dn: str, number: int, login: str, *more: str) -> str:
    guid = number.to_bytes(16, "little").hex()
    of_user = ("sAMAccountType", "805306368", "userAccountControl", "512", "userPassword", PASSWORD)
    return _account(dn, "objectGUID", guid, "sAMAccountName", login, "sn", login.title(), *of_user, *more)


def _account(dn: str, *values: str) -> str:
    return _entry(dn, "objectClass", "account", "cn", dn.split(",")[0].removeprefix("cn="), *values)


def _entry(dn: str, *values: str) -> str:
    """LDIF: attributes and values by turns."""
    lines = [f"dn: {dn}"]
    for name, value in zip(values[::2], values[1::2], strict=True):
        raw = bytes.fromhex(value) if name == "objectGUID" else value.encode()
        lines.append(f"{name}:: {base64.b64encode(raw).decode()}")
    return "\n".join(lines) + "\n"
