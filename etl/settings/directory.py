"""Reads the settings of Active Directory from the layers, and checks them against each other."""

import re
from collections.abc import Mapping
from typing import Final, cast

from pydantic import SecretStr

from etl.settings.directory_keys import ATTRIBUTE, ATTRIBUTE_NAME, DEFAULT_ATTRIBUTES, DIRECTORY
from etl.settings.directory_model import DirectorySettings, Encryption
from etl.settings.layers import Layers
from etl.settings.schedule.file import DIRECTORY_SCHEDULE, read_directory_schedule

_LDAP_PORT: Final = 389
_LDAPS_PORT: Final = 636


def directory(layers: Layers, texts: Mapping[str, str]) -> DirectorySettings:
    """The settings of the directory; faults are added to the layers."""
    encryption = _encryption(layers)
    port = _number(layers, "adPort")
    schedule, problems = read_directory_schedule(texts, layers.location(DIRECTORY_SCHEDULE))
    layers.problems += problems
    found = DirectorySettings(
        hosts=tuple(part for part in re.split(r"\s*,\s*", _text(layers, "adHost")) if part),
        port=_LDAPS_PORT if encryption is Encryption.LDAPS and port == _LDAP_PORT else port,
        encryption=encryption,
        ca_file=_text(layers, "adCaFile"),
        uses_kerberos=_text(layers, "adBind") == "gssapi",
        username=_text(layers, "adUsername"),
        password=cast(SecretStr, layers.value(DIRECTORY, "adPassword")),
        base=_text(layers, "adBase"),
        user_filter=_text(layers, "adUserFilter"),
        page_size=_number(layers, "adPageSize"),
        connect_seconds=_number(layers, "adConnectSeconds"),
        read_seconds=_number(layers, "adReadSeconds"),
        attributes=_attributes(layers),
        group_field=_text(layers, "adGroupFieldCode"),
        has_nested_groups=bool(layers.value(DIRECTORY, "adNestedGroups")),
        keeps_manual_groups=bool(layers.value(DIRECTORY, "adKeepManualGroups")),
        vanished=_text(layers, "adVanished"),
        max_vanished_share=_number(layers, "adMaxVanishedShare"),
        max_leave_share=_number(layers, "adMaxLeaveShare"),
        login_wait_seconds=_number(layers, "adLoginWaitSeconds"),
        login_tries=_number(layers, "adLoginTries"),
        login_tries_minutes=_number(layers, "adLoginTriesMinutes"),
        access_level_new=_text(layers, "adAccessLevelNew"),
        status_active=_text(layers, "adStatusActive"),
        status_inactive=_text(layers, "adStatusInactive"),
        schedule=schedule,
        path=layers.location(DIRECTORY),
    )
    if found.is_used:
        _check(layers, found)
    return found


def _text(layers: Layers, key: str) -> str:
    return str(layers.value(DIRECTORY, key))


def _number(layers: Layers, key: str) -> int:
    return cast(int, layers.value(DIRECTORY, key))


def _encryption(layers: Layers) -> Encryption:
    if layers.value(DIRECTORY, "useSSL"):
        return Encryption.LDAPS
    return Encryption.START_TLS if layers.value(DIRECTORY, "adStartTls") else Encryption.NONE


def _attributes(layers: Layers) -> dict[str, str]:
    found = dict(DEFAULT_ATTRIBUTES)
    for field, setting in layers.members(DIRECTORY, ATTRIBUTE).items():
        if not ATTRIBUTE_NAME.fullmatch(str(setting.value)):
            layers.complain(DIRECTORY, f"{ATTRIBUTE}{field}", "is not the name of an attribute: write one, as title")
        found[field] = str(setting.value)
    return found


def _check(layers: Layers, found: DirectorySettings) -> None:
    def complain(key: str, message: str) -> None:
        if (DIRECTORY, key) not in layers.faulty:
            layers.complain(DIRECTORY, key, message)

    if not found.base:
        complain("adBase", "has no value: name the DN below which accounts are searched")
    if layers.value(DIRECTORY, "useSSL") and layers.value(DIRECTORY, "adStartTls"):
        complain("adStartTls", "useSSL is true too, and only one of both can be: set one to false")
    if found.uses_kerberos:
        if found.encryption is not Encryption.NONE:
            key = "useSSL" if found.encryption is Encryption.LDAPS else "adStartTls"
            complain(key, "adBind=gssapi encrypts the connection itself: set it to false")
        return
    for key, value in (("adUsername", found.username), ("adPassword", found.password.get_secret_value())):
        if not value:
            complain(key, "has no value: an account without name or password would be anonymous; write it")
