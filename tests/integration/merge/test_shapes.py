"""JSON of the structured kinds: valid, of the right shape, and never an error of the server (failure catalogue 57)."""

import pytest
import sqlalchemy

from etl.database import bring_up, transaction
from etl.store import STORE

GOOD = {
    "period": [
        '{"startDate": "2024-01-31T09:00:00Z", "endDate": "2019-11-01T08:50:46.620Z"}',
        '{"startDate": "2024-01-31T09:00+05", "endDate": "2024-01-31T09:00:00-03:30"}',
        '{"startDate": null, "endDate": null, "remark": 1}',
    ],
    "geo_point": ['{"lat": 43.238, "lon": 76.945}', ' {"lon":0,"lat":-0e5,"zoom":{}}\n'],
    "checklist": [
        "[]",
        '[{"label": "a", "checked": true}, {"label": "", "checked": false}]',
        '[{"label": {"RUS": "а"}, "checked": true, "id": 7}]',
    ],
    "questionnaire": ["[]", '[{"rowId": "r", "columnId": "c"}]'],
    "progress_bar": ["{}", '{"first": "GREEN", "second": "RED"}', "[]", '[{"stepCode": "a", "color": "GREEN"}]'],
    "languages": ["{}", '{"RUS": "да", "KAZ": "иә", "QAZ": "iä", "ENG": "yes"}', '{"RUS": null}'],
}
MISSHAPEN = {
    "period": [
        '{"startDate": "2024-01-31T09:00:00Z"}',
        '{"startDate": "2024-01-31", "endDate": null}',
        '{"startDate": "2024-01-31T09:00:00", "endDate": null}',
        '{"startDate": "2024-02-30T09:00:00Z", "endDate": null}',
        '{"startDate": "2024-01-31T09:00:00Z\\n", "endDate": null}',
        '{"startDate": "infinity", "endDate": null}',
        '{"startDate": 1706691600000, "endDate": null}',
        '{"startDate": [], "endDate": null}',
        '["startDate", "endDate"]',
    ],
    "geo_point": ['{"lat": 1, "lng": 2}', '{"lat": "1", "lon": "2"}', '{"lat": null, "lon": 2}', "[1, 2]"],
    "checklist": ['[{"label": "a"}]', '[{"label": "a", "checked": "true"}]', '{"label": "a", "checked": true}', "[1]"],
    "questionnaire": ['[{"rowId": "r"}]', '[{"rowId": 1, "columnId": 2}]', "{}", '[["rowId"]]'],
    "progress_bar": ['{"first": 1}', '[{"stepCode": "a"}]', '["GREEN"]', '[{"first": "GREEN"}]'],
    "languages": ['{"rus": "да"}', '{"RUS": 1}', '{"RUS": "x", "DEU": "y"}', '["RUS"]'],
}
NO_OBJECTS = ["null", "1", "true", '"text"', "-1e400"]
INVALID = [
    "",
    " ",
    "{",
    "{lat: 1}",
    "{'lat': 1}",
    "[1,]",
    "NaN",
    '{"lat": NaN, "lon": 1}',
    '{"a": "\\u0000"}',
    '{"a": "\\ud800"}',
    '{"a": "\\udc00\\ud800"}',
    "\x01",
    "\ufeff{}",
    "{}{}",
    "[" * 1_000_000,
    '{"a":' * 300_000,
    "1e999999",
]


def answer(engine: sqlalchemy.Engine, kind: str, written: str) -> str | None:
    with transaction(engine) as connection:
        answers = connection.execute(sqlalchemy.text(f"select store_demo.{kind}_fault(:x)"), {"x": written})
        found: str | None = answers.scalar_one()
        return found


@pytest.fixture
def store(engine: sqlalchemy.Engine) -> sqlalchemy.Engine:
    with transaction(engine) as connection:
        connection.execute(sqlalchemy.text("create schema store_demo"))
        bring_up(connection, "store_demo", [STORE])
    return engine


@pytest.mark.parametrize("kind", GOOD)
def test_every_text_has_its_answer(store: sqlalchemy.Engine, kind: str) -> None:
    assert {one: answer(store, kind, one) for one in GOOD[kind]} == dict.fromkeys(GOOD[kind])
    misshapen = [*MISSHAPEN[kind], *NO_OBJECTS]
    assert {one: answer(store, kind, one) for one in misshapen} == dict.fromkeys(misshapen, "JSON_SHAPE")
    assert [(one[:40], answer(store, kind, one)) for one in INVALID] == [(one[:40], "JSON_INVALID") for one in INVALID]


def test_a_cancelled_statement_finds_no_bad_value(store: sqlalchemy.Engine) -> None:
    huge = "select store_demo.checklist_fault('[' || repeat('{},', 3000000) || '{}]')"
    with pytest.raises(Exception, match="canceling statement"), transaction(store, statement_timeout="20ms") as one:
        one.execute(sqlalchemy.text(huge))
