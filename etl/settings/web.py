"""The settings of `etl web`: how viewers are known, and for which hosts and proxies it answers."""

import ipaddress
from dataclasses import dataclass
from typing import Literal

IdentityMode = Literal["none", "password", "proxy"]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class GroupRole:
    """A group of the proxy, and the role that its members have; an empty company stands for all."""

    group: str
    role: str
    company: str


@dataclass(frozen=True)
class WebSettings:
    """One snapshot. `has_trusted_socket`: proxies that come through a Unix socket are trusted."""

    identity: IdentityMode = "none"
    allowed_hosts: tuple[str, ...] = ()
    trusted_networks: tuple[Network, ...] = ()
    has_trusted_socket: bool = False
    user_header: str = "x-forwarded-user"
    groups_header: str = "x-forwarded-groups"
    group_roles: tuple[GroupRole, ...] = ()

    def trusts(self, peer: str) -> bool:
        """Whether the peer of a connection is a trusted proxy; `unix` is that of a Unix socket."""
        if peer == "unix":
            return self.has_trusted_socket
        try:
            address = ipaddress.ip_address(peer.partition("%")[0])
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self.trusted_networks if network.version == address.version)
