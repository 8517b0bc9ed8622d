"""Each rule that no table shows, changed alone: what it is called, before and after."""

import pytest

from etl.metadata import Company
from etl.metadata.changed_rules import Rule, changed_rules
from tests.unit.metadata.documents import company

OTHER = "code: Other\nfields:\n  - {code: Text, type: INPUT_TEXT, needLoadFromInTables: true}\n"
PARTY = "code: Party\ncategory: CO\nbos: [{}]\n"
LISTS = {
    code: f"code: {code}\ncategory: DICTIONARY\nfields:\n  - {{code: code, type: INPUT_TEXT, isUnique: true}}\n"
    for code in ("Sizes", "Widths")
}
FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"


def made(field: str, bos: str = "Other") -> Company:
    client = f"code: Client\nfields:\n  - {{code: Name, type: INPUT_TEXT, {FLAGS}}}\n  - {{{field}, {FLAGS}}}\n"
    return company(Client=client, Other=OTHER, Party=PARTY.format(bos), **LISTS)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("code: A, type: INPUT_TEXT", "code: A, type: INPUT_TEXT, label: New", []),
        ("code: A, type: INPUT_TEXT", "code: a, type: INPUT_TEXT", [(Rule.SPELLING, "A", "a")]),
        ("code: A, type: INPUT_TEXT", "code: A, type: INPUT_TEXT, isUnique: true", [(Rule.UNIQUE_ADDED, "", "")]),
        ("code: A, type: INPUT_TEXT, isUnique: true", "code: A, type: INPUT_TEXT", [(Rule.UNIQUE_REMOVED, "", "")]),
        ("code: A, type: INPUT_TEXT", "code: A, type: INPUT_TEXT, isRequired: true", [(Rule.REQUIRED_ADDED, "", "")]),
        ("code: A, type: INPUT_TEXT, isRequired: true", "code: A, type: INPUT_TEXT", [(Rule.REQUIRED_REMOVED, "", "")]),
        (
            "code: A, type: INPUT_TEXT",
            "code: A, type: INPUT_TEXT, useAsKeyInMigration: true",
            [(Rule.KEY, "none", "A")],
        ),
        ("code: A, type: INPUT_TEXT", "code: A, type: TEXTAREA", [(Rule.KIND_FREE, "INPUT_TEXT", "TEXTAREA")]),
        (
            "code: A, type: INPUT_TEXT, isUnique: true",
            "code: A, type: INPUT_EMAIL, isUnique: true",
            [(Rule.KIND, "INPUT_TEXT", "INPUT_EMAIL")],
        ),
        ("code: A, type: INPUT_TEXT", "code: A, type: CHECKLIST", [(Rule.KIND, "INPUT_TEXT", "CHECKLIST")]),
        ("code: A, type: DATE", "code: A, type: FULL_DATE", [(Rule.KIND, "DATE", "FULL_DATE")]),
        (
            "code: A, type: DATE",
            "code: A, type: DATE, inMigrationTimezoneMinutes: 300",
            [(Rule.TIME_ZONE, "0 minutes", "300 minutes")],
        ),
        (
            "code: A, type: INPUT_NUMBER",
            "code: A, type: INPUT_NUMBER, onBadValue: skip_value",
            [(Rule.VALUES_SKIPPED, "reject_row", "skip_value")],
        ),
        (
            "code: A, type: INPUT_NUMBER, onBadValue: skip_value",
            "code: A, type: INPUT_NUMBER",
            [(Rule.ROWS_REJECTED, "skip_value", "reject_row")],
        ),
        (
            "code: A, type: DROPDOWN_SINGLE, options: [S, M]",
            "code: A, type: RADIO_BUTTON_GROUP, options: [M, L]",
            [(Rule.CHOICES_REMOVED, "S", ""), (Rule.CHOICES_ADDED, "", "L")],
        ),
        (
            'code: A, type: DROPDOWN_SINGLE, options: [{code: S, id: "1"}, {code: M, id: "2"}]',
            'code: A, type: DROPDOWN_SINGLE, options: [{code: S, id: "2"}, {code: M, id: "1"}]',
            [(Rule.CHOICES_EXCHANGED, "1 as S, 2 as M", "1 as M, 2 as S")],
        ),
        (
            'code: A, type: DROPDOWN_SINGLE, options: [{code: S, id: "1"}, {code: M, id: "M"}]',
            "code: A, type: INPUT_TEXT",
            [(Rule.IDS_KEPT, "1", "")],
        ),
        (
            "code: A, type: DROPDOWN_SINGLE, dictionary: Sizes",
            "code: A, type: INPUT_TEXT",
            [(Rule.IDS_KEPT, "ids of Sizes", "")],
        ),
        ("code: A, type: DROPDOWN_SINGLE, options: [S]", "code: A, type: INPUT_TEXT", []),
        ("code: A, type: FILE_UPLOAD", "code: A, type: TEXTAREA", [(Rule.KIND, "FILE_UPLOAD", "TEXTAREA")]),
        (
            "code: A, type: INPUT_TEXT, sources: [kafka]",
            "code: A, type: INPUT_TEXT, sources: [in_tables, kafka]",
            [(Rule.SOURCES, "kafka", "in_tables, kafka")],
        ),
        (
            "code: A, type: DROPDOWN_SINGLE, options: [S]",
            "code: A, type: DROPDOWN_SINGLE, dictionary: Sizes",
            [(Rule.CHOICES_ELSEWHERE, "its own list", "dictionary Sizes")],
        ),
        (
            "code: A, type: DROPDOWN_SINGLE, dictionary: Sizes",
            "code: A, type: DROPDOWN_SINGLE, dictionary: Widths",
            [(Rule.CHOICES_ELSEWHERE, "dictionary Sizes", "dictionary Widths")],
        ),
        (
            "code: A, type: BO, bo: Other",
            "code: A, type: BO, bo: Other, linkMode: replace",
            [(Rule.LINKS_REPLACED, "add", "replace")],
        ),
        (
            "code: A, type: BO, bo: Other, linkMode: replace",
            "code: A, type: BO, bo: Other",
            [(Rule.LINKS_KEPT, "replace", "add")],
        ),
        (
            "code: A, type: BO, bo: Other",
            "code: A, type: BO, bo: Other, viewType: SINGLE",
            [(Rule.ONE_LINK, "TABLE", "SINGLE")],
        ),
        (
            "code: A, type: BO, bo: Other, viewType: SINGLE",
            "code: A, type: BO, bo: Other",
            [(Rule.MANY_LINKS, "SINGLE", "TABLE")],
        ),
        (
            "code: A, type: BO, bo: Other",
            "code: A, type: BO, bo: Client",
            [(Rule.TARGETS_REMOVED, "Other", ""), (Rule.TARGETS_ADDED, "", "Client")],
        ),
    ],
)
def test_a_changed_rule(before: str, after: str, expected: list[tuple[Rule, str, str]]) -> None:
    found = changed_rules(made(before), made(after))
    assert [(one.rule, one.before, one.after) for one in found] == expected
    assert all((one.bo, one.field.lower()) == ("Client", "a") and one.is_loaded for one in found)


