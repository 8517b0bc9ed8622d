"""The people of a trial domain as LDIF: ordinary ones in any number, and one of each kind that gives programs trouble.

The same number gives the same text. `next_day` is what an administrator changes overnight.
"""

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

BASE: Final = "DC=corp,DC=test"
PASSWORD: Final = "Passw0rd-1"

_SURNAMES: Final = ("Иванов", "Петрова", "Ахметов", "Нұрланова", "Қасымов", "Өтеген", "Әлиева", "Ким", "Цой", "Smith")
_NAMES: Final = ("Иван", "Ольга", "Ерлан", "Айгүл", "Данияр", "Әсел", "Тимур", "Жанна", "Яна")
_UNITS: Final = ("Продажи", "Риски", "Взыскание,OU=Риски", "Разработка", "Поддержка,OU=Разработка")
_STAFF, _ODD, _GROUPS, _LISTS = "OU=Сотрудники", "OU=Особые", "OU=Groups", "OU=Группы рассылок"

# userAccountControl: an ordinary account, without the need of a password, disabled, only by smart card.
_NORMAL, _NO_PASSWORD, _DISABLED, _SMART_CARD = 0x200, 0x20, 0x2, 0x40000
# A password takes the server a tenth of a second.
_WITH_PASSWORD: Final = 10
_EXPIRED: Final = 130_000_000_000_000_000  # 2012, in intervals of 100 ns since 1601
_SECURITY_GLOBAL, _DISTRIBUTION = 0x80000002 - (1 << 32), 2

Value = str | int | bytes
Values = dict[str, Value | list[str]]


@dataclass
class _Domain:
    entries: list[str] = field(default_factory=list)

    def add(self, name: str, **values: Value | list[str]) -> str:
        """Adds an entry; its whole DN."""
        dn = f"{name},{BASE}"
        lines = [_line("dn", dn)]
        for attribute, value in values.items():
            lines += [_line(attribute, one) for one in (value if isinstance(value, list) else [value])]
        self.entries.append("\n".join(lines))
        return dn

    def person(self, name: str, login: str, *, password: bool = False, **more: Value | list[str]) -> str:
        """Adds an account that can sign in."""
        values: Values = {
            "objectClass": "user",
            "sAMAccountName": login,
            "userPrincipalName": f"{login}@corp.test",
            "userAccountControl": _NORMAL if password else _NORMAL | _NO_PASSWORD,
        }
        if password:
            values["unicodePwd"] = f'"{PASSWORD}"'.encode("utf-16-le")
        return self.add(name, **(values | more))

    def group(self, name: str, login: str, members: Iterable[str], kind: int = _SECURITY_GLOBAL) -> str:
        values: Values = {"objectClass": "group", "sAMAccountName": login, "groupType": kind}
        if listed := list(members):
            values["member"] = listed
        return self.add(name, **values)


def _line(attribute: str, value: Value) -> str:
    """In Base64, which needs no rules about blanks and letters."""
    raw = value if isinstance(value, bytes) else str(value).encode()
    return f"{attribute}:: {base64.b64encode(raw).decode()}"


def ldif(people: int) -> str:
    """LDIF that adds this number of ordinary people, those of ODD, groups, contacts, computers and service accounts."""
    domain = _Domain()
    for unit in (_STAFF, _ODD, _GROUPS, _LISTS, "OU=Уволенные", "OU=Службы", "OU=Контакты"):
        domain.add(unit, objectClass="organizationalUnit")
    for unit in _UNITS:
        domain.add(f"OU={unit},{_STAFF}", objectClass="organizationalUnit")
    ordinary = list(_ordinary(domain, people))
    odd = {
        login: domain.person(f"CN={name},{_ODD}", login, password=True, **values)
        for login, (name, values) in ODD.items()
    }
    for number in range(3):
        domain.person(f"CN=svc {number},OU=Службы", f"svc_{number}", password=True, description="service account")
        domain.add(
            f"CN=Контакт {number},OU=Контакты", objectClass="contact", sn="Контакт", mail=f"c{number}@other.test"
        )
        domain.add(f"CN=PC{number},CN=Computers", objectClass="computer", sAMAccountName=f"PC{number}$")
    _add_groups(domain, ordinary, odd)
    return "\n\n".join(domain.entries) + "\n"


