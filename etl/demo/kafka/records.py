"""The partner's records: the same people, companies and claims as in the demo by SQL, each time the same. No I/O."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

Record = dict[str, Any]

_SURNAMES: Final = ("Akhmetov", "Bekov", "Dzhaksybekov", "Ivanov", "Kasymov", "Nurpeisov", "Omarov", "Seitov")
_HER: Final = ("Aigerim", "Dana", "Elena", "Madina", "Saule")
_HIS: Final = ("Arman", "Bolat", "Daniyar", "Ivan", "Timur", "Yerlan", "Zhanat")
_NAMES: Final = ("Altyn", "Aral", "Bayterek", "Saryarka", "Tengri")
_TRADES: Final = ("Logistics", "Motors", "Trade", "Foods")
_ASKED: Final = ("a loan", "a card", "a deposit", "a guarantee")
_STATUSES: Final = ("NEW", "APPROVED", "DECLINED")


@dataclass(frozen=True)
class Sent:
    what: str
    messages: tuple[tuple[str, bytes], ...]

    @classmethod
    def of(cls, what: str, records: Iterator[Record]) -> "Sent":
        """Records as JSON, keyed by their instances, so that those of one instance keep their order."""
        return cls(what, tuple((f"{one['boCode']}:{one['externalId']}", _json(one)) for one in records))


def first_records() -> Iterator[Sent]:
    people = Sent.of("people", (_person(n) for n in range(1, 2001)))
    yield people
    yield Sent("of these once more, with the same recordId", people.messages[:50])
    yield Sent.of("companies", (_company(n) for n in range(1, 401)))
    yield Sent.of("claims, each with a link to its client; 25 clients come later", (_claim(n) for n in range(1, 1501)))
    yield Sent.of("claims that bring their clients along", (_claim_with_client(n) for n in range(1501, 1511)))
    typo = _person(2500)
    typo["fields"][0]["code"] = "Surnam"
    yield Sent.of("person with a field that does not exist", iter([typo]))
    yield Sent("message that is no JSON", (("NaturalPerson:?", b'{"boCode": "NaturalPerson", '),))


def second_records() -> Iterator[Sent]:
    """The second load: what has changed, and what had to be corrected."""
    yield Sent.of(
        "people with a new email address, and nothing else",
        (_record("NaturalPerson", f"P-{n}", "2", Email=f"new.{n}@example.org") for n in range(101, 221)),
    )
    yield Sent.of(
        "people who are removed",
        ({**_record("NaturalPerson", f"P-{n}", "2"), "state": "REMOVED"} for n in range(301, 316)),
    )
    yield Sent.of(
        "people whom claims already name",
        (_record("NaturalPerson", f"P-{n}", "2", Surname="Newman", Name="Nora") for n in range(2001, 2021)),
    )
    yield Sent.of(
        "companies that claims already name",
        (_record("LegalPerson", f"L-{n}", "2", Name=f"Late Arrivals {n}", Form="LLP") for n in range(401, 406)),
    )
    yield Sent.of("companies sent again as they are", ({**_company(n), "recordId": f"2/L-{n}"} for n in range(1, 301)))
    corrected = {100: "75000", 200: "75000", 300: "75000"}
    yield Sent.of(
        "claims with a corrected amount or status",
        (_claim(n, amount=corrected.get(n), status="APPROVED") for n in (100, 200, 300, 400, 500)),
    )
    yield Sent.of(
        "claims that go to another person now",
        (_linked(_record("ClientClaim", f"C-{n}", "2"), "NaturalPerson", f"P-{n * 2 + 1}") for n in range(1, 41)),
    )


def _person(n: int) -> Record:
    is_her = n % 2 == 0
    name = _HER[n % 5] if is_her else _HIS[n % 7]
    born = date(1950, 1, 1) + timedelta(days=n * 37 % 20000)
    return _record(
        "NaturalPerson",
        f"P-{n}",
        Surname=_SURNAMES[n % 8] + ("a" if is_her else ""),
        Name=name,
        IIN=f"{born:%y%m%d}{n:06d}",
        BirthDate=f"{born}",
        Email=f"{name.lower()}.{n}@example.com",
        IsResident=str(n % 9 != 0).lower(),
    )


def _company(n: int) -> Record:
    return _record(
        "LegalPerson",
        f"L-{n}",
        Name=f"{_NAMES[n % 5]} {_TRADES[n % 4]} {n}",
        BIN=f"{n:9>12}",
        CreateDate=f"{date(1995, 1, 1) + timedelta(days=n * 23)}",
        Form="JSC" if n % 6 == 0 else "LLP",
    )


def _claim(n: int, *, amount: str | None = None, status: str | None = None) -> Record:
    """Some amounts are no numbers, and some statuses no options, until they are corrected."""
    first = "NaN" if n in (100, 200, 300) else f"{50000 + n * 7919 % 900000}.5"
    record = _record(
        "ClientClaim",
        f"C-{n}",
        Name=f"Claim {n:04d}",
        Descr=f"Asks for {_ASKED[n % 4]}",
        Amount=amount or first,
        Status=status or ("PAID" if n in (400, 500) else _STATUSES[n % 3]),
    )
    if n <= 1000:
        return _linked(record, "NaturalPerson", f"P-{n + 1020 if n > 980 else n * 2}")
    return _linked(record, "LegalPerson", f"L-{n - 1095 if n > 1495 else 1 + n % 400}")


def _claim_with_client(n: int) -> Record:
    client = _record("LegalPerson", f"L-{n}", Name=f"Brought Along {n}", Form="LLP")
    record = _record("ClientClaim", f"C-{n}", Name=f"Claim {n:04d}", Status="NEW")
    return record | {"boFields": [{"fieldCode": "CoClient", "boiInput": client}]}


def _record(code: str, external_id: str, load: str = "1", **values: str) -> Record:
    fields = [{"code": name, "apiValue": value} for name, value in values.items()]
    return {"recordId": f"{load}/{external_id}", "externalId": external_id, "boCode": code, "fields": fields}


def _linked(record: Record, member: str, external_id: str) -> Record:
    link = {"fieldCode": "CoClient", "toBoCode": member, "toFieldCode": "externalId", "apiValue": external_id}
    return record | {"boFields": [link]}


def _json(record: Record) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode()
