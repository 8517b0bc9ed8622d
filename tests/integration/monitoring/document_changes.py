"""Every kind of a change of documents, each alone: where a text of a document is replaced, and by what."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tests.integration.monitoring.changed_documents import DOCUMENTS, FLAGS, NAMED

Edit = tuple[str, str, str]
"""Code of a document, the text that is replaced, the new one."""

_IN, _OUT = "needLoadFromInTables: true", "needUploadToOutTable: true"


@dataclass(frozen=True)
class Change:
    """A change of some documents. `first`: what was in use before it otherwise than in DOCUMENTS; `settings`: lines of
    texts of the configuration that come with it; `is_only_meant`: partners and readers mean something else by the same
    texts, which etl does not read."""

    edits: tuple[Edit, ...] = ()
    whole: Mapping[str, str] = field(default_factory=dict)
    first: tuple[Edit, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    is_only_meant: bool = False

    @property
    def before(self) -> dict[str, str]:
        return _edited(DOCUMENTS, self.first)

    @property
    def after(self) -> dict[str, str]:
        """All documents; without a text where one is gone."""
        return {**_edited(self.before, self.edits), **self.whole}

    @property
    def changed(self) -> dict[str, str]:
        """Those that differ."""
        before = self.before
        return {code: text for code, text in self.after.items() if before.get(code) != text}


def _edited(texts: Mapping[str, str], edits: tuple[Edit, ...]) -> dict[str, str]:
    found = dict(texts)
    for code, old, new in edits:
        assert found[code].count(old) == 1, (code, old)
        found[code] = found[code].replace(old, new)
    return found


def _line(code: str, part: str) -> str:
    """The line of a document with a text in it."""
    [line] = [one for one in DOCUMENTS[code].splitlines(keepends=True) if part in one]
    return line


def client(old: str, new: str) -> Change:
    return Change(edits=(("Client", old, new),))


def _of(code: str, name: str, old: str, new: str) -> Edit:
    """A replacement in the line of one field."""
    line = _line(code, f"code: {name},")
    assert old in line, (line, old)
    return code, line, line.replace(old, new)


def one(name: str, old: str, new: str, *, code: str = "Client") -> Change:
    return Change(edits=(_of(code, name, old, new),))


def back(name: str, old: str, new: str, *, code: str = "Client") -> Change:
    """The same change, reverted."""
    _, line, changed = _of(code, name, old, new)
    return Change(edits=((code, changed, line),), first=((code, line, changed),))


def both(label: str, name: str, old: str, new: str, *, code: str = "Client", other: str = "") -> dict[str, Change]:
    """A change and its opposite."""
    return {label: one(name, old, new, code=code), other or f"{label}, reverted": back(name, old, new, code=code)}


_AHEAD: tuple[Edit, ...] = (
    ("Client", "orderIndex: 3", "orderIndex: 3\nsourceTime: Seen\nsourceTimeAheadSeconds: 100000"),
)
_SHOWN_ONLY = f"fields:\n  - {{code: Name, type: INPUT_TEXT, {_OUT}}}\n"
CHANGES: dict[str, Change] = {
    "nothing": Change(),
    # Tables and columns.
    "field added": client("nativeFields:", f"  - {{code: More, type: INPUT_TEXT, {FLAGS}}}\nnativeFields:"),
    "field removed": client(_line("Client", "code: Amount"), ""),
    "field renamed": one("Phone", "code: Phone", "code: Telephone"),
    "object added": Change(whole={"Branch": f"code: Branch\n{NAMED}"}),
    "object removed": Change(whole={"Shop": ""}),
    "link added": Change(
        edits=(("Claim", "fields:\n", f"fields:\n  - {{code: Judge, type: BO, bo: Client, {FLAGS}}}\n"),)
    ),
    "link removed": Change(edits=(("Claim", _line("Claim", "Watchers"), ""),)),
    "composite link removed": Change(edits=(("Claim", _line("Claim", "Sides"), ""),)),
    "no longer loaded": one("Amount", f"{_IN}, ", ""),
    "no longer shown": one("Amount", f", {_OUT}", ""),
    "neither loaded nor shown": one("Amount", f", {FLAGS}", ""),
    "loaded now": one("Rank", _OUT, FLAGS),
    "shown now": one("Note", _IN, FLAGS),
    "link no longer loaded": one("Watchers", f"{_IN}, ", "", code="Claim"),
    "link no longer shown": one("Watchers", f", {_OUT}", "", code="Claim"),
    "object no longer loaded": Change(whole={"Shop": f"code: Shop\norderIndex: 5\n{_SHOWN_ONLY}"}),
    "object no longer shown": Change(
        whole={"Shop": f"code: Shop\norderIndex: 5\nfields:\n  - {{code: Name, type: INPUT_TEXT, {_IN}}}\n"}
    ),
    "native field added": client("OPEN_COUNT,", f"CREATED_BY, {_OUT}}}\n  - {{code: OPEN_COUNT,"),
    "native field removed": client(_line("Client", "OPEN_COUNT"), "  - {code: OPEN_COUNT}\n"),
    "states marked": Change(settings={"configs/OutMigrationPostgresConfig.txt": "\nremovedInOut=mark\n"}),
    # Types.
    "choice to text": one("Shape", "RADIO_BUTTON_GROUP, options: [round]", "INPUT_TEXT"),
    "choice with ids to text": one(
        "Size", 'DROPDOWN_SINGLE, options: [{code: S, id: "1"}, {code: M, id: "2"}, L]', "INPUT_TEXT"
    ),
    "type changed": one("Amount", "INPUT_NUMBER", "INPUT_TEXT"),
    "type of the same column": one("Born", "DATE", "YEAR"),
    "text to JSON": one("Phone", "INPUT_TEXT", "CHECKLIST"),
    "text to e-mail": one("Phone", "INPUT_TEXT", "INPUT_EMAIL"),
    "text to text of languages": replace(one("Phone", "INPUT_TEXT", "INPUT_TEXT_LANG"), is_only_meant=True),
    "text to longer text": one("Phone", "INPUT_TEXT", "TEXTAREA"),
    "value to link": one("Phone", "INPUT_TEXT", "BO, bo: Firm"),
    "value to none": one("Phone", "INPUT_TEXT", "STATIC_TEXT"),
    "unique text to e-mail": Change(
        edits=(("Client", "Phone, type: INPUT_TEXT, isUnique: true", "Phone, type: INPUT_EMAIL, isUnique: true"),),
        first=(_of("Client", "Phone", "INPUT_TEXT", "INPUT_TEXT, isUnique: true"),),
    ),
    # What finds an instance.
    "key elsewhere": Change(
        edits=(
            _of("Client", "Iin", "useAsKeyInMigration: true, ", ""),
            _of("Client", "Phone", "INPUT_TEXT", "INPUT_TEXT, useAsKeyInMigration: true"),
        )
    ),
    "key removed": one("Iin", "useAsKeyInMigration: true, ", ""),
    **both("unique", "Phone", "INPUT_TEXT", "INPUT_TEXT, isUnique: true", other="no longer unique"),
    # Rules of values.
    **both("required", "Phone", "INPUT_TEXT", "INPUT_TEXT, isRequired: true", other="no longer required"),
    **both("choice removed", "Size", ", L]", "]", other="choice added"),
    "ids of choices exchanged": one("Size", 'S, id: "1"}, {code: M, id: "2"', 'S, id: "2"}, {code: M, id: "1"'),
    "id of a choice removed": one("Size", '{code: M, id: "2"}', "M"),
    "label of a choice": one("Size", "{code: M,", "{code: M, label: Medium,"),
    "choices of another dictionary": one("Home", "dictionary: City", "dictionary: Town"),
    "dropdown to radio buttons": one("Size", "DROPDOWN_SINGLE", "RADIO_BUTTON_GROUP"),
    "time zone": one("Born", "inMigrationTimezoneMinutes: 360", "inMigrationTimezoneMinutes: 300"),
    **both("bad values reject rows", "Shape", "onBadValue: skip_value, ", "", other="bad values are skipped"),
    # Rules of links.
    **both("links added", "Team", "linkMode: replace, ", "", code="Claim", other="links replaced"),
    **both("many links", "Payer", "viewType: SINGLE, ", "", code="Claim", other="one link"),
    "another target": one("Team", "bo: Firm", "bo: Shop", code="Claim"),
    "composite to object": one("Sides", "CO, co: Party", "BO, bo: Client", code="Claim"),
    "object to composite": one("Watchers", "BO, bo: Client", "CO, co: Party", code="Claim"),
    "member added": Change(edits=(("Party", "Firm]", "Firm, Shop]"),)),
    "member removed": Change(edits=(("Party", ", Firm]", "]"),)),
    "target no longer shown": Change(
        whole={"Firm": f"code: Firm\norderIndex: 4\nfields:\n  - {{code: Name, type: INPUT_TEXT, {_IN}}}\n"}
    ),
    # Whose value counts.
    "sources of a field": one("Phone", "INPUT_TEXT", "INPUT_TEXT, sources: [kafka]"),
    "sources of an object": client("orderIndex: 3", "orderIndex: 3\nsources: [in_tables]"),
    "sources of all fields instead of the object": Change(
        first=(("Firm", "orderIndex: 4", "orderIndex: 4\nsources: [in_tables]"),),
        edits=(
            ("Firm", "\nsources: [in_tables]", ""),
            ("Firm", "INPUT_TEXT", "INPUT_TEXT, sources: [in_tables]"),
        ),
    ),
    "source time": client("orderIndex: 3", "orderIndex: 3\nsourceTime: Seen"),
    "source time removed": Change(
        first=(("Client", "orderIndex: 3", "orderIndex: 3\nsourceTime: Seen"),),
        edits=(("Client", "\nsourceTime: Seen", ""),),
    ),
    "source time less far ahead": Change(first=_AHEAD, edits=(("Client", "Seconds: 100000", "Seconds: 0"),)),
    "source time farther ahead": Change(
        first=(*_AHEAD, ("Client", "Seconds: 100000", "Seconds: 0")),
        edits=(("Client", "Seconds: 0", "Seconds: 100000"),),
    ),
    "source time of messages": Change(
        first=(("Client", "orderIndex: 3", "orderIndex: 3\nsourceTime: Seen"),),
        edits=(("Client", "sourceTime: Seen", "sourceTime: Seen\nsourceTimeFromMessage: true"),),
    ),
    # What people see, and the order of things.
    "category": Change(whole={"Shop": f"code: Shop\ncategory: DICTIONARY\norderIndex: 5\n{NAMED}"}),
    "object to composite of none": Change(whole={"Shop": "code: Shop\ncategory: PANEL\n"}),
    "capitals of a field": one("Phone", "code: Phone", "code: phone"),
    "capitals of an object": Change(whole={"Shop": "", "shop": f"code: shop\norderIndex: 5\n{NAMED}"}),
    "labels": one("Phone", "INPUT_TEXT", "INPUT_TEXT, label: Telephone"),
    "name": client("orderIndex: 3", "orderIndex: 3\nname: Customer"),
    "place of an object": client("orderIndex: 3", "orderIndex: 9"),
    "place of a field": Change(
        edits=(
            ("Client", _line("Client", "code: Phone"), ""),
            ("Client", "nativeFields:", _line("Client", "code: Phone") + "nativeFields:"),
        )
    ),
    "fields of members": Change(edits=(("Party", "boCode: Client, fieldCode: Name", "boCode: Firm, fieldCode: Name"),)),
}  # fmt: skip