def _ordinary(domain: _Domain, number: int) -> Iterator[str]:
    """People in units, some of them disabled, with a photo, a manager, several telephones."""
    manager = ""
    for one in range(number):
        surname, name, unit = _SURNAMES[one % 10], _NAMES[one // 10 % 9], _UNITS[one % 5]
        values: Values = {
            "sn": surname,
            "givenName": name,
            "displayName": f"{surname} {name}",
            "mail": f"user{one:05}@corp.test",
            "title": f"Должность {one % 7}",
            "department": unit.partition(",")[0],
        }
        if one % 11 == 5:
            values["userAccountControl"] = _NORMAL | _NO_PASSWORD | _DISABLED
        if one % 90 == 1:
            values["thumbnailPhoto"] = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8
        if one % 13 == 2:
            values["otherTelephone"] = [f"+7 701 {one:07}", f"+7 702 {one:07}"]
        if manager and one % 5:
            values["manager"] = manager
        dn = domain.person(
            f"CN={surname} {name} {one},OU={unit},{_STAFF}", f"user{one:05}", password=one < _WITH_PASSWORD, **values
        )
        manager = manager if one % 5 else dn
        yield dn


ODD: Final[dict[str, tuple[str, Values]]] = {
    # login -> (name as it stands in the DN, attributes)
    "comma": (r"Смирнов\, Олег \"Второй\"", {"sn": "Смирнов", "givenName": "Олег"}),
    "signs": (r"A\+B \<x\>\; c\\d \= e/f", {"sn": "Signs"}),
    "hash": (r"\#number", {"sn": "Hash"}),
    "blanks": (r"\ край\ ", {"sn": " край "}),
    "star": ("звезда (*)", {"sn": "O'Hara (*)"}),
    "Root": ("Root of the domain", {"sn": "Root"}),
    "mail@inside": ("at in the login", {"sn": "At", "userPrincipalName": "inside@corp.test"}),
    "логин.кириллица": ("логин", {"sn": "Логин"}),
    "nosurname": ("без фамилии", {"displayName": "Цой Виктор Робертович"}),
    "nonames": ("no names", {}),
    "twice1": ("twice 1", {"sn": "Twice", "mail": "twice@corp.test"}),
    "twice2": ("twice 2", {"sn": "Twice", "mail": "TWICE@corp.test"}),
    "mustchange": ("must change", {"sn": "Must", "pwdLastSet": 0}),
    "expired": ("account expired", {"sn": "Expired", "accountExpires": _EXPIRED}),
    "disabled": ("disabled", {"sn": "Disabled", "userAccountControl": _NORMAL | _DISABLED}),
    "smartcard": ("smart card", {"sn": "Card", "userAccountControl": _NORMAL | _SMART_CARD}),
    "tolock": ("to be locked", {"sn": "Lock"}),
    "tomove": ("to be moved", {"sn": "Move"}),
    "torename": ("to be renamed", {"sn": "Before"}),
    "todelete": ("to be deleted", {"sn": "Delete"}),
    "badtext": ("bad text", {"sn": "Bad", "title": b"a zero byte \0 inside"}),
}
"""One person of each kind that gives programs trouble."""


def _add_groups(domain: _Domain, ordinary: list[str], odd: dict[str, str]) -> None:
    domain.group(f"CN=Все,{_LISTS}", "all_staff", ordinary, _DISTRIBUTION)
    domain.group(f"CN=Central,{_LISTS}", "central", [*ordinary[::7], *odd.values()])
    domain.group(f"CN=problem,{_GROUPS}", "problem", ordinary[::8])
    domain.group(f"CN=vpn_user,{_GROUPS}", "vpn_user", ordinary[::9])
    domain.group(rf"CN=Отдел \"A\, B\" \+ C,{_GROUPS}", "escaped", [*ordinary[:3], odd["comma"]])
    domain.group(f"CN=Empty,{_GROUPS}", "empty", [])
    domain.group(f"CN=Primary,{_GROUPS}", "primary", [odd["smartcard"]])
    inner = ordinary[:4]
    for level in range(4):  # each holds the one before
        inner = [domain.group(f"CN=Level{level},{_GROUPS}", f"level{level}", inner)]
    for one in (1, 2):
        domain.group(f"CN=Circle{one},{_GROUPS}", f"circle{one}", ordinary[one : one + 1])


def circle() -> str:
    """LDIF that makes two groups members of each other."""
    first, second = (f"CN=Circle{one},{_GROUPS},{BASE}" for one in (1, 2))
    changes = (changed(group, "add", "member", member) for group, member in ((first, second), (second, first)))
    return "\n\n".join(changes) + "\n"


def changed(dn: str, how: str, attribute: str, value: Value) -> str:
    """LDIF; `how`: add, replace or delete a value."""
    return "\n".join([_line("dn", dn), "changetype: modify", f"{how}: {attribute}", _line(attribute, value), "-"])


def next_day(primary_group: int = 0) -> str:
    """LDIF that moves, renames, disables and deletes people. `primary_group`: the RID that one gets as his."""
    one = {login: f"CN={ODD[login][0]},{_ODD},{BASE}" for login in ("tomove", "torename", "todelete", "twice1")}
    renamed = f"CN=was renamed,{_ODD},{BASE}"
    changes = [
        moved(one["tomove"], "CN=to be moved", f"OU=Уволенные,{BASE}"),
        moved(one["torename"], "CN=was renamed", f"{_ODD},{BASE}"),
        changed(renamed, "replace", "sAMAccountName", "renamed"),
        changed(renamed, "replace", "sn", "After"),
        deleted(one["todelete"]),
        changed(one["twice1"], "replace", "userAccountControl", _NORMAL | _DISABLED),
        changed(f"CN=Empty,{_GROUPS},{BASE}", "add", "member", f"CN=Central,{_LISTS},{BASE}"),
    ]
    if primary_group:
        smart_card = f"CN={ODD['smartcard'][0]},{_ODD},{BASE}"
        changes.append(changed(smart_card, "replace", "primaryGroupID", primary_group))
    return "\n\n".join(changes) + "\n"


def deleted(dn: str) -> str:
    """LDIF that deletes an entry."""
    return "\n".join([_line("dn", dn), "changetype: delete"])


def moved(dn: str, name: str, above: str) -> str:
    """LDIF that gives an entry another name, `above` the entry of another DN."""
    new = [_line("newrdn", name), "deleteoldrdn: 1", _line("newsuperior", above)]
    return "\n".join([_line("dn", dn), "changetype: modrdn", *new])
