"""An account of the directory as typed values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from etl.errors import EnvironmentFault

Attributes = Mapping[str, Sequence[bytes]]
"""Attribute in small letters -> values, as the directory sends them."""

# userAccountControl, ACCOUNTDISABLE.
_DISABLED: Final = 0x2
_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)
# Both mean that an account never expires.
_NEVER: Final = (0, 0x7FFF_FFFF_FFFF_FFFF)

READ_ALWAYS: Final = (
    "objectGUID",
    "sAMAccountName",
    "userAccountControl",
    "accountExpires",
    "displayName",
    "memberOf",
    "primaryGroupID",
)
"""Attributes without which an account cannot be judged."""


@dataclass(frozen=True, slots=True)
class BadValue:
    """A value that is no text, and so is skipped."""

    attribute: str
    reason: str


@dataclass(frozen=True, slots=True)
class Account:
    """`guid`: small letters with dashes. `texts`: attribute in small letters -> values, trimmed, in code-point order.
    `member_of`: DNs, without the primary group."""

    guid: str
    dn: str
    login: str
    is_disabled: bool
    # None: never.
    expires: datetime | None
    texts: Mapping[str, tuple[str, ...]]
    member_of: tuple[str, ...]
    # The last number of the SID of his primary group.
    primary_group: int | None
    bad_values: tuple[BadValue, ...] = ()

    def is_inactive(self, now: datetime) -> bool:
        """Whether it can no longer sign in, whatever the password."""
        return self.is_disabled or (self.expires is not None and self.expires <= now)


def account_of(dn: str, attributes: Attributes) -> Account:
    """The account of an entry. Raises EnvironmentFault without objectGUID: the reader may not see it."""
    texts, bad = dict[str, tuple[str, ...]](), list[BadValue]()
    for name, values in attributes.items():
        if name == "objectguid":
            continue
        good = list[str]()
        for value in values:
            text = _text(value)
            if text is None:
                bad.append(BadValue(name, "is no text in UTF-8"))
            elif "\0" in text:
                bad.append(BadValue(name, "has a zero byte"))
            elif text.strip():
                good.append(text.strip())
        texts[name] = tuple(sorted(good))
    member_of = texts.pop("memberof", ())
    return Account(
        guid=guid_of(dn, attributes),
        dn=dn,
        login=next(iter(texts.get("samaccountname", ())), ""),
        is_disabled=bool((_number(texts, "useraccountcontrol") or 0) & _DISABLED),
        expires=_moment(_number(texts, "accountexpires")),
        texts=texts,
        member_of=member_of,
        primary_group=_number(texts, "primarygroupid"),
        bad_values=tuple(bad),
    )


def guid_of(dn: str, attributes: Attributes) -> str:
    """objectGUID as small letters with dashes."""
    values = attributes.get("objectguid", ())
    if len(values) != 1 or len(values[0]) != 16:
        raise EnvironmentFault(
            f"the directory gives no objectGUID of {dn}: let the account of adUsername read that attribute"
        )
    return str(UUID(bytes_le=values[0]))


def relative_id(sid: bytes) -> int | None:
    """The last number of a SID; None: this is no SID."""
    return int.from_bytes(sid[-4:], "little") if len(sid) >= 12 else None


def _text(value: bytes) -> str | None:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None


def _number(texts: Mapping[str, Sequence[str]], attribute: str) -> int | None:
    values = texts.get(attribute, ())
    try:
        return int(values[0]) if values else None
    except ValueError:
        return None


def _moment(intervals: int | None) -> datetime | None:
    """The end of an account, from intervals of 100 ns; None: never, or later than dates of Python."""
    if intervals is None or intervals in _NEVER:
        return None
    try:
        return _EPOCH + timedelta(microseconds=intervals // 10)
    except OverflowError:
        return None