def test_a_composite_with_another_member() -> None:
    field = "code: A, type: CO, co: Party"
    [added] = changed_rules(made(field), made(field, "Other, Client"))
    assert (added.rule, added.field, added.after) == (Rule.TARGETS_ADDED, "A", "Client")
    [removed] = changed_rules(made(field, "Other, Client"), made(field))
    assert (removed.rule, removed.before) == (Rule.TARGETS_REMOVED, "Client")


def test_a_field_that_was_only_shown_is_loaded() -> None:
    shown = company(Client="code: Client\nfields:\n  - {code: A, type: INPUT_TEXT, needUploadToOutTable: true}\n")
    both = company(Client=f"code: Client\nfields:\n  - {{code: A, type: INPUT_TEXT, {FLAGS}}}\n")
    assert [one.rule for one in changed_rules(shown, both)] == [Rule.LOADED]
    assert changed_rules(both, shown) == []


def test_sources_count_whether_a_field_has_them_or_its_object() -> None:
    own = company(Client=f"code: Client\nfields:\n  - {{code: A, type: INPUT_TEXT, sources: [kafka], {FLAGS}}}\n")
    common = company(Client=f"code: Client\nsources: [kafka]\nfields:\n  - {{code: A, type: INPUT_TEXT, {FLAGS}}}\n")
    assert changed_rules(own, common) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "sourceTime: At\nsourceTimeFromMessage: true\n", [(Rule.SOURCE_TIME, "", "At or the message's")]),
        ("sourceTime: At\nsourceTimeAheadSeconds: 9\n", "", [(Rule.SOURCE_TIME, "At", "")]),
        (
            "sourceTime: At\n",
            "sourceTime: At\nsourceTimeAheadSeconds: 9\n",
            [(Rule.AHEAD_LESS, "300 seconds", "9 seconds")],
        ),
        (
            "sourceTime: At\n",
            "sourceTime: at\nsourceTimeAheadSeconds: 900\n",
            [(Rule.AHEAD_MORE, "300 seconds", "900 seconds")],
        ),
    ],
)
def test_a_source_time(before: str, after: str, expected: list[tuple[Rule, str, str]]) -> None:
    text = f"code: Client\n{{}}fields:\n  - {{{{code: At, type: FULL_DATE, {FLAGS}}}}}\n"
    old, new = (company(Client=text.format(keys)) for keys in (before, after))
    assert [(one.rule, one.before, one.after) for one in changed_rules(old, new)] == expected


def test_another_category_with_the_same_fields() -> None:
    fields = (
        "fields:\n  - {code: code, type: INPUT_TEXT, isRequired: true, isUnique: true}\n"
        "  - {code: label, type: INPUT_TEXT_LANG, isRequired: true}\n"
    )
    plain, listed = (company(Size=f"code: Size\ncategory: {category}\n{fields}") for category in ("BO", "DICTIONARY"))
    assert [(one.rule, one.before, one.after) for one in changed_rules(plain, listed)] == [
        (Rule.CATEGORY, "BO", "DICTIONARY")
    ]
    composite = company(Size="code: Size\ncategory: PANEL\n")
    assert changed_rules(plain, composite) == []


def test_a_key_without_a_rule_of_its_own_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a key that is added later: what it does to others is not known here."""
    monkeypatch.setattr("etl.metadata.changed_rules._FIELD", frozenset({"code", "type"}))
    [label] = changed_rules(made("code: A, type: INPUT_TEXT"), made("code: A, type: INPUT_TEXT, label: New"))
    assert (label.rule, label.before) == (Rule.OTHER, "label")
