"""The settings of Active Directory: the platform's keys, and those that are ours."""

import pytest

from etl.settings import DirectorySettings, Encryption
from etl.settings.directory_keys import DIRECTORY
from tests.unit.settings.reading import problems_of, settings_of

EXAMPLE = """\
adUsername=cn=greetgo,ou=temp,dc=hq,dc=bc
adPassword=anyPassword
adPort=389
adBase=dc=hq,dc=bc
adHost=10.0.0.1
useSSL=false
"""


def read(text: str, **environ: str) -> DirectorySettings:
    return settings_of({DIRECTORY: text}, environ=environ).directory


def refused(text: str) -> list[str]:
    return [line.removeprefix(f"/c/{DIRECTORY}") for line in problems_of({DIRECTORY: text})]


def test_without_a_text_there_is_no_directory() -> None:
    assert not settings_of({}).directory.is_used


def test_the_text_of_the_guide() -> None:
    found = read(EXAMPLE)
    assert (found.hosts, found.port, found.encryption) == (("10.0.0.1",), 389, Encryption.NONE)
    assert (found.username, found.base) == ("cn=greetgo,ou=temp,dc=hq,dc=bc", "dc=hq,dc=bc")
    assert found.password.get_secret_value() == "anyPassword"
    assert found.sends_open_password
    assert found.attributes == {"surname": "sn", "name": "givenName", "position": "title"}
    assert "anyPassword" not in repr(found)


def test_name_and_password_of_the_environment() -> None:
    text = "adHost=dc\nadBase=dc=a\nadUsername:ENV=AD_LOGIN\nadPassword:ENV=AD_PASSWORD\n"
    found = read(text, AD_LOGIN="cn=etl,dc=a", AD_PASSWORD="very big secret")
    assert (found.username, found.password.get_secret_value()) == ("cn=etl,dc=a", "very big secret")


@pytest.mark.parametrize(
    ("more", "port", "encryption"),
    [
        ("useSSL=true", 636, Encryption.LDAPS),
        ("useSSL=true\nadPort=3269", 3269, Encryption.LDAPS),
        ("adStartTls=true", 389, Encryption.START_TLS),
    ],
)
def test_encryption(more: str, port: int, encryption: Encryption) -> None:
    text = EXAMPLE.replace("useSSL=false\n", "").replace("adPort=389\n", "") + more
    found = read(text)
    assert (found.port, found.encryption, found.sends_open_password) == (port, encryption, False)


def test_several_controllers_and_further_attributes() -> None:
    found = read(EXAMPLE.replace("10.0.0.1", "dc1.hq.bc , [::1]") + "adAttribute.mobile=telephoneNumber\n")
    assert found.hosts == ("dc1.hq.bc", "[::1]")
    assert found.attributes["mobile"] == "telephoneNumber"
    assert found.attributes["surname"] == "sn"


def test_kerberos_needs_no_password() -> None:
    found = read("adHost=dc\nadBase=dc=a\nadBind=gssapi")
    assert (found.uses_kerberos, found.sends_open_password) == (True, False)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (EXAMPLE.replace("adBase=dc=hq,dc=bc\n", ""), ": adBase: has no value: name the DN"),
        (EXAMPLE.replace("anyPassword", ""), ":2: adPassword: has no value: an account without"),
        (EXAMPLE.replace("useSSL=false", "useSSL=true\nadStartTls=true"), ":7: adStartTls: useSSL is true too"),
        (EXAMPLE.replace("useSSL=false", "useSSL=true\nadBind=gssapi"), ":6: useSSL: adBind=gssapi encrypts"),
        (EXAMPLE + "adUserFilter=department=IT", ":7: adUserFilter: is not a filter: write it in parentheses"),
        (EXAMPLE + "adAttribute.email=mail", ":7: adAttribute.email: is filled by etl itself: delete the line"),
        (EXAMPLE + "adAttribute.position=job title", ":7: adAttribute.position: is not the name of an attribute"),
        (EXAMPLE.replace("10.0.0.1", "10.0.0.1:389"), ":5: adHost: is not a list of hosts"),
        (EXAMPLE + "adCaFile=ca.pem", ":7: adCaFile: is not the whole path of a file"),
    ],
)
def test_what_is_refused(text: str, problem: str) -> None:
    [found] = refused(text)
    assert found.startswith(problem)
    assert "anyPassword" not in found
