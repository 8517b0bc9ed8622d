import pytest

from etl.metadata.field_types import NATIVE_SQL_TYPES, SQL_TYPES, Category, FieldType, Native
from tests.unit.metadata.documents import company

# How fields of each type are stored, written out once more: as text, numbers, times, choices, or not at all.
TEXT = """INPUT_TEXT TEXTAREA LINK INPUT_EMAIL INPUT_PHONE INPUT_TEXT_LANG TEXTAREA_LANG
          PERIOD PERIOD_TIME CHECKLIST QUESTIONNAIRE PROGRESS_BAR GEO_POINT"""
TIMESTAMP = "DATE FULL_DATE TIME YEAR YEAR_AND_MONTH"
CHOICE = "DROPDOWN_SINGLE RADIO_BUTTON_GROUP FILE_UPLOAD"
NOTHING = "STATIC_TEXT TAB_GROUP BO CO"


def test_column_types() -> None:
    expected: dict[str, str | None] = {"INPUT_NUMBER": "numeric(24,4)", "CHECKBOX": "bool"}
    expected |= dict.fromkeys(TEXT.split(), "text")
    expected |= dict.fromkeys(TIMESTAMP.split(), "timestamp with time zone")
    expected |= dict.fromkeys(CHOICE.split(), "varchar(32)")
    expected |= dict.fromkeys(NOTHING.split(), None)
    assert {str(kind): sql for kind, sql in SQL_TYPES.items()} == expected
    assert len(FieldType) == 27


def test_native_types() -> None:
    assert set(NATIVE_SQL_TYPES) == set(Native)
    assert NATIVE_SQL_TYPES[Native.CREATED_BY] == "varchar(100)"
    assert NATIVE_SQL_TYPES[Native.OPEN_COUNT] == "numeric(24,4)"
    assert NATIVE_SQL_TYPES[Native.IN_MIGRATION_UPDATED_AT] == "timestamp with time zone"


@pytest.mark.parametrize(
    ("word", "category"),
    [
        ("BO", Category.BO),
        ("DICTIONARY", Category.DICTIONARY),
        ("BO_DICTIONARY", Category.DICTIONARY),
        ("PROCESS", Category.PROCESS),
        ("BO_PROCESS", Category.PROCESS),
        ("PANEL", Category.PANEL),
        ("BO_PANEL", Category.PANEL),
    ],
)
def test_both_vocabularies_of_categories(word: str, category: Category) -> None:
    assert company(A=f"code: A\ncategory: {word}").object("A").category is category


@pytest.mark.parametrize("word", ["CO", "BO_COMPOSITE"])
def test_both_words_for_a_composite(word: str) -> None:
    found = company(A=f"code: A\ncategory: {word}\nbos: [B]", B="code: B").object("A")
    assert found.category is Category.CO
    assert found.bos == ("B",)
