"""A Kerberos ticket instead of a password: the connection is encrypted, and so is what users send at login."""

import subprocess
import sys
from pathlib import Path

import pytest

from etl.settings.directory_keys import DIRECTORY
from scripts.domain_people import PASSWORD
from tests.fix_company import MakeSite, inherited
from tests.fix_directory import Domain
from tests.integration.directory.conftest import DOCUMENTS, Office

KERBEROS = {"adBind": "gssapi", "useSSL": "false", "adUsername": "", "adPassword": ""}


@pytest.fixture
def ticket(hardened_domain: Domain, tmp_path: Path) -> dict[str, str]:
    return hardened_domain.ticket(tmp_path)


def test_a_ticket_reads_and_passwords_of_users_are_encrypted(
    hardened_domain: Domain, ticket: dict[str, str], make_site: MakeSite
) -> None:
    """At a controller that takes no password in the clear."""
    office = Office(make_site(DOCUMENTS))
    office.site.write(DIRECTORY, hardened_domain.text(**KERBEROS))
    checked = office.site.etl("ad", "check", **ticket)
    assert checked.code == 0, checked.out
    assert "by Kerberos" in checked.out
    assert office.site.etl("ad", "sync", **ticket).code == 1
    environ = {**office.site.environ, **inherited(), **ticket, "ETL_CONFIG": office.site.url}

    def signs_in(password: str) -> int:
        command = [sys.executable, "-m", "etl", "ad", "login", "user00000"]
        return subprocess.run(
            command, input=f"{password}\n", capture_output=True, text=True, check=False, env=environ
        ).returncode

    assert [signs_in(one) for one in (PASSWORD, "wrong")] == [0, 1]
    office.site.write(DIRECTORY, hardened_domain.text(**KERBEROS, adCaFile=""))
    assert signs_in(PASSWORD) == 75, "no password is sent where the certificate is unknown"


def test_without_a_ticket_it_is_said_what_to_do(domain: Domain, tmp_path: Path, make_site: MakeSite) -> None:
    office = Office(make_site(DOCUMENTS))
    office.site.write(DIRECTORY, domain.text(**KERBEROS))
    ended = office.site.etl("ad", "sync", KRB5CCNAME=f"FILE:{tmp_path}/none")
    assert ended.code == 4
    assert "Kerberos gives no ticket for it" in ended.err
    assert "get one by kinit" in ended.err
