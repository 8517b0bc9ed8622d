"""The settings of `etl web`: how viewers are known, for which hosts and proxies it answers, where its own tables are.

They belong to no company: a company's own copy of a text changes nothing here.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from pydantic import SecretStr

from etl.errors import ConfigurationError
from etl.settings.catalogue import IMPORT_DATABASE, STORE_DATABASE
from etl.settings.layers import Layers, read_layers
from etl.settings.model import PostgresSettings
from etl.settings.parse import service_password
from etl.settings.postgres import database, with_embedded_name
from etl.settings.web_keys import WEB

IdentityMode = Literal["none", "password", "proxy"]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_COMPANY = re.compile(r"companies/[^/]+/configs/.+")
_SOCKET = "unix"


@dataclass(frozen=True)
class GroupRole:
    """A group of the proxy, and the role that its members have; an empty company stands for all."""

    group: str
    role: str
    company: str


@dataclass(frozen=True)
class WebSettings:
    """One snapshot. `database`: where the schema `etl_web` is. `has_trusted_socket`: what connects to a Unix socket is
    a trusted proxy."""

    identity: IdentityMode
    allowed_hosts: frozenset[str]
    trusted_networks: tuple[Network, ...]
    has_trusted_socket: bool
    user_header: str
    groups_header: str
    group_roles: tuple[GroupRole, ...]
    partner_role: str
    console_role: str
    database: PostgresSettings
    # Of the platform's own services, for companies that have no other; empty: they are off.
    service_password: SecretStr = field(repr=False)
    # Paths; empty: no encryption of our own.
    tls_certificate: str
    tls_key: str
    # Path; empty: a folder in the home of etl.
    spool_folder: str
    spool_free_bytes: int
    upload_bytes: int
    upload_seconds: float

    def trusts(self, peer: str) -> bool:
        """Whether the peer of a connection is a trusted proxy; `unix` is that of a Unix socket."""
        if peer == _SOCKET:
            return self.has_trusted_socket
        try:
            address = ipaddress.ip_address(peer.partition("%")[0])
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self.trusted_networks if network.version == address.version)


def web_settings(
    tree_texts: Mapping[str, str],
    *,
    origin: str,
    environ: Mapping[str, str],
    open_texts: Mapping[str, str] | None = None,
) -> WebSettings:
    """The settings of a tree. Raises ConfigurationError with all problems of the texts that all companies share."""
    shared = {path: text for path, text in tree_texts.items() if not _COMPANY.fullmatch(path)}
    layers = read_layers(shared, origin, None, environ, open_texts or {})
    imported = with_embedded_name(database(layers, IMPORT_DATABASE, None))
    store = database(layers, STORE_DATABASE, imported)
    networks = _networks(layers)
    if layers.problems:
        raise ConfigurationError(*layers.problems)
    return WebSettings(
        identity=cast(IdentityMode, layers.value(WEB, "identity")),
        allowed_hosts=frozenset(one.lower() for one in _listed(layers, "allowedHosts")),
        trusted_networks=networks,
        has_trusted_socket=_SOCKET in _listed(layers, "trustedProxies"),
        user_header=str(layers.value(WEB, "userHeader")).lower(),
        groups_header=str(layers.value(WEB, "groupsHeader")).lower(),
        group_roles=tuple(map(_group_role, _listed(layers, "groupRoles", ";"))),
        partner_role=str(layers.value(WEB, "partnerRole")),
        console_role=str(layers.value(WEB, "consoleRole")),
        database=store,
        service_password=service_password(layers),
        tls_certificate=str(layers.value(WEB, "tlsCertificate")),
        tls_key=str(layers.value(WEB, "tlsKey") or layers.value(WEB, "tlsCertificate")),
        spool_folder=str(layers.value(WEB, "spoolFolder")),
        spool_free_bytes=_number(layers, "spoolFreeMegabytes") << 20,
        upload_bytes=_number(layers, "uploadMegabytes") << 20,
        upload_seconds=_number(layers, "uploadMinutes") * 60.0,
    )


def _number(layers: Layers, key: str) -> int:
    return cast(int, layers.value(WEB, key))


def _listed(layers: Layers, key: str, separator: str = ",") -> list[str]:
    return [part.strip() for part in str(layers.value(WEB, key)).split(separator) if part.strip()]


def _networks(layers: Layers) -> tuple[Network, ...]:
    found: list[Network] = []
    for text in _listed(layers, "trustedProxies"):
        if text == _SOCKET:
            continue
        try:
            found.append(ipaddress.ip_network(text))
        except ValueError:
            layers.complain(WEB, "trustedProxies", f"{text} is not an address or a network such as 10.0.0.0/8")
    return tuple(found)


def _group_role(text: str) -> GroupRole:
    group, _, role = text.rpartition(":")
    name, _, company = role.partition("@")
    return GroupRole(group.strip(), name, company)
