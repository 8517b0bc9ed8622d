"""Active Directory for the tests: a real domain a session, with 300 people and one of each kind that gives trouble.

scripts/directory starts it. `ETL_TEST_DIRECTORY=folder` takes the domain that runs there; `scripts/directory run` sets
it.
"""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from etl.settings import DirectorySettings, parse_settings
from etl.settings.directory_keys import DIRECTORY
from scripts.domain import REALM
from scripts.domain_people import BASE as BASE
from scripts.domain_people import PASSWORD

_SCRIPT = Path(__file__).parent.parent / "scripts/directory"
# The first start of all may install Samba, and makes the domain.
_SECONDS = 900


def directory_script(home: Path, *words: str) -> str:
    """What scripts/directory prints; that a domain cannot be had is a failure, never a skip."""
    done = subprocess.run(
        [sys.executable, _SCRIPT, "--home", home, *words], capture_output=True, text=True, check=False, timeout=_SECONDS
    )
    if done.returncode:
        pytest.fail(f"scripts/directory {' '.join(words)} failed:\n{done.stderr}", pytrace=False)
    return done.stdout


@dataclass(frozen=True)
class Domain:
    """A running domain controller. `config`: the keys of configs/AdConfig.txt for it."""

    home: Path
    config: Mapping[str, str]

    @property
    def address(self) -> str:
        return self.config["adHost"]

    @property
    def process(self) -> int:
        return int((self.home / "pid").read_text())

    def text(self, **changes: str) -> str:
        """configs/AdConfig.txt, with other values for some keys, a dot in a key written as two _."""
        keys = {**self.config, **{key.replace("__", "."): value for key, value in changes.items()}}
        return "\n".join(f"{key}={value}" for key, value in keys.items() if value)

    def settings(self, **changes: str) -> DirectorySettings:
        texts = {DIRECTORY: self.text(**changes)}
        return parse_settings(texts, origin="file:/c", company="demo", environ={}).directory

    def ticket(self, folder: Path, login: str = "svc_0") -> dict[str, str]:
        """Variables of the environment with which an account of the domain has a Kerberos ticket."""
        settings, cache = folder / "krb5.conf", folder / f"ticket of {login}"
        settings.write_text(
            f"[libdefaults]\ndefault_realm = {REALM}\ndns_lookup_kdc = false\ndns_canonicalize_hostname = false\n"
            f"rdns = false\n[realms]\n{REALM} = {{\n    kdc = {self.address}\n}}\n"
        )
        environ = {"KRB5_CONFIG": str(settings), "KRB5CCNAME": f"FILE:{cache}"}
        command = ["kinit", f"{login}@{REALM}"]
        subprocess.run(
            command, input=f"{PASSWORD}\n", env={**os.environ, **environ}, capture_output=True, text=True, check=True
        )
        return environ

    def ldif(self, *words: str) -> str:
        """What the directory's own client prints: ldapsearch, with the filter and attributes."""
        base = ("-b", self.config["adBase"], "-E", "pr=1000/noprompt", "-o", "ldif-wrap=no", "-LLL")
        signed_in = ("-x", "-D", self.config["adUsername"], "-w", self.config["adPassword"])
        done = subprocess.run(
            ["ldapsearch", "-H", f"ldaps://{self.address}", *signed_in, *base, *words],
            env={**os.environ, "LDAPTLS_CACERT": self.config["adCaFile"]},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


StartDomain = Callable[..., Domain]


@pytest.fixture(scope="session")
def _start_domain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartDomain]:
    if not importlib.util.find_spec("ldap"):
        pytest.fail("python-ldap is missing: as root `scripts/directory packages`, then `make test` installs it", False)
    homes: list[Path] = []

    def start(*words: str) -> Domain:
        given = os.environ.get("ETL_TEST_DIRECTORY")
        home = Path(given) if given and not words else tmp_path_factory.mktemp("directory")
        if not given or words:
            homes.append(home)
        printed = directory_script(home, *words, "start")
        return Domain(home, dict(line.split("=", 1) for line in printed.splitlines()))

    try:
        yield start
    finally:
        for home in homes:
            directory_script(home, "stop")


@pytest.fixture(scope="session")
def domain(_start_domain: StartDomain) -> Domain:
    """The domain of the session, which no test changes."""
    return _start_domain()


@pytest.fixture(scope="session")
def hardened_domain(_start_domain: StartDomain) -> Domain:
    """One that takes no password without TLS, and whose certificate ends in twenty days."""
    return _start_domain("--hardened")
