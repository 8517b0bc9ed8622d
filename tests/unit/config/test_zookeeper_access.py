"""How a tree in ZooKeeper is signed in to, and what is refused before a server is asked."""

import importlib.util
from pathlib import Path

import pytest
from kazoo.security import CREATOR_ALL_ACL, make_acl

from etl.config.zookeeper import ZooKeeperSource, _Access
from etl.errors import ConfigurationError

SECRET = {"ETL_ZOOKEEPER_PASSWORD": "s3cret"}


def access(url: str, **environ: str) -> dict[str, object]:
    found = ZooKeeperSource(url)._access(environ)
    assert "s3cret" not in repr(found.get("ca")) + url
    return found


def test_users_sign_in_by_digest_or_sasl_and_nodes_are_theirs_alone() -> None:
    assert access("zookeeper://h/etl") == {}
    assert access("zookeeper://engine@h/etl", **SECRET) == {
        "auth_data": [("digest", "engine:s3cret")],
        "default_acl": CREATOR_ALL_ACL,
    }
    signed = access("zookeeper://engine@h/etl?auth=sasl", **SECRET)
    assert signed["sasl_options"] == {"mechanism": "DIGEST-MD5", "username": "engine", "password": "s3cret"}


def test_a_certificate_is_an_identity_too(tmp_path: Path) -> None:
    for name in ("ca", "cert", "key"):
        (tmp_path / name).touch()
    files = "&".join(f"{name}={tmp_path}/{name}" for name in ("ca", "cert", "key"))
    found = access(f"zookeeper://h/etl?{files}")
    assert (found["use_ssl"], found["verify_certs"], found["check_hostname"]) == (True, True, True)
    assert (found["ca"], found["certfile"], found["keyfile"]) == tuple(str(tmp_path / n) for n in ("ca", "cert", "key"))
    assert found["default_acl"] == CREATOR_ALL_ACL
    assert "default_acl" not in access(f"zookeeper://h/etl?ca={tmp_path}/ca")


def test_what_is_missing_for_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="has a user, and ETL_ZOOKEEPER_PASSWORD no password: define it"):
        access("zookeeper://engine@h/etl")
    with pytest.raises(ConfigurationError, match=f"{tmp_path}/ca: cannot be read: correct the ZooKeeper URL"):
        access(f"zookeeper://h/etl?ca={tmp_path}/ca")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match=r"auth=sasl in a ZooKeeper URL needs: pip install 'etl\[sasl\]'"):
        access("zookeeper://engine@h/etl?auth=sasl", **SECRET)


def test_a_text_that_no_node_holds_is_refused_at_once() -> None:
    with pytest.raises(ConfigurationError, match="is too large: a ZooKeeper node holds less than 1 MiB"):
        ZooKeeperSource("zookeeper://127.0.0.1:1/etl", timeout=0.1).write("configs/A.txt", "x" * (1024 * 1024))


def test_what_any_client_may_do() -> None:
    world = make_acl("world", "anyone", read=True)
    everywhere = make_acl("ip", "0.0.0.0/0", write=True)
    somewhere = make_acl("ip", "10.0.0.0/8", all=True)
    owner = make_acl("digest", "engine:x", all=True)
    assert _Access.of([somewhere, owner]) == _Access(reads=False, sets=False, replaces=False)
    assert _Access.of([world, owner]) == _Access(reads=True, sets=False, replaces=False)
    assert _Access.of([everywhere]) == _Access(reads=False, sets=True, replaces=False)
    assert _Access.of([make_acl("world", "anyone", create=True, delete=True)]).replaces
