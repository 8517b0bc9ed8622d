"""Passwords, cookies, addresses, roles: values, without a server."""

import threading
from typing import Any, cast

import pytest

from etl.errors import ConfigurationError
from etl.settings.web import web_settings
from etl.web.identity import passwords
from etl.web.identity.identity import ConfiguredIdentity
from etl.web.identity.passwords import NO_PASSWORD, hash_of, is_right
from etl.web.identity.principal import Principal
from etl.web.identity.sessions import cookie
from etl.web.incoming import Incoming
from etl.web.networks import network_of
from etl.web.problems import RequestProblem
from etl.web.roles import Role
from etl.web.signing_in import checked_path
from etl.web.sockets import Address


def test_a_password_and_its_hash() -> None:
    kept = hash_of("корректный пароль")
    assert kept.startswith("scrypt$32768$8$1$")
    assert "пароль" not in kept
    assert is_right("корректный пароль", kept)
    assert not is_right("Корректный пароль", kept)
    assert not is_right("", NO_PASSWORD)
    with pytest.raises(ConfigurationError, match="at least 10"):
        hash_of("short")


def test_hashing_is_no_weapon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_admitted", threading.BoundedSemaphore(1))
    with passwords._admitted, pytest.raises(RequestProblem) as refused:
        is_right("anything", NO_PASSWORD)
    assert refused.value.answer.status == 503


def test_without_sign_ins_only_this_machine_is_served() -> None:
    """The configuration has changed under a server that others can connect to."""
    settings, asked = web_settings({}, origin="file:/x", environ={}), Incoming("GET", "/")
    nothing = cast("Any", None)
    private, public = (ConfiguredIdentity(lambda: settings, nothing, nothing, is_private=one) for one in (True, False))
    assert private.principal(asked) is not None
    with pytest.raises(RequestProblem) as refused:
        public.principal(asked)
    assert (refused.value.answer.status, refused.value.answer.code) == (503, "open")


def test_cookies() -> None:
    plain, secure = Incoming("GET", "/", origin="http://localhost"), Incoming("GET", "/", origin="https://etl.bank.kz")
    below = Incoming("GET", "/", origin="http://localhost", prefix="/bank/etl")
    assert cookie(plain, "v")[1] == "etl=v; Path=/; HttpOnly; SameSite=Lax"
    assert cookie(below, "v")[1] == "etl=v; Path=/bank/etl; HttpOnly; SameSite=Lax"
    assert cookie(secure, "v")[1] == "__Host-etl=v; Path=/; Secure; HttpOnly; SameSite=Lax"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix", "unix"),
    ],
)
def test_what_counts_as_one_client(address: str, network: str) -> None:
    assert network_of(address) == network


def test_roles_of_a_company_win_over_those_of_all() -> None:
    principal = Principal("a", {"": Role.VIEWER, "shop": Role.OPERATOR})
    assert (principal.role_in("shop"), principal.role_in("bank")) == (Role.OPERATOR, Role.VIEWER)
    assert Principal("b", {"shop": Role.READER}).companies(("bank", "shop")) == ("shop",)
    assert Principal("c").strongest is None


@pytest.mark.parametrize("path", ["/", "/c/shop/errors?code=A&run=7", "/c/shop/runs/7#errors"])
def test_paths_that_a_sign_in_leads_to(path: str) -> None:
    assert checked_path(path) == path


@pytest.mark.parametrize(
    "path", ["", "x", "//evil", "/\\evil", "https://evil", "/a b", "/a\nb", "/\x00", "/é", "/a\\b", "javascript:1"]
)
def test_paths_that_it_does_not_lead_to(path: str) -> None:
    assert checked_path(path) == "/"


@pytest.mark.parametrize(
    ("text", "is_private"),
    [
        ("127.0.0.1:1", True),
        ("127.8.9.1:1", True),
        ("[::1]:1", True),
        ("localhost:1", True),
        ("unix:/run/x", True),
        ("0.0.0.0:1", False),
        ("[::]:1", False),
        ("10.0.0.1:1", False),
        ("etl.bank.kz:1", False),
    ],
)
def test_which_addresses_are_private(text: str, is_private: bool) -> None:
    address = Address.parse(text)
    assert (address.is_private, str(address)) == (is_private, text)


@pytest.mark.parametrize("text", ["8080", "localhost", "::1:80", "unix:relative", "localhost:99999", ":80", "[::1]"])
def test_addresses_that_are_none(text: str) -> None:
    with pytest.raises(ConfigurationError, match="--listen"):
        Address.parse(text)
